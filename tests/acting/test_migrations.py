"""The register's steps: up, equal to the records, down to nothing, and up again."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from persistence import migrations
from persistence.engine import Database
from persistence.migrations import OtherStep, additive, check, config, is_current, migrate, require_step
from persistence.seeds.reference import seed_reference
from tests.conftest import Copies, World


@pytest.fixture
async def empty(dialect: str, copies: Copies, tmp_path: Path) -> object:
    """An empty database."""
    if dialect == "sqlite":
        (tmp_path / "empty.db").touch()
        made = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
        yield made
        await made.close()
        return
    name = f"empty_{copies.mine}"
    await copies._admin(f'CREATE DATABASE "{name}"')  # noqa: SLF001 the tests' own server
    made = Database(copies.in_server(name))
    yield made
    await made.close()
    await copies.drop(copies.in_server(name))


async def tables(database: Database) -> set[str]:
    async with database.reader.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_the_register_goes_up_agrees_with_the_records_goes_down_and_up_again(empty: Database) -> None:
    assert not await is_current(empty)
    await migrate(empty)
    await check(empty)
    assert await is_current(empty)
    laid = await tables(empty)

    await _down(empty)
    assert await tables(empty) <= {"alembic_version"}
    assert not await is_current(empty)

    await migrate(empty)
    await check(empty)
    assert await tables(empty) == laid
    async with empty.transaction() as session:
        await seed_reference(session)


async def _down(database: Database) -> None:
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "base"))
        await connection.commit()


async def test_migrating_a_current_register_changes_nothing(database: Database) -> None:
    before = await tables(database)

    await migrate(database)

    assert await tables(database) == before
    assert await is_current(database)
    await check(database)


# newer steps


def scripts_with(folder: Path, *newer: bool) -> Path:
    """Our scripts and some that we do not have yet, each a new table, additive or not."""
    made = folder / "migrations"
    shutil.copytree(migrations.SCRIPTS, made, ignore=shutil.ignore_patterns("__pycache__"))
    previous = migrations.head()
    for number, declared in enumerate(newer, 9001):
        (made / "versions" / f"{number}_newer.py").write_text(
            "from alembic import op\nimport sqlalchemy as sa\n\n"
            f"revision, down_revision = {str(number)!r}, {previous!r}\n"
            f"branch_labels = depends_on = None\nadditive = {declared}\n\n\ndef upgrade():\n"
            f"    op.create_table('newer_{number}', sa.Column('id', sa.Integer(), primary_key=True))\n",
            encoding="utf-8",
        )
        previous = str(number)
    return made


@pytest.mark.parametrize(
    ("newer", "served"),
    [((True,), True), ((True, True), True), ((False,), False), ((False, True), False), ((True, False), False)],
)
async def test_a_process_stays_ready_when_only_additive_steps_are_passed_by_a_newer_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newer: tuple[bool, ...], *, served: bool
) -> None:
    assert (await world.client.get("/readyz")).status_code == 200

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "SCRIPTS", scripts_with(tmp_path, *newer))
        await migrate(world.database)
        assert await is_current(world.database)

    assert not await is_current(world.database)
    assert (await world.client.get("/readyz")).status_code == (200 if served else 503)
    before = await tables(world.database)
    if served:
        await require_step(world.database)
        await migrate(world.database)  # an older program finds nothing to do
    else:
        for older in (require_step, migrate):
            with pytest.raises(OtherStep, match="installez une version plus récente"):
                await older(world.database)
    assert await tables(world.database) == before


async def test_a_register_that_is_behind_is_not_served(empty: Database) -> None:
    with pytest.raises(OtherStep, match="`habilitations migrate`"):
        await require_step(empty)
    await migrate(empty)
    await require_step(empty)
    async with empty.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "-1"))
        await connection.commit()

    with pytest.raises(OtherStep, match="`habilitations migrate`"):
        await require_step(empty)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_an_additive_step_takes_nothing_from_a_process_of_the_step_before(empty: Database) -> None:
    """What that process reads and writes stays: its tables, its columns, and no new demand on its rows."""
    steps = list(reversed(list(ScriptDirectory.from_config(config()).walk_revisions())))
    before: Shape = {}
    for step in steps:
        async with empty.writer.connect() as connection:
            await connection.run_sync(_up_to, step.revision)
            after = await connection.run_sync(shape)
            await connection.commit()
        if additive(step.revision):
            assert demands(before, after) == [], step.revision
        before = after
    assert any(additive(step.revision) for step in steps)


def _up_to(connection: Connection, revision: str) -> None:
    command.upgrade(config(connection), revision)


Shape = dict[str, dict[str, Any]]


def shape(connection: Connection) -> Shape:
    """Each table: its columns, whether they may be left out, and its constraints and unique indexes."""
    known, found = inspect(connection), {}
    for table in known.get_table_names():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"], column["default"] is not None)
            for column in known.get_columns(table)
        }
        unique = {f"{u['column_names']}" for u in known.get_unique_constraints(table)}
        unique |= {f"{i['column_names']}" for i in known.get_indexes(table) if i["unique"]}
        checks = {check["sqltext"] for check in known.get_check_constraints(table)}
        foreign = {f"{f['constrained_columns']} {f['referred_table']}" for f in known.get_foreign_keys(table)}
        found[table] = {"columns": columns, "demands": unique | checks | foreign}
    return found


def demands(before: Shape, after: Shape) -> list[str]:
    """What the newer shape takes away, or asks of rows that an older process writes."""
    told = []
    for table, old in before.items():
        new = after.get(table, {"columns": {}, "demands": set()})
        for name, column in old["columns"].items():
            kept = new["columns"].get(name)
            if kept is None or kept[0] != column[0] or (column[1] and not kept[1]):
                told.append(f"{table}.{name}")
        for name, (_, nullable, has_default) in new["columns"].items():
            if name not in old["columns"] and not nullable and not has_default:
                told.append(f"{table}.{name}")
        told += [f"{table}: {demand}" for demand in sorted(new["demands"] - old["demands"])]
    return told


def test_what_a_step_takes_away_or_asks_is_seen() -> None:
    free, asked = ("INTEGER", True, False), ("INTEGER", False, False)
    before: Shape = {
        "t": {"columns": {"a": free, "b": free}, "demands": set()},
        "gone": {"columns": {"a": free}, "demands": set()},
    }
    after: Shape = {"t": {"columns": {"a": asked, "c": asked, "d": free}, "demands": {"['d']"}}}

    assert demands(before, after) == ["t.a", "t.b", "t.c", "t: ['d']", "gone.a"]
