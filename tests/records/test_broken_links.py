"""What a broken link says of itself, and who can mend it (R29, R35, R40, R48).

The words are those of « Pourquoi ? »: they tell a person what is wrong, since when, and whom to ask.
"""

from collections.abc import Callable
from datetime import date

import pytest

from persistence.records import (
    FOREVER,
    ChainLink,
    Department,
    LinkKind,
    Mode,
    Unblocker,
    paths,
)
from persistence.records.base import french
from persistence.records.conventions import ClosingReason
from persistence.records.suspensions import Author, suspend

from .build import (
    BY_ORGANISM,
    BY_PARTNER,
    CAF,
    CARE,
    CDAP,
    CONSULTANT,
    DECIDER,
    DECLARANT,
    ESAT,
    READER,
    TODAY,
    WORK,
    day,
)
from .lives import BEGUN, SHAPES, Life, Reference, a_life

OURS = Reference(
    CAF,
    Department(code="75"),
    {"ESAT": ESAT, "CDAP": CDAP},
    {"ESAT": [DECLARANT, READER], "CDAP": [CONSULTANT, CONSULTANT]},
    [WORK, CARE],
    DECIDER,
)
ONE_PLACE = next(shape for shape in SHAPES if shape[1] == "one of the scope")
ALL_PLACES = next(shape for shape in SHAPES if shape[1] == "all of the scope")
USERS, ORGANISM, NATIONAL = (
    Unblocker.USERS_MANAGER,
    Unblocker.ORGANISM,
    Unblocker.NATIONAL,
)


def links_of(life: Life, on: date) -> dict[LinkKind, ChainLink]:
    """The links of the person's first path, by kind."""
    path = next(paths(life.partner, on))
    return {link.kind: link for link in path.links}


# a chain that holds


def test_each_link_names_its_object() -> None:
    life = a_life(OURS)

    links = links_of(life, TODAY)

    place = life.bulletin.establishments[0]
    assert [(kind, link.object_id, link.label) for kind, link in links.items()] == [
        (LinkKind.USER, life.person.user.id, "Delphine Dubois 0"),
        (LinkKind.GROUP, life.group.id, "Déclarants"),
        (LinkKind.ROLE, DECLARANT.id, "D"),
        (LinkKind.ESTABLISHMENT, place.id, "Atelier 1"),
        (LinkKind.BULLETIN, life.bulletin.id, "Bulletin ESAT"),
        (LinkKind.SERVICE, life.access.id, "Esat"),
        (
            LinkKind.CONTRACT,
            life.convention.id,
            "Contrat de services (centralisé)",
        ),
        (
            LinkKind.CONVENTION,
            life.convention.id,
            f"Convention du {french(BEGUN)}",
        ),
    ]


def test_who_could_mend_a_link_is_named_while_it_holds() -> None:
    links = links_of(a_life(OURS), TODAY)

    assert all(link.broken is None for link in links.values())
    menders = {kind: link.mender for kind, link in links.items()}
    assert [kind for kind, mender in menders.items() if mender is USERS] == [
        LinkKind.USER,
        LinkKind.GROUP,
        LinkKind.ROLE,
    ]
    assert NATIONAL not in menders.values()


def test_a_contract_names_its_mode() -> None:
    delegated = next(shape for shape in SHAPES if shape[0] is Mode.DELEGATED)

    contract = links_of(a_life(OURS, delegated), TODAY)[LinkKind.CONTRACT]

    assert contract.label == "Contrat de services (délégué)"


def test_a_convention_is_named_by_its_number_or_else_by_its_day() -> None:
    life = a_life(OURS)
    life.convention.number = "C-2026-1"
    numbered = links_of(life, TODAY)[LinkKind.CONVENTION]
    life.convention.number = life.convention.in_force_on = None
    life.convention.prepared_on = day(-9)
    unsigned = links_of(life, TODAY)[LinkKind.CONVENTION]

    assert numbered.label == "C-2026-1"
    assert unsigned.label == f"Convention du {french(day(-9))}"


def test_a_scope_without_establishments_is_named_the_scope() -> None:
    departments = next(shape for shape in SHAPES if shape[1] == "departments")

    place = links_of(a_life(OURS, departments), TODAY)[LinkKind.ESTABLISHMENT]

    assert place == (LinkKind.ESTABLISHMENT, None, "Portée", None, ORGANISM)


# a chain that is broken

Happening = Callable[[Life], object]


def each(*happenings: Happening) -> Happening:
    """All of these, in order."""

    def happen(life: Life) -> None:
        for happening in happenings:
            happening(life)

    return happen


def suspended_by(*authors: Author) -> Happening:
    """The person is suspended by each of these."""

    def happen(life: Life) -> None:
        for author in authors:
            suspend(life.person.suspensions, TODAY, "Précaution", author)

    return happen


def leave(life: Life) -> None:
    life.person.end(TODAY, TODAY)


def become(name: str, value: object, of: str = "convention") -> Happening:
    return lambda life: setattr(getattr(life, of), name, value)


def withdraw_the_bulletin(life: Life) -> None:
    life.access.bulletins.clear()


def lose_a_signature(life: Life) -> None:
    life.bulletin.opened_on = life.bulletin.partner_signed_on = None


def leave_the_scope(life: Life) -> None:
    life.bulletin.establishments = []


def be_served_by(**facts: date) -> Happening:
    """The service's own days: a service of this life alone."""

    def happen(life: Life) -> None:
        service = type(ESAT)(
            id=ESAT.id, code=ESAT.code, label=ESAT.label, tab_label=ESAT.tab_label
        )
        for name, value in facts.items():
            setattr(service, name, value)
        life.access.service = service

    return happen


def pause_the_service(life: Life) -> None:
    life.pause(life.access.suspensions, 0)


def pause_the_convention(life: Life) -> None:
    life.pause(life.convention.suspensions, 0)


def terminate(life: Life) -> None:
    life.convention.close(TODAY, ClosingReason.TERMINATED_BY_CAF, None, TODAY)


SINCE_TODAY = f"depuis le {french(TODAY)}"
BROKEN: dict[str, tuple[Happening, LinkKind, str | None, Unblocker]] = {
    "a person who left": (
        leave,
        LinkKind.USER,
        f"n'est plus rattaché {SINCE_TODAY}",
        USERS,
    ),
    "a person suspended by the organism": (
        suspended_by(BY_ORGANISM),
        LinkKind.USER,
        f"est suspendu par l'organisme {SINCE_TODAY}",
        ORGANISM,
    ),
    "a person suspended by the partner": (
        suspended_by(BY_PARTNER),
        LinkKind.USER,
        f"est suspendu par le partenaire {SINCE_TODAY}",
        USERS,
    ),
    "a person suspended by both": (
        suspended_by(BY_PARTNER, BY_ORGANISM),
        LinkKind.USER,
        f"est suspendu par l'organisme {SINCE_TODAY} et le partenaire {SINCE_TODAY}",
        ORGANISM,
    ),
    "a suspended person who left": (
        each(suspended_by(BY_ORGANISM), leave),
        LinkKind.USER,
        f"n'est plus rattaché {SINCE_TODAY}",
        USERS,
    ),
    "a person who comes later": (
        become("starts_on", day(1), "person"),
        LinkKind.USER,
        f"n'est pas encore rattaché avant le {french(day(1))}",
        USERS,
    ),
    "a person without a first day": (
        become("starts_on", FOREVER, "person"),
        LinkKind.USER,
        "n'est pas encore rattaché",
        USERS,
    ),
    "a group without a role": (
        become("role", None, "group"),
        LinkKind.ROLE,
        "n'est pas rattaché au groupe",
        USERS,
    ),
    "a role that the bulletin does not grant": (
        become("roles", [READER], "bulletin"),
        LinkKind.ROLE,
        "n'est pas accordé par le bulletin",
        ORGANISM,
    ),
    "establishments that left the scope": (
        leave_the_scope,
        LinkKind.ESTABLISHMENT,
        "n'est plus dans la portée du bulletin",
        ORGANISM,
    ),
    "no bulletin": (withdraw_the_bulletin, LinkKind.BULLETIN, "n'existe pas", ORGANISM),
    "a bulletin that is not signed": (
        lose_a_signature,
        LinkKind.BULLETIN,
        "n'est pas signé",
        ORGANISM,
    ),
    "a bulletin that is not open": (
        become("opened_on", None, "bulletin"),
        LinkKind.BULLETIN,
        "n'est pas ouvert",
        ORGANISM,
    ),
    "a bulletin that opens later": (
        become("opened_on", day(1), "bulletin"),
        LinkKind.BULLETIN,
        f"n'est ouvert qu'à partir du {french(day(1))}",
        ORGANISM,
    ),
    "a bulletin at its term": (
        become("effective_to", TODAY, "bulletin"),
        LinkKind.BULLETIN,
        f"n'est plus ouvert {SINCE_TODAY}",
        ORGANISM,
    ),
    "a bulletin closed before its first day": (
        each(
            become("opened_on", TODAY, "bulletin"),
            become("closed_on", TODAY, "bulletin"),
        ),
        LinkKind.BULLETIN,
        f"n'est plus ouvert {SINCE_TODAY}",
        ORGANISM,
    ),
    "a service that is available later": (
        be_served_by(available_from=day(1)),
        LinkKind.SERVICE,
        f"n'est pas disponible avant le {french(day(1))}",
        NATIONAL,
    ),
    "a service that is available today": (
        be_served_by(available_from=TODAY),
        LinkKind.SERVICE,
        None,
        ORGANISM,
    ),
    "a service suspended": (
        each(be_served_by(available_from=BEGUN), pause_the_service),
        LinkKind.SERVICE,
        f"est suspendu {SINCE_TODAY}",
        ORGANISM,
    ),
    "a service suspended before it is available": (
        each(be_served_by(available_from=day(1)), pause_the_service),
        LinkKind.SERVICE,
        f"est suspendu {SINCE_TODAY}",
        ORGANISM,
    ),
    "a convention that is not signed": (
        become("in_force_on", None),
        LinkKind.CONVENTION,
        "n'est pas signée",
        ORGANISM,
    ),
    "a convention that begins later": (
        become("in_force_on", day(1)),
        LinkKind.CONVENTION,
        f"n'est en vigueur qu'à partir du {french(day(1))}",
        ORGANISM,
    ),
    "a convention at its term": (
        become("term_on", TODAY),
        LinkKind.CONVENTION,
        f"est à son terme {SINCE_TODAY}",
        ORGANISM,
    ),
    "a convention closed": (
        terminate,
        LinkKind.CONVENTION,
        f"est clôturée {SINCE_TODAY}",
        ORGANISM,
    ),
    "a convention closed on its first day": (
        each(become("in_force_on", TODAY), terminate),
        LinkKind.CONVENTION,
        f"est clôturée {SINCE_TODAY}",
        ORGANISM,
    ),
    "a convention suspended": (
        pause_the_convention,
        LinkKind.CONVENTION,
        f"est suspendue {SINCE_TODAY}",
        ORGANISM,
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_link_says_what_is_wrong_since_when_and_who_can_mend_it(
    case: str,
) -> None:
    happen, kind, words, mender = BROKEN[case]
    life = a_life(OURS, ONE_PLACE)
    happen(life)

    link = links_of(life, TODAY)[kind]

    assert (link.broken, link.mender) == (words, mender)


def test_a_group_of_all_establishments_leaves_no_scope() -> None:
    life = a_life(OURS, ALL_PLACES)
    life.bulletin.establishments = []

    place = links_of(life, TODAY)[LinkKind.ESTABLISHMENT]

    assert place.broken is None


def test_a_group_whose_bulletin_is_gone_left_no_scope() -> None:
    life = a_life(OURS, ONE_PLACE)
    withdraw_the_bulletin(life)

    links = links_of(life, TODAY)

    assert links[LinkKind.ESTABLISHMENT].broken is None
    assert links[LinkKind.BULLETIN].object_id is None


def test_a_group_without_a_role_has_a_link_without_an_object() -> None:
    life = a_life(OURS, ONE_PLACE)
    life.group.role = None

    role = links_of(life, TODAY)[LinkKind.ROLE]

    assert (role.object_id, role.label) == (None, "Rôle")


# the bulletin to speak of


def test_the_bulletin_open_that_day_is_spoken_of_before_any_that_opens_sooner() -> None:
    life = a_life(OURS)
    later = life.bulletin_of([READER], 1)
    life.bulletin.replace_with(later, day(2), frozenset(), TODAY)

    spoken_of = [
        links_of(life, day(offset))[LinkKind.BULLETIN].object_id for offset in (1, 2)
    ]

    assert spoken_of == [life.bulletin.id, later.id]


def test_with_none_open_the_last_one_opened_is_spoken_of() -> None:
    """A draft prepared since, or a bulletin that is still to open, explains nothing."""
    life = a_life(OURS)
    last = life.bulletin
    last.opened_on = last.closed_on = TODAY
    before = life.bulletin_of([READER], 1)
    before.opened_on, before.closed_on = day(-2), TODAY
    coming = life.bulletin_of([READER], 1)
    coming.opened_on = day(2)

    link = links_of(life, TODAY)[LinkKind.BULLETIN]

    assert link.object_id == last.id
    assert link.broken == f"n'est plus ouvert {SINCE_TODAY}"


def test_with_none_opened_yet_the_one_that_opens_is_spoken_of() -> None:
    life = a_life(OURS)
    life.bulletin.opened_on = day(2)
    life.bulletin_of([READER], 1)

    link = links_of(life, TODAY)[LinkKind.BULLETIN]

    assert link.object_id == life.bulletin.id
