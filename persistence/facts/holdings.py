"""What a person holds on the day of the facts, derived and never copied: one select each, for callers and for lists.

Rights: membership → group → role, if the bulletin open that day grants it, on the establishments that both name,
under the convention that the timeline says is in force.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, not_, or_, select

from persistence.records import (
    Affiliation,
    Bulletin,
    ContractManager,
    Establishment,
    Group,
    Membership,
    PartnerState,
    Service,
    ServiceAccess,
)
from persistence.records.base import table

if TYPE_CHECKING:
    from persistence.reading.context import SqlContext


def rights(context: "SqlContext") -> Select[Any]:
    """One row for each membership, bulletin that gives it effect, and establishment; null for a whole partner."""
    member, link, group, access = (
        table(t).alias()
        for t in ("membership", "affiliation", "group", "service_access")
    )
    state, bulletin, role, service = (
        table(t).alias() for t in ("partner_state", "bulletin", "role", "service")
    )
    day = context.day
    granted, scope, place = (
        table(t).alias()
        for t in ("bulletin_role", "bulletin_establishment", "establishment")
    )
    in_force = and_(
        state.c.partner_id == member.c.partner_id,
        state.c.convention_id == access.c.convention_id,
        PartnerState.period.sql(state, day),
    )
    rows = (
        member.join(link, link.c.id == member.c.affiliation_id)
        .join(group, group.c.id == member.c.group_id)
        .join(access, access.c.id == group.c.access_id)
        .join(state, in_force)
        .join(bulletin, bulletin.c.access_id == access.c.id)
        .join(
            granted,
            and_(
                granted.c.bulletin_id == bulletin.c.id,
                granted.c.role_id == member.c.role_id,
            ),
        )
        .join(role, role.c.id == member.c.role_id)
        .join(
            service,
            and_(service.c.id == access.c.service_id, Service.period.sql(service, day)),
        )
        .outerjoin(scope, scope.c.bulletin_id == bulletin.c.id)
        .outerjoin(place, place.c.id == scope.c.establishment_id)
    )
    return (
        select(
            (
                member.c.id
                + "|"
                + bulletin.c.id
                + "|"
                + func.coalesce(scope.c.establishment_id, "")
            ).label("id"),
            member.c.user_id,
            member.c.partner_id,
            access.c.service_id,
            member.c.group_id,
            member.c.role_id,
            group.c.access_id,
            access.c.convention_id,
            scope.c.establishment_id,
            member.c.id.label("membership_id"),
            bulletin.c.id.label("bulletin_id"),
            role.c.profile,
        )
        .select_from(rows)
        .where(
            Membership.period.sql(member, day),
            Affiliation.works_on.sql(link, day),
            Group.period.sql(group, day),
            not_(ServiceAccess.is_suspended_on.sql(access, day)),
            Bulletin.period.sql(bulletin, day),
            # without establishments on the bulletin, only a group over all of them reaches the partner
            or_(
                group.c.all_establishments,
                and_(scope.c.establishment_id.is_not(None), _names(group, scope)),
            ),
            Establishment.period.sql_not_ended(place, day),
        )
    )


def administrations(context: "SqlContext") -> Select[Any]:
    """One row for each active manager or deputy of a partner whose convention in force is delegated."""
    manager, state, day = (
        table("contract_manager").alias(),
        table("partner_state").alias(),
        context.day,
    )
    delegated = and_(
        state.c.partner_id == manager.c.partner_id,
        state.c.convention_id == manager.c.convention_id,
        PartnerState.period.sql(state, day),
        state.c.mode == "DELEGATED",
    )
    return (
        select(manager.c.user_id, manager.c.partner_id)
        .select_from(manager.join(state, delegated))
        .where(ContractManager.acts_on.sql(manager, day))
    )


def _names(group: FromClause, scope: FromClause) -> ColumnElement[bool]:
    named = table("group_establishment").alias()
    same = [
        named.c.group_id == group.c.id,
        named.c.establishment_id == scope.c.establishment_id,
    ]
    return select(named.c.group_id).where(*same).correlate(group, scope).exists()
