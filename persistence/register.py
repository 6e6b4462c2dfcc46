"""The register's transactions and questions: lock a partner, judge a row, keep the timeline, replay a key."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    cast,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import get_history

from persistence.facts.visibility import GUARDED, Permit, table, visible
from persistence.reading.binds import Holdings
from persistence.reading.compiler import SqlContext, Statement, compiled
from persistence.reading.dialects import SPELLINGS
from persistence.reading.question import Var
from persistence.records.base import Base
from persistence.records.bulletins import bulletin_establishment
from persistence.types import Instant

from .engine import Database
from .parts import in_parts
from .records import (
    Affiliation,
    Agent,
    BoundIdentity,
    Bulletin,
    Convention,
    Establishment,
    Organism,
    Partner,
    PartnerSiret,
    PartnerState,
    Profile,
    Record,
    Rule,
    Span,
    User,
    timeline,
)

R = TypeVar("R", bound=Record)

JUDGES = {
    ("uq_convention_one_per_partner", "convention.partner_id"): Rule.ONE_CONVENTION,
    ("uq_partner_siret_current", "partner_siret.siret"): Rule.SIRET_KNOWN,
    ("uq_establishment_siret", "establishment.siret"): Rule.ESTABLISHMENT_KNOWN,
    ("uq_bulletin_one_open", "bulletin.access_id"): Rule.BULLETIN_OPENED,
    ("uq_membership_active", "membership.group_id"): Rule.ALREADY_MEMBER,
    ("uq_affiliation_active", "affiliation.partner_id"): Rule.ALREADY_AFFILIATED,
    ("uq_agent_active", "agent.user_id"): Rule.ALREADY_AGENT,
    ("_code", ".code"): Rule.CODE_KNOWN,
}
"""What a constraint says in our words: by its name on PostgreSQL, by its columns on SQLite; the driver's text never."""


def rule_of_constraint(error: IntegrityError) -> Rule:
    """The rule that a broken constraint stands for."""
    said = str(error.orig)
    return next(
        (rule for words, rule in JUDGES.items() if any(word in said for word in words)),
        Rule.CONFLICT,
    )


class Register:
    """One act's session, on the day of the act."""

    def __init__(self, session: AsyncSession, database: Database, today: date) -> None:
        self.session, self.database, self.today = session, database, today
        self._after_flush: list[Callable[[], Awaitable[None]]] = []

    # writing in bulk

    def after_flush(self, *writes: Callable[[], Awaitable[None]] | None) -> None:
        """Rows that hang from the act's records: they are written once these are."""
        self._after_flush.extend(write for write in writes if write is not None)

    async def flush(self) -> None:
        """The act's records, then the rows that hang from them."""
        await self.flush_closings_first()
        await self.session.flush()
        while self._after_flush:
            await self._after_flush.pop(0)()

    async def write_all(self, records: Sequence[Base]) -> None:
        """New records, which the session does not have to look through together."""
        async for part in in_parts(records):
            self.session.add_all(part)
            await self.session.flush()

    async def copy(
        self,
        record: type[Base],
        columns: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """New rows past the mapping, by column: COPY on PostgreSQL, one prepared insert on SQLite."""
        if not rows:
            return
        rows_of = Base.metadata.tables[record.__tablename__]
        driver = await self.database.driver_of(self.session)
        if self.database.dialect == "postgresql":
            await driver.copy_records_to_table(
                rows_of.name, records=rows, columns=columns
            )
            return
        adapted = _adapted(
            rows, [isinstance(rows_of.c[c].type, Date | Instant) for c in columns]
        )
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        await driver.executemany(
            f'INSERT INTO "{rows_of.name}" ({names}) VALUES ({marks})',  # noqa: S608 our own words
            adapted,
        )

    def among(
        self, term: ColumnElement[str], values: Sequence[str]
    ) -> ColumnElement[bool]:
        """Whether a column is one of many values, given as one array: a thousand binds would cost more to prepare."""
        spelling = SPELLINGS[self.database.dialect]
        bound = spelling.bind(f"among_{term.key}", "texts")
        bound.value, bound.required = spelling.adapt(values, "texts"), False
        return spelling.among(term, bound)

    async def upsert(
        self,
        record: type[Base],
        columns: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
    ) -> None:
        """Rows written anew or again, by their primary key."""
        if not rows:
            return
        rows_of = Base.metadata.tables[record.__tablename__]
        insert_ = (
            postgresql.insert
            if self.database.dialect == "postgresql"
            else sqlite.insert
        )
        made = insert_(rows_of)
        kept = {c: made.excluded[c] for c in columns if not rows_of.c[c].primary_key}
        statement = made.on_conflict_do_update(
            index_elements=list(rows_of.primary_key), set_=kept
        )
        await (await self.session.connection()).execute(
            statement, [dict(zip(columns, r, strict=True)) for r in rows]
        )

    # locking

    async def partner_of(self, record: type[Record], record_id: str) -> str | None:
        """The partner of a row; None for a row without one."""
        rows = table(record.__tablename__)
        column = rows.c.id if record is Partner else rows.c.get("partner_id")
        if column is None:
            return None
        return await self.session.scalar(select(column).where(rows.c.id == record_id))

    async def lock(self, partner_id: str) -> Partner:
        """The partner's row for this transaction, then its whole file as it stands now."""
        await self.session.execute(
            select(Partner.id).where(Partner.id == partner_id).with_for_update()
        )
        return (
            await self.session.scalars(
                select(Partner)
                .where(Partner.id == partner_id)
                .execution_options(populate_existing=True)
            )
        ).one()

    async def flush_closings_first(self) -> None:
        """Write closings ahead of what takes their place: a flush goes by id, and the unique indexes do not wait."""
        for record in self.session.dirty:
            if (
                isinstance(record, Bulletin | Convention)
                and get_history(record, "closed_on").added
            ):
                closing = (
                    update(type(record))
                    .where(type(record).id == record.id)
                    .values(closed_on=record.closed_on)
                )
                await self.session.execute(
                    closing.execution_options(synchronize_session=False)
                )

    # judging

    async def ways(
        self,
        record: str,
        record_id: str,
        read: Sequence[Permit],
        act: Sequence[Permit],
        held: Holdings,
    ) -> tuple[bool, Permit | None]:
        """Whether the row may be read, and the first way in that allows the act, as one statement."""
        statement = _judgement(self.database.dialect, record, tuple(read), tuple(act))
        driver = await self.database.driver_of(self.session)
        said = await self.database.value(
            statement.text, statement.binds({"id": record_id}, held), driver
        )
        if said is None:
            return False, None
        readable, *allowed = orjson.loads(said)
        return readable, next(
            (way for way, met in zip(act, allowed, strict=True) if met), None
        )

    # the timeline

    async def keep_timeline(self, partner: Partner) -> None:
        """Rewrite the timeline from today on, if the documents say otherwise than the rows."""
        columns = (
            PartnerState.starts_on,
            PartnerState.ends_on,
            PartnerState.convention_id,
            PartnerState.mode,
        )
        rows = await self.session.execute(
            select(*columns, PartnerState.administering_id, PartnerState.signing_id)
            .where(PartnerState.partner_id == partner.id)
            .order_by(PartnerState.starts_on)
        )
        stored, wanted = [Span(*row) for row in rows], timeline(partner)
        if stored == wanted:
            return
        if _before(self.today, stored) != _before(self.today, wanted):
            message = f"the past of the timeline of {partner.id} would change"
            raise RuntimeError(message)
        kept = sum(
            1
            for _ in takewhile(
                lambda pair: pair[0] == pair[1], zip(stored, wanted, strict=False)
            )
        )
        rewritten = PartnerState.starts_on >= wanted[kept].starts_on
        former = delete(PartnerState).where(
            PartnerState.partner_id == partner.id, rewritten
        )
        await self.session.execute(former.execution_options(synchronize_session=False))
        await self.session.execute(insert(PartnerState), _rows(partner, wanted)[kept:])

    async def register_all(self, partners: Sequence[Partner]) -> None:
        """Many new partners with their first timelines."""
        async for part in in_parts(partners):
            await self.write_all(part)
            spans = [
                row for partner in part for row in _rows(partner, timeline(partner))
            ]
            await self.session.execute(insert(PartnerState), spans)

    # questions

    async def contracting_elsewhere(
        self, partner: Partner, sirets: Sequence[str], on: date
    ) -> frozenset[str]:
        """Among these SIRETs, those that are another partner's with its own convention that day or later."""
        await self._hold(sirets)
        found = await self.session.scalars(
            select(PartnerSiret.siret)
            .join(PartnerState, PartnerState.partner_id == PartnerSiret.partner_id)
            .where(
                PartnerSiret.siret.in_(sirets),
                PartnerSiret.ends_on.is_(None),
                PartnerSiret.partner_id != partner.id,
                PartnerState.signing_id.is_not(None),
                PartnerState.ends_on > on,
            )
        )
        return frozenset(found)

    async def _hold(self, sirets: Sequence[str]) -> None:
        """One act at a time looks at the SIRET of another partner: two would each find the way free."""
        rows = select(PartnerSiret.siret).where(
            PartnerSiret.siret.in_(sirets), PartnerSiret.ends_on.is_(None)
        )
        await self.session.execute(rows.order_by(PartnerSiret.siret).with_for_update())

    async def in_scope_elsewhere(self, partner: Partner, on: date) -> bool:
        """Whether the partner's SIRET stands in the scope of another partner's bulletin, open that day or later."""
        await self._hold([partner.siret])
        place, scope = Establishment, bulletin_establishment
        found = await self.session.scalars(
            select(Bulletin.id)
            .join(scope, scope.c.bulletin_id == Bulletin.id)
            .join(place, place.id == scope.c.establishment_id)
            .join(Convention, Convention.id == Bulletin.convention_id)
            .where(
                place.siret == partner.siret,
                Bulletin.partner_id != partner.id,
                Bulletin.opened_on.is_not(None),
                *(
                    or_(end.is_(None), end > on)
                    for end in (Bulletin.closed_on, Bulletin.effective_to)
                ),
                *(
                    or_(end.is_(None), end > on)
                    for end in (Convention.closed_on, Convention.term_on)
                ),
            )
            .limit(1)
        )
        return found.first() is not None

    async def state_of(
        self, record: type[Record], record_id: str
    ) -> tuple[str, str | None]:
        """The name of the organism that administers the row's partner today, and the mode in force."""
        partner_id = await self.partner_of(record, record_id)
        found = await self.session.execute(
            select(Organism.name, PartnerState.mode)
            .join(PartnerState, PartnerState.administering_id == Organism.id)
            .where(
                PartnerState.partner_id == partner_id,
                PartnerState.starts_on <= self.today,
                PartnerState.ends_on > self.today,
            )
        )
        name, mode = found.one()
        return name, mode

    async def follower_of(self, siret: str) -> Organism | None:
        """Who follows the partner that bears this SIRET today."""
        return await self.session.scalar(
            select(Organism)
            .join(Partner, Partner.follower_id == Organism.id)
            .join(PartnerSiret, PartnerSiret.partner_id == Partner.id)
            .where(PartnerSiret.siret == siret, PartnerSiret.ends_on.is_(None))
        )

    async def administrator_of_establishment(self, siret: str) -> Organism | None:
        """Who administers today the partner that has this establishment, or has announced its end only."""
        place, state = Establishment, PartnerState
        return await self.session.scalar(
            select(Organism)
            .join(state, state.administering_id == Organism.id)
            .join(place, place.partner_id == state.partner_id)
            .where(
                place.siret == siret,
                or_(place.ended_on.is_(None), place.ended_on > self.today),
                state.starts_on <= self.today,
                state.ends_on > self.today,
            )
        )

    async def is_last_national(self, agent: Agent) -> bool:
        """Whether no other national administrator would remain."""
        others = select(Agent.id).where(
            Agent.profile == Profile.NATIONAL,
            Agent.id != agent.id,
            Agent.ends_on.is_(None),
        )
        locked = await self.session.scalars(others.with_for_update())
        return agent.profile is Profile.NATIONAL and locked.first() is None

    async def invitation(self, digest: str) -> Affiliation | None:
        return await self.session.scalar(
            select(Affiliation).where(Affiliation.invitation_digest == digest)
        )

    async def establishment_of(self, siret: str) -> str | None:
        """The establishment that bears this SIRET today."""
        ends_later = or_(
            Establishment.ended_on.is_(None), Establishment.ended_on > self.today
        )
        return await self.session.scalar(
            select(Establishment.id).where(Establishment.siret == siret, ends_later)
        )

    async def user_of(self, issuer: str, subject: str) -> User | None:
        """Whose identity this is."""
        signed = select(User).join(BoundIdentity, BoundIdentity.user_id == User.id)
        return await self.session.scalar(
            signed.where(
                BoundIdentity.issuer == issuer, BoundIdentity.subject == subject
            )
        )


def _adapted(
    rows: Sequence[tuple[Any, ...]], dated: Sequence[bool]
) -> list[tuple[Any, ...]]:
    """Days and instants as SQLite keeps them."""
    adapt = SPELLINGS["sqlite"].adapt
    places = [index for index, is_dated in enumerate(dated) if is_dated]
    made = []
    for row in rows:
        values = list(row)
        for place in places:
            values[place] = adapt(values[place], "day")
        made.append(tuple(values))
    return made


def _rows(partner: Partner, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The spans as the table has them, each chained to the one before."""
    return [
        {
            "partner_id": partner.id,
            "chained": span.starts_on if index else None,
            **span._asdict(),
        }
        for index, span in enumerate(spans)
    ]


def _before(today: date, spans: Sequence[Span]) -> list[Span]:
    """What the spans say of the days that are past."""
    return [
        span._replace(ends_on=min(span.ends_on, today))
        for span in spans
        if span.starts_on < today
    ]


@lru_cache(maxsize=1_000)
def _judgement(
    dialect: str, record: str, read: Sequence[Permit], act: Sequence[Permit]
) -> Statement:
    """Of the row with the variable `id`: may it be read, and through which ways in may this be done, as flags."""
    terms = SqlContext(dialect)
    row = table(record).alias()
    asked = [visible(record, row, [way], terms) for way in act]
    seen = (
        visible(record, row, read, terms)
        if record in GUARDED
        else row.c.id.is_not(None)
    )
    flags = terms.spelling.array(
        [terms.spelling.value(flag) for flag in (seen, *asked)]
    )
    return compiled(
        select(cast(flags, Text)).where(
            row.c.id == terms.bind(("value", Var(("id",))), "text")
        ),
        terms,
    )
