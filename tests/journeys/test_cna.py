"""A scope over several departments: the Centre national d'appui administers the whole convention (§3, R47)."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from tests.conftest import World

from .story import (
    CENTRALISED,
    DELEGATED,
    SOCIAL,
    TODAY,
    TOMORROW,
    WORK,
    Invited,
    Partner,
    Person,
    a_signed_esat,
    a_siret,
    an_open_service,
    paper,
    refused,
    somebody,
)

PARIS, CNA = "Caf de Paris", "Centre national d'appui"
WHOSE = "query($id: ID!, $on: Date) { partner(by: {id: $id}, on: $on) { administeredBy { name } conventionInForce { organism { code } } } }"
LATER = datetime(2026, 12, 11, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wide:
    """A partner of Paris with an annex in another department; both services open on Paris alone."""

    partner: Partner
    annex: str
    convention: str
    bulletin: str
    access: str
    group: str
    member: Invited

    @property
    def everywhere(self) -> tuple[str, ...]:
        return (*self.partner.establishments, self.annex)


@pytest.fixture
def cna(world: World) -> Person:
    return Person(world, "agent-cna")


async def a_narrow_partner(paris: Person, mode: str = CENTRALISED) -> Wide:
    partner, convention = await a_signed_esat(paris, mode)
    await paris.amends(convention, (*WORK, *SOCIAL))
    annex = await paris.adds_establishment(partner.id, a_siret(), "93")
    bulletin, access = await an_open_service(paris, partner, convention)
    group = await paris.creates_group(access)
    await paris.attaches(group)
    keeper = paris
    if mode == DELEGATED:
        appointed = await paris.appoints(
            convention, "MANAGER", person=somebody("Mona", "Mimosa")
        )
        keeper = Person(paris.asker, "mona")
        await keeper.accepts(appointed["invitation"])
    member = await keeper.invites(partner.id, "Jo", "Jonquille")
    await keeper.includes(group, member.user)
    await Person(paris.asker, "jo").accepts(member.secret)
    return Wide(partner, annex, convention, bulletin, access, group, member)


async def widens(paris: Person, wide: Wide, on: str = TODAY, **more: object) -> str:
    """The wider bulletin, signed with the acknowledgement."""
    bulletin = await paris.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.everywhere
    )
    await paris.signs_bulletin(bulletin, on, acknowledgeCna=True, **more)
    return bulletin


async def administered(
    person: Person, partner: str, on: str | None = None
) -> str | None:
    seen = (await person.asks(WHOSE, id=partner, on=on))["partner"]
    return seen and seen["administeredBy"]["name"]  # type: ignore[no-any-return]


async def test_the_cna_is_announced_before_the_signature_and_acknowledged(
    paris: Person,
) -> None:
    """A11, A13: the scope of the bulletin, not the places of the partner, makes it wide."""
    wide = await a_narrow_partner(paris)
    bulletin = await paris.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.everywhere
    )
    signing = {"bulletinId": bulletin, "signature": paper("c"), "effectiveFrom": TODAY}

    seen = await paris.reads(
        bulletin,
        "... on MembershipBulletin { departments coversSeveralDepartments cnaAcknowledged }",
    )
    assert (
        seen["departments"],
        seen["coversSeveralDepartments"],
        seen["cnaAcknowledged"],
    ) == (
        ["75", "93"],
        True,
        False,
    )
    narrow = await paris.reads(
        wide.bulletin, "... on MembershipBulletin { coversSeveralDepartments }"
    )
    assert narrow["coversSeveralDepartments"] is False
    with refused("CNA_ACKNOWLEDGE", "R47") as told:
        await paris.tells_impact("bulletinSign", **signing)
    assert told.path == ["input", "acknowledgeCna"]
    essay = await paris.tells_impact("bulletinSign", **signing, acknowledgeCna=True)
    assert (essay["administeredBefore"], essay["administeredAfter"], essay["lost"]) == (
        PARIS,
        CNA,
        [],
    )
    assert await administered(paris, wide.partner.id) == PARIS

    done = await paris.does_with_impact("bulletinSign", **signing, acknowledgeCna=True)

    assert done == essay
    assert await administered(paris, wide.partner.id) == CNA


async def test_the_whole_convention_moves_and_the_signing_caf_keeps_reading_the_papers(
    paris: Person, cna: Person, world: World
) -> None:
    """R47, A13, A14, A15: all the services, and the signing party stays."""
    wide = await a_narrow_partner(paris)
    await _opens_cdap(paris, wide)
    jo, yvelines = Person(world, "jo"), Person(world, "agent-yvelines")
    assert await cna.reads(wide.partner.id) is None
    await widens(paris, wide)

    # who signed keeps the partner and its papers, and no longer its people, its journal or its decisions
    kept = "query($id: ID!) { partner(by: {id: $id}) { conventionInForce { id organism { code } } establishments { totalCount } groups { totalCount } affiliations { totalCount } journal { totalCount } eligibilities { id } } }"
    seen = (await paris.asks(kept, id=wide.partner.id))["partner"]
    assert seen == {
        "conventionInForce": {"id": wide.convention, "organism": {"code": "751"}}, "establishments": {"totalCount": 2},
        "groups": {"totalCount": 0}, "affiliations": {"totalCount": 0}, "journal": {"totalCount": 0}, "eligibilities": [],
    }  # fmt: skip
    assert await paris.reads(wide.member.user) is None
    for act, values in _acts(wide).items():
        with refused(
            "FORBIDDEN"
            if act != "userSuspend" and not act.startswith("group")
            else "NOT_FOUND"
        ) as told:
            await paris.does(act, **values)
        assert told.errors[0]["code"] == "NOT_FOUND" or CNA in told.message
    # the CNA has all of it; the Caf that pilots it has nothing
    theirs = (await cna.asks(kept, id=wide.partner.id))["partner"]
    assert (theirs["groups"]["totalCount"], theirs["affiliations"]["totalCount"]) == (
        1,
        1,
    )
    assert theirs["journal"]["totalCount"] > 10
    assert await yvelines.reads(wide.partner.id) is None
    for act, values in _acts(wide).items():
        with refused("NOT_FOUND"):
            await yvelines.does(act, **values)
        await cna.does(act, **values, dryRun=True)
    assert await jo.tabs() == ["Esat"]  # the partner's people have lost nothing


def _acts(wide: Wide) -> dict[str, dict[str, object]]:
    return {
        "conventionClose": {
            "conventionId": wide.convention,
            "on": TODAY,
            "closingReason": "TERMINATED_BY_CAF",
        },
        "conventionSuspend": {
            "conventionId": wide.convention,
            "suspensionReason": "Vérification",
        },
        "serviceSuspend": {"accessId": wide.access, "suspensionReason": "Vérification"},
        "bulletinClose": {
            "bulletinId": wide.bulletin,
            "on": TODAY,
            "closingReason": "Fin",
        },
        "groupClose": {"groupId": wide.group, "on": TODAY},
        "groupMembersRemove": {
            "groupId": wide.group,
            "userIds": [wide.member.user],
            "on": TODAY,
        },
        "userSuspend": {
            "affiliationId": wide.member.affiliation,
            "suspensionReason": "Vérification",
        },
    }


async def _opens_cdap(agent: Person, wide: Wide) -> str:
    terms = (wide.convention, wide.partner.siret, (), ("CDAP_T1",), "CDAP")
    bulletin = await agent.prepares_bulletin(*terms, departments=["75"])
    await agent.signs_bulletin(bulletin)
    await agent.decides_eligibility(wide.partner.id, service="CDAP")
    return await agent.opens(bulletin)


async def test_any_service_moves_all_of_them(paris: Person, cna: Person) -> None:
    """R47: CDAP over two departments moves Esat too, though nobody opened CDAP yet."""
    wide = await a_narrow_partner(paris)
    terms = (wide.convention, wide.partner.siret, (), ("CDAP_T1",), "CDAP")
    bulletin = await paris.prepares_bulletin(*terms, departments=["75", "93"])
    with refused("CNA_ACKNOWLEDGE", "R47"):
        await paris.signs_bulletin(bulletin)
    await paris.signs_bulletin(bulletin, acknowledgeCna=True)

    await cna.suspends_service(wide.access)

    assert await Person(paris.asker, "jo").tabs() == []


async def test_a_wide_bulletin_to_come_moves_the_convention_on_its_first_second(
    paris: Person, cna: Person, world: World
) -> None:
    """A13: nobody does anything on the day; the future is read before."""
    wide = await a_narrow_partner(paris)
    await widens(paris, wide, TOMORROW)

    assert await administered(paris, wide.partner.id) == PARIS
    assert await administered(paris, wide.partner.id, TOMORROW) == CNA
    assert await cna.reads(wide.partner.id) is None
    world.clock.instant = datetime(2026, 12, 10, 22, 59, 59, tzinfo=UTC)
    await paris.suspends(wide.member.affiliation)
    world.clock.instant = datetime(2026, 12, 10, 23, 0, 0, tzinfo=UTC)
    with refused("NOT_FOUND"):
        await paris.reinstates(wide.member.affiliation)
    await cna.reinstates(wide.member.affiliation)


async def test_a_delegated_partner_stays_delegated_at_the_cna(
    paris: Person, cna: Person
) -> None:
    """R42, R47: who administers changes, the mode does not."""
    wide = await a_narrow_partner(paris, DELEGATED)
    await widens(paris, wide)

    await Person(paris.asker, "mona").invites(wide.partner.id, "Max", "Mauve")
    with refused("FORBIDDEN") as told:
        await cna.invites(wide.partner.id, "Lou", "Lilas")
    assert "R40" in told.message


async def test_custody_ends_only_when_the_scope_has_shrunk_and_the_cna_hands_back(
    paris: Person, cna: Person, world: World
) -> None:
    """A13: back only by `cnaHandBack`, refused while a wide bulletin is in force or announced."""
    wide = await a_narrow_partner(paris)
    broad = await widens(paris, wide)
    with refused("BULLETIN_OPENED", "R34"):
        await cna.opens(broad)
    await cna.does(
        "bulletinReplace", bulletinId=wide.bulletin, successorId=broad, on=TODAY
    )
    handing = {"partnerId": wide.partner.id}
    with refused("CNA_STILL_WIDE", "R47"):
        await cna.tells_impact("cnaHandBack", **handing)

    narrow = await cna.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.partner.establishments
    )
    await cna.signs_bulletin(narrow, TOMORROW)
    await cna.does("bulletinReplace", bulletinId=broad, successorId=narrow, on=TOMORROW)
    with refused("CNA_STILL_WIDE", "R47"):  # until its last day
        await cna.does("cnaHandBack", **handing)
    world.clock.instant = LATER
    assert (
        await administered(cna, wide.partner.id) == CNA
    )  # nothing comes back by itself
    with refused("FORBIDDEN"):
        await paris.does("cnaHandBack", **handing)
    essay = await cna.tells_impact("cnaHandBack", **handing)
    assert (essay["administeredBefore"], essay["administeredAfter"]) == (CNA, PARIS)
    done = await cna.does(
        "cnaHandBack", "partner { id } impact { administeredAfter }", **handing
    )

    assert done["impact"]["administeredAfter"] == PARIS
    assert done["partner"] is None  # a hand-over: the CNA no longer reads it
    assert await cna.reads(wide.partner.id) is None
    await paris.suspends(wide.member.affiliation)
    with refused("CNA_NOT_ADMINISTERING", "R47"):
        await paris.does("cnaHandBack", **handing)
    # a scope that widens again moves it again
    again = await paris.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.everywhere
    )
    await paris.signs_bulletin(again, "2026-12-11", acknowledgeCna=True)
    assert await administered(cna, wide.partner.id) == CNA


async def test_a_wide_bulletin_announced_holds_back_the_hand_back(
    paris: Person, cna: Person, world: World
) -> None:
    wide = await a_narrow_partner(paris)
    await widens(paris, wide, effectiveTo=TOMORROW)
    world.clock.instant = LATER
    announced = await cna.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.everywhere
    )
    await cna.signs_bulletin(announced, "2027-01-01", acknowledgeCna=True)

    with refused("CNA_STILL_WIDE", "R47"):
        await cna.does("cnaHandBack", partnerId=wide.partner.id)
    await cna.does(
        "bulletinClose", bulletinId=announced, on="2026-12-11", closingReason="Abandon"
    )
    await cna.does("cnaHandBack", partnerId=wide.partner.id)

    assert await administered(paris, wide.partner.id) == PARIS
    assert await administered(paris, wide.partner.id, "2027-01-02") == PARIS


async def test_what_the_cna_does_not_administer_it_cannot_hand_back(
    paris: Person, cna: Person
) -> None:
    wide = await a_narrow_partner(paris)

    with refused("NOT_FOUND"):
        await cna.does("cnaHandBack", partnerId=wide.partner.id)


async def test_two_caf_of_one_department_are_not_several_departments(
    paris: Person, cna: Person
) -> None:
    """A12: department 64 has two Caf."""
    partner, convention = await a_signed_esat(paris, department="64")
    twin = await paris.adds_establishment(
        partner.id, a_siret(), "64", "Annexe de Bayonne"
    )
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, twin)
    )

    await paris.signs_bulletin(bulletin)

    seen = await paris.reads(
        bulletin, "... on MembershipBulletin { departments coversSeveralDepartments }"
    )
    assert (seen["departments"], seen["coversSeveralDepartments"]) == (["64"], False)
    assert (await administered(paris, partner.id), await cna.reads(partner.id)) == (
        PARIS,
        None,
    )


async def test_custody_survives_a_successor_convention(
    paris: Person, cna: Person, world: World
) -> None:
    """A13, R43: another mode, on a scope that is no longer wide, and still the CNA's."""
    wide = await a_narrow_partner(paris)
    broad = await widens(paris, wide)
    await cna.does(
        "bulletinReplace", bulletinId=wide.bulletin, successorId=broad, on=TODAY
    )
    narrow = await cna.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.partner.establishments
    )
    await cna.signs_bulletin(narrow, TOMORROW)
    await cna.does("bulletinReplace", bulletinId=broad, successorId=narrow, on=TOMORROW)
    world.clock.instant = LATER
    switch = {
        "on": "2026-12-11",
        "convention": paper("1"),
        "contract": paper("2"),
        "bulletins": [{"serviceId": "svc_ESAT", "signature": paper("3")}],
    }
    values = {
        "partnerId": wide.partner.id,
        "mode": DELEGATED,
        "members": "END",
        "switch": switch,
    }
    with refused("FORBIDDEN"):
        await paris.does("delegationChange", **values)

    essay = await cna.does_with_impact("delegationChange", **values)

    assert (essay["administeredBefore"], essay["administeredAfter"]) == (CNA, CNA)
    assert await administered(cna, wide.partner.id) == CNA
    seen = (await paris.asks(WHOSE, id=wide.partner.id, on=None))["partner"]
    assert seen == {
        "administeredBy": {"name": CNA},
        "conventionInForce": {"organism": {"code": "751"}},
    }
    await cna.does("cnaHandBack", partnerId=wide.partner.id)
    assert await administered(paris, wide.partner.id) == PARIS


async def test_an_acknowledgement_given_for_nothing_moves_nothing(
    paris: Person,
) -> None:
    wide = await a_narrow_partner(paris)
    bulletin = await paris.prepares_bulletin(
        wide.convention, wide.partner.siret, wide.partner.establishments
    )

    await paris.signs_bulletin(bulletin, acknowledgeCna=True)

    assert await administered(paris, wide.partner.id) == PARIS
    seen = await paris.reads(bulletin, "... on MembershipBulletin { cnaAcknowledged }")
    assert seen["cnaAcknowledged"] is False


async def test_a_wide_bulletin_given_up_before_its_day_moves_nothing(
    paris: Person, cna: Person, world: World
) -> None:
    """What is announced may be given up: the day passes and nothing happens."""
    wide = await a_narrow_partner(paris)
    broad = await widens(paris, wide, "2026-12-12")

    await paris.does(
        "bulletinClose", bulletinId=broad, on=TOMORROW, closingReason="Abandon"
    )

    world.clock.instant = datetime(2026, 12, 12, 8, tzinfo=UTC)
    assert await administered(paris, wide.partner.id) == PARIS
    assert await cna.reads(wide.partner.id) is None
