"""The enums of the register, and the words of each of their values on a screen."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import strawberry

from persistence.intake.import_columns import ImportField
from persistence.records import ImportDecision, ImportOutcome
from persistence.records.activity_changes import DepartureReason
from persistence.records.batches import BatchKind, BatchMode, LineStatus
from persistence.records.carrying import MembersAtSwitch
from persistence.records.cases import Case
from persistence.records.contracts import ManagerKind, Mode
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.declaration_lines import NoPayReason
from persistence.records.declarations import Conformity
from persistence.records.onboarding_steps import STEPS, StepCode, StepState
from persistence.records.organisms import NetworkRole, OrganismKind, Profile
from persistence.records.partners import PartnerKind
from persistence.records.services import RoleProfile
from persistence.records.suspensions import SuspensionSide
from persistence.records.treatments import Processing, TreatmentOutcome, Withdrawal
from persistence.records.users import UserKind
from resolvers.lists import ExportedList

E = TypeVar("E", bound=type[Enum])


def labelled(
    description: str, name: str | None = None, /, **labels: str
) -> Callable[[E], E]:
    """An enum of the graph: what it is, and the label of each value on a screen.

    `name` is its name in the graph, where it is another than the class's.
    """

    def decorate(kind: E) -> E:
        enum: Any = strawberry.enum(kind, name=name, description=description)
        for value in enum.__strawberry_definition__.values:
            value.description = labels[value.name]
        return enum  # type: ignore[no-any-return]

    return decorate


labelled(
    "Mode de gestion : le partenaire gère ses utilisateurs (DELEGATED), ou la Caf"
    " (CENTRALISED). §3, R39 à R46.",
    CENTRALISED="Centralisé",
    DELEGATED="Délégué",
)(Mode)
labelled(
    "Motif de clôture d'une convention.",
    DELEGATION_CHANGE="Changement de mode de gestion",
    SIRET_CHANGE="Changement de SIRET",
    TRANSFER="Transfert à un autre organisme",
    PARTNER_CEASED="Fin d'activité du partenaire",
    TERMINATED_BY_CAF="Résiliée par la Caf",
    TERMINATED_BY_PARTNER="Résiliée par le partenaire",
    EXPIRED="Terme échu",
    ABANDONED="Abandonnée avant signature",
)(ClosingReason)
labelled(
    "Gestionnaire des habilitations, ou suppléant.",
    MANAGER="Gestionnaire",
    DEPUTY="Suppléant",
)(ManagerKind)
labelled(
    "Nature d'un organisme (en-tête, R2).",
    CAF="Caf",
    MULTI_BRANCH="Caisse multibranche",
    CNA="CNA",
    RESOURCE_CENTRE="Centre de ressources",
    NATIONAL="Cnaf",
)(OrganismKind)
labelled(
    "Rôle d'une Caf dans le réseau (en-tête).", PIVOT="Pivot", ADHERENTE="Adhérente"
)(NetworkRole)
labelled(
    "Profil d'un agent dans son organisme.",
    READING="Lecture",
    MANAGING="Gestion",
    RESOURCE_CENTRE="Centre de ressources",
    NATIONAL="Administration nationale",
)(Profile)
labelled(
    "Décision d'éligibilité (R28).", ELIGIBLE="Éligible", NOT_ELIGIBLE="Non éligible"
)(Decision)
labelled(
    "Nature d'un partenaire.",
    ESAT="Esat",
    OPERATING_BODY="Organisme gestionnaire",
    SOCIAL_CENTRE="Centre social",
    OTHER="Autre",
)(PartnerKind)
labelled(
    "Ce que le rôle permet : lire, saisir, valider ; chacun contient le précédent.",
    READING="Lecture",
    ENTERING="Saisie",
    VALIDATING="Validation",
)(RoleProfile)
labelled(
    "Personne, ou client machine d'un intégrateur.",
    PERSON="Personne",
    MACHINE="Client machine",
)(UserKind)
labelled(
    "Côté d'une suspension : le partenaire, ou l'organisme. Chacun met fin à la sienne"
    " (R40).",
    PARTNER="Le partenaire",
    ORGANISM="L'organisme",
)(SuspensionSide)
labelled(
    "Ce que deviennent les personnes incluses, quand une convention en remplace une"
    " autre (R43, A7).",
    CARRY="Incluses de nouveau",
    END="Plus incluses",
)(MembersAtSwitch)
labelled(
    "Ce qu'un lot apporte.",
    REMUNERATIONS="Rémunérations de novembre",
    ACTIVITY_CHANGES="Changements d'activité",
)(BatchKind)
labelled(
    "Tout ou rien : une mauvaise ligne retient les autres. Ou les bonnes lignes"
    " seules.",
    ALL_OR_NOTHING="Tout ou rien",
    ACCEPT_VALID="Les bonnes lignes seules",
)(BatchMode)
labelled(
    "Ce qu'une ligne envoyée est devenue.",
    CREATED="Créée",
    REPLACED="Remplacée",
    UNCHANGED="Inchangée",
    REJECTED="Rejetée",
    HELD="Retenue",
)(LineStatus)
ANSWERS = {
    "TAKEN_INTO_ACCOUNT": "Prise en compte",
    "NOT_BENEFICIARY": "Sans AAH",
    "RETURNED": "Renvoyée à l'Esat",
    "WITHDRAWAL_NOTED": "Retrait noté",
}
labelled(
    "Prise en compte, sans AAH, ou renvoyée à l'Esat ; d'une ligne retirée, retrait"
    " noté.",
    **ANSWERS,
)(Processing)
labelled(
    "Ce qu'une Caf a répondu, ou « remis à traiter » : elle reprend sa réponse.",
    **ANSWERS,
    REOPENED="Remis à traiter",
)(TreatmentOutcome)
labelled(
    "Résultat des contrôles, fixé au dépôt ; rien d'accepté est un avis de rejet.",
    CONFORM="Certificat de conformité",
    ANOMALIES="Bilan d'anomalies",
)(Conformity)
labelled(
    "Pourquoi une ligne n'est plus en vigueur auprès de la Caf qui payait.",
    REMOVED="Plus déclarée",
    PAYER_CHANGED="Autre Caf",
)(Withdrawal)
labelled(
    "Motif d'une absence de paie ; la maladie n'en est pas un (CASF, art. R243-7).",
    UNPAID_ABSENCE="Absence non rémunérée",
    PARENTAL_LEAVE="Congé parental",
    NOT_YET_PAID="Non encore payé",
    OTHER="Autre",
)(NoPayReason)
labelled(
    "Motif d'un départ (R26).",
    ORDINARY_EMPLOYMENT="Emploi en milieu ordinaire",
    ADAPTED_COMPANY="Entreprise adaptée",
    OTHER_ESAT="Autre Esat",
    RETIREMENT="Retraite",
    DEATH="Décès",
    END_OF_ORIENTATION="Fin de l'orientation par la CDAPH",
    END_OF_TRIAL="Fin de la période d'essai",
    END_OF_SHORT_CONTRACT="Fin d'un contrat court",
    WORKER_INITIATIVE="À l'initiative de la personne",
    MOVE="Déménagement",
    OTHER="Autre",
)(DepartureReason)
labelled(
    "Cas d'accueil (§5, R51) : inconnu des deux ; connu de Habtiers ; connu de MCP ;"
    " connu des deux (A5).",
    CASE_1="Cas 1 : inconnu des deux",
    CASE_2="Cas 2 : connu de Habtiers",
    CASE_3="Cas 3 : connu de Mon Compte Partenaire",
    CASE_3_AND_LEGACY="Cas 3 : connu des deux",
)(Case)
labelled(
    "Étape de l'ouverture d'un service.",
    **{code.name: named.label for code, named in STEPS.items()},
)(StepCode)
labelled(
    "Faite, à faire, ou en attente d'une autre étape.",
    DONE="Fait",
    TODO="À faire",
    BLOCKED="En attente",
)(StepState)
labelled(
    "Ce que dit une colonne de l'extraction ; `IGNORED` : rien qui se lise.",
    SIRET="SIRET",
    NAME="Raison sociale",
    DEPARTMENT="Département",
    ORGANISM="Code Caf",
    KNOWN_MCP="Connu de Mon Compte Partenaire",
    KNOWN_HABTIERS="Connu de Habtiers",
    ACTIVE="Actif",
    LAST_SEEN_ON="Dernière connexion",
    FINESS="FINESS",
    CONTACT="Courriel",
    IGNORED="Non lue",
)(ImportField)
labelled("Ligne retenue, ou écartée.", TAKEN="Retenue", SET_ASIDE="Écartée")(
    ImportDecision
)
labelled(
    "Ce que dit une ligne au regard du registre : nouveau, changé, inchangé, en"
    " conflit, illisible.",
    NEW="Nouveau",
    CHANGED="Changé",
    UNCHANGED="Inchangé",
    CONFLICT="En conflit",
    REJECTED="Illisible",
)(ImportOutcome)
labelled(
    "Une liste qui se remet en fichier.",
    PARTNERS="Partenaires",
    CONVENTIONS="Conventions",
    BULLETINS="Bulletins d'adhésion",
    GROUPS="Groupes",
    USERS="Utilisateurs",
    AFFILIATIONS="Rattachements",
    JOURNAL="Journal",
    DECLARATIONS="Déclarations",
    LINES="Lignes déclarées",
    WORKERS="Travailleurs",
    ESTABLISHMENTS="Établissements attendus",
    ACTIVITY_CHANGES="Changements d'activité",
)(ExportedList)
