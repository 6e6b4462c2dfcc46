"""The statement of a question of rights.

The facts are the same expressions as the filters of a list. What people hold is what
resolves every caller.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    Case,
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

from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.trees import row_json
from persistence.reading.values import Var
from persistence.records import Agent, Organism, Partner, Profile, User
from persistence.records.base import Base, table

from .bars import rules_of
from .callers import holders
from .guards import GUARDED
from .model import MODEL
from .states import At
from .visibility import Permit, visible

ReadPermits: TypeAlias = Sequence[Permit]
"""The permits by which the asker reads a record."""

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

DAY = Var(("day",))
HOME = Var(("home",))
OBJECT = Var(("object",))
ORGANISMS = Var(("organisms",))
OWNER = Var(("owner",))
PARTNER = Var(("partner",))
USER = Var(("user",))
"""The places of the request: see `inquiries.inquiry_facts`."""


class Acts(NamedTuple):
    """The acts whose bars are asked about, on a row of this record."""

    record: str
    names: tuple[str, ...]


@lru_cache(maxsize=200)
def inquiry_statement(
    dialect: str,
    reads: tuple[tuple[str, tuple[Permit, ...]], ...],
    acts: Acts,
    is_one: bool,  # noqa: FBT001 a key
) -> Statement:
    """`[holders, people, organisms, label, bars]`.

    About one user, also `[readable, file]`.
    """
    return _Parts(SqlContext(MODEL, dialect), dict(reads), is_one).statement(acts)


class _Parts:
    """The parts of the answer; `is_one` for a question about one user."""

    def __init__(
        self,
        context: SqlContext,
        permits: dict[str, tuple[Permit, ...]],
        is_one: bool,  # noqa: FBT001 a key
    ) -> None:
        self.context = context
        self.spelling = context.spelling
        self.permits = permits
        self.is_one = is_one

    def statement(self, acts: Acts) -> Statement:
        """The parts of the answer, as one JSON array."""
        user = table("user").alias()
        with self.context.facts_on(DAY):
            parts = [holders(self.context, self._is_meant)]
            is_readable = and_(self._is_meant(user), self._is_visible("user", user))
        parts.append(self._people(user, is_readable))
        parts.append(self._organisms())
        parts.append(_object_label(self.context))
        parts.append(_bars(self.context, acts) if acts.names else null())
        if self.is_one:
            parts.append(self._readable_ids())
            parts.append(self._file())
        return compiled(select(cast(self.spelling.array(parts), Text)), self.context)

    def _is_meant(self, user: FromClause) -> ColumnElement[bool]:
        """Whether it is the user of the question, or one who may be concerned."""
        if self.is_one:
            return user.c.id == self.context.value(USER)
        return self.context.among_rows(user.c.id, _candidates(self.context))

    def _is_visible(self, record: str, row: FromClause) -> ColumnElement[bool]:
        """Whether the asker reads a row."""
        return visible(record, row, self.permits[record], self.context)

    def _people(
        self, user: FromClause, is_readable: ColumnElement[bool]
    ) -> ColumnElement[Any]:
        """Those who hold something, and whom the asker reads."""
        return self._list(self._alone(User, user), user, is_readable)

    def _organisms(self) -> ColumnElement[Any]:
        """All of them, each under its id."""
        organism = table("organism").alias()
        array = self._alone(Organism, organism)
        return self._list(self.spelling.array([organism.c.id, array]), organism)

    def _alone(self, record: type[Base], row: FromClause) -> ColumnElement[Any]:
        """The row without what hangs from it."""
        return row_json(record, row, self.spelling, alone=True)

    def _readable_ids(self) -> ColumnElement[Any]:
        """The ids of the home's rows that the asker reads."""
        queries = []
        for record in self.permits:
            if record == "user":
                continue
            row = table(record).alias()
            partner = row.c[GUARDED[record].partner or "partner_id"]
            is_of_home = partner == self.context.value(HOME)
            is_visible = self._is_visible(record, row)
            queries.append(select(row.c.id).where(is_of_home, is_visible))
        return self.spelling.nested(self.spelling.texts_in(union_all(*queries)))

    def _file(self) -> ColumnElement[Any]:
        """The home, with all that hangs from it."""
        partner = table("partner").alias()
        array = row_json(Partner, partner, self.spelling)
        is_home = partner.c.id == self.context.value(HOME)
        return self._list(array, partner, is_home)

    def _list(
        self,
        item: ColumnElement[Any],
        row: FromClause,
        *conditions: ColumnElement[bool],
    ) -> ColumnElement[Any]:
        """The JSON list of the rows, by their ids."""
        items = self.spelling.listed(item, [row.c.id])
        query = select(items).select_from(row).where(*conditions)
        return self.spelling.nested(query.scalar_subquery())


def _candidates(context: SqlContext) -> CompoundSelect[Any]:
    """The users who may hold something on the object.

    They are the partner's, the agents of the organisms that the object names, and its
    owner.
    """
    link, user = table("affiliation").alias(), table("user").alias()
    return union(
        _agents(context),
        select(link.c.user_id).where(link.c.partner_id == context.value(PARTNER)),
        select(user.c.id).where(user.c.id == context.value(OWNER)),
    )


def _agents(context: SqlContext) -> Select[Any]:
    """The agents of the organisms and of their centres, and the national ones."""
    agent, support = table("agent").alias(), table("organism_support").alias()
    is_supported = context.among(support.c.organism_id, ORGANISMS)
    centres = select(support.c.centre_id).where(is_supported)
    has_post = or_(
        context.among(agent.c.organism_id, ORGANISMS),
        agent.c.organism_id.in_(centres),
        agent.c.profile == Profile.NATIONAL,
    )
    is_current = Agent.period.sql(agent, context.day)
    return select(agent.c.user_id).where(is_current, has_post)


def _object_label(context: SqlContext) -> ColumnElement[Any]:
    """The name of the establishment that the object is, else of its partner."""
    partner, place = table("partner").alias(), table("establishment").alias()
    is_object = and_(
        place.c.partner_id == partner.c.id,
        place.c.id == context.value(OBJECT),
    )
    name = func.coalesce(place.c.name, partner.c.name)
    query = select(name).select_from(partner.outerjoin(place, is_object))
    is_home = partner.c.id == context.value(HOME)
    return query.where(is_home).scalar_subquery()


def _bars(context: SqlContext, acts: Acts) -> ColumnElement[Any]:
    """Of each act, the first rule that bars it on the object today, for either side."""
    row, spelling = table(acts.record).alias(), context.spelling
    of_organism = At(row, context, false())
    of_partner = At(row, context, true())
    items = []
    for act in acts.names:
        pairs = [
            ("ORGANISM", _first_rule(acts.record, act, of_organism)),
            ("PARTNER", _first_rule(acts.record, act, of_partner)),
        ]
        items.append(spelling.object(pairs))
    is_object = row.c.id == context.value(OBJECT)
    query = select(spelling.array(items)).where(is_object)
    return spelling.nested(query.scalar_subquery())


def _first_rule(record: str, act: str, at: At) -> Case[Any]:
    """The name of the first rule that bars the act; null without one."""
    rules = rules_of(record, act, at)
    return case(*((test, literal(rule.name)) for test, rule in rules))
