"""The contract of a convention: its delegation mode, and who manages."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .affiliations import Affiliation
from .base import Base, Dated, Record, named, table
from .papers import Signed
from .periods import Day, exists, predicate
from .rules import Rule, require
from .suspensions import SuspensionSide

if TYPE_CHECKING:
    from .conventions import Convention
    from .partners import Partner


class Mode(StrEnum):
    CENTRALISED = "CENTRALISED"
    DELEGATED = "DELEGATED"


class ManagerKind(StrEnum):
    MANAGER = "MANAGER"
    DEPUTY = "DEPUTY"


class ContractManager(Dated, Record):
    """Gestionnaire des habilitations of a delegated partner, or deputy (suppléant).

    The end is exclusive.
    """

    __tablename__ = "contract_manager"
    prefix = "mgr"
    __table_args__ = (
        ForeignKeyConstraint(
            ["affiliation_id", "partner_id", "user_id"],
            ["affiliation.id", "affiliation.partner_id", "affiliation.user_id"],
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["convention_id", "partner_id"],
            ["contract.convention_id", "contract.partner_id"],
        ),
    )

    convention_id: Mapped[str] = mapped_column(index=True)
    partner_id: Mapped[str] = mapped_column(index=True)
    affiliation_id: Mapped[str] = mapped_column(index=True)
    user_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[ManagerKind] = mapped_column(named(ManagerKind))
    contract: Mapped["Contract"] = relationship(
        back_populates="managers",
        primaryjoin="foreign(ContractManager.convention_id) == Contract.convention_id",
        overlaps="affiliation",
    )
    affiliation: Mapped[Affiliation] = relationship(
        lazy="selectin", overlaps="contract,managers"
    )

    @predicate
    def acts_on(self, day: date) -> bool:
        """R39, R40: the post runs, and the person works for the partner.

        The person has accepted, has not left and is not suspended.
        """
        return (
            self.is_active_on(day)
            and self.affiliation.has_accepted_by(day)
            and self.affiliation.works_on(day)
        )

    @acts_on.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        link = table("affiliation").alias()
        mine = link.c.id == row.c.affiliation_id
        accepted = Affiliation.has_accepted_by.sql(link, day)
        works = Affiliation.works_on.sql(link, day)
        is_there = exists(link, where=[mine, accepted, works])
        return and_(ContractManager.period.sql(row, day), is_there)


class Contract(Signed, Base):
    """Contrat de services: one for each convention (R41 to R46).

    The delegation mode is written nowhere else.

    The mode has no act that changes it, and a mode in use cannot be updated: the
    timeline refers to it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("convention_id", "mode"),
        UniqueConstraint("convention_id", "partner_id"),
    )

    convention_id: Mapped[str] = mapped_column(
        ForeignKey("convention.id"), primary_key=True
    )
    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    mode: Mapped[Mode] = mapped_column(named(Mode))
    convention: Mapped["Convention"] = relationship(back_populates="contract")
    partner: Mapped["Partner"] = relationship()
    managers: Mapped[list[ContractManager]] = relationship(
        lazy="selectin", back_populates="contract", overlaps="affiliation,contract"
    )

    def managers_on(self, day: date) -> list[ContractManager]:
        """Those who may act that day."""
        return [manager for manager in self.managers if manager.acts_on(day)]

    @predicate
    def is_managed_on(self, day: date) -> bool:
        """Whether somebody may act for the partner that day."""
        return bool(self.managers_on(day))

    @is_managed_on.in_sql
    @staticmethod
    def _(row: FromClause, day: Day, key: str = "convention_id") -> ColumnElement[bool]:
        """`key`: the column of the row that names the convention."""
        manager = table("contract_manager").alias()
        same_convention = manager.c.convention_id == row.c[key]
        acts = ContractManager.acts_on.sql(manager, day)
        return exists(manager, where=[same_convention, acts])

    def appoint(
        self,
        affiliation: Affiliation,
        kind: ManagerKind,
        today: date,
        side: SuspensionSide = SuspensionSide.ORGANISM,
    ) -> ContractManager:
        """R39, R45: only under a delegated contract; twice the same person is refused.

        A deputy does not give back the post that the organism took away.
        """
        require(self.mode is Mode.DELEGATED, Rule.CENTRALISED)
        require(
            self.convention.closed_on is None or self.convention.closed_on > today,
            Rule.CONVENTION_CLOSED,
        )
        require(
            not affiliation.is_suspended_on(today),
            Rule.AFFILIATION_SUSPENDED,
            "user_id",
        )
        is_manager = any(
            m.affiliation_id == affiliation.id and m.is_active_on(today)
            for m in self.managers
        )
        require(not is_manager, Rule.MANAGER_KNOWN, "user_id")
        taken_away = self.partner.ended_as_manager(affiliation.user_id)
        require(
            side is SuspensionSide.ORGANISM or not taken_away,
            Rule.MANAGER_ENDED,
            "user_id",
        )
        manager = ContractManager(
            kind=kind,
            starts_on=today,
            partner_id=affiliation.partner_id,
            affiliation_id=affiliation.id,
            user_id=affiliation.user_id,
            affiliation=affiliation,
        )
        self.managers.append(manager)
        return manager
