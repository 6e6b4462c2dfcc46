"""What the state of a bulletin, of a service, of a group or of a file's line forbids: see `states.py`."""

from collections.abc import Callable

from sqlalchemy import FromClause, and_, false, func, not_, or_, select

from persistence.records import FOREVER, Bulletin, Convention, Partner
from persistence.records.base import table
from persistence.records.onboarding import (
    file_says,
    has_ended_convention,
    is_known_by,
    is_legacy,
)
from persistence.records.periods import exists

from .states import At, Test, in_force, lasts, of_convention, one_of, over


def of_paper(at: At, test: Callable[..., Test]) -> Test:
    """Something of the bulletin's convention, its partner, its service, and the file's last word."""
    convention, partner, service = (
        table(name).alias() for name in ("convention", "partner", "service")
    )
    keys = [
        convention.c.id == at.row.c.convention_id,
        partner.c.id == at.row.c.partner_id,
        service.c.id == at.row.c.service_id,
    ]
    return exists(
        convention, partner, service, where=[*keys, test(convention, partner, service)]
    )


def incomplete(at: At) -> Test:
    return of_paper(
        at, lambda _c, _p, service: not_(Bulletin.is_complete.sql(at.row, service))
    )


def excluded(at: At) -> Test:
    """R3: see `Bulletin.covered_departments` and `Service.admits`."""
    outside, named = (
        table("service_excluded_department").alias(),
        table("bulletin_department").alias(),
    )
    scope, place = (
        table("bulletin_establishment").alias(),
        table("establishment").alias(),
    )
    service = outside.c.service_id == at.row.c.service_id
    named_there = [
        named.c.bulletin_id == at.row.c.id,
        named.c.department == outside.c.department,
    ]
    placed = [
        scope.c.bulletin_id == at.row.c.id,
        place.c.id == scope.c.establishment_id,
    ]
    there = [place.c.department == outside.c.department]
    return or_(
        exists(
            outside,
            named,
            where=[service, *named_there, not_(exists(scope, where=placed[:1]))],
        ),
        exists(outside, scope, place, where=[service, *placed, *there]),
    )


def migrates(service: FromClause) -> Test:
    migration = table("migration").alias()
    return exists(migration, where=[migration.c.service_id == service.c.id])


def unattested(at: At) -> Test:
    """R53: the service migrates, and the file names the partner as one of Habtiers."""

    def test(_convention: FromClause, partner: FromClause, service: FromClause) -> Test:
        legacy, attested = (
            is_legacy.sql(partner, at.today),
            Partner.is_attested_by.sql(partner, at.today),
        )
        return and_(migrates(service), legacy, not_(attested))

    return of_paper(at, test)


def unattested_at_first(at: At) -> Test:
    """Asked before the first opening of the service, and not again."""
    served = table("bulletin").alias()
    same = [
        served.c.partner_id == at.row.c.partner_id,
        served.c.service_id == at.row.c.service_id,
    ]
    return and_(
        unattested(at),
        not_(exists(served, where=[*same, served.c.opened_on.is_not(None)])),
    )


def unamended(at: At) -> Test:
    """R55: see `onboarding.may_open` and `onboarding.is_known`."""

    def test(convention: FromClause, partner: FromClause, service: FromClause) -> Test:
        named = file_says("known_mcp", partner, at.today)
        known_now = or_(named, is_known_by.sql(convention, service, at.today))
        early = convention.c.in_force_on > at.today
        known_early = and_(named, not_(has_ended_convention.sql(partner, at.today)))
        is_known = or_(and_(not_(early), known_now), and_(early, known_early))
        return and_(
            migrates(service),
            is_known,
            not_(Convention.is_amended_by.sql(convention, at.today)),
        )

    return of_paper(at, test)


def undecided(at: At, word: str | None = None) -> Test:
    """R28: no favourable decision stands last; `word` picks the rule that says why."""

    def test(_convention: FromClause, partner: FromClause, service: FromClause) -> Test:
        row, later = table("eligibility").alias(), table("eligibility").alias()
        same = [later.c.partner_id == partner.c.id, later.c.service_id == service.c.id]
        last = (
            select(func.max(later.c.id))
            .where(*same)
            .correlate_except(later)
            .scalar_subquery()
        )
        is_decided = (
            exists(row, where=[row.c.id == last, row.c.decision == word])
            if word
            else exists(later, where=same)
        )
        eligible = Partner.has_eligibility_for.sql(partner, service, at.today)
        return and_(not_(eligible), is_decided if word else not_(is_decided))

    return of_paper(at, test)


def uncovered(at: At) -> Test:
    return of_paper(
        at,
        lambda convention, _p, service: not_(
            Convention.has_mission_for.sql(convention, service)
        ),
    )


def siret_differs(at: At, *, same_siren: bool) -> Test:
    def test(convention: FromClause) -> Test:
        siren = func.substr(convention.c.siret, 1, 9) == func.substr(
            at.row.c.siret, 1, 9
        )
        return and_(
            convention.c.siret != at.row.c.siret, siren if same_siren else not_(siren)
        )

    return of_convention(at, test)


def unsigned(at: At) -> Test:
    papers = of_convention(at, lambda c: c.c.organism_signed_on.is_(None))
    return or_(at.row.c.organism_signed_on.is_(None), papers)


def opened_or_taken(at: At) -> Test:
    """R34: opened already, or the place is taken for good."""
    other = table("bulletin").alias()
    endless = [other.c[end].is_(None) for end in Bulletin.period.ends]
    mine = [
        other.c.access_id == at.row.c.access_id,
        other.c.id != at.row.c.id,
        other.c.opened_on.is_not(None),
    ]
    return exists(other, where=[*mine, *endless])


def ended_by_then(at: At) -> Test:
    """No day is left on which the bulletin could be open."""
    gone = and_(
        at.row.c.closed_on.is_not(None), at.row.c.closed_on <= at.row.c.effective_from
    )
    return or_(
        not_(Bulletin.period.sql_not_ended(at.row, at.today)),
        func.coalesce(gone, false()),
    )


def contracts_elsewhere(at: At) -> Test:
    """R35: an establishment of the scope has a convention of its own, without an end."""
    scope, place = (
        table("bulletin_establishment").alias(),
        table("establishment").alias(),
    )
    siret, now = table("partner_siret").alias(), table("partner_state").alias()
    placed = [
        scope.c.bulletin_id == at.row.c.id,
        place.c.id == scope.c.establishment_id,
    ]
    theirs = [
        siret.c.siret == place.c.siret,
        siret.c.ends_on.is_(None),
        siret.c.partner_id != at.row.c.partner_id,
    ]
    lasting = [
        now.c.partner_id == siret.c.partner_id,
        now.c.signing_id.is_not(None),
        now.c.ends_on == FOREVER,
    ]
    return exists(scope, place, siret, now, where=[*placed, *theirs, *lasting])


def replaced(at: At) -> Test:
    """See `Bulletin.cancel_closing`: another bulletin lasts beyond that closing."""
    other = table("bulletin").alias()
    mine = [
        other.c.access_id == at.row.c.access_id,
        other.c.id != at.row.c.id,
        other.c.opened_on.is_not(None),
    ]
    return exists(
        other, where=[*mine, Bulletin.period.sql_not_ended(other, at.row.c.closed_on)]
    )


def no_closing_to_come(at: At) -> Test:
    return not_(func.coalesce(at.row.c.closed_on > at.today, false()))


def not_open(at: At) -> Test:
    """R29: see `ServiceAccess.opened_bulletin`."""
    row = table("bulletin").alias()
    opened = exists(
        row, where=[row.c.access_id == at.row.c.id, Bulletin.period.sql(row, at.today)]
    )
    in_force_today = of_convention(at, lambda c: in_force(c, at.today))
    return not_(and_(in_force_today, opened))


def not_signed(at: At, key: str = "id") -> Test:
    """R10: see `ServiceAccess.signed_bulletins`."""
    row, convention = table("bulletin").alias(), table("convention").alias()
    mine = [row.c.access_id == at.row.c[key], row.c.organism_signed_on.is_not(None)]
    under = [convention.c.id == row.c.convention_id, lasts(convention, at.today)]
    return not_(
        exists(
            row,
            convention,
            where=[*mine, Bulletin.effect.sql_lasts(row, at.today), *under],
        )
    )


def last_national(at: At) -> Test:
    other = table("agent").alias()
    national = [
        other.c.profile == "NATIONAL",
        other.c.id != at.row.c.id,
        other.c.ends_on.is_(None),
    ]
    return and_(at.row.c.profile == "NATIONAL", not_(exists(other, where=national)))


def own_siret(at: At) -> Test:
    siret = table("partner_siret").alias()
    mine = [
        siret.c.partner_id == at.row.c.partner_id,
        siret.c.ends_on.is_(None),
        siret.c.siret == at.row.c.siret,
    ]
    return exists(siret, where=mine)


def is_not_live(at: At) -> Test:
    declaration = table("declaration").alias()
    live = and_(
        declaration.c.received_at.is_not(None), declaration.c.superseded_at.is_(None)
    )
    return one_of(declaration, at.row.c.declaration_id, not_(live))


def has(column: str) -> Callable[[At], Test]:
    return lambda at: at.row.c[column].is_not(None)


def lacks(column: str) -> Callable[[At], Test]:
    return lambda at: at.row.c[column].is_(None)


def passed(*columns: str) -> Callable[[At], Test]:
    return lambda at: over(at.row, at.today, *columns)
