"""Each rule a record may refuse with: its code, its number in the instruction IT 2025-061, our sentence.

`number` and `paragraph` are None where the rule is the register's own and not the instruction's.
Sentences are French, whole, and never hold a personal value.
"""

from dataclasses import dataclass
from enum import Enum


class Rule(Enum):
    """code = (number, paragraph of IT 2025-061, sentence)."""

    # who may be told
    NOT_FOUND = (None, None, "Cet objet n'existe pas ou ne vous est pas visible.")
    FORBIDDEN = (None, None, "Vous pouvez lire cet objet, mais vos droits ne permettent pas cet acte.")
    UNKNOWN_CALLER = (None, None, "Votre identité n'est rattachée à aucun compte : acceptez d'abord votre invitation.")
    # the form of what is given
    VALUE_INVALID = (None, None, "La valeur est absente ou mal formée.")
    SIRET_FORMAT = (None, None, "Un SIRET compte quatorze chiffres.")
    SIRET_KEY = (None, None, "La clé du SIRET est fausse : vérifiez les quatorze chiffres.")
    FINESS_FORMAT = (None, None, "Un numéro FINESS compte neuf caractères : le département puis sept chiffres.")
    FINESS_KEY = (None, None, "La clé du numéro FINESS est fausse.")
    FINESS_DEPARTMENT = (None, None, "Le numéro FINESS désigne un autre département que l'établissement.")
    DEPARTMENT_UNKNOWN = (None, None, "Ce département n'est pas au référentiel.")
    EMAIL_FORMAT = (None, None, "L'adresse électronique est mal formée.")
    EMAIL_SHARED = (None, None, "L'adresse semble partagée : une habilitation est personnelle.")
    # the register itself
    VERSION_CONFLICT = (None, None, "La fiche a changé depuis que vous l'avez lue : relisez-la avant d'agir.")
    IDEMPOTENCY_CONFLICT = (None, None, "Cette clé d'idempotence a déjà servi pour une autre demande.")
    CONFLICT = (None, None, "Un acte concurrent ou un enregistrement existant empêche cet acte.")
    DATE_PAST = (None, None, "Un droit ne commence ni ne finit avant aujourd'hui.")
    DATE_FUTURE = (None, None, "Cette date est celle d'un fait : elle ne peut pas être à venir.")
    DATE_ORDER = (None, None, "La fin doit suivre le début.")
    ALREADY_ENDED = (None, None, "C'est déjà terminé à cette date.")
    # partners and organisms
    ORGANISM_KIND = (
        "R2",
        "en-tête",
        "Seuls une Caf, une caisse multibranche ou le CNA contractualisent pour ce service.",
    )
    DEPARTMENT_EXCLUDED = ("R3", "en-tête", "Le service n'est pas ouvert dans ce département (Mayotte est hors champ).")
    SIRET_KNOWN = (None, None, "Ce SIRET est déjà celui d'un partenaire du registre.")
    OTHER_DEPARTMENT = (None, None, "L'établissement est hors du ressort de votre organisme.")
    ESTABLISHMENT_KNOWN = (None, None, "Cet établissement est déjà rattaché à un partenaire.")
    # conventions and contracts
    SIGNATURE_MISSING = ("R30", "§2", "Les trois documents doivent être signés par la Caf et par le partenaire.")
    ALREADY_SIGNED = ("R30", "§2", "Ce document est déjà signé.")
    ONE_CONVENTION = (
        "R36",
        "§2",
        "Le partenaire a déjà une convention en vigueur ou annoncée : il n'en a qu'une à la fois.",
    )
    MISSIONS_MISSING = ("R32", "§2", "La convention définit au moins une mission.")
    CONVENTION_NOT_IN_FORCE = ("R29", "§2", "Aucune convention valide : elle n'est pas en vigueur à cette date.")
    CONVENTION_CLOSED = ("R29", "§2", "La convention est clôturée.")
    CLOSING_PASSED = (None, None, "La clôture a déjà pris effet : elle ne s'annule plus.")
    # delegation
    CENTRALISED = ("R45", "§3", "Le contrat est en mode centralisé : la Caf gère elle-même les habilitations.")
    MANAGER_KNOWN = ("R39", "§3", "Cette personne est déjà gestionnaire des habilitations.")
    MANAGER_ACTIVE = ("R39", "§3", "Le partenaire a un gestionnaire actif : c'est à lui de nommer un suppléant.")
    LAST_MANAGER = ("R39", "§3", "C'est le dernier gestionnaire actif : nommez d'abord son successeur.")
    # bulletins and services
    MISSION_DOES_NOT_COVER = ("R9", "Instruction, al. 1", "Aucune mission de la convention ne couvre ce service.")
    BULLETIN_INCOMPLETE = ("R7", "en-tête", "Le bulletin d'adhésion est incomplet.")
    BULLETIN_TOO_EARLY = ("R8", "en-tête", "Aucun bulletin de ce service ne prend effet avant le 20/03/2025.")
    BULLETIN_OUTSIDE_CONVENTION = ("R29", "§2", "Les dates du bulletin sortent de celles de la convention.")
    BULLETIN_OPENED = ("R34", "§2", "Un bulletin est déjà ouvert pour ce service : remplacez-le.")
    BULLETIN_NOT_OPEN = ("R34", "§2", "Le bulletin n'est pas ouvert.")
    ROLE_OF_OTHER_SERVICE = ("R35", "§2", "Ce rôle n'appartient pas au service.")
    ROLE_NOT_GRANTED = ("R35", "§2", "Le bulletin n'accorde pas ce rôle au partenaire.")
    OUT_OF_SCOPE = ("R35", "§2", "L'établissement est hors de la portée du bulletin.")
    ESTABLISHMENT_CONTRACTS = ("R35", "§2", "Un établissement de la portée a sa propre convention en vigueur.")
    IN_SCOPE_ELSEWHERE = (
        "R35",
        "§2",
        "Cet établissement est dans la portée ouverte d'un autre partenaire : il en sort avant de contractualiser.",
    )
    SERVICE_NOT_AVAILABLE = ("R10", "Instruction, al. 2", "Le service n'est pas encore disponible à cette date.")
    ELIGIBILITY_MISSING = (
        "R28",
        "§2",
        "La légitimité du partenaire n'est pas décidée : enregistrez la décision d'éligibilité.",
    )
    ELIGIBILITY_REFUSED = ("R28", "§2", "Le partenaire n'est pas éligible à ce service.")
    ELIGIBILITY_FORM_MISSING = ("R50", "§5", "Le formulaire d'éligibilité est requis pour ce service.")
    SIRET_DIFFERS = ("R58", "§5", "Le SIRET du bulletin n'est pas celui de la convention.")
    SIRET_DIFFERS_SAME_SIREN = (
        "R58",
        "§5",
        "Le SIRET du bulletin est un autre établissement du même SIREN : portée à compléter, ou convention à faire.",
    )
    CNA_ACKNOWLEDGE = (
        "R47",
        "§3",
        "La portée couvre plusieurs départements : le CNA administrera toute la convention. Confirmez-le.",
    )
    CNA_TAKES_OVER = (
        "R47",
        "§3",
        "La portée couvre plusieurs départements : le CNA administre désormais toute la convention.",
    )
    SERVICE_NOT_OPEN = ("R48", "§4", "Le service n'est pas ouvert au partenaire.")
    ALREADY_SUSPENDED = (None, None, "C'est déjà suspendu.")
    NOT_SUSPENDED = (None, None, "Ce n'est pas suspendu.")
    # groups and users
    ROLE_FIRST = ("R56", "§5", "Rattachez d'abord un rôle au groupe, puis incluez les utilisateurs.")
    GROUP_CLOSED = (None, None, "Le groupe est clôturé.")
    GROUP_NEEDS_ESTABLISHMENT = ("R35", "§2", "Nommez au moins un établissement, ou tous ceux du bulletin.")
    STRANGER = ("R40", "§3", "Cette personne n'est pas rattachée au partenaire.")
    AFFILIATION_SUSPENDED = ("R40", "§3", "Cette personne est suspendue chez le partenaire.")
    ALREADY_MEMBER = (None, None, "Cette personne est déjà dans le groupe.")
    NOT_MEMBER = (None, None, "Cette personne n'est pas dans le groupe.")
    ALREADY_AFFILIATED = (None, None, "Cette personne est déjà rattachée au partenaire.")
    IDENTITY_ACCEPTED = (
        None,
        None,
        "La personne a accepté son invitation : son identité est la sienne, seule sa fonction se modifie.",
    )
    ALREADY_BOUND = (None, None, "Cette identité est déjà rattachée à un compte.")
    INVITATION_INVALID = (None, None, "Cette invitation n'existe pas, a expiré ou a déjà servi.")
    ALREADY_AGENT = (None, None, "Cette personne est déjà agent de cet organisme.")
    LAST_NATIONAL = (None, None, "C'est le dernier administrateur national : nommez d'abord son successeur.")
    CODE_KNOWN = (None, None, "Ce code existe déjà au référentiel.")

    number: str | None
    paragraph: str | None
    sentence: str

    def __init__(self, number: str | None, paragraph: str | None, sentence: str) -> None:
        self.number, self.paragraph, self.sentence = number, paragraph, sentence


HELD_BY_SHAPE: dict[str, tuple[str, str]] = {
    "R31": ("§2", "Une convention lie une seule Caf et un seul partenaire : elle n'a de place que pour un de chaque."),
    "R38": (
        "§3",
        "Seuls les agents d'un organisme ouvrent un service : aucune ligne de la politique ne le donne à d'autres.",
    ),
    "R41": ("§3", "Le mode de gestion se lit au contrat de services, et nulle part ailleurs."),
    "R42": ("§3", "La délégation vaut pour tous les services : ni service, ni bulletin, ni groupe ne porte de mode."),
    "R43": ("§3", "Aucun acte ne change un mode : la convention se clôture, et une autre se prépare, liée à elle."),
    "R44": ("§3", "La délégation va avec une convention : le contrat n'a pas d'autre clé que la sienne."),
    "R46": ("§3", "Un partenaire n'a qu'un mode : il n'a qu'une convention en vigueur, et elle qu'un contrat."),
    "R49": (
        "§5",
        "L'onglet paraît quand une convention est en vigueur et un bulletin ouvert ; il se déduit, il ne s'écrit pas.",
    ),
    "R55": ("§5", "L'ouverture prend les rôles et la portée du bulletin : l'acte n'en accepte pas d'autres."),
}
"""Rules of the instruction that nothing can refuse, since nothing can break them: number → (paragraph, sentence)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: the act is done, and this should be known."""

    rule: Rule
    path: tuple[str, ...] = ()
    detail: str | None = None

    @property
    def message(self) -> str:
        return f"{self.rule.sentence} {self.detail}" if self.detail else self.rule.sentence


class Refused(Exception):
    """A rule is not met: nothing is written. `path` is the input's path, `detail` completes the sentence."""

    def __init__(self, rule: Rule, *path: str, detail: str | None = None) -> None:
        super().__init__(rule.name)
        self.notice = Notice(rule, path, detail)

    @property
    def rule(self) -> Rule:
        return self.notice.rule


def require(condition: object, rule: Rule, *path: str, detail: str | None = None) -> None:
    """Refuse with `rule` unless `condition` holds."""
    if not condition:
        raise Refused(rule, *path, detail=detail)
