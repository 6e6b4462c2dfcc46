"""A partner's ordinary life, and the accidents that may break each link from its person to a right."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from persistence.records import (
    Affiliation,
    Bulletin,
    Convention,
    Department,
    Group,
    Mission,
    Mode,
    Organism,
    Partner,
    Refused,
    Role,
    Service,
    ServiceAccess,
    Suspension,
    User,
)
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.carrying import MembersAtSwitch
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import ClosingReason
from persistence.records.decisions import Decision
from persistence.records.identifiers import Siret, luhn
from persistence.records.partners import PartnerKind
from persistence.records.successions import Papers, change_mode, switch
from persistence.records.suspensions import resume, suspend

from .build import BY_ORGANISM, PAPER, TODAY, day

BEGUN, JOINED = day(-9), day(-5)
MODE_CHANGE, TERMINATED = (
    ClosingReason.DELEGATION_CHANGE,
    ClosingReason.TERMINATED_BY_CAF,
)


@dataclass(frozen=True)
class Reference:
    """What partners are made of, from the register or without it."""

    caf: Organism
    department: Department
    services: Mapping[str, Service]
    roles: Mapping[str, Sequence[Role]]
    missions: Sequence[Mission]
    decider: User


@dataclass
class Life:
    """A partner with one service, one group, and one person, who manages the others where the mode has it."""

    partner: Partner
    convention: Convention
    access: ServiceAccess
    bulletin: Bulletin
    person: Affiliation
    group: Group
    roles: Sequence[Role]
    department: Department

    def bulletin_of(self, roles: Sequence[Role], width: int) -> Bulletin:
        """Another bulletin, signed for whenever it will open."""
        terms = BulletinTerms(
            self.partner.siret,
            list(roles),
            list(self.bulletin.establishments[:width]),
            [self.department],
        )
        made = self.access.prepare_bulletin(terms)
        made.sign(PAPER, JOINED, None, acknowledge_cna=False, today=JOINED)
        return made

    def replace(self, roles: Sequence[Role], width: int) -> None:
        """The bulletin gives way on the third day."""
        self.bulletin.replace_with(
            self.bulletin_of(roles, width), day(2), frozenset(), TODAY
        )

    def write_departments(self) -> None:
        """From the third day on the scope names departments, and no establishment."""
        if self.access.service.needs_establishment:
            return
        made = self.bulletin_of(self.roles, 0)
        made.departments = [self.department]
        self.bulletin.replace_with(made, day(2), frozenset(), TODAY)

    def include_again(self) -> None:
        self.group.exclude(self.person, day(-3), day(-4))
        self.group.include(self.person, day(1))

    def take_another_role(self) -> None:
        """The memberships follow by their key."""
        self.access.attach_role(self.group, self.roles[1], day(1))
        for member in self.group.memberships:
            member.role_id = self.roles[1].id

    def leave_the_role(self) -> None:
        self.group.memberships.clear()
        self.group.role = self.group.role_id = None

    def pause(
        self, suspensions: list[Suspension], first: int, last: int | None = None
    ) -> None:
        suspend(suspensions, day(first), "Précaution", BY_ORGANISM)
        if last is not None:
            resume(suspensions, day(last), BY_ORGANISM)

    def switch(self, on: date, today: date) -> None:
        other = (
            Mode.DELEGATED
            if self.convention.contract.mode is Mode.CENTRALISED
            else Mode.CENTRALISED
        )
        successor = change_mode(self.partner, other, today)
        papers = Papers(
            PAPER, PAPER, {self.access.service.id: PAPER}, acknowledge_cna=False
        )
        switch(
            successor, papers, on, MODE_CHANGE, frozenset(), today, MembersAtSwitch.END
        )
        for access in successor.accesses:
            for group in access.groups:
                group.include(self.person, on + timedelta(1))


ACCIDENTS: Mapping[str, Callable[[Life], object]] = {
    "convention to a term": lambda life: setattr(life.convention, "term_on", day(4)),
    "convention past its term": lambda life: setattr(
        life.convention, "term_on", day(-1)
    ),
    "convention suspended": lambda life: life.pause(life.convention.suspensions, -1),
    "convention suspended once": lambda life: life.pause(
        life.convention.suspensions, -4, -2
    ),
    "service suspended": lambda life: life.pause(life.access.suspensions, -1),
    "service suspended later": lambda life: life.pause(life.access.suspensions, 2),
    "service suspended once": lambda life: life.pause(life.access.suspensions, -4, -2),
    "bulletin opened later": lambda life: setattr(life.bulletin, "opened_on", day(2)),
    "bulletin closed": lambda life: life.bulletin.close(day(-1), "Retrait", day(-1)),
    "bulletin to close": lambda life: life.bulletin.close(day(5), "Retrait", day(-1)),
    "bulletin to a term": lambda life: setattr(life.bulletin, "effective_to", day(4)),
    "other roles": lambda life: life.replace(life.roles[1:], 2),
    "role taken back": lambda life: setattr(
        life.bulletin, "roles", list(life.roles[1:])
    ),
    "narrower scope": lambda life: life.replace(life.roles, 1),
    "scope of departments": Life.write_departments,
    "group closed": lambda life: life.group.close(day(-1), day(-1)),
    "group to close": lambda life: life.group.close(day(3), TODAY),
    "group without role": Life.leave_the_role,
    "another role": Life.take_another_role,
    "excluded": lambda life: life.group.exclude(life.person, day(-1), day(-1)),
    "to be excluded": lambda life: life.group.exclude(life.person, day(4), TODAY),
    "included again": Life.include_again,
    "left": lambda life: life.person.end(day(-1), day(-1)),
    "to leave": lambda life: life.person.end(day(4), TODAY),
    "person suspended": lambda life: life.pause(life.person.suspensions, -1),
    "person suspended once": lambda life: life.pause(life.person.suspensions, -4, -2),
    "not accepted": lambda life: setattr(life.person, "accepted_on", None),
    "accepted later": lambda life: setattr(life.person, "accepted_on", day(1)),
    "establishment ended": lambda life: setattr(
        life.partner.establishments[0], "ended_on", day(-1)
    ),
    "establishment to end": lambda life: setattr(
        life.partner.establishments[0], "ended_on", day(4)
    ),
    "manager ended": lambda life: life.convention.contract.managers[0].end(
        day(-1), day(-1)
    ),
    "manager to end": lambda life: life.convention.contract.managers[0].end(
        day(4), TODAY
    ),
    "switched": lambda life: life.switch(TODAY, TODAY),
    "to be switched": lambda life: life.switch(day(5), TODAY),
    "convention closed": lambda life: life.convention.close(
        day(-1), TERMINATED, None, day(-1)
    ),
    "convention to close": lambda life: life.convention.close(
        day(5), TERMINATED, None, TODAY
    ),
}
"""What may happen, by the verbs of the records; a term or an end that no act writes afterwards is written as it is."""

SHAPES = tuple(
    product(
        Mode,
        (
            "all of the scope",
            "one of the scope",
            "departments",
            "one, of another service",
        ),
    )
)


def a_life(
    reference: Reference,
    shape: tuple[Mode, str] = SHAPES[0],
    number: int = 0,
    *accidents: str,
) -> Life:
    """The life of this shape with these accidents, in their order; what is refused did not happen."""
    mode, scope = shape
    service = reference.services[
        "ESAT" if scope in ("all of the scope", "one of the scope") else "CDAP"
    ]
    partner = Partner.register(
        Siret.read(a_siret(number, 1)),
        f"Esat {number}",
        PartnerKind.ESAT,
        reference.caf,
        BEGUN,
    )
    for place in (1, 2):
        partner.add_establishment(
            Siret.read(a_siret(number, place)), f"Atelier {place}", "75", None, BEGUN
        )
    partner.decide_eligibility(
        service,
        Decision.ELIGIBLE,
        "Mission vérifiée",
        "1" * 64,
        reference.decider,
        BEGUN,
    )
    convention = partner.prepare_convention(
        mode, list(reference.missions), None, None, BEGUN
    )
    convention.sign(PAPER, PAPER, BEGUN, None, BEGUN)
    access = ServiceAccess.of(convention, service)
    places, roles = (
        ([] if scope == "departments" else list(partner.establishments)),
        reference.roles[service.code],
    )
    bulletin = access.prepare_bulletin(
        BulletinTerms(partner.siret, list(roles), places, [reference.department])
    )
    bulletin.sign(PAPER, BEGUN, None, acknowledge_cna=False, today=BEGUN)
    bulletin.open_service(BEGUN, frozenset(), BEGUN)
    group = access.create_group(
        "Déclarants", places[:1] if scope.startswith("one") else None, BEGUN
    )
    access.attach_role(group, roles[0], BEGUN)
    person = _person(partner, number)
    group.include(person, JOINED)
    if mode is Mode.DELEGATED:
        convention.contract.appoint(person, ManagerKind.MANAGER, JOINED)
    life = Life(
        partner,
        convention,
        access,
        bulletin,
        person,
        group,
        roles,
        reference.department,
    )
    for accident, happen in ACCIDENTS.items():
        if accident in accidents:
            with suppress(Refused, IndexError):
                happen(life)
    return life


def _person(partner: Partner, number: int) -> Affiliation:
    user = User.person(
        "Delphine", f"Dubois {number}", f"delphine.{number}@personne.invalid"
    )
    made = partner.invite(user, None, BEGUN)
    made.accepted_on = BEGUN
    made.partner_id, made.user_id = partner.id, user.id
    return made


def a_siret(number: int, place: int) -> str:
    return _keyed(_keyed(f"9977{number:04d}") + f"{place:04d}")


def _keyed(digits: str) -> str:
    return next(digits + key for key in "0123456789" if luhn(digits + key))
