"""Who is calling.

One small statement leads from an identity to what it holds today (`holdings.py`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, Text, and_, cast, func, select

from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.trees import row_json
from persistence.reading.values import Var
from persistence.records import Agent, User
from persistence.records.base import table

from .holdings import administrations, rights
from .model import MODEL

ISSUER, SUBJECT = "$issuer", "$subject"
"""Where a statement finds the caller's identity.

No variable of a document has such a name.
"""


class Identity(NamedTuple):
    """An issuer's subject, as a verified token says."""

    issuer: str
    subject: str

    @property
    def variables(self) -> dict[str, str]:
        """The identity, for the statements that ask who calls."""
        return {ISSUER: self.issuer, SUBJECT: self.subject}


def caller_statement(dialect: str) -> Statement:
    """What an identity holds today, as JSON text.

    No row comes for an identity that is bound to nobody. The JSON is that of
    `_holdings`. Its variables are `Identity.variables`.
    """
    context = SqlContext(MODEL, dialect)
    identity, user = table("sign_in"), table("user")
    query = select(cast(_holdings(context, user), Text))
    return compiled(_of_caller(query, context, user, identity), context)


def holdings_of_caller(context: SqlContext) -> ColumnElement[Any]:
    """What the identity of `Identity.variables` holds today, as JSON.

    Null for nobody's.
    """
    identity, user = table("sign_in").alias(), table("user").alias()
    query = select(_holdings(context, user))
    query = _of_caller(query, context, user, identity)
    return context.spelling.nested(query.scalar_subquery())


def caller_with_card(dialect: str) -> Statement:
    """`[holdings, card]` of an identity: what it holds, and its row of `user`.

    No row comes for nobody's.
    """
    context = SqlContext(MODEL, dialect)
    identity, user = table("sign_in").alias(), table("user").alias()
    holdings = _holdings(context, user)
    card = row_json(User, user, context.spelling, alone=True)
    query = select(cast(context.spelling.array([holdings, card]), Text))
    return compiled(_of_caller(query, context, user, identity), context)


def _of_caller(
    query: Select[Any], context: SqlContext, user: FromClause, identity: FromClause
) -> Select[Any]:
    """The rows of the user to whom the identity of the request is bound."""
    rows = user.join(identity, identity.c.user_id == user.c.id)
    issuer = context.value(Var((ISSUER,)))
    subject = context.value(Var((SUBJECT,)))
    is_caller = and_(identity.c.issuer == issuer, identity.c.subject == subject)
    return query.select_from(rows).where(is_caller)


def holders(
    context: SqlContext, chosen: Callable[[FromClause], ColumnElement[bool]]
) -> ColumnElement[Any]:
    """What each of the chosen users holds on the day of the facts, as a JSON list."""
    user = table("user").alias()
    items = context.spelling.listed(_holdings(context, user), [user.c.id])
    query = select(items).where(chosen(user))
    return context.spelling.nested(query.scalar_subquery())


def _holdings(context: SqlContext, user: FromClause) -> ColumnElement[Any]:
    """What a user holds, as one JSON object.

    `{user, machine, posts: [[profile, organism]], administered: [[partner]],
    grants: [[profile, group, partner, service, establishment]]}`
    """
    spelling = context.spelling
    is_machine = spelling.value(user.c.kind == "MACHINE")
    return spelling.object(
        [
            ("user", user.c.id),
            ("machine", is_machine),
            ("posts", _posts(context, user)),
            ("administered", _administered(context, user)),
            ("grants", _grants(context, user)),
        ]
    )


def _rows_json(
    context: SqlContext,
    user: FromClause,
    query: Select[Any],
    *columns: ColumnElement[Any],
) -> ColumnElement[Any]:
    """The distinct rows of a query over a user, as a sorted JSON list of lists."""
    labels = (column.label(f"c{index}") for index, column in enumerate(columns))
    rows = query.with_only_columns(*labels).distinct().correlate(user).subquery()
    values = list(rows.c)
    items = context.spelling.listed(context.spelling.array(values), values)
    return context.spelling.nested(select(items).scalar_subquery())


def _posts(context: SqlContext, user: FromClause) -> ColumnElement[Any]:
    """The posts of an agent.

    A resource centre's agent has one for each organism that it supports.
    """
    agent, support = table("agent"), table("organism_support")
    is_supported = and_(
        support.c.centre_id == agent.c.organism_id,
        agent.c.profile == "RESOURCE_CENTRE",
    )
    rows = agent.outerjoin(support, is_supported)
    query = select(agent).select_from(rows)
    is_current = Agent.period.sql(agent, context.day)
    query = query.where(agent.c.user_id == user.c.id, is_current)
    organism = func.coalesce(support.c.organism_id, agent.c.organism_id)
    return _rows_json(context, user, query, agent.c.profile, organism)


def _administered(context: SqlContext, user: FromClause) -> ColumnElement[Any]:
    """The partners whose people the user manages."""
    query = administrations(context)
    columns = query.selected_columns
    query = query.where(columns.user_id == user.c.id)
    return _rows_json(context, user, query, columns.partner_id)


def _grants(context: SqlContext, user: FromClause) -> ColumnElement[Any]:
    """The rights of the user; an empty establishment for a whole partner."""
    query = rights(context)
    columns = query.selected_columns
    query = query.where(columns.user_id == user.c.id)
    establishment = func.coalesce(columns.establishment_id, "")
    return _rows_json(
        context,
        user,
        query,
        columns.profile,
        columns.group_id,
        columns.partner_id,
        columns.service_id,
        establishment,
    )
