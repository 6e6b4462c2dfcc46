"""L'accueil d'un partenaire dans un service : le cas, et les étapes qui restent."""

from datetime import date
from enum import StrEnum
from typing import Any

import strawberry

from persistence.facts.columns import by_state, equal
from persistence.facts.onboarding_lists import (
    administering,
    concerned,
    has_state,
    is_overdue,
    migrates,
    of_place,
    opened_on,
)
from persistence.records.cases import Case
from persistence.records.onboarding import GRACE
from persistence.records.onboarding_steps import (
    STEPS,
    Situation,
    StepCode,
    StepState,
    steps,
)
from resolvers.reading.bindings import FilterArgument

from .binding import column, derived, mirrors, one
from .enums import labelled
from .evidence import EVIDENCE_NEEDS, Evidence, evidence
from .refs import (
    BulletinRef,
    ConventionRef,
    OrganismRef,
    PartnerRef,
    ServiceAccessRef,
    ServiceRef,
)


class _OnboardingView:
    """An onboarding has no table: a select stands for its rows."""

    __tablename__ = "onboarding"


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


USERS_MANAGER = "Le gestionnaire des habilitations du partenaire"
SITUATION = {
    field: of_place("onboarding_case" if field == "case" else field)
    for field in Situation._fields
}


def _steps(
    organism: str | None,
    **facts: Any,  # noqa: ANN401 JSON
) -> list[OnboardingStep]:
    onboarding_steps = []
    for step in steps(Situation(**facts)):
        named = STEPS[step.code]
        onboarding_step = OnboardingStep(
            code=step.code,
            label=named.label,
            state=step.state,
            blocked_by=list(step.blocked_by),
            who_acts=USERS_MANAGER if step.by_partner else organism or "",
            act=named.act,
            rule=named.rule,
        )
        onboarding_steps.append(onboarding_step)
    return onboarding_steps


def _deadline(deadline: str | None, registered_on: str) -> date | None:
    if deadline is None:
        return None
    earliest = date.fromisoformat(registered_on) + GRACE
    return max(date.fromisoformat(deadline), earliest)


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
    _OnboardingView,  # type: ignore[arg-type]
    "L'accueil d'un partenaire dans un service : un cas, calculé des faits et jamais"
    " choisi (§5, R51 à R55).",
)
class Onboarding:
    case: Case = column(
        "Le cas, et celui que l'instruction n'a pas prévu (A5).", "onboarding_case"
    )
    evidence: list[Evidence] = derived(
        "D'où vient ce cas : la ligne de quel fichier, quelle convention.",
        EVIDENCE_NEEDS,
        evidence,
    )
    steps: list[OnboardingStep] = derived(
        "Les étapes que le cas demande, dans leur ordre.",
        {"organism": administering, **SITUATION},
        _steps,
    )
    opened_on: date | None = column(
        "Premier jour où le service fut ouvert à ce partenaire ; vide tant qu'il ne"
        " l'a pas été.",
        opened_on,
    )
    deadline: date | None = derived(
        "L'échéance de la migration du service, s'il en a une (R59) : trente jours au"
        " moins après l'enregistrement.",
        {"deadline": of_place("deadline"), "registered_on": of_place("registered_on")},
        _deadline,
    )
    late: bool = column(
        "L'échéance est passée, et le service n'est pas ouvert : c'est signalé, jamais"
        " refusé (R59).",
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
