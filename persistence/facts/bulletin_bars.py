"""What bars the acts on bulletins.

The opening of their service is in `opening_bars.py`.
"""

from sqlalchemy import FromClause, not_

from persistence.reading.question import SqlTest
from persistence.records import Bulletin, Rule

from .opening_bars import excluded
from .paper_bars import incomplete, unattested_at_first
from .states import (
    At,
    Bar,
    Bars,
    announced,
    another_open,
    has,
    lacks,
    lasts,
    no_closing_to_come,
    of_convention,
    over,
)


def convention_unsigned(at: At) -> SqlTest:
    """The convention of the bulletin is not signed by both sides."""
    return of_convention(at, lambda convention: convention.c.in_force_on.is_(None))


def convention_closed(at: At) -> SqlTest:
    """The convention of the bulletin is closed."""

    def is_closed(convention: FromClause) -> SqlTest:
        return over(convention, at.today, "closed_on")

    return of_convention(at, is_closed)


def convention_over(at: At) -> SqlTest:
    """The convention of the bulletin has no day left."""
    return of_convention(at, lambda convention: not_(lasts(convention, at.today)))


def replaced(at: At) -> SqlTest:
    """See `Bulletin.cancel_closing`: another bulletin lasts beyond that closing."""
    return another_open(
        at, lambda other: Bulletin.period.sql_not_ended(other, at.c.closed_on)
    )


BULLETIN_BARS: Bars = {
    ("bulletin", "bulletinSign"): (
        Bar(Rule.ALREADY_ENDED, has("closed_on")),
        Bar(Rule.BULLETIN_INCOMPLETE, incomplete),
        Bar(Rule.DEPARTMENT_EXCLUDED, excluded),
        Bar(Rule.CONVENTION_NOT_IN_FORCE, convention_unsigned),
        Bar(Rule.CONVENTION_CLOSED, convention_closed),
        Bar(Rule.BULLETIN_OUTSIDE_CONVENTION, convention_over),
        Bar(Rule.ATTESTATION_MISSING, unattested_at_first),
        Bar(Rule.ALREADY_SIGNED, has("organism_signed_on")),
    ),
    ("bulletin", "bulletinReplace"): (
        Bar(Rule.BULLETIN_NOT_OPEN, lacks("opened_on")),
        Bar(Rule.ALREADY_ENDED, has("closed_on")),
        Bar(Rule.SUCCESSOR_ANNOUNCED, announced),
    ),
    ("bulletin", "bulletinClose"): (
        Bar(Rule.ALREADY_ENDED, has("closed_on")),
        Bar(Rule.SUCCESSOR_ANNOUNCED, announced),
    ),
    ("bulletin", "bulletinClosingCancel"): (
        Bar(Rule.CLOSING_PASSED, no_closing_to_come),
        Bar(Rule.BULLETIN_OPENED, replaced),
    ),
}
