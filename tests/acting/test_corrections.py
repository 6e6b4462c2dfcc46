"""The correction of the certificate in force: some lines anew, some persons fewer, and all the rest as it was (R17)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_nir, counts
from tests.journeys.story import BATCH, EXPLAINED, Opened, Person, an_open_esat, refused

from .ledger import rows

LINES = """... on Declaration { sequence status conformity lineCount lines(first: 100) { nodes { id position clientReference rate comment
  processing processingReason changedSequence worker { id } previous { id } receipt { proof } } } }"""
REASON = "Départs confirmés"
SEINE = "921"

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def esat(paris: Person) -> Opened:
    """An Esat open today, that nobody has declared in; `jo` declares."""
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


@pytest.fixture
def seine(world: World) -> Person:
    return Person(world, "agent-hauts-de-seine")


def codes(payload: dict[str, Any], of: str = "errors") -> list[str]:
    return [notice["code"] for notice in payload[of]]


async def declares(jo: Person, esat: Opened, *numbers: int) -> str:
    """A certificate of these persons, paid by the Hauts-de-Seine; its id."""
    lines = [a_line(number, SEINE) for number in numbers]
    done = await jo.declares(**a_deposit(esat.partner.siret, "0", *lines))
    assert done["errors"] == []
    return str(done["batch"]["declaration"]["id"])


async def corrects(
    person: Person,
    declaration: str,
    key: str,
    put: list[dict[str, object]] | None = None,
    remove: list[dict[str, object]] | None = None,
    **more: object,
) -> dict[str, Any]:
    """The payload; raises where there is not even a report."""
    values = {"declarationId": declaration, "idempotencyKey": key, "put": put or [], "remove": remove or [], **more}  # fmt: skip
    query = f"mutation($input: RemunerationsCorrectInput!) {{ act: remunerationsCorrect(input: $input) {{ {BATCH} {EXPLAINED} warnings {{ code message path }} replayed }} }}"
    payload: dict[str, Any] = (await person.asker.ask(person.name, query, input=values))["act"]  # fmt: skip
    if payload["batch"] is None:
        await person.does("remunerationsCorrect", **values)
    return payload


async def lines_of(person: Person, declaration: str) -> dict[str, dict[str, Any]]:
    nodes = (await person.reads(declaration, LINES))["lines"]["nodes"]
    return {line["clientReference"]: line for line in nodes}


def new_id(payload: dict[str, Any]) -> str:
    return str(payload["batch"]["declaration"]["id"])


async def test_a_correction_replaces_what_it_puts_removes_whom_it_names_and_repeats_the_rest(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    former = await declares(jo, esat, 0, 1, 2, 3)
    before = await lines_of(jo, former)
    await seine.processes("TAKEN_INTO_ACCOUNT", before["P000"]["id"], before["P001"]["id"])  # fmt: skip
    await seine.processes("RETURNED", before["P003"]["id"], processingReason="À revoir")

    done = await corrects(jo, former, "1", [a_line(1, SEINE, givenNames="Ariane"), a_line(9, SEINE)], [{"nir": a_nir(2)}])  # fmt: skip

    assert done["errors"] == []
    assert counts(done["batch"]) == {"received": 2, "created": 1, "replaced": 1, "removed": 1}  # fmt: skip
    seen = await jo.reads(new_id(done), LINES)
    assert (seen["sequence"], seen["status"], seen["lineCount"]) == (2, "DEPOSITED", 4)
    after = await lines_of(jo, new_id(done))
    assert [(r, line["position"]) for r, line in after.items()] == [("P000", 0), ("P001", 1), ("P003", 2), ("P009", 3)]  # fmt: skip
    assert {r: line["processing"] for r, line in after.items()} == {"P000": "TAKEN_INTO_ACCOUNT", "P001": None, "P003": "RETURNED", "P009": None}  # fmt: skip
    assert after["P003"]["processingReason"] == "À revoir"
    assert {r: line["changedSequence"] for r, line in after.items()} == {"P000": 1, "P001": 2, "P003": 1, "P009": 2}  # fmt: skip
    assert after["P000"]["previous"]["id"] == before["P000"]["id"]
    assert [(w["code"], w["path"]) for w in done["warnings"]] == [("WORKERS_REMOVED", ["input", "put"])]  # fmt: skip
    assert (await jo.reads(former, LINES))["status"] == "SUPERSEDED"
    withdrawn = await rows(world.database, "SELECT id, withdrawal FROM declaration_line WHERE withdrawn_at IS NOT NULL")  # fmt: skip
    assert withdrawn == [{"id": before["P002"]["id"], "withdrawal": "REMOVED"}]


async def test_what_is_repeated_is_word_for_word_what_it_was(
    world: World, esat: Opened, jo: Person
) -> None:
    """Its words, its digest and what it states of a life; the receipt proves each line of the new certificate."""
    dual = {"dualActivity": "O", "dualActivitySince": "01/09/2026", "dualActivityHours": "12,5", "rate": "80", "noPayReason": "OTHER", "netRemuneration": None, "netAid": None, "esatShare": None}  # fmt: skip
    lines = [a_line(0, usedName="D'Ormeau", comment="Vu"), a_line(1, **dual), a_line(2)]
    first = await jo.declares(**a_deposit(esat.partner.siret, "0", *lines))
    lives = "SELECT worker_id, starts_on, rate FROM worker_rate ORDER BY 1, 2"
    events = "SELECT id, line_id, ended_at FROM activity_change WHERE source = 'CERTIFICATE' ORDER BY id"
    before = (await rows(world.database, lives), await rows(world.database, events))

    done = await corrects(jo, new_id(first), "1", [a_line(3)])

    own = ("id", "version", "declaration_id", "position", "salt", "leaf")
    query = "SELECT * FROM declaration_line WHERE declaration_id = :d ORDER BY position"
    former = await rows(world.database, query, d=new_id(first))
    latter = await rows(world.database, query, d=new_id(done))
    assert len(latter) == 4
    for one, other in zip(former, latter, strict=False):
        assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in other.items() if k not in own}  # fmt: skip
        assert one["salt"] != other["salt"]
    known = {row["id"] for row in before[1]}
    after = await rows(world.database, events)
    assert [row for row in after if row["id"] in known] == before[1]
    assert [row for row in await rows(world.database, lives) if row in before[0]] == before[0]  # fmt: skip
    await world.seal()
    proofs = [line["receipt"]["proof"] for line in (await lines_of(jo, new_id(done))).values()]  # fmt: skip
    assert len(proofs) == 4
    assert all(proofs)


async def test_a_put_line_that_is_rejected_leaves_the_one_in_force(
    esat: Opened, jo: Person
) -> None:
    former = await declares(jo, esat, 0, 1)
    bad = a_line(0, SEINE, rate="0")

    held = await corrects(jo, former, "1", [bad, a_line(2, SEINE)])
    done = await corrects(jo, former, "2", [bad, a_line(2, SEINE)], mode="ACCEPT_VALID")

    assert codes(held) == ["BATCH_HELD", "RATE_RANGE"]
    assert held["errors"][1]["path"] == ["input", "put", "0", "rate"]
    assert counts(held["batch"]) == {"received": 2, "rejected": 1, "held": 1}
    assert counts(done["batch"]) == {"received": 2, "rejected": 1, "created": 1}
    seen = await jo.reads(new_id(done), LINES)
    assert seen["conformity"] == "ANOMALIES"
    lines = await lines_of(jo, new_id(done))
    assert {r: line["rate"] for r, line in lines.items()} == {"P000": "100.00", "P001": "100.00", "P002": "100.00"}  # fmt: skip


async def test_who_is_no_beneficiary_or_left_since_stays_as_long_as_nobody_touches_the_line(
    esat: Opened, jo: Person, seine: Person
) -> None:
    """A correction says nothing of whom it does not name: the answer of the Caf stays too."""
    former = await declares(jo, esat, 0, 1, 2)
    lines = await lines_of(jo, former)
    await seine.processes("NOT_BENEFICIARY", lines["P000"]["id"], processingReason="Aucun droit")  # fmt: skip
    gone = {"nir": a_nir(1), "kind": "DEPARTURE", "effectiveOn": "20/03/2026", "departureReason": "MOVE"}  # fmt: skip
    assert (await jo.tells_changes(esat.partner.siret, "c", gone))["errors"] == []

    done = await corrects(jo, former, "1", [a_line(3, SEINE)])

    after = await lines_of(jo, new_id(done))
    assert {r: line["processing"] for r, line in after.items()} == {"P000": "NOT_BENEFICIARY", "P001": None, "P002": None, "P003": None}  # fmt: skip
    touched = await corrects(jo, new_id(done), "2", [a_line(0, SEINE), a_line(1, SEINE)])  # fmt: skip
    assert set(codes(touched)) == {"BATCH_HELD", "WORKER_NOT_BENEFICIARY", "WORKER_LEFT_BEFORE"}  # fmt: skip


async def test_more_than_half_needs_a_reason_and_everybody_is_never_removed(
    esat: Opened, jo: Person
) -> None:
    former = await declares(jo, esat, *range(5))
    keys: list[dict[str, object]] = [{"nir": a_nir(n)} for n in range(5)]

    silent = await corrects(jo, former, "1", remove=keys[:3])
    all_of_them = await corrects(jo, former, "2", remove=keys, reason=REASON)
    nothing = await corrects(jo, former, "3")
    bad = await corrects(jo, former, "4", [a_line(0, SEINE, rate="0")], mode="ACCEPT_VALID")  # fmt: skip
    half = await corrects(jo, former, "5", remove=keys[:3], reason=REASON)

    assert [(e["code"], e["path"]) for e in silent["errors"]] == [("REMOVALS_REASON", ["input", "reason"])]  # fmt: skip
    assert [(e["code"], e["path"]) for e in all_of_them["errors"]] == [("NOTHING_ACCEPTED", ["input", "remove"])]  # fmt: skip
    assert codes(nothing) == ["NOTHING_ACCEPTED"]
    assert codes(bad) == ["NOTHING_ACCEPTED", "RATE_RANGE"]
    assert (half["errors"], counts(half["batch"])) == ([], {"removed": 3})


async def test_a_person_to_remove_is_named_by_any_key_of_the_certificate(
    esat: Opened, jo: Person
) -> None:
    former = await declares(jo, esat, *range(10))
    lines = await lines_of(jo, former)
    keys: list[dict[str, object]] = [
        {"lineId": lines["P000"]["id"]},
        {"workerId": lines["P001"]["worker"]["id"]},
        {"nir": a_nir(2)},
        {"clientReference": "P003"},
    ]
    for by, value in (
        ("nir", a_nir(99)),
        ("draftLineId", "drl_x"),
        ("clientReference", "x"),
    ):
        with refused("LINE_AMBIGUOUS") as told:
            await corrects(jo, former, by, remove=[*keys, {by: value}])
        assert told.path == ["input", "remove", "4", by]
    with refused("NIR_FORMAT"):
        await corrects(jo, former, "bad", remove=[{"nir": "1 85"}])
    with refused("LINE_AMBIGUOUS"):
        await corrects(jo, former, "both", [a_line(2, SEINE)], keys)

    done = await corrects(jo, former, "1", remove=keys)

    assert list(await lines_of(jo, new_id(done))) == [f"P00{n}" for n in range(4, 10)]


async def test_only_the_certificate_in_force_is_corrected_in_its_window(
    world: World, esat: Opened, jo: Person
) -> None:
    former = await declares(jo, esat, 0, 1)
    second = await corrects(jo, former, "1", [a_line(2, SEINE)])
    draft = await jo.declares(**a_deposit(esat.partner.siret, "d", a_line(3, SEINE), deposit=False))  # fmt: skip

    for other in (former, new_id(draft)):
        with refused("SEQUENCE_MOVED") as told:
            await corrects(jo, other, f"2 {other}", [a_line(3, SEINE)])
        assert told.path == ["input", "declarationId"]
    third = await corrects(jo, new_id(second), "3", [a_line(3, SEINE)])
    assert "DRAFT_EXISTS" in codes(third, "warnings")
    can = "... on Declaration { viewerCan(acts: [REMUNERATIONS_CORRECT]) { allowed } }"
    allowed = [(await jo.reads(one, can))["viewerCan"][0]["allowed"] for one in (former, new_id(third))]  # fmt: skip
    assert allowed == [False, True]
    world.clock.instant = datetime(2027, 3, 1, 9, tzinfo=UTC)
    with refused("WINDOW_CLOSED", "R22"):
        await corrects(jo, new_id(third), "4", [a_line(4, SEINE)])
    essay = await corrects(jo, new_id(third), "4", [a_line(4, SEINE)], dryRun=True)
    assert "WINDOW_CLOSED" in codes(essay, "warnings")


async def test_a_dry_run_and_a_replay_change_nothing(
    world: World, esat: Opened, jo: Person
) -> None:
    former = await declares(jo, esat, 0, 1, 2)
    query = "SELECT (SELECT count(*) FROM declaration) AS d, (SELECT count(*) FROM declaration_line) AS l, (SELECT count(*) FROM worker) AS w, (SELECT count(*) FROM batch) AS b"
    before = await rows(world.database, query)

    values: Any = ([a_line(0, SEINE, givenNames="Ariane"), a_line(4, SEINE)], [{"nir": a_nir(2)}])  # fmt: skip
    essay = await corrects(jo, former, "k", *values, dryRun=True)
    assert counts(essay["batch"]) == {"received": 2, "created": 1, "replaced": 1, "removed": 1}  # fmt: skip
    assert await rows(world.database, query) == before
    done = await corrects(jo, former, "k", *values)
    after = await rows(world.database, query)
    again = await corrects(jo, former, "k", *values)

    assert (again["replayed"], again["batch"]) == (True, done["batch"])
    assert await rows(world.database, query) == after
    with refused("IDEMPOTENCY_CONFLICT"):
        await corrects(jo, former, "k", values[0])


async def test_who_prepares_tries_and_does_not_correct_and_who_reads_does_neither(
    world: World,
) -> None:
    siret = "99990001200025"
    delphine, zoe = Person(world, "declarante-canal"), Person(world, "preparatrice-canal")  # fmt: skip
    first = await delphine.declares(**a_deposit(siret, "1", a_line(0)))
    former = new_id(first)

    essay = await corrects(zoe, former, "2", [a_line(1)], dryRun=True)
    assert counts(essay["batch"]) == {"received": 1, "created": 1}
    with refused("FORBIDDEN"):
        await corrects(zoe, former, "2", [a_line(1)])
    for who in ("lecteur-canal", "agent-paris"):
        for is_essay in (False, True):
            with refused("FORBIDDEN"):
                await corrects(Person(world, who), former, "2", [a_line(1)], dryRun=is_essay)  # fmt: skip
    with refused("NOT_FOUND"):
        await corrects(Person(world, "declarante-seine"), former, "2", [a_line(1)])
    vendor = await corrects(Person(world, "paie-fictive"), former, "2", [a_line(1)])
    assert counts(vendor["batch"]) == {"received": 1, "created": 1}


async def test_no_more_than_ten_thousand_persons_and_a_thousand_lines(
    esat: Opened, jo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = await declares(jo, esat, 0, 1)
    with refused("LINES_TOO_MANY") as told:
        await corrects(jo, former, "1", [a_line(n % 999) for n in range(1001)])
    assert told.path == ["input", "put"]
    with refused("LINES_TOO_MANY") as told:
        await corrects(jo, former, "1", remove=[{"nir": a_nir(n % 999)} for n in range(1001)])  # fmt: skip
    assert told.path == ["input", "remove"]
    monkeypatch.setattr("persistence.intake.intentions.PERSONS", 2)
    with refused("DECLARATION_TOO_LARGE"):
        await corrects(jo, former, "2", [a_line(2, SEINE)])
    same = await corrects(jo, former, "3", [a_line(1, SEINE, givenNames="Ariane")])
    assert same["errors"] == []
