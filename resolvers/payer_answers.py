"""What the Caf that pays answers to many lines, or changes: a verdict for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import strawberry

from persistence.records import (
    ActivityChange,
    BatchMode,
    DeclarationLine,
    Notice,
    Processing,
    Refused,
    Rule,
    Treatment,
    Worker,
)
from persistence.records.base import Base
from resolvers.acting import Act, ChangeInput, Done, at

ANSWERED_AT_ONCE = 1_000
BOUNDS = f"De 1 à {ANSWERED_AT_ONCE}."


A = TypeVar("A", DeclarationLine, ActivityChange)
"""What a Caf that pays answers."""


@strawberry.input(description="Ce que la Caf qui paie répond, et comment.")
class PayerAnswerInput(ChangeInput):
    outcome: Processing = strawberry.field(
        description="Ce qui en est fait ; de lignes retirées, leur retrait est noté."
    )
    processing_reason: str | None = strawberry.field(
        default=None,
        description="Motif, montré à l'Esat : requis pour un renvoi, ou une personne"
        " sans AAH.",
    )
    mode: BatchMode = strawberry.field(
        default=BatchMode.ALL_OR_NOTHING,
        description="Tout ou rien, ou celles qui le peuvent : `errors` dit alors"
        " pourquoi de chaque autre, à son rang.",
    )
    pending_only: bool = strawberry.field(
        default=False,
        description="Vrai : refuse ce à quoi la Caf a répondu entre-temps.",
    )
    dry_run: bool = strawberry.field(
        default=False, description="Un essai : dit les refus, et ne garde rien."
    )


@dataclass(frozen=True, slots=True)
class Verdict(Generic[A]):
    """A row that the caller may answer, or why not, and its place in the input."""

    row: A | Refused
    path: tuple[str, ...]


async def take_answerable(
    act: Act, record: type[A], input: PayerAnswerInput, ids: Sequence[str], field: str
) -> list[Verdict[A]]:
    """The rows that the input names in `field`, each once. VALUE_INVALID."""
    act.dry_run = input.dry_run
    if not 0 < len(ids) <= ANSWERED_AT_ONCE:
        raise Refused(Rule.VALUE_INVALID, field, detail=BOUNDS)
    rank_of = {row_id: rank for rank, row_id in reversed(list(enumerate(ids)))}
    distinct = list(dict.fromkeys(ids))
    rows = await act.take_each(record, distinct)
    return [
        Verdict(row, (field, str(rank_of[row_id])))
        for row_id, row in zip(distinct, rows, strict=True)
    ]


async def answer_each(
    act: Act,
    input: PayerAnswerInput,
    verdicts: Sequence[Verdict[A]],
    answer: Callable[[A], Treatment],
) -> list[A]:
    """The rows that are answered, in order; `act.errors` says why not each other one.

    Raises the first refusal when all must pass, and that of a missing reason. Nothing
    is kept of a call that answers no row.
    """
    rows: list[A] = []
    treatments: list[Treatment] = []
    for verdict in verdicts:
        try:
            with at(*verdict.path):
                treatments.append(_answer(verdict.row, input, answer))
        except Refused as refused:
            if _is_of_all(refused, input):
                raise
            detail = refused.notice.detail
            act.errors.append(Notice(refused.rule, verdict.path, detail))
        else:
            assert not isinstance(verdict.row, Refused)
            rows.append(verdict.row)
    if not rows:
        act.dry_run = True
        return rows
    act.organism = rows[0].paying_id
    act.change_each(rows)
    act.register.session.add_all(treatments)
    if input.outcome is Processing.NOT_BENEFICIARY:
        persons = [row.person_id for row in rows]
        for worker in await act.register.rows_of(Worker, persons):
            assert worker is not None
            worker.aah_beneficiary = False
    return rows


def _answer(
    row: A | Refused, input: PayerAnswerInput, answer: Callable[[A], Treatment]
) -> Treatment:
    """The answer to one row. Raises its refusal."""
    if isinstance(row, Refused):
        raise row
    if input.pending_only:
        row.require_pending()
    return answer(row)


def _is_of_all(refused: Refused, input: PayerAnswerInput) -> bool:
    """Whether a refusal stops the act: all must pass, or the reason is missing."""
    is_of_reason = refused.notice.path == ("processing_reason",)
    return is_of_reason or input.mode is BatchMode.ALL_OR_NOTHING


def done_with(act: Act, rows: Sequence[A]) -> Done:
    """The rows, with an entry of the journal for each partner of theirs."""
    traces = []
    for partner_id in act.other_partner_ids:
        own: list[Base] = [row for row in rows if row.partner_id == partner_id]
        first = next(row for row in rows if row.partner_id == partner_id)
        traces.append((first.id, partner_id, own))
    return Done(rows, traces=traces)
