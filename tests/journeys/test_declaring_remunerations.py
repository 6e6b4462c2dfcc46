"""November's remunerations, from a payroll vendor to the Caf that pay: who declares, who reads, who answers (§1)."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from persistence.engine import Database
from tests.acting.ledger import rows
from tests.conftest import Running, World

from .payroll import BORN, a_deposit, a_line, a_nir, counts
from .story import (
    DELEGATED,
    TODAY,
    TOMORROW,
    Mandated,
    Opened,
    Person,
    a_siret,
    an_open_esat,
    an_open_service,
    another_siret_of,
    refused,
    somebody,
)

NAMED = 2
"""Of the association's establishments, those that the vendor's group names."""


@dataclass(frozen=True, slots=True)
class Association:
    """A partner in delegated mode with several Esat, and the vendor that its manager has mandated for two of them."""

    partner: str
    sirets: tuple[str, ...]
    establishments: tuple[str, ...]
    access: str
    group: str
    manager: Person
    vendor: Person
    mandate: Mandated


async def an_association(paris: Person, establishments: int) -> Association:
    """Registered, contracted and opened by the Caf of Paris; the rest is the manager's own doing."""
    head = a_siret()
    partner = await paris.registers(head, name="Association des Ormes")
    for number in range(2, establishments + 1):
        siret = another_siret_of(head, number)
        await paris.adds_establishment(
            partner.id, siret, "75", f"ESAT des Ormes {number}"
        )
    seen = await paris.asks("query($id: ID!) { partner(by: {id: $id}) { establishments(first: 100) { nodes { id siret } } } }", id=partner.id)  # fmt: skip
    places = {e["siret"]: e["id"] for e in seen["partner"]["establishments"]["nodes"]}
    partner = type(partner)(partner.id, head, tuple(places.values()))
    convention = await paris.prepares_convention(partner.id, DELEGATED)
    await paris.signs_convention(convention)
    _, access = await an_open_service(paris, partner, convention)
    manager, vendor = (
        Person(paris.asker, f"manager-{head}"),
        Person(paris.asker, f"vendor-{head}"),
    )
    appointed = await paris.appoints(
        convention, "MANAGER", person=somebody("Mona", "Mimosa")
    )
    await manager.accepts(appointed["invitation"])
    mandate = await manager.mandates(partner.id, vendor.name)
    group = await manager.creates_group(
        access, "Paie", establishmentIds=list(places.values())[:NAMED]
    )
    await manager.attaches(group)
    await manager.includes(group, mandate.user)
    return Association(
        partner.id,
        tuple(places),
        tuple(places.values()),
        access,
        group,
        manager,
        vendor,
        mandate,
    )


# what each reads

LINES_READ = """{ read: lines(campaignId: "cmp_2026", live: true, first: 100) { nodes { clientReference establishmentSiret
  netRemuneration worker { birthName nir } paidBy { code } declaration { id } establishmentName } } }"""
WORKERS_READ = (
    "{ read: workers(first: 100) { nodes { lines { nodes { establishmentSiret } } } } }"
)
DECLARATIONS_READ = (
    "query($of: ID!) { read: declarations(partnerId: $of) { nodes { id } } }"
)
BATCHES_READ = (
    "query($of: ID!) { read: batches(establishmentId: $of) { nodes { id } } }"
)


async def nodes_read(
    person: Person, query: str, of: str | None = None
) -> list[dict[str, Any]]:
    """The rows that the person reads; none where they may not read what the filter names."""
    answer = (
        await person.asker.post(person.name, query, {"of": of} if of else {})
    ).json()
    if "errors" in answer:
        assert [error["extensions"]["code"] for error in answer["errors"]] == [
            "NOT_FOUND"
        ]
        return []
    return list(answer["data"]["read"]["nodes"])


async def everything_read(person: Person, mine: Association) -> dict[str, Any]:
    """The references of the lines, the number of the workers, the declarations and the batches that the person reads."""
    lines = await nodes_read(person, LINES_READ)
    workers = await nodes_read(person, WORKERS_READ)
    declared = [
        w
        for w in workers
        if any(
            line["establishmentSiret"] in mine.sirets for line in w["lines"]["nodes"]
        )
    ]
    return {
        "lines": sorted(
            line["clientReference"]
            for line in lines
            if line["establishmentSiret"] == mine.sirets[0]
        ),
        "workers": len(declared),
        "declarations": len(await nodes_read(person, DECLARATIONS_READ, mine.partner)),
        "batches": len(await nodes_read(person, BATCHES_READ, mine.establishments[0])),
    }


NOTHING = {"lines": [], "workers": 0, "declarations": 0, "batches": 0}


async def test_a_vendor_declares_for_two_of_thirty_establishments_and_each_caf_reads_what_it_pays(
    serve: Any,  # noqa: ANN401 a starter
    database: Database,
) -> None:
    """R16 to R20, R40: the mandate gives nothing, the group does; who administers is not who pays."""
    running = await serve()
    paris = Person(running, "agent-paris")
    mine = await an_association(paris, 30)
    vendor, (one, two, third, *_) = mine.vendor, mine.sirets
    lines = [a_line(0), a_line(1, "921"), a_line(2, "931"), a_line(3), a_line(4, "921", nir="185057599999999"), a_line(5, rate="0")]  # fmt: skip

    done = await vendor.declares(**a_deposit(one, "ormes-1", *lines))
    await vendor.declares(
        **a_deposit(two, "ormes-2", a_line(6), a_line(7, "921"), mode="ALL_OR_NOTHING")
    )

    assert counts(done["batch"]) == {"received": 6, "created": 4, "rejected": 2}
    assert [(e["code"], e["path"]) for e in done["errors"]] == [
        ("NIR_KEY", ["input", "lines", "4", "nir"]),
        ("RATE_RANGE", ["input", "lines", "5", "rate"]),
    ]
    # it reads the partner's establishments, and may declare in two of them
    for elsewhere in (third, mine.sirets[-1]):
        with refused("FORBIDDEN") as told:
            await vendor.declares(**a_deposit(elsewhere, "ormes-3", a_line(8)))
        assert told.message.endswith("Vos habilitations ne portent pas sur lui.")
        with refused("FORBIDDEN"):
            await vendor.tells_changes(elsewhere, "ormes-3")
    for stranger in ("99990001200025", a_siret()):
        with refused("NOT_FOUND"):
            await vendor.declares(**a_deposit(stranger, "ormes-3", a_line(8)))
    await _the_journal_says_for_whom(database, mine)
    await _each_reads_its_own(running, mine, done["batch"])


async def _the_journal_says_for_whom(database: Database, mine: Association) -> None:
    entries = await rows(database, "SELECT actor_id, acting_for, matched_rule FROM journal WHERE act = 'remunerationsDeclare'")  # fmt: skip
    rule = "machine_validating Declaration:deposit granted_service"
    assert [tuple(e.values()) for e in entries] == [
        (mine.mandate.user, mine.partner, rule)
    ] * 2


async def _each_reads_its_own(
    running: Running, mine: Association, batch: Mapping[str, Any]
) -> None:
    declaration = batch["declaration"]["id"]

    async def read(who: str) -> dict[str, Any]:
        return await everything_read(Person(running, who), mine)

    whole = {
        "lines": ["P000", "P001", "P002", "P003"],
        "workers": 6,
        "declarations": 2,
        "batches": 1,
    }
    assert await everything_read(mine.vendor, mine) == whole
    # the Caf that pays: its lines, its workers (of both establishments), no header, no batch
    assert await read("agent-hauts-de-seine") == NOTHING | {
        "lines": ["P001"],
        "workers": 2,
    }
    # the Caf that administers: the headers and counts; the lines that it pays itself
    assert await read("agent-paris") == NOTHING | {
        "lines": ["P000", "P003"],
        "workers": 3,
        "declarations": 2,
    }
    assert await read("lecteur-paris") == await read("agent-paris")
    assert await read("admin-national") == NOTHING | {"declarations": 2}
    for who in (
        "agent-rhone",
        "agent-cna",
        "centre-ressources",
        "declarante-canal",
        "paie-fictive",
        "nobody",
    ):
        assert await read(who) == NOTHING, who
    assert (
        await everything_read(mine.manager, mine) == NOTHING
    )  # who gives rights to others has none of these

    header = "... on Declaration { siret lineCount pendingCount takenCount status lines { totalCount nodes { clientReference } } removedWorkers { totalCount } batches { totalCount } declaredBy { id } }"
    seen = await Person(running, "agent-paris").reads(declaration, header)
    assert (seen["siret"], seen["lineCount"], seen["pendingCount"], seen["status"]) == (mine.sirets[0], 4, 4, "DEPOSITED")  # fmt: skip
    assert seen["lines"] == {
        "totalCount": 2,
        "nodes": [{"clientReference": "P000"}, {"clientReference": "P003"}],
    }
    national = await Person(running, "admin-national").reads(declaration, header)
    assert (
        national["lineCount"],
        national["lines"]["totalCount"],
        national["batches"]["totalCount"],
    ) == (4, 0, 0)
    paying = Person(running, "agent-hauts-de-seine")
    for hidden in (declaration, batch["id"], mine.partner, mine.establishments[0]):
        assert await paying.reads(hidden) is None
    (line,) = [
        line
        for line in await nodes_read(paying, LINES_READ)
        if line.pop("establishmentSiret") == mine.sirets[0]
    ]
    assert line == {
        "clientReference": "P001", "netRemuneration": "1112.32", "worker": {"birthName": "Bruyère", "nir": "1 85 05 ** *** *** **"},
        "paidBy": {"code": "921"}, "declaration": None, "establishmentName": "ESAT des Tilleuls",
    } | {"establishmentName": "Association des Ormes"}  # fmt: skip


# an answer that is lost


async def test_a_deposit_whose_answer_is_lost_is_sent_again_and_happens_once(
    serve: Any,  # noqa: ANN401 a starter
    database: Database,
) -> None:
    running = await serve()
    mine = await an_association(Person(running, "agent-paris"), NAMED)
    values = a_deposit(mine.sirets[0], "lost", a_line(0), a_line(1, "921"))
    await _sends_and_hangs_up(
        running, mine.vendor.name, values, once=_there_is_a_batch(database)
    )
    before = await _everything_written(database)

    again = await mine.vendor.declares(**values)

    assert again["replayed"] is True
    assert counts(again["batch"]) == {"received": 2, "created": 2}
    assert await _everything_written(database) == before
    # hung up at once: nobody knows whether it happened, and the key settles it
    unknown = a_deposit(mine.sirets[1], "lost", a_line(2))
    with refused("IDEMPOTENCY_CONFLICT"):
        await mine.vendor.declares(**unknown)
    unknown["idempotencyKey"] = "lost-2"
    await _sends_and_hangs_up(running, mine.vendor.name, unknown)
    settled = await mine.vendor.declares(**unknown)
    assert counts(settled["batch"]) == {"received": 1, "created": 1}
    kept = await rows(
        database, "SELECT sequence FROM declaration WHERE siret = :s", s=mine.sirets[1]
    )
    assert [d["sequence"] for d in kept] == [1]


def _there_is_a_batch(database: Database) -> Any:  # noqa: ANN401 a coroutine function
    async def there_is() -> bool:
        return bool(await rows(database, "SELECT id FROM batch WHERE kind = 'REMUNERATIONS' AND campaign_id = 'cmp_2026'"))  # fmt: skip

    return there_is


async def _sends_and_hangs_up(
    running: Running,
    who: str,
    values: Mapping[str, object],
    once: Any = None,  # noqa: ANN401 a condition
) -> None:
    """The whole request leaves; the connection is closed before its answer is read, at once or once something is there."""
    query = "mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) { replayed } }"
    body = json.dumps({"query": query, "variables": {"input": values}}).encode()
    address = urlsplit(running.url)
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: Bearer {running.issuer.issue(who)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(head.encode() + body)
    await writer.drain()
    until = time.monotonic() + 10
    while once is not None and not await once():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    writer.transport.abort()


WRITTEN = ("declaration", "declaration_line", "batch", "batch_result", "worker", "worker_rate", "journal", "idempotency", "activity_change", "dual_activity")  # fmt: skip


async def _everything_written(database: Database) -> dict[str, list[str]]:
    return {
        t: sorted(str(r) for r in await rows(database, f"SELECT * FROM {t}"))  # noqa: S608 our own words
        for t in WRITTEN
    }


# what the Caf that pays answers

LINES = """{ lines(campaignId: "cmp_2026", live: true, first: 100) { nodes {
  id clientReference changedSequence processing processedOn processingReason worker { id aahBeneficiary }
  establishmentSiret } } }"""


async def lines_of(person: Person, siret: str) -> dict[str, dict[str, Any]]:
    """The live lines of an establishment that the person reads, by reference."""
    lines = (await person.asks(LINES))["lines"]["nodes"]
    return {
        line["clientReference"]: line
        for line in lines
        if line.pop("establishmentSiret") == siret
    }


async def test_the_caf_that_pays_answers_line_by_line_and_the_next_deposit_minds_it(
    serve: Any,  # noqa: ANN401 a starter
    database: Database,
) -> None:
    """R17, R20: taken into account, returned, or no beneficiary; what does not change stays processed."""
    running = await serve()
    paris, seine = (
        Person(running, "agent-paris"),
        Person(running, "agent-hauts-de-seine"),
    )
    mine = await an_association(paris, NAMED)
    siret, _ = mine.sirets
    await mine.vendor.declares(
        **a_deposit(siret, "1", *(a_line(n, "921") for n in range(4)), a_line(4))
    )
    theirs = await lines_of(seine, siret)
    assert list(theirs) == ["P000", "P001", "P002", "P003"]
    ids = {reference: line["id"] for reference, line in theirs.items()}

    done = await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"], ids["P001"])
    await seine.processes(
        "RETURNED", ids["P002"], processingReason="Le matricule est à revoir"
    )
    await seine.processes(
        "NOT_BENEFICIARY", ids["P003"], processingReason="Aucun droit ouvert"
    )

    assert [line["processing"] for line in done] == ["TAKEN_INTO_ACCOUNT"] * 2
    await _only_who_pays_answers(running, mine, ids)
    told = await lines_of(mine.vendor, siret)
    assert (told["P002"]["processing"], told["P002"]["processingReason"]) == (
        "RETURNED",
        "Le matricule est à revoir",
    )
    assert told["P003"]["worker"]["aahBeneficiary"] is False
    head = next(iter((await paris.asks("query($p: ID!) { declarations(partnerId: $p) { nodes { pendingCount takenCount returnedCount notBeneficiaryCount } } }", p=mine.partner))["declarations"]["nodes"]))  # fmt: skip
    assert head == {
        "pendingCount": 1,
        "takenCount": 2,
        "returnedCount": 1,
        "notBeneficiaryCount": 1,
    }
    # the deposit that follows: one as before, one corrected, one returned that comes back corrected, one no beneficiary
    second = await mine.vendor.declares(**a_deposit(siret, "2", a_line(0, "921"), a_line(1, "921", rate="80"), a_line(2, "921", matricule="7654321"), a_line(3, "921"), a_line(4)))  # fmt: skip
    assert [(e["code"], e["path"]) for e in second["errors"]] == [("WORKER_NOT_BENEFICIARY", ["input", "lines", "3", "aahBeneficiary"])]  # fmt: skip
    assert counts(second["batch"]) == {
        "received": 5,
        "replaced": 2,
        "unchanged": 2,
        "rejected": 1,
        "removed": 1,
    }
    now = await lines_of(seine, siret)
    assert {
        r: (line["processing"], line["changedSequence"]) for r, line in now.items()
    } == {
        "P000": ("TAKEN_INTO_ACCOUNT", 1),
        "P001": (None, 2),
        "P002": (None, 2),
    }
    with refused("LINE_NOT_LIVE") as late:
        await seine.processes("TAKEN_INTO_ACCOUNT", ids["P001"])
    assert late.path == ["input", "lineIds", "0"]
    with refused("LINE_NOT_LIVE") as mixed:
        await seine.processes("TAKEN_INTO_ACCOUNT", now["P001"]["id"], ids["P001"])
    assert mixed.path == ["input", "lineIds", "1"]
    # confirmed a beneficiary, the person is declared again
    only = {"acknowledgeRemovals": 4, "reason": "Les autres sont partis"}
    confirmed = await mine.vendor.declares(
        **a_deposit(siret, "3", a_line(3, "921", aahBeneficiary="O"), **only)
    )
    assert (confirmed["errors"], counts(confirmed["batch"])) == (
        [],
        {"received": 1, "created": 1, "removed": 4},
    )
    assert (await lines_of(mine.vendor, siret))["P003"]["worker"][
        "aahBeneficiary"
    ] is True
    entries = await rows(
        database,
        "SELECT acting_for, partner_id FROM journal WHERE act = 'remunerationsProcess'",
    )
    assert [tuple(e.values()) for e in entries] == [("org_921", mine.partner)] * 3


async def _only_who_pays_answers(
    running: Running, mine: Association, ids: Mapping[str, str]
) -> None:
    values = {"lineIds": [ids["P000"]], "outcome": "TAKEN_INTO_ACCOUNT"}
    for person in (Person(running, who) for who in ("agent-paris", "agent-rhone", "admin-national", "centre-ressources")):  # fmt: skip
        with refused("NOT_FOUND"):
            await person.does("remunerationsProcess", **values)
    with refused("NOT_FOUND"):
        await mine.manager.does("remunerationsProcess", **values)
    with refused("FORBIDDEN"):
        await mine.vendor.does("remunerationsProcess", **values)
    seine = Person(running, "agent-hauts-de-seine")
    own = await lines_of(Person(running, "agent-paris"), mine.sirets[0])
    with refused(
        "NOT_FOUND"
    ) as told:  # one line of another Caf, and the whole call is refused
        await seine.processes("TAKEN_INTO_ACCOUNT", ids["P002"], own["P004"]["id"])
    assert told.path == ["input", "lineIds", "1"]
    for outcome in ("RETURNED", "NOT_BENEFICIARY"):
        with refused("VALUE_INVALID") as untold:
            await seine.processes(outcome, ids["P002"], processingReason="  ")
        assert untold.path[-1] == "processingReason"


async def test_a_returned_line_whose_only_correction_is_the_name_comes_back_as_pending(
    serve: Any,  # noqa: ANN401 a starter
) -> None:
    running = await serve()
    paris, seine = (
        Person(running, "agent-paris"),
        Person(running, "agent-hauts-de-seine"),
    )
    mine = await an_association(paris, NAMED)
    siret, _ = mine.sirets
    await mine.vendor.declares(
        **a_deposit(siret, "1", a_line(0, "921"), a_line(1, "921"))
    )
    theirs = await lines_of(seine, siret)
    await seine.processes(
        "RETURNED", theirs["P000"]["id"], processingReason="Le nom est à revoir"
    )
    await seine.processes("TAKEN_INTO_ACCOUNT", theirs["P001"]["id"])

    again = await mine.vendor.declares(**a_deposit(siret, "2", a_line(0, "921", givenNames="Corrigée"), a_line(1, "921")))  # fmt: skip

    assert counts(again["batch"]) == {"received": 2, "replaced": 1, "unchanged": 1}
    now = await lines_of(seine, siret)
    assert {r: line["processing"] for r, line in now.items()} == {
        "P000": None,
        "P001": "TAKEN_INTO_ACCOUNT",
    }


# replacing, drafts, essays


@pytest.fixture
async def esat(paris: Person) -> Opened:
    """An Esat open today; `jo` declares."""
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


async def test_a_second_deposit_takes_the_place_of_the_whole_and_the_former_stays_readable(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    first = await jo.declares(**a_deposit(siret, "1", *(a_line(n) for n in range(5))))

    meant = {"acknowledgeRemovals": 3, "reason": "Trois départs"}
    second = await jo.declares(**a_deposit(siret, "2", a_line(0), a_line(1, rate="50", netAid="416,50", netRemuneration="556,16"), a_line(9), **meant))  # fmt: skip

    assert counts(second["batch"]) == {
        "received": 3,
        "created": 1,
        "replaced": 1,
        "unchanged": 1,
        "removed": 3,
    }
    removed = [
        w["message"] for w in second["warnings"] if w["code"] == "WORKERS_REMOVED"
    ]
    assert [m.rpartition(" : ")[2] for m in removed] == ["3."]
    shown = "... on Declaration { sequence status lineCount supersedes { id } lines { nodes { clientReference rate changedSequence } } removedWorkers { nodes { matricule } } }"
    now = await jo.reads(second["batch"]["declaration"]["id"], shown)
    assert (now["sequence"], now["status"], now["supersedes"]) == (2, "DEPOSITED", {"id": first["batch"]["declaration"]["id"]})  # fmt: skip
    assert [tuple(line.values()) for line in now["lines"]["nodes"]] == [("P000", "100.00", 1), ("P001", "50.00", 2), ("P009", "100.00", 2)]  # fmt: skip
    assert sorted(w["matricule"] for w in now["removedWorkers"]["nodes"]) == [
        "1000002",
        "1000003",
        "1000004",
    ]
    former = await jo.reads(first["batch"]["declaration"]["id"], shown)
    assert (former["status"], former["lineCount"]) == ("SUPERSEDED", 5)
    assert [line["rate"] for line in former["lines"]["nodes"]] == ["100.00"] * 5


async def test_a_draft_is_seen_by_no_caf_until_it_is_deposited_as_it_stands(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    prepared = await jo.declares(**a_deposit(siret, "1", a_line(0), a_line(1, "921"), a_line(2, rate="0"), deposit=False))  # fmt: skip
    assert prepared["batch"]["declaration"]["status"] == "DRAFT"
    assert counts(prepared["batch"]) == {"received": 3, "created": 2, "rejected": 1}
    for caf in ("agent-paris", "agent-hauts-de-seine"):
        assert await lines_of(Person(world, caf), siret) == {}, caf
    seine = Person(world, "agent-hauts-de-seine")
    workers = await nodes_read(seine, WORKERS_READ)
    assert not [
        w
        for w in workers
        if any(line["establishmentSiret"] == siret for line in w["lines"]["nodes"])
    ]

    done = await jo.declares(**a_deposit(siret, "2") | {"lines": None})

    assert [e["code"] for e in done["errors"]] == ["RATE_RANGE"]
    assert counts(done["batch"]) == {"received": 3, "created": 2, "rejected": 1}
    assert done["batch"]["declaration"]["status"] == "DEPOSITED"
    assert list(await lines_of(seine, siret)) == ["P001"]
    shown = "... on Declaration { status draftLines { nodes { origin clientReference errors { code } } } }"
    draft = await jo.reads(prepared["batch"]["declaration"]["id"], shown)
    assert draft["status"] == "DRAFT"
    assert [(n["origin"], n["clientReference"], len(n["errors"])) for n in draft["draftLines"]["nodes"]] == [
        ("PUT", "P002", 1), ("CARRIED", "P000", 0), ("CARRIED", "P001", 0)
    ]  # fmt: skip


async def test_who_prepares_does_not_deposit_and_who_reads_does_not_prepare(
    world: World,
) -> None:
    siret = "99990001200025"
    zoe, leon = Person(world, "preparatrice-canal"), Person(world, "lecteur-canal")
    delphine, vendor = Person(world, "declarante-canal"), Person(world, "paie-fictive")

    await zoe.declares(**a_deposit(siret, "1", a_line(0), deposit=False))

    for values in (
        a_deposit(siret, "2", a_line(0)),
        a_deposit(siret, "2") | {"lines": None},
    ):
        with refused("FORBIDDEN"):
            await zoe.declares(**values)
    with refused("FORBIDDEN"):
        await zoe.tells_changes(siret, "2")
    assert (
        counts(
            (await zoe.declares(**a_deposit(siret, "3", a_line(0), dryRun=True)))[
                "batch"
            ]
        )["received"]
        == 1
    )
    for more in ({}, {"deposit": False}, {"dryRun": True}):
        with refused("FORBIDDEN"):
            await leon.declares(**a_deposit(siret, "2", a_line(0)) | more)
    done = await vendor.declares(**a_deposit(siret, "4") | {"lines": None})
    assert counts(done["batch"]) == {"received": 1, "created": 1}
    assert counts(
        (await delphine.declares(**a_deposit(siret, "5", a_line(0))))["batch"]
    ) == {
        "received": 1,
        "unchanged": 1,
    }


async def test_a_draft_keeps_what_its_lines_say_of_a_second_activity(
    esat: Opened, jo: Person
) -> None:
    """R16."""
    siret = esat.partner.siret
    second = {
        "dualActivity": "O",
        "dualActivitySince": "01/09/2026",
        "dualActivityHours": "12,5",
        "rate": "80",
    }
    await jo.declares(**a_deposit(siret, "1", a_line(0, **second), deposit=False))

    done = await jo.declares(**a_deposit(siret, "2") | {"lines": None})

    shown = "... on Declaration { lines { nodes { dualActivity worker { dualActivities { startsOn weeklyHours } } } } }"
    (line,) = (await jo.reads(done["batch"]["declaration"]["id"], shown))["lines"][
        "nodes"
    ]
    assert line == {"dualActivity": True, "worker": {"dualActivities": [{"startsOn": "2026-09-01", "weeklyHours": "12.50"}]}}  # fmt: skip


async def test_a_draft_of_before_does_not_pass_over_the_answer_of_the_caf(
    world: World, esat: Opened, jo: Person
) -> None:
    """R17: not a beneficiary, and then a draft that waited is deposited as it stands."""
    siret = esat.partner.siret
    seine = Person(world, "agent-hauts-de-seine")
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921")))
    await jo.declares(
        **a_deposit(siret, "2", a_line(0, "921"), a_line(1), deposit=False)
    )
    line = (await lines_of(seine, siret))["P000"]["id"]
    await seine.processes(
        "NOT_BENEFICIARY", line, processingReason="Aucun droit ouvert"
    )

    done = await jo.declares(**a_deposit(siret, "3") | {"lines": None})

    assert [e["code"] for e in done["errors"]] == ["WORKER_NOT_BENEFICIARY"]
    assert counts(done["batch"]) == {
        "received": 2,
        "created": 1,
        "rejected": 1,
        "removed": 1,
    }


async def test_a_confirmation_that_waited_in_a_draft_counts_when_the_draft_is_deposited(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    seine = Person(world, "agent-hauts-de-seine")
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921")))
    line = (await lines_of(seine, siret))["P000"]["id"]
    await seine.processes(
        "NOT_BENEFICIARY", line, processingReason="Aucun droit ouvert"
    )
    await jo.declares(
        **a_deposit(siret, "2", a_line(0, "921", aahBeneficiary="O"), deposit=False)
    )

    done = await jo.declares(**a_deposit(siret, "3") | {"lines": None})

    assert (done["errors"], counts(done["batch"])) == (
        [],
        {"received": 1, "replaced": 1},
    )
    assert (await lines_of(seine, siret))["P000"]["worker"]["aahBeneficiary"] is True


async def test_a_beneficiary_confirmed_comes_back_to_the_caf_that_pays_though_nothing_else_has_changed(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    seine = Person(world, "agent-hauts-de-seine")
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921")))
    line = (await lines_of(seine, siret))["P000"]["id"]
    await seine.processes(
        "NOT_BENEFICIARY", line, processingReason="Aucun droit ouvert"
    )

    confirmed = await jo.declares(
        **a_deposit(siret, "2", a_line(0, "921", aahBeneficiary="O"))
    )
    again = await jo.declares(**a_deposit(siret, "3", a_line(0, "921")))

    assert counts(confirmed["batch"]) == {"received": 1, "replaced": 1}
    assert counts(again["batch"]) == {"received": 1, "unchanged": 1}
    seen = (await lines_of(seine, siret))["P000"]
    assert (seen["processing"], seen["processingReason"], seen["changedSequence"]) == (
        None,
        None,
        2,
    )


async def test_an_essay_tells_what_a_deposit_would_and_leaves_nothing(
    world: World, esat: Opened, jo: Person
) -> None:
    """No row at all, not even its key's: the same key then serves the deposit."""
    values = a_deposit(
        esat.partner.siret, "k", a_line(0), a_line(1, rate="0"), a_line(2)
    )
    before = await _everything_written(world.database)

    for more in ({}, {"mode": "ALL_OR_NOTHING"}, {"deposit": False}):
        essay = await jo.declares(**values | {"dryRun": True} | more)
        assert essay["batch"]["received"] == 3
        assert [e["code"] for e in essay["errors"] if e["code"] != "BATCH_HELD"] == [
            "RATE_RANGE"
        ]
        assert essay["replayed"] is False
    assert await _everything_written(world.database) == before
    done = await jo.declares(**values)

    assert (done["replayed"], counts(done["batch"])) == (
        False,
        {"received": 3, "created": 2, "rejected": 1},
    )
    changes = [
        {
            "nir": a_nir(0),
            "kind": "DEPARTURE",
            "effectiveOn": TODAY,
            "departureReason": "RETIREMENT",
        }
    ]
    before = await _everything_written(world.database)
    essay = await jo.tells_changes(esat.partner.siret, "c", *changes, dryRun=True)
    assert counts(essay["batch"]) == {"received": 1, "created": 1}
    assert await _everything_written(world.database) == before


# the window

OPENS, CLOSES = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


async def test_the_window_is_from_the_first_of_december_to_the_end_of_february_in_paris(
    world: World, esat: Opened, jo: Person
) -> None:
    """R22, A16: half-open, by the instant of reception."""
    siret = esat.partner.siret
    instants = {
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC): None,
        datetime(2027, 2, 28, 22, 59, 59, 999_999, tzinfo=UTC): None,
        datetime(2027, 2, 28, 23, 0, 0, tzinfo=UTC): "WINDOW_CLOSED",
        datetime(2027, 6, 1, tzinfo=UTC): "WINDOW_CLOSED",
    }
    for number, (instant, code) in enumerate(instants.items()):
        world.clock.instant = instant
        for deposit in (False, True):
            values = a_deposit(siret, f"{number}-{deposit}", a_line(0), deposit=deposit)
            if code is None:
                assert (await jo.declares(**values))["errors"] == []
                continue
            with refused(code, "R22") as told:
                await jo.declares(**values)
            assert told.path == ["input", "campaignYear"]
    with refused("WINDOW_NOT_OPEN", "R22"):
        await jo.declares(**a_deposit(siret, "next", a_line(0), campaignYear=2027))
    with refused("NOT_FOUND"):
        await jo.declares(**a_deposit(siret, "never", a_line(0), campaignYear=1999))
    # what was deposited in time is answered again, for a month after the close, and the Caf goes on with it
    world.clock.instant = datetime(2027, 3, 31, tzinfo=UTC)
    replayed = await jo.declares(**a_deposit(siret, "1-True", a_line(0)))
    assert replayed["replayed"] is True
    lines = await lines_of(Person(world, "agent-paris"), siret)
    await Person(world, "agent-paris").processes(
        "TAKEN_INTO_ACCOUNT", lines["P000"]["id"]
    )


async def test_before_the_window_a_vendor_tries_and_nobody_declares(
    world: World,
) -> None:
    """The essays of a payroll come before the first of December."""
    delphine, siret = Person(world, "declarante-canal"), "99990001200025"
    for instant in (
        datetime(2026, 9, 1, tzinfo=UTC),
        datetime(2026, 11, 30, 22, 59, 59, 999_999, tzinfo=UTC),
    ):
        world.clock.instant = instant
        before = await _everything_written(world.database)
        for deposit in (False, True):
            with refused("WINDOW_NOT_OPEN", "R22"):
                await delphine.declares(
                    **a_deposit(siret, "k", a_line(0), deposit=deposit)
                )

        essay = await delphine.declares(
            **a_deposit(siret, "k", a_line(0), a_line(1, rate="0"), dryRun=True)
        )

        assert counts(essay["batch"])["received"] == 2
        assert [e["code"] for e in essay["errors"]] == ["RATE_RANGE"]
        assert "WINDOW_NOT_OPEN" in [w["code"] for w in essay["warnings"]]
        assert await _everything_written(world.database) == before
    world.clock.instant = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert (await delphine.declares(**a_deposit(siret, "k", a_line(0))))["errors"] == []


async def test_a_change_of_activity_is_told_at_any_date(
    world: World, esat: Opened, jo: Person
) -> None:
    """R27: never the window; R24: the direction against the known rate."""
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "d", a_line(0, "921"), a_line(1)))
    for number, day in enumerate(
        (date(2027, 3, 1), date(2027, 7, 14), date(2027, 11, 30))
    ):
        world.clock.move_to(day)
        down, up = ("RATE_DECREASE", "80"), ("RATE_INCREASE", "90")
        lines = [
            {
                "nir": a_nir(0),
                "kind": down[0],
                "effectiveOn": day.isoformat(),
                "rate": str(80 - number),
            },
            {
                "nir": a_nir(1),
                "kind": up[0],
                "effectiveOn": day.isoformat(),
                "rate": "10",
            },
        ]
        told = await jo.tells_changes(siret, f"c{number}", *lines)
        assert counts(told["batch"]) == {"received": 2, "created": 1, "rejected": 1}
        assert [(e["code"], e["path"]) for e in told["errors"]] == [
            ("RATE_DIRECTION", ["input", "lines", "1", "rate"])
        ]

    async def read(who: str) -> list[dict[str, Any]]:
        query = "{ read: activityChanges(first: 100, order: LATEST, source: CHANGE) { nodes { establishmentSiret rateBefore rateAfter worker { nir } } } }"
        return [
            c
            for c in await nodes_read(Person(world, who), query)
            if c["establishmentSiret"] == siret
        ]

    seen = await read("agent-hauts-de-seine")
    assert [(c["rateBefore"], c["rateAfter"]) for c in seen] == [("79.00", "78.00"), ("80.00", "79.00"), ("100.00", "80.00")]  # fmt: skip
    assert {c["worker"]["nir"] for c in seen} == {"1 85 05 ** *** *** **"}
    for who in ("agent-paris", "agent-rhone", "admin-national", "centre-ressources"):
        assert await read(who) == [], who


# numbers


async def test_a_number_is_shown_to_who_may_with_a_reason_and_never_to_a_machine(
    world: World, paris: Person
) -> None:
    """Masked everywhere, revealed by an act, journaled (docs/decisions/0038)."""
    mine = await an_association(paris, NAMED)
    await mine.vendor.declares(
        **a_deposit(mine.sirets[0], "1", a_line(0, "921"), a_line(1))
    )
    seine = Person(world, "agent-hauts-de-seine")
    worker = (await lines_of(seine, mine.sirets[0]))["P000"]["worker"]["id"]

    shown = await seine.does(
        "workerNirReveal",
        "worker { id nir version } nir",
        workerId=worker,
        reason="Homonymie",
    )

    assert (shown["nir"], shown["worker"]["nir"], shown["worker"]["version"]) == (
        a_nir(0),
        "1 85 05 ** *** *** **",
        1,
    )
    (entry,) = await rows(world.database, "SELECT acting_for, reason, object_id, before, after FROM journal WHERE act = 'workerNirReveal'")  # fmt: skip
    assert (entry["acting_for"], entry["reason"], entry["object_id"]) == (
        "org_921",
        "Homonymie",
        worker,
    )
    assert a_nir(0) not in str(entry)
    with refused("VALUE_INVALID"):
        await seine.does("workerNirReveal", workerId=worker, reason="  ")
    with refused("FORBIDDEN") as told:
        await mine.vendor.does("workerNirReveal", workerId=worker, reason="Curiosité")
    assert told.message.endswith("Votre profil ne comporte pas cet acte.")
    for who in ("agent-paris", "agent-rhone", "admin-national", mine.manager.name):
        with refused("NOT_FOUND"):
            await Person(world, who).does(
                "workerNirReveal", workerId=worker, reason="Curiosité"
            )
    # with a key, a second call tells that it was shown, and shows it no more
    keyed = {"workerId": worker, "reason": "Homonymie", "idempotencyKey": "k"}
    first = await seine.does("workerNirReveal", "nir", **keyed)
    again = await seine.does("workerNirReveal", "nir", **keyed)
    assert (first["nir"], again["nir"], again["replayed"]) == (a_nir(0), None, True)


# mandates


async def test_a_mandate_alone_gives_nothing_and_its_end_takes_everything(
    world: World, paris: Person
) -> None:
    """R40: the machine client declares where a group includes it, until the mandate ends."""
    mine = await an_association(paris, NAMED)
    siret, other = mine.sirets[0], Person(world, "other-vendor")
    await mine.manager.mandates(mine.partner, other.name, until=TOMORROW)
    with refused("NOT_FOUND"):
        await other.declares(**a_deposit(siret, "k", a_line(0)))
    assert await other.reads(mine.partner) is None
    await mine.vendor.declares(**a_deposit(siret, "k", a_line(0)))
    with refused("FORBIDDEN") as told:
        await paris.does(
            "mandateRevoke", affiliationId=mine.mandate.affiliation, on=TODAY
        )
    assert "gestionnaire des habilitations" in told.message

    await mine.manager.does(
        "mandateRevoke", affiliationId=mine.mandate.affiliation, on=TODAY
    )

    with refused("NOT_FOUND"):
        await mine.vendor.declares(**a_deposit(siret, "k2", a_line(0)))
    settled = await world.act(mine.vendor.name, "remunerationsDeclare", "batch { id }", **a_deposit(siret, "k", a_line(0)))  # fmt: skip
    assert (settled["replayed"], settled["batch"]) == (
        True,
        None,
    )  # it was done, and is not shown again
    assert await everything_read(mine.vendor, mine) == NOTHING
    mandated = await mine.manager.mandates(mine.partner, mine.vendor.name)
    assert mandated.user == mine.mandate.user  # the same client, with a new mandate
    assert mandated.affiliation != mine.mandate.affiliation


async def test_a_machine_client_is_one_for_all_who_mandate_it_and_mixes_nothing(
    world: World, paris: Person
) -> None:
    """A vendor declares for two associations: what it reads of each is what each gave."""
    mine, other = await an_association(paris, NAMED), await an_open_esat(paris, "jo")
    mandated = await paris.mandates(other.partner.id, mine.vendor.name)
    assert mandated.user == mine.mandate.user
    with refused("NOT_FOUND"):
        await mine.vendor.declares(**a_deposit(other.partner.siret, "k", a_line(0)))
    await paris.includes(other.group, mandated.user)

    await mine.vendor.declares(
        **a_deposit(
            other.partner.siret, "k1", a_line(0, birthName="Ormeau", birthDate=BORN)
        )
    )
    await mine.vendor.declares(**a_deposit(mine.sirets[0], "k2", a_line(0)))

    # one number, two partners, two cards
    cards = await rows(world.database, "SELECT partner_id, birth_name FROM worker WHERE nir_index IN (SELECT nir_index FROM worker GROUP BY nir_index HAVING count(*) > 1)")  # fmt: skip
    assert {(c["partner_id"], c["birth_name"]) for c in cards} == {(other.partner.id, "Ormeau"), (mine.partner, "Abélia")}  # fmt: skip
    assert await everything_read(Person(world, "jo"), mine) == NOTHING
