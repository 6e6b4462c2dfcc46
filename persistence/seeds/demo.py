"""The fictional world of the demonstration.

Every name, SIRET and person here is fiction.

The records' own verbs write each story on its days: the register holds nothing that its
rules would refuse.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.engine import Database
from persistence.keys import keep_canary
from persistence.records import (
    Agent,
    BoundIdentity,
    Bulletin,
    Convention,
    Department,
    Group,
    Mission,
    Mode,
    Organism,
    Partner,
    Profile,
    Role,
    Service,
    ServiceAccess,
    User,
    UserKind,
)
from persistence.records.bulletins import BulletinTerms
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.identifiers import Finess, Siret
from persistence.records.papers import Signature
from persistence.records.partners import PartnerKind
from persistence.records.suspensions import Author, SuspensionSide
from persistence.register import Register

from .declarations import tell_declarations
from .fiction import fictional_vault, seed_organisms

SEPTEMBER = date(2025, 9, 1)
AMENDMENT_DAY = date(2026, 11, 16)


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone to sign in as: the subject of their tokens, and what they show."""

    subject: str
    given_name: str
    family_name: str
    shows: str
    machine: bool = False


AGENTS = {
    "agent-paris": (
        "751",
        Profile.MANAGING,
        "Agnès",
        "Aubry",
        "agent gestionnaire de la Caf de Paris",
    ),
    "lecteur-paris": (
        "751",
        Profile.READING,
        "Luc",
        "Lemoine",
        "agent lecteur de la Caf de Paris",
    ),
    "agent-yvelines": (
        "781",
        Profile.MANAGING,
        "Yann",
        "Yvon",
        "agent de la Caf des Yvelines, qui n'est pas le CNA",
    ),
    "agent-hauts-de-seine": (
        "921",
        Profile.MANAGING,
        "Hélène",
        "Hamon",
        "agente de la Caf des Hauts-de-Seine : elle a signé, le CNA administre",
    ),
    "agent-rhone": (
        "691",
        Profile.MANAGING,
        "Rémi",
        "Roussel",
        "agent de la Caf du Rhône",
    ),
    "agent-bouches-du-rhone": (
        "131",
        Profile.MANAGING,
        "Basile",
        "Berger",
        "agent de la Caf des Bouches-du-Rhône",
    ),
    "agent-reunion": (
        "974",
        Profile.MANAGING,
        "Rose",
        "Rivière",
        "agente de la Caf de La Réunion",
    ),
    "agent-cna": (
        "CNA",
        Profile.MANAGING,
        "Nadia",
        "Noël",
        "agente du Centre national d'appui",
    ),
    "centre-ressources": (
        "CR1",
        Profile.RESOURCE_CENTRE,
        "Carole",
        "Colin",
        "Centre de ressources d'Île-de-France, en lecture",
    ),
    "admin-national": (
        "CNAF",
        Profile.NATIONAL,
        "Denis",
        "Dumas",
        "administrateur national : référentiel et agents",
    ),
}


def personas() -> list[Persona]:
    """Everyone that the demonstration can sign in as."""
    agents = [
        Persona(s, given_name, family, shows)
        for s, (_, _, given_name, family, shows) in AGENTS.items()
    ]
    return agents + [p.persona for story in STORIES for p in story.people if p.shows]


@dataclass(frozen=True, slots=True)
class FictionalWorker:
    """Someone of a partner: the role of their group, or manager."""

    subject: str
    given_name: str
    family_name: str
    job: str
    role: str | None = None
    manager: ManagerKind | None = None
    shows: str = ""
    state: str = ""
    machine: bool = False

    @property
    def persona(self) -> Persona:
        return Persona(
            self.subject, self.given_name, self.family_name, self.shows, self.machine
        )


@dataclass(frozen=True, slots=True)
class Story:
    """A partner, how far its contract has come, and its people."""

    name: str
    siret: str
    kind: PartnerKind
    organism: str
    department: str
    finess: str | None = None
    mode: Mode = Mode.CENTRALISED
    services: tuple[str, ...] = ("ESAT",)
    reaches: str = "OPEN"
    others: tuple[tuple[str, str, str, str | None], ...] = ()
    people: tuple[FictionalWorker, ...] = ()
    bulletin_siret: str | None = None
    previous: Mode | None = None
    roles: tuple[str, ...] = field(
        default=("ESAT_DECLARANT", "ESAT_PREPARATEUR", "ESAT_LECTEUR")
    )


MANAGER, DEPUTY = ManagerKind.MANAGER, ManagerKind.DEPUTY

STORIES = (
    Story(
        "Association Les Ateliers du Canal", "99990001200017", PartnerKind.OPERATING_BODY, "751", "75",
        mode=Mode.DELEGATED, services=("CDAP", "ESAT"), reaches="SIGNED_ESAT",
        others=(("99990001200058", "Atelier de la Villette", "75", None),),
        people=(
            FictionalWorker("gestionnaire-ateliers", "Gaëlle", "Garnier", "Directrice administrative", manager=MANAGER,
                   shows="gestionnaire des habilitations : CDAP ouvert, Esat en cours (cas 3)"),
            FictionalWorker("social-ateliers", "Sofia", "Simon", "Travailleuse sociale", "CDAP_T1"),
        ),
    ),
    Story(
        "ESAT du Canal Saint-Martin", "99990001200025", PartnerKind.ESAT, "751", "75", "759999014", mode=Mode.DELEGATED,
        people=(
            FictionalWorker("gestionnaire-canal", "Marc", "Morel", "Directeur", manager=MANAGER,
                   shows="gestionnaire des habilitations d'un Esat délégué"),
            FictionalWorker("suppleante-canal", "Sylvie", "Perrin", "Directrice adjointe", manager=DEPUTY),
            FictionalWorker("declarante-canal", "Delphine", "Dubois", "Responsable de la paie", "ESAT_DECLARANT",
                   shows="déclarante : elle voit l'onglet Esat"),
            FictionalWorker("declarant-canal", "Éric", "Élan", "Comptable", "ESAT_DECLARANT"),
            FictionalWorker("preparatrice-canal", "Zoé", "Zèbre", "Assistante", "ESAT_PREPARATEUR"),
            FictionalWorker("lecteur-canal", "Léon", "Lambert", "Chef d'atelier", "ESAT_LECTEUR"),
            FictionalWorker("suspendu-canal", "Paul", "Petit", "Moniteur", "ESAT_LECTEUR", state="SUSPENDED",
                   shows="suspendu : il ne voit plus rien"),
            FictionalWorker("partie-canal", "Irène", "Âge", "Comptable", "ESAT_DECLARANT", state="LEFT"),
            FictionalWorker("paie-fictive", "", "Paie Fictive", "Éditeur de paie", "ESAT_DECLARANT", machine=True,
                   shows="client machine d'un éditeur de paie fictif"),
        ),
    ),
    Story(
        "ESAT du Bassin", "99990001200033", PartnerKind.ESAT, "751", "75", "759999022",
        reaches="SIGNED", bulletin_siret="99990001200025",
    ),
    Story(
        "ESAT de la Seine Aval", "99990001200041", PartnerKind.ESAT, "781", "78", "789999018",
        people=(
            FictionalWorker("declarante-seine", "Fanny", "Fabre", "Directrice", "ESAT_DECLARANT",
                   shows="déclarante d'un Esat centralisé, suivi par la Caf des Yvelines"),
        ),
    ),
    Story(
        "Fondation Horizons", "99990002000010", PartnerKind.OPERATING_BODY, "921", "92", "929999019",
        mode=Mode.DELEGATED, services=("CDAP", "ESAT"),
        others=(
            ("99990002000028", "ESAT Horizons Saint-Denis", "93", None),
            ("99990002000036", "ESAT Horizons Argenteuil", "95", None),
        ),
        people=(
            FictionalWorker("gestionnaire-horizons", "Hugo", "Henry", "Secrétaire général", manager=MANAGER,
                   shows="gestionnaire d'un partenaire administré par le CNA"),
            FictionalWorker("declarant-horizons", "Jean", "Jacquet", "Responsable de la paie", "ESAT_DECLARANT"),
        ),
    ),
    Story("ESAT La Passerelle", "99990003800012", PartnerKind.ESAT, "691", "69", "699999017", reaches="DRAFT"),
    Story(
        "ESAT Les Oliviers", "99990004600015", PartnerKind.ESAT, "131", "13", "139999015",
        mode=Mode.DELEGATED, previous=Mode.CENTRALISED,
        people=(
            FictionalWorker("gestionnaire-oliviers", "Olivia", "Olivier", "Directrice", manager=MANAGER),
            FictionalWorker("declarant-oliviers", "Tom", "Tessier", "Comptable", "ESAT_DECLARANT"),
        ),
    ),
    Story(
        "ESAT Les Oliviers 2", "99990004600072", PartnerKind.ESAT, "131", "13", "139999023",
        reaches="INCOMPLETE", roles=(),
    ),
    Story(
        "CCAS de Villefictive", "99990005300011", PartnerKind.SOCIAL_CENTRE, "331", "33", services=("CDAP",),
        people=(
            FictionalWorker("social-villefictive", "Claire", "Clément", "Travailleuse sociale", "CDAP_T2",
                   shows="CDAP seulement : pas d'onglet Esat"),
        ),
    ),
    Story(
        "ESAT des Alizés", "99990007900016", PartnerKind.ESAT, "974", "974",
        people=(FictionalWorker("declarante-alizes", "Maëva", "Maillot", "Directrice", "ESAT_DECLARANT"),),
    ),
)  # fmt: skip


async def seed_demo(database: Database, issuer: str, today: date) -> None:
    """The world, in an empty register that holds the reference data.

    Identities are `issuer`'s.
    """
    await keep_canary(database, fictional_vault())
    async with database.transaction() as session:
        await seed_organisms(session)
        teller = DemoScript(session, issuer, await _catalogue(session))
        for subject, (code, profile, given_name, family, _) in AGENTS.items():
            user = teller.person(subject, given_name, family)
            organism = teller.organisms[code]
            session.add(Agent.appoint(user, organism, profile, SEPTEMBER))
        await session.flush()
        by = (
            await session.scalars(select(User).where(User.id == "usr_agent-paris"))
        ).one()
        for story in STORIES:
            partner = teller.tell(story, by, today)
            await session.flush()
            await Register(session, database, partner.registered_on).keep_timeline(
                partner
            )
        await tell_declarations(session, database)


@dataclass(frozen=True, slots=True)
class Catalogue:
    organisms: dict[str, Organism]
    departments: dict[str, Department]
    missions: list[Mission]
    services: dict[str, Service]
    roles: dict[str, Role]


async def _catalogue(session: AsyncSession) -> Catalogue:
    return Catalogue(
        {o.code: o for o in await session.scalars(select(Organism))},
        {d.code: d for d in await session.scalars(select(Department))},
        list(await session.scalars(select(Mission).order_by(Mission.code))),
        {s.code: s for s in await session.scalars(select(Service))},
        {r.code: r for r in await session.scalars(select(Role))},
    )


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
            day = AMENDMENT_DAY  # long after the other service was opened: case 3, whose amendment is still to be made
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
