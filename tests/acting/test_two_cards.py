"""Two cards of one person become one: rosters, lives, treatments, numbers and rights follow (R17, R20, R24)."""

from typing import Any

import pytest

from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_nir, a_temporary_nir, counts
from tests.journeys.story import Opened, Person, an_open_esat, refused
from tests.reading.declared_story import CANAL, last_year

from .ledger import rows
from .test_kept_rosters import what_differs
from .test_rosters import roster_of

TEMPORARY = a_temporary_nir(1)
REASON = "Numéro définitif reçu"
WORKERS = """query($partner: ID!, $merged: Boolean) { workers(partnerId: $partner, merged: $merged, first: 100) {
  nodes { id nir birthName mergedInto { id } stays { startsOn } rates { rate }
    lines { nodes { id } } changes { nodes { id kind } } } } }"""


def provisional(number: int, caf: str = "921", /, **more: object) -> dict[str, object]:
    """The line of the person of this number, under a temporary one."""
    return a_line(number, caf, nir=TEMPORARY, **more)


@pytest.fixture
async def esat(paris: Person) -> Opened:
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


@pytest.fixture
def seine(world: World) -> Person:
    return Person(world, "agent-hauts-de-seine")


async def cards(person: Person, esat: Opened, **more: object) -> dict[str, Any]:
    """The cards of the partner, by the first digit of their number."""
    found = await person.asks(WORKERS, partner=esat.partner.id, **more)
    return {card["nir"][0]: card for card in found["workers"]["nodes"]}


async def two_cards(jo: Person, esat: Opened) -> tuple[str, str]:
    """Declared under a temporary number, then under the true one: the card of each."""
    await jo.declares(**a_deposit(esat.partner.siret, "1", provisional(0)))
    second = a_deposit(esat.partner.siret, "2", a_line(0, "921"), acknowledgeRemovals=1, reason="Numéro")  # fmt: skip
    await jo.declares(**second)
    both = await cards(jo, esat)
    return both["7"]["id"], both["1"]["id"]


async def merges(person: Person, former: str, kept: str, **more: object) -> Any:  # noqa: ANN401 JSON
    values = {"workerId": former, "intoWorkerId": kept, "reason": REASON} | more
    return await person.does("workerMerge", "worker { id nir }", **values)


async def test_the_card_of_the_true_number_absorbs_the_other(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    former, kept = await two_cards(jo, esat)
    (withdrawn,) = (await seine.asks("{ lines(withdrawn: true, processed: false) { nodes { id worker { id } } } }"))["lines"]["nodes"]  # fmt: skip
    assert withdrawn["worker"]["id"] == former

    done = await merges(jo, former, kept)

    assert done["worker"]["id"] == kept
    both = await cards(jo, esat)
    assert both["7"]["mergedInto"] == {"id": kept}
    assert both["7"]["stays"] == both["7"]["rates"] == []
    assert both["7"]["lines"] == both["1"]["lines"]  # whichever card one comes by
    assert len(both["1"]["lines"]["nodes"]) == 2
    assert len(both["1"]["changes"]["nodes"]) == 4
    assert both["1"]["stays"] == [{"startsOn": "2015-06-28"}]
    assert both["1"]["rates"] == [{"rate": "100.00"}]
    assert list(await cards(jo, esat, merged=False)) == ["1"]
    # the person is declared: no Caf has a withdrawal to note
    assert (await seine.asks("{ lines(withdrawn: true) { nodes { id } } }"))["lines"]["nodes"] == []  # fmt: skip
    assert await what_differs(world) == {}

    again = a_deposit(esat.partner.siret, "3", provisional(0))
    unchanged = await jo.declares(**again)
    assert counts(unchanged["batch"]) == {"received": 1, "unchanged": 1}
    twice = await jo.declares(**a_deposit(esat.partner.siret, "4", provisional(0), a_line(0, "921")))  # fmt: skip
    codes = [error["code"] for error in twice["errors"]]
    assert codes == ["NOTHING_ACCEPTED", *["WORKER_DUPLICATE_IN_BATCH"] * 2]
    assert {n["nir"][0] for n in (await cards(jo, esat)).values()} == {"1", "7"}
    with refused("WORKER_MERGED"):
        await merges(jo, former, kept)


async def test_lines_changes_and_answers_are_found_under_the_card_that_stays(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", provisional(0)))
    line = "query($w: ID) { lines(workerId: $w, first: 10) { nodes { id version processing treatments { outcome } previous { id } worker { id } } } }"
    (first,) = (await seine.asks(line, w=(await cards(jo, esat))["7"]["id"]))["lines"]["nodes"]  # fmt: skip
    await seine.processes("RETURNED", first["id"], processingReason="Numéro ?")
    left = {"nir": TEMPORARY, "kind": "RATE_DECREASE", "effectiveOn": "2026-12-05", "rate": "50", "clientReference": "DOWN"}  # fmt: skip
    await jo.tells_changes(siret, "c", left)
    await jo.declares(**a_deposit(siret, "2", a_line(0, "921"), acknowledgeRemovals=1, reason="Numéro"))  # fmt: skip
    both = await cards(jo, esat)
    former, kept = both["7"]["id"], both["1"]["id"]

    await merges(jo, former, kept)

    found = (await seine.asks(line, w=kept))["lines"]["nodes"]
    assert {n["worker"]["id"] for n in found} == {former, kept}
    (now,) = [n for n in found if n["worker"]["id"] == kept]
    assert now["previous"] == {"id": first["id"]}
    assert [t["outcome"] for t in now["treatments"]] == ["RETURNED"]
    assert (await jo.asks(line, w=former))["lines"]["nodes"] == found
    # the same words again: they are still returned
    same = await jo.declares(**a_deposit(siret, "3", a_line(0, "921")))
    assert "LINE_STILL_RETURNED" in {w["code"] for w in same["warnings"]}
    # a change that was sent under the former number is corrected under the true one
    corrected = await jo.tells_changes(siret, "4", {"nir": a_nir(0), "correctsReference": "DOWN", "rate": "40"})  # fmt: skip
    assert (corrected["errors"], counts(corrected["batch"])) == ([], {"received": 1, "replaced": 1})  # fmt: skip
    (rate,) = (await cards(jo, esat))["1"]["rates"][1:]
    assert rate == {"rate": "40.00"}
    # an answer of the Caf to the former card is an answer about the person
    changes = "{ activityChanges(source: CHANGE, status: RECEIVED, order: LATEST) { nodes { id worker { id } } } }"
    (change,) = [n for n in (await seine.asks(changes))["activityChanges"]["nodes"] if n["worker"]["id"] == kept]  # fmt: skip
    await seine.does("activityChangesProcess", changeIds=[change["id"]], outcome="NOT_BENEFICIARY", processingReason="Aucun droit")  # fmt: skip
    stored = await rows(world.database, "SELECT aah_beneficiary AS b FROM worker WHERE id = :w", w=kept)  # fmt: skip
    assert not stored[0]["b"]
    assert await what_differs(world) == {}


async def test_whoever_was_missing_under_the_former_number_is_declared(
    world: World,
) -> None:
    delphine = Person(world, "declarante-canal")
    (former,) = [e for e in await roster_of(delphine, CANAL) if e["worker"]["nir"][0] == "7"]  # fmt: skip
    assert former["standing"] == "MISSING"
    (line,) = [line for line in last_year()[CANAL] if str(line["nir"])[0] == "7"]
    new = line | {"nir": a_nir(7)}
    deposit = await delphine.declares(**a_deposit(CANAL, "new", new))
    assert deposit["errors"] == []
    (entry,) = await roster_of(delphine, CANAL, "NEW")
    kept = entry["worker"]["id"]

    tried = await merges(delphine, former["worker"]["id"], kept, dryRun=True)
    assert tried["worker"]["id"] == kept
    assert await roster_of(delphine, CANAL, "NEW") == [entry]
    await merges(delphine, former["worker"]["id"], kept)

    (declared,) = await roster_of(delphine, CANAL, "DECLARED")
    assert declared["worker"]["id"] == kept
    assert declared["lastYear"] is not None
    everybody = [e["worker"]["id"] for e in await roster_of(delphine, CANAL)]
    assert former["worker"]["id"] not in everybody
    assert await what_differs(world) == {}
    values = {"campaignYear": 2026, "workerId": former["worker"]["id"], "answer": "AAH_LOST"}  # fmt: skip
    place = (await rows(world.database, "SELECT id FROM establishment WHERE siret = :s", s=CANAL))[0]["id"]  # fmt: skip
    with refused("NOT_MISSING", "R17"):
        await delphine.does("beneficiaryAnswer", establishmentId=place, **values)


async def test_what_two_cards_must_be_to_become_one(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", provisional(0), a_line(1, "921")))
    both = await cards(jo, esat)
    former, kept = both["7"]["id"], both["1"]["id"]

    with refused("MERGE_NOT_TEMPORARY") as told:
        await merges(jo, kept, former)
    assert told.path == ["input", "workerId"]
    with refused("MERGE_NOT_TEMPORARY") as told:
        await merges(jo, former, former)
    assert told.path == ["input", "intoWorkerId"]
    with refused("MERGE_DECLARED_TWICE", "R17") as told:
        await merges(jo, former, kept)
    assert told.message.endswith(f"Certificat 2026 de l'établissement {siret}.")
    with refused("VALUE_INVALID"):
        await merges(jo, former, kept, reason=" ")
    with refused("FORBIDDEN"):
        await merges(seine, former, kept)
    with refused("NOT_FOUND"):
        await merges(Person(world, "declarante-canal"), former, kept)
    left = {"nir": TEMPORARY, "kind": "DEPARTURE", "effectiveOn": "2026-10-01", "departureReason": "MOVE", "clientReference": "GO"}  # fmt: skip
    await jo.tells_changes(siret, "2", left)
    await jo.declares(**a_deposit(siret, "3", a_line(1, "921")))
    with refused("MERGE_CONTRADICTION", "R24"):
        await merges(jo, former, kept)
    never = {"correctsReference": "GO", "didNotHappen": "oui"}
    await jo.tells_changes(siret, "4", never)
    assert (await merges(jo, former, kept))["worker"]["id"] == kept
    assert await what_differs(world) == {}


async def test_changes_are_treated_each_once_and_never_as_a_withdrawal(
    esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921")))
    down = {"nir": a_nir(0), "kind": "RATE_DECREASE", "effectiveOn": "2026-12-05", "rate": "50"}  # fmt: skip
    await jo.tells_changes(siret, "2", down)
    query = "{ activityChanges(source: CHANGE, processed: false) { nodes { id establishmentSiret } } }"
    (change,) = [n["id"] for n in (await seine.asks(query))["activityChanges"]["nodes"] if n["establishmentSiret"] == siret]  # fmt: skip

    with refused("WITHDRAWAL_ONLY", "R20"):
        await seine.does("activityChangesProcess", changeIds=[change], outcome="WITHDRAWAL_NOTED")  # fmt: skip
    twice = await seine.does("activityChangesProcess", "changes { id processing }", changeIds=[change, change], outcome="TAKEN_INTO_ACCOUNT")  # fmt: skip

    assert len(twice["changes"]) == 1


CARD = "worker { id version birthName usedName givenNames birthDate matricule paidBy { code } }"


async def test_a_card_is_corrected_and_what_was_received_stays(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921", usedName="Acanthe")))
    card = (await cards(jo, esat))["1"]
    worker = card["id"]

    done = (await jo.does("workerUpdate", CARD, workerId=worker, birthName="d'Abélia", matricule="0001234567"))["worker"]  # fmt: skip
    assert (done["birthName"], done["usedName"], done["matricule"]) == ("d’Abélia", "Acanthe", "1234567")  # fmt: skip
    with refused("VERSION_CONFLICT"):
        await jo.does("workerUpdate", workerId=worker, expectedVersion=1, usedName=None)
    done = (await jo.does("workerUpdate", CARD, workerId=worker, expectedVersion=done["version"], usedName=None))["worker"]  # fmt: skip
    assert done["usedName"] is None
    warned = await jo.does("workerUpdate", "warnings { code path }", workerId=worker, birthDate="1986-04-27")  # fmt: skip
    assert {w["code"] for w in warned["warnings"]} == {"NIR_YEAR_MISMATCH", "NIR_MONTH_MISMATCH"}  # fmt: skip

    moved = {"workerId": worker, "payingOrganism": "751"}
    with refused("VALUE_INVALID") as told:
        await jo.does("workerUpdate", **moved)
    assert told.path == ["input", "payerChangeReason"]
    done = (await jo.does("workerUpdate", CARD, **moved, payerChangeReason="Déménagement"))["worker"]  # fmt: skip
    assert done["paidBy"] == {"code": "751"}
    lines = (await seine.asks('{ lines(campaignId: "cmp_2026", live: true, first: 100) { nodes { establishmentSiret matricule paidBy { code } } } }'))["lines"]["nodes"]  # fmt: skip
    assert [(one["matricule"], one["paidBy"]["code"]) for one in lines if one["establishmentSiret"] == siret] == [("1000000", "921")]  # fmt: skip
    (entry,) = await rows(world.database, "SELECT after FROM journal WHERE act = 'workerUpdate' ORDER BY seq DESC LIMIT 1")  # fmt: skip
    assert "payer_change_reason" in str(entry["after"])
    assert "Ab" not in str(entry["after"])

    for wrong, code in (
        ({"birthName": "X3"}, "NAME_INVALID"),
        ({"matricule": "12345678"}, "MATRICULE_FORMAT"),
        ({"payingOrganism": "CR1"}, "PAYING_ORGANISM_UNKNOWN"),
        ({"birthDate": "2027-01-01"}, "DAY_INVALID"),
    ):
        with refused(code) as told:
            await jo.does("workerUpdate", workerId=worker, **wrong)
        assert told.path == ["input", *wrong]
    with refused("FORBIDDEN"):
        await seine.does("workerUpdate", workerId=worker, givenNames="Ada")


ANSWERS = """{ activityChanges(clientReference: "DOWN", source: CHANGE, first: 20) { nodes {
  id processing act treatments { id outcome line { id } change { id } viewerCan { act allowed } } } } }"""


async def test_an_answer_to_a_change_is_taken_back_until_the_esat_undoes_the_change(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921")))
    down = {"nir": a_nir(0), "kind": "RATE_DECREASE", "effectiveOn": "2026-12-05", "rate": "50", "clientReference": "DOWN"}  # fmt: skip
    await jo.tells_changes(siret, "2", down)

    async def change(act: str = "DECLARED") -> Any:  # noqa: ANN401 JSON
        found = await seine.asks(ANSWERS)
        (one,) = [n for n in found["activityChanges"]["nodes"] if n["act"] == act]
        return one

    one = await change()
    denial = {"outcome": "NOT_BENEFICIARY", "processingReason": "Aucun droit"}
    await seine.does("activityChangesProcess", changeIds=[one["id"]], **denial)
    (answer,) = (await change())["treatments"]
    assert (answer["outcome"], answer["line"], answer["change"]) == ("NOT_BENEFICIARY", None, {"id": one["id"]})  # fmt: skip
    assert [p["allowed"] for p in answer["viewerCan"]] == [True]
    taken_back = {"treatmentIds": [answer["id"]], "reason": "Trop vite"}
    with refused("FORBIDDEN"):
        await jo.does("treatmentsReopen", **taken_back)
    with refused("NOT_FOUND"):
        await Person(world, "agent-rhone").does("treatmentsReopen", **taken_back)

    done = await seine.does("treatmentsReopen", "treatments { outcome change { processing } }", **taken_back)  # fmt: skip

    assert done["treatments"] == [{"outcome": "REOPENED", "change": {"processing": None}}]  # fmt: skip
    flags = await rows(world.database, "SELECT aah_beneficiary AS b FROM worker WHERE partner_id = :p", p=esat.partner.id)  # fmt: skip
    assert [bool(row["b"]) for row in flags] == [True]
    with refused("TREATMENT_OVER", "R20") as told:
        await seine.does("treatmentsReopen", **taken_back)
    assert told.path == ["input", "treatmentIds", "0"]
    await seine.does("activityChangesProcess", changeIds=[one["id"]], outcome="TAKEN_INTO_ACCOUNT")  # fmt: skip
    *_, last = (await change())["treatments"]
    await jo.tells_changes(siret, "3", {"correctsReference": "DOWN", "rate": "40"})
    with refused("TREATMENT_OVER", "R20"):
        await seine.does("treatmentsReopen", treatmentIds=[last["id"]], reason="Trop tard")  # fmt: skip


async def test_whoever_read_either_card_reads_the_one_that_stays_and_its_papers(
    world: World, esat: Opened, jo: Person, seine: Person, paris: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", provisional(0, "751")))
    await jo.declares(**a_deposit(siret, "2", a_line(0, "921"), acknowledgeRemovals=1, reason="Numéro"))  # fmt: skip
    both = await cards(jo, esat)
    former, kept = both["7"]["id"], both["1"]["id"]
    card = "query($i: ID!) { node(id: $i) { ... on Worker { nir mergedInto { id } paidBy { code } } } }"
    assert (await paris.asks(card, i=kept))["node"] is None
    assert (await seine.asks(card, i=former))["node"] is None

    await merges(jo, former, kept)

    for person in (paris, seine, jo):
        assert (await person.asks(card, i=kept))["node"]["nir"][0] == "1"
        absorbed = (await person.asks(card, i=former))["node"]
        assert (absorbed["nir"][0], absorbed["mergedInto"]) == ("7", {"id": kept})
    found = (await jo.asks('{ workers(search: "abelia", merged: false, first: 100) { nodes { id } } }'))["workers"]["nodes"]  # fmt: skip
    assert kept in {one["id"] for one in found}
    assert former not in {one["id"] for one in found}
    nobody = await Person(world, "agent-rhone").asks(card, i=kept)
    assert nobody["node"] is None
    # the former Caf still has the withdrawal to note: the person is declared to another
    queue = "{ lines(withdrawn: true, processed: false, first: 100) { nodes { id withdrawal worker { id } } } }"
    (line,) = [one for one in (await paris.asks(queue))["lines"]["nodes"] if one["worker"]["id"] == former]  # fmt: skip
    assert line["withdrawal"] == "PAYER_CHANGED"
    await paris.does("remunerationsProcess", lineIds=[line["id"]], outcome="WITHDRAWAL_NOTED")  # fmt: skip
    for worker, number in ((former, TEMPORARY), (kept, a_nir(0))):
        revealed = await seine.does("workerNirReveal", "nir", workerId=worker, reason="Rapprochement")  # fmt: skip
        assert revealed["nir"] == number
    await jo.does("workerLetterOpen", lineId=line["id"])
    receipt = "query($i: ID!) { node(id: $i) { ... on DeclarationLine { receipt { document } worker { id } } } }"
    papers = (await jo.asks(receipt, i=line["id"]))["node"]
    assert papers["worker"]["id"] == former
