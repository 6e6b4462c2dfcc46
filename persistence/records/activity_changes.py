"""Activity changes, all year long (R23 to R27): the rate up or down against the one known, a departure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named, unique_where, untold
from .cells import Line, day, prose, rate, reference, refuse_numbers, texts
from .identifiers import Nir
from .rules import Refused, Rule

HORIZON = timedelta(days=366)


class ChangeKind(StrEnum):
    """An open list (R23): what the instruction names."""

    RATE_INCREASE = "RATE_INCREASE"
    RATE_DECREASE = "RATE_DECREASE"
    DEPARTURE = "DEPARTURE"


class DepartureReason(StrEnum):
    """Why a worker leaves. Illness, leave and a suspension are no departures."""

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
    """Changement d'activité: a fact dated by its effect, not a right; `paying_id` is copied at receipt.

    One that has ended, by the change `ended_by_id`, does not take place: it stays readable and counts no more.
    """

    __tablename__ = "activity_change"
    prefix = "chg"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_another"),
        unique_where(
            "uq_activity_change_living",
            "worker_id",
            "establishment_id",
            "kind",
            "effective_on",
            where="ended_at IS NULL",
        ),
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
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("activity_change.id"))


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
    """By day of effect, as they happened, a departure first: the batch may list them in any order."""
    return sorted(
        changes,
        key=lambda change: (
            change.effective_on or date.max,
            change.kind is not ChangeKind.DEPARTURE,
            change.index,
        ),
    )
