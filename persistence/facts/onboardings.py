"""Where each partner stands with each service, as one select: the facts that the cases and the steps are computed from.

The case is that of `records/onboarding.py`, said in SQL; a test holds both equal over a small exhaustive world.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from persistence.records.onboarding import CASES, MISSION

from .visibility import table

if TYPE_CHECKING:
    from persistence.reading.compiler import SqlContext


def onboardings(terms: "SqlContext") -> Select[Any]:
    """One row for each partner and service, on the day of the statement's facts; made once for a statement."""
    return terms.once("onboardings", lambda: _onboardings(terms))


def _onboardings(terms: "SqlContext") -> Select[Any]:
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
    known, legacy = (
        is_known(terms, partner, service, convention, origin),
        func.coalesce(origin.c.known_habtiers, false()),
    )
    rows = (
        partner.join(service, true())
        .outerjoin(
            convention,
            and_(convention.c.partner_id == partner.c.id, _holds(terms, convention)),
        )
        .outerjoin(contract, contract.c.convention_id == convention.c.id)
        .outerjoin(
            access,
            and_(
                access.c.convention_id == convention.c.id,
                access.c.service_id == service.c.id,
            ),
        )
        .outerjoin(bulletin, bulletin.c.id == current_bulletin(terms, access))
        .outerjoin(origin, origin.c.id == last_origin(terms, partner))
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
        case(
            *(
                (and_(known == m, legacy == h), literal(c.value))
                for (m, h), c in CASES.items()
            )
        ).label("onboarding_case"),
        migration.c.id.is_not(None).label("migrates"),
        convention.c.id.is_not(None).label("in_force"),
        _announced(terms, partner).label("announced"),
        func.coalesce(origin.c.known_mcp, false()).label("known_by_file"),
        is_attested(terms, partner).label("attested"),
        is_eligible(terms, partner, service).label("eligible"),
        is_amended(terms, convention).label("amended"),
        is_covered(convention, service).label("covered"),
        is_complete(bulletin, service).label("complete"),
        bulletin.c.organism_signed_on.is_not(None).label("signed"),
        func.coalesce(bulletin.c.siret == convention.c.siret, false()).label(
            "siret_matches"
        ),
        (service.c.available_from <= terms.day).label("available"),
        func.coalesce(bulletin.c.opened_on <= terms.day, false()).label("opened"),
        func.coalesce(bulletin.c.opened_on > terms.day, false()).label("opens_later"),
        func.coalesce(contract.c.mode == "DELEGATED", false()).label("delegated"),
        has_active_manager(terms, convention).label("managed"),
        _live_group(terms, access).label("grouped"),
        _live_group(terms, access, with_role=True).label("with_role"),
        _live_group(terms, access, with_role=True, staffed=True).label("staffed"),
        _first_opened(partner, service).label("first_opened_on"),
    ).select_from(rows)


def is_concerned(row: FromClause) -> ColumnElement[bool]:
    """Whether a migration concerns the partner: an Esat, whom the extraction names, or who asked for the service."""
    access = table("service_access").alias()
    asked = [
        access.c.partner_id == row.c.partner_id,
        access.c.service_id == row.c.service_id,
    ]
    named = or_(
        row.c.kind == "ESAT",
        row.c.origin_id.is_not(None),
        exists(access, of=[row], where=asked),
    )
    return and_(row.c.migrates, named)


def is_done(row: FromClause, terms: "SqlContext") -> ColumnElement[bool]:
    """Whether the service was opened to the partner, that day or before."""
    return func.coalesce(row.c.first_opened_on <= terms.day, false())


def is_late(row: FromClause, terms: "SqlContext") -> ColumnElement[bool]:
    """R59: the deadline is passed, and the service was not opened; it is flagged, never refused.

    Nobody is late who is registered since less than thirty days.
    """
    passed = func.coalesce(row.c.deadline < terms.day, false())
    return and_(passed, row.c.registered_on < terms.day_of_grace, ~is_done(row, terms))


def board(terms: "SqlContext", migration: FromClause) -> ColumnElement[Any]:
    """Of a migration: `[[id, code, organism, case, total, done, done late, late], …]` over what the caller may read."""
    row, now = onboardings(terms).subquery(), table("partner_state").alias()
    done, known = is_done(row, terms), terms.seen("onboarding", row, anchored=False)
    done_late = and_(done, row.c.first_opened_on > row.c.deadline)
    flags = (done, done_late, is_late(row, terms))
    counted = [func.count(), *(func.sum(case((flag, 1), else_=0)) for flag in flags)]
    organism = table("organism").alias()
    groups = [organism.c.id, organism.c.code, organism.c.name, row.c.onboarding_case]
    counts = (
        select(*groups, *(count.label(f"n{i}") for i, count in enumerate(counted)))
        .join_from(
            row, now, and_(now.c.partner_id == row.c.partner_id, terms.runs(now))
        )
        .join(organism, organism.c.id == now.c.administering_id)
        .where(row.c.service_id == migration.c.service_id, is_concerned(row), *known)
        .group_by(*groups)
        .correlate(migration)
        .subquery()
    )
    columns = list(counts.c)
    listed = terms.spelling.listed(terms.spelling.array(columns), columns[1:4])
    return terms.spelling.nested(select(listed).scalar_subquery())


def exists(
    *rows: FromClause, of: Sequence[FromClause], where: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Whether such rows hang from those of the statement around: named, or the statement would bring them in again."""
    return select(literal(1)).select_from(*rows).where(*where).correlate(*of).exists()


def _holds(terms: "SqlContext", convention: FromClause) -> ColumnElement[bool]:
    ends = (
        or_(convention.c[end].is_(None), convention.c[end] > terms.day)
        for end in ("closed_on", "term_on")
    )
    return and_(convention.c.in_force_on <= terms.day, *ends)


def last_origin(terms: "SqlContext", partner: FromClause) -> ColumnElement[Any]:
    """The file's word is the last one taken: ids follow time."""
    row = table("partner_origin").alias()
    taken = [row.c.partner_id == partner.c.id, row.c.taken_on <= terms.day]
    return select(func.max(row.c.id)).where(*taken).correlate(partner).scalar_subquery()


def current_bulletin(terms: "SqlContext", access: FromClause) -> ColumnElement[Any]:
    """The bulletin that is opened and not over, else the last that is not closed."""
    row = table("bulletin").alias()
    live = and_(
        *(
            or_(row.c[end].is_(None), row.c[end] > terms.day)
            for end in ("closed_on", "effective_to")
        )
    )
    order = (case((row.c.opened_on.is_(None), 1), else_=0), row.c.id.desc())
    found = (
        select(row.c.id)
        .where(row.c.access_id == access.c.id, live)
        .order_by(*order)
        .limit(1)
    )
    return found.correlate(access).scalar_subquery()


def is_known(
    terms: "SqlContext",
    partner: FromClause,
    service: FromClause,
    convention: FromClause,
    origin: FromClause,
) -> ColumnElement[bool]:
    """Known in MCP: see `records.onboarding.is_known`."""
    past = table("convention").alias()
    ended = or_(past.c.closed_on <= terms.day, past.c.term_on <= terms.day)
    over = exists(
        past,
        of=[partner],
        where=[
            past.c.partner_id == partner.c.id,
            past.c.in_force_on.is_not(None),
            ended,
        ],
    )
    told = func.coalesce(origin.c.known_mcp, false())
    recorded = convention.c.originally_in_force_on.is_not(None)
    return case(
        (convention.c.id.is_(None), and_(told, ~over)),
        else_=or_(told, recorded, served_before(terms, convention, service)),
    )


def served_before(
    terms: "SqlContext", convention: FromClause, service: FromClause
) -> ColumnElement[bool]:
    mine, other = table("bulletin").alias(), table("bulletin").alias()
    effective = select(func.min(mine.c.effective_from)).where(
        mine.c.convention_id == convention.c.id, mine.c.service_id == service.c.id
    )
    asked = func.coalesce(
        effective.correlate(convention, service).scalar_subquery(), terms.day
    )
    of_another = other.c.service_id != service.c.id
    where = [
        other.c.convention_id == convention.c.id,
        of_another,
        other.c.opened_on < asked,
    ]
    return exists(other, of=[convention, service], where=where)


def _announced(terms: "SqlContext", partner: FromClause) -> ColumnElement[bool]:
    """A convention is signed for a day to come, and not withdrawn."""
    row = table("convention").alias()
    stands = or_(row.c.closed_on.is_(None), row.c.closed_on > row.c.in_force_on)
    return exists(
        row,
        of=[partner],
        where=[row.c.partner_id == partner.c.id, row.c.in_force_on > terms.day, stands],
    )


def is_attested(terms: "SqlContext", partner: FromClause) -> ColumnElement[bool]:
    row = table("activity_attestation").alias()
    return exists(
        row,
        of=[partner],
        where=[row.c.partner_id == partner.c.id, row.c.attested_on <= terms.day],
    )


def is_eligible(
    terms: "SqlContext", partner: FromClause, service: FromClause
) -> ColumnElement[bool]:
    """R28: the last decision on the service is favourable, with its form where it is needed."""
    row, later = table("eligibility").alias(), table("eligibility").alias()
    same = [later.c.partner_id == partner.c.id, later.c.service_id == service.c.id]
    last = select(func.max(later.c.id)).where(*same, later.c.decided_on <= terms.day)
    with_form = or_(~service.c.needs_eligibility_form, row.c.form_digest.is_not(None))
    decided = row.c.id == last.correlate(partner, service).scalar_subquery()
    return exists(
        row,
        of=[partner, service],
        where=[decided, row.c.decision == "ELIGIBLE", with_form],
    )


def is_amended(terms: "SqlContext", convention: FromClause) -> ColumnElement[bool]:
    row = table("amendment").alias()
    verified = cast(row.c.verified_fields, Text).contains(f'"{MISSION}"')
    return exists(
        row,
        of=[convention],
        where=[
            row.c.convention_id == convention.c.id,
            row.c.recorded_on <= terms.day,
            verified,
        ],
    )


def is_covered(convention: FromClause, service: FromClause) -> ColumnElement[bool]:
    """R9: a mission of the convention covers the service."""
    named, covers = (
        table("convention_mission").alias(),
        table("mission_service").alias(),
    )
    rows = named.join(covers, covers.c.mission_id == named.c.mission_id)
    where = [
        named.c.convention_id == convention.c.id,
        covers.c.service_id == service.c.id,
    ]
    return exists(rows, of=[convention, service], where=where)


def is_complete(bulletin: FromClause, service: FromClause) -> ColumnElement[bool]:
    """R7: see `records.bulletins.gaps`."""

    def names(rows: str) -> ColumnElement[bool]:
        row = table(rows).alias()
        return exists(row, of=[bulletin], where=[row.c.bulletin_id == bulletin.c.id])

    departments = and_(~service.c.needs_establishment, names("bulletin_department"))
    return and_(
        names("bulletin_role"), or_(names("bulletin_establishment"), departments)
    )


def has_active_manager(
    terms: "SqlContext", of: FromClause, key: str = "id"
) -> ColumnElement[bool]:
    """Whether a manager is active under this convention: see `Contract.managers_on`."""
    manager, link, pause = (
        table("contract_manager").alias(),
        table("affiliation").alias(),
        table("suspension").alias(),
    )
    paused = exists(
        pause, of=[link], where=[pause.c.affiliation_id == link.c.id, terms.runs(pause)]
    )
    accepted = [
        link.c.accepted_on.is_not(None),
        link.c.accepted_on <= terms.day,
        terms.runs(link),
        ~paused,
    ]
    where = [manager.c.convention_id == of.c[key], terms.runs(manager), *accepted]
    return exists(
        manager.join(link, link.c.id == manager.c.affiliation_id), of=[of], where=where
    )


def _live_group(
    terms: "SqlContext",
    access: FromClause,
    *,
    with_role: bool = False,
    staffed: bool = False,
) -> ColumnElement[bool]:
    group, member = table("group").alias(), table("membership").alias()
    where = [
        group.c.access_id == access.c.id,
        terms.runs(group, "created_on", "closed_on"),
    ]
    if with_role:
        where.append(group.c.role_id.is_not(None))
    if staffed:
        where.append(
            exists(
                member,
                of=[group],
                where=[member.c.group_id == group.c.id, terms.runs(member)],
            )
        )
    return exists(group, of=[access], where=where)


def _first_opened(partner: FromClause, service: FromClause) -> ColumnElement[Any]:
    row = table("bulletin").alias()
    opened = select(func.min(row.c.opened_on)).where(
        row.c.partner_id == partner.c.id, row.c.service_id == service.c.id
    )
    return opened.correlate(partner, service).scalar_subquery()
