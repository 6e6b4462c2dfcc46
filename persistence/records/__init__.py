"""What is recorded, and the rules that each record obeys. No session, no clock, no environment."""

from .accesses import ServiceAccess
from .activity_changes import ActivityChange, ChangeKind, DepartureReason
from .affiliations import Affiliation
from .base import FOREVER, Base, Record
from .bulletins import Bulletin
from .campaigns import Campaign, Parameter
from .contracts import Contract, ContractManager, Mode
from .conventions import Amendment, CnaHandBack, Convention, Document
from .decisions import ActivityAttestation, Eligibility
from .declarations import (
    Batch,
    BatchKind,
    BatchMode,
    BatchResult,
    Declaration,
    DeclarationLine,
    LineStatus,
    Processing,
    Treatment,
    TreatmentOutcome,
)
from .entries import EntryRecord
from .establishments import Establishment, PartnerSiret
from .extracts import Extract, ExtractLine, ImportDecision, ImportOutcome, Origin
from .groups import Group, Membership
from .journal import Idempotency, JournalEntry, JournalSeal, Lease
from .organisms import Agent, Department, Organism, OrganismKind, Profile
from .partners import Partner
from .rights import Link, LinkKind, Mender, Path, Right, Standing, paths, standing
from .rules import HELD_BY_SHAPE, Notice, Refused, Rule
from .services import Migration, Mission, Role, RoleProfile, Service
from .sessions import SessionRecord
from .suspensions import Suspension
from .timeline import PartnerState, Span, timeline
from .upkeep import KeyCanary, SchemaStep
from .users import SignIn, User, UserKind
from .workers import DualActivity, Worker, WorkerRate

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
    "Bulletin",
    "Campaign",
    "ChangeKind",
    "CnaHandBack",
    "Contract",
    "ContractManager",
    "Convention",
    "Declaration",
    "DeclarationLine",
    "Department",
    "DepartureReason",
    "Document",
    "DualActivity",
    "Eligibility",
    "EntryRecord",
    "Establishment",
    "Extract",
    "ExtractLine",
    "Group",
    "Idempotency",
    "ImportDecision",
    "ImportOutcome",
    "JournalEntry",
    "JournalSeal",
    "KeyCanary",
    "Lease",
    "LineStatus",
    "Link",
    "LinkKind",
    "Membership",
    "Mender",
    "Migration",
    "Mission",
    "Mode",
    "Notice",
    "Organism",
    "OrganismKind",
    "Origin",
    "Parameter",
    "Partner",
    "PartnerSiret",
    "PartnerState",
    "Path",
    "Processing",
    "Profile",
    "Record",
    "Refused",
    "Right",
    "Role",
    "RoleProfile",
    "Rule",
    "SchemaStep",
    "Service",
    "ServiceAccess",
    "SessionRecord",
    "SignIn",
    "Span",
    "Standing",
    "Suspension",
    "Treatment",
    "TreatmentOutcome",
    "User",
    "UserKind",
    "Worker",
    "WorkerRate",
    "paths",
    "standing",
    "timeline",
]
