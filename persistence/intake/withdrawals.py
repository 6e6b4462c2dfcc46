"""The lines that leave the certificate in force, told to the Caf that paid.

A line leaves when its person is declared no longer, or is declared to another Caf. The
mark goes when the person is declared again to the same Caf.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, literal, null, select, update

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

    `payers`: who pays each person of the `new` certificate, whose lines are written.
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
            register.among(LINES.c.person_id, list(left)),
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
            register.among(LINES.c.person_id, list(back)),
            LINES.c.withdrawn_at.is_not(None),
            LINES.c.declaration_id.in_(of_campaign),
            is_back,
        )
        .values(**_unmarking())
    )


async def unmark_person(register: Register, person_id: str) -> None:
    """Unmark the lines of a person whom a certificate in force declares to their Caf.

    Of a person who had two cards: one of them had left, and the other was declared. A
    Caf whose person is declared to another one is told that.
    """
    is_marked = LINES.c.withdrawn_at.is_not(None)
    marked = update(LINES).where(LINES.c.person_id == person_id, is_marked)
    is_same_payer = HERE.c.paying_id == LINES.c.paying_id
    unmarked = marked.where(_is_declared(person_id, is_same_payer))
    await _run(register, unmarked.values(**_unmarking()))
    why = {"withdrawal": Withdrawal.PAYER_CHANGED, "version": LINES.c.version + 1}
    removed = marked.where(LINES.c.withdrawal == Withdrawal.REMOVED)
    moved = removed.where(_is_declared(person_id))
    await _run(register, moved.values(**why))


def _is_declared(person_id: str, *tests: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the certificate in force in the place of the line's has the person."""
    its, head = CERTIFICATES.alias("its"), CERTIFICATES.alias("head")
    is_same_question = and_(
        its.c.id == LINES.c.declaration_id,
        head.c.establishment_id == its.c.establishment_id,
        head.c.campaign_id == its.c.campaign_id,
    )
    return (
        select(HERE.c.id)
        .join(head, head.c.id == HERE.c.declaration_id)
        .join(its, is_same_question)
        .where(
            HERE.c.person_id == person_id,
            Declaration.is_in_force.sql(head),
            *tests,
        )
        .correlate(LINES)
        .exists()
    )


def _unmarking() -> dict[str, Any]:
    version = LINES.c.version + 1
    return {"version": version, "withdrawn_at": null(), "withdrawal": null()}


HERE = LINES.alias("here")
"""The lines of the new certificate."""


def _of_same_worker(new: Declaration) -> tuple[ColumnElement[bool], ...]:
    is_same_person = HERE.c.person_id == LINES.c.person_id
    return (HERE.c.declaration_id == new.id, is_same_person)


async def _run(register: Register, statement: Any) -> None:  # noqa: ANN401
    unread = {"synchronize_session": False}
    await register.session.execute(statement, execution_options=unread)
