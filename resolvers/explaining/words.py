"""The French of an explanation: what an act is called, what a rule asks for, who can mend what is broken."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from authz import Condition, Permit
from persistence.facts.inquiries import Facts
from persistence.records import Organism, Rule, Unblocker

if TYPE_CHECKING:
    from .chains import Step
    from .explanation import PermitVerdict

THINGS = {
    "Partner": "le partenaire",
    "Establishment": "l'établissement",
    "Convention": "la convention",
    "Amendment": "l'avenant",
    "ServiceContract": "le contrat de services",
    "Manager": "le gestionnaire des habilitations",
    "Delegation": "le mode de gestion",
    "MembershipBulletin": "le bulletin d'adhésion",
    "ServiceAccess": "le service",
    "Eligibility": "l'éligibilité",
    "ActivityAttestation": "l'activité",
    "Cna": "le partenaire",
    "Group": "le groupe",
    "Membership": "les inclusions",
    "User": "l'utilisateur",
    "Mandate": "le mandat",
    "JournalEntry": "le journal",
    "Worker": "le travailleur",
    "Declaration": "la déclaration",
    "DeclarationLine": "la ligne déclarée",
    "ActivityChange": "le changement d'activité",
    "Batch": "le lot",
    "Import": "l'extraction",
    "Agent": "l'agent",
    "Organism": "l'organisme",
    "Service": "le service",
    "Role": "le rôle",
    "Mission": "la mission",
    "Campaign": "la campagne",
    "Parameter": "le paramètre",
}
VERBS = {
    "read": "lire",
    "export": "exporter",
    "register": "enregistrer",
    "update": "modifier",
    "add": "ajouter",
    "remove": "retirer",
    "prepare": "préparer",
    "record": "enregistrer",
    "sign": "signer",
    "amend": "faire un avenant à",
    "close": "clôturer",
    "cancel_closing": "annuler la clôture de",
    "appoint": "nommer",
    "appoint_deputy": "nommer un suppléant pour",
    "end": "mettre fin à la fonction de",
    "change": "changer",
    "replace": "remplacer",
    "open": "ouvrir",
    "suspend": "suspendre",
    "resume": "reprendre",
    "decide": "décider de",
    "attest": "attester",
    "hand_back": "rendre à l'organisme signataire",
    "create": "créer",
    "attach_role": "rattacher un rôle à",
    "invite": "inviter",
    "reinstate": "rétablir",
    "deactivate": "faire partir",
    "grant": "donner",
    "revoke": "retirer",
    "reveal_nir": "révéler le numéro de sécurité sociale de",
    "deposit": "déposer",
    "process": "traiter",
    "dry_run": "essayer",
    "upload": "envoyer",
    "arbitrate": "arbitrer",
    "apply": "appliquer",
    "purge": "purger",
    "write": "tenir à jour",
}
ROLES = {
    "everyone": "chacun, sur ce qui est à lui",
    "member_reading": "membre d'un groupe, en lecture",
    "member_entering": "membre d'un groupe, en saisie",
    "member_validating": "membre d'un groupe, en validation",
    "machine_reading": "client machine, en lecture",
    "machine_entering": "client machine, en saisie",
    "machine_validating": "client machine, en validation",
    "partner_administrator": "gestionnaire des habilitations du partenaire",
    "agent_reading": "agent, en lecture",
    "agent_managing": "agent gestionnaire",
    "resource_centre": "Centre de ressources",
    "national": "administrateur national",
}
PROFILES = {"agent_reading": "Agent lecteur", "agent_managing": "Agent gestionnaire"}
FACTS = {
    "partner": "le partenaire",
    "owner": "la personne elle-même",
    "administering": "l'organisme qui administre",
    "signing": "l'organisme signataire",
    "paying": "l'organisme qui paie l'AAH",
    "convention": "la convention en vigueur",
    "mode": "le mode de gestion",
    "group": "le groupe",
    "partner_service": "le service du partenaire",
    "partner_service_establishment": "l'établissement, pour ce service",
}


class Through(NamedTuple):
    """The fact by which an agent's organism is asked for, and how a refusal says it."""

    fact: str
    verb: str


SCOPES = {
    "jurisdiction": Through("administering", "n'administre pas"),
    "jurisdiction_centralised": Through("administering", "n'administre pas"),
    "signing_caf": Through("signing", "n'a pas signé avec"),
    "paying_organism": Through("paying", "ne paie pas l'AAH pour"),
}


UNTOLD = {
    "USER": "Personne",
    "GROUP": "Groupe",
    "ESTABLISHMENT": "Établissement",
    "BULLETIN": "Bulletin",
    "SERVICE": "Service",
    "CONTRACT": "Contrat de services",
    "CONVENTION": "Convention",
    "MANAGER": "Gestionnaire des habilitations",
}
"""A link whose object the asker may not read."""


def people(count: int) -> str:
    """`3 personnes peuvent`."""
    return {0: "personne ne peut", 1: "une personne peut"}.get(
        count, f"{count} personnes peuvent"
    )


def doing(type_: str, action: str, named: str) -> str:
    """`clôturer la convention (ESAT du Canal)`."""
    about = f" ({named})" if named else ""
    said = f"{VERBS[action]} {THINGS[type_]}"
    return (
        said.replace(" de le ", " du ")
        .replace(" à le ", " au ")
        .replace(" de les ", " des ")
        + about
    )


def label(type_: str, action: str) -> str:
    """`Clôturer la convention`."""
    said = doing(type_, action, "")
    return said[0].upper() + said[1:]


def expected(atom: Condition) -> str:
    match atom.op:
        case "among":
            return "est de ceux que la personne tient de ce rôle"
        case "equals":
            return f"est {'délégué' if atom.of == 'DELEGATED' else 'centralisé'}"
        case "known":
            return "existe"


def because(
    permit: Permit, steps: "Sequence[Step] | None", administering: Organism | None
) -> str:
    """By what one may."""
    labels = {step.kind: step.label for step in steps or ()}
    if "GROUP" in labels:
        service = labels.get("BULLETIN", "").removeprefix("Bulletin ")
        return (
            f"inclusion dans le groupe « {labels['GROUP']} », rôle {labels['ROLE']}, bulletin {service} ouvert, "
            f"convention en vigueur"
        )
    if "POST" in labels:
        return (
            labels["POST"][0].lower()
            + labels["POST"][1:]
            + (
                ", qui administre le partenaire"
                if administering and administering.name == labels["ORGANISM"]
                else ""
            )
        )
    return ROLES[permit.role]


def to_mend(steps: "Sequence[Step]") -> "Step | None":
    """What stands highest is to be mended first: the rest hangs from it."""
    return next((step for step in reversed(steps) if step.broken is not None), None)


def why_not(
    type_: str,
    broken: "Step | None",
    grounds: "Sequence[PermitVerdict]",
    facts: Facts,
    administering: Organism | None,
) -> str:
    """What stands in the way."""
    if broken is not None:
        return f"« {broken.label} » {broken.broken}"
    held = [ground for ground in grounds if ground.held]
    if not held:
        return "aucun de ses rôles de ce jour-là ne comporte cet acte"
    if (
        all(g.scope == "jurisdiction_centralised" for g in held)
        and facts.get("mode") == "DELEGATED"
    ):
        return "le contrat est délégué, c'est au gestionnaire des habilitations du partenaire d'agir (R40)"
    where = (
        f" ; c'est {administering.name} qui administre le partenaire"
        if administering
        else ""
    )
    return f"ses rôles comportent cet acte, mais pas sur {THINGS[type_]}{where}"


LIFTED_BY = {
    Rule.SUSPENDED_BY_ORGANISM: Unblocker.ORGANISM,
    Rule.ENDED_BY_ORGANISM: Unblocker.ORGANISM,
    Rule.SUSPENDED_BY_PARTNER: Unblocker.USERS_MANAGER,
    Rule.ENDED_BY_PARTNER: Unblocker.USERS_MANAGER,
    Rule.MANAGER_ACTIVE: Unblocker.USERS_MANAGER,
}
"""By the rule that bars an act to one side, the other one, which may do it."""
MANAGER = "Le gestionnaire des habilitations du partenaire"


def lifters(bar: Rule, administering: Organism | None) -> list[str]:
    """Who may do what the state of the object forbids to a side; nobody where it forbids it to both."""
    match LIFTED_BY.get(bar):
        case Unblocker.USERS_MANAGER:
            return [MANAGER]
        case Unblocker.ORGANISM:
            return _reached(administering)
        case _:
            return []


def _reached(organism: Organism | None) -> list[str]:
    """Its name, and the way to it."""
    if organism is None:
        return []
    return [
        f"{organism.name} ({organism.contact})" if organism.contact else organism.name
    ]


def menders(
    broken: "Step | None",
    facts: Facts,
    administering: Organism | None,
    missing: Unblocker = Unblocker.ORGANISM,
) -> list[str]:
    """Who can mend it (R60: the way to them); `missing`, where there is not even a link."""
    delegated = facts.get("mode") == "DELEGATED"
    organism = _reached(administering)
    match broken.mender if broken is not None else missing:
        case Unblocker.NATIONAL:
            return ["Les administrateurs nationaux (Cnaf)"]
        case Unblocker.USERS_MANAGER if delegated:
            return [MANAGER, *organism]
        case _:
            return organism
