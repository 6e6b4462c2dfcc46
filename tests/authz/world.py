"""A small world, exhaustive: every combination of what the rules can tell apart, and no more.

The caller's home is partner `ptr_own`, service `ESAT`, establishment `est_1`, group `grp_1`;
the caller's organism is `caf_a`, or `cna` where a second one is held.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from authz import ACTIONS, Engine, Grant, Post, ScopeCondition, Subject, conditions_of

CALLER = "usr_caller"
PAIRS = [(type_, action) for type_, actions in ACTIONS.items() for action in actions]

OWNED = {"User", "Membership", "Agent"}
PLACED = {
    "Worker",
    "Declaration",
    "DeclarationLine",
    "ActivityChange",
    "Batch",
    "RosterEntry",
    "DraftLine",
}
SERVICED = {"MembershipBulletin", "ServiceAccess", "Group", "Membership"} | PLACED
PAPERS = {"Convention", "Amendment", "ServiceContract", "MembershipBulletin"}
PAID = {"Worker", "DeclarationLine", "ActivityChange", "RosterEntry"}
REFERENCE = {"Organism", "Service", "Role", "Mission", "Campaign", "Parameter"}

STATES = ((None, None), ("cnv_1", "CENTRALISED"), ("cnv_1", "DELEGATED"))


class Thing(NamedTuple):
    partner: str | None = None
    convention: str | None = None
    mode: str | None = None
    administering: str | None = None
    signing: str | None = None
    owner: str | None = None
    service: str | None = None
    establishment: str | None = None
    group: str | None = None
    paying: str | None = None
    signatory: str | None = None

    @property
    def facts(self) -> dict[str, str | None]:
        at_service = f"{self.partner}|{self.service}" if self.service else None
        at_place = f"{at_service}|{self.establishment}" if self.establishment else None
        simple = {
            key: value
            for key, value in self._asdict().items()
            if key not in {"service", "establishment"}
        }
        return simple | {
            "partner_service": at_service,
            "partner_service_establishment": at_place,
        }


@cache
def things(type_: str) -> tuple[Thing, ...]:
    """Every object of this type, under every state of its partner."""
    if type_ in REFERENCE:
        return (Thing(),)
    return tuple(
        Thing(partner, *state, *others)
        for partner, state, *others in product(
            ("ptr_own", "ptr_other"),
            STATES,
            ("caf_a", "cna"),
            ("caf_a", "cna"),
            (CALLER, "usr_other") if type_ in OWNED else (None,),
            ("ESAT", "OTHER") if type_ in SERVICED else (None,),
            ("est_1", "est_2") if type_ in PLACED else (None,),
            ("grp_1", "grp_2") if type_ == "Group" else (None,),
            ("caf_a", "cna") if type_ in PAID else (None,),
            (None, "caf_a", "cna") if type_ in PAPERS else (None,),
        )
    )


def member(role: str, **elsewhere: str) -> Grant:
    return Grant(role, "grp_1", "ptr_own", "ESAT", "est_1")._replace(**elsewhere)


MEMBERS = [
    Subject(CALLER, grants=(member(f"member_{level}"),))
    for level in ("reading", "entering", "validating")
]
MACHINES = [
    Subject(CALLER, machine=True, grants=(member(f"machine_{level}"),))
    for level in ("reading", "entering", "validating")
]
ADMINISTRATOR = Subject(CALLER, administered=("ptr_own",))
AGENT_READING, AGENT_MANAGING, RESOURCE_CENTRE, NATIONAL = (
    Subject(CALLER, posts=(Post(role, organism),))
    for role, organism in (
        ("agent_reading", "caf_a"),
        ("agent_managing", "caf_a"),
        ("resource_centre", "caf_a"),
        ("national", ""),
    )
)
SINGLE = [
    Subject(CALLER),
    *MEMBERS,
    *MACHINES,
    ADMINISTRATOR,
    AGENT_READING,
    AGENT_MANAGING,
    RESOURCE_CENTRE,
    NATIONAL,
]
SEVERAL = [
    Subject(
        CALLER,
        grants=(
            member("member_reading"),
            member("member_validating", service="OTHER", group="grp_2"),
        ),
    ),
    Subject(CALLER, grants=(member("member_reading"),), administered=("ptr_other",)),
    Subject(
        CALLER, posts=(Post("agent_reading", "caf_a"), Post("agent_managing", "cna"))
    ),
    Subject(
        CALLER, posts=(Post("resource_centre", "caf_a"), Post("agent_reading", "cna"))
    ),
    Subject(
        CALLER,
        grants=(member("member_entering"),),
        posts=(Post("national", ""),),
        administered=("ptr_own",),
    ),
]
SUBJECTS = SINGLE + SEVERAL


def cases() -> Iterator[tuple[Subject, str, str, Thing]]:
    for subject, (type_, action) in product(SUBJECTS, PAIRS):
        for thing in things(type_):
            yield subject, type_, action, thing


def selected(engine: Engine, subject: Subject, type_: str, action: str) -> set[Thing]:
    """What a list filtered by the plan would return, the conditions read here and not by the engine."""
    permits = [
        [
            (
                condition,
                engine.values(subject, condition.of, permit.role)
                if condition.op == "among"
                else (),
            )
            for condition in conditions_of(permit.scope, type_)
        ]
        for permit in engine.plan(subject.roles, type_, action)
    ]
    return {
        thing
        for thing, facts in (
            (thing, thing.facts) for thing in (things(type_) if permits else ())
        )
        if any(
            all(
                _true(facts[condition.fact], condition, binds)
                for condition, binds in permit
            )
            for permit in permits
        )
    }


def _true(fact: str | None, condition: ScopeCondition, binds: tuple[str, ...]) -> bool:
    return (
        fact is not None
        and {"among": fact in binds, "equals": fact == condition.of, "known": True}[
            condition.op
        ]
    )
