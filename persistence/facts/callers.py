"""Who is calling: one small statement from an identity to what it holds today (`holdings.py`)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, and_, cast, func, select

from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.trees import row_json
from persistence.reading.values import Var
from persistence.records import Agent, User
from persistence.records.base import table

from .holdings import administrations, rights
from .model import MODEL

ISSUER, SUBJECT = "$issuer", "$subject"
"""Where a statement finds the caller's identity: no variable of a document has such a name."""


class Identity(NamedTuple):
    """An issuer's subject, as a verified token says."""

    issuer: str
    subject: str

    @property
    def variables(self) -> dict[str, str]:
        """The identity, for the statements that ask who calls."""
        return {ISSUER: self.issuer, SUBJECT: self.subject}


def caller_statement(dialect: str) -> Statement:
    """What an identity holds today, as JSON text; no row for an identity that is bound to nobody.

    `{user, machine, posts: [[profile, organism]], administered: [[partner]],
    grants: [[profile, group, partner, service, establishment]]}`. Variables: `Identity.variables`.
    """
    context, signed, user = SqlContext(MODEL, dialect), table("sign_in"), table("user")
    made = select(cast(_held(context, user), Text)).select_from(
        user.join(signed, signed.c.user_id == user.c.id)
    )
    return compiled(made.where(*_is_caller(context, signed)), context)


def holdings_of_caller(context: SqlContext) -> ColumnElement[Any]:
    """What the identity of `Identity.variables` holds today, as JSON; null for nobody's."""
    signed, user = table("sign_in").alias(), table("user").alias()
    rows = select(_held(context, user)).select_from(
        user.join(signed, signed.c.user_id == user.c.id)
    )
    return context.spelling.nested(
        rows.where(*_is_caller(context, signed)).scalar_subquery()
    )


def caller_with_card(dialect: str) -> Statement:
    """`[holdings, card]` of an identity: what it holds, and its row of `user`; no row for nobody's."""
    context, signed, user = (
        SqlContext(MODEL, dialect),
        table("sign_in").alias(),
        table("user").alias(),
    )
    facts = [_held(context, user), row_json(User, user, context.spelling, alone=True)]
    rows = select(cast(context.spelling.array(facts), Text)).select_from(
        user.join(signed, signed.c.user_id == user.c.id)
    )
    return compiled(rows.where(*_is_caller(context, signed)), context)


def _is_caller(
    context: SqlContext, signed: FromClause
) -> tuple[ColumnElement[bool], ...]:
    return (
        signed.c.issuer == context.bind(("value", Var((ISSUER,))), "text"),
        signed.c.subject == context.bind(("value", Var((SUBJECT,))), "text"),
    )


def holders(
    context: SqlContext, chosen: Callable[[FromClause], ColumnElement[bool]]
) -> ColumnElement[Any]:
    """What each of the chosen users holds on the day of the facts, as a JSON list of such objects."""
    user = table("user").alias()
    listed = context.spelling.listed(_held(context, user), [user.c.id])
    return context.spelling.nested(select(listed).where(chosen(user)).scalar_subquery())


def _held(context: SqlContext, user: FromClause) -> ColumnElement[Any]:
    spelling = context.spelling

    def rows(made: Any, *columns: ColumnElement[Any]) -> ColumnElement[Any]:  # noqa: ANN401 a FROM and its conditions
        inner = made.with_only_columns(
            *(c.label(f"c{i}") for i, c in enumerate(columns))
        ).distinct()
        held = list(inner.correlate(user).subquery().c)
        return spelling.nested(
            select(spelling.listed(spelling.array(held), held)).scalar_subquery()
        )

    return spelling.object(
        [
            ("user", user.c.id),
            ("machine", spelling.value(user.c.kind == "MACHINE")),
            ("posts", _posts(context, user, rows)),
            ("administered", _administered(context, user, rows)),
            ("grants", _grants(context, user, rows)),
        ]
    )


def _posts(context: SqlContext, user: FromClause, rows: Any) -> ColumnElement[Any]:  # noqa: ANN401 a builder
    agent, support = table("agent"), table("organism_support")
    supported = and_(
        support.c.centre_id == agent.c.organism_id, agent.c.profile == "RESOURCE_CENTRE"
    )
    made = (
        select(agent)
        .select_from(agent.outerjoin(support, supported))
        .where(agent.c.user_id == user.c.id, Agent.period.sql(agent, context.day))
    )
    organism = func.coalesce(support.c.organism_id, agent.c.organism_id)
    return rows(made, agent.c.profile, organism)  # type: ignore[no-any-return]


def _administered(
    context: SqlContext,
    user: FromClause,
    rows: Any,  # noqa: ANN401 a builder
) -> ColumnElement[Any]:
    made = administrations(context)
    held = made.selected_columns
    return rows(made.where(held.user_id == user.c.id), held.partner_id)  # type: ignore[no-any-return]


def _grants(context: SqlContext, user: FromClause, rows: Any) -> ColumnElement[Any]:  # noqa: ANN401 a builder
    made = rights(context)
    held = made.selected_columns
    told = (
        held.profile,
        held.group_id,
        held.partner_id,
        held.service_id,
        func.coalesce(held.establishment_id, ""),
    )
    return rows(made.where(held.user_id == user.c.id), *told)  # type: ignore[no-any-return]
