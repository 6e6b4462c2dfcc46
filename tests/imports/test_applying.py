"""Taking the lines of an extraction: each once, judged again under the lock, arbitrated where they disagree, then purged."""

import asyncio
import hashlib
from typing import Any

import orjson

from persistence.engine import Database
from tests.acting.ledger import journalled, rows
from tests.conftest import World
from tests.journeys.story import Person, a_siret, refused

from .sending import Desk, a_file, a_line, outcomes

ORIGINS = "query($s: String!) { partner(by: {siret: $s}) { id name follower { code } establishments { nodes { siret } } origins { knownMcp knownHabtiers active lineNumber digest import { id } } } }"


async def partner(desk: Desk, siret: str) -> Any:  # noqa: ANN401 JSON
    return (await desk.asker.ask(desk.who, ORIGINS, s=siret))["partner"]


async def recounted(database: Database) -> None:
    """The header's counts are those of its lines, and add up."""
    for head in await rows(database, "SELECT * FROM import WHERE purged_on IS NULL"):
        lines = await rows(
            database,
            "SELECT outcome, applied_on FROM import_line WHERE import_id = :id",
            id=head["id"],
        )
        found = [line["outcome"].lower() for line in lines]
        assert head["received"] == len(lines)
        assert head["applied"] == sum(line["applied_on"] is not None for line in lines)
        for name in ("new", "changed", "unchanged", "conflict", "rejected"):
            assert head[f"{name}_count"] == found.count(name)


# taking


async def test_the_columns_are_confirmed_before_anything_is_taken(paris: Desk) -> None:
    sent = await paris.sends(a_file(a_line()))

    with refused("EXTRACT_COLUMNS", "R57") as told:
        await paris.applies(sent, columnsConfirmed=False)

    assert told.path == ["input", "columnsConfirmed"]


async def test_nothing_is_taken_of_a_file_that_has_not_come(paris: Desk) -> None:
    with refused("EXTRACT_NOT_RECEIVED"):
        await paris.applies(await paris.opens())


async def test_lines_known_in_neither_list_or_inactive_are_taken_and_make_no_partner(
    paris: Desk,
) -> None:
    neither, inactive, both = a_siret(), a_siret(), a_siret()
    file = a_file(
        a_line(neither, habtiers="N", active=""),
        a_line(inactive, active="N"),
        a_line(both, mcp="O", active="N"),
    )
    sent = await paris.sends(file)

    done = await paris.applies(sent)

    assert [done[n] for n in ("applied", "registered", "left")] == [3, 0, 0]
    assert [await partner(paris, siret) for siret in (neither, inactive, both)] == [
        None,
        None,
        None,
    ]
    again = await paris.sends(file)
    assert outcomes(await paris.lines(again)) == [
        ("UNCHANGED", ["EXTRACT_NEITHER"]), ("UNCHANGED", ["EXTRACT_INACTIVE"]), ("UNCHANGED", ["EXTRACT_INACTIVE"]),
    ]  # fmt: skip
    await recounted(paris.asker.database)  # type: ignore[attr-defined]


async def test_a_partner_registered_later_takes_the_word_of_its_siret(
    paris: Desk, world: World
) -> None:
    siret = a_siret()
    sent = await paris.sends(a_file(a_line(siret, active="N")))
    await paris.applies(sent)

    made = await Person(world, "agent-paris").registers(siret)

    (origin,) = (await partner(paris, siret))["origins"]
    assert [
        origin[n] for n in ("knownMcp", "knownHabtiers", "active", "lineNumber")
    ] == [False, True, False, 2]
    assert origin["import"] == {"id": sent}
    (line,) = await paris.lines(sent)
    assert line["partner"] == {"id": made.id}


async def test_a_registered_partner_gets_its_origin_whatever_the_line_says(
    paris: Desk, world: World
) -> None:
    made = await Person(world, "agent-paris").registers(a_siret())

    done = await paris.applies(
        await paris.sends(a_file(a_line(made.siret, active="N")))
    )

    assert (done["applied"], done["registered"]) == (1, 0)
    (origin,) = (await partner(paris, made.siret))["origins"]
    assert origin["active"] is False


async def test_a_later_extraction_says_what_changed_and_adds_an_origin(
    paris: Desk,
) -> None:
    siret = a_siret()
    await paris.applies(
        await paris.sends(a_file(a_line(siret, contact="a@exemple.invalid")))
    )

    second = await paris.sends(
        a_file(a_line(siret, mcp="O", seen="03/02/2025", contact="b@exemple.invalid"))
    )
    (line,) = await paris.lines(second)
    done = await paris.applies(second)

    assert line["outcome"] == "CHANGED"
    hidden = {"before": "«modifié»", "after": "«modifié»"}
    assert line["changes"] == {
        "known_mcp": {"before": False, "after": True},
        "last_seen_on": {"before": None, "after": "2025-02-03"},
        "contact": hidden,
    }
    assert (done["applied"], done["registered"]) == (1, 0)
    assert [o["knownMcp"] for o in (await partner(paris, siret))["origins"]] == [
        False,
        True,
    ]
    assert (await paris.lines(second))[0]["changes"] == line["changes"]


async def test_an_inactive_partner_that_comes_back_is_registered_then(
    paris: Desk,
) -> None:
    siret = a_siret()
    await paris.applies(await paris.sends(a_file(a_line(siret, active="N"))))

    done = await paris.applies(await paris.sends(a_file(a_line(siret))))

    assert (done["applied"], done["registered"]) == (1, 1)
    assert len((await partner(paris, siret))["origins"]) == 1


async def test_lines_may_be_taken_one_by_one(paris: Desk) -> None:
    sent = await paris.sends(a_file(a_line(), a_line(), a_line("")))
    first, second, rejected = (line["id"] for line in await paris.lines(sent))

    done = await paris.applies(sent, lineIds=[second, rejected])

    assert (done["applied"], done["left"]) == (1, 1)
    assert [(w["code"], w["path"]) for w in done["warnings"]] == [
        ("EXTRACT_LEFT", ["input", "lineIds", "1"])
    ]
    assert (await paris.applies(sent, lineIds=[first, second]))["applied"] == 1
    with refused("NOT_FOUND"):
        await paris.applies(sent, lineIds=[first.replace("exl_", "exl_0")])


async def test_an_establishment_outside_the_caf_s_departments_is_told(
    paris: Desk,
) -> None:
    sent = await paris.sends(a_file(a_line(department="13")))

    done = await paris.applies(sent)

    assert [(w["code"], w["path"]) for w in done["warnings"]] == [
        ("OTHER_DEPARTMENT", ["input", "lines", "2"])
    ]


async def test_the_same_application_twice_changes_nothing(paris: Desk) -> None:
    sent = await paris.sends(a_file(a_line(), a_line()))
    first = await paris.applies(sent, idempotencyKey="k")
    entries = await journalled(paris.asker.database, "importApply")  # type: ignore[attr-defined]

    replayed = await paris.applies(sent, idempotencyKey="k")
    again = await paris.applies(sent)

    assert (
        first["applied"],
        replayed["replayed"],
        again["applied"],
        again["registered"],
    ) == (2, True, 0, 0)
    assert entries == 3  # the act's own, and one for each partner
    assert await journalled(paris.asker.database, "importApply") == 4  # type: ignore[attr-defined]


async def test_two_imports_of_one_file_applied_at_once_register_each_partner_once(
    paris: Desk, world: World
) -> None:
    file = a_file(*(a_line() for _ in range(8)))
    imports = [await paris.sends(file) for _ in range(3)]

    done = await asyncio.gather(*(paris.applies(one) for one in imports + imports))

    assert sorted(d["applied"] for d in done) == [0, 0, 0, 0, 0, 8]
    assert sum(d["registered"] for d in done) == 8
    assert len(await rows(world.database, "SELECT id FROM partner_origin")) == 8
    await recounted(world.database)


async def test_what_moved_to_a_conflict_since_the_preview_is_left_and_told(
    paris: Desk, world: World
) -> None:
    siret = a_siret()
    sent = await paris.sends(a_file(a_line(siret), a_line()))
    await Person(world, "agent-hauts-de-seine").registers(
        siret, organismId="org_921", department="92"
    )

    done = await paris.applies(sent)

    assert (done["applied"], done["left"]) == (1, 1)
    assert [(w["code"], w["path"]) for w in done["warnings"]] == [
        ("EXTRACT_OTHER_CAF", ["input", "lines", "2"])
    ]
    assert outcomes(await paris.lines(sent))[0] == ("CONFLICT", ["EXTRACT_OTHER_CAF"])
    await recounted(world.database)


async def test_an_establishment_of_another_partner_is_a_conflict_and_stays_there(
    paris: Desk, world: World
) -> None:
    agent = Person(world, "agent-paris")
    owner, siret = await agent.registers(a_siret()), a_siret()
    await agent.adds_establishment(owner.id, siret, "75")
    sent = await paris.sends(a_file(a_line(siret)))
    (line,) = await paris.lines(sent)
    assert outcomes([line]) == [("CONFLICT", ["ESTABLISHMENT_KNOWN"])]

    await paris.arbitrates(line["id"])
    done = await paris.applies(sent)

    assert (done["applied"], done["registered"]) == (1, 1)
    assert [w["code"] for w in done["warnings"]] == ["ESTABLISHMENT_KNOWN"]
    assert (await partner(paris, siret))["establishments"]["nodes"] == []


# arbitrating


async def test_one_of_two_contradictory_lines_is_taken_and_the_other_set_aside(
    paris: Desk,
) -> None:
    siret = a_siret()
    file = a_file(
        a_line(siret, name="Un"), a_line(siret, name="Deux"), a_line(siret, name="Un")
    )
    sent = await paris.sends(file)
    one, two, three = await paris.lines(sent)
    assert [line["outcome"] for line in (one, two, three)] == [
        "CONFLICT",
        "CONFLICT",
        "UNCHANGED",
    ]
    assert (await paris.applies(sent))["left"] == 2

    await paris.arbitrates(one["id"])
    await paris.arbitrates(two["id"])
    done = await paris.applies(sent)

    assert [line["arbitration"] for line in await paris.lines(sent)] == [
        "SET_ASIDE",
        "TAKEN",
        None,
    ]
    assert (done["applied"], done["registered"], done["left"]) == (1, 1, 0)
    assert (await partner(paris, siret))["name"] == "Deux"
    with refused("EXTRACT_APPLIED"):
        await paris.arbitrates(one["id"])
    again = await paris.sends(file)
    assert [line["outcome"] for line in await paris.lines(again)] == ["UNCHANGED"] * 3


async def test_a_contradiction_about_what_was_taken_says_what_changes(
    paris: Desk,
) -> None:
    siret = a_siret()
    await paris.applies(await paris.sends(a_file(a_line(siret))))

    sent = await paris.sends(
        a_file(a_line(siret), a_line(siret, mcp="O"), a_line(siret, habtiers="N"))
    )
    same, known, unknown = await paris.lines(sent)
    await paris.arbitrates(known["id"])
    done = await paris.applies(sent)

    assert [line["outcome"] for line in (same, known, unknown)] == [
        "UNCHANGED",
        "CONFLICT",
        "CONFLICT",
    ]
    assert (done["applied"], done["registered"], done["left"]) == (1, 0, 0)
    change = {"known_mcp": {"before": False, "after": True}}
    assert (known["changes"], (await paris.lines(sent))[1]["changes"]) == (
        change,
        change,
    )
    assert [o["knownMcp"] for o in (await partner(paris, siret))["origins"]] == [
        False,
        True,
    ]


async def test_a_registration_and_a_taking_of_one_siret_at_once_make_one_partner_with_its_origin(
    paris: Desk, world: World
) -> None:
    sirets = [a_siret() for _ in range(4)]
    sent = await paris.sends(a_file(*(a_line(siret) for siret in sirets)))
    facts = {
        "name": "ESAT",
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }

    await asyncio.gather(
        paris.tries(
            "importApply", importId=sent, organismId="org_751", columnsConfirmed=True
        ),
        *(paris.tries("partnerRegister", siret=siret, **facts) for siret in sirets),
    )
    await paris.applies(sent)

    assert [len((await partner(paris, siret))["origins"]) for siret in sirets] == [
        1,
        1,
        1,
        1,
    ]
    await recounted(world.database)


async def test_only_a_conflict_is_arbitrated(paris: Desk) -> None:
    (line,) = await paris.lines(await paris.sends(a_file(a_line())))

    with refused("EXTRACT_NOT_CONFLICT"):
        await paris.arbitrates(line["id"])


async def test_a_line_that_another_caf_has_taken_is_not_set_aside_by_its_rival(
    paris: Desk, hauts_de_seine: Desk
) -> None:
    siret = a_siret()
    sent = await paris.sends(
        a_file(a_line(siret), a_line(siret, caf="921", department="92"))
    )
    (mine,), (theirs,) = await paris.lines(sent), await hauts_de_seine.lines(sent)
    await hauts_de_seine.arbitrates(theirs["id"])

    with refused("EXTRACT_TAKEN_ELSEWHERE"):
        await paris.arbitrates(mine["id"])

    await hauts_de_seine.arbitrates(theirs["id"], "SET_ASIDE")
    await paris.arbitrates(mine["id"])
    assert (await paris.applies(sent))["registered"] == 1


async def test_against_the_register_the_file_s_word_may_be_taken_and_the_caf_stays(
    paris: Desk, hauts_de_seine: Desk, world: World
) -> None:
    made = await Person(world, "agent-hauts-de-seine").registers(
        a_siret(), organismId="org_921", department="92"
    )
    sent = await paris.sends(a_file(a_line(made.siret)))
    (line,) = await paris.lines(sent)
    assert "Suivi par : Caf des Hauts-de-Seine (921)." in line["reasons"][0]["message"]

    await paris.arbitrates(line["id"])
    assert (await paris.applies(sent))["applied"] == 1

    seen = await partner(hauts_de_seine, made.siret)
    assert (seen["follower"]["code"], len(seen["origins"])) == ("921", 1)


# purging


async def test_the_purge_leaves_the_header_and_a_proof_that_the_file_s_holder_makes_again(
    paris: Desk, national: Desk, world: World
) -> None:
    siret = a_siret()
    sent = await paris.sends(a_file(a_line(siret), a_line("")))
    given = {"importId": sent, "purgeReason": "Fin de la migration"}
    with refused("EXTRACT_WAITING", "R13"):
        await national.does("importPurge", **given)
    await paris.applies(sent)
    lines = await rows(
        world.database,
        "SELECT number, fingerprint, outcome, applied_on FROM import_line ORDER BY number",
    )

    await national.does("importPurge", **given)

    kept = [
        [
            line["number"],
            line["fingerprint"],
            line["outcome"],
            line["applied_on"] is not None,
        ]
        for line in lines
    ]
    seen = await paris.sees(
        sent,
        "status received new rejected applied proof purgedOn digest lines { totalCount }",
    )
    assert seen["proof"] == hashlib.sha256(orjson.dumps(kept)).hexdigest()
    assert (seen["status"], seen["purgedOn"], seen["received"], seen["applied"]) == (
        "PURGED",
        "2026-12-10",
        2,
        1,
    )
    assert (seen["new"], seen["rejected"], seen["lines"]["totalCount"]) == (1, 1, 0)
    (head,) = await rows(world.database, "SELECT content FROM import")
    assert head["content"] is None
    assert len((await partner(paris, siret))["origins"]) == 1
    for act in ("importPurge", "importApply"):
        more = (
            {"purgeReason": "x"}
            if act == "importPurge"
            else {"organismId": "org_751", "columnsConfirmed": True}
        )
        desk = national if act == "importPurge" else paris
        with refused("EXTRACT_PURGED", "R13"):
            await desk.does(act, importId=sent, **more)


async def test_after_the_purge_the_origin_still_knows_the_word(
    paris: Desk, national: Desk
) -> None:
    siret = a_siret()
    file = a_file(a_line(siret))
    sent = await paris.sends(file)
    await paris.applies(sent)
    await national.does("importPurge", importId=sent, purgeReason="Fin")

    same = await paris.lines(await paris.sends(file))
    other = await paris.lines(await paris.sends(a_file(a_line(siret, mcp="O"))))

    assert [line["outcome"] for line in (*same, *other)] == ["UNCHANGED", "CHANGED"]
    assert other[0]["changes"] == {"known_mcp": {"before": False, "after": True}}


async def test_what_waits_is_purged_by_force_alone(paris: Desk, national: Desk) -> None:
    sent = await paris.sends(a_file(a_line()))

    await national.does(
        "importPurge", importId=sent, purgeReason="Erreur de fichier", force=True
    )

    assert (await paris.sees(sent, "status"))["status"] == "PURGED"


# much


async def test_five_thousand_lines_are_previewed_and_taken(
    national: Desk, paris: Desk
) -> None:
    known = (a_line(a_siret(number), active="N") for number in range(1_000, 5_900))
    sent = await national.sends(a_file(*known, *(a_line() for _ in range(100))))

    done = await paris.applies(sent)

    assert [done[n] for n in ("applied", "registered", "left")] == [5_000, 100, 0]
    assert done["import"]["received"] == 5_000
