"""Centralised: the Caf itself manages the users of the partner (§3, R45), from the first paper to the tab."""

from typing import Any

from tests.conftest import World

from .story import (
    CENTRALISED,
    SOCIAL,
    Invited,
    Partner,
    Person,
    a_signed_esat,
    a_siret,
    an_open_service,
    another_siret_of,
    paper,
    refused,
    somebody,
)

LOOK = """query($partner: ID!) {
  partner(by: {id: $partner}) {
    name administeredBy { code } services { service { tabLabel } open openedBulletin { roles { code } } }
    establishments { nodes { name } } groups { nodes { name role { code } } } affiliations { nodes { id } }
    conventions { nodes { id } } journal { nodes { id } }
  }
}"""


async def test_a_caf_opens_esat_to_a_partner_whose_users_it_manages(serve: Any) -> None:  # noqa: ANN401 a starter
    server = await serve()
    caf, jo, ana = (Person(server, name) for name in ("agent-paris", "jo", "ana"))

    partner = await caf.registers(a_siret())
    convention = await _three_papers_are_signed(caf, partner)
    group = await _the_service_opens(caf, partner, convention)
    await _the_caf_includes(caf, partner, group, jo, ana)

    assert await jo.tabs() == ["Esat"]
    seen = (await jo.asks(LOOK, partner=partner.id))["partner"]
    assert seen["administeredBy"] == {"code": "751"}
    assert seen["services"] == [
        {
            "service": {"tabLabel": "Esat"},
            "open": True,
            "openedBulletin": {
                "roles": [{"code": "ESAT_DECLARANT"}, {"code": "ESAT_LECTEUR"}]
            },
        }
    ]
    assert seen["groups"]["nodes"] == [
        {"name": "Déclarants", "role": {"code": "ESAT_DECLARANT"}}
    ]
    assert seen["establishments"]["nodes"] == [{"name": "ESAT des Tilleuls"}]
    # a member reads neither the contracts, nor the others' files, nor the journal
    assert seen["conventions"]["nodes"] == seen["journal"]["nodes"] == []
    assert len(seen["affiliations"]["nodes"]) == 1
    assert await ana.tabs() == ["Esat"]
    await _jo_may_not_act(jo, partner, group)


async def _three_papers_are_signed(caf: Person, partner: Partner) -> str:
    with refused("MISSIONS_MISSING", "R32"):
        await caf.signs_convention(
            await caf.prepares_convention(partner.id, missions=())
        )
    convention = await caf.prepares_convention(partner.id, CENTRALISED)
    with refused("SIGNATURE_MISSING", "R30"):
        await caf.signs_convention(
            convention, contract=paper("b", partnerSignatory=" ")
        )
    with refused("DATE_FUTURE"):
        await caf.signs_convention(
            convention, convention=paper("a", organismSignedOn="2026-12-11")
        )
    with refused("DATE_PAST"):
        await caf.signs_convention(convention, "2026-12-09")
    # an early bulletin finds no convention; an early invitation finds no mode
    early = await caf.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    with refused("CONVENTION_NOT_IN_FORCE", "R29"):
        await caf.signs_bulletin(early)
    with refused("FORBIDDEN") as told:
        await caf.invites(partner.id, "Trop", "Tot")
    assert "R45" in told.message
    assert (await caf.signs_convention(convention))["status"] == "IN_FORCE"
    with refused("ALREADY_SIGNED", "R30"):
        await caf.signs_convention(convention)
    second = await caf.prepares_convention(partner.id)
    with refused("ONE_CONVENTION", "R36"):
        await caf.signs_convention(second)
    with refused("CENTRALISED", "R45"):
        await caf.appoints(convention, "MANAGER", person=somebody("Mona", "Manager"))
    return convention


async def _the_service_opens(caf: Person, partner: Partner, convention: str) -> str:
    with refused("MISSION_DOES_NOT_COVER", "R9"):
        await caf.prepares_bulletin(
            convention, partner.siret, partner.establishments, ("CDAP_T1",), "CDAP"
        )
    bulletin = await caf.prepares_bulletin(convention, partner.siret, (), ())
    with refused("BULLETIN_INCOMPLETE", "R7") as told:
        await caf.signs_bulletin(bulletin)
    assert "roles, establishments" in told.message
    assert (
        await caf.prepares_bulletin(convention, partner.siret, partner.establishments)
        == bulletin
    )
    with refused("SIGNATURE_MISSING", "R30"):
        await caf.opens(bulletin)
    access = (await caf.reads(bulletin, "... on MembershipBulletin { access { id } }"))[
        "access"
    ]["id"]
    with refused("SERVICE_NOT_OPEN", "R48"):
        await caf.creates_group(access)
    await caf.signs_bulletin(bulletin)
    with refused("ELIGIBILITY_MISSING", "R28"):
        await caf.opens(bulletin)
    with refused("ELIGIBILITY_FORM_MISSING", "R50"):
        await caf.does(
            "eligibilityDecide",
            partnerId=partner.id,
            serviceId="svc_ESAT",
            decision="ELIGIBLE",
            ground="x",
        )
    await caf.decides_eligibility(partner.id, "NOT_ELIGIBLE")
    with refused("ELIGIBILITY_REFUSED", "R28"):
        await caf.opens(bulletin)
    await caf.decides_eligibility(partner.id)
    assert await caf.opens(bulletin) == access
    with refused("BULLETIN_OPENED", "R34"):
        await caf.opens(bulletin)
    return await caf.creates_group(access)


async def _the_caf_includes(
    caf: Person, partner: Partner, group: str, jo: Person, ana: Person
) -> None:
    first = await caf.invites(partner.id, "Jo", "Jonquille")
    with refused("ROLE_FIRST", "R56"):
        await caf.includes(group, first.user)
    with refused("ROLE_NOT_GRANTED", "R35"):
        await caf.attaches(group, "ESAT_PREPARATEUR")
    with refused("ROLE_NOT_GRANTED", "R35"):
        await caf.attaches(group, "CDAP_T1")
    await caf.attaches(group)
    second = await caf.invites(partner.id, "Ana", "Anémone")
    await caf.includes(group, first.user, second.user)
    with refused("ALREADY_MEMBER"):
        await caf.includes(group, first.user)
    await _accept(jo, first)
    await _accept(ana, second)


async def _accept(person: Person, invited: Invited) -> None:
    assert await person.tabs() == []
    with refused("INVITATION_INVALID"):
        await person.accepts("autre-secret")
    assert await person.accepts(invited.secret) == invited.user
    with refused("INVITATION_INVALID"):
        await person.accepts(invited.secret)


async def _jo_may_not_act(jo: Person, partner: Partner, group: str) -> None:
    with refused("FORBIDDEN") as told:
        await jo.creates_group((await _access(jo, partner))["id"])
    assert "Votre profil" in told.message
    with refused("FORBIDDEN"):
        await jo.includes(group, "usr_social-ateliers")
    with refused("FORBIDDEN"):
        await jo.invites(partner.id, "Cousin", "Cousine")


async def _access(person: Person, partner: Partner) -> Any:  # noqa: ANN401 JSON
    found = await person.asks(
        "query($id: ID!) { partner(by: {id: $id}) { services { id } } }", id=partner.id
    )
    return found["partner"]["services"][0]


async def test_a_bulletin_that_bears_another_siret_is_recorded_signed_and_never_opened(
    paris: Person,
) -> None:
    for code in ("SIRET_DIFFERS_SAME_SIREN", "SIRET_DIFFERS"):
        partner, convention = await a_signed_esat(paris)
        other = (
            a_siret() if code == "SIRET_DIFFERS" else another_siret_of(partner.siret)
        )

        bulletin = await paris.prepares_bulletin(
            convention, other, partner.establishments
        )
        await paris.signs_bulletin(bulletin)
        await paris.decides_eligibility(partner.id)

        with refused(code, "R58"):
            await paris.opens(bulletin)


async def test_a_bulletin_is_dated_inside_the_convention(paris: Person) -> None:
    partner = await paris.registers(a_siret())
    convention = await paris.prepares_convention(partner.id)
    await paris.signs_convention(convention, "2026-12-20", termOn="2027-06-01")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )

    for day in ("2026-12-19", "2027-06-01"):
        with refused("BULLETIN_OUTSIDE_CONVENTION", "R29"):
            await paris.signs_bulletin(bulletin, day)
    with refused("BULLETIN_OUTSIDE_CONVENTION", "R29"):
        await paris.signs_bulletin(bulletin, "2026-12-20", effectiveTo="2027-06-02")

    await paris.signs_bulletin(bulletin, "2026-12-20", effectiveTo="2027-06-01")
    await paris.decides_eligibility(partner.id)
    with refused("CONVENTION_NOT_IN_FORCE", "R29"):
        await paris.opens(bulletin)
    await paris.opens(bulletin, "2026-12-20")


async def test_an_existing_partner_signs_only_the_bulletin_and_the_caf_amends_its_missions(
    paris: Person,
) -> None:
    """R37, R55: case 3."""
    partner = await paris.registers(a_siret())
    convention = await paris.prepares_convention(partner.id, missions=SOCIAL)
    await paris.signs_convention(convention)
    with refused("MISSION_DOES_NOT_COVER", "R9"):
        await paris.prepares_bulletin(convention, partner.siret, partner.establishments)

    missions = ["mis_ACCOMPAGNEMENT_SOCIAL", "mis_ACCOMPAGNEMENT_TRAVAIL"]
    amended = await paris.does(
        "conventionAmend", "amendment { number missionsBefore missionsAfter }",
        conventionId=convention, verifiedFields=["mission"], missionIds=missions,
    )  # fmt: skip
    await an_open_service(paris, partner, convention)

    assert amended["amendment"] == {
        "number": 1,
        "missionsBefore": ["ACCOMPAGNEMENT_SOCIAL"],
        "missionsAfter": ["ACCOMPAGNEMENT_SOCIAL", "ACCOMPAGNEMENT_TRAVAIL"],
    }
    with refused("MISSION_DOES_NOT_COVER", "R9"):  # an open service stays covered
        await paris.does(
            "conventionAmend",
            conventionId=convention,
            verifiedFields=["mission"],
            missionIds=list(SOCIAL),
        )


async def test_an_invitation_lasts_72_hours_and_serves_one_identity(
    world: World, paris: Person
) -> None:
    partner, _ = await a_signed_esat(paris)
    late, once = (
        await paris.invites(partner.id, "Lou", "Late"),
        await paris.invites(partner.id, "Noé", "Once"),
    )
    await Person(world, "noe").accepts(once.secret)

    with refused("INVITATION_INVALID"):
        await Person(world, "somebody-else").accepts(once.secret)
    world.clock.move_to(world.clock.today().replace(day=13))

    with refused("INVITATION_INVALID"):
        await Person(world, "lou").accepts(late.secret)
