"""Types that refer to one another across files, by name."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

from strawberry import lazy

if TYPE_CHECKING:
    from .activity_changes import ActivityChange
    from .bulletins import MembershipBulletin, ServiceAccess
    from .conventions import Amendment, Convention, Manager, ServiceContract
    from .declaration_lines import DeclarationLine, Treatment
    from .declarations import Declaration
    from .draft_lines import DraftLine
    from .establishments import Establishment
    from .groups import Group, Membership
    from .import_lines import ImportLine
    from .imports import Import, Origin
    from .journal import JournalEntry
    from .onboardings import Onboarding
    from .organisms import Agent, Organism
    from .partners import Partner
    from .rights import Right
    from .rosters import RosterEntry
    from .services import Campaign, Migration, Mission, Role, Service
    from .timelines import PartnerSpan
    from .users import Affiliation, User
    from .workers import Worker

ActivityChangeRef: TypeAlias = Annotated[
    "ActivityChange", lazy("schema.activity_changes")
]
AffiliationRef: TypeAlias = Annotated["Affiliation", lazy("schema.users")]
AgentRef: TypeAlias = Annotated["Agent", lazy("schema.organisms")]
AmendmentRef: TypeAlias = Annotated["Amendment", lazy("schema.conventions")]
BulletinRef: TypeAlias = Annotated["MembershipBulletin", lazy("schema.bulletins")]
CampaignRef: TypeAlias = Annotated["Campaign", lazy("schema.services")]
ContractRef: TypeAlias = Annotated["ServiceContract", lazy("schema.conventions")]
ConventionRef: TypeAlias = Annotated["Convention", lazy("schema.conventions")]
DeclarationRef: TypeAlias = Annotated["Declaration", lazy("schema.declarations")]
DraftLineRef: TypeAlias = Annotated["DraftLine", lazy("schema.draft_lines")]
EstablishmentRef: TypeAlias = Annotated["Establishment", lazy("schema.establishments")]
GroupRef: TypeAlias = Annotated["Group", lazy("schema.groups")]
ImportLineRef: TypeAlias = Annotated["ImportLine", lazy("schema.import_lines")]
ImportRef: TypeAlias = Annotated["Import", lazy("schema.imports")]
JournalEntryRef: TypeAlias = Annotated["JournalEntry", lazy("schema.journal")]
LineRef: TypeAlias = Annotated["DeclarationLine", lazy("schema.declaration_lines")]
ManagerRef: TypeAlias = Annotated["Manager", lazy("schema.conventions")]
MembershipRef: TypeAlias = Annotated["Membership", lazy("schema.groups")]
MigrationRef: TypeAlias = Annotated["Migration", lazy("schema.services")]
MissionRef: TypeAlias = Annotated["Mission", lazy("schema.services")]
OnboardingRef: TypeAlias = Annotated["Onboarding", lazy("schema.onboardings")]
OrganismRef: TypeAlias = Annotated["Organism", lazy("schema.organisms")]
OriginRef: TypeAlias = Annotated["Origin", lazy("schema.imports")]
PartnerRef: TypeAlias = Annotated["Partner", lazy("schema.partners")]
RightRef: TypeAlias = Annotated["Right", lazy("schema.rights")]
RosterEntryRef: TypeAlias = Annotated["RosterEntry", lazy("schema.rosters")]
RoleRef: TypeAlias = Annotated["Role", lazy("schema.services")]
ServiceAccessRef: TypeAlias = Annotated["ServiceAccess", lazy("schema.bulletins")]
ServiceRef: TypeAlias = Annotated["Service", lazy("schema.services")]
SpanRef: TypeAlias = Annotated["PartnerSpan", lazy("schema.timelines")]
TreatmentRef: TypeAlias = Annotated["Treatment", lazy("schema.declaration_lines")]
UserRef: TypeAlias = Annotated["User", lazy("schema.users")]
WorkerRef: TypeAlias = Annotated["Worker", lazy("schema.workers")]
