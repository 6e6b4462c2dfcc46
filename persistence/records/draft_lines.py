"""The lines of a draft: cells as the caller wrote them, whatever is wrong in them."""

from enum import StrEnum

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record, named, untold


class DraftOrigin(StrEnum):
    """Where a line of a draft comes from.

    From the certificate that the draft starts with, from a call, or from a file.
    """

    CARRIED = "CARRIED"
    PUT = "PUT"
    IMPORTED = "IMPORTED"


class DraftSource(StrEnum):
    """What a new draft starts with."""

    EMPTY = "EMPTY"
    LIVE = "LIVE"
    LAST_YEAR = "LAST_YEAR"


class DraftLine(Record):
    """Ligne de brouillon: what somebody wants to declare of a worker, right or not.

    Its cells are sealed, as text in base64 (`draft_cells.py`). A person without a card
    has none: `worker_id` is that of whom the partner knows already, `nir_index` that of
    a number that can be read. `errors` and `warnings` are notices as JSON text, each at
    its cell.
    """

    __tablename__ = "draft_line"
    prefix = "drl"
    __table_args__ = (
        UniqueConstraint("declaration_id", "position"),
        ForeignKeyConstraint(
            ["declaration_id", "partner_id"],
            ["declaration.id", "declaration.partner_id"],
        ),
        ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
        ),
        ForeignKeyConstraint(
            ["worker_id", "partner_id"], ["worker.id", "worker.partner_id"]
        ),
        Index("ix_draft_line_worker_id", "worker_id"),
    )

    partner_id: Mapped[str]
    establishment_id: Mapped[str]
    declaration_id: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    origin: Mapped[DraftOrigin] = mapped_column(named(DraftOrigin))
    worker_id: Mapped[str | None]
    nir_index: Mapped[str | None] = untold()
    client_reference: Mapped[str | None] = untold()
    cells_cipher: Mapped[str] = untold()
    errors: Mapped[str | None] = untold()
    warnings: Mapped[str | None] = untold()
