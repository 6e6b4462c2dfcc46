"""Delegation: one mode for all services of a partner, on its contract, changed only with the convention (§3)."""

import pytest

from tests.conftest import World

from .story import (
    CENTRALISED,
    DELEGATED,
    SOCIAL,
    TODAY,
    TOMORROW,
    WORK,
    Opened,
    Person,
    a_signed_esat,
    an_open_esat,
    an_open_service,
    paper,
    refused,
    somebody,
)

BOTH = (*WORK, *SOCIAL)
ORPHANS = "{ partners(withoutManager: true, first: 100) { nodes { id withoutManager mode } } }"


def new_papers(on: str = TODAY, *services: str) -> dict[str, object]:
    signed = [
        {"serviceId": f"svc_{s}", "signature": paper("3")}
        for s in services or ("ESAT",)
    ]
    return {
        "convention": paper("1"),
        "contract": paper("2"),
        "bulletins": signed,
        "on": on,
    }


async def orphans(person: Person) -> list[str]:
    """The delegated partners, as this person reads them, that nobody acts for."""
    found = (await person.asks(ORPHANS))["partners"]["nodes"]
    assert all(node["withoutManager"] and node["mode"] == DELEGATED for node in found)
    return [node["id"] for node in found]


async def opens_cdap(agent: Person, esat: Opened) -> str:
    """A second service, opened under the convention that is there: its group."""
    await agent.amends(esat.convention, BOTH)
    bulletin = await agent.prepares_bulletin(
        esat.convention,
        esat.partner.siret,
        (),
        ("CDAP_T1",),
        "CDAP",
        departments=["75"],
    )
    await agent.signs_bulletin(bulletin)
    await agent.decides_eligibility(esat.partner.id, service="CDAP")
    group = await agent.creates_group(
        await agent.opens(bulletin), "Travailleurs sociaux"
    )
    await agent.attaches(group, "CDAP_T1")
    return group


async def test_a_service_opened_later_is_delegated_at_once(paris: Person) -> None:
    """R42, R44, R46."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))

    group = await opens_cdap(paris, esat)

    with refused("FORBIDDEN"):
        await paris.includes(group, esat.member.user)
    await manager.includes(group, esat.member.user)
    assert await Person(paris.asker, "jo").tabs() == ["CDAP", "Esat"]


async def test_a_service_opened_later_is_centralised_at_once(paris: Person) -> None:
    """R42, R45."""
    esat = await an_open_esat(paris, "jo", CENTRALISED)

    group = await opens_cdap(paris, esat)

    await paris.includes(group, esat.member.user)
    assert await Person(paris.asker, "jo").tabs() == ["CDAP", "Esat"]
    with refused("CENTRALISED", "R45"):
        await paris.appoints(esat.convention, "MANAGER", userId=esat.member.user)


@pytest.mark.parametrize(
    ("before", "after"), [(CENTRALISED, DELEGATED), (DELEGATED, CENTRALISED)]
)
async def test_the_mode_changes_for_every_service_at_once_and_both_ways(
    paris: Person, before: str, after: str
) -> None:
    """R42, R43, A7, A8: previewed, then done; each service is signed again, and nobody is in its groups."""
    esat = await an_open_esat(paris, "jo", before)
    keeper = Person(paris.asker, str(esat.manager)) if esat.manager else paris
    group = await opens_cdap(paris, esat)
    await keeper.includes(group, esat.member.user)
    jo = Person(paris.asker, "jo")
    values = {"partnerId": esat.partner.id, "mode": after, "members": "END"}
    with refused("SIGNATURE_MISSING", "R30"):  # R42: one service cannot be left behind
        await paris.tells_impact(
            "delegationChange", **values, switch=new_papers(TODAY, "ESAT")
        )

    essay = await paris.tells_impact(
        "delegationChange", **values, switch=new_papers(TODAY, "ESAT", "CDAP")
    )
    assert await jo.tabs() == ["CDAP", "Esat"]
    done = await paris.does_with_impact(
        "delegationChange", **values, switch=new_papers(TODAY, "ESAT", "CDAP")
    )

    assert done == essay
    assert (done["modeBefore"], done["modeAfter"]) == (before, after)
    assert sorted(c["role"] for c in done["lost"]) == ["Déclarant", "Profil T1"]
    assert (done["servicesLost"], done["servicesGained"]) == ([], [])
    assert len(done["managersLost"]) == (before == DELEGATED)
    assert await jo.tabs() == []
    groups = await _groups(paris, esat.partner.id)
    assert sorted(groups) == ["Déclarants", "Travailleurs sociaux"]
    if after == CENTRALISED:
        with refused("NOT_FOUND"):
            await keeper.includes(groups["Déclarants"], esat.member.user)
        await paris.includes(groups["Déclarants"], esat.member.user)
        assert await jo.tabs() == ["Esat"]
    else:
        assert esat.partner.id in await orphans(paris)
        with refused("FORBIDDEN"):
            await paris.includes(groups["Déclarants"], esat.member.user)


async def _groups(agent: Person, partner: str) -> dict[str, str]:
    query = "query($id: ID!) { partner(by: {id: $id}) { conventionInForce { services { groups { nodes { id name members { nodes { id } } } } } } } }"
    seen = (await agent.asks(query, id=partner))["partner"]["conventionInForce"][
        "services"
    ]
    found = [group for service in seen for group in service["groups"]["nodes"]]
    assert all(not group["members"]["nodes"] for group in found)
    return {group["name"]: group["id"] for group in found}


async def test_a_change_to_come_keeps_the_former_mode_until_its_day(
    paris: Person, world: World
) -> None:
    """A8: the former manager manages until the last second, and the Caf from the first."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))

    done = await paris.does_with_impact(
        "delegationChange",
        partnerId=esat.partner.id,
        mode=CENTRALISED,
        members="END",
        switch=new_papers(TOMORROW),
    )

    assert done["on"] == TOMORROW
    await manager.invites(esat.partner.id, "Max", "Mauve")
    with refused("FORBIDDEN"):
        await paris.invites(esat.partner.id, "Max", "Mauve")
    world.clock.move_to(world.clock.today().replace(day=11))
    await paris.invites(esat.partner.id, "Lou", "Lilas")
    with refused("NOT_FOUND"):
        await manager.invites(esat.partner.id, "Max", "Mauve")


async def test_a_delegated_partner_is_shown_to_its_caf_until_it_has_a_manager(
    paris: Person, world: World
) -> None:
    """R39: again when the last one is suspended by the Caf; never to a Caf that does not administer it."""
    partner, convention = await a_signed_esat(paris, DELEGATED)
    await an_open_service(paris, partner, convention)
    assert partner.id in await orphans(paris)
    assert partner.id not in await orphans(Person(world, "agent-rhone"))
    mona = Person(world, "mona")

    appointed = await paris.appoints(
        convention, "MANAGER", person=somebody("Mona", "Mimosa")
    )
    assert partner.id in await orphans(paris)  # she counts from her acceptance on
    await mona.accepts(appointed["invitation"])
    assert partner.id not in await orphans(paris)

    (own,) = (await mona.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ]
    suspending = {"affiliationId": own["id"], "suspensionReason": "Vérification"}
    essay = await paris.does(
        "userSuspend", "impact { managersLost { name } }", **suspending, dryRun=True
    )
    assert (essay["warnings"], essay["impact"]["managersLost"]) == (
        [{"code": "LAST_MANAGER"}],
        [{"name": "Mona Mimosa"}],
    )
    assert partner.id not in await orphans(paris)
    await paris.does("userSuspend", **suspending)
    assert partner.id in await orphans(paris)
    await paris.reinstates(own["id"])
    assert partner.id not in await orphans(paris)


async def test_the_last_manager_does_not_leave_by_the_partner_s_own_act(
    paris: Person,
) -> None:
    """R39: by none of the ways of leaving."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    (own,) = (await manager.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ]

    with refused("LAST_MANAGER", "R39"):
        await manager.suspends(own["id"])
    with refused("LAST_MANAGER", "R39"):
        await manager.does("userDeactivate", affiliationId=own["id"], on="2027-01-01")
    (post,) = (
        await paris.reads(
            esat.convention, "... on Convention { contract { managers { id } } }"
        )
    )["contract"]["managers"]
    with refused("FORBIDDEN"):  # the Caf alone ends a manager
        await manager.does("managerEnd", managerId=post["id"], on=TODAY)

    await manager.appoints(esat.convention, "DEPUTY", userId=esat.member.user)
    await manager.does("userDeactivate", affiliationId=own["id"], on=TODAY)
    await Person(paris.asker, "jo").invites(esat.partner.id, "Max", "Mauve")


async def test_two_managers_do_not_leave_one_after_the_other_on_the_same_day_to_come(
    paris: Person,
) -> None:
    """R39: a departure that is announced counts: the other is then the last."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    (own,) = (await manager.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ]
    await manager.appoints(esat.convention, "DEPUTY", userId=esat.member.user)
    await manager.does("userDeactivate", affiliationId=own["id"], on=TOMORROW)

    with refused("LAST_MANAGER", "R39"):
        await Person(paris.asker, "jo").does(
            "userDeactivate", affiliationId=esat.member.affiliation, on=TOMORROW
        )


async def test_nobody_else_changes_the_mode(paris: Person, world: World) -> None:
    """R41, R43, R46: neither by another act, nor by another person."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    values = {"partnerId": esat.partner.id, "mode": CENTRALISED, "switch": new_papers()}
    told = {str(esat.manager): "FORBIDDEN", "lecteur-paris": "FORBIDDEN", "admin-national": "FORBIDDEN", "centre-ressources": "FORBIDDEN", "agent-cna": "NOT_FOUND", "agent-rhone": "NOT_FOUND", "jo": "FORBIDDEN"}  # fmt: skip

    for who, code in told.items():
        with refused(code):
            await Person(world, who).does("delegationChange", **values)

    await paris.prepares_convention(
        esat.partner.id, CENTRALISED
    )  # a draft changes nothing
    assert await _mode(paris, esat.partner.id) == DELEGATED
    other = await paris.prepares_convention(esat.partner.id, CENTRALISED)
    with refused("ONE_CONVENTION", "R36"):
        await paris.signs_convention(other)
    assert await _mode(paris, esat.partner.id) == DELEGATED


async def _mode(agent: Person, partner: str) -> str:
    return str(
        (
            await agent.asks(
                "query($id: ID!) { partner(by: {id: $id}) { mode } }", id=partner
            )
        )["partner"]["mode"]
    )


async def test_the_mode_is_the_partner_s_and_not_the_association_s(
    paris: Person,
) -> None:
    """A2, R46: two partners of one association may differ."""
    one, two = (
        await an_open_esat(paris, "jo", DELEGATED),
        await an_open_esat(paris, "ana", CENTRALISED),
    )

    await Person(paris.asker, str(one.manager)).invites(one.partner.id, "Max", "Mauve")
    with refused("NOT_FOUND"):
        await Person(paris.asker, str(one.manager)).invites(
            two.partner.id, "Max", "Mauve"
        )
    await paris.invites(two.partner.id, "Max", "Mauve")
