"""A key says that an act is the same one: never blank, opaque, and no longer than a column takes."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import strawberry
from sqlalchemy import text

from persistence.records import Rule
from persistence.replays import purge
from resolvers import limits
from resolvers.groups import GroupCloseInput
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_nir
from tests.journeys.story import Person, a_siret, an_open_esat, refused

from .generated_inputs import acts, input_of, least
from .ledger import rows


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_every_act_refuses_a_blank_key(world: World) -> None:
    for blank in ("", " ", "\t\u00a0\n"):
        for act in acts():
            payload = await world.act(
                "agent-paris",
                act,
                "",
                **least(input_of(act)) | {"idempotencyKey": blank},
            )

            told = [(e["code"], e["path"], e["message"]) for e in payload["errors"]]
            assert told == [
                ("KEY_BLANK", ["input", "idempotencyKey"], "Une clé n'est pas vide.")
            ], act


async def test_a_blank_key_never_hides_that_nothing_was_done(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    mine = {"affiliationId": esat.member.affiliation}
    why = mine | {"suspensionReason": "Vérification"}
    for act, values in (
        ("userSuspend", why),
        ("userReinstate", mine),
        ("userSuspend", why),
    ):
        payload = await world.act("agent-paris", act, "", **values, idempotencyKey="")
        assert [e["code"] for e in payload["errors"]] == ["KEY_BLANK"]
        await paris.does(act, **values)

    (row,) = await rows(
        world.database, "SELECT count(*) AS n FROM suspension WHERE ends_on IS NULL"
    )
    assert row["n"] >= 1
    assert await Person(world, "jo").tabs() == []


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_key_has_a_hundred_and_twenty_eight_characters_at_most(
    world: World, paris: Person
) -> None:
    await paris.does("partnerRegister", **_registration(), idempotencyKey="k" * 128)

    payload = await world.act(
        "agent-paris",
        "partnerRegister",
        "",
        **_registration(),
        idempotencyKey="k" * 129,
    )

    assert [(e["code"], e["path"]) for e in payload["errors"]] == [
        ("VALUE_INVALID", ["input", "idempotencyKey"])
    ]


def _registration() -> dict[str, object]:
    return {
        "siret": a_siret(),
        "name": "ESAT",
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }


# other technical texts


async def test_a_blank_technical_text_of_an_act_counts_as_absent(
    world: World, paris: Person
) -> None:
    partner = await paris.does(
        "partnerRegister",
        "partner { id establishments { nodes { finess } } }",
        **_registration() | {"finess": " "},
    )
    assert partner["partner"]["establishments"]["nodes"] == [{"finess": None}]

    whole = await an_open_esat(paris, "jo")
    jo = Person(world, "jo")
    line = a_line(1, clientReference=" ")
    done = await jo.declares(**a_deposit(whole.partner.siret, "k", line), reason=" ")
    assert done["batch"]["created"] == 1


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_blank_technical_text_of_a_question_counts_as_absent(
    world: World,
) -> None:
    async def count(arguments: str) -> int:
        found = await world.ask(
            "agent-paris", f"{{ bulletins(first: 50{arguments}) {{ totalCount }} }}"
        )
        return int(found["bulletins"]["totalCount"])

    everything = await count("")
    assert everything > 1
    for blank in ('partnerId: ""', 'partnerId: " "', 'after: ""', 'serviceId: ""'):
        assert await count(f", {blank}") == everything, blank

    asked = "query($by: PartnerBy!) { partner(by: $by) { id } }"
    mine = await world.ask("agent-paris", asked, by={"siret": "99990001200025"})
    for way in (
        {"siret": ""},
        {"siret": " "},
        {"id": ""},
        {"id": " "},
    ):  # one way is needed: a blank finds nobody
        assert (await world.ask("agent-paris", asked, by=way))["partner"] is None

    filtered = "query($p: ID, $a: String) { bulletins(partnerId: $p, after: $a, first: 50) { totalCount } }"
    one = await world.ask("agent-paris", filtered, p=mine["partner"]["id"], a=None)
    every = await world.ask("agent-paris", filtered, p="", a="")
    assert (
        one["bulletins"]["totalCount"] < every["bulletins"]["totalCount"] == everything
    )
    assert (
        await world.ask("agent-paris", "query($i: ID!) { node(id: $i) { id } }", i=" ")
    )["node"] is None


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("name", ["", " "])
async def test_a_blank_name_of_an_operation_runs_the_only_one(
    world: World, name: str
) -> None:
    headers = {
        "Authorization": f"Bearer {world.issuer.issue('agent-paris', timedelta(minutes=5))}"
    }
    body = {"query": "query Mine { viewer { user { id } } }", "operationName": name}

    answer = (await world.client.post("/graphql", json=body, headers=headers)).json()

    assert answer["data"]["viewer"]["user"]["id"]


def test_the_rule_is_the_register_s_own() -> None:
    assert (Rule.KEY_BLANK.number, Rule.KEY_BLANK.sentence) == (
        None,
        "Une clé n'est pas vide.",
    )


# opaque, kept as a fingerprint, for a time


def test_of_a_thousand_keys_that_are_millisecond_stamps_none_is_refused() -> None:
    for step in range(1_000):
        stamp = strawberry.ID(str(1_796_079_600_000 + step * 977))
        limits.check(
            GroupCloseInput(
                idempotency_key=stamp,
                group_id=strawberry.ID("grp_0"),
                on=date(2026, 12, 10),
            )
        )


async def test_a_key_that_reads_as_a_number_is_taken_replayed_and_in_clear_nowhere(
    world: World, paris: Person
) -> None:
    for key in ("1796079600000", "INV-1796079600000", a_nir(7)):
        values = _registration() | {"idempotencyKey": key}
        first = await paris.does("partnerRegister", "partner { id }", **values)
        again = await paris.does("partnerRegister", "partner { id }", **values)

        assert (first["replayed"], again["replayed"]) == (False, True)
        assert again["partner"] == first["partner"]

    kept = await rows(world.database, "SELECT * FROM idempotency")
    assert len(kept) == 3
    for row in kept:
        assert re.fullmatch("[0-9a-f]{64}", row["key"])
        assert not [
            digits for digits in ("1796079600000", a_nir(7)[:13]) if digits in str(row)
        ]


async def test_a_key_serves_31_days_and_that_of_a_campaign_31_days_after_its_close(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    jo = Person(world, "jo")
    sent = a_deposit(esat.partner.siret, "november", a_line(1))
    await jo.declares(**sent)
    registered = _registration() | {"idempotencyKey": "k"}
    await paris.does("partnerRegister", **registered)
    asked = '{ batchByKey(operation: "remunerationsDeclare", idempotencyKey: "november") { replayUntil } }'
    assert (await jo.asks(asked))["batchByKey"][
        "replayUntil"
    ] == "2027-03-31T23:00:00.000000Z"

    world.clock.move_to(date(2027, 1, 9))
    assert (await paris.does("partnerRegister", **registered))["replayed"]
    world.clock.move_to(date(2027, 1, 10))
    with refused("SIRET_KNOWN"):
        await paris.does("partnerRegister", **registered)
    world.clock.move_to(date(2027, 3, 31))
    assert (await jo.declares(**sent))["replayed"]
    world.clock.move_to(date(2027, 4, 2))
    with refused("WINDOW_CLOSED", "R22"):
        await jo.declares(**sent)
    assert (await jo.asks(asked))["batchByKey"] is None


async def test_an_expired_key_serves_again_for_another_call(
    world: World, paris: Person
) -> None:
    await paris.does("partnerRegister", **_registration(), idempotencyKey="k")
    other = _registration()
    with refused("IDEMPOTENCY_CONFLICT"):
        await paris.does("partnerRegister", **other, idempotencyKey="k")

    world.clock.move_to(date(2027, 1, 12))
    await paris.does("partnerRegister", **other, idempotencyKey="k")

    assert (await paris.does("partnerRegister", **other, idempotencyKey="k"))[
        "replayed"
    ]


async def test_the_purge_deletes_the_keys_whose_time_has_come_and_no_other(
    world: World, paris: Person
) -> None:
    await paris.does("partnerRegister", **_registration(), idempotencyKey="old")
    world.clock.move_to(date(2026, 12, 20))
    young = _registration() | {"idempotencyKey": "young"}
    await paris.does("partnerRegister", **young)

    counts = []
    for instant in (
        datetime(2027, 1, 10, 7, tzinfo=UTC),
        datetime(2027, 1, 10, 8, tzinfo=UTC),
    ):
        async with world.database.transaction() as session:
            counts.append(await purge(session, instant))

    assert counts == [0, 1]
    assert (await paris.does("partnerRegister", **young))["replayed"]


async def test_a_batch_is_found_by_its_own_sender_s_key_alone(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    jo = Person(world, "jo")
    sent = (await jo.declares(**a_deposit(esat.partner.siret, "k", a_line(1))))["batch"]
    asked = "query($o: String!, $k: ID!) { batchByKey(operation: $o, idempotencyKey: $k) { id created } }"

    found = await jo.asks(asked, o="remunerationsDeclare", k="k")

    assert found["batchByKey"] == {"id": sent["id"], "created": 1}
    for who, operation, key in (
        (jo, "remunerationsDeclare", "other"),
        (jo, "activityChangesDeclare", "k"),
        (jo, "remunerationsDeclare", ""),
        (paris, "remunerationsDeclare", "k"),
        (Person(world, "declarante-canal"), "remunerationsDeclare", "k"),
    ):
        assert (await who.asks(asked, o=operation, k=key))["batchByKey"] is None


async def test_a_key_from_before_fingerprints_is_still_replayed(
    world: World, paris: Person
) -> None:
    values = _registration() | {"idempotencyKey": "former"}
    await paris.does("partnerRegister", **values)
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE idempotency SET key = 'former'"))

    assert (await paris.does("partnerRegister", **values))["replayed"]
