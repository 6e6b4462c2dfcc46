"""Conventions, with their amendments and hand-backs."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from persistence.types import FOREVER

from .amendments import Amendment
from .base import UNTOLD, Record, named, unique_where
from .contracts import Contract
from .convention_missions import WithMissions, convention_mission
from .convention_suspensions import WithSuspensions
from .papers import Signature, Signed
from .periods import Day, Period, predicate
from .rules import Refused, Rule, require
from .services import Mission
from .suspensions import Suspension, suspended_by

if TYPE_CHECKING:
    from .accesses import ServiceAccess
    from .bulletins import Bulletin
    from .partners import Partner


class ClosingReason(StrEnum):
    DELEGATION_CHANGE = "DELEGATION_CHANGE"
    SIRET_CHANGE = "SIRET_CHANGE"
    TRANSFER = "TRANSFER"
    PARTNER_CEASED = "PARTNER_CEASED"
    TERMINATED_BY_CAF = "TERMINATED_BY_CAF"
    TERMINATED_BY_PARTNER = "TERMINATED_BY_PARTNER"
    EXPIRED = "EXPIRED"
    ABANDONED = "ABANDONED"


class Convention(WithMissions, WithSuspensions, Signed, Record):
    """Convention d'accès MCP of one organism and one partner (R31).

    It has missions (R32).
    """

    __tablename__ = "convention"
    prefix = "cnv"
    period: ClassVar = Period("in_force_on", ("term_on", "closed_on"))
    __table_args__ = (
        UniqueConstraint("id", "siret"),
        UniqueConstraint("id", "partner_id"),
        Index("ix_convention_prepared_on", "prepared_on", "id"),
        CheckConstraint(
            "term_on IS NULL OR term_on > in_force_on", name="term_after_force"
        ),
        unique_where(
            "uq_convention_one_per_partner",
            "partner_id",
            where="in_force_on IS NOT NULL AND closed_on IS NULL",
        ),
    )

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    number: Mapped[str | None]
    siret: Mapped[str]
    organism_id: Mapped[str] = mapped_column(ForeignKey("organism.id"), index=True)
    conditions_of_exercise: Mapped[str | None]
    conditions_of_administration: Mapped[str | None]
    prepared_on: Mapped[date]
    in_force_on: Mapped[date | None]
    originally_in_force_on: Mapped[date | None]
    term_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closing_reason: Mapped[ClosingReason | None] = mapped_column(named(ClosingReason))
    closing_comment: Mapped[str | None] = mapped_column(info=UNTOLD)
    closing_recorded_on: Mapped[date | None]
    predecessor_id: Mapped[str | None] = mapped_column(
        ForeignKey("convention.id"), unique=True
    )
    partner: Mapped["Partner"] = relationship(back_populates="conventions")
    contract: Mapped[Contract] = relationship(
        lazy="selectin", back_populates="convention"
    )
    missions: Mapped[list[Mission]] = relationship(
        secondary=convention_mission, lazy="selectin"
    )
    amendments: Mapped[list[Amendment]] = relationship(
        lazy="selectin", order_by=Amendment.number
    )
    accesses: Mapped[list["ServiceAccess"]] = relationship(
        lazy="selectin", back_populates="convention", overlaps="convention"
    )
    suspensions: Mapped[list[Suspension]] = relationship(lazy="selectin")

    is_suspended_on = suspended_by("convention_id")

    @property
    def ends_on(self) -> date:
        """The first day without the right: its term or its closing.

        The one that comes first counts.
        """
        return self.period.end_of(self) or FOREVER

    def holds_on(self, day: date) -> bool:
        """Signed, begun, not over.

        Whether it gives rights that day is for the timeline.
        """
        return self.period.holds(self, day)

    def ends_after(self, day: date) -> bool:
        """Whether it holds some day from `day` on.

        A convention closed on its first day never held any.
        """
        return self.period.lasts(self, day)

    @predicate
    def is_announced_on(self, day: date) -> bool:
        """Signed for a later day, and not withdrawn."""
        return self.ends_after(day) and not self.holds_on(day)

    @is_announced_on.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        return and_(Convention.period.sql_lasts(row, day), row.c.in_force_on > day)

    def _others(self) -> "list[Convention]":
        return [
            c
            for c in self.partner.conventions
            if c is not self and c.in_force_on is not None
        ]

    # signing

    def sign(
        self,
        convention: Signature,
        contract: Signature,
        in_force_on: date,
        term_on: date | None,
        today: date,
    ) -> None:
        """R30: both parties have signed both papers.

        R32: it has missions. R36: one convention at a time; one past its term gives
        way.
        """
        require(self.closed_on is None, Rule.CONVENTION_CLOSED)
        self.record_signature(convention, "convention", today)
        self.contract.record_signature(contract, "contract", today)
        require(self.missions, Rule.MISSIONS_MISSING)
        require(in_force_on >= today, Rule.DATE_PAST, "in_force_on")
        require(term_on is None or term_on > in_force_on, Rule.DATE_ORDER, "term_on")
        for other in self._others():
            require(
                not other.ends_after(in_force_on), Rule.ONE_CONVENTION, detail=other.id
            )
            if other.closed_on is None:
                other.close(in_force_on, ClosingReason.EXPIRED, None, today)
        self.in_force_on, self.term_on = in_force_on, term_on

    def record(
        self,
        number: str,
        convention: Signature,
        contract: Signature,
        originally: date,
        term_on: date | None,
        today: date,
    ) -> None:
        """R55, R57: record a convention that existed before the register.

        It keeps its number and dates, and gives no right before today.
        """
        require(number.strip(), Rule.VALUE_INVALID, "number")
        require(originally <= today, Rule.DATE_FUTURE, "originally_in_force_on")
        self.sign(convention, contract, today, term_on, today)
        self.number, self.originally_in_force_on = number.strip(), originally

    # closing

    def close(
        self, on: date, reason: ClosingReason, comment: str | None, today: date
    ) -> None:
        """Written once: everything below is closed because this is.

        The future may still be cancelled.
        """
        require(self.closed_on is None, Rule.CONVENTION_CLOSED)
        require(on >= today, Rule.DATE_PAST, "on")
        if self.in_force_on is not None and on < self.in_force_on:
            raise Refused(Rule.DATE_ORDER, "on")
        self.closed_on, self.closing_reason, self.closing_comment = on, reason, comment
        self.closing_recorded_on = today

    def cancel_closing(self, today: date) -> None:
        """Undo a closing still to come, unless another one has taken the place."""
        require(
            self.closed_on is not None and self.closed_on > today, Rule.CLOSING_PASSED
        )
        for other in self._others() if self.in_force_on is not None else ():
            replaces = other.closed_on is None or other.ends_after(self.ends_on)
            require(not replaces, Rule.ONE_CONVENTION, detail=other.id)
        if self.closing_reason is ClosingReason.TRANSFER:
            assert self.closed_on is not None
            self.partner.keep_follower(self.closed_on)
        self.closed_on = self.closing_reason = self.closing_comment = (
            self.closing_recorded_on
        ) = None

    # services

    def require_no_announced_successor(self, today: date) -> None:
        """R43: what an announced successor repeats does not change meanwhile."""
        require(not self.announced_successors(today), Rule.SUCCESSOR_ANNOUNCED)

    def multi_department_bulletins(self) -> "list[Bulletin]":
        """R47: those signed over several departments.

        An establishment that moves changes nothing of what was.
        """
        return [
            b
            for a in self.accesses
            for b in a.bulletins
            if b.is_signed and b.cna_acknowledged
        ]
