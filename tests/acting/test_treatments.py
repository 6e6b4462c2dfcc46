"""What a Caf answered follows what was said; a line that leaves it is told to it; an answer may be taken back (R17, R20, R22)."""

import random
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, counts
from tests.journeys.story import Opened, Person, an_open_esat, refused

from .counting import statements_sent
from .ledger import rows

REASON = "Fichier corrigé"
LINES = """query($processed: Boolean, $withdrawn: Boolean, $live: Boolean) {
  lines(campaignId: "cmp_2026", live: $live, processed: $processed, withdrawn: $withdrawn, first: 100) { nodes {
    id clientReference establishmentSiret processing processingReason contact withdrawal withdrawnAt
    previous { id processing } treatments { id outcome reason } worker { aahBeneficiary } } } }"""
HEADS = """{ declarations(campaignId: "cmp_2026", order: EARLIEST) { nodes {
  status siret inForce conformity missingCount progress nothingToDeclare } } }"""
PARIS, SEINE = "751", "921"


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


async def lines_of(
    person: Person, esat: Opened, **filters: bool
) -> dict[str, dict[str, Any]]:
    found = (await person.asks(LINES, **filters))["lines"]["nodes"]
    return {
        line["clientReference"]: line
        for line in found
        if line["establishmentSiret"] == esat.partner.siret
    }


async def live(person: Person, esat: Opened) -> dict[str, dict[str, Any]]:
    return await lines_of(person, esat, live=True)


async def left(person: Person, esat: Opened) -> dict[str, str]:
    """The queue of withdrawals of a Caf: those that it has not noted."""
    lines = await lines_of(person, esat, withdrawn=True, processed=False)
    return {reference: line["withdrawal"] for reference, line in lines.items()}


async def reopens(
    person: Person, *treatments: str, **more: object
) -> list[dict[str, Any]]:
    values = {"treatmentIds": list(treatments), "reason": "Trop vite"} | more
    selection = "treatments { id outcome reason line { id processing } }"
    return (await person.does("treatmentsReopen", selection, **values))["treatments"]  # type: ignore[no-any-return]


def moved(number: int, caf: str, **more: object) -> dict[str, object]:
    """The line of somebody whom another Caf pays from now on."""
    return a_line(number, caf, payingOrganismChanged="oui", **more)


# withdrawals


async def test_a_line_that_leaves_waits_in_the_queue_of_the_caf_that_paid_and_of_no_other(
    esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    siret = esat.partner.siret
    first = [a_line(0, SEINE), a_line(1, SEINE), a_line(2, PARIS), a_line(3, SEINE)]
    await jo.declares(**a_deposit(siret, "1", *first))
    ids = {r: line["id"] for r, line in (await live(seine, esat)).items()}
    await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"])

    gone = {"acknowledgeRemovals": 2, "reason": REASON}
    await jo.declares(
        **a_deposit(siret, "2", moved(1, PARIS), a_line(3, SEINE), **gone)
    )

    assert await left(seine, esat) == {"P000": "REMOVED", "P001": "PAYER_CHANGED"}
    assert await left(paris, esat) == {"P002": "REMOVED"}
    assert await left(jo, esat) == {
        "P000": "REMOVED",
        "P001": "PAYER_CHANGED",
        "P002": "REMOVED",
    }
    now = await live(seine, esat)
    assert list(now) == ["P003"]
    assert (now["P003"]["withdrawal"], now["P003"]["previous"]["id"]) == (
        None,
        ids["P003"],
    )


async def test_of_a_withdrawn_line_the_withdrawal_is_noted_and_of_no_other(
    esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE), a_line(1, SEINE)))
    ids = {r: line["id"] for r, line in (await live(seine, esat)).items()}
    await jo.declares(**a_deposit(siret, "2", a_line(1, SEINE), acknowledgeRemovals=1))

    for outcome in ("TAKEN_INTO_ACCOUNT", "RETURNED", "NOT_BENEFICIARY"):
        with refused("WITHDRAWAL_ONLY", "R20") as told:
            await seine.processes(outcome, ids["P000"], processingReason=REASON)
        assert told.path == ["input", "outcome"]
    with refused("WITHDRAWAL_ONLY", "R20"):
        await seine.processes(
            "WITHDRAWAL_NOTED", (await live(seine, esat))["P001"]["id"]
        )
    with refused("NOT_FOUND"):
        await paris.processes("WITHDRAWAL_NOTED", ids["P000"])
    await seine.processes("WITHDRAWAL_NOTED", ids["P000"])

    assert await left(seine, esat) == {}
    (noted,) = (await lines_of(seine, esat, withdrawn=True)).values()
    assert (noted["processing"], noted["withdrawal"]) == ("WITHDRAWAL_NOTED", "REMOVED")
    assert [t["outcome"] for t in noted["treatments"]] == ["WITHDRAWAL_NOTED"]


async def test_the_mark_goes_when_the_person_comes_back_to_the_same_caf(
    esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    """Away to Paris, then back: the Hauts-de-Seine never acted, so its answer stands again."""
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE)))
    await seine.processes("TAKEN_INTO_ACCOUNT", (await live(seine, esat))["P000"]["id"])
    await jo.declares(**a_deposit(siret, "2", moved(0, PARIS)))
    assert await left(seine, esat) == {"P000": "PAYER_CHANGED"}

    await jo.declares(**a_deposit(siret, "3", moved(0, SEINE)))

    assert (await left(seine, esat), await left(paris, esat)) == (
        {},
        {"P000": "PAYER_CHANGED"},
    )
    assert (await live(seine, esat))["P000"]["processing"] == "TAKEN_INTO_ACCOUNT"


async def test_a_withdrawal_that_was_noted_is_an_answer_of_its_caf_alone(
    esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    """Whoever noted that somebody left looks at them again when they come back; the Caf that pays meanwhile does not."""
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE)))
    was = (await live(seine, esat))["P000"]["id"]
    await seine.processes("TAKEN_INTO_ACCOUNT", was)
    await jo.declares(**a_deposit(siret, "2", moved(0, PARIS)))
    await paris.processes("TAKEN_INTO_ACCOUNT", (await live(paris, esat))["P000"]["id"])
    await seine.processes("WITHDRAWAL_NOTED", was)

    again = await jo.declares(**a_deposit(siret, "3", moved(0, PARIS)))

    assert counts(again["batch"]) == {"received": 1, "unchanged": 1}
    assert (await live(paris, esat))["P000"]["processing"] == "TAKEN_INTO_ACCOUNT"
    await jo.declares(**a_deposit(siret, "4", moved(0, SEINE)))
    assert (await live(seine, esat))["P000"]["processing"] is None


# good, bad, good; A, B, A; and any other sequence


@pytest.mark.parametrize("seed", range(3))
async def test_any_sequence_of_deposits_and_answers_leaves_each_caf_its_own_queue_and_its_answers(
    esat: Opened, jo: Person, seine: Person, paris: Person, seed: int
) -> None:
    """A model of a few lines says the same as the register after each deposit."""
    dice = random.Random(seed)  # noqa: S311 a story
    agents = {PARIS: paris, SEINE: seine}
    words: dict[str, tuple[str, str]] = {}
    last: dict[str, list[tuple[str, tuple[str, str] | None, str]]] = defaultdict(list)
    queues: dict[str, set[str]] = {PARIS: set(), SEINE: set()}
    for step in range(7):
        new = {
            f"P00{n}": (dice.choice((PARIS, SEINE)), dice.choice(("Ariel", "Ariane")))
            for n in range(4)
            if dice.random() < 0.75
        } or {"P000": (SEINE, "Ariel")}
        lines = [
            moved(int(r[1:]), caf, givenNames=name) for r, (caf, name) in new.items()
        ]
        removed = len(words.keys() - new.keys())
        sure = {"acknowledgeRemovals": removed, "reason": REASON} if removed else {}
        done = await jo.declares(
            **a_deposit(esat.partner.siret, str(step), *lines, **sure)
        )
        assert done["errors"] == []
        for reference, (caf, _) in words.items():
            if new.get(reference, ("", ""))[0] != caf:
                queues[caf].add(reference)
        for reference, (caf, _) in new.items():
            queues[caf].discard(reference)
        words = new
        for caf, agent in agents.items():
            assert set(await left(agent, esat)) == queues[caf], (step, caf)
            for reference, line in (await live(agent, esat)).items():
                assert line["processing"] == _carried(
                    last[reference], words[reference]
                ), (step, reference)
        caf = dice.choice((PARIS, SEINE))
        for reference, line in (await live(agents[caf], esat)).items():
            if dice.random() < 0.5:
                outcome = dice.choice(("TAKEN_INTO_ACCOUNT", "RETURNED"))
                await agents[caf].processes(
                    outcome, line["id"], processingReason=REASON
                )
                last[reference].append((caf, words[reference], outcome))
        waiting = await lines_of(agents[caf], esat, withdrawn=True, processed=False)
        if waiting and dice.random() < 0.5:
            reference, line = next(iter(waiting.items()))
            await agents[caf].processes("WITHDRAWAL_NOTED", line["id"])
            last[reference].append((caf, None, "WITHDRAWAL_NOTED"))
            queues[caf].discard(reference)


def _carried(
    answers: list[tuple[str, tuple[str, str] | None, str]], words: tuple[str, str]
) -> str | None:
    ours = [a for a in answers if a[1] is not None or a[0] == words[0]]
    return ours[-1][2] if ours and ours[-1][1] == words else None


# reopening


async def test_an_answer_is_taken_back_by_its_caf_until_the_esat_has_answered(
    esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE), a_line(1, SEINE)))
    ids = {r: line["id"] for r, line in (await live(seine, esat)).items()}
    await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"])
    await seine.processes("RETURNED", ids["P001"], processingReason="Nom à revoir")
    now = await live(seine, esat)
    taken, returned = (now[r]["treatments"][0]["id"] for r in ("P000", "P001"))
    with refused("NOT_FOUND"):
        await reopens(paris, taken)
    with refused("FORBIDDEN"):
        await reopens(jo, taken)
    with refused("VALUE_INVALID") as silent:
        await reopens(seine, taken, reason=" ")
    assert silent.path == ["input", "reason"]
    await reopens(seine, taken, dryRun=True)
    assert (await live(seine, esat))["P000"]["processing"] == "TAKEN_INTO_ACCOUNT"

    await jo.declares(
        **a_deposit(siret, "2", a_line(0, SEINE), a_line(1, SEINE, givenNames="Ariane"))
    )
    with refused("TREATMENT_OVER", "R20") as late:
        await reopens(seine, taken, returned)
    assert late.path == ["input", "treatmentIds", "1"]
    (reopened,) = await reopens(seine, taken, taken)

    assert (reopened["outcome"], reopened["reason"]) == ("REOPENED", "Trop vite")
    line = (await live(jo, esat))["P000"]
    assert (line["processing"], [t["outcome"] for t in line["treatments"]]) == (
        None,
        ["TAKEN_INTO_ACCOUNT", "REOPENED"],
    )
    for once in (taken, reopened["id"]):
        with refused("TREATMENT_OVER", "R20"):
            await reopens(seine, once)
    await jo.declares(
        **a_deposit(siret, "3", a_line(0, SEINE), a_line(1, SEINE, givenNames="Ariane"))
    )
    assert (await live(seine, esat))["P000"]["processing"] is None


async def test_whoever_was_answered_no_beneficiary_is_held_for_one_again(
    esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE)))
    line = (await live(seine, esat))["P000"]["id"]
    await seine.processes("NOT_BENEFICIARY", line, processingReason="Aucun droit")
    answered = (await live(seine, esat))["P000"]
    assert answered["worker"] == {"aahBeneficiary": False}

    await reopens(seine, answered["treatments"][0]["id"])

    assert (await live(seine, esat))["P000"]["worker"] == {"aahBeneficiary": True}
    again = await jo.declares(**a_deposit(siret, "2", a_line(0, SEINE)))
    assert again["errors"] == []


async def test_a_noted_withdrawal_is_taken_back_while_the_person_is_away(
    esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE), a_line(1, SEINE)))
    one = (await live(seine, esat))["P000"]["id"]
    await jo.declares(**a_deposit(siret, "2", a_line(1, SEINE), acknowledgeRemovals=1))
    await seine.processes("WITHDRAWAL_NOTED", one)
    (noted,) = (await lines_of(seine, esat, withdrawn=True))["P000"]["treatments"]

    await reopens(seine, noted["id"])
    assert await left(seine, esat) == {"P000": "REMOVED"}
    await seine.processes("WITHDRAWAL_NOTED", one)
    *_, second = (await lines_of(seine, esat, withdrawn=True))["P000"]["treatments"]
    await jo.declares(**a_deposit(siret, "3", a_line(0, SEINE), a_line(1, SEINE)))

    with refused("TREATMENT_OVER", "R20"):
        await reopens(seine, second["id"])


# the close, the contact, the states


async def test_a_caf_may_return_a_line_after_the_close_and_is_told_that_the_esat_cannot_answer(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    await jo.declares(**a_deposit(esat.partner.siret, "1", a_line(0, SEINE)))
    line = (await live(seine, esat))["P000"]["id"]
    values = {"lineIds": [line], "outcome": "RETURNED", "processingReason": REASON}
    before = await world.act("agent-hauts-de-seine", "remunerationsProcess", **values)
    world.clock.instant = datetime(2027, 3, 2, 8, tzinfo=UTC)

    after = await world.act("agent-hauts-de-seine", "remunerationsProcess", **values)

    assert (before["errors"], before["warnings"], after["errors"]) == ([], [], [])
    assert [w["code"] for w in after["warnings"]] == ["RETURNED_AFTER_CLOSE"]


async def test_a_returned_line_says_where_to_reach_its_caf(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    await jo.declares(
        **a_deposit(esat.partner.siret, "1", a_line(0, SEINE), a_line(1, SEINE))
    )
    line = (await live(seine, esat))["P000"]["id"]
    await seine.processes("RETURNED", line, processingReason=REASON)

    contacts = {r: one["contact"] for r, one in (await live(jo, esat)).items()}

    (caf,) = await rows(
        world.database, "SELECT contact FROM organism WHERE id = 'org_921'"
    )
    assert caf["contact"] is not None
    assert contacts == {"P000": caf["contact"], "P001": None}


async def test_a_certificate_has_three_states_in_three_fields(
    esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    siret = esat.partner.siret

    async def heads() -> list[tuple[object, ...]]:
        nodes = (await paris.asks(HEADS))["declarations"]["nodes"]
        names = ("status", "inForce", "conformity", "missingCount", "progress")
        return [tuple(n[x] for x in names) for n in nodes if n["siret"] == siret]

    await jo.declares(**a_deposit(siret, "1", a_line(0, SEINE), a_line(1, SEINE)))
    assert await heads() == [("DEPOSITED", True, "CONFORM", 0, "PENDING")]
    ids = {r: line["id"] for r, line in (await live(seine, esat)).items()}
    await seine.processes(
        "NOT_BENEFICIARY", ids["P000"], processingReason="Aucun droit"
    )
    await seine.processes("RETURNED", ids["P001"], processingReason=REASON)
    assert await heads() == [("DEPOSITED", True, "CONFORM", 0, "RETURNED")]

    # a line that the register refuses is no anomaly, one whose cells are bad is
    await jo.declares(**a_deposit(siret, "2", a_line(0, SEINE), a_line(1, SEINE)))
    bad = a_line(2, SEINE, birthDate="########")
    await jo.declares(**a_deposit(siret, "3", a_line(1, SEINE), bad))
    await seine.processes("TAKEN_INTO_ACCOUNT", (await live(seine, esat))["P001"]["id"])
    await jo.declares(**a_deposit(siret, "4", a_line(1, SEINE), deposit=False))

    assert await heads() == [
        ("SUPERSEDED", False, "CONFORM", 0, None),
        ("SUPERSEDED", False, "CONFORM", 0, None),
        ("DEPOSITED", True, "ANOMALIES", 0, "TAKEN_INTO_ACCOUNT"),
        ("DRAFT", False, None, None, None),
    ]
    query = '{{ declarations(campaignId: "cmp_2026", {}) {{ nodes {{ siret }} }} }}'
    for test, met in (
        ("conformity: ANOMALIES", 1),
        ("progress: TAKEN_INTO_ACCOUNT", 1),
        ("progress: RETURNED", 0),
        ("nothingToDeclare: true", 0),
    ):
        found = (await paris.asks(query.format(test)))["declarations"]["nodes"]
        assert [n["siret"] for n in found].count(siret) == met, test


# many at once


async def test_a_hundred_lines_take_no_more_statements_than_a_few(
    esat: Opened, jo: Person, seine: Person
) -> None:
    lines = [a_line(n, SEINE) for n in range(100)]
    await jo.declares(**a_deposit(esat.partner.siret, "1", *lines))
    ids = [line["id"] for line in (await live(seine, esat)).values()]
    sizes: dict[str, list[int]] = defaultdict(list)
    for some in (ids[:2], ids[2:]):
        with statements_sent() as sent:
            await seine.processes("NOT_BENEFICIARY", *some, processingReason=REASON)
        sizes["process"].append(len(sent.texts))
    answered = (await live(seine, esat)).values()
    treatments = [line["treatments"][0]["id"] for line in answered]
    for some in (treatments[:2], treatments[2:]):
        with statements_sent() as sent:
            await reopens(seine, *some)
        sizes["reopen"].append(len(sent.texts))

    for act, (few, many) in sizes.items():
        assert few == many, act
    assert {
        (line["processing"], line["worker"]["aahBeneficiary"])
        for line in (await live(seine, esat)).values()
    } == {(None, True)}
