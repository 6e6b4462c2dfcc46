"""What may not be locked out, told or raced: the guards that stand around the acts."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from persistence.records import Rule
from server.cli import main
from server.settings import DEMO_ISSUER
from tests.conftest import World, _plain


async def test_the_last_national_administrator_stays(world: World) -> None:
    agents = await world.ask(
        "admin-national",
        '{ organism(code: "CNAF") { agents { nodes { id profile } } } }',
    )
    (last,) = agents["organism"]["agents"]["nodes"]

    payload = await world.act(
        "admin-national", "agentEnd", "", agentId=last["id"], on="2026-12-10"
    )

    assert [e["code"] for e in payload["errors"]] == [Rule.LAST_NATIONAL.name]


async def test_a_decision_and_its_ground_are_not_in_the_journal(world: World) -> None:
    seen = await world.ask(
        "agent-paris", '{ partner(by: {siret: "99990001200025"}) { id } }'
    )
    await world.do(
        "agent-paris",
        "eligibilityDecide",
        "eligibility { decision ground }",
        partnerId=seen["partner"]["id"],
        serviceId="svc_CDAP",
        decision="NOT_ELIGIBLE",
        ground="Motif confidentiel",
    )

    journal = await world.ask(
        "gestionnaire-canal",
        '{ partner(by: {siret: "99990001200025"}) { journal(first: 5) { nodes { act before after } } } }',
    )

    told = json.dumps(journal)
    assert "eligibilityDecide" in told
    assert "confidentiel" not in told
    assert "NOT_ELIGIBLE" not in told


async def test_a_manager_who_has_not_accepted_does_not_let_the_last_one_go(
    world: World,
) -> None:
    asked = """{ partner(by: {siret: "99990001200041"}) { id }
      delegated: partner(by: {siret: "99990004600015"}) {
        id conventionInForce { id contract { managers { user { id } } } }
        affiliations { nodes { id user { id } } } } }"""
    seen = (await world.ask("agent-bouches-du-rhone", asked))["delegated"]
    person = {
        "givenName": "Lola",
        "familyName": "Leroy",
        "email": "lola.leroy@example.invalid",
    }
    convention = seen["conventionInForce"]["id"]
    await world.do(
        "gestionnaire-oliviers",
        "managerAppoint",
        "",
        conventionId=convention,
        kind="DEPUTY",
        person=person,
    )
    manager = seen["conventionInForce"]["contract"]["managers"][0]["user"]["id"]
    mine = next(
        a["id"] for a in seen["affiliations"]["nodes"] if a["user"]["id"] == manager
    )

    payload = await world.act(
        "gestionnaire-oliviers",
        "userDeactivate",
        "",
        affiliationId=mine,
        on="2026-12-10",
    )

    assert [e["code"] for e in payload["errors"]] == ["LAST_MANAGER"]


async def test_the_card_of_a_known_person_is_deleted_when_they_accept(
    world: World,
) -> None:
    seen = await world.ask(
        "agent-yvelines", '{ partner(by: {siret: "99990001200041"}) { id } }'
    )
    person = {
        "givenName": "Autre",
        "familyName": "Graphie",
        "email": "claire@example.invalid",
    }
    invited = await world.do(
        "agent-yvelines",
        "userInvite",
        "affiliation { user { id } } invitation",
        partnerId=seen["partner"]["id"],
        person=person,
    )
    card = invited["affiliation"]["user"]["id"]

    await world.do(
        "social-villefictive", "invitationAccept", "", invitation=invited["invitation"]
    )

    async with world.database.transaction() as session:
        assert (
            await session.scalar(
                text('SELECT count(*) FROM "user" WHERE id = :card'), {"card": card}
            )
            == 0
        )


async def test_a_lock_that_does_not_come_says_busy_for_an_act_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("persistence.register.Register.lock", late)
    seen = await world.ask(
        "agent-paris", '{ partner(by: {siret: "99990001200025"}) { id } }'
    )
    query = "mutation($i: ActivityAttestInput!) { activityAttest(input: $i) { errors { code } } }"

    answer = await world.post(
        "agent-paris",
        query,
        {"i": {"partnerId": seen["partner"]["id"], "evidence": "Appel"}},
    )

    assert answer.json()["errors"][0]["extensions"]["code"] == "BUSY"


async def test_a_server_s_holder_appoints_the_first_national_administrator(
    world: World, register_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "DATABASE_URL": _plain(register_url),
        "NIR_KEYS": str(tmp_path / "nir.json"),
        "OIDC_ISSUER": "https://sso.example.invalid",
        "OIDC_JWKS_URL": "https://sso.example.invalid/jwks",
    }.items():
        monkeypatch.setenv(name, value)
    words = [
        "--again",
        "--issuer",
        DEMO_ISSUER,
        "--subject",
        "premiere",
        "--given-name",
        "Ada",
        "--family-name",
        "Abel",
    ]

    assert (
        await asyncio.to_thread(
            main, ["appoint-national", *words, "--email", "ada@example.invalid"]
        )
        == 0
    )

    viewer = (
        await world.ask(
            "premiere", "{ viewer { organisms { code } posts { profile } } }"
        )
    )["viewer"]
    assert viewer == {
        "organisms": [{"code": "CNAF"}],
        "posts": [{"profile": "NATIONAL"}],
    }
    entries = await world.ask(
        "admin-national", "{ journal(first: 1) { nodes { act source } } }"
    )
    assert entries["journal"]["nodes"] == [{"act": "agentAppoint", "source": "CLI"}]
