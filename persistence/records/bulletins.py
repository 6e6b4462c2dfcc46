"""Bulletins d'adhésion: on which terms a partner uses one service.

A bulletin opens the service.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Select,
    Table,
    UniqueConstraint,
    and_,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from persistence.types import FOREVER, Words

from .base import Base, Record, table, unique_where
from .conventions import Convention
from .establishments import Establishment
from .identifiers import differing
from .onboarding import (
    require_onboarding_before_opening,
    require_onboarding_before_signing,
)
from .organisms import Department
from .papers import Signature, Signed
from .periods import Period, exists, predicate
from .rules import Notice, Refused, Rule, require
from .services import Role

if TYPE_CHECKING:
    from .accesses import ServiceAccess

bulletin_role = Table(
    "bulletin_role",
    Base.metadata,
    Column("bulletin_id", Words, primary_key=True),
    Column("role_id", Words, primary_key=True, index=True),
    Column("service_id", Words, nullable=False),
    ForeignKeyConstraint(
        ["bulletin_id", "service_id"], ["bulletin.id", "bulletin.service_id"]
    ),
    ForeignKeyConstraint(["role_id", "service_id"], ["role.id", "role.service_id"]),
)

bulletin_establishment = Table(
    "bulletin_establishment",
    Base.metadata,
    Column("bulletin_id", Words, primary_key=True),
    Column("establishment_id", Words, primary_key=True, index=True),
    Column("partner_id", Words, nullable=False),
    ForeignKeyConstraint(
        ["bulletin_id", "partner_id"], ["bulletin.id", "bulletin.partner_id"]
    ),
    ForeignKeyConstraint(
        ["establishment_id", "partner_id"],
        ["establishment.id", "establishment.partner_id"],
    ),
)

bulletin_department = Table(
    "bulletin_department",
    Base.metadata,
    Column("bulletin_id", ForeignKey("bulletin.id"), primary_key=True),
    Column("department", ForeignKey("department.code"), primary_key=True),
)


class BulletinTerms(NamedTuple):
    """What a bulletin says: the SIRET as written, the roles, the scope.

    The scope is establishments, or departments.
    """

    siret: str
    roles: list[Role]
    establishments: list[Establishment]
    departments: list[Department]


class Bulletin(Signed, Record):
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
    closing_reason: Mapped[str | None]
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
    def covered_departments(self) -> frozenset[str]:
        """The departments of the establishments if some are named, or those written.

        See A11.
        """
        named = [e.department for e in self.establishments] or [
            d.code for d in self.departments
        ]
        return frozenset(named)

    @staticmethod
    def sql_covered_departments(row: FromClause) -> Select[Any]:
        """`covered_departments` of a row: each code once, in order."""
        scope = table("bulletin_establishment").alias()
        place = table("establishment").alias()
        written = table("bulletin_department").alias()
        of_places = (
            select(place.c.department)
            .join_from(scope, place, place.c.id == scope.c.establishment_id)
            .where(scope.c.bulletin_id == row.c.id)
            .correlate(row)
        )
        no_place = not_(exists(scope, where=[scope.c.bulletin_id == row.c.id]))
        as_written = (
            select(written.c.department)
            .where(written.c.bulletin_id == row.c.id, no_place)
            .correlate(row)
        )
        every = of_places.union(as_written).subquery()
        return select(every.c.department).order_by(every.c.department)

    @property
    def ends_on(self) -> date:
        return self.period.end_of(self) or FOREVER

    def is_open_on(self, day: date) -> bool:
        return self.period.holds(self, day)

    # preparing

    def write(self, terms: BulletinTerms) -> None:
        """Fill the draft, or fill it again.

        A signed bulletin is replaced, never rewritten.
        """
        require(not self.is_signed, Rule.ALREADY_SIGNED)
        for role in terms.roles:
            require(
                role.service_id == self.access.service.id,
                Rule.ROLE_OF_OTHER_SERVICE,
                "role_ids",
                detail=role.code,
            )
        self.siret, self.roles = terms.siret, terms.roles
        # A11: with establishments, their departments count; two lists could disagree
        self.establishments, self.departments = (
            terms.establishments,
            [] if terms.establishments else terms.departments,
        )

    def missing(self) -> list[str]:
        """R7: the names of the fields that it lacks before it can be signed."""
        service = self.access.service
        return gaps(
            roles=len(self.roles),
            establishments=len(self.establishments),
            departments=len(self.departments),
            needs_establishment=service.needs_establishment,
        )

    @predicate
    def is_complete(self) -> bool:
        """R7: it lacks nothing before it can be signed."""
        return not self.missing()

    @is_complete.in_sql
    @staticmethod
    def _(row: FromClause, service: FromClause) -> ColumnElement[bool]:
        """`service`: the row of its service. See `gaps`."""

        def has(rows: str) -> ColumnElement[bool]:
            named = table(rows).alias()
            return exists(named, where=[named.c.bulletin_id == row.c.id])

        departments = and_(
            not_(service.c.needs_establishment), has("bulletin_department")
        )
        return and_(
            has("bulletin_role"), or_(has("bulletin_establishment"), departments)
        )

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

    def open_service(
        self,
        on: date,
        contracting_elsewhere: frozenset[str],
        today: date,
        *,
        continues: bool = False,
    ) -> None:
        """Open the service as the bulletin says (R55).

        The conditions of the instruction are required in its order.

        `contracting_elsewhere`: the SIRETs of the scope that have their own convention
        in force. `continues`: the service was open before this bulletin, under it or
        its predecessor's convention.
        """
        convention, service, partner = (
            self.access.convention,
            self.access.service,
            self.access.convention.partner,
        )
        require(on >= today, Rule.DATE_PAST, "on")
        require(self.opened_on is None, Rule.BULLETIN_OPENED)
        convention.require_no_announced_successor(today)
        require(
            self.is_signed and convention.is_signed and convention.contract.is_signed,
            Rule.SIGNATURE_MISSING,
        )
        require(convention.holds_on(on), Rule.CONVENTION_NOT_IN_FORCE, "on")
        require(self.effect.holds(self, on), Rule.DATE_ORDER, "on")
        service.require_available_on(on)
        service.require_departments(self.covered_departments)
        partner.require_eligibility(service, today)
        convention.require_mission_for(service)
        self.require_siret_of(convention)
        if not continues:
            require_onboarding_before_opening(convention, service, today)
        require(
            not contracting_elsewhere,
            Rule.ESTABLISHMENT_CONTRACTS,
            detail=", ".join(sorted(contracting_elsewhere)),
        )
        for other in self.access.bulletins:
            if other is not self and other.opened_on is not None:
                require(other.ends_on <= max(on, other.opened_on), Rule.BULLETIN_OPENED)
                if other.closed_on is None:  # its term is passed: it gives way
                    other.close(on, "EXPIRED", today)
        self.opened_on = on

    def require_siret_of(self, convention: Convention) -> None:
        """R58, A3: the same fourteen digits.

        When only the SIREN agrees, say what can be done.
        """
        broken = differing(self.siret, convention.siret)
        if broken is not None:
            raise Refused(broken)

    # closing

    def close(self, on: date, reason: str, today: date) -> None:
        require(on >= today, Rule.DATE_PAST, "on")
        require(self.closed_on is None, Rule.ALREADY_ENDED, "on")
        self.access.convention.require_no_announced_successor(today)
        if self.opened_on is not None and on < self.opened_on:
            raise Refused(Rule.DATE_ORDER, "on")
        self.closed_on, self.closing_reason, self.closing_recorded_on = (
            on,
            reason,
            today,
        )

    def cancel_closing(self, today: date) -> None:
        """Undo a closing still to come, unless another bulletin has taken the place."""
        require(
            self.closed_on is not None and self.closed_on > today, Rule.CLOSING_PASSED
        )
        others = [
            b
            for b in self.access.bulletins
            if b is not self and b.opened_on is not None
        ]
        require(
            all(b.ends_on <= (self.closed_on or today) for b in others),
            Rule.BULLETIN_OPENED,
        )
        self.closed_on = self.closing_reason = self.closing_recorded_on = None

    def replace_with(
        self,
        successor: "Bulletin",
        on: date,
        contracting_elsewhere: frozenset[str],
        today: date,
    ) -> None:
        """A change of roles or scope.

        The signed successor opens on the day when this one closes.
        """
        require(self.opened_on is not None, Rule.BULLETIN_NOT_OPEN)
        require(
            successor.access is self.access, Rule.ROLE_OF_OTHER_SERVICE, "successor_id"
        )
        self.close(on, "REPLACED", today)
        successor.open_service(on, contracting_elsewhere, today, continues=True)


def gaps(
    *, roles: int, establishments: int, departments: int, needs_establishment: bool
) -> list[str]:
    """R7: the fields that a bulletin lacks, from the counts of what it names."""
    lacks = {
        "roles": not roles,
        "establishments": needs_establishment and not establishments,
        "scope": not needs_establishment and not establishments and not departments,
    }
    return [field for field, lacking in lacks.items() if lacking]
