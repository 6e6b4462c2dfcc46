"""What a person holds on the day of the facts: derived each time, never copied.

There is one select each, for callers and for lists. A right goes from a membership to
its group and to its role. It is there if the bulletin open that day grants the role, on
the establishments that both the bulletin and the group name, under the convention that
the timeline says is in force.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    func,
    not_,
    or_,
    select,
)

from persistence.reading.context import SqlContext
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


def rights(context: SqlContext) -> Select[Any]:
    """One row for each membership, bulletin that gives it effect, and establishment.

    The establishment is null for a right on the whole partner.
    """
    return _Rights(context).query()


class _Rights:
    """The chain of a right, from the membership to the establishment."""

    def __init__(self, context: SqlContext) -> None:
        self.day = context.day
        self.member = table("membership").alias()
        self.link = table("affiliation").alias()
        self.group = table("group").alias()
        self.access = table("service_access").alias()
        self.state = table("partner_state").alias()
        self.bulletin = table("bulletin").alias()
        self.grant = table("bulletin_role").alias()
        self.role = table("role").alias()
        self.service = table("service").alias()
        self.scope = table("bulletin_establishment").alias()
        self.place = table("establishment").alias()

    def query(self) -> Select[Any]:
        """The select of the rights."""
        query = select(*self._columns()).select_from(self._rows())
        return query.where(self._is_current(), self._is_on_establishment())

    def _rows(self) -> FromClause:
        """The join of the chain, link by link."""
        member, group, access = self.member.c, self.group.c, self.access.c
        bulletin, grant, scope = self.bulletin.c, self.grant.c, self.scope.c
        is_granted = and_(
            grant.bulletin_id == bulletin.id,
            grant.role_id == member.role_id,
        )
        is_available = and_(
            self.service.c.id == access.service_id,
            Service.period.sql(self.service, self.day),
        )
        return (
            self.member.join(self.link, self.link.c.id == member.affiliation_id)
            .join(self.group, group.id == member.group_id)
            .join(self.access, access.id == group.access_id)
            .join(self.state, self._is_in_force())
            .join(self.bulletin, bulletin.access_id == access.id)
            .join(self.grant, is_granted)
            .join(self.role, self.role.c.id == member.role_id)
            .join(self.service, is_available)
            .outerjoin(self.scope, scope.bulletin_id == bulletin.id)
            .outerjoin(self.place, self.place.c.id == scope.establishment_id)
        )

    def _is_in_force(self) -> ColumnElement[bool]:
        """Whether the timeline says that the convention of the service is in force."""
        state = self.state.c
        return and_(
            state.partner_id == self.member.c.partner_id,
            state.convention_id == self.access.c.convention_id,
            PartnerState.period.sql(self.state, self.day),
        )

    def _columns(self) -> list[ColumnElement[Any]]:
        """The ids of the links, and the profile that the role gives."""
        member, bulletin, scope = self.member.c, self.bulletin.c, self.scope.c
        establishment = func.coalesce(scope.establishment_id, "")
        identifier = member.id + "|" + bulletin.id + "|" + establishment
        return [
            identifier.label("id"),
            member.user_id,
            member.partner_id,
            self.access.c.service_id,
            member.group_id,
            member.role_id,
            self.group.c.access_id,
            self.access.c.convention_id,
            scope.establishment_id,
            member.id.label("membership_id"),
            bulletin.id.label("bulletin_id"),
            self.role.c.profile,
        ]

    def _is_current(self) -> ColumnElement[bool]:
        """Each link of the chain runs on the day."""
        return and_(
            Membership.period.sql(self.member, self.day),
            Affiliation.works_on.sql(self.link, self.day),
            Group.period.sql(self.group, self.day),
            not_(ServiceAccess.is_suspended_on.sql(self.access, self.day)),
            Bulletin.period.sql(self.bulletin, self.day),
        )

    def _is_on_establishment(self) -> ColumnElement[bool]:
        """The establishment is named by both, and has not ended.

        Without establishments on the bulletin, only a group over all of them reaches
        the partner.
        """
        establishment = self.scope.c.establishment_id
        is_named = and_(establishment.is_not(None), self._is_named_by_group())
        return and_(
            or_(self.group.c.all_establishments, is_named),
            Establishment.period.sql_not_ended(self.place, self.day),
        )

    def _is_named_by_group(self) -> ColumnElement[bool]:
        """Whether the group names the establishment of the bulletin."""
        pair = table("group_establishment").alias()
        names = select(pair.c.group_id).where(
            pair.c.group_id == self.group.c.id,
            pair.c.establishment_id == self.scope.c.establishment_id,
        )
        return names.correlate(self.group, self.scope).exists()


def administrations(context: SqlContext) -> Select[Any]:
    """One row for each active manager or deputy of a partner.

    The convention in force of the partner is delegated.
    """
    day = context.day
    manager = table("contract_manager").alias()
    state = table("partner_state").alias()
    is_delegated = and_(
        state.c.partner_id == manager.c.partner_id,
        state.c.convention_id == manager.c.convention_id,
        PartnerState.period.sql(state, day),
        state.c.mode == "DELEGATED",
    )
    query = select(manager.c.user_id, manager.c.partner_id)
    query = query.select_from(manager.join(state, is_delegated))
    return query.where(ContractManager.acts_on.sql(manager, day))
