"""Conventions, their contract (the only home of the delegation mode), amendments, managers, hand-backs."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Index,
    Table,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import FOREVER, UNTOLD, Base, Dated, Record, named, table, unique_where, untold
from .identifiers import sha256
from .periods import Day, Period, exists, predicate
from .rules import Refused, Rule, require
from .services import Mission, Service
from .users import Affiliation, Suspension, SuspensionSide

if TYPE_CHECKING:
    from .accesses import ServiceAccess
    from .bulletins import Bulletin
    from .partners import Partner

convention_mission = Table(
    "convention_mission",
    Base.metadata,
    Column("convention_id", ForeignKey("convention.id"), primary_key=True),
    Column("mission_id", ForeignKey("mission.id"), primary_key=True),
)


class Mode(StrEnum):
    CENTRALISED = "CENTRALISED"
    DELEGATED = "DELEGATED"


class ClosingReason(StrEnum):
    DELEGATION_CHANGE = "DELEGATION_CHANGE"
    SIRET_CHANGE = "SIRET_CHANGE"
    PARTNER_CEASED = "PARTNER_CEASED"
    TERMINATED_BY_CAF = "TERMINATED_BY_CAF"
    TERMINATED_BY_PARTNER = "TERMINATED_BY_PARTNER"
    EXPIRED = "EXPIRED"
    ABANDONED = "ABANDONED"


class Signature(NamedTuple):
    """Both signatures of one paper: their days, who signed, the SHA-256 of the scan (R30)."""

    partner_signed_on: date
    organism_signed_on: date
    partner_signatory: str
    organism_signatory: str
    digest: str

    def check(self, path: str, today: date) -> None:
        for day, field in ((self.partner_signed_on, "partnerSignedOn"), (self.organism_signed_on, "organismSignedOn")):
            require(day <= today, Rule.DATE_FUTURE, path, field)
        for name, field in (
            (self.partner_signatory, "partnerSignatory"),
            (self.organism_signatory, "organismSignatory"),
        ):
            require(name.strip(), Rule.SIGNATURE_MISSING, path, field)
        sha256(self.digest, path, "digest")


class DocumentKind(StrEnum):
    CONVENTION = "CONVENTION"
    CONTRACT = "CONTRACT"
    AMENDMENT = "AMENDMENT"
    BULLETIN = "BULLETIN"
    ELIGIBILITY_FORM = "ELIGIBILITY_FORM"


class Document(Record):
    """The digest of a scanned paper, and what it is attached to."""

    __tablename__ = "document"
    prefix = "doc"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(named(DocumentKind))
    digest: Mapped[str]
    attached_to: Mapped[str] = mapped_column(index=True)


class Signed:
    """A paper that two parties sign outside; its managing agent records both dates."""

    partner_signed_on: Mapped[date | None]
    organism_signed_on: Mapped[date | None]
    partner_signatory: Mapped[str | None] = untold()
    organism_signatory: Mapped[str | None] = untold()
    digest: Mapped[str | None]

    @property
    def is_signed(self) -> bool:
        return self.partner_signed_on is not None and self.organism_signed_on is not None

    def record_signature(self, signature: Signature, path: str, today: date) -> None:
        require(not self.is_signed, Rule.ALREADY_SIGNED, path)
        signature.check(path, today)
        for name, value in signature._asdict().items():
            setattr(self, name, value.strip() if isinstance(value, str) else value)


class ManagerKind(StrEnum):
    MANAGER = "MANAGER"
    DEPUTY = "DEPUTY"


class ContractManager(Dated, Record):
    """Gestionnaire des habilitations of a delegated partner, or deputy (suppléant). The end is exclusive."""

    __tablename__ = "contract_manager"
    prefix = "mgr"
    __table_args__ = (
        ForeignKeyConstraint(
            ["affiliation_id", "partner_id", "user_id"],
            ["affiliation.id", "affiliation.partner_id", "affiliation.user_id"],
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(["convention_id", "partner_id"], ["contract.convention_id", "contract.partner_id"]),
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
    affiliation: Mapped[Affiliation] = relationship(lazy="selectin", overlaps="contract,managers")

    @predicate
    def acts_on(self, day: date) -> bool:
        """R39, R40: the post runs, and the person has accepted, has not left and is not suspended."""
        return self.is_active_on(day) and self.affiliation.has_accepted_by(day) and self.affiliation.works_on(day)

    @acts_on.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        link = table("affiliation").alias()
        mine = link.c.id == row.c.affiliation_id
        accepted = Affiliation.has_accepted_by.sql(link, day)
        works = Affiliation.works_on.sql(link, day)
        is_there = exists(link, of=[row], where=[mine, accepted, works])
        return and_(ContractManager.period.sql(row, day), is_there)


class Contract(Signed, Base):
    """Contrat de services: one per convention, the only home of the delegation mode (R41 to R46).

    The mode has no act that changes it, and a mode in use cannot be updated: the timeline refers to it.
    """

    __tablename__ = "contract"
    __table_args__ = (UniqueConstraint("convention_id", "mode"), UniqueConstraint("convention_id", "partner_id"))

    convention_id: Mapped[str] = mapped_column(ForeignKey("convention.id"), primary_key=True)
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
        return exists(manager, of=[row], where=[same_convention, acts])

    def appoint(
        self, affiliation: Affiliation, kind: ManagerKind, today: date, side: SuspensionSide = SuspensionSide.ORGANISM
    ) -> ContractManager:
        """R39, R45: only under a delegated contract; twice the same person is refused.

        A deputy does not give back the post that the organism took away.
        """
        require(self.mode is Mode.DELEGATED, Rule.CENTRALISED)
        require(self.convention.closed_on is None or self.convention.closed_on > today, Rule.CONVENTION_CLOSED)
        require(not affiliation.is_suspended_on(today), Rule.AFFILIATION_SUSPENDED, "userId")
        known = any(m.affiliation_id == affiliation.id and m.is_active_on(today) for m in self.managers)
        require(not known, Rule.MANAGER_KNOWN, "userId")
        taken_away = self.partner.ended_as_manager(affiliation.user_id)
        require(side is SuspensionSide.ORGANISM or not taken_away, Rule.MANAGER_ENDED, "userId")
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


class Amendment(Record):
    """Avenant: what was verified in an existing convention, notably its missions (R55)."""

    __tablename__ = "amendment"
    prefix = "amd"
    __table_args__ = (
        UniqueConstraint("convention_id", "number"),
        ForeignKeyConstraint(["convention_id", "partner_id"], ["convention.id", "convention.partner_id"]),
    )

    convention_id: Mapped[str] = mapped_column(index=True)
    partner_id: Mapped[str]
    number: Mapped[int]
    verified_fields: Mapped[list[str]] = mapped_column(JSON)
    missions_before: Mapped[list[str]] = mapped_column(JSON)
    missions_after: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[str | None]
    recorded_on: Mapped[date]


class CnaHandBack(Record):
    """The day on which the CNA hands a partner back to the signing organism."""

    __tablename__ = "cna_hand_back"
    prefix = "hbk"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    on_day: Mapped[date]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))


class Convention(Signed, Record):
    """Convention d'accès MCP, between one organism and one partner (R31), with its missions (R32)."""

    __tablename__ = "convention"
    prefix = "cnv"
    period: ClassVar = Period("in_force_on", ("term_on", "closed_on"))
    __table_args__ = (
        UniqueConstraint("id", "siret"),
        UniqueConstraint("id", "partner_id"),
        Index("ix_convention_prepared_on", "prepared_on", "id"),
        CheckConstraint("term_on IS NULL OR term_on > in_force_on", name="term_after_force"),
        unique_where(
            "uq_convention_one_per_partner", "partner_id", where="in_force_on IS NOT NULL AND closed_on IS NULL"
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
    predecessor_id: Mapped[str | None] = mapped_column(ForeignKey("convention.id"), unique=True)
    partner: Mapped["Partner"] = relationship(back_populates="conventions")
    contract: Mapped[Contract] = relationship(lazy="selectin", back_populates="convention")
    missions: Mapped[list[Mission]] = relationship(secondary=convention_mission, lazy="selectin")
    amendments: Mapped[list[Amendment]] = relationship(lazy="selectin", order_by=Amendment.number)
    accesses: Mapped[list["ServiceAccess"]] = relationship(
        lazy="selectin", back_populates="convention", overlaps="convention"
    )
    suspensions: Mapped[list[Suspension]] = relationship(lazy="selectin")

    @property
    def ends_on(self) -> date:
        """The first day without the right: the term or the closing, whichever comes first."""
        return self.period.end_of(self) or FOREVER

    def holds_on(self, day: date) -> bool:
        """Signed, begun, not over. Whether it gives rights that day is for the timeline."""
        return self.period.holds(self, day)

    def ends_after(self, day: date) -> bool:
        """Whether some day from `day` on is held: closed on its first day, it never held any."""
        return self.period.lasts(self, day)

    def _others(self) -> "list[Convention]":
        return [c for c in self.partner.conventions if c is not self and c.in_force_on is not None]

    # signing

    def sign(
        self, convention: Signature, contract: Signature, in_force_on: date, term_on: date | None, today: date
    ) -> None:
        """R30: both papers signed by both; R32: with missions; R36: one at a time, a passed term gives way."""
        require(self.closed_on is None, Rule.CONVENTION_CLOSED)
        self.record_signature(convention, "convention", today)
        self.contract.record_signature(contract, "contract", today)
        require(self.missions, Rule.MISSIONS_MISSING)
        require(in_force_on >= today, Rule.DATE_PAST, "inForceOn")
        require(term_on is None or term_on > in_force_on, Rule.DATE_ORDER, "termOn")
        for other in self._others():
            require(not other.ends_after(in_force_on), Rule.ONE_CONVENTION, detail=other.id)
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
        """R55, R57: it existed before the register; it keeps its number and dates, and gives no right before today."""
        require(number.strip(), Rule.VALUE_INVALID, "number")
        require(originally <= today, Rule.DATE_FUTURE, "originallyInForceOn")
        self.sign(convention, contract, today, term_on, today)
        self.number, self.originally_in_force_on = number.strip(), originally

    # amending

    def amend(self, verified: list[str], missions: list[Mission], digest: str | None, today: date) -> Amendment:
        """R55: verifies facts of the convention; an open service stays covered by a mission (R9)."""
        require(self.holds_on(today), Rule.CONVENTION_NOT_IN_FORCE)
        require(missions, Rule.MISSIONS_MISSING, "missionIds")
        require(verified and all(v.strip() for v in verified), Rule.VALUE_INVALID, "verifiedFields")
        for access in self.accesses:
            if any(b.opened_on is not None and b.ends_on > today for b in access.bulletins):
                covered = any(m.covers(access.service) for m in missions)
                require(covered, Rule.MISSION_DOES_NOT_COVER, "missionIds", detail=access.service.code)
        amendment = Amendment(
            number=len(self.amendments) + 1,
            verified_fields=[v.strip().casefold() for v in verified],
            missions_before=sorted(m.code for m in self.missions),
            missions_after=sorted(m.code for m in missions),
            digest=sha256(digest, "digest") if digest else None,
            recorded_on=today,
        )
        self.amendments.append(amendment)
        self.missions = missions
        return amendment

    # closing

    def close(self, on: date, reason: ClosingReason, comment: str | None, today: date) -> None:
        """Written once: everything below is closed because this is. The future may still be cancelled."""
        require(self.closed_on is None, Rule.CONVENTION_CLOSED)
        require(on >= today, Rule.DATE_PAST, "on")
        if self.in_force_on is not None and on < self.in_force_on:
            raise Refused(Rule.DATE_ORDER, "on")
        self.closed_on, self.closing_reason, self.closing_comment = on, reason, comment
        self.closing_recorded_on = today

    def cancel_closing(self, today: date) -> None:
        """A closing still to come is undone, unless another convention has taken the place."""
        require(self.closed_on is not None and self.closed_on > today, Rule.CLOSING_PASSED)
        for other in self._others() if self.in_force_on is not None else ():
            taken = other.closed_on is None or other.ends_after(self.ends_on)
            require(not taken, Rule.ONE_CONVENTION, detail=other.id)
        self.closed_on = self.closing_reason = self.closing_comment = self.closing_recorded_on = None

    # services

    def keeps_its_terms(self, today: date) -> None:
        """R43: what is signed for an announced successor is what stands today: it does not change meanwhile."""
        later = [c for c in self._others() if c.predecessor_id == self.id and c.ends_after(today)]
        require(not any((c.in_force_on or today) > today for c in later), Rule.SUCCESSOR_ANNOUNCED)

    def covers(self, service: Service) -> None:
        """R9, R32: a mission of the convention covers the service."""
        require(any(m.covers(service) for m in self.missions), Rule.MISSION_DOES_NOT_COVER)

    def multi_department_bulletins(self) -> "list[Bulletin]":
        """R47: those signed over several departments; an establishment that moves changes nothing of what was."""
        return [b for a in self.accesses for b in a.bulletins if b.is_signed and b.cna_acknowledged]
