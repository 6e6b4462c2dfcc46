"""Who is calling: one small statement from an identity to what it holds today.

Rights are derived, never copied: membership → group → role, if the bulletin open today grants it, on
the establishments that both name, under the convention that the timeline says is in force.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, and_, cast, func, or_, select

from .question import Var
from .reader import Statement, Terms, compiled
from .visibility import table


class Identity(NamedTuple):
    """An issuer's subject, as a verified token says."""

    issuer: str
    subject: str


def caller_statement(dialect: str) -> Statement:
    """What an identity holds today, as JSON text; no row for an identity that is bound to nobody.

    `{user, machine, posts: [[profile, organism]], administered: [[partner]],
    grants: [[profile, group, partner, service, establishment]]}`. Variables: `issuer`, `subject`.
    """
    terms, signed, user = Terms(dialect), table("sign_in"), table("user")
    made = select(cast(_held(terms, user), Text)).select_from(user.join(signed, signed.c.user_id == user.c.id))
    made = made.where(
        signed.c.issuer == terms.bind(("value", Var(("issuer",))), "text"),
        signed.c.subject == terms.bind(("value", Var(("subject",))), "text"),
    )
    return compiled(made, terms)


@cache
def holders_statement(dialect: str) -> Statement:
    """What each of these users holds on the day asked about, as a JSON list of such objects. Variable: `users`."""
    terms, user = Terms(dialect), table("user")
    listed = terms.spelling.listed(_held(terms, user), [user.c.id])
    made = select(cast(listed, Text)).where(terms.among(user.c.id, Var(("users",))))
    return compiled(made, terms)


def _held(terms: Terms, user: FromClause) -> ColumnElement[Any]:
    spelling = terms.spelling

    def rows(made: Any, *columns: ColumnElement[Any]) -> ColumnElement[Any]:  # noqa: ANN401 a FROM and its conditions
        inner = made.with_only_columns(*(c.label(f"c{i}") for i, c in enumerate(columns))).distinct()
        held = list(inner.correlate(user).subquery().c)
        return spelling.nested(select(spelling.listed(spelling.array(held), held)).scalar_subquery())

    return spelling.object(
        [
            ("user", user.c.id),
            ("machine", spelling.value(user.c.kind == "MACHINE")),
            ("posts", _posts(terms, user, rows)),
            ("administered", _administered(terms, user, rows)),
            ("grants", _grants(terms, user, rows)),
        ]
    )


def _posts(terms: Terms, user: FromClause, rows: Any) -> ColumnElement[Any]:  # noqa: ANN401 a builder
    agent, support = table("agent"), table("organism_support")
    supported = and_(support.c.centre_id == agent.c.organism_id, agent.c.profile == "RESOURCE_CENTRE")
    made = (
        select(agent)
        .select_from(agent.outerjoin(support, supported))
        .where(agent.c.user_id == user.c.id, terms.runs(agent))
    )
    return rows(made, agent.c.profile, func.coalesce(support.c.organism_id, agent.c.organism_id))  # type: ignore[no-any-return]


def _administered(terms: Terms, user: FromClause, rows: Any) -> ColumnElement[Any]:  # noqa: ANN401 a builder
    manager, link, state = table("contract_manager"), table("affiliation"), table("partner_state")
    made = (
        select(manager)
        .select_from(
            manager.join(link, link.c.id == manager.c.affiliation_id).join(
                state,
                and_(
                    state.c.partner_id == manager.c.partner_id,
                    state.c.convention_id == manager.c.convention_id,
                    terms.runs(state),
                    state.c.mode == "DELEGATED",
                ),
            )
        )
        .where(
            manager.c.user_id == user.c.id,
            terms.runs(manager),
            link.c.accepted_on <= terms.day,  # see `Contract.managers_on`
            *_works(terms, link),
        )
    )
    return rows(made, manager.c.partner_id)  # type: ignore[no-any-return]


def _grants(terms: Terms, user: FromClause, rows: Any) -> ColumnElement[Any]:  # noqa: ANN401 a builder
    member, link, group, access = (table(t) for t in ("membership", "affiliation", "group", "service_access"))
    state, bulletin, role = table("partner_state"), table("bulletin"), table("role")
    granted, scope, narrowed = table("bulletin_role"), table("bulletin_establishment"), table("group_establishment")
    place, service = table("establishment"), table("service")
    named = select(narrowed.c.group_id).where(
        narrowed.c.group_id == group.c.id, narrowed.c.establishment_id == scope.c.establishment_id
    )
    made = (
        select(member)
        .select_from(
            member.join(link, link.c.id == member.c.affiliation_id)
            .join(group, group.c.id == member.c.group_id)
            .join(access, access.c.id == group.c.access_id)
            .join(
                state,
                and_(
                    state.c.partner_id == member.c.partner_id,
                    state.c.convention_id == access.c.convention_id,
                    terms.runs(state),
                ),
            )
            .join(bulletin, bulletin.c.access_id == access.c.id)
            .join(granted, and_(granted.c.bulletin_id == bulletin.c.id, granted.c.role_id == member.c.role_id))
            .join(role, role.c.id == member.c.role_id)
            .join(service, and_(service.c.id == access.c.service_id, service.c.available_from <= terms.day))
            .outerjoin(scope, scope.c.bulletin_id == bulletin.c.id)
            .outerjoin(place, place.c.id == scope.c.establishment_id)
        )
        .where(
            member.c.user_id == user.c.id,
            terms.runs(member),
            *_works(terms, link),
            terms.runs(group, "created_on", "closed_on"),
            _not_suspended(terms, "access_id", access),
            terms.runs(bulletin, "opened_on", "closed_on"),
            or_(bulletin.c.effective_to.is_(None), bulletin.c.effective_to > terms.day),
            # without establishments on the bulletin, only a group over all of them reaches the partner
            or_(
                group.c.all_establishments,
                and_(scope.c.establishment_id.is_not(None), named.correlate(group, scope).exists()),
            ),
            or_(place.c.id.is_(None), place.c.ended_on.is_(None), place.c.ended_on > terms.day),
        )
    )
    establishment = func.coalesce(scope.c.establishment_id, "")
    return rows(made, role.c.profile, group.c.id, member.c.partner_id, access.c.service_id, establishment)  # type: ignore[no-any-return]


def _works(terms: Terms, link: FromClause) -> tuple[ColumnElement[bool], ...]:
    return terms.runs(link), _not_suspended(terms, "affiliation_id", link)


def _not_suspended(terms: Terms, column: str, row: FromClause) -> ColumnElement[bool]:
    suspension = table("suspension").alias()
    running = select(suspension.c.id).where(suspension.c[column] == row.c.id, terms.runs(suspension))
    return ~running.correlate(row).exists()
