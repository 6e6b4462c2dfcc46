"""No form is offered to who may not do its act anywhere.

The national ones as the others.
"""

import re

import pytest

from schema.actions import needs
from tests.acting.ledger import journalled

from .addresses import form, world_ids
from .houses import House
from .places import PERSONAS

CANAL = "partnerId=ptr_99990001200025"
NATIONAL = {
    "agentAppoint": "organismId=org_751",
    "campaignSet": "",
    "missionSet": "",
    "organismSet": "",
    "parameterSet": "",
    "roleSet": "",
    "serviceSet": "",
}
OTHERS = {
    "conventionPrepare": CANAL,
    "establishmentAdd": CANAL,
    "importOpen": "",
    "partnerRegister": "",
    "userInvite": CANAL,
}
FORMS = {
    act: f"/actes/{act}" + (f"?{words}" if words else "")
    for act, words in (NATIONAL | OTHERS).items()
}


@pytest.mark.parametrize("who", PERSONAS)
async def test_a_form_is_offered_to_who_may_do_its_act_somewhere_and_refused_to_others(
    house: House, who: str
) -> None:
    visitor = await house.visitor(who)
    may = set((await house.data(who, "{ viewer { may } }"))["viewer"]["may"])

    for act, address in FORMS.items():
        visit = await visitor.get(address)

        allowed = bool(may & needs(act))
        assert allowed == (who == "admin-national") or act in OTHERS, (who, act)
        if visit.status == 404:
            continue  # its object is not read
        assert (visit.status == 200) == allowed, (who, act, visit.status)
        if not allowed:
            assert visit.status == 403
            assert (
                "Vos droits d’aujourd’hui ne comportent pas cet acte."
                in visit.parsed.text
            )
            assert not [
                form for form in visit.parsed.forms if form.action.startswith("/actes/")
            ]


async def test_what_is_sent_to_such_a_form_is_refused_as_it_is(house: House) -> None:
    visitor = await house.visitor("lecteur-paris")
    token = dict((await visitor.get("/sessions")).parsed.form(field="theme").values)[
        "_jeton"
    ]
    before = await journalled(house.database, "parameterSet")

    values = [
        ("_jeton", token),
        ("_etape", "faire"),
        ("name", "RG_MIN"),
        ("value", "1"),
        ("startsOn", "2027-01-01"),
    ]
    visit = await visitor.post("/actes/parameterSet", values)

    assert visit.status == 403
    assert not [heard for heard in visit.heard if "mutation" in heard.query]
    assert await journalled(house.database, "parameterSet") == before


async def test_an_act_that_needs_nothing_is_open_to_an_identity_without_an_account(
    house: House,
) -> None:
    assert needs("invitationAccept") == frozenset()
    visitor = await house.visitor("leo-sans-droit")

    assert (await visitor.get("/actes/invitationAccept")).status == 200
    assert (await visitor.get("/actes/serviceSet")).status == 403


async def test_every_organism_that_a_centre_may_support_is_offered(
    house: House,
) -> None:
    """All the organisms together are more than a page of a hundred."""
    visitor = await house.visitor("admin-national")

    page = await visitor.get(form("organismSupportSet", await world_ids(house.data)))

    offered = set(re.findall(r'name="organismIds"[^>]*value="([^"]+)"', page.text))
    halves = "{ a: organisms(first: 100) { nodes { id kind } } b: organisms(last: 100) { nodes { id kind } } }"
    listed = await house.data("admin-national", halves)
    bodies = {
        node["id"]: node["kind"] for half in listed.values() for node in half["nodes"]
    }
    wanted = {
        key for key, kind in bodies.items() if kind in ("CAF", "MULTI_BRANCH", "CNA")
    }
    assert len(wanted) > 100
    assert offered == wanted
