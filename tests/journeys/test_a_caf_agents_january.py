"""An agent's 16 January: what awaits an answer, what is returned and mended, who has left, and an answer taken back (R20)."""

from datetime import date
from typing import Any

from tests.conftest import World

from .payroll import a_deposit, a_line, counts
from .story import Person, an_open_esat, refused

JANUARY = date(2027, 1, 16)
PENDING = """{ lines(campaignId: "cmp_2026", live: true, processed: false, first: 100) { nodes { id clientReference
  establishmentSiret previous { processing processingReason } } } }"""
LEFT = """{ lines(campaignId: "cmp_2026", withdrawn: true, processed: false, first: 100) { nodes { id clientReference
  establishmentSiret withdrawal } } }"""
RETURNED = """{ lines(campaignId: "cmp_2026", live: true, processing: RETURNED) { nodes { clientReference
  establishmentSiret processingReason contact paidBy { name } } } }"""
HISTORY = """... on DeclarationLine { processing treatments { id outcome reason day viewerCan(acts: [TREATMENTS_REOPEN]) {
  allowed } } }"""
HEAD = '{ declarations(campaignId: "cmp_2026", status: DEPOSITED) { nodes { siret conformity progress missingCount } } }'  # fmt: skip


async def lines_of(person: Person, siret: str, query: str) -> dict[str, dict[str, Any]]:
    """The lines of an establishment that the query finds, by reference."""
    nodes = (await person.asks(query))["lines"]["nodes"]
    return {
        node["clientReference"]: node
        for node in nodes
        if node["establishmentSiret"] == siret
    }


async def head(person: Person, siret: str) -> tuple[str, str, int]:
    """What the checks said of the certificate in force, where the Caf are, who is missing."""
    nodes = (await person.asks(HEAD))["declarations"]["nodes"]
    (mine,) = [node for node in nodes if node["siret"] == siret]
    return mine["conformity"], mine["progress"], mine["missingCount"]


async def test_an_agent_answers_follows_and_takes_back(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    siret = esat.partner.siret
    jo, seine = Person(world, "jo"), Person(world, "agent-hauts-de-seine")

    # December: the Esat declares five persons, of whom Paris pays one
    await jo.declares(
        **a_deposit(siret, "1", *(a_line(n, "921") for n in range(4)), a_line(4))
    )
    assert await head(jo, siret) == ("CONFORM", "PENDING", 0)

    # 16 January: the agent sees what awaits them, and nothing of another Caf
    world.clock.move_to(JANUARY)
    pending = await lines_of(seine, siret, PENDING)
    assert list(pending) == ["P000", "P001", "P002", "P003"]
    ids = {reference: line["id"] for reference, line in pending.items()}
    await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"], ids["P003"])
    why = {"processingReason": "Le matricule est celui d'une autre personne"}
    await seine.processes("RETURNED", ids["P001"], ids["P002"], **why)
    assert await head(jo, siret) == ("CONFORM", "RETURNED", 0)

    # the Esat reads why, and whom to call; it mends one, and one person was there by mistake
    returned = await lines_of(jo, siret, RETURNED)
    assert set(returned) == {"P001", "P002"}
    assert returned["P001"]["processingReason"] == why["processingReason"]
    assert returned["P001"]["contact"]
    mended = [
        a_line(0, "921"),
        a_line(1, "921", matricule="7654321"),
        a_line(2, "921"),
        a_line(4),
    ]
    again = await jo.declares(
        **a_deposit(siret, "2", *mended, acknowledgeRemovals=1, expectedSequence=1)
    )
    assert (again["errors"], [w["code"] for w in again["warnings"]]) == (
        [],
        ["WORKERS_REMOVED", "LINE_STILL_RETURNED"],
    )
    assert counts(again["batch"]) == {
        "received": 4,
        "replaced": 1,
        "unchanged": 3,
        "removed": 1,
    }

    # the agent sees the mended line beside what it was, and who has left
    pending = await lines_of(seine, siret, PENDING)
    assert list(pending) == ["P001"]
    assert pending["P001"]["previous"] == {"processing": "RETURNED"} | why
    left = await lines_of(seine, siret, LEFT)
    assert [(r, line["withdrawal"]) for r, line in left.items()] == [
        ("P003", "REMOVED")
    ]
    assert await lines_of(paris, siret, LEFT) == {}
    with refused("WITHDRAWAL_ONLY", "R20"):
        await seine.processes("TAKEN_INTO_ACCOUNT", left["P003"]["id"])
    await seine.processes("WITHDRAWAL_NOTED", left["P003"]["id"])
    assert await lines_of(seine, siret, LEFT) == {}

    # one answer was given too fast: it is taken back, and given again
    await _take_back(seine, (jo, paris), pending["P001"]["id"])

    # the Esat mends the last one; once all is answered, the certificate is taken into account
    mended[2] = a_line(2, "921", matricule="7654322")
    await jo.declares(**a_deposit(siret, "3", *mended))
    (last,) = (await lines_of(seine, siret, PENDING)).values()
    await seine.processes("TAKEN_INTO_ACCOUNT", last["id"])
    assert await head(jo, siret) == ("CONFORM", "PENDING", 0)
    await paris.processes(
        "TAKEN_INTO_ACCOUNT", (await lines_of(paris, siret, PENDING))["P004"]["id"]
    )
    assert await head(jo, siret) == ("CONFORM", "TAKEN_INTO_ACCOUNT", 0)


async def _take_back(caf: Person, others: tuple[Person, Person], line_id: str) -> None:
    await caf.processes("TAKEN_INTO_ACCOUNT", line_id)
    (answer,) = (await caf.reads(line_id, HISTORY))["treatments"]
    assert answer["viewerCan"] == [{"allowed": True}]
    values = {"treatmentIds": [answer["id"]], "reason": "Matricule à vérifier encore"}
    declarant, another_caf = others
    with refused("FORBIDDEN"):
        await declarant.does("treatmentsReopen", **values)
    with refused("NOT_FOUND"):
        await another_caf.does("treatmentsReopen", **values)
    await caf.does("treatmentsReopen", **values)
    line = await caf.reads(line_id, HISTORY)
    assert line["processing"] is None
    assert [(t["outcome"], t["day"]) for t in line["treatments"]] == [
        ("TAKEN_INTO_ACCOUNT", "2027-01-16"),
        ("REOPENED", "2027-01-16"),
    ]
    assert [t["viewerCan"] for t in line["treatments"]] == [[{"allowed": False}]] * 2
    await caf.processes("TAKEN_INTO_ACCOUNT", line_id)
