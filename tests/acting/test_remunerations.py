"""The deposit of remunerations: a payroll's accidents, one key and one effect, races, and cells that are no cells."""

import asyncio
from collections import Counter, defaultdict
from typing import Any

import orjson
import pytest

from server.client.payroll import Export
from tests.conftest import ROOT, World
from tests.journeys.payroll import a_deposit, a_line, a_nir, counts
from tests.journeys.story import BATCH, Opened, Person, an_open_esat, refused

from .ledger import rows

EXPORT = ROOT / "persistence" / "seeds" / "paie-novembre-2026.csv"
CANAL = "99990001200025"
REJECTED = {
    "L00007": "NIR_KEY", "L00009": "WORKER_DUPLICATE_IN_BATCH", "L00010": "WORKER_DUPLICATE_IN_BATCH",
    "L00011": "RATE_RANGE", "L00012": "RATE_RANGE", "L00014": "AID_EXCEEDS_RG", "L00015": "RG_ABOVE_MAX",
    "L00016": "AMOUNT_MISSING", "L00017": "ENTRY_AFTER_REFERENCE_MONTH", "L00020": "NAME_INVALID",
    "L00021": "ESTABLISHMENT_MISMATCH", "L00023": "NIR_FORMAT",
}  # fmt: skip
TOLD = {
    "L00005": "NIR_COMPLETED", "L00008": "NIR_TEMPORARY", "L00013": "ESAT_SHARE_BELOW_5", "L00022": "MATRICULE_SHORT"
}  # fmt: skip
EFFECTS = ("declaration", "declaration_line", "batch", "batch_result", "worker", "worker_rate", "dual_activity", "journal", "idempotency")  # fmt: skip
RACERS = 64


async def sizes(world: World, *tables: str) -> dict[str, int]:
    """How many rows each table holds."""
    counted = {
        t: await rows(world.database, f"SELECT count(*) AS n FROM {t}")  # noqa: S608 our own words
        for t in tables or EFFECTS
    }
    return {t: found[0]["n"] for t, found in counted.items()}


@pytest.fixture
async def esat(paris: Person) -> Opened:
    """An Esat open today, that nobody has declared in; `jo` declares."""
    return await an_open_esat(paris, "jo")


@pytest.fixture
def jo(world: World) -> Person:
    return Person(world, "jo")


# the payroll of November


def the_export(key: str, **more: object) -> dict[str, Any]:
    (part,) = Export.read(EXPORT).parts(CANAL)
    values = part.variables(2026, mode="ACCEPT_VALID", deposit=True, dry_run=False)
    return {**values["input"], "idempotencyKey": key, **more}


def by_reference(
    notices: list[dict[str, Any]], lines: list[dict[str, str]]
) -> dict[str, set[str]]:
    """The codes of each line, under the reference of who declares."""
    found = defaultdict(set)
    for notice in notices:
        if len(notice["path"]) > 2:
            found[lines[int(notice["path"][2])]["clientReference"]].add(notice["code"])
    return dict(found)


async def test_the_accidents_of_a_payroll_are_told_line_by_line_and_its_good_lines_taken(
    world: World,
) -> None:
    before = await rows(world.database, "SELECT id FROM declaration")
    delphine = Person(world, "declarante-canal")
    values = the_export("november")

    done = await delphine.declares(**values)

    assert by_reference(done["errors"], values["lines"]) == {
        line: {code} for line, code in REJECTED.items()
    }
    told = by_reference(done["warnings"], values["lines"])
    jumps = {"L00013": {"JUMP"}}
    assert {line: told[line] for line in TOLD} == {
        line: {code} | jumps.get(line, set()) for line, code in TOLD.items()
    }
    assert counts(done["batch"]) == {"received": 78, "created": 66, "rejected": 12}
    duplicates = {
        e["path"][2]: e["message"]
        for e in done["errors"]
        if e["code"] == "WORKER_DUPLICATE_IN_BATCH"
    }
    assert {i: m.rpartition("Voir : ")[2] for i, m in duplicates.items()} == {
        "8": "L00010.",
        "9": "L00009.",
    }
    (eaten,) = [e["message"] for e in done["errors"] if e["code"] == "NIR_FORMAT"]
    assert "notation scientifique" in eaten
    amounts = await _amounts(delphine, done["batch"]["declaration"]["id"])
    assert (amounts["L00018"], amounts["L00019"]) == ("812.33", "1012.50")
    assert set(amounts) == {line["clientReference"] for line in values["lines"]} - set(
        REJECTED
    )
    # the other Esat's certificate is untouched: this declaration alone is new
    made = {
        d["id"] for d in await rows(world.database, "SELECT id FROM declaration")
    } - {d["id"] for d in before}
    assert made == {done["batch"]["declaration"]["id"]}


async def _amounts(person: Person, declaration: str) -> dict[str, str]:
    read = await person.reads(
        declaration,
        "... on Declaration { lines(first: 100) { nodes { clientReference netRemuneration } } }",
    )
    return {
        line["clientReference"]: line["netRemuneration"]
        for line in read["lines"]["nodes"]
    }


async def test_all_or_nothing_holds_the_good_lines_and_keeps_its_report(
    world: World,
) -> None:
    delphine, before = Person(world, "declarante-canal"), await sizes(world)

    done = await delphine.declares(**the_export("november", mode="ALL_OR_NOTHING"))

    assert counts(done["batch"]) == {"received": 78, "rejected": 12, "held": 66}
    assert done["batch"]["declaration"] is None
    assert done["errors"][0]["code"] == "BATCH_HELD"
    after = await sizes(world)
    more = {"batch": 1, "batch_result": 78, "journal": 1, "idempotency": 1}
    assert {t: after[t] - before[t] for t in after} == dict.fromkeys(after, 0) | more
    report = "... on Batch { results(first: 100, status: REJECTED) { nodes { clientReference errors { code } } } }"
    kept = (await delphine.reads(done["batch"]["id"], report))["results"]["nodes"]
    assert {r["clientReference"]: r["errors"][0]["code"] for r in kept} == REJECTED
    again = await delphine.declares(**the_export("november", mode="ALL_OR_NOTHING"))
    assert (again["replayed"], again["batch"], again["errors"]) == (
        True,
        done["batch"],
        done["errors"],
    )


async def test_a_line_that_is_above_the_most_passes_once_it_is_confirmed_with_a_reason(
    esat: Opened, jo: Person
) -> None:
    much = {"netRemuneration": "9999,99", "rate": "50"}
    done = await jo.declares(**a_deposit(esat.partner.siret, "a", a_line(1, **much), a_line(2, **much, confirmation="Rappel de prime")))  # fmt: skip

    assert [(e["code"], e["path"]) for e in done["errors"]] == [("RG_ABOVE_MAX", ["input", "lines", "0", "netRemuneration"])]  # fmt: skip
    assert ("RG_ABOVE_MAX", ["input", "lines", "1", "netRemuneration"]) in [(w["code"], w["path"]) for w in done["warnings"]]  # fmt: skip
    assert counts(done["batch"]) == {"received": 2, "created": 1, "rejected": 1}


# one key, one effect


async def test_sixty_four_racing_deposits_with_one_key_are_one(
    world: World, esat: Opened
) -> None:
    before = await sizes(world)
    values = a_deposit(esat.partner.siret, "one", *(a_line(n) for n in range(40)))

    raced = await asyncio.gather(
        *(
            world.act("jo", "remunerationsDeclare", BATCH, **values)
            for _ in range(RACERS)
        )
    )

    assert all(payload["errors"] == [] for payload in raced)
    assert Counter(payload["replayed"] for payload in raced) == {
        True: RACERS - 1,
        False: 1,
    }
    assert counts(raced[0]["batch"]) == {"received": 40, "created": 40}
    assert all(payload["batch"] == raced[0]["batch"] for payload in raced)
    after = await sizes(world)
    assert {t: after[t] - before[t] for t in after} == {
        "declaration": 1, "declaration_line": 40, "batch": 1, "batch_result": 40, "worker": 40, "worker_rate": 40,
        "dual_activity": 0, "journal": 1, "idempotency": 1,
    }  # fmt: skip


async def test_the_same_key_with_other_lines_is_refused_and_changes_nothing(
    world: World, esat: Opened, jo: Person
) -> None:
    await jo.declares(**a_deposit(esat.partner.siret, "k", a_line(1), a_line(2)))
    before = await sizes(world)
    others: list[dict[str, object]] = [
        a_deposit(esat.partner.siret, "k", a_line(1)),
        a_deposit(esat.partner.siret, "k", a_line(2), a_line(1)),
        a_deposit(esat.partner.siret, "k", a_line(1), a_line(2, rate="99,99")),
        a_deposit(esat.partner.siret, "k", a_line(1), a_line(2), deposit=False),
        a_deposit(esat.partner.siret, "k", a_line(1), a_line(2), dryRun=True),
        a_deposit(esat.partner.siret, "k", a_line(1), a_line(2), mode="ALL_OR_NOTHING"),
    ]

    for other in others:
        with refused("IDEMPOTENCY_CONFLICT") as told:
            await jo.declares(**other)
        assert told.path == ["input", "idempotencyKey"]

    assert await sizes(world) == before


async def test_a_key_is_of_one_caller_and_of_one_act(
    world: World, esat: Opened, paris: Person, jo: Person
) -> None:
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")
    await paris.includes(esat.group, ana.user)
    await Person(world, "ana").accepts(ana.secret)
    values = a_deposit(esat.partner.siret, "k", a_line(1))
    first = await jo.declares(**values)

    second = await Person(world, "ana").declares(**values)
    changes = await jo.tells_changes(esat.partner.siret, "k")

    assert second["replayed"] is changes["replayed"] is False
    assert second["batch"]["id"] != first["batch"]["id"]
    assert counts(second["batch"]) == {"received": 1, "unchanged": 1}


async def test_a_replay_after_losing_the_role_says_that_it_was_done_and_shows_what_may_be_read(
    world: World, esat: Opened, paris: Person, jo: Person
) -> None:
    """An unknown outcome is settled for who sent it; what they may no longer read is not shown again."""
    values = a_deposit(esat.partner.siret, "k", a_line(1))
    done = await jo.declares(**values)
    await paris.attaches(
        esat.group, "ESAT_LECTEUR"
    )  # the group, and jo in it, may read any longer

    again = await jo.declares(**values)
    assert (again["replayed"], again["batch"]) == (True, done["batch"])
    with refused("FORBIDDEN"):
        await jo.declares(**values | {"idempotencyKey": "k2"})
    await paris.removes(esat.group, esat.member.user)

    blind = await world.act("jo", "remunerationsDeclare", BATCH, **values)
    assert (blind["replayed"], blind["batch"], blind["errors"]) == (True, None, [])


async def test_two_racing_deposits_are_the_first_and_the_second_and_one_is_live(
    world: World, esat: Opened
) -> None:
    siret, keys = esat.partner.siret, [f"k{i}" for i in range(12)]
    inputs = [
        a_deposit(
            siret, key, a_line(0, comment=key), *(a_line(n) for n in range(1, 12))
        )
        for key in keys
    ]

    raced = await asyncio.gather(
        *(world.act("jo", "remunerationsDeclare", BATCH, **values) for values in inputs)
    )

    made = sorted(
        (payload["batch"]["declaration"]["sequence"], key)
        for payload, key in zip(raced, keys, strict=True)
    )
    assert [sequence for sequence, _ in made] == list(range(1, 13))
    kept = await rows(world.database, "SELECT d.sequence, d.superseded_at, l.comment FROM declaration d JOIN declaration_line l ON l.declaration_id = d.id AND l.position = 0 WHERE d.siret = :s ORDER BY d.sequence", s=siret)  # fmt: skip
    assert [(d["sequence"], d["comment"]) for d in kept] == made
    assert [d["sequence"] for d in kept if d["superseded_at"] is None] == [12]


async def test_what_is_received_is_always_the_sum_of_what_it_became(
    world: World, esat: Opened, jo: Person
) -> None:
    """Created, replaced, unchanged, rejected and held, in every mixture and in both modes; a result for each."""
    siret = esat.partner.siret
    bad = {"rate": "0"}
    first = await jo.declares(**a_deposit(siret, "a", *(a_line(n) for n in range(6))))
    mixture = (
        a_line(0),
        a_line(1),
        a_line(2, rate="80"),
        a_line(3, **bad),
        a_line(6),
        a_line(7, nir="1"),
    )
    taken = await jo.declares(**a_deposit(siret, "b", *mixture, acknowledgeRemovals=3))
    held = await jo.declares(**a_deposit(siret, "c", *mixture, mode="ALL_OR_NOTHING"))
    draft = await jo.declares(**a_deposit(siret, "d", *mixture, deposit=False))
    nobody = {
        "nothingToDeclare": True,
        "acknowledgeRemovals": 4,
        "reason": "Plus aucun bénéficiaire",
    }
    empty = await jo.declares(**a_deposit(siret, "e", **nobody))

    assert counts(first["batch"]) == {"received": 6, "created": 6}
    assert counts(taken["batch"]) == {"received": 6, "created": 1, "replaced": 1, "unchanged": 2, "rejected": 2, "removed": 3}  # fmt: skip
    assert counts(held["batch"]) == {"received": 6, "rejected": 2, "held": 4}
    assert counts(draft["batch"]) == {"received": 6, "created": 4, "rejected": 2}
    assert counts(empty["batch"]) == {"removed": 4}
    for batch in (b["batch"] for b in (first, taken, held, draft, empty)):
        assert batch["received"] == sum(
            batch[n] for n in ("created", "replaced", "unchanged", "rejected", "held")
        )
        results = await rows(world.database, "SELECT status FROM batch_result WHERE batch_id = :b ORDER BY position", b=batch["id"])  # fmt: skip
        assert Counter(r["status"].lower() for r in results) == Counter({n: c for n, c in counts(batch).items() if n not in ("received", "removed")})  # fmt: skip


# how many lines


async def test_a_thousand_lines_are_taken_and_one_more_is_refused_as_a_whole(
    world: World, esat: Opened, jo: Person
) -> None:
    before = await sizes(world)
    lines = [a_line(n) for n in range(1000)]
    with refused("LINES_TOO_MANY") as told:
        await jo.declares(**a_deposit(esat.partner.siret, "k", *lines, a_line(0)))
    assert told.path == ["input", "lines"]
    assert await sizes(world) == before

    done = await jo.declares(**a_deposit(esat.partner.siret, "k", *lines))

    assert counts(done["batch"]) == {"received": 1000, "created": 1000}


async def test_nobody_to_declare_is_said_on_purpose_and_it_is_told(
    esat: Opened, jo: Person
) -> None:
    """R17: nobody to declare is said, too; a list that is empty by accident says nothing."""
    with refused("NOTHING_UNSAID", "R17") as silent:
        await jo.declares(**a_deposit(esat.partner.siret, "k"))
    assert silent.path == ["input", "nothingToDeclare"]
    with refused("NOTHING_UNSAID", "R17"):
        await jo.declares(
            **a_deposit(esat.partner.siret, "k", a_line(1), nothingToDeclare=True)
        )

    done = await jo.declares(
        **a_deposit(esat.partner.siret, "k", nothingToDeclare=True)
    )

    assert done["errors"] == []
    assert [(w["code"], w["path"]) for w in done["warnings"]] == [
        ("NOTHING_DECLARED", ["input", "lines"])
    ]
    assert done["batch"]["declaration"] == {"id": done["batch"]["declaration"]["id"], "sequence": 1, "status": "DEPOSITED"}  # fmt: skip
    assert counts(done["batch"]) == {}


async def test_without_lines_and_without_a_draft_there_is_nothing_to_deposit(
    esat: Opened, jo: Person
) -> None:
    for more in ({}, {"deposit": False}, {"dryRun": True}):
        with refused("DRAFT_MISSING") as told:
            await jo.declares(
                **a_deposit(esat.partner.siret, "k") | {"lines": None} | more
            )
        assert told.path == ["input", "lines"]


# hostile cells


async def test_a_cell_may_be_a_number_or_a_flag(esat: Opened, jo: Person) -> None:
    line = a_line(
        1, nir=int(a_nir(1)), matricule=1000001, rate=100, netRemuneration=1112.32, netAid=833.01, esatShare=17,
        dualActivity=False, siret=int(esat.partner.siret), clientReference=7,
    )  # fmt: skip

    done = await jo.declares(
        **a_deposit(esat.partner.siret, "k", line, a_line(2, payingOrganism=751))
    )

    assert done["errors"] == []
    read = await jo.reads(done["batch"]["declaration"]["id"], "... on Declaration { lines { nodes { clientReference netRemuneration rate dualActivity } } }")  # fmt: skip
    assert read["lines"]["nodes"][0] == {
        "clientReference": "7", "netRemuneration": "1112.32", "rate": "100.00", "dualActivity": False
    }  # fmt: skip


HUGE = "Z" * 100_000
STRANGE: dict[str, tuple[object, ...]] = {
    "birthName": (HUGE, "7", "=1+1", "<script>", "Z\u0301\u0301", "\u200b", "a\tb@", "Ⅷ"),
    "nir": (HUGE, "-1", "1e400", "٤" * 15, "185157599904272", "269054958815780", True, 1.85e14),
    "birthDate": ("01/01/99999999999999999999", "31/02/1985", "99/99/9999", "0000-00-00", "27/05/85", HUGE, -1, "1985"),
    "enteredOn": ("01/01/" + "9" * 4000, "2015-13-01", "demain"),
    "rate": ("NaN", "Infinity", "-5", "1e2", "100,001", "0,00", HUGE, True, 10**30),
    "netRemuneration": ("12345678901234567890", "1,2,3", "1.234.567,891", "--1", "0x10", "١٠٠", HUGE, 1e300),
    "netAid": ("NaN", "-0,01", "1 000 000 000 000"),
    "esatShare": ("100,01", "-1", "douze"),
    "matricule": ("12345678", "1234567890123456", "abc", HUGE),
    "payingOrganism": ("999", "CNA", "CNAF", "CR1", "org_751", HUGE, "75 1"),
    "siret": ("1", CANAL, HUGE, 12),
    "dualActivity": ("peut-être", HUGE, 2),
    "dualActivitySince": ("hier", HUGE),
    "dualActivityHours": ("99999999", HUGE),
    "dualActivityEmployer": ("1", HUGE),
    "noPayReason": ("MALADIE", HUGE),
    "referenceMonth": ("2025-11", "2026-12", HUGE),
    "aahBeneficiary": ("sans doute", HUGE),
    "comment": (HUGE, f"né sous le {a_nir(900)}"),
    "confirmation": (HUGE, f"vu {a_nir(900)}"),
    "clientReference": (HUGE,),
}  # fmt: skip


async def test_a_strange_cell_is_the_error_of_its_own_line_and_field_and_no_value_is_said_again(
    world: World, esat: Opened, jo: Person
) -> None:
    cases = [(field, value) for field, values in STRANGE.items() for value in values]
    for start in range(0, len(cases), 15):  # a body has its own limit
        some = cases[start : start + 15]
        lines = [
            a_line(start + i, **_no_amounts(field), **{field: value})
            for i, (field, value) in enumerate(some)
        ]

        answer = await world.post(
            "jo",
            DECLARED,
            {"input": a_deposit(esat.partner.siret, f"k{start}", *lines)},
        )

        payload = answer.json()["data"]["act"]
        assert payload["errors"][0]["code"] == "NOTHING_ACCEPTED"
        errors = {(int(e["path"][2]), e["path"][3]) for e in payload["errors"][1:]}
        assert errors == {(i, field) for i, (field, _) in enumerate(some)}, [
            some[i] for i in range(len(some)) if (i, some[i][0]) not in errors
        ]
        assert counts(payload["batch"])["rejected"] == len(some)
        assert "ZZZZ" not in answer.text
        assert a_nir(900)[:13] not in answer.text
    assert (await jo.declares(**a_deposit(esat.partner.siret, "good", a_line(1))))[
        "errors"
    ] == []


def _no_amounts(field: str) -> dict[str, object]:
    return {"netRemuneration": None, "netAid": None} if field == "noPayReason" else {}


DECLARED = "mutation($input: RemunerationsDeclareInput!) { act: remunerationsDeclare(input: $input) { batch { received rejected created replaced unchanged held removed } errors { code message path } } }"
SECRET = "Zibeline"


async def test_what_is_no_cell_is_an_error_of_the_request_and_nothing_of_it_is_said_again(
    world: World, esat: Opened
) -> None:
    before = await sizes(world)
    for value in ({"a": SECRET}, [SECRET], [[SECRET]], [], {}, {"nir": [a_nir(900)]}):
        for field in ("nir", "birthName", "netRemuneration", "clientReference"):
            values = a_deposit(esat.partner.siret, "k", a_line(1, **{field: value}))

            answer = await world.post("jo", DECLARED, {"input": values})

            body = answer.json()
            assert "data" not in body
            assert [e["extensions"]["code"] for e in body["errors"]] == [
                "BAD_USER_INPUT"
            ]
            assert SECRET not in answer.text
            assert a_nir(900) not in answer.text
    assert await sizes(world) == before


async def test_nul_and_lone_surrogates_are_refused_at_the_edge(
    world: World, esat: Opened
) -> None:
    values = a_deposit(esat.partner.siret, "k", a_line(1, birthName=f"{SECRET}HERE"))
    body = orjson.dumps({"query": DECLARED, "variables": {"input": values}})
    headers = {
        "Authorization": f"Bearer {world.issuer.issue('jo')}",
        "Content-Type": "application/json",
    }
    before = await sizes(world)

    for odd in (b"\\u0000", b"\x00", b"\\ud800", b"\\udc00x", b"\xed\xa0\x80", b"\xff"):
        answer = await world.client.post(
            "/graphql", content=body.replace(b"HERE", odd), headers=headers
        )

        assert (
            answer.status_code,
            answer.json()["errors"][0]["extensions"]["code"],
        ) == (400, "MALFORMED"), odd
        assert SECRET not in answer.text
    literal = 'mutation { act: remunerationsDeclare(input: {establishment: {siret: "1"}, campaignYear: 2026, deposit: true, idempotencyKey: "k", lines: [{birthName: "ZibelineHERE"}]}) { replayed } }'
    for escape in ("\\u{0}", "\\uD800", "\\u{D800}", "\\u{110000}"):
        answer = await world.post("jo", literal.replace("HERE", escape))
        assert "data" not in answer.json(), escape
        assert SECRET not in answer.text
    assert await sizes(world) == before
