"""The file of an import over HTTP: who may send it, what is answered, what may never leave."""

import asyncio
import hashlib
import logging
from typing import Any

import orjson
import pytest

from tests.acting.ledger import journalled, rows
from tests.conftest import World
from tests.journeys.story import a_siret, refused

from .sending import GIVEN, Desk, a_file, a_line

CELL = "ESAT Zinzolin"


def code(answer: Any) -> tuple[int, str]:  # noqa: ANN401 an HTTP answer
    (error,) = answer.json()["errors"]
    assert error["message"]
    return answer.status_code, error["extensions"]["code"]


async def test_a_real_server_takes_the_file_and_previews_it(serve: Any) -> None:  # noqa: ANN401 a starter
    running = await serve()
    desk = Desk(running, "admin-national", "org_CNAF")
    opened = await desk.opens(filename=GIVEN.name)

    answer = await desk.puts(opened, GIVEN.read_bytes())

    assert answer.status_code == 200
    told = answer.json()["import"]
    assert [told[n] for n in ("id", "received", "new", "unchanged", "conflict", "rejected", "blankLines")] == [opened, 122, 113, 1, 2, 6, 0]  # fmt: skip
    assert told["digest"] == hashlib.sha256(GIVEN.read_bytes()).hexdigest()
    assert told["ignoredColumns"] == ["Caf"]
    assert (await desk.sees(opened, "received"))["received"] == 122


async def test_the_same_bytes_again_answer_the_same_and_others_are_refused(
    paris: Desk, world: World
) -> None:
    opened, file = await paris.opens(), a_file(a_line())
    first = await paris.puts(opened, file)

    again = await paris.puts(opened, file)
    others = await paris.puts(opened, a_file(a_line()))
    none = await paris.puts(opened, b"illisible")

    assert (again.status_code, again.json()) == (200, first.json())
    assert [code(others), code(none)] == [(409, "EXTRACT_RECEIVED")] * 2
    assert await journalled(world.database, "importUpload") == 1
    assert len(await rows(world.database, "SELECT id FROM import_line")) == 1


async def test_the_same_file_sent_twice_at_once_is_received_once(
    paris: Desk, world: World
) -> None:
    opened, file = await paris.opens(), a_file(a_line(), a_line())

    answers = await asyncio.gather(*(paris.puts(opened, file) for _ in range(4)))

    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert await journalled(world.database, "importUpload") == 1


@pytest.mark.parametrize(
    "who", ["agent-rhone", "lecteur-paris", "social-villefictive", "declarante-canal"]
)
async def test_a_stranger_is_told_what_an_unknown_import_is_told(
    paris: Desk, world: World, who: str
) -> None:
    opened = await paris.opens()
    stranger = Desk(world, who, "org_691")

    answer = await stranger.puts(opened, a_file(a_line()))
    unknown = await paris.puts("imp_0", a_file(a_line()))

    assert code(answer) == code(unknown) == (404, "NOT_FOUND")
    assert answer.json() == unknown.json()


async def test_who_treats_a_line_reads_the_header_and_still_sends_nothing(
    paris: Desk, hauts_de_seine: Desk
) -> None:
    file = a_file(a_line(caf="921", department="92"))
    sent = await paris.sends(file)

    assert (await hauts_de_seine.sees(sent, "received"))["received"] == 1
    assert code(await hauts_de_seine.puts(sent, file)) == (404, "NOT_FOUND")


async def test_without_a_token_nothing_is_read(paris: Desk) -> None:
    opened = await paris.opens()

    assert code(await paris.puts(opened, b"x", Authorization="")) == (
        401,
        "TOKEN_MISSING",
    )
    assert code(await paris.puts(opened, b"x", Authorization="Bearer x")) == (
        401,
        "TOKEN_INVALID",
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (400, "MALFORMED")),
        (b"PK\x03\x04 corrompu", (422, "EXTRACT_UNREADABLE")),
        (b"a;b\n1;2\n", (422, "EXTRACT_HEADER")),
        (bytes(10_000_001), (413, "EXTRACT_TOO_LARGE")),
    ],
)
async def test_what_does_not_read_is_answered_in_a_sentence_and_another_file_may_come(
    paris: Desk, content: bytes, expected: tuple[int, str]
) -> None:
    opened = await paris.opens()

    assert code(await paris.puts(opened, content)) == expected

    assert (await paris.puts(opened, a_file(a_line()))).status_code == 200


async def test_another_method_is_not_allowed(paris: Desk, world: World) -> None:
    opened = await paris.opens()

    answer = await world.client.delete(f"/imports/{opened}")

    assert code(answer) == (405, "HTTP_405")
    assert "PUT" in answer.json()["errors"][0]["message"]


async def test_a_defect_is_masked_and_no_cell_is_logged(
    paris: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened = await paris.opens()

    def failing(*_: object) -> None:
        raise RuntimeError(CELL)

    monkeypatch.setattr("server.imports.read_file", failing)
    with caplog.at_level(logging.DEBUG):
        answer = await paris.puts(opened, a_file(a_line(name="ESAT Zinzolin")))

    assert code(answer) == (500, "INTERNAL")
    assert "Zinzolin" not in answer.text
    assert "Zinzolin" not in caplog.text


async def test_what_is_received_is_journaled_without_a_cell(
    paris: Desk, world: World
) -> None:
    sent = await paris.sends(
        a_file(a_line(name="ESAT Zinzolin", contact="zinzolin@exemple.invalid")),
        filename="z.csv",
    )

    (entry,) = await rows(
        world.database, "SELECT * FROM journal WHERE act = 'importUpload'"
    )
    assert (entry["object_id"], entry["acting_for"], entry["source"]) == (
        sent,
        "org_751",
        "API",
    )
    assert entry["matched_rule"] == "agent_managing Import:upload jurisdiction"
    assert "inzolin" not in str(entry)
    after = (
        orjson.loads(entry["after"])
        if isinstance(entry["after"], str)
        else entry["after"]
    )
    assert (
        after[sent]["content"],
        after[sent]["columns"],
        after[sent]["received"],
    ) == ("«modifié»", "«modifié»", 1)


# who sees what


async def test_a_caf_sees_the_header_and_its_own_lines_alone(
    paris: Desk, hauts_de_seine: Desk, national: Desk
) -> None:
    lines = (
        a_line(),
        a_line(caf="921", department="92"),
        a_line(caf="691", department="69"),
        a_line(caf="999"),
    )
    sent = await national.sends(a_file(*lines))
    rhone = Desk(paris.asker, "agent-bouches-du-rhone", "org_131")
    centre = "{ imports { nodes { id } } importLines { totalCount } }"

    seen = {
        desk.who: [line["number"] for line in await desk.lines(sent)]
        for desk in (paris, hauts_de_seine, national)
    }
    assert seen == {
        "agent-paris": [2],
        "agent-hauts-de-seine": [3],
        "admin-national": [2, 3, 4, 5],
    }
    assert (await paris.sees(sent, "received awaiting lines { totalCount }")) == {"received": 4, "awaiting": 1, "lines": {"totalCount": 1}}  # fmt: skip
    assert await rhone.sees(sent, "id") is None
    assert await rhone.asker.ask(rhone.who, centre) == {
        "imports": {"nodes": []},
        "importLines": {"totalCount": 0},
    }
    assert (await rhone.asker.ask("lecteur-paris", centre))["importLines"][
        "totalCount"
    ] == 1


async def test_each_act_is_the_organism_s_own(
    paris: Desk, hauts_de_seine: Desk, national: Desk, world: World
) -> None:
    siret = a_siret()
    lines = (
        a_line(),
        a_line(siret, caf="921", department="92"),
        a_line(siret, caf="921", department="92", name="Deux"),
    )
    sent = await national.sends(a_file(*lines))
    theirs = (await hauts_de_seine.lines(sent))[0]["id"]
    reader = Desk(world, "lecteur-paris", "org_751")

    with refused("NOT_FOUND"):
        await paris.arbitrates(theirs)
    with refused("FORBIDDEN"):
        await paris.applies(sent, organismId="org_921")
    with refused("NOT_FOUND"):
        await paris.applies(sent, lineIds=[theirs])
    with refused("FORBIDDEN"):
        await reader.applies(sent)
    with refused("FORBIDDEN"):
        await national.applies(sent)
    with refused("FORBIDDEN"):
        await paris.does("importPurge", importId=sent, purgeReason="x")
    with refused("FORBIDDEN"):
        await paris.opens(organismId="org_921")
    with refused("NOT_FOUND"):
        await Desk(world, "agent-bouches-du-rhone", "org_131").applies(sent)


async def test_lines_are_found_by_what_is_asked(paris: Desk) -> None:
    siret = a_siret()
    sent = await paris.sends(a_file(a_line(siret), a_line(""), a_line(active="N")))
    await paris.applies(sent, lineIds=[(await paris.lines(sent))[0]["id"]])
    asked = """query($s: String!) { taken: importLines(applied: true) { nodes { number } } waiting: importLines(awaiting: true) { nodes { number } }
      rejected: importLines(outcome: REJECTED) { nodes { number } } one: importLines(siret: $s) { nodes { number import { id } } }
      mine: importLines(organismId: "org_751", order: NUMBER) { totalCount } migrations { label deadline service { code migration { opensOn } } } }"""

    seen = await paris.asker.ask(paris.who, asked, s=f"{siret[:9]} {siret[9:]}")

    assert [
        [n["number"] for n in seen[name]["nodes"]]
        for name in ("taken", "waiting", "rejected", "one")
    ] == [
        [2],
        [4],
        [3],
        [2],
    ]
    assert seen["one"]["nodes"][0]["import"] == {"id": sent}
    assert seen["mine"]["totalCount"] == 3
    (migration,) = seen["migrations"]
    assert migration["deadline"] == "2025-06-30"
    assert migration["service"] == {
        "code": "ESAT",
        "migration": {"opensOn": "2025-03-20"},
    }
