"""Partners, the roots that an act locks."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from persistence.types import FOREVER

from .affiliations import Affiliation
from .base import UNTOLD, Record, name_key, named
from .contracts import Contract, Mode
from .conventions import Convention
from .decisions import ActivityAttestation, Eligibility
from .establishments import Establishment, PartnerSiret
from .followers import PartnerFollower, WithFollowers
from .hand_backs import CnaHandBack
from .identifiers import Finess, Siret
from .names import required_name
from .organisms import Organism
from .origins import Origin
from .partner_decisions import WithDecisions
from .partner_people import WithPeople
from .rules import Notice, Rule, require
from .services import Mission
from .timeline import CNA, Span, timeline, wide_spans
from .users import User


class PartnerKind(StrEnum):
    ESAT = "ESAT"
    OPERATING_BODY = "OPERATING_BODY"
    SOCIAL_CENTRE = "SOCIAL_CENTRE"
    OTHER = "OTHER"


class Partner(WithPeople, WithDecisions, WithFollowers, Record):
    """Partenaire: one SIRET at a time (A2), one convention in force at a time (R36).

    One organism administers it.
    """

    __tablename__ = "partner"
    prefix = "ptr"
    __table_args__ = (
        Index("ix_partner_sort_key", "sort_key", "id"),
        Index("ix_partner_registered_on", "registered_on", "id"),
    )

    siren: Mapped[str] = mapped_column(index=True)
    kind: Mapped[PartnerKind] = mapped_column(named(PartnerKind))
    name: Mapped[str]
    sort_key: Mapped[str]
    contact: Mapped[str | None] = mapped_column(info=UNTOLD)
    registered_on: Mapped[date]
    sirets: Mapped[list[PartnerSiret]] = relationship(
        lazy="selectin", order_by=PartnerSiret.starts_on
    )
    followers: Mapped[list[PartnerFollower]] = relationship(
        lazy="selectin", order_by=PartnerFollower.starts_on
    )
    establishments: Mapped[list[Establishment]] = relationship(lazy="selectin")
    eligibilities: Mapped[list[Eligibility]] = relationship(
        lazy="selectin", order_by=Eligibility.id
    )
    attestations: Mapped[list[ActivityAttestation]] = relationship(lazy="selectin")
    conventions: Mapped[list[Convention]] = relationship(
        lazy="selectin", order_by=Convention.id, back_populates="partner"
    )
    hand_backs: Mapped[list[CnaHandBack]] = relationship(lazy="selectin")
    affiliations: Mapped[list[Affiliation]] = relationship(
        lazy="selectin", back_populates="partner"
    )
    origins: Mapped[list[Origin]] = relationship(lazy="selectin", order_by=Origin.id)

    # registering

    @classmethod
    def register(
        cls, siret: Siret, name: str, kind: PartnerKind, follower: Organism, today: date
    ) -> "Partner":
        """A partner followed by `follower`, a body that contracts (R2)."""
        follower.require_contracting_body()
        name = required_name(name, "name")
        partner = cls(
            siren=siret.siren,
            kind=kind,
            name=name,
            sort_key=name_key(name),
            registered_on=today,
        )
        partner.followers.append(
            PartnerFollower(organism_id=follower.id, starts_on=today)
        )
        partner.sirets.append(PartnerSiret(siret=siret, starts_on=today))
        return partner

    @property
    def siret(self) -> str:
        return next(s.siret for s in self.sirets if s.ends_on is None)

    def add_establishment(
        self,
        siret: Siret,
        name: str,
        department: str,
        finess: Finess | None,
        today: date,
        *,
        acknowledge_other_siren: bool = False,
    ) -> Establishment:
        """A2: an establishment of another legal entity is added by who says so only."""
        name = required_name(name, "name")
        require(
            finess is None or not finess.contradicts(department),
            Rule.FINESS_DEPARTMENT,
            "finess",
        )
        twins = [e for e in self.establishments if e.siret == siret]
        require(
            all(e.is_ended_on(today) for e in twins), Rule.ESTABLISHMENT_KNOWN, "siret"
        )
        is_own = siret.siren == self.siren
        require(
            is_own or acknowledge_other_siren,
            Rule.OTHER_SIREN,
            "acknowledge_other_siren",
        )
        establishment = Establishment(
            name=name,
            sort_key=name_key(name),
            siret=siret,
            finess=finess,
            department=department,
            added_on=today,
        )
        self.establishments.append(establishment)
        return establishment

    def end_establishment(
        self, place: Establishment, on: date, reason: str, today: date
    ) -> None:
        """It leaves all scopes on that day; what was signed and declared stays.

        Never the partner's own SIRET.
        """
        require(place.siret != self.siret, Rule.ESTABLISHMENT_OWN, "establishment_id")
        require(reason.strip(), Rule.VALUE_INVALID, "end_reason")
        require(on >= today, Rule.DATE_PAST, "on")
        require(place.ended_on is None or on < place.ended_on, Rule.ALREADY_ENDED, "on")
        place.ended_on, place.end_reason = on, reason.strip()

    def other_sirens(self, places: Sequence[Establishment]) -> list[Notice]:
        """The establishments that are of another legal entity, at their rank."""
        return [
            Notice(Rule.OTHER_SIREN, ("establishment_ids", str(rank)), place.siret)
            for rank, place in enumerate(places)
            if place.siret[:9] != self.siren
        ]

    # the timeline

    def convention_on(self, day: date) -> Convention | None:
        """The convention that holds by its dates, suspended or not."""
        return next((c for c in self.conventions if c.holds_on(day)), None)

    def span_on(self, day: date) -> Span:
        """What is in force on `day`, and who administers.

        Nothing else interprets the documents.
        """
        return next(s for s in timeline(self) if s.starts_on <= day < s.ends_on)

    def signing_organism_id(self, today: date) -> str:
        """A14: the signing organism stays.

        Without one, it is who follows the partner: never the CNA, which has custody
        only.
        """
        return self.span_on(today).signing_id or self.follower_on(today)

    # conventions

    def prepare_convention(
        self,
        mode: Mode,
        missions: list[Mission],
        conditions_of_exercise: str | None,
        conditions_of_administration: str | None,
        today: date,
    ) -> Convention:
        """A draft of the convention with its contract, on the current SIRET.

        A draft takes no place (A8).
        """
        convention = Convention(
            siret=self.siret,
            organism_id=self.signing_organism_id(today),
            missions=missions,
            conditions_of_exercise=conditions_of_exercise,
            conditions_of_administration=conditions_of_administration,
            predecessor_id=self._predecessor_id(),
            prepared_on=today,
        )
        convention.contract = Contract(mode=mode, partner=self, managers=[])
        self.conventions.append(convention)
        return convention

    def _predecessor_id(self) -> str | None:
        """The last convention that ever held (A6), unless a live successor has it.

        A withdrawn successor gives it up.
        """
        effective = [
            c for c in self.conventions if c.ends_after(c.in_force_on or FOREVER)
        ]
        last = max(
            effective, key=lambda c: (c.in_force_on or FOREVER, c.ends_on), default=None
        )
        for holder in self.conventions:
            if last is not None and holder.predecessor_id == last.id:
                if holder in effective or holder.closed_on is None:
                    return None
                holder.predecessor_id = None
        return last.id if last is not None else None

    # the CNA

    def hand_back(self, by: User, today: date) -> CnaHandBack:
        """A13: the CNA gives the partner back to the signing organism.

        No bulletin may cover two departments any more.
        """
        administering = self.span_on(today).administering_id
        in_custody = administering == CNA != self.signing_organism_id(today)
        require(in_custody, Rule.CNA_NOT_ADMINISTERING)
        require(all(ends <= today for _, ends in wide_spans(self)), Rule.CNA_STILL_WIDE)
        hand_back = CnaHandBack(on_day=today, by_id=by.id)
        self.hand_backs.append(hand_back)
        return hand_back

    def notices_at_registration(
        self, follower: Organism, department: str | None
    ) -> list[Notice]:
        outside = department is not None and not follower.is_in_charge_of(department)
        return [Notice(Rule.OTHER_DEPARTMENT, ("department",))] if outside else []
