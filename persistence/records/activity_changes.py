"""Activity changes, all year long (R23 to R27): the rate up or down against the one known, a departure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named, untold
from .cells import Line, day, prose, rate, reference, refuse_numbers, texts
from .identifiers import Nir
from .rules import Refused, Rule
from .workers import Card

HORIZON = timedelta(days=366)


class ChangeKind(StrEnum):
    """An open list (R23): what the instruction names."""

    RATE_INCREASE = "RATE_INCREASE"
    RATE_DECREASE = "RATE_DECREASE"
    DEPARTURE = "DEPARTURE"


class DepartureReason(StrEnum):
    """Why a worker leaves (domain.md 4.5). Illness, leave and a suspension are no departures."""

    ORDINARY_EMPLOYMENT = "ORDINARY_EMPLOYMENT"
    ADAPTED_COMPANY = "ADAPTED_COMPANY"
    OTHER_ESAT = "OTHER_ESAT"
    RETIREMENT = "RETIREMENT"
    DEATH = "DEATH"
    END_OF_ORIENTATION = "END_OF_ORIENTATION"
    END_OF_TRIAL = "END_OF_TRIAL"
    END_OF_SHORT_CONTRACT = "END_OF_SHORT_CONTRACT"
    WORKER_INITIATIVE = "WORKER_INITIATIVE"
    MOVE = "MOVE"
    OTHER = "OTHER"


class ActivityChange(Record):
    """Changement d'activité: a fact dated by its effect, not a right; `paying_id` is copied at receipt."""

    __tablename__ = "activity_change"
    prefix = "chg"
    __table_args__ = (
        UniqueConstraint("worker_id", "establishment_id", "kind", "effective_on"),
        ForeignKeyConstraint(["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]),
        ForeignKeyConstraint(["establishment_id", "partner_id"], ["establishment.id", "establishment.partner_id"]),
        Index("ix_activity_change_paying_id", "paying_id", "id"),
        Index("ix_activity_change_partner_id", "partner_id", "id"),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    worker_id: Mapped[str]
    paying_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    kind: Mapped[ChangeKind] = mapped_column(named(ChangeKind), info=UNTOLD)
    effective_on: Mapped[date] = untold()
    rate_before: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    rate_after: Mapped[int | None] = mapped_column(Integer, info=UNTOLD)
    departure_reason: Mapped[DepartureReason | None] = mapped_column(named(DepartureReason), info=UNTOLD)
    comment: Mapped[str | None] = untold()
    client_reference: Mapped[str | None] = untold()
    received_at: Mapped[datetime]


@dataclass(slots=True)
class Change(Line):
    """One line of a batch of changes: the worker by id or by NIR, the rate in hundredths of a percent."""

    worker_id: str | None = None
    nir: Nir | None = None
    kind: ChangeKind | None = None
    effective_on: date | None = None
    rate: int | None = None
    departure_reason: DepartureReason | None = None
    comment: str | None = None


@dataclass(slots=True)
class Known:
    """What is known of a worker in an establishment: the card, the rates by day, what was declared already."""

    card: Card
    rates: dict[date, int] = field(default_factory=dict)
    changes: set[tuple[ChangeKind, date]] = field(default_factory=set)
    departed_on: date | None = None

    def rate_on(self, on: date) -> int | None:
        """The last rate known that day (R24)."""
        return next((self.rates[d] for d in sorted(self.rates, reverse=True) if d <= on), None)

    def judge(self, change: Change) -> None:
        """R24, R26: the direction against the known rate, once, after the entry and before the departure."""
        on, kind = change.effective_on, change.kind
        if on is None or kind is None:
            return
        if on < self.card.entered_on:
            change.reject(Rule.CHANGE_BEFORE_ENTRY, "effectiveOn")
        if (kind, on) in self.changes:
            change.reject(Rule.CHANGE_DUPLICATE, "effectiveOn")
        elif self.departed_on is not None and (on >= self.departed_on or kind is ChangeKind.DEPARTURE):
            change.reject(Rule.WORKER_DEPARTED, "effectiveOn")
        elif kind is ChangeKind.DEPARTURE and any(day > on for _, day in self.changes):
            change.reject(Rule.LATER_CHANGE, "effectiveOn")
        if kind is not ChangeKind.DEPARTURE and change.rate is not None:
            before = self.rate_on(on)
            if before is None:
                change.reject(Rule.RATE_UNKNOWN, "rate")
            elif (change.rate > before) != (kind is ChangeKind.RATE_INCREASE) or change.rate == before:
                change.reject(Rule.RATE_DIRECTION, "rate")

    def apply(self, change: Change) -> None:
        """Later lines of the same batch are judged after this one."""
        assert change.effective_on is not None
        assert change.kind is not None
        self.changes.add((change.kind, change.effective_on))
        if change.kind is ChangeKind.DEPARTURE:
            self.departed_on = change.effective_on
        elif change.rate is not None:
            self.rates[change.effective_on] = change.rate


def read_changes(lines: Iterable[Mapping[str, Any]], today: date) -> list[Change]:
    """Each line, in order: what blocks is told at its field."""
    rows = list(lines)
    changes = [_read(index, raw, today) for index, raw in enumerate(rows)]
    refuse_numbers(changes, rows)
    return changes


def _read(index: int, raw: Mapping[str, Any], today: date) -> Change:
    change, said = Change(index), texts(raw).get
    take = change.take
    change.reference = take(said("client_reference"), reference, "clientReference")
    change.worker_id = take(said("worker_id"), str, "workerId")
    change.nir = take(said("nir"), Nir.read, "nir", Rule.NIR_FORMAT if change.worker_id is None else None)
    change.kind = take(said("kind"), _kind, "kind", Rule.CHANGE_KIND)
    change.effective_on = take(said("effective_on"), day, "effectiveOn", Rule.DAY_INVALID)
    change.comment = take(said("comment"), prose, "comment")
    if change.effective_on is not None and change.effective_on > today + HORIZON:
        change.reject(Rule.CHANGE_TOO_FAR, "effectiveOn")
    other = "rate" if change.kind is ChangeKind.DEPARTURE else "departure_reason"
    if change.kind is not None and said(other) is not None:
        shown = "rate" if change.kind is ChangeKind.DEPARTURE else "departureReason"
        change.reject(Rule.VALUE_INVALID, shown, "Ce champ ne va pas avec cette nature de changement.")
    if change.kind is ChangeKind.DEPARTURE:
        missing = Rule.DEPARTURE_REASON_MISSING
        change.departure_reason = take(said("departure_reason"), _reason, "departureReason", missing)
    elif change.kind is not None:
        change.rate = take(said("rate"), rate, "rate", Rule.RATE_RANGE)
    return change


def _kind(text: str) -> ChangeKind:
    if text not in ChangeKind.__members__:
        raise Refused(Rule.CHANGE_KIND, detail=f"Connues : {', '.join(ChangeKind)}.")
    return ChangeKind(text)


def _reason(text: str) -> DepartureReason:
    if text not in DepartureReason.__members__:
        raise Refused(Rule.DEPARTURE_REASON_MISSING, detail=f"Connus : {', '.join(DepartureReason)}.")
    return DepartureReason(text)


def in_order(changes: Sequence[Change]) -> list[Change]:
    """By day of effect, as they happened: the batch may tell them in any order."""
    return sorted(changes, key=lambda change: (change.effective_on or date.max, change.index))
