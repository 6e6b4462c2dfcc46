"""What a line of a batch of activity changes says (R23 to R27).

It is read and checked field by field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from persistence.records.activity_changes import ChangeKind, DepartureReason
from persistence.records.nir import Nir
from persistence.records.rules import Refused, Rule

from .batch_lines import ParsedLine, refuse_numbers, texts
from .cells import day, prose, rate, reference

HORIZON = timedelta(days=366)


@dataclass(slots=True)
class ActivityChangeLine(ParsedLine):
    """One line of a batch of changes.

    The worker by id or by NIR, the rate in hundredths of a percent.
    """

    worker_id: str | None = None
    nir: Nir | None = None
    kind: ChangeKind | None = None
    effective_on: date | None = None
    rate: int | None = None
    departure_reason: DepartureReason | None = None
    comment: str | None = None


def read_changes(
    lines: Iterable[Mapping[str, Any]], today: date
) -> list[ActivityChangeLine]:
    """Each line, in order: what blocks is told at its field."""
    rows = list(lines)
    changes = [_read(index, raw, today) for index, raw in enumerate(rows)]
    refuse_numbers(changes, rows)
    return changes


def _read(index: int, raw: Mapping[str, Any], today: date) -> ActivityChangeLine:
    change, text_of = ActivityChangeLine(index), texts(raw).get
    take = change.take
    change.reference = take(text_of("client_reference"), reference, "client_reference")
    change.worker_id = take(text_of("worker_id"), str, "worker_id")
    change.nir = take(
        text_of("nir"),
        Nir.read,
        "nir",
        Rule.NIR_FORMAT if change.worker_id is None else None,
    )
    change.kind = take(text_of("kind"), _kind, "kind", Rule.CHANGE_KIND)
    change.effective_on = take(
        text_of("effective_on"), day, "effective_on", Rule.DAY_INVALID
    )
    change.comment = take(text_of("comment"), prose, "comment")
    if change.effective_on is not None and change.effective_on > today + HORIZON:
        change.reject(Rule.CHANGE_TOO_FAR, "effective_on")
    other = "rate" if change.kind is ChangeKind.DEPARTURE else "departure_reason"
    if change.kind is not None and text_of(other) is not None:
        change.reject(
            Rule.VALUE_INVALID,
            other,
            "Ce champ ne va pas avec cette nature de changement.",
        )
    if change.kind is ChangeKind.DEPARTURE:
        missing = Rule.DEPARTURE_REASON_MISSING
        change.departure_reason = take(
            text_of("departure_reason"), _reason, "departure_reason", missing
        )
    elif change.kind is not None:
        change.rate = take(text_of("rate"), rate, "rate", Rule.RATE_RANGE)
    return change


def _kind(text: str) -> ChangeKind:
    if text not in ChangeKind.__members__:
        raise Refused(Rule.CHANGE_KIND, detail=f"Connues : {', '.join(ChangeKind)}.")
    return ChangeKind(text)


def _reason(text: str) -> DepartureReason:
    if text not in DepartureReason.__members__:
        raise Refused(
            Rule.DEPARTURE_REASON_MISSING,
            detail=f"Connus : {', '.join(DepartureReason)}.",
        )
    return DepartureReason(text)


def in_order(changes: Sequence[ActivityChangeLine]) -> list[ActivityChangeLine]:
    """By day of effect, as they happened, a departure first.

    The batch may list them in any order.
    """
    return sorted(
        changes,
        key=lambda change: (
            change.effective_on or date.max,
            change.kind is not ChangeKind.DEPARTURE,
            change.index,
        ),
    )
