"""What a line of a batch of activity changes says (R23 to R27).

It is read and checked field by field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from persistence.records.activity_changes import ChangeKind, DepartureReason
from persistence.records.identifiers import Siret, matricule
from persistence.records.life import ORDER, RATES
from persistence.records.nir import Nir
from persistence.records.rules import Refused, Rule

from .batch_lines import ParsedLine, cells, refuse_numbers, texts
from .cells import day, flag, name, prose, rate, reference, siret
from .remuneration_lines import hours

HORIZON = timedelta(days=366)
RATE_CHANGE = "RATE_CHANGE"
"""The kind of a line whose direction the register computes."""
STATED_BY_A_CERTIFICATE = ChangeKind.RATE_FOUND
DUAL_ACTIVITY = frozenset(
    {ChangeKind.DUAL_ACTIVITY_START, ChangeKind.DUAL_ACTIVITY_QUOTA}
)


@dataclass(slots=True)
class ActivityChangeLine(ParsedLine):
    """One line of a batch of changes.

    The worker by id or by NIR; the rate in hundredths of a percent, the hours in
    hundredths. `moves_rate`: the direction is to be computed, `kind` is not yet kinds.
    """

    worker_id: str | None = None
    nir: Nir | None = None
    kind: ChangeKind | None = None
    moves_rate: bool = False
    effective_on: date | None = None
    rate: int | None = None
    departure_reason: DepartureReason | None = None
    weekly_hours: int | None = None
    employer_siret: Siret | None = None
    comment: str | None = None
    corrects_id: str | None = None
    corrects_reference: str | None = None
    did_not_happen: bool = False
    aah_beneficiary: bool | None = None
    former_nir: Nir | None = None
    birth_name: str | None = None
    used_name: str | None = None
    given_names: str | None = None
    birth_date: date | None = None
    matricule: str | None = None
    payer_code: str | None = None

    @property
    def is_correction(self) -> bool:
        return self.corrects_id is not None or self.corrects_reference is not None

    @property
    def is_admission(self) -> bool:
        return self.kind is ChangeKind.ADMISSION

    @property
    def order(self) -> tuple[date, int, int]:
        """Its place among the lines of its batch: by day, as the events of a life."""
        kind = self.kind or ChangeKind.RATE_INCREASE
        return self.effective_on or date.max, ORDER[kind], self.index


def _kind(text: str) -> ChangeKind | str:
    kinds = [kind for kind in ChangeKind if kind is not STATED_BY_A_CERTIFICATE]
    if text == RATE_CHANGE:
        return text
    if text not in kinds:
        detail = f"Connues : {', '.join((*kinds, RATE_CHANGE))}."
        raise Refused(Rule.CHANGE_KIND, detail=detail)
    return ChangeKind(text)


def _reason(text: str) -> DepartureReason:
    if text not in DepartureReason.__members__:
        raise Refused(
            Rule.DEPARTURE_REASON_MISSING,
            detail=f"Connus : {', '.join(DepartureReason)}.",
        )
    return DepartureReason(text)


CELLS = cells(
    client_reference=reference,
    worker_id=str,
    nir=Nir.read,
    kind=_kind,
    effective_on=day,
    rate=rate,
    departure_reason=_reason,
    weekly_hours=hours,
    employer_siret=siret,
    comment=prose,
    corrects_id=str,
    corrects_reference=reference,
    did_not_happen=flag,
    aah_beneficiary=flag,
    former_nir=Nir.read,
    birth_name=name,
    used_name=name,
    given_names=name,
    birth_date=day,
    matricule=matricule,
)
VALUES = {
    "rate": RATES | {ChangeKind.ADMISSION},
    "departure_reason": {ChangeKind.DEPARTURE},
    "weekly_hours": DUAL_ACTIVITY,
    "employer_siret": DUAL_ACTIVITY,
}
"""The values of a change, and the kinds that they go with."""
REQUIRED = {
    "rate": (RATES | {ChangeKind.ADMISSION}, Rule.RATE_RANGE),
    "departure_reason": ({ChangeKind.DEPARTURE}, Rule.DEPARTURE_REASON_MISSING),
    "weekly_hours": (DUAL_ACTIVITY, Rule.DUAL_ACTIVITY_QUOTA_MISSING),
}
"""The values that a change is declared with; a correction may leave them out."""


def read_changes(
    lines: Iterable[Mapping[str, Any]], today: date
) -> list[ActivityChangeLine]:
    """Each line, in order: what blocks is told at its field."""
    rows = list(lines)
    changes = [_read(index, raw, today) for index, raw in enumerate(rows)]
    refuse_numbers(changes, rows)
    return changes


def _read(index: int, raw: Mapping[str, Any], today: date) -> ActivityChangeLine:
    change = ActivityChangeLine(index)
    row = texts(raw)
    change.payer_code = row.pop("paying_organism", None)
    change.take_all(row, CELLS)
    if change.kind == RATE_CHANGE:
        change.kind, change.moves_rate = None, True
    _require_whom_and_when(change, row)
    if change.effective_on is not None and change.effective_on > today + HORIZON:
        change.reject(Rule.CHANGE_TOO_FAR, "effective_on")
    if not change.did_not_happen:
        _check_values(change, row)
    elif not change.is_correction:
        change.reject(Rule.VALUE_INVALID, "did_not_happen", "Dites quel changement.")
    return change


def _require_whom_and_when(change: ActivityChangeLine, row: Mapping[str, str]) -> None:
    """A correction takes from what it corrects whatever it leaves out."""
    if change.is_correction:
        return
    if "worker_id" not in row and "nir" not in row:
        change.reject(Rule.NIR_FORMAT, "nir")
    if "kind" not in row:
        change.reject(Rule.CHANGE_KIND, "kind")
    if "effective_on" not in row:
        change.reject(Rule.DAY_INVALID, "effective_on")


def _check_values(change: ActivityChangeLine, row: Mapping[str, str]) -> None:
    kind = ChangeKind.RATE_INCREASE if change.moves_rate else change.kind
    if kind is None:
        return
    detail = "Ce champ ne va pas avec cette nature de changement."
    for at, kinds in VALUES.items():
        if at in row and kind not in kinds:
            change.reject(Rule.VALUE_INVALID, at, detail)
    if change.is_correction:
        return
    for at, (needing, rule) in REQUIRED.items():
        if kind in needing and at not in row:
            change.reject(rule, at)


def in_order(changes: Sequence[ActivityChangeLine]) -> list[ActivityChangeLine]:
    """By day of effect, as they happened; the batch may list them in any order."""
    return sorted(changes, key=lambda change: change.order)
