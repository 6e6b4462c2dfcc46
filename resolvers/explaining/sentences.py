"""The sentences of an explanation: by what one may, why not, who can mend it."""

from collections.abc import Sequence

from authz import RoleScope, ScopeCondition
from persistence.facts.object_facts import Facts
from persistence.records import Organism, Rule, Unblocker

from .answers import ExplanationStep, PermitVerdict
from .words import ROLES, THINGS

NO_ROLE = "aucun de ses rôles de ce jour-là ne comporte cet acte"
DELEGATED = (
    "le contrat est délégué, c'est au gestionnaire des habilitations du partenaire"
    " d'agir (R40)"
)
MANAGER = "Le gestionnaire des habilitations du partenaire"
NATIONAL = "Les administrateurs nationaux (Cnaf)"
LIFTED_BY = {
    Rule.SUSPENDED_BY_ORGANISM: Unblocker.ORGANISM,
    Rule.ENDED_BY_ORGANISM: Unblocker.ORGANISM,
    Rule.SUSPENDED_BY_PARTNER: Unblocker.USERS_MANAGER,
    Rule.ENDED_BY_PARTNER: Unblocker.USERS_MANAGER,
    Rule.MANAGER_ACTIVE: Unblocker.USERS_MANAGER,
}
"""By the rule that bars an act to one side, the other side, which may do it."""


def how_many_can(count: int) -> str:
    """`3 personnes peuvent`."""
    match count:
        case 0:
            return "personne ne peut"
        case 1:
            return "une personne peut"
    return f"{count} personnes peuvent"


def expected(condition: ScopeCondition) -> str:
    match condition.op:
        case "among":
            return "est de ceux que la personne tient de ce rôle"
        case "equals":
            mode = "délégué" if condition.of == "DELEGATED" else "centralisé"
            return f"est {mode}"
        case "known":
            return "existe"


def because(
    permit: RoleScope,
    steps: Sequence[ExplanationStep],
    administering: Organism | None,
) -> str:
    """By what one may; no step where the chain that holds is not explained."""
    labels = {step.kind: step.label for step in steps}
    if "GROUP" in labels:
        service = labels.get("BULLETIN", "").removeprefix("Bulletin ")
        return (
            f"inclusion dans le groupe « {labels['GROUP']} », rôle {labels['ROLE']},"
            f" bulletin {service} ouvert, convention en vigueur"
        )
    if "POST" in labels:
        post = labels["POST"]
        name = administering.name if administering else None
        end = ", qui administre le partenaire" if name == labels["ORGANISM"] else ""
        return post[0].lower() + post[1:] + end
    return ROLES[permit.role]


def why_not(
    type_: str,
    broken: ExplanationStep | None,
    verdicts: Sequence[PermitVerdict],
    facts: Facts,
    administering: Organism | None,
) -> str:
    """What stands in the way."""
    if broken is not None:
        return f"« {broken.label} » {broken.broken}"
    scopes = {verdict.scope for verdict in verdicts if verdict.has_role}
    if not scopes:
        return NO_ROLE
    if scopes == {"jurisdiction_centralised"} and facts.get("mode") == "DELEGATED":
        return DELEGATED
    why = f"ses rôles comportent cet acte, mais pas sur {THINGS[type_]}"
    if administering is None:
        return why
    return f"{why} ; c'est {administering.name} qui administre le partenaire"


# who can mend it


def lifters(bar: Rule, administering: Organism | None) -> list[str]:
    """Who may do what the state of the object forbids to one side.

    Nobody, where it forbids it to both.
    """
    match LIFTED_BY.get(bar):
        case Unblocker.USERS_MANAGER:
            return [MANAGER]
        case Unblocker.ORGANISM:
            return _with_contact(administering)
    return []


def menders(
    mender: Unblocker, facts: Facts, administering: Organism | None
) -> list[str]:
    """Who can mend it, and how to reach them (R60)."""
    organism = _with_contact(administering)
    if mender is Unblocker.NATIONAL:
        return [NATIONAL]
    is_delegated = facts.get("mode") == "DELEGATED"
    if mender is Unblocker.USERS_MANAGER and is_delegated:
        return [MANAGER, *organism]
    return organism


def _with_contact(organism: Organism | None) -> list[str]:
    """Its name and its contact; nothing where the asker may not know it."""
    if organism is None:
        return []
    if not organism.contact:
        return [organism.name]
    return [f"{organism.name} ({organism.contact})"]
