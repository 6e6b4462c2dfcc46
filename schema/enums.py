"""The enums of the register, described for the graph."""

import strawberry

from persistence.records.activity_changes import ChangeKind, DepartureReason
from persistence.records.conventions import ClosingReason, ManagerKind, Mode
from persistence.records.declarations import BatchKind, BatchMode, LineStatus, Processing
from persistence.records.extract_columns import ImportField
from persistence.records.extracts import ImportDecision, ImportOutcome
from persistence.records.onboarding import Case, StepCode, StepState
from persistence.records.organisms import OrganismKind, Profile
from persistence.records.partners import Decision, PartnerKind
from persistence.records.remunerations import NoPayReason
from persistence.records.services import RoleProfile
from persistence.records.users import UserKind

for kind, description in {
    Mode: "Mode de gestion : le partenaire gère ses utilisateurs (DELEGATED), ou la Caf (CENTRALISED). §3, R39 à R46.",
    ClosingReason: "Motif de clôture d'une convention.",
    ManagerKind: "Gestionnaire des habilitations, ou suppléant.",
    OrganismKind: "Nature d'un organisme (en-tête, R2).",
    Profile: "Profil d'un agent dans son organisme.",
    Decision: "Décision d'éligibilité (R28).",
    PartnerKind: "Nature d'un partenaire.",
    RoleProfile: "Ce que le rôle permet : lire, saisir, valider ; chacun contient le précédent.",
    UserKind: "Personne, ou client machine d'un intégrateur.",
    BatchKind: "Ce qu'un lot apporte.",
    BatchMode: "Tout ou rien : une mauvaise ligne retient les autres. Ou les bonnes lignes seules.",
    LineStatus: "Ce qu'une ligne envoyée est devenue.",
    Processing: "Prise en compte, sans AAH, ou renvoyée à l'Esat.",
    NoPayReason: "Motif d'une absence de paie ; la maladie n'en est pas un (CASF, art. R243-7).",
    ChangeKind: "Changement d'activité : taux en hausse, taux en baisse, départ (R23 à R26).",
    Case: "Cas d'accueil (§5, R51) : inconnu des deux ; connu de Habtiers ; connu de MCP ; connu des deux (A5).",
    StepCode: "Étape de l'ouverture d'un service.",
    StepState: "Faite, à faire, ou en attente d'une autre étape.",
    DepartureReason: "Motif d'un départ (R26).",
    ImportField: "Ce que dit une colonne de l'extraction ; `IGNORED` : rien qui se lise.",
    ImportDecision: "Ligne retenue, ou écartée.",
    ImportOutcome: "Ce que dit une ligne au regard du registre : nouveau, changé, inchangé, en conflit, illisible.",
}.items():
    strawberry.enum(kind, description=description)
