"""What an act is given: its input, its caller, and the rows that it may take.

A function of `resolvers/` receives an `Act`, takes what it changes through its permission, calls the
verb on the record, and returns the record; `performing.py` does everything else.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import orjson
from strawberry.utils.str_converters import to_camel_case

from authz import Subject
from persistence.facts.visibility import GUARDED, Permit
from persistence.records import (
    Department,
    Establishment,
    Notice,
    Partner,
    Record,
    Refused,
    Rule,
    Standing,
    User,
    standing,
)
from persistence.records.base import Base
from persistence.records.identifiers import Siret
from persistence.records.rules import require
from persistence.records.services import ESAT
from persistence.records.suspensions import Author, SuspensionSide
from persistence.register import Register
from resolvers import permissions as permitted
from resolvers.graph import Context

from .inputs import ActInput, ChangeInput, EstablishmentBy, PreviewInput

__all__ = [
    "AGENTS",
    "SOMEWHERE",
    "Act",
    "ActInput",
    "ChangeInput",
    "Doing",
    "Done",
    "EstablishmentBy",
    "PreviewInput",
    "at",
    "permission",
    "under",
]

R = TypeVar("R", bound=Record)
SOMEWHERE = "*"
"""Stands for the record of an act that was judged on no row."""
AGENTS = ("agent_reading", "agent_managing", "resource_centre", "national")


Done: TypeAlias = Record | Sequence[Record] | tuple[Record, dict[str, Any]]
Doing: TypeAlias = Callable[["Act", Any], Awaitable[Done]]


def permission(
    *permissions: str,
    on: Sequence[type[Record]] = (),
    also: Mapping[type[Record], str] = MappingProxyType({}),
) -> Callable[[Doing], Doing]:
    """Declare which `Type:action` an act needs; the first is the one `take` uses unless told otherwise.

    `on`: the records whose rows it bears on, first the one that it takes; `viewerCan` tells it of them.
    `also`: other records whose rows tell it, each by a permission of its own.
    """

    def declare(function: Doing) -> Doing:
        name = to_camel_case(function.__name__)
        function.permissions, function.on = (*permissions, *also.values()), (*on, *also)  # type: ignore[attr-defined]
        permitted.declare(name, permissions, on)
        for record, needed in also.items():
            permitted.declare(name, (needed,), [record])
        return function

    return declare


@dataclass(slots=True)
class Act:
    """One act under way, in its transaction, on the day of the act.

    `errors` are those of the lines of a batch, which is done all the same; `dry_run` undoes the act once it is told;
    `changes` is false for an act that only reads what it takes. `before` is the partner's standing on the day of
    effect, for an act whose consequences are told. `organism` is the one on behalf of which it is done, where the
    input says so. `traces` are the partners that it makes, each with an entry of its own: (object, partner, records).
    `also_ids`: rows that the payload shows and the act leaves alone. `said`: what the entry tells beside the changes.
    """

    name: str
    permissions: tuple[str, ...]
    context: Context
    register: Register
    subject: Subject
    caller: User | None
    expected_version: int | None
    errors: list[Notice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    dry_run: bool = False
    changes: bool = True
    partner: Partner | None = None
    target: Record | None = None
    checked: tuple[str, str, str] | None = None
    matched: Permit | None = None
    effect_on: date | None = None
    before: Standing | None = None
    organism: str | None = None
    traces: Sequence[tuple[str, str, list[Base]]] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    also_ids: Sequence[str] = ()

    @property
    def today(self) -> date:
        return self.context.today

    @property
    def now(self) -> datetime:
        return self.context.now

    @property
    def actor(self) -> User:
        """Who acts. Only the acceptance of an invitation is open to an identity without an account."""
        if self.caller is None:
            raise Refused(Rule.UNKNOWN_CALLER)
        return self.caller

    # taking

    async def take(
        self, record: type[R], record_id: str, *path: str, needs: str | None = None
    ) -> R:
        """The row to change, its partner locked: else NOT_FOUND, or FORBIDDEN when it may be read."""
        await self.judge(record, record_id, path, needs)
        partner_id = await self.register.partner_of(record, record_id)
        if partner_id is not None and self.partner is None:
            self.partner = await self.register.lock(partner_id)
            self.before = self.standing()
            await self.resolve()
            await self.judge(
                record, record_id, path, needs
            )  # again, now that nothing moves
        alone = (
            True if partner_id is None else None
        )  # a row without a partner is its own lock
        found = await self.register.session.get_one(
            record, record_id, with_for_update=alone
        )
        if self.target is None:
            self._expect(found)
        return found

    def standing(self) -> Standing | None:
        """What the partner's documents give on the day of effect, for an act whose consequences are told."""
        return (
            standing(self.partner, self.effect_on)
            if self.partner and self.effect_on
            else None
        )

    def set_effect_day(self, day: date | None) -> None:
        """The day of effect, for an act whose row says it rather than its input."""
        if day is not None and self.effect_on is not None:
            self.effect_on = max(day, self.today)
            self.before = self.standing()

    async def resolve(self) -> None:
        """What the caller holds, read again: the lock may have waited for the act that takes it away."""
        graph, register = self.context.graph, self.register
        driver = await graph.database.driver_of(register.session)
        self.subject = await graph.subject(self.context.identity, self.today, driver)

    def _expect(self, found: Record) -> None:
        """The record that the act changes, at the version that the caller has read."""
        self.target = found
        if self.expected_version not in (None, found.version):
            raise Refused(
                Rule.VERSION_CONFLICT,
                "expectedVersion",
                detail=f"Version actuelle : {found.version}.",
            )

    async def judge(
        self,
        record: type[Record],
        record_id: str,
        path: tuple[str, ...],
        needs: str | None,
    ) -> None:
        """Whether the caller may do this to the row, now; notes the line of the policy that says so."""
        needed = needs or self.permissions[0]
        permits = self.context.graph.permits(self.subject.roles)
        guarded = GUARDED.get(record.__tablename__)
        read = permits(guarded.type, "read") if guarded else ()
        ways = permits(*needed.split(":"))
        held = self.context.graph.held(self.subject, self.context)
        seen, matched = await self.register.ways(
            record.__tablename__, record_id, read, ways, held
        )
        if not seen and matched is None:
            raise Refused(Rule.NOT_FOUND, *path)
        if matched is None:
            raise Refused(
                Rule.FORBIDDEN,
                *path,
                detail=await self._why_not(record, record_id, ways),
            )
        self.matched, self.checked = matched, (record.__tablename__, record_id, needed)

    async def _why_not(
        self, record: type[Record], record_id: str, ways: Sequence[Permit]
    ) -> str:
        """What stands between the caller and the act, and who can do it instead."""
        at_once = permitted.at_once(record.__tablename__, ways)
        return at_once or permitted.by_state(
            ways, *await self.register.state_of(record, record_id)
        )

    def require_permission_on(
        self, facts: Mapping[str, str | None], needs: str | None = None
    ) -> None:
        """Judge a creation on its candidate's facts, before anything is written."""
        needed = needs or self.permissions[0]
        type_, action = needed.split(":")
        permit = self.context.graph.policy.allows(self.subject, type_, action, facts)
        if permit is None:
            plan = self.context.graph.policy.plan(self.subject.roles, type_, action)
            placed = all(way.scope == "granted_service" for way in plan)
            why = (
                permitted.PROFILE
                if not plan
                else permitted.PLACE
                if placed
                else permitted.OTHER_ORGANISM
            )
            raise Refused(Rule.FORBIDDEN, detail=why)
        self.matched, self.checked = (
            Permit(permit.role, permit.scope, ()),
            ("", orjson.dumps(facts).decode(), needed),
        )

    def require_permission_anywhere(self, needed: str) -> None:
        """Judge an act that bears on a whole list: a role of today allows it, on some of its rows."""
        ways = self.context.graph.permits(self.subject.roles)(*needed.split(":"))
        if not ways:
            raise Refused(Rule.FORBIDDEN, detail=permitted.PROFILE)
        self.matched, self.checked = ways[0], (SOMEWHERE, "", needed)

    async def known(self, record: type[R], record_id: str, *path: str) -> R:
        """A row of the public reference data."""
        found = await self.register.session.get(record, record_id)
        if found is None:
            raise Refused(Rule.NOT_FOUND, *path)
        return found

    async def all_known(self, record: type[R], ids: list[Any], *path: str) -> list[R]:
        return [
            await self.known(record, one, *path, str(i)) for i, one in enumerate(ids)
        ]

    async def to_write(self, record: type[R], record_id: str) -> R | None:
        """A row of the reference data to be written anew or again, once the act is allowed."""
        self.require_permission_on({})
        found = await self.register.session.get(record, record_id, with_for_update=True)
        if found is not None:
            self._expect(found)
        return found

    async def departments(
        self, codes: list[str], path: str = "departments"
    ) -> list[Department]:
        found = [await self.register.session.get(Department, code) for code in codes]
        known = [department for department in found if department is not None]
        if len(known) < len(codes):
            raise Refused(Rule.DEPARTMENT_UNKNOWN, path, str(found.index(None)))
        return known

    async def at_establishment(self, by: EstablishmentBy) -> Establishment:
        """Where one declares, named by its id or its SIRET, its partner locked; it is itself not changed."""
        path, key = ("establishment", "id"), str(by.id)
        if isinstance(by.siret, str):
            path = ("establishment", "siret")
            with at(*path):
                key = await self.register.establishment_of(Siret.read(by.siret)) or ""
        found = await self.take(Establishment, key, *path, needs="Establishment:read")
        self.target = None
        return found

    def require_permission_to_declare_at(
        self, place: Establishment, needs: str
    ) -> None:
        """Judge a declaration of this establishment, before anything is written."""
        there = f"{place.partner_id}|{ESAT}|{place.id}"
        self.require_permission_on(
            {"partner": place.partner_id, "partner_service_establishment": there}, needs
        )

    def establishments(self, ids: list[Any]) -> list[Establishment]:
        """Establishments that the partner under way still has, at the input's `establishmentIds`."""
        assert self.partner is not None
        mine = {e.id: e for e in self.partner.establishments}
        for index, one in enumerate(ids):
            require(one in mine, Rule.NOT_FOUND, "establishmentIds", str(index))
            require(
                not mine[one].is_ended_on(self.today),
                Rule.ALREADY_ENDED,
                "establishmentIds",
                str(index),
            )
        return [mine[one] for one in ids]

    def warn(self, notices: list[Notice]) -> None:
        self.warnings.extend(notices)

    @property
    def is_by_partner(self) -> bool:
        """Whether the partner itself acts, and not an agent."""
        return self.matched is not None and self.matched.role not in AGENTS

    @property
    def author(self) -> Author:
        """Who acts, and on which side."""
        return Author(
            SuspensionSide.PARTNER if self.is_by_partner else SuspensionSide.ORGANISM,
            self.actor.id,
        )

    # what the journal says

    @property
    def about(self) -> str | None:
        """The partner whose act it is: the one under way, or the only one for which the caller may do this."""
        if self.partner is not None or self.matched is None:
            return self.partner.id if self.partner else None
        partners = self.context.graph.policy.values(
            self.subject, "partners", self.matched.role
        )
        return partners[0] if len(partners) == 1 else None

    @property
    def acting_for(self) -> str | None:
        """The organism, or the partner, on behalf of which the caller acts."""
        if self.matched is None or self.matched.role not in AGENTS:
            return self.about if self.matched else None
        organisms = self.context.graph.policy.values(
            self.subject, "organisms", self.matched.role
        )
        if self.organism in organisms:
            return self.organism
        if self.partner is not None:
            span = self.partner.span_on(self.today)
            for organism in (span.administering_id, span.signing_id):
                if organism in organisms:
                    return organism
        return organisms[0] if organisms else None


@contextmanager
def under(path: str, but: tuple[str, ...] = ()) -> Iterator[None]:
    """Put a refusal met inside a part of the input under that part, `but` for what has a path of its own."""
    try:
        yield
    except Refused as refused:
        if but and refused.notice.path == but:
            raise
        raise Refused(
            refused.rule, path, *refused.notice.path, detail=refused.notice.detail
        ) from None


@contextmanager
def at(*path: str) -> Iterator[None]:
    """Give a refusal met inside the input's path, when it has none of its own."""
    try:
        yield
    except Refused as refused:
        if refused.notice.path:
            raise
        raise Refused(refused.rule, *path, detail=refused.notice.detail) from None
