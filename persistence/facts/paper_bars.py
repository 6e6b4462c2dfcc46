"""What a bulletin's convention, partner and service do not yet allow together."""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import FromClause, and_, func, not_, or_, select

from persistence.reading.question import SqlTest
from persistence.records import Bulletin, Convention, Partner
from persistence.records.base import table
from persistence.records.cases import (
    file_says,
    has_ended_convention,
    is_known_by,
    is_legacy,
)
from persistence.records.periods import exists

from .states import At

PaperTest: TypeAlias = Callable[[FromClause, FromClause, FromClause], SqlTest]
"""A test on a bulletin's convention, on its partner and on its service."""


def _of_paper(at: At, test: PaperTest) -> SqlTest:
    """The bulletin's convention, partner and service are so."""
    convention = table("convention").alias()
    partner = table("partner").alias()
    service = table("service").alias()
    where = [
        convention.c.id == at.c.convention_id,
        partner.c.id == at.c.partner_id,
        service.c.id == at.c.service_id,
        test(convention, partner, service),
    ]
    return exists(convention, partner, service, where=where)


def incomplete(at: At) -> SqlTest:
    """The bulletin lacks something that its service asks."""

    def test(
        _convention: FromClause, _partner: FromClause, service: FromClause
    ) -> SqlTest:
        return not_(Bulletin.is_complete.sql(at.row, service))

    return _of_paper(at, test)


# what the service asks of the partner


def uncovered(at: At) -> SqlTest:
    """No mission of the convention is for the service."""

    def test(
        convention: FromClause, _partner: FromClause, service: FromClause
    ) -> SqlTest:
        return not_(Convention.has_mission_for.sql(convention, service))

    return _of_paper(at, test)


def undecided(at: At, decision: str | None = None) -> SqlTest:
    """R28: no favourable decision stands last.

    `decision` is the last one, which picks the rule that says why; None where there is
    none.
    """

    def test(
        _convention: FromClause, partner: FromClause, service: FromClause
    ) -> SqlTest:
        row, later = table("eligibility").alias(), table("eligibility").alias()
        same = [later.c.partner_id == partner.c.id, later.c.service_id == service.c.id]
        eligible = Partner.has_eligibility_for.sql(partner, service, at.today)
        if decision is None:
            return and_(not_(eligible), not_(exists(later, where=same)))
        last = select(func.max(later.c.id)).where(*same).correlate_except(later)
        is_last = row.c.id == last.scalar_subquery()
        is_so = exists(row, where=[is_last, row.c.decision == decision])
        return and_(not_(eligible), is_so)

    return _of_paper(at, test)


# what its migration asks


def _migrates(service: FromClause) -> SqlTest:
    """The service has a migration."""
    migration = table("migration").alias()
    return exists(migration, where=[migration.c.service_id == service.c.id])


def unattested(at: At) -> SqlTest:
    """R53: the service migrates, and the file names the partner as one of Habtiers."""

    def test(
        _convention: FromClause, partner: FromClause, service: FromClause
    ) -> SqlTest:
        legacy = is_legacy.sql(partner, at.today)
        attested = Partner.is_attested_by.sql(partner, at.today)
        return and_(_migrates(service), legacy, not_(attested))

    return _of_paper(at, test)


def unattested_at_first(at: At) -> SqlTest:
    """R53, before the first opening of the service, and not again."""
    bulletin = table("bulletin").alias()
    where = [
        bulletin.c.partner_id == at.c.partner_id,
        bulletin.c.service_id == at.c.service_id,
        bulletin.c.opened_on.is_not(None),
    ]
    return and_(unattested(at), not_(exists(bulletin, where=where)))


def unamended(at: At) -> SqlTest:
    """R55: see `onboarding.require_onboarding_before_opening`."""

    def test(
        convention: FromClause, partner: FromClause, service: FromClause
    ) -> SqlTest:
        return and_(
            _migrates(service),
            _is_known(at, convention, partner, service),
            not_(Convention.is_amended_by.sql(convention, at.today)),
        )

    return _of_paper(at, test)


def _is_known(
    at: At, convention: FromClause, partner: FromClause, service: FromClause
) -> SqlTest:
    """The former register knows the partner: by the file, or under the convention.

    A convention to come says so only where the file does, and no convention has ended.
    """
    by_file = file_says("known_mcp", partner, at.today)
    by_convention = is_known_by.sql(convention, service, at.today)
    is_early = convention.c.in_force_on > at.today
    has_ended = has_ended_convention.sql(partner, at.today)
    return or_(
        and_(not_(is_early), or_(by_file, by_convention)),
        and_(is_early, and_(by_file, not_(has_ended))),
    )
