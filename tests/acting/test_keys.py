"""A key says that an act is the same one: never blank, opaque, and no longer than a column takes."""

from datetime import timedelta

import pytest

from persistence.records import Rule
from tests.acting.generated_inputs import acts, input_of, least
from tests.acting.ledger import rows
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Person, a_siret, an_open_esat


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_every_act_refuses_a_blank_key(world: World) -> None:
    for blank in ("", " ", "\t\u00a0\n"):
        for act in acts():
            payload = await world.act("agent-paris", act, "", **least(input_of(act)) | {"idempotencyKey": blank})

            told = [(e["code"], e["path"], e["message"]) for e in payload["errors"]]
            assert told == [("KEY_BLANK", ["input", "idempotencyKey"], "Une clé n'est pas vide.")], act


async def test_a_blank_key_never_hides_that_nothing_was_done(world: World, paris: Person) -> None:
    esat = await an_open_esat(paris, "jo")
    mine = {"affiliationId": esat.member.affiliation}
    why = mine | {"suspensionReason": "Vérification"}
    for act, given in (("userSuspend", why), ("userReinstate", mine), ("userSuspend", why)):
        payload = await world.act("agent-paris", act, "", **given, idempotencyKey="")
        assert [e["code"] for e in payload["errors"]] == ["KEY_BLANK"]
        await paris.does(act, **given)

    (row,) = await rows(world.database, "SELECT count(*) AS n FROM suspension WHERE ends_on IS NULL")
    assert row["n"] >= 1
    assert await Person(world, "jo").tabs() == []


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_key_has_a_hundred_and_twenty_eight_characters_at_most(world: World, paris: Person) -> None:
    await paris.does("partnerRegister", **_registration(), idempotencyKey="k" * 128)

    payload = await world.act("agent-paris", "partnerRegister", "", **_registration(), idempotencyKey="k" * 129)

    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("VALUE_INVALID", ["input", "idempotencyKey"])]


def _registration() -> dict[str, object]:
    return {"siret": a_siret(), "name": "ESAT", "kind": "ESAT", "organismId": "org_751", "department": "75"}


# other technical texts


async def test_a_blank_technical_text_of_an_act_counts_as_absent(world: World, paris: Person) -> None:
    partner = await paris.does(
        "partnerRegister", "partner { id establishments { nodes { finess } } }", **_registration() | {"finess": " "}
    )
    assert partner["partner"]["establishments"]["nodes"] == [{"finess": None}]

    whole = await an_open_esat(paris, "jo")
    jo = Person(world, "jo")
    line = a_line(1, clientReference=" ")
    done = await jo.declares(**a_deposit(whole.partner.siret, "k", line), establishmentId="")
    assert done["batch"]["created"] == 1


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_blank_technical_text_of_a_question_counts_as_absent(world: World) -> None:
    async def count(arguments: str) -> int:
        found = await world.ask("agent-paris", f"{{ bulletins(first: 50{arguments}) {{ totalCount }} }}")
        return int(found["bulletins"]["totalCount"])

    everything = await count("")
    assert everything > 1
    for blank in ('partnerId: ""', 'partnerId: " "', 'after: ""', 'serviceId: ""'):
        assert await count(f", {blank}") == everything, blank

    asked = "query($s: String, $i: ID) { partner(siret: $s, id: $i) { id } }"
    mine = await world.ask("agent-paris", asked, s="99990001200025", i="")
    again = await world.ask("agent-paris", asked, s=" ", i=mine["partner"]["id"])
    assert again == mine
    required = "query($s: String!, $i: ID!) { partner(siret: $s, id: $i) { id } }"
    assert await world.ask("agent-paris", required, s="", i=mine["partner"]["id"]) == mine

    filtered = "query($p: ID, $a: String) { bulletins(partnerId: $p, after: $a, first: 50) { totalCount } }"
    one = await world.ask("agent-paris", filtered, p=mine["partner"]["id"], a=None)
    every = await world.ask("agent-paris", filtered, p="", a="")
    assert one["bulletins"]["totalCount"] < every["bulletins"]["totalCount"] == everything
    assert (await world.ask("agent-paris", "query($i: ID!) { node(id: $i) { id } }", i=" "))["node"] is None


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("name", ["", " "])
async def test_a_blank_name_of_an_operation_runs_the_only_one(world: World, name: str) -> None:
    headers = {"Authorization": f"Bearer {world.issuer.issue('agent-paris', timedelta(minutes=5))}"}
    body = {"query": "query Mine { viewer { user { id } } }", "operationName": name}

    answer = (await world.client.post("/graphql", json=body, headers=headers)).json()

    assert answer["data"]["viewer"]["user"]["id"]


def test_the_rule_is_the_register_s_own() -> None:
    assert (Rule.KEY_BLANK.number, Rule.KEY_BLANK.sentence) == (None, "Une clé n'est pas vide.")
