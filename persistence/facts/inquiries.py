"""What a question of rights looks at: the facts of one object on a day, and what the register says of who may.

The facts are the same expressions as the filters of a list; what people hold is what resolves every caller.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.engine import Database
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.tree_objects import objects_from_json
from persistence.reading.trees import row_json
from persistence.reading.values import Var
from persistence.records import Agent, Organism, Partner, PartnerState, Profile, User
from persistence.records.base import table

from .bars import rules_of
from .callers import holders
from .model import MODEL
from .states import At
from .visibility import GUARDED, STATE, Permit, visible

Facts = Mapping[str, str | None]
Ways = Mapping[str, Sequence[Permit]]
READ = (
    "user",
    "bulletin",
    "contract_manager",
    "convention",
    "establishment",
    "group",
    "service_access",
)
"""The records that the links of an explanation name, beside the public ones."""


async def facts_of(
    session: AsyncSession, record: str, object_id: str, *days: date
) -> Sequence[Facts]:
    """What the policy compares, on each of the days; nothing where there is no such row.

    The facts of the state are those of the partner's row of the timeline that day.
    """
    guarded, row, state = (
        GUARDED[record],
        *(table(name).alias() for name in (record, "partner_state")),
    )
    partner = row.c[guarded.partner] if guarded.partner else literal(None)
    columns = {name: expression(row) for name, expression in guarded.facts.items()}
    for name, only in guarded.only.items():
        columns[name] = case((only(row), columns[name]))
    columns_by_name = {
        "partner": partner,
        **{name: state.c[column] for name, column in STATE.items()},
        **columns,
    }

    def on(index: int, day: date) -> Select[Any]:
        rows = row.outerjoin(
            state,
            and_(state.c.partner_id == partner, PartnerState.period.sql(state, day)),
        )
        columns_of_day = [
            literal(index),
            *(term.label(f"fact_{name}") for name, term in columns_by_name.items()),
        ]
        return select(*columns_of_day).select_from(rows).where(row.c.id == object_id)

    result = await session.execute(union_all(*starmap(on, enumerate(days))))
    return [
        {
            name: value and str(value)
            for name, value in zip(columns_by_name, values, strict=True)
        }
        for _, *values in sorted(result)
    ]


class Acts(NamedTuple):
    """The acts whose bars are asked about, on a row of this record."""

    record: str
    names: tuple[str, ...]


class InquiryFacts(NamedTuple):
    """What the register says to a question: what people hold on its day, and what the asker reads of it today."""

    holders: Sequence[Mapping[str, Any]]
    """What each person holds (`callers.holders`)."""
    people: Mapping[str, User]
    """Those of them whom the asker reads, without what hangs from them."""
    organisms: Mapping[str, Organism]
    """Those that are theirs or the object's, without what hangs from them."""
    called: str
    """What the object is about, in a word: the establishment that it is, else its partner; nothing without one."""
    bars: Sequence[Mapping[str, str | None]] = ()
    """Of each act asked about, the rule that bars it on the object today, for either side."""
    readable: frozenset[str] = frozenset()
    """The ids of the partner's rows that the asker reads."""
    file: Partner | None = None
    """The partner with its whole file."""


async def found_of(
    session: AsyncSession,
    database: Database,
    ways: Ways,
    acts: Acts,
    request: Mapping[str, Any],
    holdings: Holdings,
) -> InquiryFacts:
    """Answers a question by one statement.

    `asked`: the `day`, the `object`, and as `home` its partner if the asker reads it; then the `user` about whom the
    file of the home is told; or, without one, the `partner`, the `organisms` and the `owner` whose people may.
    """
    one, reads = (
        request["user"] is not None,
        tuple((name, tuple(allowed)) for name, allowed in ways.items()),
    )
    statement = _statement(database.dialect, reads, acts, one)
    driver = await database.driver_of(session)
    answer = orjson.loads(
        await database.value(statement.text, statement.binds(request, holdings), driver)
    )
    people = {user.id: user for user in objects_from_json(User, answer[1])}
    named = {
        *request["organisms"],
        *(organism for row in answer[0] for _, organism in row["posts"]),
    }
    organisms = {
        organism.id: organism
        for organism in objects_from_json(
            Organism, [row for id_, row in answer[2] if id_ in named]
        )
    }
    facts = InquiryFacts(answer[0], people, organisms, answer[3] or "", answer[4] or ())
    return (
        facts._replace(
            readable=frozenset(answer[5]),
            file=next(iter(objects_from_json(Partner, answer[6])), None),
        )
        if one
        else facts
    )


@lru_cache(maxsize=200)
def _statement(
    dialect: str,
    ways: tuple[tuple[str, tuple[Permit, ...]], ...],
    acts: Acts,
    one: bool,  # noqa: FBT001 a key
) -> Statement:
    context, allowed = SqlContext(MODEL, dialect), dict(ways)
    spelling, user, organism, partner = (
        context.spelling,
        *(table(t).alias() for t in ("user", "organism", "partner")),
    )

    def chosen(user: FromClause) -> ColumnElement[bool]:
        return (
            user.c.id == context.value(Var(("user",)))
            if one
            else context.among_rows(user.c.id, candidates(context))
        )

    with context.facts_on(Var(("day",))):
        parts = [holders(context, chosen)]
        is_readable = [chosen(user), visible("user", user, allowed["user"], context)]
    parts.append(
        _listed(context, row_json(User, user, spelling, alone=True), user, *is_readable)
    )
    parts.append(
        _listed(
            context,
            spelling.array(
                [organism.c.id, row_json(Organism, organism, spelling, alone=True)]
            ),
            organism,
        )
    )
    parts.append(object_label(context))
    parts.append(_bars(context, acts) if acts.names else null())
    if one:
        parts.append(
            _readable(
                context, {name: way for name, way in allowed.items() if name != "user"}
            )
        )
        parts.append(
            _listed(
                context,
                row_json(Partner, partner, spelling),
                partner,
                partner.c.id == _home(context),
            )
        )
    return compiled(select(cast(spelling.array(parts), Text)), context)


def candidates(context: SqlContext) -> CompoundSelect[Any]:
    """The users who may hold something on the object: the partner's, the agents of the organisms that it names."""
    agent, support, link, user = (
        table(t).alias() for t in ("agent", "organism_support", "affiliation", "user")
    )
    named = Var(("organisms",))
    centres = select(support.c.centre_id).where(
        context.among(support.c.organism_id, named)
    )
    posted = or_(
        context.among(agent.c.organism_id, named),
        agent.c.organism_id.in_(centres),
        agent.c.profile == Profile.NATIONAL,
    )
    return union(
        select(agent.c.user_id).where(Agent.period.sql(agent, context.day), posted),
        select(link.c.user_id).where(
            link.c.partner_id == context.value(Var(("partner",)))
        ),
        select(user.c.id).where(user.c.id == context.value(Var(("owner",)))),
    )


def _readable(context: SqlContext, ways: Ways) -> ColumnElement[Any]:
    """The ids of the partner's rows that may be read."""
    queries = []
    for name, allowed in ways.items():
        row = table(name).alias()
        mine = row.c[GUARDED[name].partner or "partner_id"] == _home(context)
        queries.append(
            select(row.c.id).where(mine, visible(name, row, allowed, context))
        )
    return context.spelling.nested(context.spelling.texts_in(union_all(*queries)))


def object_label(context: SqlContext) -> ColumnElement[Any]:
    partner, place = table("partner").alias(), table("establishment").alias()
    here = and_(
        place.c.partner_id == partner.c.id,
        place.c.id == context.value(Var(("object",))),
    )
    named = select(func.coalesce(place.c.name, partner.c.name)).select_from(
        partner.outerjoin(place, here)
    )
    return named.where(partner.c.id == _home(context)).scalar_subquery()


def _bars(context: SqlContext, acts: Acts) -> ColumnElement[Any]:
    """Of each act, the first rule that bars it on the object today, for the organism's side and for the partner's."""
    row, spelling = table(acts.record).alias(), context.spelling

    def rule(act: str, by_partner: ColumnElement[bool]) -> ColumnElement[Any]:
        return case(
            *(
                (test, literal(rule.name))
                for test, rule in rules_of(
                    acts.record, act, At(row, context, by_partner)
                )
            )
        )

    each = [
        spelling.object(
            [("ORGANISM", rule(act, false())), ("PARTNER", rule(act, true()))]
        )
        for act in acts.names
    ]
    rules = select(spelling.array(each)).where(
        row.c.id == context.value(Var(("object",)))
    )
    return spelling.nested(rules.scalar_subquery())


def _listed(
    context: SqlContext,
    item: ColumnElement[Any],
    row: FromClause,
    *conditions: ColumnElement[bool],
) -> ColumnElement[Any]:
    rows = (
        select(context.spelling.listed(item, [row.c.id]))
        .select_from(row)
        .where(*conditions)
    )
    return context.spelling.nested(rows.scalar_subquery())


def _home(context: SqlContext) -> ColumnElement[Any]:
    return context.value(Var(("home",)))  # type: ignore[no-any-return]
