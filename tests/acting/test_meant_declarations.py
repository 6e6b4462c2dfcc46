"""A declaration says what somebody meant: nothing is declared, or declared no longer, by a bad file (R16 to R26)."""

from typing import Any

import pytest

from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_nir, counts
from tests.journeys.story import TODAY, TOMORROW, Opened, Person, an_open_esat, refused
from tests.reading.declared_story import CANAL, last_year

from .ledger import rows
from .test_remunerations import sizes, the_export

LINES = """{ lines(campaignId: "cmp_2026", live: true, first: 100) { nodes {
  id clientReference establishmentSiret processing processingReason paidBy { code } dualActivity dualActivitySince dualActivityHours } } }"""
DECLARED = "query($siret: String!) { partner(by: {siret: $siret}) { establishments { nodes { declarations(status: DEPOSITED) { nodes { sequence lineCount nothingToDeclare } } } } } }"
REASON = "Départs confirmés par la direction"


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


async def lines_of(person: Person, esat: Opened) -> dict[str, dict[str, Any]]:
    lines = (await person.asks(LINES))["lines"]["nodes"]
    mine = [line for line in lines if line["establishmentSiret"] == esat.partner.siret]
    return {line["clientReference"]: line for line in mine}


async def changes_of(person: Person, esat: Opened) -> list[dict[str, Any]]:
    query = """{ activityChanges(first: 100, source: CHANGE) { nodes { establishmentSiret kind effectiveOn status rateBefore rateAfter
      correctedBy { kind } worker { rates { rate } } } } }"""
    changes = (await person.asks(query))["activityChanges"]["nodes"]
    return [
        change
        for change in changes
        if change["establishmentSiret"] == esat.partner.siret
    ]


async def in_force(person: Person, siret: str) -> list[dict[str, Any]]:
    (place,) = (await person.asks(DECLARED, siret=siret))["partner"]["establishments"][
        "nodes"
    ]
    return list(place["declarations"]["nodes"])


# a file whose lines are all bad


async def test_a_file_whose_lines_are_all_rejected_deposits_nothing_and_the_good_certificate_stays(
    world: World,
) -> None:
    """Birth dates mangled by a spreadsheet: 78 lines rejected, and the 66 of before are still declared."""
    delphine = Person(world, "declarante-canal")
    good = the_export("good")
    first = await delphine.declares(**good)
    assert counts(first["batch"])["created"] == 66
    mangled = [{**line, "birthDate": "########"} for line in good["lines"]]
    before = await sizes(world, "declaration", "declaration_line", "worker")

    for more in (
        {},
        {"dryRun": True},
        {"acknowledgeRemovals": 66, "reason": REASON},
    ):
        done = await delphine.declares(
            **{**good, "lines": mangled, "idempotencyKey": f"bad {more}"} | more
        )

        assert done["errors"][0]["code"] == "NOTHING_ACCEPTED"
        assert done["errors"][0]["path"] == ["input", "lines"]
        assert counts(done["batch"]) == {"received": 78, "rejected": 78}
        assert done["batch"]["declaration"] is None
    assert await sizes(world, "declaration", "declaration_line", "worker") == before


async def test_nobody_is_declared_no_longer_unless_their_number_is_confirmed(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", *(a_line(n) for n in range(6))))
    five = [a_line(n) for n in range(5)]

    for number, guess in enumerate((None, 0, 2, 6)):
        more = {} if guess is None else {"acknowledgeRemovals": guess}
        done = await jo.declares(**a_deposit(siret, f"guess {number}", *five, **more))
        (told,) = done["errors"]
        assert (told["code"], told["path"]) == (
            "REMOVALS_UNACKNOWLEDGED",
            ["input", "acknowledgeRemovals"],
        )
        assert told["message"].endswith("Nombre : 1.")
        assert counts(done["batch"]) == {"received": 5, "held": 5}
    assert set(await lines_of(jo, esat)) == {f"P00{n}" for n in range(6)}

    done = await jo.declares(**a_deposit(siret, "meant", *five, acknowledgeRemovals=1))
    assert (done["errors"], counts(done["batch"])) == (
        [],
        {"received": 5, "unchanged": 5, "removed": 1},
    )


async def test_more_than_half_declared_no_longer_needs_a_reason_too(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", *(a_line(n) for n in range(6))))

    half = await jo.declares(
        **a_deposit(
            siret,
            "2",
            *(a_line(n) for n in range(3)),
            acknowledgeRemovals=3,
            dryRun=True,
        )
    )
    assert half["errors"] == []
    for blank in ({}, {"reason": "  "}):
        silent = await jo.declares(
            **a_deposit(
                siret,
                f"3 {blank}",
                a_line(0),
                a_line(1),
                acknowledgeRemovals=4,
                **blank,
            )
        )
        assert [(e["code"], e["path"]) for e in silent["errors"]] == [
            ("REMOVALS_REASON", ["input", "reason"])
        ]
    done = await jo.declares(
        **a_deposit(
            siret, "4", a_line(0), a_line(1), acknowledgeRemovals=4, reason=REASON
        )
    )

    assert counts(done["batch"]) == {"received": 2, "unchanged": 2, "removed": 4}


async def test_a_dry_run_names_whom_a_deposit_would_declare_no_longer(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", *(a_line(n) for n in range(4))))

    essay = await world.act(
        "jo",
        "remunerationsDeclare",
        "removals { birthName matricule nir }",
        **a_deposit(siret, "2", a_line(0), a_line(1), dryRun=True),
    )

    assert codes(essay) == ["REMOVALS_UNACKNOWLEDGED"]
    assert sorted(worker["matricule"] for worker in essay["removals"]) == [
        "1000002",
        "1000003",
    ]
    assert {worker["nir"] for worker in essay["removals"]} == {"1 85 05 ** *** *** **"}
    versions = await rows(
        world.database,
        "SELECT DISTINCT version FROM worker WHERE matricule LIKE '100000_'",
    )
    assert [row["version"] for row in versions] == [1], (
        "a person who is shown is not changed"
    )


async def test_nobody_to_declare_over_a_certificate_removes_everybody_and_says_so(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0), a_line(1)))

    asked = await jo.declares(**a_deposit(siret, "2", nothingToDeclare=True))
    done = await jo.declares(
        **a_deposit(
            siret, "3", nothingToDeclare=True, acknowledgeRemovals=2, reason=REASON
        )
    )

    assert codes(asked) == ["REMOVALS_UNACKNOWLEDGED"]
    assert counts(done["batch"]) == {"removed": 2}
    (deposited,) = await in_force(Person(world, "agent-paris"), siret)
    assert (deposited["lineCount"], deposited["nothingToDeclare"]) == (0, True)


async def test_who_is_no_beneficiary_is_not_among_those_to_confirm_and_holds_no_other_line(
    esat: Opened, jo: Person, seine: Person
) -> None:
    """What the register itself refuses is no fault of the file, whatever the mode."""
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, "921"), a_line(1)))
    await seine.processes(
        "NOT_BENEFICIARY",
        (await lines_of(jo, esat))["P000"]["id"],
        processingReason="Aucun droit",
    )

    done = await jo.declares(
        **a_deposit(siret, "2", a_line(0, "921"), a_line(1), mode="ALL_OR_NOTHING")
    )

    assert codes(done) == ["WORKER_NOT_BENEFICIARY"]
    assert counts(done["batch"]) == {
        "received": 2,
        "unchanged": 1,
        "rejected": 1,
        "removed": 1,
    }


# parts


async def test_a_second_part_of_an_establishment_does_not_undeclare_the_first(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", *(a_line(n) for n in range(10))))

    second = await jo.declares(
        **a_deposit(siret, "2", *(a_line(n) for n in range(10, 15)))
    )

    assert codes(second) == ["REMOVALS_UNACKNOWLEDGED"]
    assert len(await lines_of(jo, esat)) == 10


async def test_two_parts_of_a_draft_are_one_deposit(esat: Opened, jo: Person) -> None:
    siret = esat.partner.siret
    first = await jo.declares(
        **a_deposit(siret, "1", *(a_line(n) for n in range(7)), deposit=False)
    )
    draft = first["batch"]["declaration"]["id"]

    second = await jo.declares(
        **a_deposit(siret, "2", *(a_line(n) for n in range(7, 10)), deposit=False)
    )
    done = await jo.declares(**a_deposit(siret, "3") | {"lines": None})

    assert second["batch"]["declaration"]["id"] == draft
    assert counts(second["batch"]) == {"received": 3, "created": 3}
    assert counts(done["batch"]) == {"received": 10, "created": 10}
    kept = await jo.reads(draft, "... on Declaration { status lineCount }")
    assert (kept["status"], kept["lineCount"]) == ("SUPERSEDED", 0)
    assert len(await lines_of(jo, esat)) == 10


async def test_a_direct_deposit_leaves_the_draft_in_place_and_says_so(
    esat: Opened, jo: Person
) -> None:
    """What somebody prepares is not lost to a deposit of somebody else, and does not undo it unseen."""
    siret = esat.partner.siret
    await jo.declares(
        **a_deposit(siret, "1", *(a_line(n) for n in range(7)), deposit=False)
    )

    direct = await jo.declares(**a_deposit(siret, "2", *(a_line(n) for n in range(3))))

    assert (direct["errors"], codes(direct, "warnings")) == ([], ["DRAFT_EXISTS"])
    with refused("SEQUENCE_MOVED") as stale:
        await jo.declares(**a_deposit(siret, "3") | {"lines": None})
    assert (stale.path, stale.message[-16:]) == (
        ["input", "expectedSequence"],
        "Rang actuel : 2.",
    )
    done = await jo.declares(
        **a_deposit(siret, "4", expectedSequence=2) | {"lines": None}
    )
    assert counts(done["batch"]) == {"received": 7, "created": 4, "unchanged": 3}


async def test_a_deposit_that_expects_another_certificate_in_force_is_refused(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0), expectedSequence=0))

    for expected in (0, 2):
        with refused("SEQUENCE_MOVED"):
            await jo.declares(
                **a_deposit(
                    siret, f"not {expected}", a_line(0), expectedSequence=expected
                )
            )
    assert (await jo.declares(**a_deposit(siret, "2", a_line(0), expectedSequence=1)))[
        "errors"
    ] == []


async def test_too_many_lines_of_one_establishment_are_not_told_to_be_cut_by_establishment(
    esat: Opened, jo: Person
) -> None:
    lines = [a_line(n % 1000) for n in range(1001)]
    with refused("LINES_TOO_MANY") as told:
        await jo.declares(**a_deposit(esat.partner.siret, "k", *lines))

    assert "coupez-le par établissement" not in told.message
    assert told.message.endswith(
        "mettez d'abord les lignes dans un brouillon, en plusieurs fois."
    )


# treatments follow the words


async def test_what_a_caf_did_survives_a_bad_file_that_stood_in_between(
    world: World, esat: Opened, jo: Person, seine: Person
) -> None:
    """Good, bad, good: each treatment is found again; a returned line that is sent unchanged stays returned."""
    siret = esat.partner.siret
    good = [a_line(n, "921") for n in range(4)]
    await jo.declares(**a_deposit(siret, "1", *good))
    ids = {
        reference: line["id"] for reference, line in (await lines_of(jo, esat)).items()
    }
    await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"], ids["P001"])
    await seine.processes(
        "RETURNED", ids["P002"], processingReason="Matricule à revoir"
    )
    bad = {"acknowledgeRemovals": 3, "reason": REASON}
    await jo.declares(**a_deposit(siret, "2", a_line(3, "921"), **bad))

    again = await jo.declares(**a_deposit(siret, "3", *good))

    now = await lines_of(seine, esat)
    assert {r: line["processing"] for r, line in now.items()} == {
        "P000": "TAKEN_INTO_ACCOUNT",
        "P001": "TAKEN_INTO_ACCOUNT",
        "P002": "RETURNED",
        "P003": None,
    }
    assert now["P002"]["processingReason"] == "Matricule à revoir"
    assert codes(again, "warnings") == ["LINE_STILL_RETURNED"]
    treated = await rows(world.database, "SELECT outcome FROM treatment ORDER BY id")
    assert [row["outcome"] for row in treated] == [
        "TAKEN_INTO_ACCOUNT",
        "TAKEN_INTO_ACCOUNT",
        "RETURNED",
    ]


async def test_a_treatment_of_other_words_is_not_found_again(
    esat: Opened, jo: Person, seine: Person
) -> None:
    """A treated, B treated, A again: the last answer was to B, so A needs a new one. A comment changes no word."""
    siret = esat.partner.siret
    a, b = a_line(0, "921"), a_line(0, "921", givenNames="Ariane")
    for key, line in (("1", a), ("2", b)):
        await jo.declares(**a_deposit(siret, key, line))
        await seine.processes(
            "TAKEN_INTO_ACCOUNT", (await lines_of(jo, esat))["P000"]["id"]
        )

    commented = await jo.declares(
        **a_deposit(
            siret, "3", b | {"comment": "Sans changement", "clientReference": "P000"}
        )
    )
    assert counts(commented["batch"]) == {"received": 1, "unchanged": 1}
    assert (await lines_of(jo, esat))["P000"]["processing"] == "TAKEN_INTO_ACCOUNT"
    back = await jo.declares(**a_deposit(siret, "4", a))

    assert counts(back["batch"]) == {"received": 1, "replaced": 1}
    assert (await lines_of(jo, esat))["P000"]["processing"] is None


# the payer


async def test_another_caf_than_the_one_of_the_card_is_confirmed_or_the_line_is_rejected(
    esat: Opened, jo: Person, seine: Person
) -> None:
    """One wrong column must not send a person's number to another Caf."""
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0), a_line(1)))

    slipped = await jo.declares(**a_deposit(siret, "2", a_line(0, "921"), a_line(1)))
    assert [(e["code"], e["path"]) for e in slipped["errors"]] == [
        ("REMOVALS_UNACKNOWLEDGED", ["input", "acknowledgeRemovals"]),
        ("PAYER_CHANGE_UNCONFIRMED", ["input", "lines", "0", "payingOrganism"]),
    ]
    assert await lines_of(seine, esat) == {}
    done = await jo.declares(
        **a_deposit(
            siret, "3", a_line(0, "921", payingOrganismChanged="oui"), a_line(1)
        )
    )

    assert done["errors"] == []
    assert list(await lines_of(seine, esat)) == ["P000"]


async def test_a_payer_that_only_a_draft_has_named_is_corrected_freely(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, "751"), deposit=False))

    done = await jo.declares(**a_deposit(siret, "2", a_line(0, "921")))

    assert done["errors"] == []
    assert (await lines_of(jo, esat))["P000"]["paidBy"]["code"] == "921"


# departures, rates, dual activities


def at_rate(number: int, caf: str, rate: str, **more: object) -> dict[str, object]:
    """A line at this rate, without a pay: amounts depend on the rate."""
    nothing = {
        "netRemuneration": None,
        "netAid": None,
        "esatShare": None,
        "noPayReason": "OTHER",
    }
    return a_line(number, caf, rate=rate, **nothing, **more)


def a_departure(number: int, on: str, reason: str = "DEATH") -> dict[str, str]:
    return {
        "nir": a_nir(number),
        "kind": "DEPARTURE",
        "effectiveOn": on,
        "departureReason": reason,
    }


async def test_who_left_before_november_is_not_certified_and_who_came_back_is(
    esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", *(a_line(n) for n in range(3))))
    gone = [
        a_departure(0, "20/03/2026"),
        a_departure(1, "01/11/2026", "MOVE"),
        a_departure(2, "02/11/2026", "MOVE"),
    ]
    assert (await jo.tells_changes(siret, "c", *gone))["errors"] == []

    done = await jo.declares(**a_deposit(siret, "2", *(a_line(n) for n in range(3))))

    assert [(e["code"], e["path"]) for e in done["errors"]] == [
        ("WORKER_LEFT_BEFORE", ["input", "lines", str(n), "enteredOn"]) for n in (0, 1)
    ]
    assert counts(done["batch"]) == {
        "received": 3,
        "unchanged": 1,
        "rejected": 2,
        "removed": 2,
    }
    back = await jo.declares(
        **a_deposit(siret, "3", a_line(1, enteredOn="15/11/2026"), a_line(2))
    )
    assert (back["errors"], codes(back, "warnings").count("WORKER_RETURNED")) == ([], 1)
    rise = {
        "nir": a_nir(1),
        "kind": "RATE_DECREASE",
        "effectiveOn": TODAY,
        "rate": "80",
    }
    assert (await jo.tells_changes(siret, "d", rise))["errors"] == []


async def test_who_was_declared_last_year_is_missed_unless_they_left_for_good(
    world: World,
) -> None:
    """R17: of three who are absent, one has left, one has left and come back, one has said nothing."""
    delphine, siret = Person(world, "declarante-canal"), CANAL
    gone, back, _, *others = last_year()[siret]
    left = {"kind": "DEPARTURE", "effectiveOn": "10/03/2026", "departureReason": "MOVE"}
    changes = await delphine.tells_changes(
        siret, "gone", *({"nir": line["nir"], **left} for line in (gone, back))
    )
    assert changes["errors"] == []
    again = {"kind": "ADMISSION", "effectiveOn": "01/06/2026", "rate": "50"}
    returned = await delphine.tells_changes(
        siret, "back", {"nir": back["nir"], **again}
    )
    assert returned["errors"] == []

    done = await delphine.declares(**a_deposit(siret, "this year", *others))

    assert [
        w["message"] for w in done["warnings"] if w["code"] == "WORKERS_MISSING"
    ] == [
        "Des personnes déclarées l'an dernier, et non parties, ne le sont pas. Nombre : 2."
    ]


async def test_a_truthful_departure_ends_what_was_only_planned_after_it(
    esat: Opened, jo: Person, seine: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", at_rate(0, "921", "50")))
    planned = await jo.tells_changes(
        siret,
        "p",
        {
            "nir": a_nir(0),
            "kind": "RATE_INCREASE",
            "effectiveOn": TOMORROW,
            "rate": "80",
            "clientReference": "C7",
        },
    )
    assert planned["errors"] == []

    death = await jo.tells_changes(siret, "d", a_departure(0, "01/12/2026"))

    assert (death["errors"], codes(death, "warnings")) == ([], ["LATER_CHANGES_ENDED"])
    assert death["warnings"][0]["message"].endswith("Voir : C7.")
    changes = await changes_of(seine, esat)
    assert {c["kind"]: (c["status"], c["correctedBy"]) for c in changes} == {
        "RATE_INCREASE": ("CANCELLED", {"kind": "DEPARTURE"}),
        "DEPARTURE": ("RECEIVED", None),
    }
    assert [r["rate"] for r in changes[0]["worker"]["rates"]] == ["50.00"]
    again = await jo.tells_changes(
        siret,
        "e",
        {
            "nir": a_nir(0),
            "kind": "RATE_INCREASE",
            "effectiveOn": TOMORROW,
            "rate": "80",
        },
    )
    assert codes(again) == ["WORKER_DEPARTED"]


async def test_a_change_put_before_another_keeps_the_history_true(
    esat: Opened, jo: Person, seine: Person
) -> None:
    siret, nir = esat.partner.siret, a_nir(0)
    await jo.declares(
        **a_deposit(siret, "1", at_rate(0, "921", "50", enteredOn="01/11/2026"))
    )
    up = {"nir": nir, "kind": "RATE_INCREASE"}
    await jo.tells_changes(
        siret,
        "a",
        up | {"effectiveOn": "05/12/2026", "rate": "80", "clientReference": "DEC"},
    )

    false = await jo.tells_changes(
        siret, "b", up | {"effectiveOn": "20/11/2026", "rate": "90"}
    )
    true = await jo.tells_changes(
        siret, "c", up | {"effectiveOn": "20/11/2026", "rate": "60"}
    )

    assert codes(false) == ["CHANGE_BREAKS_LATER"]
    assert false["errors"][0]["message"].endswith("Voir : DEC.")
    assert true["errors"] == []
    changes = await changes_of(seine, esat)
    told = sorted((c["effectiveOn"], c["rateBefore"], c["rateAfter"]) for c in changes)
    assert told == [("2026-11-20", "50.00", "60.00"), ("2026-12-05", "60.00", "80.00")]


async def test_a_certificate_never_overwrites_a_known_rate_and_corrects_the_one_that_it_found(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret

    async def known() -> list[tuple[str, int]]:
        found = await rows(
            world.database,
            "SELECT r.starts_on, r.rate FROM worker_rate r JOIN worker w ON w.id = r.worker_id WHERE w.matricule = '1000000' AND w.partner_id = :p ORDER BY 1",
            p=esat.partner.id,
        )
        return [(str(r["starts_on"])[:10], r["rate"]) for r in found]

    await jo.declares(**a_deposit(siret, "1", at_rate(0, "751", "50")))
    assert await known() == [("2026-11-01", 50_00)]
    typed = await jo.declares(
        **a_deposit(siret, "2", at_rate(0, "751", "60"))
    )  # a typing error, mended by the next deposit
    assert "RATE_DIFFERS" not in codes(typed, "warnings")
    assert await known() == [("2026-11-01", 60_00)]
    rise = {
        "nir": a_nir(0),
        "kind": "RATE_INCREASE",
        "effectiveOn": "15/11/2026",
        "rate": "80",
    }
    assert (await jo.tells_changes(siret, "c", rise))["errors"] == []

    other = await jo.declares(**a_deposit(siret, "3", at_rate(0, "751", "70")))

    assert "RATE_DIFFERS" in codes(other, "warnings")
    assert await known() == [("2026-11-01", 60_00), ("2026-11-15", 80_00)]


SECOND = {
    "dualActivity": "O",
    "dualActivitySince": "01/09/2026",
    "dualActivityHours": "12,5",
    "rate": "80",
}
DUAL = "SELECT d.starts_on, d.ends_on FROM dual_activity d WHERE d.partner_id = :p ORDER BY 1"


async def test_a_dual_activity_without_a_date_is_kept_on_its_line_and_it_is_told(
    world: World, esat: Opened, jo: Person
) -> None:
    done = await jo.declares(
        **a_deposit(
            esat.partner.siret,
            "1",
            a_line(0, dualActivity="O", dualActivityHours="10", rate="80"),
        )
    )

    assert "DUAL_ACTIVITY_SINCE_MISSING" in codes(done, "warnings")
    line = (await lines_of(jo, esat))["P000"]
    assert (
        line["dualActivity"],
        line["dualActivitySince"],
        line["dualActivityHours"],
    ) == (True, None, "10.00")
    assert await rows(world.database, DUAL, p=esat.partner.id) == []


async def test_no_more_dual_activity_in_a_replacing_certificate_ends_what_the_replaced_one_had_begun(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, **SECOND), a_line(1)))
    assert len(await rows(world.database, DUAL, p=esat.partner.id)) == 1

    await jo.declares(
        **a_deposit(
            siret,
            "2",
            a_line(0, **SECOND | {"dualActivitySince": "01/10/2026"}),
            a_line(1),
        )
    )
    moved = await rows(world.database, DUAL, p=esat.partner.id)
    done = await jo.declares(**a_deposit(siret, "3", a_line(0, rate="80"), a_line(1)))

    assert [str(r["starts_on"])[:10] for r in moved] == ["2026-10-01"]
    assert done["errors"] == []
    assert await rows(world.database, DUAL, p=esat.partner.id) == []


async def test_a_dual_activity_that_runs_ends_on_the_day_that_is_said(
    world: World, esat: Opened, jo: Person
) -> None:
    siret = esat.partner.siret
    await jo.declares(**a_deposit(siret, "1", a_line(0, **SECOND)))
    await jo.declares(
        **a_deposit(siret, "2", a_line(0, **SECOND | {"dualActivitySince": None}))
    )  # « oui », and nothing of the day
    begun = {"kind": "DUAL_ACTIVITY_START", "effectiveOn": "01/05/2026", "weeklyHours": "8"}  # fmt: skip
    started = await jo.tells_changes(siret, "s", {"nir": a_nir(0), **begun})
    assert started["errors"] == []

    silent = await jo.declares(**a_deposit(siret, "3", a_line(0, rate="80")))
    said = await jo.declares(
        **a_deposit(siret, "4", a_line(0, rate="80", dualActivityUntil="01/11/2026"))
    )

    assert "DUAL_ACTIVITY_RUNNING" in codes(silent)
    assert said["errors"] == []
    assert [
        (str(r["starts_on"])[:10], str(r["ends_on"])[:10])
        for r in await rows(world.database, DUAL, p=esat.partner.id)
    ] == [("2026-05-01", "2026-11-01")]
    again = await jo.declares(
        **a_deposit(siret, "5", a_line(0, rate="80", dualActivityUntil="01/11/2026"))
    )
    assert again["errors"] == []
    nothing = await jo.declares(
        **a_deposit(siret, "6", a_line(0, rate="80", dualActivityUntil="01/05/2026"))
    )
    assert "DUAL_ACTIVITY_NONE" in codes(nothing)
