"""Campaigns: 1 December to the end of February, Europe/Paris (R22, A16)."""

from datetime import UTC

import pytest

from persistence.records import Campaign


@pytest.mark.parametrize(
    ("year", "opens", "closes"),
    [
        (2026, "2026-11-30T23:00:00+00:00", "2027-02-28T23:00:00+00:00"),
        (2027, "2027-11-30T23:00:00+00:00", "2028-02-29T23:00:00+00:00"),
    ],
)
def test_the_window_is_half_open_in_paris_and_knows_leap_years(year: int, opens: str, closes: str) -> None:
    campaign = Campaign.of(year)

    assert campaign.opens_at.astimezone(UTC).isoformat() == opens
    assert campaign.closes_at.astimezone(UTC).isoformat() == closes
    assert not campaign.legacy
