"""The rules that a record may refuse with.

Each has a code, its number and paragraph in the instruction IT 2025-061, and our
sentence. Number and paragraph are None for a rule of the register's own. Sentences are
French, whole, and never hold a personal value.
"""

from dataclasses import dataclass
from enum import Enum


class Rule(Enum):
    """code = (number, paragraph of IT 2025-061, sentence)."""

    # who may be told
    NOT_FOUND = (None, None, "Cet objet n'existe pas ou ne vous est pas visible.")
    FORBIDDEN = (
        None,
        None,
        "Vous pouvez lire cet objet, mais vos droits ne permettent pas cet acte.",
    )
    ID_OF_ANOTHER_DAY = (
        None,
        None,
        "Cet identifiant porte un jour : donnez-le sans « @AAAA-MM-JJ ».",
    )
    UNKNOWN_CALLER = (
        None,
        None,
        (
            "Votre identité n'est rattachée à aucun compte : acceptez d'abord votre "
            "invitation."
        ),
    )
    # the form of what is given
    VALUE_INVALID = (None, None, "La valeur est absente ou mal formée.")
    SIRET_FORMAT = (None, None, "Un SIRET compte quatorze chiffres.")
    SIRET_KEY = (
        None,
        None,
        "La clé du SIRET est fausse : vérifiez les quatorze chiffres.",
    )
    FINESS_FORMAT = (
        None,
        None,
        "Un numéro FINESS compte neuf caractères : le département puis sept chiffres.",
    )
    FINESS_KEY = (None, None, "La clé du numéro FINESS est fausse.")
    FINESS_DEPARTMENT = (
        None,
        None,
        "Le numéro FINESS désigne un autre département que l'établissement.",
    )
    DEPARTMENT_UNKNOWN = (None, None, "Ce département n'est pas au référentiel.")
    EMAIL_FORMAT = (None, None, "L'adresse électronique est mal formée.")
    EMAIL_SHARED = (
        None,
        None,
        "L'adresse semble partagée : une habilitation est personnelle.",
    )
    # the register itself
    VERSION_CONFLICT = (
        None,
        None,
        "La fiche a changé depuis que vous l'avez lue : relisez-la avant d'agir.",
    )
    KEY_BLANK = (None, None, "Une clé n'est pas vide.")
    IDEMPOTENCY_CONFLICT = (
        None,
        None,
        "Cette clé d'idempotence a déjà servi pour une autre demande.",
    )
    CONFLICT = (
        None,
        None,
        "Un acte concurrent ou un enregistrement existant empêche cet acte.",
    )
    DATE_PAST = (None, None, "Un droit ne commence ni ne finit avant aujourd'hui.")
    DATE_FUTURE = (
        None,
        None,
        "Cette date est celle d'un fait : elle ne peut pas être à venir.",
    )
    DATE_ORDER = (None, None, "La fin doit suivre le début.")
    ALREADY_ENDED = (None, None, "C'est déjà terminé à cette date.")
    # partners and organisms
    ORGANISM_KIND = (
        "R2",
        "en-tête",
        (
            "Seuls une Caf, une caisse multibranche ou le CNA contractualisent pour ce "
            "service."
        ),
    )
    DEPARTMENT_EXCLUDED = (
        "R3",
        "en-tête",
        "Le service n'est pas ouvert dans ce département (Mayotte est hors champ).",
    )
    SIRET_KNOWN = (None, None, "Ce SIRET est déjà celui d'un partenaire du registre.")
    OTHER_DEPARTMENT = (
        None,
        None,
        "L'établissement est hors du ressort de votre organisme.",
    )
    DEPARTMENT_SIGNED = (
        "R47",
        "§3",
        (
            "Un bulletin signé couvrirait plusieurs départements sans que le CNA soit "
            "annoncé : remplacez-le d'abord."
        ),
    )
    ESTABLISHMENT_KNOWN = (
        None,
        None,
        "Cet établissement est déjà rattaché à un partenaire.",
    )
    OTHER_SIREN = (
        "R31",
        "§2",
        "Autre personne morale : confirmez que le partenaire gère l'établissement.",
    )
    ESTABLISHMENT_OWN = (None, None, "C'est celui du partenaire lui-même.")
    # conventions and contracts
    SIGNATURE_MISSING = (
        "R30",
        "§2",
        "Les trois documents doivent être signés par la Caf et par le partenaire.",
    )
    ALREADY_SIGNED = ("R30", "§2", "Ce document est déjà signé.")
    ONE_CONVENTION = (
        "R36",
        "§2",
        (
            "Le partenaire a déjà une convention en vigueur ou annoncée : il n'en a "
            "qu'une à la fois."
        ),
    )
    MISSIONS_MISSING = ("R32", "§2", "La convention définit au moins une mission.")
    CONVENTION_NOT_IN_FORCE = (
        "R29",
        "§2",
        "Aucune convention valide : elle n'est pas en vigueur à cette date.",
    )
    CONVENTION_CLOSED = ("R29", "§2", "La convention est clôturée.")
    CLOSING_PASSED = (
        None,
        None,
        "Aucune fin à venir : ce qui a pris effet ne s'annule plus.",
    )
    # delegation
    CENTRALISED = (
        "R45",
        "§3",
        "Le contrat est en mode centralisé : la Caf gère elle-même les habilitations.",
    )
    MANAGER_KNOWN = (
        "R39",
        "§3",
        "Cette personne est déjà gestionnaire des habilitations.",
    )
    INVITATION_ACCEPTED = (
        None,
        None,
        "L'invitation est déjà acceptée : la personne n'a qu'à se connecter.",
    )
    MANAGER_ACTIVE = (
        "R39",
        "§3",
        "Le partenaire a un gestionnaire actif : c'est à lui de nommer un suppléant.",
    )
    LAST_MANAGER = (
        "R39",
        "§3",
        "C'est le dernier gestionnaire actif : nommez d'abord son successeur.",
    )
    MANAGER_ENDED = (
        "R39",
        "§3",
        (
            "L'organisme a mis fin à la fonction de cette personne : lui seul la nomme "
            "de nouveau."
        ),
    )
    MODE_SAME = ("R43", "§3", "Le contrat est déjà dans ce mode.")
    SUCCESSOR_PREPARED = (
        "R43",
        "§3",
        (
            "Une autre convention est déjà préparée pour remplacer celle-ci : "
            "abandonnez-la d'abord."
        ),
    )
    SUCCESSOR_ANNOUNCED = (
        "R43",
        "§3",
        (
            "Une convention qui remplace celle-ci est annoncée : annulez-la d'abord, "
            "ou suspendez le service."
        ),
    )
    MEMBERS_END = (
        "R43",
        "§3",
        (
            "Les inclusions s'arrêtent avec la convention : les personnes sont à "
            "inclure dans les nouveaux groupes."
        ),
    )
    MEMBERS_CHOICE = ("R43", "§3", "Dites si les personnes incluses le restent.")
    DELEGATED_WITHOUT_MANAGER = (
        "R39",
        "§3",
        "Le contrat est délégué et n'a pas de gestionnaire actif : nommez le premier.",
    )
    SIRET_SAME = (None, None, "C'est déjà le SIRET du partenaire.")
    FOLLOWER_SAME = ("R31", "§2", "C'est déjà l'organisme du partenaire.")
    # bulletins and services
    MISSION_DOES_NOT_COVER = (
        "R9",
        "Instruction, al. 1",
        "Aucune mission de la convention ne couvre ce service.",
    )
    BULLETIN_INCOMPLETE = ("R7", "en-tête", "Le bulletin d'adhésion est incomplet.")
    BULLETIN_TOO_EARLY = (
        "R8",
        "en-tête",
        "Aucun bulletin de ce service ne prend effet avant le 20/03/2025.",
    )
    BULLETIN_OUTSIDE_CONVENTION = (
        "R29",
        "§2",
        "Les dates du bulletin sortent de celles de la convention.",
    )
    BULLETIN_OPENED = (
        "R34",
        "§2",
        "Un bulletin est déjà ouvert pour ce service : remplacez-le.",
    )
    BULLETIN_NOT_OPEN = ("R34", "§2", "Le bulletin n'est pas ouvert.")
    ROLE_OF_OTHER_SERVICE = ("R35", "§2", "Ce rôle n'appartient pas au service.")
    ROLE_NOT_GRANTED = ("R35", "§2", "Le bulletin n'accorde pas ce rôle au partenaire.")
    OUT_OF_SCOPE = ("R35", "§2", "L'établissement est hors de la portée du bulletin.")
    ESTABLISHMENT_CONTRACTS = (
        "R35",
        "§2",
        "Un établissement de la portée a sa propre convention en vigueur.",
    )
    IN_SCOPE_ELSEWHERE = (
        "R35",
        "§2",
        (
            "Cet établissement est dans la portée ouverte d'un autre partenaire : il "
            "en sort avant de contractualiser."
        ),
    )
    SERVICE_NOT_AVAILABLE = (
        "R10",
        "Instruction, al. 2",
        "Le service n'est pas encore disponible à cette date.",
    )
    ELIGIBILITY_MISSING = (
        "R28",
        "§2",
        (
            "La légitimité du partenaire n'est pas décidée : enregistrez la décision "
            "d'éligibilité."
        ),
    )
    ELIGIBILITY_REFUSED = (
        "R28",
        "§2",
        "Le partenaire n'est pas éligible à ce service.",
    )
    ELIGIBILITY_FORM_MISSING = (
        "R50",
        "§5",
        "Le formulaire d'éligibilité est requis pour ce service.",
    )
    SIRET_DIFFERS = (
        "R58",
        "§5",
        "Le SIRET du bulletin n'est pas celui de la convention.",
    )
    SIRET_DIFFERS_SAME_SIREN = (
        "R58",
        "§5",
        (
            "Le SIRET du bulletin est un autre établissement du même SIREN : portée à "
            "compléter, ou convention à faire."
        ),
    )
    CNA_ACKNOWLEDGE = (
        "R47",
        "§3",
        (
            "La portée couvre plusieurs départements : le CNA administrera toute la "
            "convention. Confirmez-le."
        ),
    )
    CNA_TAKES_OVER = (
        "R47",
        "§3",
        (
            "La portée couvre plusieurs départements : le CNA administre désormais "
            "toute la convention."
        ),
    )
    CNA_NOT_ADMINISTERING = (
        "R47",
        "§3",
        "Le CNA n'administre pas ce partenaire : il n'a rien à rendre.",
    )
    CNA_STILL_WIDE = (
        "R47",
        "§3",
        (
            "Un bulletin en vigueur ou annoncé couvre plusieurs départements : le CNA "
            "administre jusqu'à sa fin."
        ),
    )
    ATTESTATION_MISSING = (
        "R53",
        "§5",
        (
            "Le partenaire est connu de Habtiers : attestez d'abord qu'il est toujours "
            "actif."
        ),
    )
    AMENDMENT_MISSING = (
        "R55",
        "§5",
        (
            "Le partenaire est connu de Mon Compte Partenaire : enregistrez d'abord "
            "l'avenant qui vérifie la mission."
        ),
    )
    SERVICE_NOT_OPEN = ("R48", "§4", "Le service n'est pas ouvert au partenaire.")
    SERVICE_NOT_OPEN_YET = (
        "R10",
        "Instruction, al. 2",
        "Aucun droit avant l'ouverture.",
    )
    ALREADY_SUSPENDED = (None, None, "C'est déjà suspendu.")
    NOT_SUSPENDED = (None, None, "Ce n'est pas suspendu.")
    SUSPENDED_BY_ORGANISM = (
        "R40",
        "§3",
        "Seul qui a suspendu y met fin : c'est l'organisme.",
    )
    SUSPENDED_BY_PARTNER = (
        "R40",
        "§3",
        "Seul qui a suspendu y met fin : c'est le partenaire.",
    )
    ENDED_BY_ORGANISM = (
        "R40",
        "§3",
        "Seul qui a annoncé cette fin l'annule : c'est l'organisme.",
    )
    ENDED_BY_PARTNER = (
        "R40",
        "§3",
        "Seul qui a annoncé cette fin l'annule : c'est le partenaire.",
    )
    STILL_SUSPENDED = (None, None, "L'autre suspension court encore.")
    # groups and users
    ROLE_FIRST = (
        "R56",
        "§5",
        "Rattachez d'abord un rôle au groupe, puis incluez les utilisateurs.",
    )
    GROUP_CLOSED = (None, None, "Le groupe est clôturé.")
    GROUP_NEEDS_ESTABLISHMENT = (
        "R35",
        "§2",
        "Nommez au moins un établissement, ou tous ceux du bulletin.",
    )
    STRANGER = ("R40", "§3", "Cette personne n'est pas rattachée au partenaire.")
    AFFILIATION_SUSPENDED = (
        "R40",
        "§3",
        "Cette personne est suspendue chez le partenaire.",
    )
    ALREADY_MEMBER = (None, None, "Cette personne est déjà dans le groupe.")
    NOT_MEMBER = (None, None, "Cette personne n'est pas dans le groupe.")
    ALREADY_AFFILIATED = (
        None,
        None,
        "Cette personne est déjà rattachée au partenaire.",
    )
    IDENTITY_ACCEPTED = (
        None,
        None,
        (
            "La personne a accepté son invitation : son identité est la sienne, seule "
            "sa fonction se modifie."
        ),
    )
    ALREADY_BOUND = (None, None, "Cette identité est déjà rattachée à un compte.")
    INVITATION_INVALID = (
        None,
        None,
        "Cette invitation n'existe pas, a expiré ou a déjà servi.",
    )
    ALREADY_AGENT = (None, None, "Cette personne est déjà agent de cet organisme.")
    LAST_NATIONAL = (
        None,
        None,
        "C'est le dernier administrateur national : nommez d'abord son successeur.",
    )
    CODE_KNOWN = (None, None, "Ce code existe déjà au référentiel.")
    # campaigns and declarations
    WINDOW_NOT_OPEN = (
        "R22",
        "§1",
        (
            "La campagne n'est pas ouverte : elle l'est du 1er décembre à fin février, "
            "heure de Paris."
        ),
    )
    WINDOW_CLOSED = (
        "R22",
        "§1",
        "La campagne est fermée depuis la fin de février : plus rien ne se corrige.",
    )
    PERIOD_NOT_NOVEMBER = (
        "R18",
        "§1",
        "Le certificat porte sur le mois de novembre de la campagne.",
    )
    LINES_TOO_MANY = (None, None, "Un lot compte 1 000 lignes au plus.")
    BATCH_HELD = (
        None,
        None,
        (
            "Rien n'est appliqué : des lignes sont rejetées, et le lot est à prendre "
            "en entier."
        ),
    )
    SEQUENCE_MOVED = (None, None, "La déclaration en vigueur a changé.")
    DRAFT_EXISTS = (None, None, "Un brouillon existe déjà.")
    DRAFT_MISSING = (
        None,
        None,
        "Aucun brouillon n'attend ici : ouvrez-en un, ou envoyez les lignes.",
    )
    LINE_AMBIGUOUS = (None, None, "Cette clé désigne plusieurs lignes, ou aucune.")
    DECLARATION_TOO_LARGE = (
        None,
        None,
        "Une déclaration compte 10 000 personnes au plus.",
    )
    NOTHING_ACCEPTED = (
        "R17",
        "§1",
        "Aucune ligne acceptée : rien n'est déposé, la déclaration en vigueur demeure.",
    )
    NOTHING_UNSAID = (
        "R17",
        "§1",
        "« Néant » se dit sans ligne, et une liste vide ne se dépose qu'avec.",
    )
    REMOVALS_UNACKNOWLEDGED = (
        "R17",
        "§1",
        "Des personnes déclarées ne le seraient plus : confirmez leur nombre.",
    )
    REMOVALS_REASON = (
        "R17",
        "§1",
        "Plus de la moitié serait retirée : donnez le motif.",
    )
    NOTHING_DECLARED = (
        "R17",
        "§1",
        (
            "La déclaration est vide : elle dit qu'aucun bénéficiaire de l'AAH n'y "
            "travaille."
        ),
    )
    WORKERS_REMOVED = (
        "R17",
        "§1",
        "Des personnes du dépôt précédent ne sont plus dans celui-ci.",
    )
    WORKERS_MISSING = (
        "R17",
        "§1",
        "Des personnes déclarées l'an dernier, et non parties, ne le sont pas.",
    )
    REFERENCE_DUPLICATE = (
        None,
        None,
        "Cette référence sert à plusieurs lignes du lot : seul le rang les distingue.",
    )
    ESTABLISHMENT_MISMATCH = (
        "R35",
        "§2",
        "Ce SIRET n'est pas celui de l'établissement déclaré.",
    )
    # workers
    NIR_FORMAT = (None, None, "Le numéro de sécurité sociale est absent ou mal formé.")
    NIR_KEY = (None, None, "La clé du numéro de sécurité sociale est fausse.")
    NIR_COMPLETED = (
        None,
        None,
        "La clé du numéro de sécurité sociale manquait : elle a été calculée.",
    )
    NIR_TEMPORARY = (
        None,
        None,
        "Numéro provisoire : il est accepté ; le numéro définitif le remplacera.",
    )
    NIR_YEAR_MISMATCH = (
        None,
        None,
        "L'année du numéro de sécurité sociale n'est pas celle de la naissance.",
    )
    NIR_MONTH_MISMATCH = (
        None,
        None,
        "Le mois du numéro n'est pas celui de la naissance.",
    )
    NIR_IN_TEXT = (
        None,
        None,
        "Un texte libre ne contient pas de numéro de sécurité sociale : retirez-le.",
    )
    NAME_INVALID = (
        None,
        None,
        "Un nom s'écrit en lettres, avec espaces, apostrophes et traits d'union.",
    )
    DAY_INVALID = (
        None,
        None,
        "Le jour est absent ou mal formé : JJ/MM/AAAA ou AAAA-MM-JJ.",
    )
    MATRICULE_FORMAT = (None, None, "Un matricule d'allocataire compte sept chiffres.")
    MATRICULE_SHORT = (
        None,
        None,
        "Le matricule a moins de sept chiffres : il sera comparé complété de zéros.",
    )
    MATRICULE_MISSING = (
        None,
        None,
        "Une personne nouvelle se déclare avec son matricule d'allocataire et sa Caf.",
    )
    PAYING_ORGANISM_UNKNOWN = (None, None, "Aucune Caf ne porte ce code.")
    PAYER_CHANGE_UNCONFIRMED = (
        None,
        None,
        "La Caf n'est pas celle de la fiche : confirmez.",
    )
    WORKER_DUPLICATE_IN_BATCH = (
        None,
        None,
        "Le même numéro de sécurité sociale est sur une autre ligne.",
    )
    WORKER_MISMATCH = (
        None,
        None,
        (
            "Ce numéro est connu chez vous pour une autre personne : nom et naissance "
            "diffèrent."
        ),
    )
    WORKER_CHANGED = (
        None,
        None,
        "La fiche de la personne a changé de nom ou de jour de naissance.",
    )
    WORKER_NOT_BENEFICIARY = (
        "R17",
        "§1",
        (
            "La Caf a répondu que cette personne ne reçoit pas l'AAH : confirmez-la "
            "bénéficiaire pour la déclarer."
        ),
    )
    NOT_MISSING = (
        "R17",
        "§1",
        "Rien n'est demandé de cette personne dans cette campagne.",
    )
    NOT_EXPECTED = (
        "R17",
        "§1",
        "Aucun certificat n'est attendu de cet établissement.",
    )
    ALREADY_DECLARED = (
        "R17",
        "§1",
        "Un certificat est déjà déposé pour cette campagne.",
    )
    ALREADY_REMINDED = (
        None,
        None,
        "Cet établissement est déjà relancé aujourd'hui.",
    )
    WORKER_UNKNOWN = (
        "R24",
        "§1",
        "Cette personne n'est pas connue dans l'établissement : déclarez-la d'abord.",
    )
    WORKER_LEFT_BEFORE = (
        "R26",
        "§1",
        "Partie avant novembre : déclarez son retour, ou corrigez son départ.",
    )
    WORKER_RETURNED = ("R26", "§1", "Retour constaté après un départ.")
    # remunerations
    RATE_DIFFERS = (
        "R24",
        "§1",
        "Ce taux n'est pas le taux connu : déclarez le changement.",
    )
    JUMP = (
        "R20",
        "§1",
        "Nettement autre que l'an dernier (taux, rémunération ou part).",
    )
    JUMP_ALL = (
        "R20",
        "§1",
        "La plupart s'écartent : une complémentaire santé peut l'expliquer.",
    )
    LINE_STILL_RETURNED = ("R20", "§1", "Ligne renvoyée par la Caf, et inchangée.")
    AMOUNT_INVALID = (
        None,
        None,
        "Un montant s'écrit en euros, avec deux décimales au plus.",
    )
    AMOUNT_MISSING = (
        "R18",
        "§1",
        (
            "La rémunération et l'aide nettes de novembre sont requises, ou le motif "
            "de non-paie."
        ),
    )
    NO_PAY_REASON_UNKNOWN = (
        None,
        None,
        "Ce motif de non-paie n'est pas au référentiel.",
    )
    NO_PAY_WITH_AMOUNT = (None, None, "Un motif de non-paie ne va pas avec un montant.")
    RATE_RANGE = (
        None,
        None,
        (
            "Le taux d'activité est supérieur à 0 et vaut 100 au plus, avec deux "
            "décimales."
        ),
    )
    RATE_BELOW_1 = (
        None,
        None,
        (
            "Le taux d'activité est inférieur à 1 % : il s'écrit en pour cent, 80 pour "
            "80 %."
        ),
    )
    SHARE_RANGE = (
        None,
        None,
        (
            "La part de l'Esat est un pourcentage du Smic, de 0 à 100, avec deux "
            "décimales."
        ),
    )
    ESAT_SHARE_BELOW_5 = (
        None,
        None,
        "La part de l'Esat est inférieure à 5 % du Smic (CASF, art. R243-6).",
    )
    ESAT_SHARE_DIFFERS = (
        None,
        None,
        "La rémunération moins l'aide s'écarte de la part de l'Esat déclarée.",
    )
    AID_DIFFERS = (
        None,
        None,
        (
            "L'aide au poste s'écarte de ce que donne la part de l'Esat (CASF, art. "
            "R243-6)."
        ),
    )
    AID_EXCEEDS_RG = (
        None,
        None,
        "L'aide au poste dépasse la rémunération garantie, dont elle fait partie.",
    )
    RG_ABOVE_MAX = (
        None,
        None,
        (
            "La rémunération dépasse 110,7 % du Smic à ce taux : confirmez-la avec un "
            "motif (rappel, prime)."
        ),
    )
    RG_BELOW_MIN = (
        None,
        None,
        "La rémunération est très inférieure à 55,7 % du Smic à ce taux.",
    )
    ENTRY_AFTER_REFERENCE_MONTH = (
        "R18",
        "§1",
        "L'entrée est postérieure à novembre : rien n'est à certifier.",
    )
    DUAL_ACTIVITY_MISSING = (
        "R16",
        "§1",
        "Dites par oui ou par non si la personne cumule avec le milieu ordinaire.",
    )
    DUAL_ACTIVITY_SINCE_MISSING = (
        "R16",
        "§1",
        "Un cumul se déclare avec son premier jour : complétez.",
    )
    DUAL_ACTIVITY_QUOTA_MISSING = ("R16", "§1", "Les heures du cumul manquent.")
    DUAL_ACTIVITY_RUNNING = ("R16", "§1", "Un cumul est en cours : dites sa fin.")
    DUAL_ACTIVITY_NONE = ("R16", "§1", "Aucun cumul n'est en cours.")
    DUAL_ACTIVITY_FULL_RATE = (
        "R16",
        "§1",
        "Le taux est de 100 % alors qu'une seconde activité est déclarée.",
    )
    DUAL_ACTIVITY_OVER_35H = ("R16", "§1", "Le cumul dépasse 35 heures par semaine.")
    PARAMETER_MISSING = (
        None,
        None,
        "Un paramètre de novembre manque au référentiel : prévenez la Cnaf.",
    )
    LINE_NOT_LIVE = (
        None,
        None,
        (
            "Cette ligne est d'un brouillon ou d'un dépôt remplacé : elle ne se traite "
            "plus."
        ),
    )
    WITHDRAWAL_ONLY = (
        "R20",
        "§1",
        "D'une ligne retirée, on note seulement le retrait ; d'une autre, jamais.",
    )
    RETURNED_AFTER_CLOSE = (
        "R22",
        "§1",
        (
            "La campagne est fermée : l'Esat ne peut plus répondre ici à une ligne "
            "renvoyée."
        ),
    )
    TREATMENT_OVER = (
        "R20",
        "§1",
        "Ce traitement n'a plus cours : un autre l'a suivi, ou l'Esat a répondu.",
    )
    OTHER_PARTNER = (
        None,
        None,
        "Les traitements remis à traiter ensemble sont d'un même partenaire.",
    )
    ANSWERED_ALREADY = (
        "R20",
        "§1",
        "La Caf a déjà répondu : remettez d'abord à traiter.",
    )
    # activity changes
    CHANGE_KIND = ("R23", "§1", "La nature du changement est absente ou inconnue.")
    RATE_UNKNOWN = ("R24", "§1", "Aucun taux d'activité n'est connu à cette date.")
    RATE_DIRECTION = ("R24", "§1", "Le nouveau taux ne va pas dans le sens déclaré.")
    CHANGE_DUPLICATE = ("R24", "§1", "Ce changement est déjà déclaré à cette date.")
    CHANGE_BEFORE_ENTRY = (
        "R24",
        "§1",
        "L'effet précède l'entrée dans l'établissement.",
    )
    CHANGE_BREAKS_LATER = (
        "R24",
        "§1",
        "Un changement postérieur serait contredit : corrigez-le aussi.",
    )
    LATER_CHANGES_ENDED = ("R26", "§1", "Des changements postérieurs n'ont plus lieu.")
    CHANGE_PROCESSED = (
        "R26",
        "§1",
        "La Caf a traité ce changement : corrigez-le.",
    )
    CHANGE_ENDED = (None, None, "Ce changement est déjà corrigé ou annulé.")
    ALREADY_PRESENT = ("R23", "§1", "La personne est déjà présente.")
    CHANGE_TOO_FAR = ("R24", "§1", "L'effet est à plus d'un an.")
    WORKER_DEPARTED = (
        "R26",
        "§1",
        "La personne a quitté l'établissement avant cette date.",
    )
    DEPARTURE_REASON_MISSING = ("R26", "§1", "Un départ se déclare avec son motif.")
    # the cards of one person
    WORKER_LIKELY_SAME = (
        None,
        None,
        "Même Caf et matricule sous un autre numéro : réunissez les fiches.",
    )
    WORKER_MERGED = (
        None,
        None,
        "Cette fiche est réunie à une autre : agissez sur celle qui reste.",
    )
    MERGE_DECLARED_TWICE = (
        "R17",
        "§1",
        "Un certificat en vigueur déclare les deux : ces fiches ne se réunissent pas.",
    )
    MERGE_CONTRADICTION = (
        "R24",
        "§1",
        (
            "Ce qui est déclaré de ces deux fiches se contredit : corrigez-le avant de "
            "les réunir."
        ),
    )
    MERGE_NOT_TEMPORARY = (
        None,
        None,
        "Seule une fiche à numéro provisoire est réunie à celle du vrai numéro.",
    )
    # the extraction
    EXTRACT_UNREADABLE = (
        None,
        None,
        (
            "Ce fichier ne se lit pas : enregistrez-le en .xlsx ou en .csv, sans mot "
            "de passe."
        ),
    )
    EXTRACT_TOO_LARGE = (
        None,
        None,
        "Le fichier est trop grand : 10 Mo, 20 Mo de cellules, 50 000 lignes au plus.",
    )
    EXTRACT_HEADER = (
        "R57",
        "§5",
        (
            "L'en-tête ne se reconnaît pas : il y faut SIRET, raison sociale, code "
            "Caf, connu MCP et connu Habtiers."
        ),
    )
    EXTRACT_COLUMNS_TWICE = (
        None,
        None,
        (
            "Des colonnes veulent dire la même chose : dites à l'ouverture de l'import "
            "laquelle compte."
        ),
    )
    EXTRACT_COLUMNS = (
        "R57",
        "§5",
        "Confirmez d'abord ce que veut dire chaque colonne.",
    )
    EXTRACT_RECEIVED = (
        None,
        None,
        "Un autre fichier est déjà reçu pour cet import : ouvrez-en un autre.",
    )
    EXTRACT_NOT_RECEIVED = (
        None,
        None,
        "Le fichier de cet import n'est pas encore reçu.",
    )
    EXTRACT_PURGED = (
        "R13",
        "§1",
        "L'extraction est purgée : il n'en reste que l'en-tête et la preuve.",
    )
    EXTRACT_WAITING = (
        "R13",
        "§1",
        (
            "Des lignes attendent d'être prises ou arbitrées : confirmez la purge "
            "malgré elles."
        ),
    )
    EXTRACT_DUPLICATE = (None, None, "Cette ligne en répète une autre du même fichier.")
    EXTRACT_CONTRADICTION = (
        "R57",
        "§5",
        "Des lignes du fichier se contredisent pour ce SIRET : choisissez.",
    )
    EXTRACT_OTHER_CAF = (
        None,
        None,
        "Le fichier nomme une autre Caf que celle qui suit le partenaire.",
    )
    EXTRACT_FORMULA = (
        None,
        None,
        (
            "Une cellule contient une formule ou une erreur de tableur : elle n'est "
            "pas lue."
        ),
    )
    EXTRACT_CELLS = (
        None,
        None,
        "La ligne a plus de cellules que l'en-tête : un séparateur y est de trop.",
    )
    EXTRACT_CAF_UNKNOWN = (
        None,
        None,
        "Le code de la Caf manque ou n'est pas au référentiel.",
    )
    EXTRACT_YES_NO = (None, None, "Une cellule ne se lit ni comme oui, ni comme non.")
    CROSS_IS_YES = (None, None, "Une croix est lue comme oui : écrivez O ou N.")
    EXTRACT_NEITHER = (
        "R52",
        "§5",
        "Inconnu du Portail MCP et de Habtiers : la ligne ne fait pas de partenaire.",
    )
    EXTRACT_INACTIVE = (
        "R53",
        "§5",
        "Dit inactif dans Habtiers : la ligne ne fait pas de partenaire.",
    )
    EXTRACT_NOT_CONFLICT = (None, None, "Seule une ligne en conflit s'arbitre.")
    EXTRACT_APPLIED = (
        None,
        None,
        "Une ligne de ce SIRET est déjà prise : la décision ne change plus.",
    )
    EXTRACT_TAKEN_ELSEWHERE = (
        None,
        None,
        "Un autre organisme a déjà retenu une ligne contraire pour ce SIRET.",
    )
    EXTRACT_LEFT = (
        None,
        None,
        (
            "Cette ligne ne se prend pas : elle est rejetée, inchangée, en conflit ou "
            "déjà prise."
        ),
    )
    # mandates
    NOT_A_MACHINE = (
        None,
        None,
        (
            "Cette identité est celle d'une personne : un mandat se donne à un client "
            "machine."
        ),
    )
    NOT_A_PERSON = (
        None,
        None,
        (
            "Cette identité est celle d'un client machine : cet acte est pour une "
            "personne."
        ),
    )

    number: str | None
    paragraph: str | None
    sentence: str

    @property
    def needs_help(self) -> bool:
        """Whether who meets it may be unable to mend it alone (R60).

        A form that is badly filled is one's own.
        """
        return self.number is not None or self in BEYOND_ONE

    def __init__(
        self, number: str | None, paragraph: str | None, sentence: str
    ) -> None:
        self.number, self.paragraph, self.sentence = number, paragraph, sentence


BEYOND_ONE = frozenset(
    {
        Rule.NOT_FOUND,
        Rule.FORBIDDEN,
        Rule.UNKNOWN_CALLER,
        Rule.SIRET_KNOWN,
        Rule.ESTABLISHMENT_KNOWN,
        Rule.INVITATION_INVALID,
        Rule.PARAMETER_MISSING,
        Rule.LAST_NATIONAL,
    }
)
"""Rules of the register's own that somebody else must help with."""


HELD_BY_SHAPE: dict[str, tuple[str, str]] = {
    "R38": (
        "§3",
        (
            "Seuls les agents d'un organisme ouvrent un service : aucune ligne de la "
            "politique ne le donne à d'autres."
        ),
    ),
    "R41": (
        "§3",
        "Le mode de gestion se lit au contrat de services, et nulle part ailleurs.",
    ),
    "R42": (
        "§3",
        (
            "La délégation vaut pour tous les services : ni service, ni bulletin, ni "
            "groupe ne porte de mode."
        ),
    ),
    "R44": (
        "§3",
        (
            "La délégation va avec une convention : le contrat n'a pas d'autre clé que "
            "la sienne."
        ),
    ),
    "R46": (
        "§3",
        (
            "Un partenaire n'a qu'un mode : il n'a qu'une convention en vigueur, et "
            "elle qu'un contrat."
        ),
    ),
    "R49": (
        "§5",
        (
            "L'onglet paraît quand une convention est en vigueur et un bulletin "
            "ouvert ; il se déduit, il ne s'écrit pas."
        ),
    ),
}
"""Rules of the instruction that nothing can break: number → (paragraph, sentence)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: the act is done, and this should be known."""

    rule: Rule
    path: tuple[str, ...] = ()
    detail: str | None = None
    contact: str | None = None

    @property
    def message(self) -> str:
        return (
            f"{self.rule.sentence} {self.detail}" if self.detail else self.rule.sentence
        )


class Refused(Exception):
    """A rule is not met: nothing is written.

    `path` says where in the input, by the names of Python. `detail` completes the
    sentence.
    """

    def __init__(self, rule: Rule, *path: str, detail: str | None = None) -> None:
        super().__init__(rule.name)
        self.notice = Notice(rule, path, detail)

    @property
    def rule(self) -> Rule:
        return self.notice.rule


def require(
    condition: object, rule: Rule, *path: str, detail: str | None = None
) -> None:
    """Refuse with `rule` unless `condition` holds."""
    if not condition:
        raise Refused(rule, *path, detail=detail)
