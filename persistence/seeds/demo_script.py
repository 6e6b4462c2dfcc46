"""How a story of the demonstration is written: by verbs of the records, on its days."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import (
    BoundIdentity,
    Bulletin,
    Convention,
    Group,
    Mission,
    Mode,
    Organism,
    Partner,
    ServiceAccess,
    User,
    UserKind,
)
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.identifiers import Finess, Siret
from persistence.records.papers import Signature
from persistence.records.partners import PartnerKind
from persistence.records.suspensions import Author, SuspensionSide

from .catalogue import Catalogue
from .stories import FictionalWorker, Story

SEPTEMBER = date(2025, 9, 1)
AMENDMENT_DAY = date(2026, 11, 16)


@dataclass(frozen=True, slots=True)
class DemoScript:
    session: AsyncSession
    issuer: str
    catalogue: Catalogue

    @property
    def organisms(self) -> dict[str, Organism]:
        return self.catalogue.organisms

    def person(
        self, subject: str, given_name: str, family: str, *, machine: bool = False
    ) -> User:
        kind = UserKind.MACHINE if machine else UserKind.PERSON
        user = User.person(given_name, family, f"{subject}@example.invalid", kind)
        user.id = f"usr_{subject}"
        self.session.add_all(
            [user, BoundIdentity(issuer=self.issuer, subject=subject, user=user)]
        )
        return user

    def tell(self, story: Story, by: User, today: date) -> Partner:
        partner = Partner.register(
            Siret.read(story.siret),
            story.name,
            story.kind,
            self.organisms[story.organism],
            SEPTEMBER,
        )
        partner.id = f"ptr_{story.siret}"
        finess = Finess.read(story.finess) if story.finess else None
        if story.finess or story.kind is PartnerKind.ESAT:
            partner.add_establishment(
                Siret.read(story.siret), story.name, story.department, finess, SEPTEMBER
            )
        for siret, name, department, code in story.others:
            partner.add_establishment(
                Siret.read(siret),
                name,
                department,
                Finess.read(code) if code else None,
                SEPTEMBER,
            )
        for establishment in partner.establishments:
            establishment.id = f"est_{establishment.siret}"
        self.session.add(partner)
        if story.previous is not None:
            former = self._contract(
                story, partner, story.previous, by, SEPTEMBER, people=()
            )
            former.close(
                date(2026, 3, 1), ClosingReason.DELEGATION_CHANGE, None, SEPTEMBER
            )
            self._contract(
                story,
                partner,
                story.mode,
                by,
                date(2026, 3, 1),
                story.people,
                predecessor=former,
            )
        else:
            self._contract(story, partner, story.mode, by, SEPTEMBER, story.people)
        self._settle(story, partner, today)
        return partner

    def _contract(
        self,
        story: Story,
        partner: Partner,
        mode: Mode,
        by: User,
        day: date,
        people: Iterable[FictionalWorker],
        predecessor: Convention | None = None,
    ) -> Convention:
        convention = partner.prepare_convention(
            mode, self._missions(story), None, None, day
        )
        if predecessor is not None:
            convention.predecessor_id = predecessor.id
        if story.reaches != "DRAFT":
            convention.sign(
                _signature(story, "convention", day),
                _signature(story, "contrat", day),
                day,
                None,
                day,
            )
        bulletins = {
            code: self._bulletin(story, convention, code, by, day)
            for code in story.services
        }
        self._staff(convention, bulletins, people, day)
        return convention

    def _missions(self, story: Story) -> list[Mission]:
        return [
            m
            for m in self.catalogue.missions
            if any(s.code in story.services for s in m.services)
        ]

    def _bulletin(
        self, story: Story, convention: Convention, code: str, by: User, day: date
    ) -> Bulletin:
        service, partner = self.catalogue.services[code], convention.partner
        access = ServiceAccess.of(convention, service)
        esat = code == "ESAT"
        roles = [
            r
            for r in self.catalogue.roles.values()
            if r.service_id == service.id and (not esat or r.code in story.roles)
        ]
        terms = BulletinTerms(
            story.bulletin_siret or story.siret,
            roles,
            list(partner.establishments) if esat else [],
            [] if esat else [self.catalogue.departments[story.department]],
        )
        bulletin = access.prepare_bulletin(terms)
        if story.reaches in ("DRAFT", "INCOMPLETE") or bulletin.missing():
            return bulletin
        if esat and story.reaches == "SIGNED_ESAT":
            # long after the other service was opened: case 3, whose amendment is
            # still to be made
            day = AMENDMENT_DAY
        bulletin.sign(
            _signature(story, f"bulletin {code}", day),
            day,
            None,
            acknowledge_cna=True,
            today=day,
        )
        if story.reaches == "OPEN" or (story.reaches == "SIGNED_ESAT" and not esat):
            partner.decide_eligibility(
                service,
                Decision.ELIGIBLE,
                "Mission vérifiée",
                _digest("formulaire"),
                by,
                day,
            )
            bulletin.open_service(day, frozenset(), day)
        return bulletin

    def _staff(
        self,
        convention: Convention,
        bulletins: dict[str, Bulletin],
        people: Iterable[FictionalWorker],
        day: date,
    ) -> None:
        partner, groups = convention.partner, dict[str, Group]()
        for worker in people:
            user = self.person(
                worker.subject,
                worker.given_name,
                worker.family_name,
                machine=worker.machine,
            )
            affiliation = partner.invite(user, worker.job, day)
            affiliation.accepted_on = day
            affiliation.partner_id, affiliation.user_id = partner.id, user.id
            if worker.manager is not None:
                convention.contract.appoint(affiliation, worker.manager, day)
            if worker.role is not None:
                role = self.catalogue.roles[worker.role]
                if worker.role not in groups:
                    access = next(
                        b.access
                        for b in bulletins.values()
                        if b.access.service.id == role.service_id
                    )
                    groups[worker.role] = access.create_group(
                        f"{role.label}s", None, day
                    )
                    access.attach_role(groups[worker.role], role, day)
                groups[worker.role].include(affiliation, day)

    def _settle(self, story: Story, partner: Partner, today: date) -> None:
        """One suspended, one who left last month."""
        states = {f"usr_{w.subject}": w.state for w in story.people if w.state}
        for affiliation in partner.affiliations:
            match states.get(affiliation.user.id):
                case "SUSPENDED":
                    affiliation.suspend(
                        date(2026, 10, 1),
                        "Connexions atypiques à vérifier",
                        Author(SuspensionSide.ORGANISM),
                    )
                case "LEFT":
                    last_month = today.replace(day=1) - timedelta(days=1)
                    affiliation.end(last_month, last_month)


def _signature(story: Story, paper: str, day: date) -> Signature:
    return Signature(
        day,
        day,
        "Signataire fictif du partenaire",
        "Signataire fictif de l'organisme",
        _digest(story.siret + paper),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(f"fiction : {text}".encode()).hexdigest()
