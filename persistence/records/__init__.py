"""What is recorded, and the rules that each record obeys.

No session, no clock, no environment.
"""

from persistence.types import FOREVER

from .accesses import ServiceAccess
from .activity_changes import (
    ActivityChange,
    ChangeAct,
    ChangeKind,
    ChangeSource,
    DepartureReason,
)
from .affiliations import Affiliation
from .amendments import Amendment
from .base import Base, Record
from .batches import Batch, BatchKind, BatchMode, BatchResult, LineStatus
from .bulletins import Bulletin
from .campaigns import Campaign, Parameter
from .chain_links import ChainLink, LinkKind, Unblocker
from .contracts import Contract, ContractManager, Mode
from .conventions import Convention
from .decisions import ActivityAttestation, Eligibility
from .declaration_lines import DeclarationLine
from .declarations import Conformity, Declaration
from .draft_lines import DraftLine, DraftOrigin, DraftSource
from .entries import EntryRecord
from .establishments import Establishment, PartnerSiret
from .followers import PartnerFollower
from .groups import Group, Membership
from .hand_backs import CnaHandBack
from .import_lines import ImportDecision, ImportLine
from .imports import Import, ImportOutcome
from .journal import (
    Idempotency,
    JournalEntry,
    JournalHead,
    JournalSeal,
    Lease,
    Receipt,
)
from .mails import MailCause, MailNotice, MailOutcome
from .organisms import Agent, Department, Organism, OrganismKind, Profile
from .origins import Origin
from .partners import Partner
from .reminders import EstablishmentStanding, Reminder
from .rights import Path, Right, Standing, paths, standing
from .rosters import (
    BeneficiaryAnswer,
    CampaignStanding,
    RosterAnswer,
    RosterStanding,
)
from .rules import HELD_BY_SHAPE, Notice, Refused, Rule
from .scans import ScannedPaper
from .services import Migration, Mission, Role, RoleProfile, Service
from .sessions import SessionRecord
from .suspensions import Suspension
from .timeline import PartnerState, Span, timeline
from .treatments import Processing, Treatment, TreatmentOutcome, Withdrawal
from .upkeep import KeyCanary, SchemaStep
from .users import BoundIdentity, User, UserKind
from .worker_lives import DualActivity, WorkerRate, WorkerStay
from .workers import Worker, WorkerNumber

__all__ = [
    "FOREVER",
    "HELD_BY_SHAPE",
    "ActivityAttestation",
    "ActivityChange",
    "Affiliation",
    "Agent",
    "Amendment",
    "Base",
    "Batch",
    "BatchKind",
    "BatchMode",
    "BatchResult",
    "BeneficiaryAnswer",
    "BoundIdentity",
    "Bulletin",
    "Campaign",
    "CampaignStanding",
    "ChainLink",
    "ChangeAct",
    "ChangeKind",
    "ChangeSource",
    "CnaHandBack",
    "Conformity",
    "Contract",
    "ContractManager",
    "Convention",
    "Declaration",
    "DeclarationLine",
    "Department",
    "DepartureReason",
    "DraftLine",
    "DraftOrigin",
    "DraftSource",
    "DualActivity",
    "Eligibility",
    "EntryRecord",
    "Establishment",
    "EstablishmentStanding",
    "Group",
    "Idempotency",
    "Import",
    "ImportDecision",
    "ImportLine",
    "ImportOutcome",
    "JournalEntry",
    "JournalHead",
    "JournalSeal",
    "KeyCanary",
    "Lease",
    "LineStatus",
    "LinkKind",
    "MailCause",
    "MailNotice",
    "MailOutcome",
    "Membership",
    "Migration",
    "Mission",
    "Mode",
    "Notice",
    "Organism",
    "OrganismKind",
    "Origin",
    "Parameter",
    "Partner",
    "PartnerFollower",
    "PartnerSiret",
    "PartnerState",
    "Path",
    "Processing",
    "Profile",
    "Receipt",
    "Record",
    "Refused",
    "Reminder",
    "Right",
    "Role",
    "RoleProfile",
    "RosterAnswer",
    "RosterStanding",
    "Rule",
    "ScannedPaper",
    "SchemaStep",
    "Service",
    "ServiceAccess",
    "SessionRecord",
    "Span",
    "Standing",
    "Suspension",
    "Treatment",
    "TreatmentOutcome",
    "Unblocker",
    "User",
    "UserKind",
    "Withdrawal",
    "Worker",
    "WorkerNumber",
    "WorkerRate",
    "WorkerStay",
    "paths",
    "standing",
    "timeline",
]
