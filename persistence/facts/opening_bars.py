"""What bars the opening of a service by its bulletin."""

from functools import partial

from sqlalchemy import FromClause, and_, false, func, not_, or_
from sqlalchemy.sql.selectable import NamedFromClause

from persistence.reading.question import SqlTest
from persistence.records import FOREVER, Bulletin, Rule
from persistence.records.base import table
from persistence.records.periods import exists

from .paper_bars import unamended, unattested, uncovered, undecided
from .states import At, Bar, Bars, announced, another_open, has, lasts, of_convention

# signatures


def unsigned(at: At) -> SqlTest:
    """The bulletin or its convention."""
    is_unsigned = of_convention(at, lambda row: row.c.organism_signed_on.is_(None))
    return or_(at.c.organism_signed_on.is_(None), is_unsigned)


def convention_over(at: At) -> SqlTest:
    """The convention of the bulletin has no day left."""
    return of_convention(at, lambda row: not_(lasts(row, at.today)))


def ended_by_then(at: At) -> SqlTest:
    """No day is left on which the bulletin could be open."""
    has_no_day = and_(
        at.c.closed_on.is_not(None), at.c.closed_on <= at.c.effective_from
    )
    return or_(
        not_(Bulletin.period.sql_not_ended(at.row, at.today)),
        func.coalesce(has_no_day, false()),
    )


# what the bulletin says


def excluded(at: At) -> SqlTest:
    """R3: see `Bulletin.covered_departments` and `Service.require_departments`.

    The departments are those that the bulletin names. Where it names establishments,
    they are those of the establishments.
    """
    outside = table("service_excluded_department").alias()
    scope = table("bulletin_establishment").alias()
    return or_(
        _names_excluded(at, outside, scope), _places_excluded(at, outside, scope)
    )


def _names_excluded(
    at: At, outside: NamedFromClause, scope: NamedFromClause
) -> SqlTest:
    """The bulletin names no establishment, and an excluded department."""
    named = table("bulletin_department").alias()
    has_places = exists(scope, where=[scope.c.bulletin_id == at.c.id])
    where = [
        outside.c.service_id == at.c.service_id,
        named.c.bulletin_id == at.c.id,
        named.c.department == outside.c.department,
        not_(has_places),
    ]
    return exists(outside, named, where=where)


def _places_excluded(
    at: At, outside: NamedFromClause, scope: NamedFromClause
) -> SqlTest:
    """An establishment of the bulletin is in an excluded department."""
    place = table("establishment").alias()
    where = [
        outside.c.service_id == at.c.service_id,
        scope.c.bulletin_id == at.c.id,
        place.c.id == scope.c.establishment_id,
        place.c.department == outside.c.department,
    ]
    return exists(outside, scope, place, where=where)


def siret_differs(at: At, *, same_siren: bool) -> SqlTest:
    """The convention has another SIRET, of the same legal unit or of another one."""

    def test(convention: FromClause) -> SqlTest:
        theirs = func.substr(convention.c.siret, 1, 9)
        ours = func.substr(at.c.siret, 1, 9)
        is_same = theirs == ours
        unit = is_same if same_siren else not_(is_same)
        return and_(convention.c.siret != at.c.siret, unit)

    return of_convention(at, test)


# what stands in the place


def contracts_elsewhere(at: At) -> SqlTest:
    """R35: an establishment of the scope has its own convention, without an end."""
    scope, place = (
        table("bulletin_establishment").alias(),
        table("establishment").alias(),
    )
    siret, now = table("partner_siret").alias(), table("partner_state").alias()
    where = [
        scope.c.bulletin_id == at.c.id,
        place.c.id == scope.c.establishment_id,
        siret.c.siret == place.c.siret,
        siret.c.ends_on.is_(None),
        siret.c.partner_id != at.c.partner_id,
        now.c.partner_id == siret.c.partner_id,
        now.c.signing_id.is_not(None),
        now.c.ends_on == FOREVER,
    ]
    return exists(scope, place, siret, now, where=where)


def has_lasting_other(at: At) -> SqlTest:
    """R34: another bulletin is open, without an end."""

    def is_endless(other: FromClause) -> SqlTest:
        return and_(*(other.c[end].is_(None) for end in Bulletin.period.ends))

    return another_open(at, is_endless)


OPENING_BARS: Bars = {
    ("bulletin", "serviceOpen"): (
        Bar(Rule.BULLETIN_OPENED, has("opened_on")),
        Bar(Rule.SUCCESSOR_ANNOUNCED, announced),
        Bar(Rule.SIGNATURE_MISSING, unsigned),
        Bar(Rule.CONVENTION_NOT_IN_FORCE, convention_over),
        Bar(Rule.DATE_ORDER, ended_by_then),
        Bar(Rule.DEPARTMENT_EXCLUDED, excluded),
        Bar(Rule.ELIGIBILITY_MISSING, undecided),
        Bar(Rule.ELIGIBILITY_REFUSED, partial(undecided, decision="NOT_ELIGIBLE")),
        Bar(Rule.ELIGIBILITY_FORM_MISSING, partial(undecided, decision="ELIGIBLE")),
        Bar(Rule.MISSION_DOES_NOT_COVER, uncovered),
        Bar(Rule.SIRET_DIFFERS_SAME_SIREN, partial(siret_differs, same_siren=True)),
        Bar(Rule.SIRET_DIFFERS, partial(siret_differs, same_siren=False)),
        Bar(Rule.ATTESTATION_MISSING, unattested),
        Bar(Rule.AMENDMENT_MISSING, unamended),
        Bar(Rule.ESTABLISHMENT_CONTRACTS, contracts_elsewhere),
        Bar(Rule.BULLETIN_OPENED, has_lasting_other),
    ),
}
