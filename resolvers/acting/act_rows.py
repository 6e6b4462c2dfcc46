"""The rows that an act may take: its caller's permits, the lock of the partner, and what stands under it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from authz import Subject
from persistence.act_session import Judgement, Look, Timeline
from persistence.act_statements import has_partner
from persistence.facts.visibility import GUARDED, Permit
from persistence.reading.binds import Holdings
from persistence.records import (
    Notice,
    Partner,
    Record,
    Refused,
    Rule,
    Standing,
    User,
    standing,
)
from persistence.register import Register, raise_version
from resolvers import permissions
from resolvers.graph import Context, subject_of

from .act_types import FILE, Loads

R = TypeVar("R", bound=Record)


@dataclass(slots=True)
class ActRows:
    """One act under way, in its transaction, on the day of the act.

    `errors` are those of the lines of a batch, which is done all the same; `dry_run` undoes the act once it is told.
    `partner` is the one under way with its file, where the act loads it, and `partner_id` its id. `before` is the
    partner's standing on the day of effect, for an act whose consequences are told. `organism` is the one on behalf
    of which it is done, where the input says so.
    """

    name: str
    permissions: tuple[str, ...]
    loads: Loads
    context: Context
    register: Register
    subject: Subject
    caller: User | None
    expected_version: int | None
    errors: list[Notice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    dry_run: bool = False
    partner: Partner | None = None
    partner_id: str | None = None
    timeline: Timeline | None = None
    checked: tuple[str, str, str] | None = None
    matched: Permit | None = None
    effect_on: date | None = None
    before: Standing | None = None
    organism: str | None = None

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
        self,
        record: type[R],
        record_id: str,
        *path: str,
        needs: str | None = None,
        is_change: bool = True,
    ) -> R:
        """The row to change, its partner locked: else NOT_FOUND, or FORBIDDEN when it may be read."""
        (found,) = await self.take_all(
            record, [record_id], [path], needs=needs, is_change=is_change
        )
        return found

    async def take_all(
        self,
        record: type[R],
        ids: Sequence[str],
        paths: Sequence[tuple[str, ...]],
        *,
        needs: str | None = None,
        is_change: bool = True,
    ) -> list[R]:
        """The rows to change, the partner of the first one locked; refused at the first row that may not be changed."""
        needed = needs or self.permissions[0]
        if self.partner_id is not None or not has_partner(record):
            return [
                await self._take_alone(record, one, path, needed)
                for one, path in zip(ids, paths, strict=True)
            ]
        look = await self._lock_and_look(record, ids, paths[0], needed)
        alone = {one.id: one for one in look.records}
        rows: list[R] = []
        for one, path in zip(ids, paths, strict=True):
            _, permit = look.verdicts.get(one, (False, None))
            if permit is None:
                await self.authorise(record, one, path, needed)  # says why not
            else:
                self.matched, self.checked = permit, (record.__tablename__, one, needed)
            row: R = (
                alone[one]
                if one in alone
                else await self.register.session.get_one(record, one)
            )
            if not rows and is_change:
                self._change(row)
            rows.append(row)
        return rows

    async def _lock_and_look(
        self,
        record: type[Record],
        ids: Sequence[str],
        path: tuple[str, ...],
        needed: str,
    ) -> Look:
        """Lock the partner of the first row, for who may change it only, then look at all of them."""
        judgement = self._judgement(record, needed)
        partner_id = None
        if judgement.act:
            partner_id = await self.register.lock(
                record, ids[0], judgement.act, self._holdings()
            )
        if partner_id is None:
            await self.authorise(
                record, ids[0], path, needed
            )  # says why not, unless it has just been allowed
            partner_id = await self.register.lock(
                record, ids[0], None, self._holdings()
            )
        assert partner_id is not None
        return await self._look(record, ids, partner_id, judgement)

    async def _look(
        self,
        record: type[Record],
        ids: Sequence[str],
        partner_id: str,
        judgement: Judgement,
    ) -> Look:
        """What stands under the lock, and the act's partner; no verdict when the caller's holdings have changed."""
        self.partner_id = partner_id
        identity, is_file = self.context.identity, self.loads is FILE
        look = await self.register.look(
            record,
            ids,
            partner_id,
            judgement,
            identity,
            self._holdings(),
            is_file=is_file,
        )
        self.partner, self.timeline = look.file, look.timeline
        self.before = self.standing()
        subject = subject_of(look.holdings)
        if subject != self.subject:  # the lock has waited for the act that changes it
            self.subject, look = subject, look._replace(verdicts={})
        return look

    async def lock_partner(self, partner_id: str) -> Partner:
        """The partner with its file, locked whoever calls."""
        await self.register.lock(Partner, partner_id, None, self._holdings())
        await self._look(Partner, [partner_id], partner_id, Judgement((), ()))
        assert self.partner is not None
        return self.partner

    async def _take_alone(
        self, record: type[R], record_id: str, path: tuple[str, ...], needed: str
    ) -> R:
        """A row of the partner that is locked already, or one without a partner, which is its own lock."""
        await self.authorise(record, record_id, path, needed)
        is_lock = None if has_partner(record) else True
        found = await self.register.session.get_one(
            record, record_id, with_for_update=is_lock
        )
        self._change(found)
        return found

    def standing(self) -> Standing | None:
        """What the partner's documents give on the day of effect, for an act whose consequences are told."""
        return (
            standing(self.partner, self.effect_on)
            if self.partner and self.effect_on
            else None
        )

    def _change(self, row: Record) -> None:
        """The record that the act changes, at the version that the caller has read: it gets the next one."""
        if self.expected_version not in (None, row.version):
            raise Refused(
                Rule.VERSION_CONFLICT,
                "expected_version",
                detail=f"Version actuelle : {row.version}.",
            )
        raise_version(row)

    def _holdings(self) -> Holdings:
        return self.context.graph.holdings(self.subject, self.context)

    def _judgement(self, record: type[Record], needed: str) -> Judgement:
        """The permits of the caller's roles to read the record, and to do to it what is needed."""
        permits = self.context.graph.permits(self.subject.roles)
        guarded = GUARDED.get(record.__tablename__)
        read = permits(guarded.type, "read") if guarded else ()
        return Judgement(tuple(read), tuple(permits(*needed.split(":"))))

    async def authorise(
        self, record: type[Record], record_id: str, path: tuple[str, ...], needed: str
    ) -> None:
        """Whether the caller may do this to the row, now; notes the line of the policy that says so."""
        judgement = self._judgement(record, needed)
        seen, matched = await self.register.judge_row(
            record, record_id, judgement, self._holdings()
        )
        if not seen and matched is None:
            raise Refused(Rule.NOT_FOUND, *path)
        if matched is None:
            raise Refused(
                Rule.FORBIDDEN,
                *path,
                detail=await self._why_not(record, record_id, judgement.act),
            )
        self.matched, self.checked = matched, (record.__tablename__, record_id, needed)

    async def _why_not(
        self, record: type[Record], record_id: str, ways: Sequence[Permit]
    ) -> str:
        """What stands between the caller and the act, and who can do it instead."""
        at_once = permissions.at_once(record.__tablename__, ways)
        return at_once or permissions.by_state(
            ways, *await self.register.state_of(record, record_id)
        )
