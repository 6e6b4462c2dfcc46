"""The timeline of a partner: one span for each period since its registration.

It is a pure function of the documents.

It alone interprets "in force", and who administers: the CNA in the cases of R47, else
the signing organism of the convention in force, else the organism that follows the
partner.
"""

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from persistence.types import FOREVER

from .base import Base, named, unique_where
from .contracts import Mode
from .conventions import Convention
from .periods import Period
from .suspensions import is_suspended

if TYPE_CHECKING:
    from .bulletins import Bulletin
    from .partners import Partner

CNA = "org_CNA"


class PartnerState(Base):
    """One span of the timeline.

    Contiguity and non-overlap are held by the keys; `chained` is null on the first.
    """

    __tablename__ = "partner_state"
    period: ClassVar = Period("starts_on", ("ends_on",))
    __table_args__ = (
        UniqueConstraint("partner_id", "ends_on"),
        CheckConstraint("starts_on < ends_on", name="forward"),
        CheckConstraint("chained IS NULL OR chained = starts_on", name="chained"),
        CheckConstraint(
            "(convention_id IS NULL) = (mode IS NULL)", name="mode_of_convention"
        ),
        ForeignKeyConstraint(
            ["partner_id", "chained"],
            ["partner_state.partner_id", "partner_state.ends_on"],
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["convention_id", "mode"], ["contract.convention_id", "contract.mode"]
        ),
        ForeignKeyConstraint(
            ["convention_id", "partner_id"],
            ["contract.convention_id", "contract.partner_id"],
        ),
        unique_where("uq_partner_state_first", "partner_id", where="chained IS NULL"),
        Index(
            "ix_partner_state_administering",
            "administering_id",
            "ends_on",
            "starts_on",
            "partner_id",
        ),
        Index(
            "ix_partner_state_signing",
            "signing_id",
            "ends_on",
            "starts_on",
            "partner_id",
        ),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date]
    chained: Mapped[date | None]
    convention_id: Mapped[str | None] = mapped_column(index=True)
    mode: Mapped[Mode | None] = mapped_column(named(Mode))
    administering_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    signing_id: Mapped[str | None] = mapped_column(ForeignKey("organism.id"))


class Span(NamedTuple):
    """What is in force from `starts_on` to the eve of `ends_on`.

    Convention and mode are None while none is in force, or it is suspended.
    """

    starts_on: date
    ends_on: date
    convention_id: str | None
    mode: Mode | None
    administering_id: str
    signing_id: str | None

    @property
    def facts(self) -> tuple[str | None, Mode | None, str, str | None]:
        return self[2:]


def timeline(partner: "Partner") -> list[Span]:
    """Every day from the registration on, in contiguous spans of equal facts."""
    start = partner.registered_on
    edges = sorted(
        {start, FOREVER} | {d for d in _edges(partner) if start < d < FOREVER}
    )
    spans: list[Span] = []
    for begins, ends in pairwise(edges):
        span = Span(begins, ends, *_facts(partner, begins))
        if spans and spans[-1].facts == span.facts:
            span = span._replace(starts_on=spans.pop().starts_on)
        spans.append(span)
    return spans


def _edges(partner: "Partner") -> set[date]:
    days = {h.on_day for h in partner.hand_backs}
    days |= {follower.starts_on for follower in partner.followers}
    for convention in partner.conventions:
        if convention.in_force_on is not None:
            days |= {convention.in_force_on, convention.ends_on}
        days |= {
            d for s in convention.suspensions for d in (s.starts_on, s.ends_on) if d
        }
    return days | {first for first, _ in wide_spans(partner)}


def _facts(
    partner: "Partner", day: date
) -> tuple[str | None, Mode | None, str, str | None]:
    convention = partner.convention_on(day)
    signing = convention.organism_id if convention else None
    administering = signing or partner.follower_on(day)
    if _in_custody(partner, day):
        administering = CNA
    if convention is None or is_suspended(convention.suspensions, day):
        return None, None, administering, signing
    return convention.id, convention.contract.mode, administering, signing


def _in_custody(partner: "Partner", day: date) -> bool:
    """R47: from the first day of a wide bulletin until the CNA gives it back.

    A bulletin is wide over two departments.

    A custody that begins and ends on one day has begun all the same: a hand-back of
    that day comes after it.
    """
    handed_back = max(
        (h.on_day for h in partner.hand_backs if h.on_day <= day), default=date.min
    )
    return any(
        first <= day
        and (handed_back < first or (handed_back == first and ends > first))
        for first, ends in wide_spans(partner)
    )


def wide_spans(partner: "Partner") -> list[tuple[date, date]]:
    """The days on which a signed bulletin over two departments or more is in force.

    One that was closed on its first day, once that day had come, was in force; one
    withdrawn before never was.
    """
    return [
        (first, ends)
        for c in partner.conventions
        for b in c.multi_department_bulletins()
        for first, ends in [_overlap(c, b.effective_from, b.ends_on)]
        if first < ends or (first == ends and _closed_on_the_day(first, c, b))
    ]


def _closed_on_the_day(
    first: date, convention: Convention, bulletin: "Bulletin"
) -> bool:
    """Closed once its first day had come, and not withdrawn before."""
    recorded = [
        p.closing_recorded_on for p in (convention, bulletin) if p.closed_on == first
    ]
    return bool(recorded) and all(on is not None and on >= first for on in recorded)


def _overlap(
    convention: Convention, first: date | None, ends: date
) -> tuple[date, date]:
    if convention.in_force_on is None or first is None:
        return FOREVER, FOREVER
    return max(first, convention.in_force_on), min(ends, convention.ends_on)
