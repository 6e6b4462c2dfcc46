"""Who does an act, on which day, and what they may do to a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from authz import Subject
from persistence.act_session import Judgement, Timeline
from persistence.facts.guards import GUARDED
from persistence.facts.visibility import Permit
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
from persistence.register import Register
from resolvers import permissions
from resolvers.context import Context

from .act_types import Authorisation, Loads


@dataclass(slots=True)
class ActCaller:
    """One act under way, in its transaction, on the day of the act.

    `errors`: those of the lines of a batch, which is done all the same.
    `dry_run`: the act is undone once its answer is read.
    `partner_id`: the partner under way.
    `other_partner_ids`: those that it changes beside, each locked.
    `partner`: the same with its file, where the act loads it.
    `before`: the partner's standing on the day of effect, when the answer compares it.
    `authorisation`: the permit that allowed the act, which the journal keeps.
    `moves_roster`: what is kept of the partner's rosters is written again after it.
    `organism`: the one on behalf of which the act is done, where the input says so.
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
    other_partner_ids: list[str] = field(default_factory=list)
    timeline: Timeline | None = None
    authorisation: Authorisation | None = None
    effect_on: date | None = None
    before: Standing | None = None
    organism: str | None = None
    moves_roster: bool = False

    @property
    def today(self) -> date:
        return self.context.today

    @property
    def now(self) -> datetime:
        return self.context.now

    @property
    def actor(self) -> User:
        """Who acts.

        Only the acceptance of an invitation is open to an identity without an account.
        """
        if self.caller is None:
            raise Refused(Rule.UNKNOWN_CALLER)
        return self.caller

    def standing(self) -> Standing | None:
        """What the partner's documents give on the day of effect, if there is one."""
        if self.partner is None or self.effect_on is None:
            return None
        return standing(self.partner, self.effect_on)

    # permits

    def _holdings(self) -> Holdings:
        return self.context.holdings(self.subject)

    def _judgement(self, record: type[Record], needed: str) -> Judgement:
        """The permits of the caller's roles: to read the record, and to act on it."""
        permits = self.context.graph.permits(self.subject.roles)
        guard = GUARDED.get(record.__tablename__)
        read = permits(guard.type, "read") if guard else ()
        return Judgement(tuple(read), tuple(permits(*needed.split(":"))))

    async def authorise(
        self, record: type[Record], record_id: str, path: tuple[str, ...], needed: str
    ) -> None:
        """Require that the caller may do this to the row, now."""
        judgement = self._judgement(record, needed)
        is_readable, permit = await self.register.judge_row(
            record, record_id, judgement, self._holdings()
        )
        if permit is not None:
            self.authorisation = Authorisation(permit, needed)
            return
        if not is_readable:
            raise Refused(Rule.NOT_FOUND, *path)
        why = await self._why_not(record, record_id, judgement.act)
        raise Refused(Rule.FORBIDDEN, *path, detail=why)

    async def _why_not(
        self, record: type[Record], record_id: str, permits: Sequence[Permit]
    ) -> str:
        """What stands between the caller and the act, and who can do it instead."""
        at_once = permissions.at_once(record.__tablename__, permits)
        if at_once:
            return at_once
        organism, mode = await self.register.state_of(record, record_id)
        return permissions.by_state(permits, organism, mode)
