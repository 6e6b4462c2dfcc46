"""The register's steps: up, equal to the records, down to nothing, and up again."""

# ruff: noqa: S608 a row stands on one line, of our own words

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from persistence import migrations
from persistence.engine import Database
from persistence.migrations import (
    OtherStep,
    additive,
    check,
    config,
    is_current,
    migrate,
    require_step,
)
from persistence.seeds.reference import seed_reference
from persistence.types import Instant
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
        return set(
            await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        )


async def test_the_register_goes_up_agrees_with_the_records_goes_down_and_up_again(
    empty: Database,
) -> None:
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
    shutil.copytree(
        migrations.SCRIPTS, made, ignore=shutil.ignore_patterns("__pycache__")
    )
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
    [
        ((True,), True),
        ((True, True), True),
        ((False,), False),
        ((False, True), False),
        ((True, False), False),
    ],
)
async def test_a_process_stays_ready_when_only_additive_steps_are_passed_by_a_newer_one(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    newer: tuple[bool, ...],
    *,
    served: bool,
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
async def test_an_additive_step_takes_nothing_from_a_process_of_the_step_before(
    empty: Database,
) -> None:
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
            column["name"]: (
                str(column["type"]),
                column["nullable"],
                column["default"] is not None,
            )
            for column in known.get_columns(table)
        }
        unique = {f"{u['column_names']}" for u in known.get_unique_constraints(table)}
        unique |= {
            f"{i['column_names']}" for i in known.get_indexes(table) if i["unique"]
        }
        checks = {check["sqltext"] for check in known.get_check_constraints(table)}
        foreign = {
            f"{f['constrained_columns']} {f['referred_table']}"
            for f in known.get_foreign_keys(table)
        }
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
        told += [
            f"{table}: {demand}" for demand in sorted(new["demands"] - old["demands"])
        ]
    return told


def test_what_a_step_takes_away_or_asks_is_seen() -> None:
    free, asked = ("INTEGER", True, False), ("INTEGER", False, False)
    before: Shape = {
        "t": {"columns": {"a": free, "b": free}, "demands": set()},
        "gone": {"columns": {"a": free}, "demands": set()},
    }
    after: Shape = {
        "t": {"columns": {"a": asked, "c": asked, "d": free}, "demands": {"['d']"}}
    }

    assert demands(before, after) == ["t.a", "t.b", "t.c", "t: ['d']", "gone.a"]


# the keys of acts


async def _up(database: Database, revision: str) -> None:
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), revision))
        await connection.commit()


def _before(revision: str) -> str:
    """The step that comes before this one."""
    step = ScriptDirectory.from_config(config()).get_revision(revision)
    assert step is not None
    assert isinstance(step.down_revision, str)
    return step.down_revision


async def test_the_keys_that_a_register_has_are_given_their_end_and_what_they_made(
    empty: Database,
) -> None:
    await _up(empty, _before("0011"))
    sent = {"objects": ["bat_1"], "checked": None, "errors": [], "warnings": []}
    async with empty.writer.connect() as connection:
        for statement in (
            "INSERT INTO \"user\" (id, version, kind, given_name, family_name, sort_key) VALUES ('usr_1', 1, 'PERSON', 'A', 'B', 'b a')",
            "INSERT INTO organism (id, version, code, kind, name, sort_key) VALUES ('org_1', 1, '1', 'CAF', 'Caf', 'caf')",
            "INSERT INTO department (code) VALUES ('75')",
            "INSERT INTO partner (id, version, siren, kind, name, sort_key, follower_id, registered_on) VALUES ('ptr_1', 1, '1', 'ESAT', 'E', 'e', 'org_1', '2026-01-01')",
            "INSERT INTO establishment (id, version, partner_id, name, sort_key, siret, department, added_on) VALUES ('est_1', 1, 'ptr_1', 'E', 'e', '1', '75', '2026-01-01')",
            "INSERT INTO campaign (id, version, year, opens_at, closes_at, legacy) VALUES ('cmp_2026', 1, 2026, '2026-11-30T23:00:00.000000Z', '2027-02-28T23:00:00.000000Z', false)",
            "INSERT INTO batch (id, version, partner_id, establishment_id, kind, mode, campaign_id, received_at, sent_by_id, received, created, replaced, unchanged, rejected, held, removed) VALUES ('bat_1', 1, 'ptr_1', 'est_1', 'REMUNERATIONS', 'ACCEPT_VALID', 'cmp_2026', '2026-12-10T08:00:00.000000Z', 'usr_1', 0, 0, 0, 0, 0, 0, 0)",
            f"INSERT INTO idempotency (user_id, operation, key, digest, outcome, at) VALUES ('usr_1', 'remunerationsDeclare', 'k', 'd', '{json.dumps(sent)}', '2026-12-10T08:00:00.000000Z'), ('usr_1', 'userSuspend', 'k', 'd', '{{\"objects\": [\"aff_1\"]}}', '2026-12-10T08:00:00.000000Z')",
        ):  # fmt: skip
            await connection.exec_driver_sql(statement)
        await connection.commit()

    await _up(empty, "0011")

    async with empty.reader.connect() as connection:
        found = await connection.execute(sa.select(KEYS).order_by(KEYS.c.operation))
        assert [tuple(row) for row in found] == [
            (
                "remunerationsDeclare",
                "k",
                datetime(2027, 3, 31, 23, tzinfo=UTC),
                "bat_1",
            ),
            ("userSuspend", "k", datetime(2027, 1, 10, 8, tzinfo=UTC), "aff_1"),
        ]


KEYS = sa.table(
    "idempotency",
    sa.column("operation"),
    sa.column("key"),
    sa.column("expires_at", Instant()),
    sa.column("object_id"),
)


# the names


async def test_the_names_that_a_register_has_are_found_in_any_order_and_compared_as_new_ones(
    empty: Database,
) -> None:
    await _up(empty, _before("0014"))
    before: list[tuple[str, list[dict[str, Any]]]] = [
        ("INSERT INTO \"user\" (id, version, kind, given_name, family_name, sort_key, email) VALUES (:a, 1, :b, :c, :d, 'former', :e)",
         [{"a": "usr_1", "b": "PERSON", "c": "Zoe\u0301", "d": "O'Brien\u2013Martin", "e": "zoe\u0301@x.example"},
          {"a": "usr_2", "b": "MACHINE", "c": "", "d": "Paie d'Ana", "e": None}]),
        ("INSERT INTO organism (id, version, code, kind, name, sort_key) VALUES ('org_1', 1, '1', 'CAF', 'Caf de l’Été', 'former')", [{}]),
        ("INSERT INTO department (code) VALUES ('75')", [{}]),
        ("INSERT INTO partner (id, version, siren, kind, name, sort_key, follower_id, registered_on) VALUES (:a, 1, '1', 'ESAT', :b, :c, 'org_1', '2026-01-01')",
         [{"a": f"ptr_{n:04}", "b": f"ESAT n° {n}", "c": f"esat n {n}" if n % 2 else "former"} for n in range(1_100)]),
        ("INSERT INTO establishment (id, version, partner_id, name, sort_key, siret, department, added_on) VALUES ('est_1', 1, 'ptr_0001', 'Saint-Martin', 'saint-martin', '1', '75', '2026-01-01')", [{}]),
        ("INSERT INTO affiliation (id, version, partner_id, user_id, starts_on, sort_key) VALUES ('aff_1', 1, 'ptr_0001', 'usr_1', '2026-01-01', 'former')", [{}]),
        ("INSERT INTO worker (id, version, partner_id, nir_cipher, nir_index, nir_mask, birth_name, used_name, given_names, sort_key, birth_date, matricule, paying_id, entered_on, aah_beneficiary) VALUES ('wrk_1', 1, 'ptr_0001', :a, 'i', 'm', :b, NULL, :c, 'former', '1985-05-27', '1', 'org_1', '2020-01-01', true)",
         [{"a": b"", "b": "D\u00b4Angelo", "c": "Jean\u2014Luc"}]),
    ]  # fmt: skip
    async with empty.writer.connect() as connection:
        for statement, values in before:
            await connection.execute(sa.text(statement), values)
        await connection.commit()

    await _up(empty, "0014")

    async def found(query: str) -> list[tuple[Any, ...]]:
        async with empty.reader.connect() as connection:
            return [tuple(row) for row in await connection.execute(sa.text(query))]

    assert await found(
        'SELECT given_name, family_name, email, sort_key FROM "user" ORDER BY id'
    ) == [
        ("Zo\u00e9", "O’Brien-Martin", "zo\u00e9@x.example", "o brien martin zoe"),
        ("", "Paie d'Ana", None, "paie d ana"),
    ]
    assert await found("SELECT sort_key FROM affiliation") == [("o brien martin zoe",)]
    assert await found("SELECT sort_key FROM establishment") == [("saint martin",)]
    assert await found("SELECT sort_key FROM organism") == [("caf de l ete",)]
    assert await found("SELECT birth_name, given_names, sort_key FROM worker") == [
        ("D’Angelo", "Jean-Luc", "d angelo jean luc")
    ]
    assert await found(
        "SELECT count(*) FROM partner WHERE sort_key LIKE 'esat n %'"
    ) == [(1_100,)]
