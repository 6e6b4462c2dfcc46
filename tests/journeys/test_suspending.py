"""A suspension by the Caf is the Caf's to lift, and one by the partner is the partner's (R40)."""

from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from persistence.engine import Database
from persistence.migrations import config
from persistence.records import Rule
from tests.acting.ledger import rows
from tests.conftest import World

from .story import (
    CENTRALISED,
    DELEGATED,
    TODAY,
    TOMORROW,
    Person,
    an_open_esat,
    refused,
    somebody,
)

SIDES = "... on Affiliation { suspended suspendedBy viewerCan(acts: [USER_REINSTATE]) { allowed reason } }"


async def suspended_by(reader: Person, affiliation: str) -> list[str]:
    return list((await reader.reads(affiliation, SIDES))["suspendedBy"])


async def test_the_partner_s_manager_does_not_lift_a_suspension_by_the_caf(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager, jo = Person(paris.asker, str(esat.manager)), Person(paris.asker, "jo")
    await paris.suspends(esat.member.affiliation)

    with refused("SUSPENDED_BY_ORGANISM", "R40"):
        await manager.reinstates(esat.member.affiliation)
    assert await jo.tabs() == []

    await manager.suspends(esat.member.affiliation)
    assert await suspended_by(manager, esat.member.affiliation) == [
        "ORGANISM",
        "PARTNER",
    ]
    done = await paris.does("userReinstate", affiliationId=esat.member.affiliation)
    assert done["warnings"] == [{"code": "STILL_SUSPENDED"}]
    assert await jo.tabs() == []
    with refused("SUSPENDED_BY_PARTNER", "R40"):
        await paris.reinstates(esat.member.affiliation)

    await manager.reinstates(esat.member.affiliation)
    assert await suspended_by(paris, esat.member.affiliation) == []
    assert await jo.tabs() == ["Esat"]


async def test_a_convention_suspended_by_the_caf_stops_each_right_until_the_caf_resumes_it(
    paris: Person, world: World
) -> None:
    """R29: nobody of the partner lifts it; the papers, the dates and the people stay."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager, jo = Person(paris.asker, str(esat.manager)), Person(paris.asker, "jo")
    yesterday = await paris.reads(esat.convention, STANDING)

    preview = await paris.does(
        "conventionSuspend",
        "impact { lost { userId } managersLost { userId } servicesLost }",
        conventionId=esat.convention,
        suspensionReason="Vérification",
        dryRun=True,
    )
    assert await jo.tabs() == ["Esat"]
    await paris.suspends_convention(esat.convention)

    assert [one["userId"] for one in preview["impact"]["lost"]] == [esat.member.user]
    assert len(preview["impact"]["managersLost"]) == 1
    assert await jo.tabs() == []
    suspended = await paris.reads(esat.convention, STANDING)
    assert suspended == yesterday | {
        "status": "SUSPENDED",
        "viewerCan": [
            {"allowed": False, "reason": Rule.ALREADY_SUSPENDED.sentence},
            {"allowed": True, "reason": None},
        ],
    }
    with refused("NOT_FOUND"):
        await manager.resumes_convention(esat.convention)
    with refused("ALREADY_SUSPENDED"):
        await paris.suspends_convention(esat.convention)

    await paris.resumes_convention(esat.convention)

    assert await jo.tabs() == ["Esat"]
    assert await paris.reads(esat.convention, STANDING) == yesterday
    with refused("NOT_SUSPENDED"):
        await paris.resumes_convention(esat.convention)
    kept = await rows(world.database, "SELECT * FROM suspension ORDER BY id")
    ours = [row for row in kept if row["convention_id"] == esat.convention]
    assert [(r["side"], r["set_by_id"], r["ended_by_id"]) for r in ours] == [
        ("ORGANISM", "usr_agent-paris", "usr_agent-paris")
    ]


STANDING = """... on Convention {
  status inForceOn termOn closedOn services { openedBulletin { id } }
  viewerCan(acts: [CONVENTION_SUSPEND, CONVENTION_RESUME]) { allowed reason }
}"""


async def test_a_deputy_does_not_reinstate_the_manager_whom_the_caf_suspended(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    (own,) = (await manager.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ]
    await manager.appoints(esat.convention, "DEPUTY", userId=esat.member.user)
    await paris.suspends(own["id"])
    deputy = Person(paris.asker, "jo")

    with refused("SUSPENDED_BY_ORGANISM", "R40"):
        await deputy.reinstates(own["id"])
    with refused("NOT_FOUND"):
        await manager.invites(esat.partner.id, "Max", "Mauve")


async def test_who_leaves_and_is_invited_again_is_still_suspended_by_the_caf(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager, jo = Person(paris.asker, str(esat.manager)), Person(paris.asker, "jo")
    await paris.suspends(esat.member.affiliation)
    await manager.does(
        "userDeactivate", affiliationId=esat.member.affiliation, on=TODAY
    )

    again = await manager.invites(esat.partner.id, "Jo", "jo")
    await jo.accepts(again.secret)

    with refused("AFFILIATION_SUSPENDED", "R40"):
        await manager.includes(esat.group, esat.member.user)
    assert await suspended_by(manager, again.affiliation) == ["ORGANISM"]


async def test_the_organism_that_manages_a_centralised_partner_ends_both_suspensions(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", CENTRALISED)
    await paris.suspends(esat.member.affiliation)

    assert (await paris.does("userReinstate", affiliationId=esat.member.affiliation))[
        "warnings"
    ] == []


async def test_the_partner_does_not_cancel_the_departure_that_the_caf_announced(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    await paris.does(
        "userDeactivate", affiliationId=esat.member.affiliation, on=TOMORROW
    )

    with refused("ENDED_BY_ORGANISM", "R40"):
        await manager.does(
            "userDeactivationCancel", affiliationId=esat.member.affiliation
        )

    await paris.does("userDeactivationCancel", affiliationId=esat.member.affiliation)


async def test_a_deputy_does_not_appoint_again_the_manager_whom_the_caf_ended_and_the_caf_may(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager, deputy = Person(paris.asker, str(esat.manager)), Person(paris.asker, "jo")
    await manager.appoints(esat.convention, "DEPUTY", userId=esat.member.user)
    shown = "... on Convention { contract { managers { id kind user { id } } } }"
    posts = (await paris.reads(esat.convention, shown))["contract"]["managers"]
    post = next(p for p in posts if p["kind"] == "MANAGER")
    await paris.does("managerEnd", managerId=post["id"], on=TODAY)

    with refused("MANAGER_ENDED", "R39"):
        await deputy.appoints(esat.convention, "DEPUTY", userId=post["user"]["id"])
    with refused(
        "MANAGER_ACTIVE", "R39"
    ):  # a deputy is there: anybody else is the partner's to name
        await paris.appoints(
            esat.convention, "MANAGER", person=somebody("Max", "Mauve")
        )
    await paris.appoints(esat.convention, "MANAGER", userId=post["user"]["id"])


async def test_an_explanation_names_the_side_that_suspends_and_who_can_lift_it(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    place = esat.partner.establishments[0]
    await manager.suspends(esat.member.affiliation)
    by_partner = await manager.explains(esat.member.user, "DECLARATION_DEPOSIT", place)
    await paris.suspends(esat.member.affiliation)
    by_both = await manager.explains(esat.member.user, "DECLARATION_DEPOSIT", place)

    assert (
        "est suspendu par le partenaire depuis le 10/12/2026" in by_partner["sentence"]
    )
    assert by_partner["menders"][0] == "Le gestionnaire des habilitations du partenaire"
    assert (
        "est suspendu par l'organisme depuis le 10/12/2026 et le partenaire depuis le"
        in by_both["sentence"]
    )
    assert by_both["menders"] == by_partner["menders"][1:]


async def test_viewer_can_the_explanation_and_the_act_say_alike_who_ends_a_suspension(
    paris: Person,
) -> None:
    """Whoever set it: the other side cannot end it, is told so in the same words, and told whose it is to do."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    mine = esat.member.affiliation
    caf, partner = (
        "Caf de Paris (contact-751@example.invalid)",
        "Le gestionnaire des habilitations du partenaire",
    )
    sides = (
        (paris, manager, Rule.SUSPENDED_BY_ORGANISM, [caf]),
        (manager, paris, Rule.SUSPENDED_BY_PARTNER, [partner]),
    )
    for author, other, rule, menders in sides:
        await author.suspends(mine)
        for person, allowed in ((author, True), (other, False)):
            me = (await person.asks("{ viewer { user { id } } }"))["viewer"]["user"][
                "id"
            ]
            (can,) = (await person.reads(mine, SIDES))["viewerCan"]
            why = await person.explains(me, "USER_REINSTATE", mine)
            holders = await person.finds_who_can("USER_REINSTATE", mine)

            assert (can["allowed"], why["allowed"]) == (allowed, allowed)
            assert can["reason"] == (None if allowed else rule.sentence)
            assert why["sentence"].endswith("." if allowed else f". {rule.sentence}")
            assert why["menders"] == ([] if allowed else menders)
            assert bool(holders["offices"]) is (author is paris)
            assert bool(holders["people"]) is (author is manager)
        with refused(rule.name, "R40"):
            await other.reinstates(mine)
        await author.reinstates(mine)


async def test_both_authors_of_a_suspension_are_kept(
    paris: Person, world: World
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    await paris.suspends(esat.member.affiliation)
    await paris.reinstates(esat.member.affiliation)
    await manager.suspends(esat.member.affiliation)

    kept = await _suspensions(world.database, esat.member.affiliation)

    (boss,) = {row["set_by_id"] for row in kept if row["side"] == "PARTNER"}
    assert [(r["side"], r["set_by_id"], r["ended_by_id"]) for r in kept] == [
        ("ORGANISM", "usr_agent-paris", "usr_agent-paris"),
        ("PARTNER", boss, None),
    ]
    assert boss not in (None, "usr_agent-paris")


async def _suspensions(database: Database, affiliation: str) -> list[dict[str, object]]:
    known = await rows(database, "SELECT * FROM suspension ORDER BY id")
    return [row for row in known if row["affiliation_id"] == affiliation]


async def test_what_was_suspended_before_gets_its_side_and_its_authors_from_the_journal(
    paris: Person, world: World
) -> None:
    """The matched rule says who acted; a suspension that the journal does not tell is the organism's."""
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    await paris.suspends(esat.member.affiliation)
    await paris.reinstates(esat.member.affiliation)
    await manager.suspends(esat.member.affiliation)
    await paris.suspends_service(esat.access)
    await manager.does(
        "userDeactivate", affiliationId=esat.member.affiliation, on=TOMORROW
    )
    filled = await _sides(world.database)
    assert {side for _, side, *_ in filled} == {"PARTNER", "ORGANISM"}

    migration: Any = ScriptDirectory.from_config(config()).get_revision("0012")

    def fill_again(connection: Connection) -> None:
        connection.execute(
            text(
                "UPDATE suspension SET side = 'ORGANISM', set_by_id = NULL, ended_by_id = NULL"
            )
        )
        connection.execute(text("UPDATE affiliation SET end_side = NULL"))
        with Operations.context(MigrationContext.configure(connection)):
            migration.module.fill()

    async with world.database.writer.begin() as connection:
        await connection.run_sync(fill_again)
    assert await _sides(world.database) == filled


async def _sides(database: Database) -> list[tuple[object, ...]]:
    pauses = await rows(
        database, "SELECT id, side, set_by_id, ended_by_id FROM suspension"
    )
    leaving = await rows(
        database, "SELECT id, end_side FROM affiliation WHERE end_side IS NOT NULL"
    )
    return sorted(
        (*(tuple(r.values()) for r in pauses), *(tuple(r.values()) for r in leaving)),
        key=str,
    )
