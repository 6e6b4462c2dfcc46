"""Delegated: the partner manages its own users (§3, R39, R40), inside what the Caf opened."""

from typing import Any

from .story import (
    DELEGATED,
    Invited,
    Opened,
    Partner,
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    an_open_service,
    refused,
    somebody,
)


async def test_a_caf_opens_esat_and_the_partner_manages_its_users(serve: Any) -> None:  # noqa: ANN401 a starter
    server = await serve()
    caf, mona, jo = (Person(server, name) for name in ("agent-paris", "mona", "jo"))

    partner, convention = await a_signed_esat(caf, DELEGATED)
    _, access = await an_open_service(caf, partner, convention)
    group = await caf.creates_group(access)
    await caf.attaches(group)
    await _the_caf_no_longer_manages_people(caf, partner, group)
    await _mona_is_appointed(caf, mona, convention)
    colleague = await _mona_manages(mona, partner, access, group)
    await jo.accepts(colleague.secret)

    assert await jo.tabs() == ["Esat"]
    assert await mona.tabs() == []  # a manager is no member
    seen = (await mona.asks("query($id: ID!) { partner(by: {id: $id}) { affiliations { nodes { id } } conventions { nodes { status contract { mode } } } } }", id=partner.id))["partner"]  # fmt: skip
    assert seen["conventions"]["nodes"] == [
        {"status": "IN_FORCE", "contract": {"mode": "DELEGATED"}}
    ]
    assert len(seen["affiliations"]["nodes"]) == 2
    await _mona_names_a_deputy(caf, mona, server, convention, colleague)


async def _the_caf_no_longer_manages_people(
    caf: Person, partner: Partner, group: str
) -> None:
    for doing in (
        caf.invites(partner.id, "Jo", "Jonquille"),
        caf.includes(group, "usr_agent-paris"),
    ):
        with refused("FORBIDDEN") as told:
            await doing
        assert told.message.endswith(
            "Le contrat est délégué : c'est au gestionnaire des habilitations du partenaire d'agir (R40)."
        )


async def _mona_is_appointed(caf: Person, mona: Person, convention: str) -> None:
    appointed = await caf.appoints(
        convention, "MANAGER", person=somebody("Mona", "Mimosa")
    )
    with refused("UNKNOWN_CALLER"):
        await mona.appoints(convention, "DEPUTY", person=somebody("Max", "Mauve"))
    await mona.accepts(appointed["invitation"])
    with refused("MANAGER_ACTIVE", "R39"):  # a manager counts from the acceptance on
        await caf.appoints(convention, "MANAGER", person=somebody("Max", "Mauve"))
    with refused("FORBIDDEN") as told:
        await mona.appoints(convention, "MANAGER", person=somebody("Max", "Mauve"))
    assert "Votre profil ne comporte pas cet acte." in told.message


async def _mona_manages(
    mona: Person, partner: Partner, access: str, group: str
) -> Invited:
    colleague = await mona.invites(partner.id, "Jo", "Jonquille")
    await mona.includes(group, colleague.user)
    readers = await mona.creates_group(access, "Lecteurs")
    with refused("ROLE_FIRST", "R56"):
        await mona.includes(readers, colleague.user)
    with refused("ROLE_NOT_GRANTED", "R35"):
        await mona.attaches(readers, "ESAT_PREPARATEUR")
    await mona.attaches(readers, "ESAT_LECTEUR")
    with refused("FORBIDDEN"):  # the Caf alone opens, suspends and closes
        await mona.suspends_service(access)
    with refused("FORBIDDEN"):
        await mona.does("groupClose", groupId=readers, on="2026-12-10")
    return colleague


async def _mona_names_a_deputy(
    caf: Person,
    mona: Person,
    server: Any,  # noqa: ANN401 a server
    convention: str,
    deputy: Invited,
) -> None:
    with refused("LAST_MANAGER", "R39"):
        await mona.suspends(await _affiliation(mona))
    await mona.appoints(convention, "DEPUTY", userId=deputy.user)
    with refused("MANAGER_KNOWN", "R39"):
        await mona.appoints(convention, "DEPUTY", userId=deputy.user)
    with refused("MANAGER_ACTIVE", "R39"):
        await caf.appoints(convention, "MANAGER", person=somebody("Max", "Mauve"))
    await mona.suspends(await _affiliation(mona))  # now another one is there
    with refused("NOT_FOUND"):
        await mona.invites((await _partner(caf, convention)), "Max", "Mauve")
    await Person(server, "jo").invites(await _partner(caf, convention), "Max", "Mauve")


async def _affiliation(person: Person) -> str:
    viewer = (await person.asks("{ viewer { affiliations { id } } }"))["viewer"]
    return str(viewer["affiliations"][0]["id"])


async def _partner(caf: Person, convention: str) -> str:
    return str(
        (await caf.reads(convention, "... on Convention { partner { id } }"))[
            "partner"
        ]["id"]
    )


async def test_a_manager_is_bounded_by_the_bulletin_and_by_its_own_staff(
    paris: Person,
) -> None:
    mine = await an_open_esat(paris, "jo", DELEGATED)
    other = await an_open_esat(paris, "ana", DELEGATED)
    manager = Person(paris.asker, str(mine.manager))

    with refused("STRANGER", "R40"):
        await manager.includes(mine.group, other.member.user)
    with refused("NOT_FOUND"):
        await manager.includes(other.group, mine.member.user)
    with refused("NOT_FOUND"):
        await manager.creates_group(
            mine.access, "Ailleurs", establishmentIds=list(other.partner.establishments)
        )


async def test_a_manager_who_leaves_by_the_act_of_the_caf_may_be_the_last_with_a_warning(
    paris: Person,
) -> None:
    mine = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(mine.manager))
    affiliation = await _affiliation(manager)

    done = await paris.does(
        "userSuspend", affiliationId=affiliation, suspensionReason="Vérification"
    )

    assert done["warnings"] == [{"code": "LAST_MANAGER"}]
    with refused("NOT_FOUND"):
        await manager.invites(mine.partner.id, "Max", "Mauve")
    # none is active any more: the Caf appoints again
    successor = await paris.appoints(
        mine.convention, "MANAGER", userId=mine.member.user
    )
    assert successor["manager"]["user"]["id"] == mine.member.user


async def test_the_managers_of_a_closed_convention_do_not_hold_back_those_of_its_successor(
    paris: Person,
) -> None:
    former, manager = await _a_successor_with_two_managers(paris)

    await manager.does(
        "userDeactivate", affiliationId=former.member.affiliation, on="2026-12-10"
    )


async def _a_successor_with_two_managers(paris: Person) -> tuple[Opened, Person]:
    """Jo was the only manager of a convention now closed; under its successor Jo and Max manage."""
    former = await an_open_esat(paris, "jo", DELEGATED)
    keeper = Person(paris.asker, str(former.manager))
    await keeper.appoints(former.convention, "DEPUTY", userId=former.member.user)
    await paris.does(
        "userDeactivate", affiliationId=await _affiliation(keeper), on="2026-12-10"
    )
    await paris.closes_convention(former.convention)
    successor = await paris.prepares_convention(former.partner.id, DELEGATED)
    await paris.signs_convention(successor)
    await paris.appoints(successor, "MANAGER", userId=former.member.user)
    jo, manager = Person(paris.asker, "jo"), Person(paris.asker, "max")
    appointed = await jo.appoints(successor, "DEPUTY", person=somebody("Max", "Mauve"))
    await manager.accepts(appointed["invitation"])
    return former, manager


async def test_one_person_works_for_two_partners_under_one_identity(
    paris: Person,
) -> None:
    mine, other = (
        await an_open_esat(paris, "jo", DELEGATED),
        await an_open_esat(paris, "ana"),
    )
    jo = Person(paris.asker, "jo")

    invited = await paris.invites(other.partner.id, "Jo", "jo")
    await paris.includes(other.group, invited.user)
    user = await jo.accepts(invited.secret)

    assert (
        user == mine.member.user
    )  # the card gave way to the one identity, with its membership
    assert await jo.tabs() == ["Esat", "Esat"]
    await paris.removes(other.group, user)
    assert await jo.tabs() == ["Esat"]


async def test_a_multi_department_scope_hands_the_partner_to_the_cna(
    paris: Person,
) -> None:
    """R47, A13, A14."""
    partner, convention = await a_signed_esat(paris)
    annex = await paris.adds_establishment(partner.id, a_siret(), "93")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )
    with refused("CNA_ACKNOWLEDGE", "R47"):
        await paris.signs_bulletin(bulletin)
    signed = await paris.signs_bulletin(bulletin, acknowledgeCna=True)
    cna = Person(paris.asker, "agent-cna")

    assert signed["warnings"] == [{"code": "CNA_TAKES_OVER"}]
    with refused("FORBIDDEN") as told:
        await paris.opens(bulletin)
    assert "Centre national d'appui" in told.message
    await cna.decides_eligibility(partner.id)
    await cna.opens(bulletin)
