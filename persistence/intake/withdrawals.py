"""The lines that leave the certificate in force, told to the Caf that paid.

A line leaves when its person is declared no longer, or is declared to another Caf. The
mark goes when the person is declared again to the same Caf.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, case, literal, null, select, update

from persistence.records import Declaration, DeclarationLine, Withdrawal
from persistence.records.base import Base
from persistence.register import Register

from .known_workers import PreviousLine

LINES = Base.metadata.tables[DeclarationLine.__tablename__]
CERTIFICATES = Base.metadata.tables[Declaration.__tablename__]


async def note_withdrawals(
    register: Register,
    new: Declaration,
    before: Mapping[str, PreviousLine],
    payers: Mapping[str, str],
    now: datetime,
) -> None:
    """Mark the lines of the replaced certificate that left, and unmark who is back.

    `payers`: who pays each worker of the `new` certificate, whose lines are written.
    Two statements at most, whatever the number of lines; none when nobody moved.
    """
    left = [
        worker
        for worker, previous in before.items()
        if payers.get(worker) != previous.paying_id
    ]
    if left:
        await _run(register, _mark(register, new, left, now))
    back = [
        worker
        for worker, payer in payers.items()
        if worker not in before or before[worker].paying_id != payer
    ]
    if back:
        await _run(register, _unmark(register, new, back))


def _mark(
    register: Register, new: Declaration, left: Sequence[str], now: datetime
) -> Update:
    is_declared = select(HERE.c.id).where(*_of_same_worker(new)).exists()
    moved, gone = Withdrawal.PAYER_CHANGED.value, Withdrawal.REMOVED.value
    why = case((is_declared, literal(moved)), else_=literal(gone))
    return (
        update(LINES)
        .where(
            LINES.c.declaration_id == new.supersedes_id,
            register.among(LINES.c.worker_id, left),
        )
        .values(version=LINES.c.version + 1, withdrawn_at=now, withdrawal=why)
    )


def _unmark(register: Register, new: Declaration, back: Sequence[str]) -> Update:
    of_campaign = select(CERTIFICATES.c.id).where(
        CERTIFICATES.c.establishment_id == new.establishment_id,
        CERTIFICATES.c.campaign_id == new.campaign_id,
    )
    is_same_payer = HERE.c.paying_id == LINES.c.paying_id
    is_back = select(HERE.c.id).where(*_of_same_worker(new), is_same_payer).exists()
    return (
        update(LINES)
        .where(
            register.among(LINES.c.worker_id, back),
            LINES.c.withdrawn_at.is_not(None),
            LINES.c.declaration_id.in_(of_campaign),
            is_back,
        )
        .values(version=LINES.c.version + 1, withdrawn_at=null(), withdrawal=null())
    )


HERE = LINES.alias("here")
"""The lines of the new certificate."""


def _of_same_worker(new: Declaration) -> tuple[ColumnElement[bool], ...]:
    return (HERE.c.declaration_id == new.id, HERE.c.worker_id == LINES.c.worker_id)


async def _run(register: Register, statement: Any) -> None:  # noqa: ANN401
    unread = {"synchronize_session": False}
    await register.session.execute(statement, execution_options=unread)
