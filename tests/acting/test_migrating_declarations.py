"""A register of before keeps its meaning: digests, treatments and « néant » are worked out from what it holds."""

from typing import Any

from alembic import command

from persistence.engine import Database
from persistence.migrations import config, migrate
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line
from tests.journeys.story import Person, an_open_esat

from .ledger import rows

BEFORE = "0015-1"
LINES = "SELECT id, words_digest, dual_activity_since, dual_activity_hours FROM declaration_line ORDER BY id"
TREATMENTS = "SELECT worker_id, campaign_id, words_digest, outcome, reason, day FROM treatment ORDER BY line_id"
NOTHING = "SELECT id FROM declaration WHERE nothing_to_declare ORDER BY id"
SECOND = {
    "dualActivity": "O", "dualActivitySince": "01/09/2026", "dualActivityHours": "12,5", "rate": "80",
    "noPayReason": "OTHER", "netRemuneration": None, "netAid": None, "esatShare": None,
}  # fmt: skip


async def _meaning(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {
        name: await rows(database, query)
        for name, query in (
            ("lines", LINES),
            ("treatments", TREATMENTS),
            ("nothing", NOTHING),
        )
    }


async def _back_and_forth(database: Database) -> None:
    """To the step before, where none of it is known, and up again."""
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), BEFORE))
        await connection.commit()
    await migrate(database)


async def test_what_was_declared_and_treated_before_means_the_same_after(
    world: World, paris: Person
) -> None:
    esat, other = await an_open_esat(paris, "jo"), await an_open_esat(paris, "zoe")
    jo, zoe, seine = (
        Person(world, who) for who in ("jo", "zoe", "agent-hauts-de-seine")
    )
    siret = esat.partner.siret
    await jo.declares(
        **a_deposit(siret, "1", a_line(0, "921"), a_line(1, "921", usedName="D'Ormeau"))
    )
    read = await seine.asks(
        "{ lines(live: true, first: 100) { nodes { id clientReference } } }"
    )
    ids = {line["clientReference"]: line["id"] for line in read["lines"]["nodes"]}
    await seine.processes("TAKEN_INTO_ACCOUNT", ids["P000"])
    await seine.processes(
        "RETURNED", ids["P001"], processingReason="Matricule à revoir"
    )
    await zoe.declares(**a_deposit(other.partner.siret, "1", nothingToDeclare=True))
    await jo.declares(
        **a_deposit(siret, "2", a_line(2, "921", **SECOND), deposit=False)
    )
    before = await _meaning(world.database)
    assert len(before["treatments"]) == 2
    assert len(before["nothing"]) == 1

    await _back_and_forth(world.database)

    after = await _meaning(world.database)
    deposited = {
        row["id"]
        for row in await rows(
            world.database, "SELECT id FROM declaration_line WHERE deposited"
        )
    }
    assert after["treatments"] == before["treatments"]
    assert after["nothing"] == before["nothing"]
    assert _of(after["lines"], deposited) == _of(before["lines"], deposited)
    assert len(deposited) > 90, "the digests of all the lines of the demonstration"


def _of(lines: list[dict[str, Any]], ids: set[str]) -> list[tuple[str, str]]:
    return [(line["id"], line["words_digest"]) for line in lines if line["id"] in ids]
