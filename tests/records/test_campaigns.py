"""Campaigns: 1 December to the end of February, Europe/Paris (R22, A16)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import literal, select

from persistence.engine import Database
from persistence.records import Campaign, Rule
from persistence.records.base import table
from persistence.records.campaigns import PARIS

from .build import refused

LAST = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("year", "opens", "closes"),
    [
        (2026, "2026-11-30T23:00:00+00:00", "2027-02-28T23:00:00+00:00"),
        (2027, "2027-11-30T23:00:00+00:00", "2028-02-29T23:00:00+00:00"),
    ],
)
def test_the_window_is_half_open_in_paris_and_knows_leap_years(
    year: int, opens: str, closes: str
) -> None:
    campaign = Campaign.of(year)

    assert campaign.opens_at.astimezone(UTC).isoformat() == opens
    assert campaign.closes_at.astimezone(UTC).isoformat() == closes
    assert not campaign.legacy


@pytest.mark.parametrize(
    ("year", "now"),
    [
        (2026, datetime(2026, 11, 30, 23, 59, 59, tzinfo=PARIS)),
        (2026, datetime(2026, 12, 1, tzinfo=PARIS) - LAST),
        (2026, datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)),
        (2027, datetime(2027, 2, 28, 12, tzinfo=PARIS)),
    ],
)
def test_nothing_is_received_before_the_first_second_of_december(
    year: int, now: datetime
) -> None:
    with refused(Rule.WINDOW_NOT_OPEN, "campaign_year"):
        Campaign.of(year).require_open_at(now)


@pytest.mark.parametrize(
    ("year", "now"),
    [
        (2026, datetime(2026, 12, 1, tzinfo=PARIS)),
        (2026, datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (2026, datetime(2027, 2, 28, 23, 59, 59, tzinfo=PARIS)),
        (2026, datetime(2027, 3, 1, tzinfo=PARIS) - LAST),
        (2027, datetime(2028, 2, 29, 23, 59, 59, tzinfo=PARIS)),
    ],
)
def test_the_window_runs_to_the_last_second_of_february(
    year: int, now: datetime
) -> None:
    Campaign.of(year).require_open_at(now)


@pytest.mark.parametrize(
    ("year", "now"),
    [
        (2026, datetime(2027, 3, 1, tzinfo=PARIS)),
        (2026, datetime(2027, 2, 28, 23, tzinfo=UTC)),
        (2027, datetime(2028, 3, 1, tzinfo=PARIS)),
        (2026, datetime(2028, 2, 29, 23, 59, 59, tzinfo=PARIS)),
    ],
)
def test_nothing_is_received_once_february_is_over(year: int, now: datetime) -> None:
    with refused(Rule.WINDOW_CLOSED, "campaign_year"):
        Campaign.of(year).require_open_at(now)


async def test_the_status_is_the_same_in_sql_around_each_instant(
    database: Database,
) -> None:
    campaign = Campaign.of(2026)
    instants = [
        bound + step
        for bound in (campaign.opens_at, campaign.closes_at)
        for step in (-LAST, timedelta(0), LAST)
    ]
    row = table("campaign")
    async with database.looking() as session:
        for now in instants:
            status = Campaign.sql_status_at(row, literal(now, row.c.opens_at.type))
            year = select(status).where(row.c.year == campaign.year)

            assert await session.scalar(year) == campaign.status_at(now)
