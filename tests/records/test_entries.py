"""A form under way is its author's alone, for thirty days."""

from datetime import UTC, datetime, timedelta

import pytest

from persistence.records.entries import LASTS, EntryRecord

BEGINNING = datetime(2026, 12, 10, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("issuer", "subject", "after", "is_open"),
    [
        ("fictif", "sub-1", timedelta(0), True),
        ("fictif", "sub-1", LASTS - SECOND, True),
        ("fictif", "sub-1", LASTS, False),
        ("fictif", "sub-2", SECOND, False),
        ("autre", "sub-1", SECOND, False),
    ],
)
def test_an_entry_is_open_to_its_author_until_it_lapses(
    issuer: str, subject: str, after: timedelta, *, is_open: bool
) -> None:
    entry = EntryRecord(issuer="fictif", subject="sub-1", begun_at=BEGINNING)
    assert entry.is_open_to(issuer, subject, BEGINNING + after) is is_open
