"""The journal of a partner reads as the story that was lived; a refusal says whom to ask (R60)."""

from datetime import date
from typing import Any

from tests.conftest import World

from .payroll import a_deposit, a_line
from .story import (
    CENTRALISED,
    DELEGATED,
    TODAY,
    TOMORROW,
    Person,
    a_siret,
    an_open_esat,
    paper,
    refused,
)

JOURNAL = """query($id: ID!, $order: JournalOrder, $act: String, $since: Date, $until: Date, $actor: ID, $object: ID) { partner(by: {id: $id}) { journal(
    first: 100, order: $order, act: $act, since: $since, until: $until, actorId: $actor, objectId: $object) { totalCount nodes {
    act objectId day source reason before after matchedRule actor { id givenName } actingFor { code } actingForPartner { id } } } } }"""
CR_IDF, CR_SUD = (
    "Centre de ressources d'Île-de-France (fictif) (cr1@example.invalid)",
    "Centre de ressources du Sud (fictif) (cr2@example.invalid)",
)
PARIS = "Caf de Paris (contact-751@example.invalid)"
CNA = "Centre national d'appui (contact-cna@example.invalid)"


async def journal(
    person: Person, partner: str, **filters: object
) -> list[dict[str, Any]]:
    assert isinstance(person.asker, World)
    await person.asker.seal()
    known: dict[str, object] = {"order": "EARLIEST"}
    seen = (await person.asks(JOURNAL, id=partner, **(known | filters)))["partner"]
    return [] if seen is None else seen["journal"]["nodes"]


async def test_the_journal_of_a_partner_reads_as_its_story(
    paris: Person, world: World
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(world, str(esat.manager))
    await manager.does(
        "userSuspend",
        affiliationId=esat.member.affiliation,
        suspensionReason="Absence",
        reason="Congé longue durée",
    )
    world.clock.move_to(date(2026, 12, 11))
    await paris.does(
        "conventionClose",
        conventionId=esat.convention,
        on="2026-12-31",
        closingReason="TERMINATED_BY_CAF",
        reason="Décision du 11 décembre",
    )

    told = await journal(paris, esat.partner.id)

    assert [entry["act"] for entry in told] == [
        "partnerRegister", "conventionPrepare", "conventionSign", "bulletinPrepare", "bulletinSign", "eligibilityDecide",
        "serviceOpen", "groupCreate", "groupRoleAttach", "managerAppoint", "invitationAccept", "userInvite",
        "groupMembersAdd", "invitationAccept", "userSuspend", "conventionClose",
    ]  # fmt: skip
    by_act = {entry["act"]: entry for entry in told}
    signed = by_act["conventionSign"]
    assert (signed["actor"]["givenName"], signed["actingFor"], signed["source"]) == (
        "Agnès",
        {"code": "751"},
        "API",
    )
    assert "in_force_on" not in signed["before"].get(esat.convention, {})
    assert signed["after"][esat.convention]["in_force_on"] == TODAY
    assert signed["matchedRule"] == "agent_managing Convention:sign jurisdiction"
    away = by_act["userSuspend"]
    assert (away["actor"]["givenName"], away["actingForPartner"]) == (
        "Mona",
        {"id": esat.partner.id},
    )
    assert (away["reason"], away["actingFor"]) == ("Congé longue durée", None)
    closed = told[-1]
    assert (closed["day"], closed["reason"]) == (
        "2026-12-11",
        "Décision du 11 décembre",
    )
    assert "closed_on" not in closed["before"].get(
        esat.convention, {}
    )  # what was empty is not told
    assert closed["after"][esat.convention]["closed_on"] == "2026-12-31"
    # nothing personal: neither a name, nor an address, nor a free word
    assert not any(
        word in str([e["before"], e["after"]])
        for e in told
        for word in ("Jo jo", "Mona", "personne.invalid", "Absence", "Paule")
    )
    # the manager reads the same story; a member and a stranger none of it
    assert [e["act"] for e in await journal(manager, esat.partner.id)] == [
        e["act"] for e in told
    ]
    for who in ("jo", "agent-rhone", "gestionnaire-canal"):
        assert await journal(Person(world, who), esat.partner.id) == []


async def test_the_journal_is_filtered_by_act_day_author_and_object(
    paris: Person, world: World
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(world, str(esat.manager))
    world.clock.move_to(date(2026, 12, 11))
    await manager.creates_group(esat.access, "Lecteurs")
    everything = await journal(paris, esat.partner.id)
    author = everything[-1]["actor"]["id"]

    async def acts(**filters: object) -> list[str]:
        return [
            entry["act"] for entry in await journal(paris, esat.partner.id, **filters)
        ]

    assert await acts(act="groupCreate") == ["groupCreate", "groupCreate"]
    assert await acts(act="groupCreate", until=TODAY) == ["groupCreate"]
    assert await acts(since=TOMORROW) == ["groupCreate"]
    assert await acts(actor=author) == [
        "invitationAccept",
        "userInvite",
        "groupMembersAdd",
        "groupCreate",
    ]
    assert await acts(object=esat.convention) == ["conventionPrepare", "conventionSign"]
    assert await acts(since="2026-12-12") == []
    assert await acts(order="LATEST") == [
        entry["act"] for entry in reversed(everything)
    ]


async def test_what_is_refused_or_only_tried_leaves_no_entry(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    before = await journal(paris, esat.partner.id)

    await paris.tells_impact(
        "conventionClose",
        conventionId=esat.convention,
        on=TODAY,
        closingReason="ABANDONED",
    )
    with refused("DATE_PAST"):
        await paris.closes_convention(esat.convention, "2026-12-09")
    with refused("MODE_SAME", "R43"):
        await paris.does(
            "delegationChange", partnerId=esat.partner.id, mode=CENTRALISED
        )

    assert await journal(paris, esat.partner.id) == before


async def test_a_change_of_mode_is_one_entry_that_tells_both_conventions(
    paris: Person,
) -> None:
    """R43: the act, and everything that it has changed."""
    esat = await an_open_esat(paris, "jo")
    switch = {
        "on": TODAY,
        "convention": paper("1"),
        "contract": paper("2"),
        "bulletins": [{"serviceId": "svc_ESAT", "signature": paper("3")}],
    }
    done = await paris.does(
        "delegationChange",
        "convention { id }",
        partnerId=esat.partner.id,
        mode=DELEGATED,
        members="END",
        switch=switch,
        reason="Demande du partenaire",
    )

    (entry,) = await journal(paris, esat.partner.id, act="delegationChange")

    assert (entry["objectId"], entry["reason"]) == (
        done["convention"]["id"],
        "Demande du partenaire",
    )
    assert entry["after"][esat.convention]["closing_reason"] == "DELEGATION_CHANGE"
    assert entry["after"][done["convention"]["id"]]["predecessor_id"] == esat.convention


async def test_the_journal_follows_the_partner_to_the_cna(
    paris: Person, world: World
) -> None:
    """R47: who administers reads the whole story, from before them too."""
    esat = await an_open_esat(paris, "jo")
    annex = await paris.adds_establishment(esat.partner.id, a_siret(), "93")
    wide = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, (*esat.partner.establishments, annex)
    )
    told = await journal(paris, esat.partner.id)
    await paris.signs_bulletin(wide, acknowledgeCna=True)
    cna = Person(world, "agent-cna")

    assert await journal(paris, esat.partner.id) == []
    theirs = await journal(cna, esat.partner.id)
    assert [e["act"] for e in theirs] == [*(e["act"] for e in told), "bulletinSign"]
    await cna.suspends(esat.member.affiliation)
    assert (await journal(cna, esat.partner.id))[-1]["actingFor"] == {"code": "CNA"}


# help


async def helped(
    person: Person, act: str, /, **values: object
) -> tuple[str, str | None]:
    """The code of the refusal, and whom it says to ask."""
    kind = act[0].upper() + act[1:] + "Input!"
    query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ errors {{ code contact }} }} }}"
    (error,) = (await person.asks(query, input=values))["act"]["errors"]
    return error["code"], error["contact"]


async def test_an_agent_is_led_to_their_resource_centre(
    paris: Person, world: World
) -> None:
    """R60: « auprès de votre Centre de ressources »."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    including = {"groupId": esat.group, "userIds": [esat.member.user]}

    assert await helped(paris, "groupMembersAdd", **including) == ("FORBIDDEN", CR_IDF)
    assert await helped(
        Person(world, "lecteur-paris"), "groupMembersAdd", **including
    ) == ("FORBIDDEN", CR_IDF)
    assert await helped(
        Person(world, "agent-bouches-du-rhone"), "groupMembersAdd", **including
    ) == (
        "NOT_FOUND",
        CR_SUD,
    )
    # no centre supports them: the Cnaf
    assert await helped(
        Person(world, "agent-rhone"), "groupMembersAdd", **including
    ) == ("NOT_FOUND", "Cnaf")
    assert await helped(
        paris, "delegationChange", partnerId=esat.partner.id, mode=DELEGATED
    ) == ("MODE_SAME", CR_IDF)


async def test_the_people_of_a_partner_are_led_to_who_administers_them(
    paris: Person, world: World
) -> None:
    """R60, R47: the Caf, then the CNA once it administers."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    jo, manager = Person(world, "jo"), Person(world, str(esat.manager))
    closing = {"groupId": esat.group, "on": TODAY}
    assert await helped(jo, "groupClose", **closing) == ("FORBIDDEN", PARIS)
    assert await helped(manager, "groupClose", **closing) == ("FORBIDDEN", PARIS)

    annex = await paris.adds_establishment(esat.partner.id, a_siret(), "93")
    wide = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, (*esat.partner.establishments, annex)
    )
    await paris.signs_bulletin(wide, acknowledgeCna=True)

    assert await helped(jo, "groupClose", **closing) == ("FORBIDDEN", CNA)
    assert await helped(manager, "groupClose", **closing) == ("FORBIDDEN", CNA)


async def test_a_form_that_is_badly_filled_is_one_s_own(paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    form = {"name": "ESAT", "kind": "ESAT", "organismId": "org_751", "department": "75"}

    assert await helped(paris, "partnerRegister", **form, siret="123") == (
        "SIRET_FORMAT",
        None,
    )
    assert await helped(paris, "groupCreate", accessId=esat.access, name=" ") == (
        "VALUE_INVALID",
        None,
    )
    assert await helped(paris, "groupClose", groupId=esat.group, on="2026-12-09") == (
        "DATE_PAST",
        None,
    )
    assert await helped(
        paris, "groupClose", groupId=esat.group, on=TODAY, expectedVersion=99
    ) == (
        "VERSION_CONFLICT",
        None,
    )


async def test_whom_to_ask_is_one_s_own_and_never_the_other_partner_s(
    paris: Person, world: World
) -> None:
    """What is refused is another's: the answer says where one asks oneself, and the same for what does not exist."""
    esat = await an_open_esat(paris, "jo")
    people = {"declarante-seine": "Caf des Yvelines (contact-781@example.invalid)", "gestionnaire-horizons": CNA, "gestionnaire-oliviers": "Caf des Bouches-du-Rhône (contact-131@example.invalid)", "social-villefictive": "Caf de la Gironde (contact-331@example.invalid)"}  # fmt: skip

    for who, contact in people.items():
        for group in (esat.group, "grp_" + "0" * 32):
            assert await helped(
                Person(world, who), "groupClose", groupId=group, on=TODAY
            ) == ("NOT_FOUND", contact)


async def test_who_has_lost_every_right_is_still_led_somewhere(
    paris: Person, world: World
) -> None:
    """Suspended, or under a closed convention: the Caf that follows; gone, or unknown: the Cnaf."""
    esat = await an_open_esat(paris, "jo")
    jo = Person(world, "jo")
    closing = {"groupId": esat.group, "on": TODAY}
    await paris.suspends(esat.member.affiliation)
    assert await helped(jo, "groupClose", **closing) == ("NOT_FOUND", PARIS)
    await paris.closes_convention(esat.convention)
    assert await helped(jo, "groupClose", **closing) == ("NOT_FOUND", PARIS)
    await paris.does("userDeactivate", affiliationId=esat.member.affiliation, on=TODAY)
    assert await helped(jo, "groupClose", **closing) == ("NOT_FOUND", "Cnaf")
    assert await helped(Person(world, "nobody-at-all"), "groupClose", **closing) == (
        "UNKNOWN_CALLER",
        "Cnaf",
    )


async def test_a_batch_and_its_lines_say_whom_to_ask_too(
    paris: Person, world: World
) -> None:
    """R60: the refusal of a declaration that nobody mends alone, and the lines that one corrects oneself."""
    esat = await an_open_esat(paris, "jo")
    query = "mutation($input: RemunerationsDeclareInput!) { act: remunerationsDeclare(input: $input) { errors { code contact } } }"
    jo = Person(world, "jo")

    wrong = (
        await jo.asks(
            query, input=a_deposit(esat.partner.siret, "1", a_line(0, rate="0,5"))
        )
    )["act"]["errors"]
    assert {error["contact"] for error in wrong} == {None}
    await paris.suspends(esat.member.affiliation)
    (lost,) = (
        await jo.asks(query, input=a_deposit(esat.partner.siret, "2", a_line(0)))
    )["act"]["errors"]

    assert lost == {"code": "NOT_FOUND", "contact": PARIS}
