"""Where each partner stands with each service, as one select: the facts that the cases and the steps are computed from.

The case is that of `records/onboarding.py`, said in SQL; a test holds both equal over a small exhaustive world.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
    true,
)

from persistence.records import (
    Bulletin,
    Contract,
    Convention,
    Group,
    Membership,
    Partner,
    PartnerState,
    Service,
)
from persistence.records.base import table
from persistence.records.onboarding import is_known, sql_case, sql_last_origin
from persistence.records.periods import exists

if TYPE_CHECKING:
    from persistence.reading.context import SqlContext


def onboardings(context: "SqlContext") -> Select[Any]:
    """One row for each partner and service, on the day of the statement's facts; made once for a statement."""
    return context.once("onboardings", lambda: _onboardings(context))


def _onboardings(context: "SqlContext") -> Select[Any]:
    partner, service, convention = (
        table("partner").alias(),
        table("service").alias(),
        table("convention").alias(),
    )
    contract, access, bulletin = (
        table("contract").alias(),
        table("service_access").alias(),
        table("bulletin").alias(),
    )
    origin, migration = table("partner_origin").alias(), table("migration").alias()
    day = context.day
    named, legacy = (
        func.coalesce(origin.c[fact], false())
        for fact in ("known_mcp", "known_habtiers")
    )
    is_in_mcp = is_known.sql(partner, service, convention, named, day)
    rows = (
        partner.join(service, true())
        .outerjoin(
            convention,
            and_(
                convention.c.partner_id == partner.c.id,
                Convention.period.sql(convention, day),
            ),
        )
        .outerjoin(contract, contract.c.convention_id == convention.c.id)
        .outerjoin(
            access,
            and_(
                access.c.convention_id == convention.c.id,
                access.c.service_id == service.c.id,
            ),
        )
        .outerjoin(bulletin, bulletin.c.id == current_bulletin(context, access))
        .outerjoin(origin, origin.c.id == sql_last_origin(partner, day))
        .outerjoin(migration, migration.c.service_id == service.c.id)
    )
    return select(
        partner.c.id.label("partner_id"),
        service.c.id.label("service_id"),
        partner.c.kind.label("kind"),
        partner.c.registered_on.label("registered_on"),
        convention.c.id.label("convention_id"),
        convention.c.number.label("convention_number"),
        convention.c.in_force_on.label("in_force_on"),
        convention.c.originally_in_force_on.label("originally_in_force_on"),
        bulletin.c.id.label("bulletin_id"),
        access.c.id.label("access_id"),
        origin.c.id.label("origin_id"),
        migration.c.deadline.label("deadline"),
        sql_case(is_in_mcp, legacy).label("onboarding_case"),
        migration.c.id.is_not(None).label("migrates"),
        convention.c.id.is_not(None).label("in_force"),
        _announced(context, partner).label("announced"),
        named.label("known_by_file"),
        Partner.is_attested_by.sql(partner, day).label("attested"),
        Partner.has_eligibility_for.sql(partner, service, day).label("eligible"),
        Convention.is_amended_by.sql(convention, day).label("amended"),
        Convention.has_mission_for.sql(convention, service).label("covered"),
        Bulletin.is_complete.sql(bulletin, service).label("complete"),
        bulletin.c.organism_signed_on.is_not(None).label("signed"),
        func.coalesce(bulletin.c.siret == convention.c.siret, false()).label(
            "siret_matches"
        ),
        Service.period.sql(service, day).label("available"),
        func.coalesce(bulletin.c.opened_on <= day, false()).label("opened"),
        func.coalesce(bulletin.c.opened_on > day, false()).label("opens_later"),
        func.coalesce(contract.c.mode == "DELEGATED", false()).label("delegated"),
        Contract.is_managed_on.sql(convention, day, "id").label("managed"),
        _live_group(context, access).label("grouped"),
        _live_group(context, access, with_role=True).label("with_role"),
        _live_group(context, access, with_role=True, staffed=True).label("staffed"),
        _first_opened(partner, service).label("first_opened_on"),
    ).select_from(rows)


def is_concerned(row: FromClause) -> ColumnElement[bool]:
    """Whether a migration concerns the partner: an Esat, whom the extraction names, or who asked for the service."""
    access = table("service_access").alias()
    of_service = [
        access.c.partner_id == row.c.partner_id,
        access.c.service_id == row.c.service_id,
    ]
    named = or_(
        row.c.kind == "ESAT",
        row.c.origin_id.is_not(None),
        exists(access, where=of_service),
    )
    return and_(row.c.migrates, named)


def is_done(row: FromClause, context: "SqlContext") -> ColumnElement[bool]:
    """Whether the service was opened to the partner, that day or before."""
    return func.coalesce(row.c.first_opened_on <= context.day, false())


def is_late(row: FromClause, context: "SqlContext") -> ColumnElement[bool]:
    """R59: the deadline is passed, and the service was not opened; it is flagged, never refused.

    Nobody is late who is registered since less than thirty days.
    """
    passed = func.coalesce(row.c.deadline < context.day, false())
    return and_(
        passed, row.c.registered_on < context.of_day("grace"), ~is_done(row, context)
    )


def board(context: "SqlContext", migration: FromClause) -> ColumnElement[Any]:
    """Of a migration: `[[id, code, organism, case, total, done, done late, late], …]` over what the caller may read."""
    row, now = onboardings(context).subquery(), table("partner_state").alias()
    done, readable = (
        is_done(row, context),
        context.readable("onboarding", row, anchored=False),
    )
    done_late = and_(done, row.c.first_opened_on > row.c.deadline)
    flags = (done, done_late, is_late(row, context))
    counted = [func.count(), *(func.sum(case((flag, 1), else_=0)) for flag in flags)]
    organism = table("organism").alias()
    groups = [organism.c.id, organism.c.code, organism.c.name, row.c.onboarding_case]
    counts = (
        select(*groups, *(count.label(f"n{i}") for i, count in enumerate(counted)))
        .join_from(
            row,
            now,
            and_(
                now.c.partner_id == row.c.partner_id,
                PartnerState.period.sql(now, context.day),
            ),
        )
        .join(organism, organism.c.id == now.c.administering_id)
        .where(row.c.service_id == migration.c.service_id, is_concerned(row), *readable)
        .group_by(*groups)
        .correlate(migration)
        .subquery()
    )
    columns = list(counts.c)
    listed = context.spelling.listed(context.spelling.array(columns), columns[1:4])
    return context.spelling.nested(select(listed).scalar_subquery())


def current_bulletin(context: "SqlContext", access: FromClause) -> ColumnElement[Any]:
    """The bulletin that is opened and not over, else the last that is not closed."""
    row = table("bulletin").alias()
    live = Bulletin.period.sql_not_ended(row, context.day)
    order = (case((row.c.opened_on.is_(None), 1), else_=0), row.c.id.desc())
    bulletin = (
        select(row.c.id)
        .where(row.c.access_id == access.c.id, live)
        .order_by(*order)
        .limit(1)
    )
    return bulletin.correlate(access).scalar_subquery()


def _announced(context: "SqlContext", partner: FromClause) -> ColumnElement[bool]:
    """A convention is signed for a day to come, and not withdrawn."""
    row = table("convention").alias()
    return exists(
        row,
        where=[
            row.c.partner_id == partner.c.id,
            Convention.is_announced_on.sql(row, context.day),
        ],
    )


def _live_group(
    context: "SqlContext",
    access: FromClause,
    *,
    with_role: bool = False,
    staffed: bool = False,
) -> ColumnElement[bool]:
    group, member = table("group").alias(), table("membership").alias()
    where = [group.c.access_id == access.c.id, Group.period.sql(group, context.day)]
    if with_role:
        where.append(group.c.role_id.is_not(None))
    if staffed:
        is_in = Membership.period.sql(member, context.day)
        where.append(exists(member, where=[member.c.group_id == group.c.id, is_in]))
    return exists(group, where=where)


def _first_opened(partner: FromClause, service: FromClause) -> ColumnElement[Any]:
    row = table("bulletin").alias()
    opened = select(func.min(row.c.opened_on)).where(
        row.c.partner_id == partner.c.id, row.c.service_id == service.c.id
    )
    return opened.correlate(partner, service).scalar_subquery()
