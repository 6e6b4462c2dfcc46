"""Where each partner stands with each service, as one select.

Its columns are the facts that the cases and the steps are computed from. The case is
that of `records/onboarding.py`, in SQL; a test holds both equal over a small exhaustive
world.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Label,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
    true,
)

from persistence.reading.context import SqlContext
from persistence.records import (
    Bulletin,
    Contract,
    Convention,
    Group,
    Membership,
    Partner,
    Service,
)
from persistence.records.base import table
from persistence.records.cases import is_known, sql_case, sql_last_origin
from persistence.records.periods import exists


def onboardings(context: SqlContext) -> Select[Any]:
    """One row for each partner and service, on the day of the statement's facts.

    A statement has one such select for each day, however often it reads it.
    """
    return context.once("onboardings", lambda: _Onboardings(context).query())


class _Onboardings:
    """A partner and a service, with what each has of the other on the day."""

    def __init__(self, context: SqlContext) -> None:
        self.partner = table("partner").alias()
        self.service = table("service").alias()
        self.convention = table("convention").alias()
        self.contract = table("contract").alias()
        self.access = table("service_access").alias()
        self.bulletin = table("bulletin").alias()
        self.origin = table("partner_origin").alias()
        self.migration = table("migration").alias()
        self.day = context.day

    def query(self) -> Select[Any]:
        """The select of the onboardings."""
        columns = [
            *self._record_columns(),
            *self._case_columns(),
            *self._fact_columns(),
            *self._group_columns(),
        ]
        return select(*columns).select_from(self._rows())

    def _rows(self) -> FromClause:
        """Each partner with each service, and what both have of each other."""
        partner, convention, access = self.partner, self.convention, self.access
        is_in_force = and_(
            convention.c.partner_id == partner.c.id,
            Convention.period.sql(convention, self.day),
        )
        is_of_both = and_(
            access.c.convention_id == convention.c.id,
            access.c.service_id == self.service.c.id,
        )
        is_current = self.bulletin.c.id == self._current_bulletin()
        is_last = self.origin.c.id == sql_last_origin(partner, self.day)
        contract, migration = self.contract, self.migration
        return (
            partner.join(self.service, true())
            .outerjoin(convention, is_in_force)
            .outerjoin(contract, contract.c.convention_id == convention.c.id)
            .outerjoin(access, is_of_both)
            .outerjoin(self.bulletin, is_current)
            .outerjoin(self.origin, is_last)
            .outerjoin(migration, migration.c.service_id == self.service.c.id)
        )

    def _current_bulletin(self) -> ColumnElement[Any]:
        """The bulletin that is open or to come, else the last that is not closed."""
        row = table("bulletin").alias()
        is_own = row.c.access_id == self.access.c.id
        is_live = Bulletin.period.sql_not_ended(row, self.day)
        opened_first = case((row.c.opened_on.is_(None), 1), else_=0)
        query = select(row.c.id).where(is_own, is_live)
        query = query.order_by(opened_first, row.c.id.desc()).limit(1)
        return query.correlate(self.access).scalar_subquery()

    # the columns

    def _record_columns(self) -> list[Label[Any]]:
        """The ids and the dates of what stands there."""
        convention = self.convention.c
        return [
            self.partner.c.id.label("partner_id"),
            self.service.c.id.label("service_id"),
            self.partner.c.kind.label("kind"),
            self.partner.c.registered_on.label("registered_on"),
            convention.id.label("convention_id"),
            convention.number.label("convention_number"),
            convention.in_force_on.label("in_force_on"),
            convention.originally_in_force_on.label("originally_in_force_on"),
            self.bulletin.c.id.label("bulletin_id"),
            self.access.c.id.label("access_id"),
            self.origin.c.id.label("origin_id"),
            self.migration.c.deadline.label("deadline"),
        ]

    def _case_columns(self) -> list[Label[Any]]:
        """The case of the onboarding, and what it is computed from."""
        partner, service, convention = self.partner, self.service, self.convention
        is_named = func.coalesce(self.origin.c.known_mcp, false())
        is_legacy = func.coalesce(self.origin.c.known_habtiers, false())
        is_in_mcp = is_known.sql(partner, service, convention, is_named, self.day)
        return [
            sql_case(is_in_mcp, is_legacy).label("onboarding_case"),
            self.migration.c.id.is_not(None).label("migrates"),
            convention.c.id.is_not(None).label("in_force"),
            self._is_announced().label("announced"),
            is_named.label("known_by_file"),
        ]

    def _fact_columns(self) -> list[Label[Any]]:
        """What the steps ask for, from the attestation to the opening."""
        partner, service, convention = self.partner, self.service, self.convention
        bulletin, day = self.bulletin, self.day
        is_attested = Partner.is_attested_by.sql(partner, day)
        is_eligible = Partner.has_eligibility_for.sql(partner, service, day)
        is_amended = Convention.is_amended_by.sql(convention, day)
        is_covered = Convention.has_mission_for.sql(convention, service)
        is_complete = Bulletin.is_complete.sql(bulletin, service)
        has_same_siret = bulletin.c.siret == convention.c.siret
        is_delegated = self.contract.c.mode == "DELEGATED"
        return [
            is_attested.label("attested"),
            is_eligible.label("eligible"),
            is_amended.label("amended"),
            is_covered.label("covered"),
            is_complete.label("complete"),
            bulletin.c.organism_signed_on.is_not(None).label("signed"),
            func.coalesce(has_same_siret, false()).label("siret_matches"),
            Service.period.sql(service, day).label("available"),
            func.coalesce(bulletin.c.opened_on <= day, false()).label("opened"),
            func.coalesce(bulletin.c.opened_on > day, false()).label("opens_later"),
            func.coalesce(is_delegated, false()).label("delegated"),
            Contract.is_managed_on.sql(convention, day, "id").label("managed"),
        ]

    def _group_columns(self) -> list[Label[Any]]:
        """What the last steps ask for: a group, its role, its members."""
        return [
            self._has_group().label("grouped"),
            self._has_group(with_role=True).label("with_role"),
            self._has_group(with_role=True, staffed=True).label("staffed"),
            self._first_opened().label("first_opened_on"),
        ]

    def _is_announced(self) -> ColumnElement[bool]:
        """A convention is signed for a day to come, and not withdrawn."""
        row = table("convention").alias()
        is_of_partner = row.c.partner_id == self.partner.c.id
        is_announced = Convention.is_announced_on.sql(row, self.day)
        return exists(row, where=[is_of_partner, is_announced])

    def _has_group(
        self, *, with_role: bool = False, staffed: bool = False
    ) -> ColumnElement[bool]:
        """A live group of the service, with a role, with members."""
        group, member = table("group").alias(), table("membership").alias()
        where = [
            group.c.access_id == self.access.c.id,
            Group.period.sql(group, self.day),
        ]
        if with_role:
            where.append(group.c.role_id.is_not(None))
        if staffed:
            is_of_group = member.c.group_id == group.c.id
            is_current = Membership.period.sql(member, self.day)
            where.append(exists(member, where=[is_of_group, is_current]))
        return exists(group, where=where)

    def _first_opened(self) -> ColumnElement[Any]:
        """The first day on which a bulletin opened the service to the partner."""
        row, partner, service = table("bulletin").alias(), self.partner, self.service
        first = select(func.min(row.c.opened_on)).where(
            row.c.partner_id == partner.c.id, row.c.service_id == service.c.id
        )
        return first.correlate(partner, service).scalar_subquery()


# tests on a row of the select


def is_concerned(row: FromClause) -> ColumnElement[bool]:
    """Whether a migration concerns the partner.

    It is an Esat, or the file names it, or it asked for the service.
    """
    access = table("service_access").alias()
    is_of_partner = access.c.partner_id == row.c.partner_id
    is_of_service = access.c.service_id == row.c.service_id
    is_named = or_(
        row.c.kind == "ESAT",
        row.c.origin_id.is_not(None),
        exists(access, where=[is_of_partner, is_of_service]),
    )
    return and_(row.c.migrates, is_named)


def is_done(row: FromClause, context: SqlContext) -> ColumnElement[bool]:
    """Whether the service was opened to the partner, that day or before."""
    return func.coalesce(row.c.first_opened_on <= context.day, false())


def is_late(row: FromClause, context: SqlContext) -> ColumnElement[bool]:
    """R59: the deadline is passed, and the service was not opened.

    It is flagged, never refused. A partner registered since less than thirty days is
    not late.
    """
    is_passed = func.coalesce(row.c.deadline < context.day, false())
    is_old = row.c.registered_on < context.of_day("grace")
    return and_(is_passed, is_old, ~is_done(row, context))
