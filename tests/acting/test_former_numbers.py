"""The cell formerNir: the true number takes the place of the temporary one, in a certificate and in a change (R17, R23)."""

from typing import Any

import pytest

from tests.conftest import World
from tests.journeys.payroll import (  # fmt: skip
    BORN,
    a_deposit,
    a_line,
    a_nir,
    a_temporary_nir,
    counts,
)
from tests.journeys.story import Opened, Person, refused

from .ledger import rows
from .test_kept_rosters import what_differs
from .test_two_cards import TEMPORARY, cards, esat, jo, provisional, seine

__all__ = ["esat", "jo", "seine"]

NUMBERS = "SELECT count(*) AS n FROM worker_number WHERE worker_id = :w"
KNOWN = {"formerNir": TEMPORARY}


async def deposits(jo: Person, esat: Opened, key: str, *lines: dict[str, object], **more: object) -> Any:  # noqa: ANN401 JSON  # fmt: skip
    return await jo.declares(**a_deposit(esat.partner.siret, key, *lines, **more))


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


def paths(payload: dict[str, Any]) -> set[str]:
    return {error["path"][-1] for error in payload["errors"] if "lines" in error["path"]}  # fmt: skip


async def test_the_card_takes_the_true_number_and_nobody_leaves(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    await deposits(jo, esat, "1", provisional(0))
    (former,) = (await cards(jo, esat)).values()

    done = await deposits(jo, esat, "2", a_line(0, "921", **KNOWN))

    assert (codes(done), counts(done["batch"])) == ([], {"received": 1, "unchanged": 1})
    assert "WORKER_LIKELY_SAME" not in {w["code"] for w in done["warnings"]}
    (card,) = (await cards(jo, esat)).values()
    assert (card["id"], card["nir"][0]) == (former["id"], "1")
    assert (await rows(world.database, NUMBERS, w=card["id"]))[0]["n"] == 2
    revealed = await seine.does("workerNirReveal", "nir", workerId=card["id"], reason="Rapprochement")  # fmt: skip
    assert revealed["nir"] == a_nir(0)
    for key, line in (
        ("3", provisional(0)),
        ("4", a_line(0, "921")),
        ("5", a_line(0, "921", **KNOWN)),
    ):
        again = await deposits(jo, esat, key, line)
        assert counts(again["batch"]) == {"received": 1, "unchanged": 1}
    other = await deposits(jo, esat, "6", a_line(3, "921", **KNOWN))
    assert codes(other)[1:] == ["MERGE_NOT_TEMPORARY"]
    assert await what_differs(world) == {}


async def test_two_cards_become_one_with_the_deposit_that_says_so(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    await deposits(jo, esat, "1", provisional(0))
    down = {"nir": TEMPORARY, "kind": "RATE_DECREASE", "effectiveOn": "2026-11-15", "rate": "50"}  # fmt: skip
    await jo.tells_changes(esat.partner.siret, "2", down)
    new = a_line(0, "921", rate="50", noPayReason="OTHER", netRemuneration=None, netAid=None, esatShare=None)  # fmt: skip
    warned = await deposits(jo, esat, "3", new, acknowledgeRemovals=1, reason="Numéro")
    assert "WORKER_LIKELY_SAME" in {w["code"] for w in warned["warnings"]}
    both = await cards(jo, esat)

    tried = await deposits(jo, esat, "4", new | KNOWN, dryRun=True)
    assert codes(tried) == []
    assert (await cards(jo, esat))["7"]["mergedInto"] is None
    done = await deposits(jo, esat, "5", new | KNOWN)

    assert (codes(done), counts(done["batch"])) == ([], {"received": 1, "unchanged": 1})
    (entry,) = await rows(world.database, "SELECT after FROM journal WHERE act = 'remunerationsDeclare' ORDER BY seq DESC LIMIT 1")  # fmt: skip
    assert both["7"]["id"] in str(entry["after"])
    after = await cards(jo, esat)
    assert after["7"]["mergedInto"] == {"id": both["1"]["id"]}
    assert [one["rate"] for one in after["1"]["rates"]] == ["100.00", "50.00"]
    assert (await rows(world.database, NUMBERS, w=both["1"]["id"]))[0]["n"] == 2
    assert (await seine.asks("{ lines(withdrawn: true) { nodes { id } } }"))["lines"]["nodes"] == []  # fmt: skip
    assert await what_differs(world) == {}


async def test_a_correction_puts_the_true_number_in_the_place_of_the_other(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await deposits(jo, esat, "1", provisional(0), a_line(1, "921"), a_line(2, "921"))
    before = await cards(jo, esat, merged=False)
    # somebody has a card of their own, which no certificate declares
    entry = {"nir": a_nir(0), "kind": "ADMISSION", "effectiveOn": "28/06/2015", "birthName": "Abélia", "givenNames": "Ariel", "birthDate": BORN, "matricule": "1000000", "payingOrganism": "921", "rate": "100"}  # fmt: skip
    assert codes(await jo.tells_changes(siret, "2", entry)) == []
    query = '{ declarations(campaignId: "cmp_2026", status: DEPOSITED) { nodes { id siret } } }'  # fmt: skip
    found = (await jo.asks(query))["declarations"]["nodes"]
    (declaration,) = [one["id"] for one in found if one["siret"] == siret]
    correction = {"declarationId": declaration, "idempotencyKey": "3", "put": [a_line(0, "921", **KNOWN)]}  # fmt: skip
    with refused("LINE_AMBIGUOUS"):
        await jo.does("remunerationsCorrect", **correction, remove=[{"workerId": before["7"]["id"]}])  # fmt: skip

    done = await jo.does("remunerationsCorrect", "batch { received replaced unchanged removed declaration { lines { nodes { worker { nir } } } } }", **correction | {"idempotencyKey": "4"})  # fmt: skip

    batch = done["batch"]
    assert (batch["removed"], batch["received"]) == (0, 1)
    nirs = [line["worker"]["nir"][0] for line in batch["declaration"]["lines"]["nodes"]]
    assert nirs == ["1", "1", "1"]
    absorbed = await jo.asks("query($p: ID!) { workers(partnerId: $p, merged: true) { nodes { id } } }", p=esat.partner.id)  # fmt: skip
    assert [one["id"] for one in absorbed["workers"]["nodes"]] == [before["7"]["id"]]
    assert await what_differs(world) == {}


async def test_a_rejected_or_a_held_line_replaces_no_number(
    world: World, esat: Opened, jo: Person
) -> None:
    await deposits(jo, esat, "1", provisional(0), a_line(1, "921"))
    await deposits(jo, esat, "2", a_line(1, "921"), a_line(0, "921"), acknowledgeRemovals=1)  # fmt: skip
    before = await rows(world.database, "SELECT id, nir_index, merged_into_id FROM worker ORDER BY id")  # fmt: skip
    spans = await rows(world.database, "SELECT * FROM worker_stay ORDER BY worker_id")
    wrong = a_line(0, "921", rate="0", **KNOWN)

    for key, mode in (("3", "ALL_OR_NOTHING"), ("4", "ACCEPT_VALID")):
        meant = {"acknowledgeRemovals": 1} if mode == "ACCEPT_VALID" else {}
        done = await deposits(jo, esat, key, wrong, a_line(1, "921"), mode=mode, **meant)  # fmt: skip
        assert "RATE_RANGE" in codes(done)
        assert await rows(world.database, "SELECT id, nir_index, merged_into_id FROM worker ORDER BY id") == before  # fmt: skip
    left = await rows(world.database, "SELECT * FROM worker_stay ORDER BY worker_id")
    assert len(spans) - len(left) == 1  # whoever was removed, by the second one
    assert await what_differs(world) == {}


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        (a_line(0, "921", formerNir=a_nir(5)), "MERGE_NOT_TEMPORARY", "formerNir"),
        (
            provisional(0, formerNir=a_temporary_nir(2)),
            "MERGE_NOT_TEMPORARY",
            "formerNir",
        ),
        (a_line(0, "921", formerNir="7"), "NIR_FORMAT", "formerNir"),
        (
            a_line(0, "921", birthName="Zinnia", birthDate="01/05/1985", **KNOWN),
            "WORKER_MISMATCH",
            "nir",
        ),
        (
            a_line(0, "921", clientReference=TEMPORARY, **KNOWN),
            "NIR_IN_TEXT",
            "clientReference",
        ),
    ],
)
async def test_what_a_former_number_may_not_be(
    esat: Opened, jo: Person, line: dict[str, object], code: str, path: str
) -> None:
    await deposits(jo, esat, "1", provisional(0))

    done = await deposits(jo, esat, "2", line)

    assert code in codes(done)
    assert path in paths(done)
    assert list(await cards(jo, esat)) == ["7"]


async def test_a_number_replaces_one_and_is_replaced_by_one(
    esat: Opened, jo: Person
) -> None:
    await deposits(jo, esat, "1", provisional(0))
    unknown = a_temporary_nir(9)

    for key, lines, rule in (
        ("2", [a_line(0, "921", **KNOWN), provisional(0)], "WORKER_DUPLICATE_IN_BATCH"),
        ("3", [a_line(0, "921", **KNOWN), a_line(1, "921", **KNOWN)], "VALUE_INVALID"),
        (
            "4",
            [a_line(2, "921", formerNir=unknown), a_line(3, "921", nir=unknown)],
            "WORKER_DUPLICATE_IN_BATCH",
        ),
    ):
        done = await deposits(jo, esat, key, *lines, mode="ALL_OR_NOTHING")
        assert rule in codes(done), key
    assert list(await cards(jo, esat)) == ["7"]


async def test_a_person_who_comes_with_both_numbers_is_found_by_each(
    esat: Opened, jo: Person
) -> None:
    both = a_line(0, "921", **KNOWN)
    done = await deposits(jo, esat, "1", both)
    assert codes(done) == []

    again = await deposits(jo, esat, "2", provisional(0))

    assert counts(again["batch"]) == {"received": 1, "unchanged": 1}
    assert list(await cards(jo, esat)) == ["1"]


async def test_a_change_replaces_the_number_too(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    entry = {"kind": "ADMISSION", "effectiveOn": "02/02/2026", "birthName": "Abélia", "givenNames": "Ariel", "birthDate": BORN, "matricule": "1000000", "payingOrganism": "921", "rate": "50"}  # fmt: skip
    await jo.tells_changes(siret, "1", entry | {"nir": TEMPORARY})
    up = {"nir": a_nir(0), "kind": "RATE_INCREASE", "effectiveOn": "01/04/2026", "rate": "60"}  # fmt: skip
    more = {"nir": a_nir(0), "kind": "RATE_INCREASE", "effectiveOn": "01/05/2026", "rate": "70"}  # fmt: skip
    alone = await jo.tells_changes(siret, "2", up)
    assert codes(alone) == ["WORKER_UNKNOWN"]

    done = await jo.tells_changes(siret, "3", more | KNOWN, up)

    assert (codes(done), counts(done["batch"])) == ([], {"received": 2, "created": 2})
    (card,) = (await cards(jo, esat)).values()
    assert card["nir"][0] == "1"
    assert [one["rate"] for one in card["rates"]] == ["50.00", "60.00", "70.00"]
    # another person, with two cards
    second = entry | {"nir": a_nir(1), "birthName": "Bruyère", "effectiveOn": "02/03/2026", "matricule": "1000001"}  # fmt: skip
    first = second | {"nir": a_temporary_nir(2)}
    await jo.tells_changes(siret, "4", first)
    warned = await jo.tells_changes(siret, "5", second)
    assert {w["code"] for w in warned["warnings"]} == {"WORKER_LIKELY_SAME"}
    rise = {"nir": a_nir(1), "formerNir": a_temporary_nir(2), "kind": "RATE_INCREASE", "effectiveOn": "01/06/2026", "rate": "80"}  # fmt: skip
    refused = await jo.tells_changes(siret, "6", rise)
    assert codes(refused) == ["MERGE_CONTRADICTION"]
    assert await what_differs(world) == {}


async def test_a_draft_hides_the_former_number_and_its_deposit_replaces_it(
    esat: Opened, jo: Person
) -> None:
    await deposits(jo, esat, "1", provisional(0))
    line = a_line(0, "921", **KNOWN)
    put = await deposits(jo, esat, "2", line, deposit=False)
    assert codes(put) == []
    assert list(await cards(jo, esat)) == ["7"]
    query = 'query($s: String!) { partner(by: {siret: $s}) { id } declarations(campaignId: "cmp_2026", status: DRAFT) { nodes { siret draftLines { nodes { cells { field text } } } } } }'  # fmt: skip
    found = (await jo.asks(query, s=esat.partner.siret))["declarations"]["nodes"]
    (draft,) = [one for one in found if one["siret"] == esat.partner.siret]
    cells = {cell["field"]: cell["text"] for cell in draft["draftLines"]["nodes"][0]["cells"]}  # fmt: skip
    assert cells["formerNir"] == "7 85 05 ** *** *** **"

    values = a_deposit(esat.partner.siret, "3") | {"lines": None}
    done = await jo.declares(**values)

    assert (codes(done), counts(done["batch"])) == ([], {"received": 1, "unchanged": 1})
    assert list(await cards(jo, esat)) == ["1"]
