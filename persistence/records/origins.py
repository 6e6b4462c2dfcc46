"""What an extraction says of a partner, and stays when it is purged."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record
from .imports import Import
from .rules import Refused, Rule


class Origin(Record):
    """Ce que l'extraction dit d'un partenaire.

    It outlives the extraction, as the evidence of its onboarding case.
    """

    __tablename__ = "partner_origin"
    prefix = "ori"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    known_mcp: Mapped[bool]
    known_habtiers: Mapped[bool]
    active: Mapped[bool | None]
    import_id: Mapped[str] = mapped_column(ForeignKey("import.id"), index=True)
    filename: Mapped[str] = mapped_column(info=UNTOLD)
    digest: Mapped[str]
    sheet: Mapped[str] = mapped_column(default="", server_default="")
    line_number: Mapped[int]
    taken_on: Mapped[date]

    @classmethod
    def of(cls, line: Any, extract: Import, partner_id: str, today: date) -> "Origin":  # noqa: ANN401 a line, or its row
        if (
            line.known_mcp is None
            or line.known_habtiers is None
            or extract.digest is None
        ):
            raise Refused(Rule.EXTRACT_LEFT)
        return cls(
            partner_id=partner_id,
            known_mcp=line.known_mcp,
            known_habtiers=line.known_habtiers,
            active=line.active,
            import_id=extract.id,
            filename=extract.filename,
            digest=extract.digest,
            sheet=line.sheet,
            line_number=line.number,
            taken_on=today,
        )
