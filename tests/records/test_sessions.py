"""How long a session of the console lasts, and how long its holder stays proven."""

from datetime import UTC, datetime, timedelta

from persistence.records.sessions import FRESH, IDLE, LONGEST, SessionRecord

START = datetime(2026, 12, 10, 8, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def opened(seen: datetime = START) -> SessionRecord:
    return SessionRecord(started_at=START, authenticated_at=START, seen_at=seen)


def test_a_session_that_nobody_uses_ends_after_its_idle_time() -> None:
    session = opened()

    assert session.idle_ends_at == START + IDLE
    assert session.lives(START + IDLE - MOMENT)
    assert not session.lives(START + IDLE)


def test_a_session_that_is_used_ends_in_the_end() -> None:
    session = opened(seen=START + LONGEST - MOMENT)

    assert session.ends_at == START + LONGEST
    assert session.lives(START + LONGEST - MOMENT)
    assert not session.lives(START + LONGEST)


def test_who_signed_in_is_proven_for_a_while_the_last_instant_included() -> None:
    session = opened()

    assert session.is_fresh(START + FRESH)
    assert not session.is_fresh(START + FRESH + MOMENT)


def test_who_was_never_proven_is_not() -> None:
    session = SessionRecord(started_at=START, authenticated_at=None, seen_at=START)

    assert not session.is_fresh(START)
