"""Les preuves du cas d'un accueil : ce qu'on sait, et d'où."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import strawberry
from strawberry import ID

from persistence.facts.onboarding_lists import in_origin, last_over, of_place
from persistence.records.base import french
from persistence.records.cases import Case

BEYOND = "Connu des deux : l'instruction n'a pas prévu ce cas (A5)."
NO_CONVENTION = "Aucune convention en vigueur au registre."
EVIDENCE_NEEDS = {
    "case": of_place("onboarding_case"),
    "origin_id": of_place("origin_id"),
    "known_mcp": in_origin("known_mcp"),
    "known_habtiers": in_origin("known_habtiers"),
    "active": in_origin("active"),
    "filename": in_origin("filename"),
    "line": in_origin("line_number"),
    "digest": in_origin("digest"),
    "import_id": in_origin("import_id"),
    "convention_id": of_place("convention_id"),
    "convention_number": of_place("convention_number"),
    "in_force_on": of_place("in_force_on"),
    "originally_in_force_on": of_place("originally_in_force_on"),
    "over": last_over,
}
"""What the register and the file of the import say of the case."""


@strawberry.type(description="Une preuve du cas : ce qu'on sait, et d'où.")
class Evidence:
    source: str = strawberry.field(
        description="REGISTER : le registre. EXTRACTION : une ligne du fichier de la"
        " Cnaf."
    )
    sentence: str = strawberry.field(description="Ce qu'on sait.")
    object_id: ID | None = strawberry.field(
        description="L'objet du registre, ou l'extraction."
    )
    line: int | None = strawberry.field(description="La ligne du fichier.")
    digest: str | None = strawberry.field(description="L'empreinte SHA-256 du fichier.")


def evidence(**facts: Any) -> list[Evidence]:  # noqa: ANN401 JSON
    """The pieces of evidence of a case, from `EVIDENCE_NEEDS`."""
    return list(_pieces(facts))


def _pieces(facts: dict[str, Any]) -> Iterator[Evidence]:
    if facts["origin_id"] is not None:
        yield _of_file(facts)
    if facts["convention_id"] is not None:
        yield _of_register(_convention(facts), facts["convention_id"])
    elif facts["over"] is not None:
        day = _french(facts["over"])
        yield _of_register(f"Plus de convention en vigueur depuis le {day} (A6).")
    else:
        yield _of_register(NO_CONVENTION)
    if facts["case"] == Case.CASE_3_AND_LEGACY:
        yield _of_register(BEYOND)


def _of_file(facts: dict[str, Any]) -> Evidence:
    line = facts["line"]
    words = (
        f"connu de Mon Compte Partenaire : {_yes(facts['known_mcp'])},"
        f" connu de Habtiers : {_yes(facts['known_habtiers'])},"
        f" actif : {_yes(facts['active'])}"
    )
    return Evidence(
        source="EXTRACTION",
        sentence=f"Extraction « {facts['filename']} », ligne {line} : {words}.",
        object_id=facts["import_id"],
        line=line,
        digest=facts["digest"],
    )


def _of_register(sentence: str, object_id: str | None = None) -> Evidence:
    return Evidence(
        source="REGISTER",
        sentence=sentence,
        object_id=None if object_id is None else ID(object_id),
        line=None,
        digest=None,
    )


def _convention(facts: dict[str, Any]) -> str:
    number = facts["convention_number"]
    name = f"Convention {number}" if number else "Convention"
    original = facts["originally_in_force_on"]
    since = _french(original or facts["in_force_on"])
    before = ", d'avant le registre" if original else ""
    return f"{name} en vigueur depuis le {since}{before}."


def _yes(answer: bool | None) -> str:  # noqa: FBT001 a fact
    if answer is None:
        return "non dit"
    return "oui" if answer else "non"


def _french(day: str) -> str:
    return french(date.fromisoformat(day))
