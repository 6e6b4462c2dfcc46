"""The queues of the Caf that pays: their lists, and the acts that answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

from console.kernel.answering import Console
from console.kernel.casting import whole
from console.kernel.ports import Session

from .answer import QueueAnswer

LONGEST_AGO = 366
"""In days: how far back « reçues depuis » goes."""
SINCE = (
    ("", "toujours"),
    ("1", "un jour"),
    ("7", "7 jours"),
    ("30", "30 jours"),
    ("90", "90 jours"),
)
"""The choices of « reçues depuis », in days."""
NOTHING_TICKED = "vide"
"""What an address says when no row was chosen."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A list that is answered: by which act, with which outcomes.

    `ids` is the field of the input that names the rows, `rows` that of the payload.
    """

    document: str
    act: str
    ids: str
    rows: str
    outcomes: Sequence[str]
    late: str


QUEUES: Mapping[str, Queue] = {
    queue.document: queue
    for queue in (
        Queue(
            "queue_lines",
            "remunerationsProcess",
            "lineIds",
            "lines",
            ("TAKEN_INTO_ACCOUNT", "RETURNED", "NOT_BENEFICIARY"),
            "lines",
        ),
        Queue(
            "queue_changes",
            "activityChangesProcess",
            "changeIds",
            "changes",
            ("TAKEN_INTO_ACCOUNT", "RETURNED", "NOT_BENEFICIARY"),
            "changes",
        ),
        Queue(
            "queue_withdrawals",
            "remunerationsProcess",
            "lineIds",
            "lines",
            ("WITHDRAWAL_NOTED",),
            "withdrawals",
        ),
    )
}
MUTATIONS = ("remunerationsProcess", "activityChangesProcess", "treatmentsReopen")


def fill(console: Console, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Since when rows are wanted: « reçues depuis 7 jours »."""
    days = whole(parameters.get("depuis", ""))
    if days is None or not 0 < days <= LONGEST_AGO:
        return {}
    since = console.ports.now() - timedelta(days=days)
    return {"since": since.isoformat()}


async def besides(
    console: Console, session: Session, parameters: Mapping[str, str]
) -> dict[str, Any]:
    """What a list of the queue holds besides: its instant, its key, the last answer."""
    entry_id = parameters.get("reponse", "")
    content = None
    if entry_id and entry_id != NOTHING_TICKED:
        content = await console.ports.entries.read(session, entry_id)
    is_answer = isinstance(content, Mapping) and "seen_at" in content
    return {
        "seen_at": console.ports.now().isoformat(),
        "key": token_hex(16),
        "SINCE": SINCE,
        "is_nothing_ticked": entry_id == NOTHING_TICKED,
        "answer_id": entry_id if is_answer else "",
        "answer": QueueAnswer.from_content(content) if is_answer else None,  # type: ignore[arg-type]
    }
