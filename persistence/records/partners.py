"""Partners, the roots that an act locks."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, FromClause, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from persistence.types import FOREVER

from .affiliations import Affiliation
from .base import UNTOLD, Record, name_key, named, table
from .contracts import Contract, Mode
from .conventions import Convention
from .decisions import ActivityAttestation, Decision, Eligibility
from .establishments import Establishment, PartnerSiret
from .hand_backs import CnaHandBack
from .identifiers import Finess, Siret, sha256
from .names import required_name
from .organisms import Organism
from .origins import Origin
from .periods import Day, exists, predicate
from .rules import Notice, Refused, Rule, require
from .services import Mission, Service
from .timeline import CNA, Span, timeline, wide_spans
from .users import User, UserKind


class PartnerKind(StrEnum):
    ESAT = "ESAT"
    OPERATING_BODY = "OPERATING_BODY"
    SOCIAL_CENTRE = "SOCIAL_CENTRE"
    OTHER = "OTHER"


class Partner(Record):
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
    follower_id: Mapped[str] = mapped_column(ForeignKey("organism.id"), index=True)
    registered_on: Mapped[date]
    sirets: Mapped[list[PartnerSiret]] = relationship(
        lazy="selectin", order_by=PartnerSiret.starts_on
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
            follower_id=follower.id,
            registered_on=today,
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
        return self.span_on(today).signing_id or self.follower_id

    # decisions

    def decide_eligibility(
        self,
        service: Service,
        decision: Decision,
        ground: str,
        form_digest: str | None,
        by: User,
        today: date,
    ) -> Eligibility:
        """R28: the legitimacy is decided before any opening.

        R50: the form comes with it where the service asks for one.
        """
        require(ground.strip(), Rule.VALUE_INVALID, "ground")
        form_needed = service.needs_eligibility_form and decision is Decision.ELIGIBLE
        require(
            form_digest or not form_needed, Rule.ELIGIBILITY_FORM_MISSING, "form_digest"
        )
        eligibility = Eligibility(
            service_id=service.id,
            decision=decision,
            ground=ground.strip(),
            form_digest=sha256(form_digest, "form_digest") if form_digest else None,
            decided_by_id=by.id,
            decided_on=today,
        )
        self.eligibilities.append(eligibility)
        return eligibility

    def _last_decision(self, service: Service, day: date) -> Eligibility | None:
        decisions = [
            e
            for e in self.eligibilities
            if e.service_id == service.id and e.decided_on <= day
        ]
        return max(decisions, key=lambda decision: decision.id, default=None)

    @predicate
    def has_eligibility_for(self, service: Service, day: date) -> bool:
        """R28: the last decision on the service is favourable.

        R50: it has its form where one is needed.
        """
        last = self._last_decision(service, day)
        return last is not None and last.is_favourable_for(service)

    @has_eligibility_for.in_sql
    @staticmethod
    def _(row: FromClause, service: FromClause, day: Day) -> ColumnElement[bool]:
        last, decision = table("eligibility").alias(), table("eligibility").alias()
        same = [
            last.c.partner_id == row.c.id,
            last.c.service_id == service.c.id,
            last.c.decided_on <= day,
        ]
        last_id = (
            select(func.max(last.c.id))
            .where(*same)
            .correlate_except(last)
            .scalar_subquery()
        )
        favourable = Eligibility.is_favourable_for.sql(decision, service)
        return exists(decision, where=[decision.c.id == last_id, favourable])

    def require_eligibility(self, service: Service, today: date) -> None:
        """R28, R50: see `has_eligibility_for`; the rule says what is wanting."""
        last = self._last_decision(service, today)
        if last is None:
            raise Refused(Rule.ELIGIBILITY_MISSING)
        require(last.decision is Decision.ELIGIBLE, Rule.ELIGIBILITY_REFUSED)
        require(last.is_favourable_for(service), Rule.ELIGIBILITY_FORM_MISSING)

    @predicate
    def is_attested_by(self, day: date) -> bool:
        """R53: somebody has attested that the partner is active, that day or before."""
        return any(attestation.attested_on <= day for attestation in self.attestations)

    @is_attested_by.in_sql
    @staticmethod
    def _(row: FromClause, day: Day) -> ColumnElement[bool]:
        attestation = table("activity_attestation").alias()
        mine = attestation.c.partner_id == row.c.id
        return exists(attestation, where=[mine, attestation.c.attested_on <= day])

    def attest_activity(
        self, evidence: str, by: User, today: date
    ) -> ActivityAttestation:
        require(evidence.strip(), Rule.VALUE_INVALID, "evidence")
        attestation = ActivityAttestation(
            attested_by_id=by.id, attested_on=today, evidence=evidence.strip()
        )
        self.attestations.append(attestation)
        return attestation

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
        in_custody = (
            self.span_on(today).administering_id
            == CNA
            != self.signing_organism_id(today)
        )
        require(in_custody, Rule.CNA_NOT_ADMINISTERING)
        require(all(ends <= today for _, ends in wide_spans(self)), Rule.CNA_STILL_WIDE)
        hand_back = CnaHandBack(on_day=today, by_id=by.id)
        self.hand_backs.append(hand_back)
        return hand_back

    # users

    def invite(self, user: User, job_title: str | None, today: date) -> Affiliation:
        """A card of the person at this partner.

        An active card with the same address is refused.
        """
        same = [
            a
            for a in self.affiliations
            if a.user.email == user.email and a.is_active_on(today)
        ]
        require(not same, Rule.ALREADY_AFFILIATED, "email")
        affiliation = Affiliation(user=user, starts_on=today, job_title=job_title)
        self.affiliations.append(affiliation)
        return affiliation

    def mandate(self, client: User, until: date | None, today: date) -> Affiliation:
        """The affiliation of a machine client.

        The machine declares for the partner, in the groups that include it.
        """
        require(client.kind is UserKind.MACHINE, Rule.NOT_A_MACHINE, "client")
        require(until is None or until > today, Rule.DATE_PAST, "until")
        mandates = [
            a
            for a in self.affiliations
            if a.user_id == client.id and a.is_active_on(today)
        ]
        require(not mandates, Rule.ALREADY_AFFILIATED, "client")
        affiliation = Affiliation(
            user=client,
            user_id=client.id,
            starts_on=today,
            ends_on=until,
            accepted_on=today,
        )
        self.welcome(affiliation, client, today)
        self.affiliations.append(affiliation)
        return affiliation

    def welcome(self, affiliation: Affiliation, user: User, today: date) -> None:
        """Who comes back takes again what the organism had suspended.

        To leave and come back lifts nothing.
        """
        for former in self.affiliations:
            if former is not affiliation and former.user_id == user.id:
                affiliation.take_over(former, today)

    def ended_as_manager(self, user_id: str) -> bool:
        """Whether the organism has put an end to this person's post.

        Nobody else may end one.
        """
        posts = (m for c in self.conventions for m in c.contract.managers)
        return any(m.user_id == user_id and m.ends_on is not None for m in posts)

    def affiliation_of(self, user_id: str, day: date) -> Affiliation:
        affiliation = next(
            (
                a
                for a in self.affiliations
                if a.user_id == user_id and a.is_active_on(day)
            ),
            None,
        )
        if affiliation is None:
            raise Refused(Rule.STRANGER)
        return affiliation

    def keep_a_manager(self, leaving: Affiliation, today: date) -> None:
        """R39: a delegated partner does not lose its last manager by its own act.

        A manager whose departure is announced does not count as one who stays.
        """
        for convention in self.conventions:
            managers = convention.contract.managers_on(today)
            if convention.ends_after(today) and leaving.id in {
                m.affiliation_id for m in managers
            }:
                staying = {
                    m.affiliation_id for m in convention.contract.managers_on(FOREVER)
                } - {leaving.id}
                require(
                    staying & {m.affiliation_id for m in managers}, Rule.LAST_MANAGER
                )

    def notices_at_registration(
        self, follower: Organism, department: str | None
    ) -> list[Notice]:
        outside = department is not None and not follower.is_in_charge_of(department)
        return [Notice(Rule.OTHER_DEPARTMENT, ("department",))] if outside else []
