"""The acts on the rows of an answer: tried, done, taken back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.kernel.answering import Console
from console.kernel.masking import Mask
from console.kernel.ports import Session

from .answer import DONE, QueueAnswer, RowRefusal
from .queues import Queue

FOR_A_TRIAL = "Aperçu"
"""The reason of a dry run, which nothing keeps."""
ROWS_PER_QUESTION = 100


async def dry_run(
    console: Console, session: Session, queue: Queue, answer: QueueAnswer
) -> None:
    """Which rows the act would refuse, before the reason is asked."""
    payload = await _send(
        console, session, queue, answer, processingReason=FOR_A_TRIAL, dryRun=True
    )
    answer.refusals = list(_refusals(queue, answer, payload))
    answer.warnings = [notice.message for notice in payload.warnings]


async def act(
    console: Console, session: Session, queue: Queue, answer: QueueAnswer
) -> str:
    """Answer the rows. The sentence of a refusal that stops the whole act, or ""."""
    more = {"processingReason": answer.reason} if answer.reason else {}
    payload = await _send(
        console, session, queue, answer, idempotencyKey=answer.key, **more
    )
    refusals = list(_refusals(queue, answer, payload))
    if len(refusals) < len(payload.errors):
        return str(payload.errors[0].message)
    answer.refusals = refusals
    answer.answered = [str(row.id) for row in payload[queue.rows] or ()]
    answer.warnings = [notice.message for notice in payload.warnings]
    answer.late = await _late(console, session, queue, answer)
    answer.done_at = console.ports.now().isoformat()
    answer.stage = DONE
    return ""


async def _send(
    console: Console,
    session: Session,
    queue: Queue,
    answer: QueueAnswer,
    **more: Any,  # noqa: ANN401 fields of the input
) -> Mask:
    values = {
        queue.ids: list(answer.rows),
        "outcome": answer.outcome,
        "mode": "ACCEPT_VALID",
        "pendingOnly": True,
        **more,
    }
    mutation = console.library.mutations[queue.act]
    data = await console.ask(session, mutation, {"input": values})
    payload: Mask = data[queue.act]
    return payload


def _refusals(queue: Queue, answer: QueueAnswer, payload: Mask) -> Iterator[RowRefusal]:
    """The refusals of rows, each at its rank; any other stops the whole act."""
    ids = list(answer.rows)
    for error in payload.errors:
        match list(error.path):
            case ["input", queue.ids, rank] if rank.isdigit():
                row_id = ids[int(rank)]
                yield RowRefusal(row_id, answer.rows[row_id], error.message)


async def _late(
    console: Console, session: Session, queue: Queue, answer: QueueAnswer
) -> int:
    """How many rows have come since the list was read: they are left as they are."""
    document = console.library.queries["answer_late"]
    data = await console.ask(session, document, {"since": answer.seen_at})
    count: int = data[queue.late].totalCount
    return count


async def reopen(
    console: Console, session: Session, answer: QueueAnswer, reason: str
) -> None:
    """Take back what was answered: the rows of each establishment by one act."""
    mutation = console.library.mutations["treatmentsReopen"]
    treatments = await _treatments(console, session, answer.answered)
    answer.reopening_refusals = []
    count = 0
    for siret, ids in treatments.items():
        values = {
            "treatmentIds": ids,
            "reason": reason,
            "idempotencyKey": f"{answer.key}:{siret}",
        }
        data = await console.ask(session, mutation, {"input": values})
        payload = data.treatmentsReopen
        answer.reopening_refusals += [error.message for error in payload.errors]
        count += len(payload.treatments or ())
    if count or not answer.reopening_refusals:
        answer.reopened = count


async def _treatments(
    console: Console, session: Session, row_ids: Sequence[str]
) -> Mapping[str, list[str]]:
    """The last answer to each row, by establishment: an act is of one partner."""
    document = console.library.queries["answer_rows"]
    by_place: dict[str, list[str]] = {}
    for start in range(0, len(row_ids), ROWS_PER_QUESTION):
        some = list(row_ids[start : start + ROWS_PER_QUESTION])
        data = await console.ask(session, document, {"ids": some})
        for row in data.nodes:
            if row is not None and row.treatments:
                last = str(row.treatments[-1].id)
                by_place.setdefault(row.establishmentSiret, []).append(last)
    return by_place
