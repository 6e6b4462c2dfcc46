"""The steps of an opening lead on, one after the other.

No loop, no word to guess, no dead end after the opening.
"""

import html
import re

import pytest

from tests.journeys.story import a_siret

from .houses import House, Visit

SIGNED = {
    "partnerSignedOn": "2026-12-01",
    "organismSignedOn": "2026-12-02",
    "partnerSignatory": "La directrice",
    "organismSignatory": "Le directeur",
    "digest": "a" * 64,
}
ACTS = re.compile(r'href="(/actes/[^"]*)"')


def acts(visit: Visit) -> list[str]:
    """The acts that a page offers."""
    return [html.unescape(match) for match in ACTS.findall(visit.text)]


def named(visit: Visit, act: str) -> list[str]:
    return [address for address in acts(visit) if address.startswith(f"/actes/{act}?")]


async def registered(house: House, **also: object) -> str:
    """A partner of the Caf de Paris that nobody knew: case 1."""
    paris = (await house.data("agent-paris", "{ viewer { organisms { id } } }"))[
        "viewer"
    ]["organisms"][0]["id"]
    facts = {
        "name": "Esat du Nord",
        "siret": a_siret(),
        "kind": "ESAT",
        "organismId": paris,
        "department": "75",
    }
    return str(
        (
            await house.do(
                "agent-paris", "partnerRegister", "partner { id }", **facts | also
            )
        )["partner"]["id"]
    )


async def prepared(house: House, partner: str, mode: str = "CENTRALISED") -> str:
    missions = [
        m["id"]
        for m in (await house.data("agent-paris", "{ missions { id } }"))["missions"]
    ]
    values = {"partnerId": partner, "mode": mode, "missionIds": missions}
    return str(
        (
            await house.do(
                "agent-paris", "conventionPrepare", "convention { id }", **values
            )
        )["convention"]["id"]
    )


async def in_force(house: House, partner: str, mode: str = "CENTRALISED") -> str:
    convention = await prepared(house, partner, mode)
    papers = {"convention": SIGNED, "contract": SIGNED, "inForceOn": "2026-12-10"}
    await house.do("agent-paris", "conventionSign", conventionId=convention, **papers)
    return convention


async def opened(house: House, partner: str) -> None:
    """Everything up to the opening, as the Caf does it."""
    convention = await in_force(house, partner)
    eligible = {"decision": "ELIGIBLE", "ground": "Arrêté", "formDigest": "b" * 64}
    await house.do(
        "agent-paris",
        "eligibilityDecide",
        partnerId=partner,
        serviceId="svc_ESAT",
        **eligible,
    )
    query = """query($id: ID!) { partner(by: {id: $id}) { siret establishments { nodes { id } } }
      services { id roles { id } } }"""
    data = await house.data("agent-paris", query, id=partner)
    roles = next(s["roles"] for s in data["services"] if s["id"] == "svc_ESAT")
    bulletin = await house.do(
        "agent-paris",
        "bulletinPrepare",
        "bulletin { id }",
        conventionId=convention,
        serviceId="svc_ESAT",
        siret=data["partner"]["siret"],
        roleIds=[role["id"] for role in roles],
        establishmentIds=[e["id"] for e in data["partner"]["establishments"]["nodes"]],
    )
    one = {"bulletinId": bulletin["bulletin"]["id"]}
    await house.do(
        "agent-paris",
        "bulletinSign",
        **one,
        signature=SIGNED,
        effectiveFrom="2026-12-10",
    )
    await house.do("agent-paris", "serviceOpen", **one, on="2026-12-10")


def guide(partner: str) -> str:
    return f"/partenaires/{partner}/services/svc_ESAT/ouvrir"


# a draft


PLACES = [guide("{}"), "/partenaires/{}", "/partenaires/{}/contrats"]


@pytest.mark.parametrize("place", PLACES)
async def test_a_draft_convention_is_signed_or_given_up_and_never_prepared_again(
    house: House, place: str
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    before = await visitor.get(place.format(partner))

    convention = await prepared(house, partner)
    page = await visitor.get(place.format(partner))

    assert named(before, "conventionPrepare")
    assert not named(page, "conventionPrepare")
    assert [
        f"conventionId={convention}" in address
        for address in named(page, "conventionSign")
    ] == [True]
    assert [
        f"conventionId={convention}" in address
        for address in named(page, "conventionClose")
    ] == [True]
    assert "Abandonner le brouillon" in page.text


async def test_the_form_that_prepares_a_convention_leads_to_the_draft_that_waits(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    await prepared(house, partner)

    form = await visitor.get(f"/actes/conventionPrepare?partnerId={partner}")

    assert "signez-le, ou abandonnez-le" in form.parsed.text
    assert ("_etape", "verifier") not in {
        button for f in form.parsed.forms for button in f.buttons
    }
    assert named(form, "conventionSign")
    assert named(form, "conventionClose")


async def test_a_draft_that_is_given_up_leaves_its_place_to_another(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    await prepared(house, partner)
    [give_up] = named(await visitor.get(guide(partner)), "conventionClose")

    done = await visitor.act(give_up)
    page = await visitor.get(done.place)

    assert done.place.startswith(guide(partner))
    assert named(page, "conventionPrepare")
    assert not named(page, "conventionSign")


async def test_case_1_goes_from_the_registration_to_the_opening_by_the_links_of_its_steps(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)

    async def follow(act: str, **typed: str | list[str] | None) -> Visit:
        [address] = named(await visitor.get(guide(partner)), act)
        done = await visitor.act(address, **typed)
        assert done.status == 303, done.parsed.text
        return await visitor.get(done.place)

    missions = [
        m["id"]
        for m in (await house.data("agent-paris", "{ missions { id } }"))["missions"]
    ]
    paper = {
        f"{of}__{name}": value
        for of in ("convention", "contract")
        for name, value in SIGNED.items()
    }
    bulletin_paper = {f"signature__{name}": value for name, value in SIGNED.items()}
    await follow(
        "eligibilityDecide", decision="ELIGIBLE", ground="Arrêté", formDigest="b" * 64
    )
    await follow("conventionPrepare", mode="CENTRALISED", missionIds=missions)
    await follow("conventionSign", inForceOn="2026-12-10", **paper)
    form = await visitor.get(
        named(await visitor.get(guide(partner)), "bulletinPrepare")[0]
    )
    boxes = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', form.text)
        for name in ("roleIds", "establishmentIds")
    }
    await follow("bulletinPrepare", **boxes)
    await follow("bulletinSign", effectiveFrom="2026-12-10", **bulletin_paper)
    page = await follow("serviceOpen")

    assert "ouvert le 10" in page.parsed.text
    assert named(page, "groupCreate")


# the amendment, the boxes


async def test_what_an_amendment_verifies_is_a_box_and_the_mission_must_be_ticked(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    convention = await in_force(house, partner)
    address = f"/actes/conventionAmend?conventionId={convention}"
    form = await visitor.get(address)

    without = await visitor.step(form, "verifier", verifiedFields=["siret"])
    done = await visitor.act(address, verifiedFields=["mission"])

    assert (
        'type="checkbox" id="f-verifiedFields-1" name="verifiedFields" value="mission"'
        in form.text
    )
    assert without.status == 422
    assert "Cochez « La mission » pour continuer" in without.parsed.text.replace(
        "\u00a0", " "
    )
    assert 'href="#f-verifiedFields-1"' in without.text
    assert done.status == 303
    query = "query($id: ID!) { node(id: $id) { ... on Convention { amendments { verifiedFields } } } }"
    assert (await house.data("agent-paris", query, id=convention))["node"][
        "amendments"
    ] == [{"verifiedFields": ["mission"]}]


async def test_a_box_that_must_be_ticked_tells_it_beside_the_box(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    [paris] = (await house.data("agent-paris", "{ viewer { organisms { id } } }"))[
        "viewer"
    ]["organisms"]
    opening = {"filename": "extraction.csv", "organismId": paris["id"]}
    opened = await house.do("agent-paris", "importOpen", "import { id }", **opening)
    form = await visitor.get(f"/actes/importApply?importId={opened['import']['id']}")

    visit = await visitor.step(form, "verifier", organismId=paris["id"])

    assert visit.status == 422
    assert "Cochez « Le sens des colonnes" in visit.parsed.text.replace("\u00a0", " ")
    assert 'aria-invalid="true"' in visit.text
    assert 'href="#f-columnsConfirmed"' in visit.text
    assert not [h for h in visit.heard if h.query.startswith("mutation")]


# after the opening


async def test_including_where_there_is_nobody_says_to_invite_first(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    await opened(house, partner)
    created = await visitor.act(
        named(await visitor.get(guide(partner)), "groupCreate")[0]
    )
    [attach] = named(await visitor.get(created.place), "groupRoleAttach")
    group = attach.partition("groupId=")[2].partition("&")[0]
    role = re.findall(
        r'name="roleId" value="([^"]*)"', (await visitor.get(attach)).text
    )[0]
    await visitor.act(attach, roleId=role)

    steps = await visitor.get(guide(partner))
    form = await visitor.get(f"/actes/groupMembersAdd?groupId={group}")

    assert not named(steps, "groupMembersAdd")
    assert named(steps, "userInvite")
    assert "invitez d’abord une personne" in form.parsed.text
    assert ("_etape", "verifier") not in {
        button for f in form.parsed.forms for button in f.buttons
    }
    person = {
        "person__givenName": "Inès",
        "person__familyName": "Idoux",
        "person__email": "ines@exemple.example",
    }
    [invite] = named(form, "userInvite")
    await visitor.act(invite, **person)
    assert named(await visitor.get(guide(partner)), "groupMembersAdd")


@pytest.mark.parametrize("place", ["/partenaires/{}", "/partenaires/{}/services"])
async def test_the_steps_that_remain_after_the_opening_stay_reachable(
    house: House, place: str
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    await opened(house, partner)

    page = await visitor.get(place.format(partner))

    assert f'href="{guide(partner)}"' in page.text
    assert named(await visitor.get(guide(partner)), "groupCreate")


# what is required


async def test_nothing_that_a_rule_asks_for_is_said_to_be_optional(
    house: House,
) -> None:
    visitor, partner = await house.visitor("agent-paris"), await registered(house)
    national = await house.visitor("admin-national")
    convention = await in_force(house, partner, "DELEGATED")
    [paris] = (await house.data("agent-paris", "{ viewer { organisms { id } } }"))[
        "viewer"
    ]["organisms"]

    bulletin = await visitor.get(
        f"/actes/bulletinPrepare?conventionId={convention}&serviceId=svc_ESAT"
    )
    eligibility = await visitor.get(
        f"/actes/eligibilityDecide?partnerId={partner}&serviceId=svc_ESAT"
    )
    manager = await visitor.get(f"/actes/managerAppoint?conventionId={convention}")
    agent = await national.get(f"/actes/agentAppoint?organismId={paris['id']}")

    assert note(bulletin, "Établissements de la portée") == ""
    assert (
        note(eligibility, "Document numérisé")
        == "(à joindre quand le partenaire est éligible)"
    )
    assert (
        note(manager, "Une personne déjà rattachée au partenaire")
        == "(l’un ou l’autre)"
    )
    assert note(manager, "Une personne à inviter") == "(l’un ou l’autre)"
    assert note(agent, "Une personne nouvelle") == ""
    refused = await national.step(agent, "verifier")
    assert "« Prénom » est à renseigner" in refused.parsed.text.replace("\u00a0", " ")


def note(visit: Visit, label: str) -> str:
    """What stands beside a label."""
    beside = (
        r'\s*(?:<span class="optional">([^<]*)</span>)?\s*</(?:label|legend|summary)>'
    )
    match = re.search(label + beside, visit.text)
    assert match, (label, visit.parsed.text)
    return html.unescape(match[1] or "")
