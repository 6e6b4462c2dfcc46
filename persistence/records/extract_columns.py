"""What each column of an extraction means: its words say it, or whoever opens the import."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .base import folded
from .rules import Refused, Rule


class ImportField(StrEnum):
    SIRET = "SIRET"
    NAME = "NAME"
    DEPARTMENT = "DEPARTMENT"
    ORGANISM = "ORGANISM"
    KNOWN_MCP = "KNOWN_MCP"
    KNOWN_HABTIERS = "KNOWN_HABTIERS"
    ACTIVE = "ACTIVE"
    LAST_SEEN_ON = "LAST_SEEN_ON"
    FINESS = "FINESS"
    CONTACT = "CONTACT"
    IGNORED = "IGNORED"


WORDS: tuple[tuple[ImportField, tuple[str, ...]], ...] = (
    (
        ImportField.LAST_SEEN_ON,
        ("derniere connexion", "dernier acces", "derniere utilisation", "derniere activite", "date connexion"),
    ),
    (ImportField.IGNORED, ("date", "siren siege", "finess juridique", "finess ej", "telephone", "nom contact")),
    (ImportField.IGNORED, ("nom caf", "libelle caf", "nom departement", "libelle departement", "nom organisme")),
    (ImportField.ACTIVE, ("actif", "active", "activite", "statut")),
    (ImportField.KNOWN_HABTIERS, ("connu habtiers", "habtiers")),
    (ImportField.KNOWN_MCP, ("connu mcp", "mcp", "mon compte partenaire", "portail")),
    (ImportField.SIRET, ("siret",)),
    (ImportField.FINESS, ("finess",)),
    (ImportField.CONTACT, ("courriel", "email", "mail", "mel", "contact")),
    (
        ImportField.ORGANISM,
        ("code caf", "numero caf", "no caf", "n caf", "code organisme", "numero organisme", "caf", "organisme"),
    ),
    (ImportField.DEPARTMENT, ("code departement", "departement", "dept", "dpt", "dep")),
    (
        ImportField.NAME,
        ("raison sociale", "denomination", "nom partenaire", "nom etablissement", "nom structure", "nom esat",
         "etablissement", "structure", "partenaire", "nom", "esat", "libelle"),
    ),
)  # fmt: skip
"""Field, and the words that its column may have, the more telling first: `Code Caf` counts before `Caf`, its name."""
NEEDED = {
    ImportField.SIRET: "SIRET",
    ImportField.NAME: "raison sociale",
    ImportField.ORGANISM: "code Caf",
    ImportField.KNOWN_MCP: "connu MCP",
    ImportField.KNOWN_HABTIERS: "connu Habtiers",
}
KNOWN_ENOUGH = 3
NUMBER = re.compile("[0-9]{9}")
SHOWN, LONGEST = 30, 80


@dataclass(frozen=True, slots=True)
class Columns:
    """The header of a sheet: the names of its columns, unique, and the field of each that is read."""

    names: tuple[str, ...]
    fields: Mapping[ImportField, int]

    @property
    def recognised(self) -> list[dict[str, str]]:
        places = sorted((place, field) for field, place in self.fields.items())
        return [{"header": self.names[place], "field": field.value} for place, field in places]

    @property
    def ignored(self) -> list[str]:
        read = set(self.fields.values())
        return [name for place, name in enumerate(self.names) if place not in read]

    def complete(self) -> None:
        """R57: without these five, a line says nothing."""
        missing = [words for field, words in NEEDED.items() if field not in self.fields]
        if missing:
            found = ", ".join(f"« {name} »" for name in self.names[:SHOWN])
            raise Refused(Rule.EXTRACT_HEADER, detail=f"Il manque : {', '.join(missing)}. Colonnes trouvées : {found}.")


def recognised(cells: Sequence[str], given: Mapping[str, ImportField]) -> Columns | None:
    """The columns of a row, if it is a header. EXTRACT_COLUMNS_TWICE when two mean the same as clearly."""
    if any("@" in name or NUMBER.search(re.sub(r"[\s.-]", "", name)) for name in cells):
        return None  # a line, whose names may have the same words
    found: dict[ImportField, list[tuple[int, int]]] = {}
    for place, name in enumerate(cells):
        field, rank = _meaning(name, given)
        if field is not ImportField.IGNORED:
            found.setdefault(field, []).append((rank, place))
    if len(found) < KNOWN_ENOUGH:
        return None
    names = _names(cells)
    return Columns(names, {field: _one(places, names) for field, places in found.items()})


def key(header: str) -> str:
    """What two spellings of a header share."""
    return " ".join(folded("".join(c if c.isalnum() else " " for c in header)).split())


def _meaning(name: str, given: Mapping[str, ImportField]) -> tuple[ImportField, int]:
    """The field of a column, and how clearly its words say so: 0 is the clearest, below is said by the caller."""
    bare = key(name)
    if bare in given:
        return given[bare], -1
    words = set(bare.split())
    for field, ways in WORDS:
        rank = next((rank for rank, way in enumerate(ways) if words >= set(way.split())), None)
        if rank is not None:
            return field, rank
    return ImportField.IGNORED, 0


def _one(places: list[tuple[int, int]], names: Sequence[str]) -> int:
    best = min(places)
    same = [place for rank, place in places if rank == best[0]]
    if len(same) > 1:
        raise Refused(Rule.EXTRACT_COLUMNS_TWICE, detail=", ".join(f"« {names[place]} »" for place in same) + ".")
    return best[1]


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column, none twice: what a cell is shown under."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        bare = " ".join(cell.split())[:LONGEST]
        name = bare or f"colonne {place + 1}"
        names.append(name if name not in names else f"{name} ({place + 1})")
    return tuple(names)
