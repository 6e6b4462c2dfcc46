"""A change of mode or of SIRET: the consequences are told first, then one convention takes the place of another."""

from datetime import date
from typing import Any

import pytest

from tests.conftest import World

from .payroll import a_deposit, a_line
from .story import (
    CENTRALISED,
    DELEGATED,
    TODAY,
    TOMORROW,
    Opened,
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    another_siret_of,
    paper,
    refused,
    somebody,
)

IMPACT = "impact { on lost { name service role establishments } gained { name } managersLost { name } managersGained { name } servicesLost servicesGained administeredBefore administeredAfter modeBefore modeAfter drafts { establishment campaignYear lines } }"
FILE = """query($id: ID!) { partner(by: {id: $id}) { siret mode conventionInForce { id siret predecessor { id closingReason }
  contract { managers { user { givenName } } }
  services { open openedBulletin { siret roles { code } } groups { nodes { name role { code } members { nodes { id } } } } } }
  conventions { nodes { id status } } establishments { nodes { id siret } } } }"""


def new_papers(on: str | None = TODAY) -> dict[str, object]:
    made: dict[str, object] = {
        "convention": paper("1"),
        "contract": paper("2"),
        "bulletins": [{"serviceId": "svc_ESAT", "signature": paper("3")}],
    }
    return made | ({"on": on} if on else {})


async def changes_mode(
    agent: Person, esat: Opened, mode: str, /, **more: object
) -> dict[str, Any]:
    return await agent.does("delegationChange", f"convention {{ id status }} {IMPACT}", **{"partnerId": esat.partner.id, "mode": mode, "members": "END"} | more)  # fmt: skip


async def test_a_change_of_mode_is_previewed_then_closes_the_convention_and_opens_its_successor(
    paris: Person,
) -> None:
    """R43, A7, A8."""
    esat = await an_open_esat(paris, "jo")
    jo = Person(paris.asker, "jo")
    await jo.declares(
        **(a_deposit(esat.partner.siret, "1", a_line(0)) | {"deposit": False})
    )

    preview = await changes_mode(
        paris, esat, DELEGATED, switch=new_papers(), dryRun=True
    )
    assert await jo.tabs() == ["Esat"]
    done = await changes_mode(paris, esat, DELEGATED, switch=new_papers())

    assert preview["impact"] == done["impact"]
    assert [change["name"] for change in done["impact"]["lost"]] == ["Jo jo"]
    assert done["impact"]["drafts"] == [
        {"establishment": "ESAT des Tilleuls", "campaignYear": 2026, "lines": 1}
    ]
    assert (done["impact"]["modeBefore"], done["impact"]["modeAfter"]) == (
        CENTRALISED,
        DELEGATED,
    )
    assert {w["code"] for w in done["warnings"]} == {
        "MEMBERS_END",
        "DELEGATED_WITHOUT_MANAGER",
    }
    assert await jo.tabs() == []
    seen = (await paris.asks(FILE, id=esat.partner.id))["partner"]
    assert seen["mode"] == DELEGATED
    assert seen["conventionInForce"]["predecessor"] == {
        "id": esat.convention,
        "closingReason": "DELEGATION_CHANGE",
    }
    assert sorted(c["status"] for c in seen["conventions"]["nodes"]) == [
        "CLOSED",
        "IN_FORCE",
    ]
    (service,) = seen["conventionInForce"]["services"]
    assert service["open"]
    assert service["groups"]["nodes"] == [{"name": "Déclarants", "role": {"code": "ESAT_DECLARANT"}, "members": {"nodes": []}}]  # fmt: skip


async def test_a_switch_to_come_changes_nothing_before_its_day_and_can_be_cancelled(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    jo = Person(paris.asker, "jo")

    done = await changes_mode(paris, esat, DELEGATED, switch=new_papers(TOMORROW))

    assert (done["convention"]["status"], await jo.tabs()) == ("ANNOUNCED", ["Esat"])
    with refused("ONE_CONVENTION", "R36"):
        await paris.does("conventionClosingCancel", conventionId=esat.convention)
    await paris.does(
        "conventionClose",
        conventionId=done["convention"]["id"],
        on=TOMORROW,
        closingReason="ABANDONED",
    )
    await paris.does("conventionClosingCancel", conventionId=esat.convention)
    seen = (await paris.asks(FILE, id=esat.partner.id))["partner"]
    assert (seen["mode"], seen["conventionInForce"]["id"]) == (
        CENTRALISED,
        esat.convention,
    )


async def test_a_successor_is_prepared_with_the_copies_and_prepared_once(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    prepared = await changes_mode(paris, esat, DELEGATED)

    again = await changes_mode(paris, esat, DELEGATED)

    assert (again["convention"], prepared["impact"]["lost"]) == (
        prepared["convention"],
        [],
    )
    with refused("MODE_SAME", "R43"):
        await changes_mode(paris, esat, CENTRALISED)
    with refused("SIGNATURE_MISSING", "R30"):
        await changes_mode(
            paris, esat, DELEGATED, switch=new_papers() | {"bulletins": []}
        )
    # the first manager is appointed on the successor before the switch
    appointed = await paris.appoints(
        prepared["convention"]["id"], "MANAGER", person=somebody("Mona", "Mimosa")
    )
    mona = Person(paris.asker, "mona")
    await mona.accepts(appointed["invitation"])
    done = await changes_mode(paris, esat, DELEGATED, switch=new_papers())
    assert [p["name"] for p in done["impact"]["managersGained"]] == ["Mona Mimosa"]
    assert {w["code"] for w in done["warnings"]} == {"MEMBERS_END"}


async def test_a_successor_given_up_leaves_its_place_to_another(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    first = (await changes_mode(paris, esat, DELEGATED))["convention"]["id"]
    new = another_siret_of(esat.partner.siret)
    with refused("SUCCESSOR_PREPARED", "R43"):
        await paris.does("partnerSiretChange", partnerId=esat.partner.id, siret=new)

    await paris.does(
        "conventionClose", conventionId=first, on=TODAY, closingReason="ABANDONED"
    )
    await paris.does(
        "partnerSiretChange",
        partnerId=esat.partner.id,
        siret=new,
        switch=new_papers(None),
    )
    second = (await changes_mode(paris, esat, DELEGATED, switch=new_papers()))[
        "convention"
    ]

    seen = (await paris.asks(FILE, id=esat.partner.id))["partner"]
    assert (seen["siret"], seen["mode"], seen["conventionInForce"]["id"]) == (
        new,
        DELEGATED,
        second["id"],
    )
    assert (
        seen["conventionInForce"]["predecessor"]["closingReason"] == "DELEGATION_CHANGE"
    )
    assert sorted(c["status"] for c in seen["conventions"]["nodes"]) == [
        "CLOSED",
        "CLOSED",
        "CLOSED",
        "IN_FORCE",
    ]


async def test_a_partner_changes_its_siret_and_goes_on(paris: Person) -> None:
    """A2, R58: the partner, its groups and its declarations go on under a successor."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    jo = Person(paris.asker, "jo")
    old, new = esat.partner.siret, another_siret_of(esat.partner.siret)
    await jo.declares(**a_deposit(old, "1", a_line(0)))

    prepared = await paris.does(
        "partnerSiretChange",
        f"partner {{ siret }} {IMPACT}",
        partnerId=esat.partner.id,
        siret=new,
    )
    assert prepared["partner"]["siret"] == old
    done = await paris.does("partnerSiretChange", f"partner {{ siret }} {IMPACT}", partnerId=esat.partner.id, siret=new, switch=new_papers(None))  # fmt: skip

    assert done["partner"]["siret"] == new
    seen = (await paris.asks(FILE, id=esat.partner.id))["partner"]
    assert (seen["mode"], seen["conventionInForce"]["siret"]) == (DELEGATED, new)
    assert seen["conventionInForce"]["predecessor"]["closingReason"] == "SIRET_CHANGE"
    assert seen["conventionInForce"]["contract"]["managers"] == [
        {"user": {"givenName": "Mona"}}
    ]
    assert [e["siret"] for e in seen["establishments"]["nodes"]] == [new]
    heads = (await paris.asks("query($p: ID!) { declarations(partnerId: $p) { nodes { establishment { siret } lineCount } } }", p=esat.partner.id))["declarations"]["nodes"]  # fmt: skip
    assert heads == [{"establishment": {"siret": new}, "lineCount": 1}]


async def test_a_siret_that_is_somebody_elses_is_refused(paris: Person) -> None:
    esat, other = await an_open_esat(paris, "jo"), await paris.registers(a_siret())
    for siret, code in (
        (other.siret, "SIRET_KNOWN"),
        (esat.partner.siret, "SIRET_SAME"),
        ("123", "SIRET_FORMAT"),
    ):
        with refused(code):
            await paris.does(
                "partnerSiretChange", partnerId=esat.partner.id, siret=siret
            )


async def test_a_cancelled_switch_is_followed_by_another(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    announced = (
        await changes_mode(paris, esat, DELEGATED, switch=new_papers(TOMORROW))
    )["convention"]["id"]
    await paris.does(
        "conventionClose",
        conventionId=announced,
        on=TOMORROW,
        closingReason="ABANDONED",
    )
    await paris.does("conventionClosingCancel", conventionId=esat.convention)

    done = await changes_mode(paris, esat, DELEGATED, switch=new_papers())

    seen = (await paris.asks(FILE, id=esat.partner.id))["partner"]
    assert (seen["mode"], seen["conventionInForce"]["id"]) == (
        DELEGATED,
        done["convention"]["id"],
    )
    assert seen["conventionInForce"]["predecessor"]["id"] == esat.convention


async def test_a_service_suspended_before_an_announced_switch_is_not_given_back_by_it(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    await changes_mode(paris, esat, DELEGATED, switch=new_papers(TOMORROW))

    await paris.suspends_service(esat.access)

    query = "query($p: ID!, $on: Date) { partner(by: {id: $p}, on: $on) { conventionInForce { services { open suspended } } } }"
    (service,) = (await paris.asks(query, p=esat.partner.id, on=TOMORROW))["partner"][
        "conventionInForce"
    ]["services"]
    assert service == {"open": False, "suspended": True}


async def test_a_partner_that_moves_to_another_department_keeps_the_past_of_its_timeline(
    world: World,
) -> None:
    """R47: the new papers cover two departments; the CNA administers from that day on, and not before."""
    paris, history = Person(world, "agent-paris"), "query($p: ID!, $on: Date) { partner(by: {id: $p}, on: $on) { administeredBy { code } } }"  # fmt: skip
    partner, convention = await a_signed_esat(paris)
    annex = await paris.adds_establishment(partner.id, a_siret(), "75")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )
    await paris.signs_bulletin(bulletin)
    await paris.decides_eligibility(partner.id)
    await paris.opens(bulletin)
    world.clock.move_to(date.fromisoformat(TOMORROW))
    values = {
        "partnerId": partner.id,
        "siret": another_siret_of(partner.siret),
        "department": "92",
    }

    with refused("CNA_ACKNOWLEDGE", "R47") as told:
        await paris.does("partnerSiretChange", **values, switch=new_papers(None))
    await paris.does(
        "partnerSiretChange",
        **values,
        switch=new_papers(None) | {"acknowledgeCna": True},
    )

    assert told.path == ["input", "switch", "acknowledgeCna"]
    for on, organism in ((TODAY, "751"), (TOMORROW, "CNA")):
        seen = await Person(world, "admin-national").asks(history, p=partner.id, on=on)
        assert seen["partner"]["administeredBy"]["code"] == organism


@pytest.mark.parametrize("what", ["bulletin", "convention"])
async def test_a_closing_is_not_cancelled_once_an_establishment_of_its_scope_contracts(
    paris: Person, what: str
) -> None:
    """R35: an establishment has its own convention, or stands in the scope of another partner."""
    partner, convention = await a_signed_esat(paris)
    siret = a_siret()
    annex = await paris.adds_establishment(partner.id, siret, "75")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )
    await paris.signs_bulletin(bulletin)
    await paris.decides_eligibility(partner.id)
    await paris.opens(bulletin)
    other = await paris.registers(siret, department=None)
    closed = {f"{what}Id": bulletin if what == "bulletin" else convention}
    await paris.does(
        f"{what}Close", **closed, on=TOMORROW, closingReason="TERMINATED_BY_CAF"
    )
    theirs = await paris.prepares_convention(other.id)
    await paris.signs_convention(theirs, TOMORROW)

    with refused("ESTABLISHMENT_CONTRACTS", "R35"):
        await paris.does(f"{what}ClosingCancel", **closed)

    await paris.does(
        "conventionClose", conventionId=theirs, on=TOMORROW, closingReason="ABANDONED"
    )
    await paris.does(f"{what}ClosingCancel", **closed)


async def test_people_follow_a_change_of_mode_as_it_says_and_a_change_of_siret_always(
    paris: Person,
) -> None:
    """R43, A7: nobody loses a right untold; the preview names who would."""
    esat = await an_open_esat(paris, "jo")
    jo = Person(paris.asker, "jo")
    with refused("MEMBERS_CHOICE", "R43") as told:
        await changes_mode(paris, esat, DELEGATED, switch=new_papers(), members=None)
    assert told.path == ["input", "members"]

    preview = await changes_mode(
        paris, esat, DELEGATED, switch=new_papers(), members="END", dryRun=True
    )
    assert [c["name"] for c in preview["impact"]["lost"]] == ["Jo jo"]
    done = await changes_mode(
        paris, esat, DELEGATED, switch=new_papers(), members="CARRY"
    )
    assert (done["impact"]["lost"], await jo.tabs()) == ([], ["Esat"])

    new = another_siret_of(esat.partner.siret)
    values = {"partnerId": esat.partner.id, "siret": new, "switch": new_papers(None)}
    moved = await paris.does("partnerSiretChange", IMPACT, **values)
    assert "MEMBERS_END" not in {w["code"] for w in moved["warnings"]}
    assert (moved["impact"]["lost"], await jo.tabs()) == ([], ["Esat"])


async def test_somebody_is_included_for_some_days_and_before_the_opening(
    paris: Person,
) -> None:
    """R10: with a notice; the end is the first day without the right."""
    partner, convention = await a_signed_esat(paris)
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    await paris.signs_bulletin(bulletin)
    access = (
        await paris.reads(bulletin, "... on MembershipBulletin { access { id } }")
    )["access"]["id"]
    made = await paris.does(
        "groupCreate", "group { id }", accessId=access, name="Déclarants"
    )
    group, jo = made["group"]["id"], await paris.invites(partner.id, "Jo", "Jonquille")
    await paris.attaches(group)
    values = {
        "groupId": group,
        "userIds": [jo.user],
        "startsOn": "2026-12-15",
        "endsOn": "2027-01-01",
    }
    done = await paris.does(
        "groupMembersAdd",
        "group { memberships { nodes { startsOn endsOn } } }",
        **values,
    )

    assert made["warnings"] == done["warnings"] == [{"code": "SERVICE_NOT_OPEN_YET"}]
    assert done["group"]["memberships"]["nodes"] == [
        {"startsOn": "2026-12-15", "endsOn": "2027-01-01"}
    ]
    with refused("DATE_ORDER"):
        await paris.does("groupMembersAdd", **values | {"endsOn": "2026-12-15"})
