"""Bulletins d'adhésion: on which terms a partner uses one service.

A bulletin opens the service.
"""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from persistence.types import FOREVER, Words

from .base import UNTOLD, Record, unique_where
from .bulletin_opening import WithOpening
from .bulletin_terms import (
    WithTerms,
    bulletin_department,
    bulletin_establishment,
    bulletin_role,
)
from .establishments import Establishment
from .onboarding import (
    require_onboarding_before_signing,
)
from .organisms import Department
from .papers import Signature, Signed
from .periods import Period
from .rules import Notice, Rule, require
from .services import Role

if TYPE_CHECKING:
    from .accesses import ServiceAccess


class Bulletin(WithOpening, WithTerms, Signed, Record):
    """Bulletin d'adhésion of one service (R34): roles of the partner, scope (R35).

    It records any SIRET and opens only on the convention's (R58): the key on
    `open_siret` holds it.
    """

    __tablename__ = "bulletin"
    prefix = "bul"
    period: ClassVar = Period("opened_on", ("effective_to", "closed_on"))
    """The days on which the service is open, under a convention that holds."""
    effect: ClassVar = Period("effective_from", ("effective_to", "closed_on"))
    """The days on which the signed terms hold: the service may be opened on one of
    them."""
    __table_args__ = (
        UniqueConstraint("id", "service_id"),
        UniqueConstraint("id", "partner_id"),
        CheckConstraint(
            "closed_on IS NULL OR opened_on IS NULL OR closed_on >= opened_on",
            name="closed_after_opened",
        ),
        ForeignKeyConstraint(
            ["access_id", "convention_id", "partner_id", "service_id"],
            [
                "service_access.id",
                "service_access.convention_id",
                "service_access.partner_id",
                "service_access.service_id",
            ],
        ),
        ForeignKeyConstraint(
            ["convention_id", "open_siret"], ["convention.id", "convention.siret"]
        ),
        unique_where(
            "uq_bulletin_one_open",
            "access_id",
            where="opened_on IS NOT NULL AND closed_on IS NULL",
        ),
    )

    access_id: Mapped[str] = mapped_column(index=True)
    convention_id: Mapped[str] = mapped_column(index=True)
    partner_id: Mapped[str] = mapped_column(index=True)
    service_id: Mapped[str]
    siret: Mapped[str]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closing_reason: Mapped[str | None] = mapped_column(info=UNTOLD)
    closing_recorded_on: Mapped[date | None]
    cna_acknowledged: Mapped[bool] = mapped_column(default=False)
    open_siret: Mapped[str | None] = mapped_column(
        Words,
        Computed("CASE WHEN opened_on IS NOT NULL THEN siret END", persisted=True),
    )
    access: Mapped["ServiceAccess"] = relationship(
        back_populates="bulletins",
        primaryjoin="foreign(Bulletin.access_id) == ServiceAccess.id",
        overlaps="bulletins",
    )
    roles: Mapped[list[Role]] = relationship(secondary=bulletin_role, lazy="selectin")
    establishments: Mapped[list[Establishment]] = relationship(
        secondary=bulletin_establishment, lazy="selectin"
    )
    departments: Mapped[list[Department]] = relationship(
        secondary=bulletin_department, lazy="selectin"
    )

    @property
    def ends_on(self) -> date:
        return self.period.end_of(self) or FOREVER

    def is_open_on(self, day: date) -> bool:
        return self.period.holds(self, day)

    # preparing

    # signing

    def sign(
        self,
        signature: Signature,
        effective_from: date,
        effective_to: date | None,
        *,
        acknowledge_cna: bool,
        today: date,
    ) -> list[Notice]:
        """Sign a bulletin that is complete (R7).

        R8, A28: its dates are inside the instruction and the convention. R3: no
        excluded department. R47: who signs over several departments acknowledges the
        CNA.
        """
        convention, service = self.access.convention, self.access.service
        require(self.closed_on is None, Rule.ALREADY_ENDED)
        lacks = self.missing()
        require(not lacks, Rule.BULLETIN_INCOMPLETE, detail=", ".join(lacks))
        require(effective_from >= today, Rule.DATE_PAST, "effective_from")
        require(
            effective_to is None or effective_to > effective_from,
            Rule.DATE_ORDER,
            "effective_to",
        )
        service.require_bulletins_from(effective_from)
        service.require_departments(self.covered_departments)
        require(convention.in_force_on is not None, Rule.CONVENTION_NOT_IN_FORCE)
        require(
            convention.closed_on is None or convention.closed_on > today,
            Rule.CONVENTION_CLOSED,
        )
        inside = (
            (convention.in_force_on or FOREVER) <= effective_from < convention.ends_on
        )
        ends_inside = effective_to is None or effective_to <= convention.ends_on
        require(
            inside and ends_inside, Rule.BULLETIN_OUTSIDE_CONVENTION, "effective_from"
        )
        require_onboarding_before_signing(convention, service, today)
        several = len(self.covered_departments) > 1
        require(acknowledge_cna or not several, Rule.CNA_ACKNOWLEDGE, "acknowledge_cna")
        self.record_signature(signature, "signature", today)
        self.effective_from, self.effective_to, self.cna_acknowledged = (
            effective_from,
            effective_to,
            several,
        )
        return [Notice(Rule.CNA_TAKES_OVER)] if several else []

    # opening

    # closing
