"""Drafts: what is written is kept as it was, right or not, and nothing of it is declared before it is deposited (R17)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from persistence.draft_purge import purge_drafts
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_nir, counts
from tests.journeys.story import Opened, Person, an_open_esat, refused

from .ledger import rows

LINES = """... on Declaration { version status lineCount baseSequence sequence draftLines(first: 100) { totalCount nodes {
  id version position origin clientReference nir cells { field text } errors { code path } warnings { code }
  worker { id } live { id rate } lastYear { id } } } }"""
DRAFTS = '{ declarations(campaignId: "cmp_2026", status: DRAFT) { nodes { id siret lineCount preparedAt draftLines { totalCount } } } }'
RESULTS = "batch { id declaration { id } results { nodes { status errors { code path } draftLine { id version } } } }"
MASK = "1 85 05 ** *** *** **"
BAD: dict[str, object] = {"rate": "cent", "birthDate": "########"}

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def esat(paris: Person) -> Opened:
    """An Esat open today, that nobody has declared in; `jo` declares."""
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


def codes(payload: dict[str, Any], of: str = "errors") -> list[str]:
    return [notice["code"] for notice in payload[of]]


async def puts(
    person: Person, esat: Opened, key: str, /, *lines: dict[str, object], **more: object
) -> dict[str, Any]:
    values = a_deposit(esat.partner.siret, key, *lines, deposit=False, **more)
    return await person.declares(**values)


async def deposits(
    person: Person, esat: Opened, key: str, **more: object
) -> dict[str, Any]:
    """The draft as it stands."""
    values = a_deposit(esat.partner.siret, key, **more) | {"lines": None}
    return await person.declares(**values)


async def opens(person: Person, esat: Opened, source: str, **more: object) -> str:
    values = {"establishment": {"siret": esat.partner.siret}, "campaignYear": 2026}
    done = await person.does(
        "draftOpen", "declaration { id }", **values, source=source, **more
    )
    return str(done["declaration"]["id"])


async def draft_of(person: Person, esat: Opened) -> dict[str, Any]:
    """The draft of an Esat, with its lines by their references."""
    found = (await person.asks(DRAFTS))["declarations"]["nodes"]
    (draft,) = [one for one in found if one["siret"] == esat.partner.siret]
    seen: dict[str, Any] = await person.reads(draft["id"], LINES)
    nodes = seen["draftLines"]["nodes"]
    lines = {line["clientReference"]: line for line in nodes}
    return seen | {"id": draft["id"], "nodes": nodes, "lines": lines}


def cells_of(line: dict[str, Any]) -> dict[str, object]:
    return {cell["field"]: cell["text"] for cell in line["cells"]}


async def sizes(world: World) -> dict[str, int]:
    tables = ("worker", "worker_number", "declaration", "declaration_line", "draft_line", "activity_change")  # fmt: skip
    result = {}
    for name in tables:
        (row,) = await rows(world.database, f"SELECT count(*) AS n FROM {name}")  # noqa: S608 our own words
        result[name] = row["n"]
    return result


# what is kept


async def test_a_bad_line_is_kept_as_it_was_written_with_what_is_wrong_and_makes_no_card(
    world: World, esat: Opened, jo: Person
) -> None:
    before = await sizes(world)
    written: dict[str, object] = {
        "clientReference": "P1",
        "birthName": " Dùpond  ",
        "nir": a_nir(1),
    }

    done = await puts(jo, esat, "1", a_line(0), written | BAD, mode="ALL_OR_NOTHING")

    assert counts(done["batch"]) == {"received": 2, "created": 1, "rejected": 1}
    line = (await draft_of(jo, esat))["lines"]["P1"]
    assert cells_of(line) == written | BAD | {"nir": MASK}
    assert {(e["code"], e["path"][-1]) for e in line["errors"]} >= {
        ("RATE_RANGE", "rate"),
        ("DAY_INVALID", "birthDate"),
        ("NAME_INVALID", "givenNames"),
    }
    after = await sizes(world)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"declaration", "draft_line"}


async def test_what_a_draft_holds_is_sealed_and_no_number_comes_back(
    world: World, esat: Opened, jo: Person
) -> None:
    slip = a_line(2, birthName=a_nir(3), comment=f"voir {a_nir(2)}")
    wrong = a_line(4, nir="1 85 05 75 999 004 00")

    await puts(jo, esat, "1", a_line(1), slip, wrong, {"nir": "néant"})

    stored = await rows(world.database, "SELECT * FROM draft_line")
    text = str(stored)
    for secret in ("Ariel", "1112,32", "1 112,32", a_nir(1), a_nir(2)[:13], "75 999"):
        assert secret not in text
    nodes = (await draft_of(jo, esat))["nodes"]
    assert [line["nir"] for line in nodes] == [MASK, MASK, "1 85 05 ** *** *** **", "néant"]  # fmt: skip
    shown = str(nodes)
    for number in (a_nir(1), a_nir(2), a_nir(3)):
        assert number[5:] not in shown.replace(" ", "")
    assert cells_of(nodes[0])["netRemuneration"] == "1 112,32"


async def test_only_the_esat_reads_the_lines_and_an_agent_that_there_is_a_draft(
    world: World, esat: Opened, jo: Person, paris: Person
) -> None:
    await puts(jo, esat, "1", a_line(0), a_line(1, "921"))
    line = (await draft_of(jo, esat))["nodes"][0]["id"]

    (seen,) = [d for d in (await paris.asks(DRAFTS))["declarations"]["nodes"] if d["siret"] == esat.partner.siret]  # fmt: skip

    assert (seen["lineCount"], seen["draftLines"]["totalCount"]) == (2, 0)
    assert seen["preparedAt"] is not None
    for who in ("agent-paris", "agent-hauts-de-seine", "admin-national", "declarante-canal"):  # fmt: skip
        answer = await Person(world, who).asks("query($i: ID!) { node(id: $i) { id } }", i=line)  # fmt: skip
        assert answer["node"] is None, who
    answer = await jo.asks("query($i: ID!) { node(id: $i) { id } }", i=line)
    assert answer["node"] == {"id": line}


async def test_the_same_put_sent_again_with_its_key_is_answered_alike(
    world: World, esat: Opened, jo: Person
) -> None:
    first = await puts(jo, esat, "k", a_line(0), a_line(1) | BAD)
    before = await sizes(world)

    again = await puts(jo, esat, "k", a_line(0), a_line(1) | BAD)

    assert (again["replayed"], again["batch"]) == (True, first["batch"])
    assert again["errors"] == first["errors"]
    assert await sizes(world) == before
    with refused("IDEMPOTENCY_CONFLICT"):
        await puts(jo, esat, "k", a_line(0))


# which line a put replaces


async def test_a_line_takes_the_place_of_its_id_then_of_its_person_then_of_its_reference(
    esat: Opened, jo: Person
) -> None:
    await puts(jo, esat, "1", a_line(0), a_line(1), a_line(2) | {"nir": "?"}, a_line(3))
    ids = {ref: line["id"] for ref, line in (await draft_of(jo, esat))["lines"].items()}
    by_id = a_line(9) | {"draftLineId": ids["P000"]}
    by_person = a_line(1, rate="90", noPayReason="OTHER", netRemuneration=None, netAid=None, esatShare=None) | {"clientReference": "autre"}  # fmt: skip

    done = await puts(jo, esat, "2", by_id, by_person, a_line(2), a_line(3), a_line(4))

    assert counts(done["batch"]) == {"received": 5, "created": 1, "replaced": 3, "unchanged": 1}  # fmt: skip
    lines = (await draft_of(jo, esat))["lines"]
    assert lines["P009"]["id"] == ids["P000"]
    assert lines["autre"]["id"] == ids["P001"]
    assert lines["P002"]["id"] == ids["P002"]
    assert (lines["P003"]["id"], lines["P003"]["version"]) == (ids["P003"], 1)
    assert {line["version"] for r, line in lines.items() if r in ("P009", "autre", "P002")} == {2}  # fmt: skip
    assert len(lines) == 5


async def test_a_reference_that_serves_for_another_person_takes_nobodys_place(
    esat: Opened, jo: Person
) -> None:
    """A payroll that numbers each part from one must not lose the first part."""
    await puts(jo, esat, "1", a_line(0, clientReference="1"))
    other = a_line(1, clientReference="1", birthDate="01/02/1990")

    done = await puts(jo, esat, "2", other)

    assert counts(done["batch"]) == {"received": 1, "created": 1}
    assert "REFERENCE_DUPLICATE" in codes(done, "warnings")
    assert (await draft_of(jo, esat))["lineCount"] == 2


async def test_a_line_that_changed_since_it_was_read_is_left_as_it_is(
    esat: Opened, jo: Person
) -> None:
    await puts(jo, esat, "1", a_line(0))
    line = (await draft_of(jo, esat))["nodes"][0]
    named = {"draftLineId": line["id"], "draftLineVersion": line["version"]}
    await puts(jo, esat, "2", a_line(0, comment="Vu") | named)

    late = await puts(jo, esat, "3", a_line(0, comment="Trop tard") | named)
    lost = await puts(jo, esat, "4", a_line(0) | {"draftLineId": "drl_nulle"})

    assert [(e["code"], e["path"][-1]) for e in late["errors"]] == [
        ("VERSION_CONFLICT", "draftLineVersion")
    ]
    assert codes(lost) == ["LINE_AMBIGUOUS"]
    (line,) = (await draft_of(jo, esat))["nodes"]
    assert (cells_of(line)["comment"], line["version"]) == ("Vu", 2)


async def test_a_number_that_comes_back_hidden_is_still_its_own(
    esat: Opened, jo: Person
) -> None:
    await puts(jo, esat, "1", a_line(0), a_line(1) | BAD)
    line = (await draft_of(jo, esat))["lines"]["P001"]
    mended = cells_of(line) | {"rate": "100", "birthDate": "27/05/1985"}

    done = await puts(jo, esat, "2", mended | {"draftLineId": line["id"]})

    assert (done["errors"], counts(done["batch"])) == ([], {"received": 1, "replaced": 1})  # fmt: skip
    assert (await deposits(jo, esat, "3"))["errors"] == []


async def test_two_lines_of_one_person_are_both_kept_to_be_mended_and_one_is_removed(
    esat: Opened, jo: Person
) -> None:
    twice = await puts(jo, esat, "1", a_line(0), a_line(0, clientReference="bis"))
    assert codes(twice) == ["WORKER_DUPLICATE_IN_BATCH"] * 2
    again = await puts(jo, esat, "2", a_line(0))
    assert codes(again) == ["WORKER_DUPLICATE_IN_BATCH"]
    draft = await draft_of(jo, esat)
    assert draft["lineCount"] == 2

    with refused("LINE_AMBIGUOUS") as told:
        await jo.does("draftLinesRemove", declarationId=draft["id"], lines=[{"nir": a_nir(0)}])  # fmt: skip
    assert told.path == ["input", "lines", "0", "nir"]
    await jo.does("draftLinesRemove", declarationId=draft["id"], lines=[{"clientReference": "bis"}])  # fmt: skip

    assert (await deposits(jo, esat, "3"))["errors"] == []


async def test_lines_are_removed_by_any_of_their_keys_all_or_none(
    esat: Opened, jo: Person
) -> None:
    await jo.declares(**a_deposit(esat.partner.siret, "0", a_line(0), a_line(1)))
    await puts(jo, esat, "1", *(a_line(n) for n in range(6)))
    draft = await draft_of(jo, esat)
    lines = draft["lines"]
    keys = [
        {"draftLineId": lines["P005"]["id"]},
        {"workerId": lines["P000"]["worker"]["id"]},
        {"lineId": lines["P001"]["live"]["id"]},
        {"nir": a_nir(2)},
        {"clientReference": "P003"},
    ]

    for bad in ({"nir": a_nir(9)}, {"clientReference": "?"}, {"workerId": "wrk_x"}):
        with refused("LINE_AMBIGUOUS"):
            await jo.does("draftLinesRemove", declarationId=draft["id"], lines=[*keys, bad])  # fmt: skip
    with refused("VERSION_CONFLICT"):
        await jo.does("draftLinesRemove", declarationId=draft["id"], lines=keys, expectedVersion=99)  # fmt: skip
    await jo.does("draftLinesRemove", declarationId=draft["id"], lines=keys, expectedVersion=draft["version"])  # fmt: skip

    after = await draft_of(jo, esat)
    assert (list(after["lines"]), after["lineCount"]) == (["P004"], 1)


# what a draft starts with


async def test_a_draft_starts_with_the_certificate_in_force_and_is_deposited_as_equal(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    second = {"dualActivity": "O", "dualActivitySince": "01/09/2026", "dualActivityHours": "12,5", "rate": "80", "noPayReason": "OTHER", "netRemuneration": None, "netAid": None, "esatShare": None}  # fmt: skip
    await jo.declares(**a_deposit(siret, "1", a_line(0, usedName="D'Ormeau"), a_line(1, "921", **second)))  # fmt: skip

    await opens(jo, esat, "LIVE")

    draft = await draft_of(jo, esat)
    assert (draft["baseSequence"], draft["lineCount"]) == (1, 2)
    assert [(n["origin"], n["nir"], n["errors"]) for n in draft["nodes"]] == [("CARRIED", MASK, [])] * 2  # fmt: skip
    assert all(line["live"]["id"] for line in draft["nodes"])
    with refused("DRAFT_EXISTS"):
        await opens(jo, esat, "EMPTY")
    done = await deposits(jo, esat, "2", mode="ALL_OR_NOTHING")
    assert (done["errors"], counts(done["batch"])) == ([], {"received": 2, "unchanged": 2})  # fmt: skip


async def test_a_draft_of_last_year_has_no_amount_the_known_rate_and_nobody_who_left(
    world: World,
) -> None:
    delphine = Person(world, "declarante-canal")
    values = {"establishment": {"siret": "99990001200025"}, "campaignYear": 2026}

    done = await delphine.does("draftOpen", f"declaration {{ id {LINES.removeprefix('... on Declaration {')}", **values, source="LAST_YEAR")  # fmt: skip

    lines = done["declaration"]["draftLines"]["nodes"]
    left = await rows(world.database, "SELECT w.id FROM worker w JOIN activity_change c ON c.worker_id = w.id WHERE c.kind = 'DEPARTURE'")  # fmt: skip
    gone = {row["id"] for row in left}
    assert gone
    assert not gone & {line["worker"]["id"] for line in lines}
    for line in lines:
        assert not {"netRemuneration", "netAid", "esatShare"} & set(cells_of(line))
        assert {e["path"][-1] for e in line["errors"]} == {"netRemuneration", "netAid", "esatShare"}  # fmt: skip
        assert line["lastYear"] is not None
    (raised,) = await rows(world.database, "SELECT worker_id FROM activity_change WHERE kind = 'RATE_INCREASE'")  # fmt: skip
    rates = {line["worker"]["id"]: cells_of(line)["rate"] for line in lines}
    assert rates[raised["worker_id"]] == "50.00"


async def test_a_draft_of_what_is_not_there_is_refused(
    esat: Opened, jo: Person
) -> None:
    for source in ("LIVE", "LAST_YEAR"):
        with refused("NOT_FOUND") as told:
            await opens(jo, esat, source)
        assert told.path == ["input", "source"]
    assert await opens(jo, esat, "EMPTY")
    assert (await draft_of(jo, esat))["lineCount"] == 0


async def test_a_person_of_another_establishment_is_not_named_by_their_card(
    world: World, esat: Opened, jo: Person
) -> None:
    (worker,) = await rows(world.database, "SELECT id FROM worker ORDER BY id LIMIT 1")
    line = a_line(0, nir=None) | {"workerId": worker["id"]}

    for more in ({}, {"deposit": False}):
        done = await jo.declares(**a_deposit(esat.partner.siret, f"{more}", line, **more))  # fmt: skip
        assert ("NOT_FOUND", "workerId") in {(e["code"], e["path"][-1]) for e in done["errors"]}  # fmt: skip


# the deposit


async def test_a_deposit_leaves_what_it_refuses_with_the_certificate_and_the_next_one_ends_the_draft(
    world: World, esat: Opened, jo: Person
) -> None:
    await puts(jo, esat, "1", *(a_line(n) for n in range(3)), a_line(3) | BAD)

    held = await deposits(jo, esat, "2", mode="ALL_OR_NOTHING")
    part = await deposits(jo, esat, "3")

    assert counts(held["batch"]) == {"received": 4, "rejected": 1, "held": 3}
    assert counts(part["batch"]) == {"received": 4, "created": 3, "rejected": 1}
    draft = await draft_of(jo, esat)
    assert draft["baseSequence"] == part["batch"]["declaration"]["sequence"]
    assert {r: line["origin"] for r, line in draft["lines"].items()} == {"P000": "CARRIED", "P001": "CARRIED", "P002": "CARRIED", "P003": "PUT"}  # fmt: skip
    assert [r for r, line in draft["lines"].items() if line["errors"]] == ["P003"]
    await puts(jo, esat, "4", a_line(3))
    whole = await deposits(jo, esat, "5", mode="ALL_OR_NOTHING")
    assert counts(whole["batch"]) == {"received": 4, "created": 1, "unchanged": 3}
    assert (await sizes(world))["draft_line"] == 0
    with refused("DRAFT_MISSING"):
        await deposits(jo, esat, "6")


async def test_the_report_of_a_draft_names_its_lines(
    world: World, esat: Opened, jo: Person
) -> None:
    values = a_deposit(esat.partner.siret, "1", a_line(0), a_line(1) | BAD, deposit=False)  # fmt: skip
    put = await world.act("jo", "remunerationsDeclare", RESULTS, **values)
    ids = [line["id"] for line in (await draft_of(jo, esat))["nodes"]]
    results = put["batch"]["results"]["nodes"]
    assert [r["draftLine"]["id"] for r in results] == ids
    assert [r["status"] for r in results] == ["CREATED", "REJECTED"]

    deposit = a_deposit(esat.partner.siret, "2") | {"lines": None}
    done = await world.act("jo", "remunerationsDeclare", RESULTS, **deposit)

    results = done["batch"]["results"]["nodes"]
    assert [r["draftLine"] and r["draftLine"]["id"] for r in results] == [None, ids[1]]


async def test_what_became_wrong_since_is_told_on_the_line_of_the_draft(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0), a_line(1)))
    await puts(jo, esat, "2", a_line(0), a_line(1), a_line(2))
    gone = {"nir": a_nir(0), "kind": "DEPARTURE", "effectiveOn": "20/03/2026", "departureReason": "MOVE"}  # fmt: skip
    assert (await jo.tells_changes(siret, "c", gone))["errors"] == []

    held = await deposits(jo, esat, "3", mode="ALL_OR_NOTHING")

    assert codes(held) == ["BATCH_HELD", "WORKER_LEFT_BEFORE"]
    lines = (await draft_of(jo, esat))["lines"]
    assert [e["code"] for e in lines["P000"]["errors"]] == ["WORKER_LEFT_BEFORE"]


async def test_a_stale_draft_is_deposited_by_who_knows_the_certificate_in_force(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await puts(jo, esat, "1", *(a_line(n) for n in range(4)))
    direct = await jo.declares(**a_deposit(siret, "2", a_line(0), a_line(1)))
    assert codes(direct, "warnings") == ["DRAFT_EXISTS"]
    sequence = direct["batch"]["declaration"]["sequence"]

    for expected in ({}, {"expectedSequence": sequence - 1}):
        with refused("SEQUENCE_MOVED"):
            await deposits(jo, esat, f"3 {expected}", **expected)
    done = await deposits(jo, esat, "4", expectedSequence=sequence)

    assert counts(done["batch"]) == {"received": 4, "created": 2, "unchanged": 2}


async def test_a_dry_run_of_a_put_or_of_a_draft_leaves_nothing(
    world: World, esat: Opened, jo: Person
) -> None:
    before = await sizes(world)
    essay = await puts(jo, esat, "1", a_line(0), a_line(1) | BAD, dryRun=True)
    assert counts(essay["batch"]) == {"received": 2, "created": 1, "rejected": 1}
    assert await sizes(world) == before
    await puts(jo, esat, "1", a_line(0), a_line(1) | BAD)
    before = await sizes(world)

    essay = await deposits(jo, esat, "2", dryRun=True)

    assert counts(essay["batch"]) == {"received": 2, "created": 1, "rejected": 1}
    assert await sizes(world) == before


async def test_a_draft_that_is_discarded_is_gone_and_another_may_begin(
    world: World, esat: Opened, jo: Person
) -> None:
    await jo.declares(**a_deposit(esat.partner.siret, "1", a_line(0)))
    await puts(jo, esat, "2", a_line(0), a_line(1))
    draft = await draft_of(jo, esat)

    await jo.does("draftDiscard", declarationId=draft["id"])

    assert (await sizes(world))["draft_line"] == 0
    with refused("DRAFT_MISSING"):
        await jo.does("draftDiscard", declarationId=draft["id"])
    again = await puts(jo, esat, "3", a_line(0))
    assert again["batch"]["declaration"]["sequence"] == draft["sequence"] + 1


# rights, sizes, the window


async def test_who_reads_does_not_prepare_and_an_agent_neither(
    esat: Opened, jo: Person, paris: Person
) -> None:
    await puts(jo, esat, "1", a_line(0))
    draft = (await draft_of(jo, esat))["id"]
    values = {"establishment": {"siret": esat.partner.siret}, "campaignYear": 2026}
    await paris.attaches(esat.group, "ESAT_LECTEUR")

    for who in (jo, paris):
        with refused("FORBIDDEN"):
            await who.does("draftOpen", **values, source="EMPTY")
        with refused("FORBIDDEN"):
            await who.does("draftDiscard", declarationId=draft)
        with refused("FORBIDDEN"):
            await who.does("draftLinesRemove", declarationId=draft, lines=[{"nir": a_nir(0)}])  # fmt: skip
        with refused("FORBIDDEN"):
            await puts(who, esat, f"2 {who.name}", a_line(1))


async def test_no_more_than_ten_thousand_persons_are_in_a_draft(
    esat: Opened, jo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("persistence.intake.intentions.PERSONS", 3)
    await puts(jo, esat, "1", *(a_line(n) for n in range(3)))
    with refused("DECLARATION_TOO_LARGE") as told:
        await puts(jo, esat, "2", a_line(2), a_line(3))
    assert told.path == ["input", "lines"]
    assert (await puts(jo, esat, "3", a_line(2)))["errors"] == []
    monkeypatch.setattr("persistence.intake.intentions.PERSONS", 2)
    with refused("DECLARATION_TOO_LARGE"):
        await deposits(jo, esat, "4")


async def test_outside_of_the_window_no_draft_changes_and_in_the_end_it_is_purged(
    world: World, esat: Opened, jo: Person
) -> None:
    await puts(jo, esat, "1", a_line(0))
    draft = (await draft_of(jo, esat))["id"]
    values = {"establishment": {"siret": esat.partner.siret}, "campaignYear": 2026}
    world.clock.instant = datetime(2027, 3, 1, 9, tzinfo=UTC)

    with refused("WINDOW_CLOSED", "R22"):
        await puts(jo, esat, "2", a_line(1))
    with refused("WINDOW_CLOSED", "R22"):
        await deposits(jo, esat, "3")
    with refused("WINDOW_CLOSED", "R22"):
        await jo.does("draftDiscard", declarationId=draft)
    with refused("WINDOW_CLOSED", "R22"):
        await jo.does("draftLinesRemove", declarationId=draft, lines=[{"nir": a_nir(0)}])  # fmt: skip
    with refused("WINDOW_CLOSED", "R22"):
        await jo.does("draftOpen", **values, source="EMPTY")
    can = "... on Declaration { viewerCan(acts: [DRAFT_DISCARD, DRAFT_LINES_REMOVE]) { allowed reason } }"
    assert {one["allowed"] for one in (await jo.reads(draft, can))["viewerCan"]} == {False}  # fmt: skip

    purged = []
    for day in (30, 31, 31):
        instant = datetime(2027, 3, day, 9, tzinfo=UTC)
        async with world.database.transaction() as session:
            purged.append(await purge_drafts(session, instant.date(), instant))

    assert purged == [0, 1, 0]
    assert (await sizes(world))["draft_line"] == 0
    assert (await jo.asks(DRAFTS))["declarations"]["nodes"] == []
    since = await rows(world.database, "SELECT draft_since FROM campaign_standing WHERE draft_since IS NOT NULL")  # fmt: skip
    assert since == []
