"""The digests of scanned papers, and what each is attached to."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    ForeignKey,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record, named

if TYPE_CHECKING:
    pass


class DocumentKind(StrEnum):
    CONVENTION = "CONVENTION"
    CONTRACT = "CONTRACT"
    AMENDMENT = "AMENDMENT"
    BULLETIN = "BULLETIN"
    ELIGIBILITY_FORM = "ELIGIBILITY_FORM"


class ScannedPaper(Record):
    """The digest of a scanned paper, and what it is attached to."""

    __tablename__ = "document"
    prefix = "doc"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(named(DocumentKind))
    digest: Mapped[str]
    attached_to: Mapped[str] = mapped_column(index=True)
