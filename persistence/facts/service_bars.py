"""What bars the acts on services and on their groups."""

from functools import partial

from sqlalchemy import and_, not_

from persistence.reading.question import SqlTest
from persistence.records import Bulletin, Rule
from persistence.records.base import table
from persistence.records.periods import exists

from .states import (
    At,
    Bar,
    Bars,
    has,
    in_force,
    lacks,
    lasts,
    no_closing_to_come,
    of_convention,
    passed,
    pause,
)


def not_open(at: At) -> SqlTest:
    """R29: see `ServiceAccess.opened_bulletin`."""
    bulletin = table("bulletin").alias()
    is_own = bulletin.c.access_id == at.c.id
    is_current = Bulletin.period.sql(bulletin, at.today)
    is_opened = exists(bulletin, where=[is_own, is_current])
    is_in_force = of_convention(at, lambda row: in_force(row, at.today))
    return not_(and_(is_in_force, is_opened))


def not_signed(at: At, key: str = "id") -> SqlTest:
    """R10: see `ServiceAccess.signed_bulletins`."""
    bulletin, convention = table("bulletin").alias(), table("convention").alias()
    where = [
        bulletin.c.access_id == at.c[key],
        bulletin.c.organism_signed_on.is_not(None),
        Bulletin.effect.sql_lasts(bulletin, at.today),
        convention.c.id == bulletin.c.convention_id,
        lasts(convention, at.today),
    ]
    return not_(exists(bulletin, convention, where=where))


def suspended(at: At) -> SqlTest:
    """A suspension of the service runs."""
    return pause(at, "access_id")


def not_suspended(at: At) -> SqlTest:
    """No suspension of the service runs."""
    return not_(suspended(at))


service_not_signed = partial(not_signed, key="access_id")
"""Of a group: its service has no signed bulletin."""

SERVICE_BARS: Bars = {
    ("service_access", "serviceSuspend"): (
        Bar(Rule.SERVICE_NOT_OPEN, not_open),
        Bar(Rule.ALREADY_SUSPENDED, suspended),
    ),
    ("service_access", "serviceResume"): (Bar(Rule.NOT_SUSPENDED, not_suspended),),
    ("service_access", "groupCreate"): (Bar(Rule.SERVICE_NOT_OPEN, not_signed),),
    ("group", "groupRoleAttach"): (
        Bar(Rule.SERVICE_NOT_OPEN, service_not_signed),
        Bar(Rule.GROUP_CLOSED, passed("closed_on")),
    ),
    ("group", "groupMembersAdd"): (
        Bar(Rule.GROUP_CLOSED, passed("closed_on")),
        Bar(Rule.SERVICE_NOT_OPEN, service_not_signed),
        Bar(Rule.ROLE_FIRST, lacks("role_id")),
    ),
    ("group", "groupClose"): (Bar(Rule.GROUP_CLOSED, has("closed_on")),),
    ("group", "groupClosingCancel"): (Bar(Rule.CLOSING_PASSED, no_closing_to_come),),
}
