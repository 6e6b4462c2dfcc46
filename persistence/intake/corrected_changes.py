"""The changes that the lines of a batch correct, rows_found by id or by reference."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from persistence.records import ActivityChange, ChangeAct, Establishment
from persistence.register import Register

from .change_lines import ActivityChangeLine


class CorrectedChange(NamedTuple):
    """A change of this establishment that a line corrects, and the card of whom."""

    change_id: str
    worker_id: str


async def corrected_changes(
    register: Register, place: Establishment, lines: Sequence[ActivityChangeLine]
) -> dict[int, CorrectedChange]:
    """By the rank of each line that corrects, the change: one statement at most.

    A reference names the last change that has it. One that names none has no entry.
    """
    correcting = [line for line in lines if line.is_correction]
    if not correcting:
        return {}
    rows = ActivityChange.__table__.c
    ids = [line.corrects_id for line in correcting if line.corrects_id is not None]
    references = [
        line.corrects_reference
        for line in correcting
        if line.corrects_id is None and line.corrects_reference is not None
    ]
    is_named = register.among(rows.id, ids) | register.among(
        rows.client_reference, references
    )
    rows_found = await register.session.execute(
        select(rows.id, rows.person_id, rows.client_reference)
        .where(
            rows.partner_id == place.partner_id,
            rows.establishment_id == place.id,
            rows.act != ChangeAct.CANCELLATION,
            is_named,
        )
        .order_by(rows.id)
    )
    by_name = {}
    for change_id, worker_id, reference in rows_found:
        change = CorrectedChange(change_id, worker_id)
        by_name["id", change_id] = change
        by_name["reference", reference] = change
    corrected = {}
    for line in correcting:
        key = ("id", line.corrects_id)
        if line.corrects_id is None:
            key = ("reference", line.corrects_reference)
        if key in by_name:
            corrected[line.index] = by_name[key]
    return corrected
