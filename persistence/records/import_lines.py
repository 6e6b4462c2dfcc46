"""A line of an extraction: as it is read, previewed, decided and applied."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named
from .imports import NULLABLE_JSON, ImportOutcome
from .periods import predicate
from .rules import Rule, require
from .users import User

AWAITING = (ImportOutcome.NEW, ImportOutcome.CHANGED)
WITHOUT_EFFECT = (ImportOutcome.UNCHANGED, ImportOutcome.REJECTED)
"""The outcomes of a line of which there is nothing to take."""


class ImportDecision(StrEnum):
    TAKEN = "TAKEN"
    SET_ASIDE = "SET_ASIDE"


class ImportLine(Record):
    """Ligne de l'extraction.

    As written, as read, what the register makes of it, and what was decided.
    """

    __tablename__ = "import_line"
    prefix = "exl"
    __table_args__ = (
        UniqueConstraint("import_id", "sheet", "number"),
        Index("ix_import_line_siret", "siret"),
        Index("ix_import_line_organism_id", "organism_id", "import_id"),
        CheckConstraint(
            "applied_on IS NULL OR outcome IN ('NEW', 'CHANGED', 'CONFLICT')",
            name="applied",
        ),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("import.id"))
    sheet: Mapped[str] = mapped_column(default="", server_default="")
    number: Mapped[int]
    raw: Mapped[dict[str, str]] = mapped_column(NULLABLE_JSON, info=UNTOLD)
    siret: Mapped[str | None]
    name: Mapped[str | None]
    department: Mapped[str | None]
    organism_id: Mapped[str] = mapped_column(ForeignKey("organism.id"))
    known_mcp: Mapped[bool | None]
    known_habtiers: Mapped[bool | None]
    active: Mapped[bool | None]
    last_seen_on: Mapped[date | None]
    finess: Mapped[str | None]
    contact: Mapped[str | None] = mapped_column(info=UNTOLD)
    fingerprint: Mapped[str]
    outcome: Mapped[ImportOutcome] = mapped_column(named(ImportOutcome))
    reasons: Mapped[list[list[Any]]] = mapped_column(NULLABLE_JSON)
    changes: Mapped[dict[str, Any] | None] = mapped_column(NULLABLE_JSON, info=UNTOLD)
    arbitration: Mapped[ImportDecision | None] = mapped_column(named(ImportDecision))
    arbitrated_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    arbitrated_on: Mapped[date | None]
    arbitration_reason: Mapped[str | None] = mapped_column(info=UNTOLD)
    applied_on: Mapped[date | None]
    applied_at: Mapped[datetime | None]
    applied_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    partner_id: Mapped[str | None] = mapped_column(ForeignKey("partner.id"), index=True)

    @predicate
    def is_unsettled(self) -> bool:
        """Whether it is still to be applied, arbitrated or set aside."""
        is_set_aside = self.arbitration is ImportDecision.SET_ASIDE
        has_effect = self.outcome not in WITHOUT_EFFECT
        return self.applied_on is None and has_effect and not is_set_aside

    @is_unsettled.in_sql
    @staticmethod
    def _(row: FromClause) -> ColumnElement[bool]:
        decision = row.c.arbitration
        set_aside = ImportDecision.SET_ASIDE.value
        is_set_aside = and_(decision.is_not(None), decision == set_aside)
        has_effect = [row.c.outcome != outcome.value for outcome in WITHOUT_EFFECT]
        return and_(row.c.applied_on.is_(None), *has_effect, ~is_set_aside)

    def arbitrate(
        self,
        decision: ImportDecision,
        siblings: Sequence["ImportLine"],
        reason: str,
        by: User,
        today: date,
    ) -> None:
        """One of several contradictory lines is taken, the others set aside.

        Until one is applied.
        """
        require(
            self.outcome is ImportOutcome.CONFLICT, Rule.EXTRACT_NOT_CONFLICT, "line_id"
        )
        require(
            not any(line.applied_on for line in (self, *siblings)),
            Rule.EXTRACT_APPLIED,
            "line_id",
        )
        require(reason.strip(), Rule.VALUE_INVALID, "arbitration_reason")
        self._decide(decision, reason, by, today)
        if decision is ImportDecision.TAKEN:
            for line in siblings:
                is_elsewhere = (
                    line.arbitration is ImportDecision.TAKEN
                    and line.organism_id != self.organism_id
                )
                require(not is_elsewhere, Rule.EXTRACT_TAKEN_ELSEWHERE, "line_id")
                line._decide(ImportDecision.SET_ASIDE, reason, by, today)  # noqa: SLF001 its own sibling

    def _decide(
        self, decision: ImportDecision, reason: str, by: User, today: date
    ) -> None:
        self.arbitration, self.arbitration_reason = decision, reason.strip()
        self.arbitrated_by_id, self.arbitrated_on = by.id, today
