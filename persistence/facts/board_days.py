"""The days of a campaign's board: that of its facts, and the first one too late."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, case

from persistence.reading.context import SqlContext

PARIS_IN_WINTER = 1
"""Hours before Greenwich: a campaign receives from December to February."""


def board_day(campaign: FromClause, context: SqlContext) -> ColumnElement[Any]:
    """Today, and once the window is closed its last day.

    It closes at midnight in Paris, which is still its last day at Greenwich.
    """
    last_day = context.spelling.day_of(campaign.c.closes_at, 0)
    is_over = campaign.c.closes_at <= context.now
    return case((is_over, last_day), else_=context.day)


def is_late(campaign: FromClause, context: SqlContext) -> ColumnElement[bool]:
    """Whether 15 January has passed: what is not there interrupts the AAH."""
    fifteenth = context.spelling.day(campaign.c.year + 1, "01-15")
    return context.day > fifteenth
