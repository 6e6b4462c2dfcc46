"""The lines of a certificate that a correction leaves as they are."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import select

from persistence.records import Declaration, DeclarationLine, Processing
from persistence.register import Register

from .declared_columns import LINE
from .declared_lines import DeclarationRows
from .known_workers import PreviousLine
from .leaves import fresh_leaf
from .line_words import IDENTITY, STATEMENTS, receipt_words
from .remuneration_lines import Remuneration

FormerLine: TypeAlias = Mapping[str, Any]
"""The columns of a line, its worker being the card that stands for the person."""


async def lines_of(register: Register, declaration: Declaration) -> list[FormerLine]:
    """The lines of a certificate, in their order."""
    rows = DeclarationLine.__table__.c
    columns = {name: rows[name] for name in LINE} | {
        "worker_id": rows.person_id.label("worker_id")
    }
    result = await register.session.execute(
        select(*columns.values())
        .where(rows.declaration_id == declaration.id)
        .order_by(rows.position)
    )
    return [dict(row) for row in result.mappings()]


def previous_of(line: FormerLine) -> PreviousLine:
    """What a line that may be replaced says of its worker."""
    return PreviousLine(
        line["paying_id"],
        line["changed_sequence"],
        line["words_digest"],
        line["processing"] is Processing.NOT_BENEFICIARY,
        line["rate"],
        line["dual_activity_since"],
    )


def repeat_line(written: DeclarationRows, former: FormerLine, position: int) -> None:
    """Note the line again as it is, with the answer of its Caf and what it means.

    What it states of a life stays stated by the line that stated it first.
    """
    worker_id = former["worker_id"]
    written.workers.add(worker_id)
    written.payers[worker_id] = former["paying_id"]
    leaf = fresh_leaf(_words(written, former))
    written.leaves.append(leaf)
    own = {
        "id": written.line_id(position),
        "version": 1,
        "declaration_id": written.declaration.id,
        "position": position,
    }
    row = {**former, **own, **leaf._asdict()}
    written.lines.append(tuple(row[name] for name in LINE))


def _words(written: DeclarationRows, former: FormerLine) -> bytes:
    """What its receipt says; a line from before receipts says it now."""
    words: str | None = former["words"]
    if words is not None:
        return words.encode()
    card = written.cards.by_id[former["worker_id"]]
    identity = {name: getattr(card, name) for name in IDENTITY}
    states = {name: former[name] for name in STATEMENTS}
    return receipt_words(Remuneration(0, **identity, **states), card.nir_mask)
