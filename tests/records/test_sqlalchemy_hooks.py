"""The hooks into SQLAlchemy that are not part of its documented interface.

`persistence` relies on them to make objects from JSON, to compile a text once, and to speak to the driver.
`pyproject.toml` bounds the version of SQLAlchemy; this file says what to check before the bound moves.
"""

import tomllib
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import sqlalchemy
from packaging.requirements import Requirement
from packaging.version import Version
from sqlalchemy import Select, bindparam, inspect, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.orm import configure_mappers, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only, greenlet_spawn

from persistence.records import Affiliation, Bulletin, Partner

configure_mappers()
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_version_of_sqlalchemy_is_bounded_above() -> None:
    wanted = tomllib.loads(PYPROJECT.read_text())["project"]["dependencies"]
    (bound,) = [one for one in map(Requirement, wanted) if one.name == "sqlalchemy"]

    major, minor = Version(sqlalchemy.__version__).release[:2]
    assert Version(sqlalchemy.__version__) in bound.specifier
    assert f"{major}.{minor + 1}" not in bound.specifier


def test_the_connection_to_postgresql_begins_its_transaction_when_it_is_asked() -> None:
    begin = AsyncAdapt_asyncpg_connection._start_transaction  # noqa: SLF001 the hook
    assert iscoroutinefunction(begin)


def test_a_new_instance_of_the_class_manager_has_run_no_init_and_has_no_pending_change() -> (
    None
):
    partner = inspect(Partner).class_manager.new_instance()
    values = instance_dict(partner)
    assert [*values] == ["_sa_instance_state"]
    values.update(id="ptr_1", name="ESAT")
    make_transient_to_detached(partner)

    assert inspect(partner).detached
    assert inspect(partner).identity == ("ptr_1",)
    assert partner.name == "ESAT"
    assert not inspect(partner).modified


def test_a_committed_value_leaves_no_history_on_a_column_and_on_a_relation() -> None:
    partner = inspect(Partner).class_manager.new_instance()
    link = inspect(Affiliation).class_manager.new_instance()
    set_committed_value(partner, "name", "ESAT")
    set_committed_value(partner, "affiliations", [link])

    assert partner.affiliations == [link]
    for name in ("name", "affiliations"):
        assert not inspect(partner).attrs[name].history.has_changes()


def test_a_relation_names_the_pairs_of_columns_that_it_compares() -> None:
    affiliations = inspect(Partner).relationships["affiliations"]
    establishments = inspect(Bulletin).relationships["establishments"]

    assert [
        (mine.name, theirs.name)
        for mine, theirs in affiliations.local_remote_pairs or ()
    ] == [("id", "partner_id")]
    assert establishments.secondary is not None
    near = [(mine.name, link.name) for mine, link in establishments.synchronize_pairs]
    assert ("id", "bulletin_id") in near
    far = [
        (theirs.name, link.name)
        for theirs, link in establishments.secondary_synchronize_pairs or ()
    ]
    assert ("id", "establishment_id") in far


def test_a_compiled_text_tells_its_binds_in_the_order_of_the_driver() -> None:
    made: Select[Any] = select(literal_column("1")).where(
        bindparam("b", 2) == bindparam("a", 1)
    )
    numbered = made.compile(dialect=asyncpg_dialect())  # type: ignore[no-untyped-call]
    named = made.compile(dialect=sqlite.dialect(paramstyle="named"))

    assert isinstance(numbered, SQLCompiler)
    assert isinstance(named, SQLCompiler)
    assert (numbered.positional, numbered.positiontup) == (True, ["b", "a"])
    assert (named.positional, list(named.params)) == (False, ["b", "a"])


async def test_a_driver_is_awaited_from_inside_a_greenlet() -> None:
    async def answer() -> int:
        return 7

    assert await greenlet_spawn(lambda: await_only(answer())) == 7
