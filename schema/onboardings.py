"""L'accueil d'un partenaire dans un service : le cas, calculé avec ses preuves, et les étapes qui restent."""

from datetime import date
from enum import StrEnum
from typing import Any

import strawberry
from strawberry import ID

from persistence.facts.columns import by_state, equal
from persistence.facts.onboarding_lists import (
    administering,
    concerned,
    has_state,
    in_origin,
    is_overdue,
    last_over,
    migrates,
    of_place,
    opened_on,
)
from persistence.records.base import french
from persistence.records.onboarding import (
    GRACE,
    STEPS,
    Case,
    Situation,
    StepCode,
    StepState,
    steps,
)
from resolvers.reading.bindings import FilterArgument

from .binding import column, derived, mirrors, one
from .enums import labelled
from .refs import (
    BulletinRef,
    ConventionRef,
    OrganismRef,
    PartnerRef,
    ServiceAccessRef,
    ServiceRef,
)


class _View:
    """An onboarding has no table: a select stands for its rows."""

    __tablename__ = "onboarding"


@strawberry.type(description="Une preuve du cas : ce qu'on sait, et d'où.")
class Evidence:
    source: str = strawberry.field(
        description="REGISTER : le registre. EXTRACTION : une ligne du fichier de la Cnaf."
    )
    sentence: str = strawberry.field(description="Ce qu'on sait.")
    object_id: ID | None = strawberry.field(
        description="L'objet du registre, ou l'extraction."
    )
    line: int | None = strawberry.field(description="La ligne du fichier.")
    digest: str | None = strawberry.field(description="L'empreinte SHA-256 du fichier.")


@strawberry.type(description="Une étape de l'ouverture d'un service.")
class OnboardingStep:
    code: StepCode = strawberry.field(description="Code stable.")
    label: str = strawberry.field(description="Ce qu'il y a à faire.")
    state: StepState = strawberry.field(
        description="Faite, à faire, ou en attente d'une autre."
    )
    blocked_by: list[StepCode] = strawberry.field(
        description="Les étapes à faire d'abord."
    )
    who_acts: str = strawberry.field(description="Qui la fait.")
    act: str = strawberry.field(description="L'acte du graphe qui la fait.")
    rule: str = strawberry.field(description="La règle qui la demande.")


SITUATION = {
    field: of_place("onboarding_case" if field == "case" else field)
    for field in Situation._fields
}


def _steps(organism: str | None, **facts: Any) -> list[OnboardingStep]:  # noqa: ANN401 JSON
    return [
        OnboardingStep(
            code=step.code,
            label=STEPS[step.code].label,
            state=step.state,
            blocked_by=list(step.blocked_by),
            who_acts="Le gestionnaire des habilitations du partenaire"
            if step.by_partner
            else organism or "",
            act=STEPS[step.code].act,
            rule=STEPS[step.code].rule,
        )
        for step in steps(Situation(**facts))
    ]


def _evidence(**known: Any) -> list[Evidence]:  # noqa: ANN401 JSON
    made = []
    if known["origin_id"] is not None:
        words = [
            f"connu de Mon Compte Partenaire : {_yes(known['known_mcp'])}",
            f"connu de Habtiers : {_yes(known['known_habtiers'])}",
            f"actif : {_yes(known['active'])}",
        ]
        sentence = f"Extraction « {known['filename']} », ligne {known['line']} : {', '.join(words)}."
        made.append(
            _piece(
                "EXTRACTION",
                sentence,
                known["import_id"],
                known["line"],
                known["digest"],
            )
        )
    if known["convention_id"] is not None:
        number = f" {known['convention_number']}" if known["convention_number"] else ""
        since = known["originally_in_force_on"] or known["in_force_on"]
        recorded = ", d'avant le registre" if known["originally_in_force_on"] else ""
        made.append(
            _piece(
                "REGISTER",
                f"Convention{number} en vigueur depuis le {_french(since)}{recorded}.",
                known["convention_id"],
            )
        )
    elif known["over"] is not None:
        made.append(
            _piece(
                "REGISTER",
                f"Plus de convention en vigueur depuis le {_french(known['over'])} (A6).",
            )
        )
    else:
        made.append(_piece("REGISTER", "Aucune convention en vigueur au registre."))
    if known["case"] == Case.CASE_3_AND_LEGACY:
        made.append(
            _piece(
                "REGISTER", "Connu des deux : l'instruction n'a pas prévu ce cas (A5)."
            )
        )
    return made


def _piece(
    source: str,
    sentence: str,
    object_id: str | None = None,
    line: int | None = None,
    digest: str | None = None,
) -> Evidence:
    return Evidence(
        source=source,
        sentence=sentence,
        object_id=None if object_id is None else ID(object_id),
        line=line,
        digest=digest,
    )


def _deadline(deadline: str | None, registered_on: str) -> date | None:
    return (
        None
        if deadline is None
        else max(
            date.fromisoformat(deadline), date.fromisoformat(registered_on) + GRACE
        )
    )


def _yes(known: bool | None) -> str:  # noqa: FBT001 a fact
    return "non dit" if known is None else "oui" if known else "non"


def _french(day: str) -> str:
    return french(date.fromisoformat(day))


@labelled(
    "Où en est un partenaire dans la migration d'un service (R59).",
    DONE="Fait",
    REMAINING="À faire",
    LATE="En retard",
)
class MigrationState(StrEnum):
    DONE = "DONE"
    REMAINING = "REMAINING"
    LATE = "LATE"


MIGRATION_FILTERS = {
    "migrates": FilterArgument(
        bool, migrates, "Concerné par la migration d'un service, ou non (R59)."
    ),
    "migration_case": FilterArgument(
        Case,
        concerned(equal("onboarding_case")),
        "Cas, pour le service qui migre (R51).",
    ),
    "migration_state": FilterArgument(
        MigrationState, concerned(has_state), "Où il en est dans la migration (R59)."
    ),
}


@mirrors(
    _View,  # type: ignore[arg-type]
    "L'accueil d'un partenaire dans un service : un cas, calculé des faits et jamais choisi (§5, R51 à R55).",
)
class Onboarding:
    case: Case = column(
        "Le cas, et celui que l'instruction n'a pas prévu (A5).", "onboarding_case"
    )
    evidence: list[Evidence] = derived(
        "D'où vient ce cas : la ligne de quel fichier, quelle convention.",
        {
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
        },
        _evidence,
    )
    steps: list[OnboardingStep] = derived(
        "Les étapes que le cas demande, dans leur ordre.",
        {"organism": administering, **SITUATION},
        _steps,
    )
    opened_on: date | None = column(
        "Premier jour où le service fut ouvert à ce partenaire ; vide tant qu'il ne l'a pas été.",
        opened_on,
    )
    deadline: date | None = derived(
        "L'échéance de la migration du service, s'il en a une (R59) : trente jours au moins après l'enregistrement.",
        {"deadline": of_place("deadline"), "registered_on": of_place("registered_on")},
        _deadline,
    )
    late: bool = column(
        "L'échéance est passée, et le service n'est pas ouvert : c'est signalé, jamais refusé (R59).",
        is_overdue,
    )
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    service: ServiceRef = one("Le service.", "service_id")
    convention: ConventionRef | None = one(
        "La convention en vigueur, aux dates.", "convention_id"
    )
    bulletin: BulletinRef | None = one(
        "Le bulletin ouvert, ou celui qu'on prépare.", "bulletin_id"
    )
    access: ServiceAccessRef | None = one("Le service de la convention.", "access_id")
    administered_by: OrganismRef | None = one(
        "Qui agit.", by_state("administering_id", "partner_id")
    )
