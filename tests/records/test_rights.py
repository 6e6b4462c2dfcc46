"""Rights as the documents give them: the same as enforcement's, and the link to mend is named (R29, R35, R40, R48)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import combinations

import pytest
from sqlalchemy import select, update

from persistence.engine import Database
from persistence.records import (
    Department,
    LinkKind,
    Mode,
    Partner,
    Path,
    Service,
    paths,
    standing,
)
from persistence.register import Register
from tests.conftest import PARTS
from tests.holding import held, rights_of

from .build import (
    CAF,
    CARE,
    CDAP,
    CONSULTANT,
    DECIDER,
    DECLARANT,
    ESAT,
    READER,
    WORK,
    day,
)
from .lives import ACCIDENTS, BEGUN, SHAPES, Life, Reference, a_life
from .reference import reference_of

DAYS = (-8, -3, -1, 0, 1, 2, 3, 4, 5, 6, 60)
OURS = Reference(
    CAF,
    Department(code="75"),
    {"ESAT": ESAT, "CDAP": CDAP},
    {"ESAT": [DECLARANT, READER], "CDAP": [CONSULTANT, CONSULTANT]},
    [WORK, CARE],
    DECIDER,
)

# the link to mend

BREAKS: Mapping[str, LinkKind] = {
    "left": LinkKind.USER,
    "person suspended": LinkKind.USER,
    "excluded": LinkKind.GROUP,
    "group closed": LinkKind.GROUP,
    "role taken back": LinkKind.ROLE,
    "establishment ended": LinkKind.ESTABLISHMENT,
    "bulletin to a term": LinkKind.BULLETIN,
    "bulletin to close": LinkKind.BULLETIN,
    "service suspended": LinkKind.SERVICE,
    "convention to a term": LinkKind.CONVENTION,
    "convention suspended": LinkKind.CONVENTION,
    "convention to close": LinkKind.CONVENTION,
}
"""What breaks the right to the first establishment for good, and the link that says it."""


def best(life: Life) -> Path:
    """The path to the first establishment that is the nearest to hold."""
    place = life.partner.establishments[0].id
    found = [
        p
        for p in paths(life.partner, day(6))
        if p.right is not None and p.right.establishment_id == place
    ]
    return min(
        found, key=lambda path: sum(link.broken is not None for link in path.links)
    )


def test_a_life_without_accident_gives_the_right() -> None:
    assert best(a_life(OURS)).holds


@pytest.mark.parametrize("accident", BREAKS)
def test_the_broken_link_is_the_one_whose_mending_gives_the_right(
    accident: str,
) -> None:
    path = best(a_life(OURS, SHAPES[0], 0, accident))

    assert [link.kind for link in path.links if link.broken] == [BREAKS[accident]]
    assert path.broken is not None
    assert path.broken.kind is BREAKS[accident]
    assert not path.holds


def test_of_several_broken_links_the_highest_is_named_first_and_mending_each_in_turn_gives_the_right() -> (
    None
):
    upwards = [link.kind for link in best(a_life(OURS)).links]
    for several in combinations(BREAKS, 3):
        left, mended = set(several), []
        while (broken := best(a_life(OURS, SHAPES[0], 0, *left)).broken) is not None:
            mended.append(broken.kind)
            left = {
                accident for accident in left if BREAKS[accident] is not broken.kind
            }

        assert left == set(), several
        assert mended == sorted(
            {BREAKS[accident] for accident in several}, key=upwards.index, reverse=True
        ), several


# the register says the same


async def _lived(database: Database, part: int) -> list[str]:
    """Every two accidents in one shape, every one in each: as many partners, with their timelines.

    Of the three parts of them, one.
    """
    chosen: list[tuple[tuple[Mode, str], tuple[str, ...]]] = [
        (shape, (accident,)) for shape in SHAPES for accident in ("", *ACCIDENTS)
    ]
    chosen += [
        (SHAPES[n % len(SHAPES)], two)
        for n, two in enumerate(combinations(ACCIDENTS, 2))
    ]
    async with database.transaction() as session:
        reference = await reference_of(session)
        partners = [
            a_life(reference, shape, n, *told).partner
            for n, (shape, told) in enumerate(chosen[part::3])
        ]
        session.add_all(partners)
        await session.flush()
        register = Register(session, database, BEGUN)
        for partner in partners:
            await register.keep_timeline(partner)
        return [partner.id for partner in partners]


@pytest.mark.slow
@pytest.mark.thirds
@pytest.mark.parametrize("part", PARTS)
async def test_the_documents_give_what_the_register_grants_path_by_path_and_on_any_day(
    database: Database, part: int
) -> None:
    ids = await _lived(database, part)
    for available_from in (None, day(3)):
        await _available(database, available_from)
        given: dict[bool, int] = defaultdict(int)
        async with database.looking() as session:
            partners = (
                await session.scalars(select(Partner).where(Partner.id.in_(ids)))
            ).all()
            users = {partner.affiliations[0].user.id: partner for partner in partners}
            for on in map(day, DAYS):
                told_of = {row["user"]: row for row in await held(database, users, on)}
                for user, partner in users.items():
                    grants, administered = rights_of(told_of[user])
                    told = list(paths(partner, on))

                    assert {
                        _grant(partner, path) for path in told if path.holds
                    } == grants, (partner.name, on)
                    assert standing(partner, on).managers == {
                        user for _ in administered
                    }, (partner.name, on)
                    assert all(path.holds or path.broken for path in told), (
                        partner.name,
                        on,
                    )
                    given[bool(grants)] += 1
        assert min(given.values()) > len(ids)


def _grant(partner: Partner, path: Path) -> tuple[str, ...]:
    assert path.right is not None
    assert path.group.role is not None
    return (
        path.group.role.profile,
        path.group.id,
        partner.id,
        path.right.service_id,
        path.right.establishment_id,
    )


async def _available(database: Database, day_: date | None) -> None:
    if day_ is not None:
        async with database.transaction() as session:
            await session.execute(
                update(Service)
                .where(Service.id == "svc_ESAT")
                .values(available_from=day_)
            )
