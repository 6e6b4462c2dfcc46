"""Two registers that hold the same rows, told once for all the tests of reading: none of them writes there."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from itertools import count
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert

from persistence.engine import Database
from persistence.intake import leaves
from persistence.records import base
from persistence.records.base import Base, table
from persistence.sealing import JournalSealer
from persistence.seeds.fiction import fictional_signer
from resolvers import graph
from tests.conftest import Copies

from .asked import Ids
from .desk import NOW, Desk
from .small_world import ORDER, world
from .story import tell


class _Numbered(NamedTuple):
    hex: str


def numbered() -> Iterator[_Numbered]:
    """Ids by counter, as long as a UUIDv7 and in the same order as time."""
    return (_Numbered(f"{number:032x}") for number in count(1))


@pytest.fixture(scope="session")
async def desks(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_url: str,
    dialects: tuple[str, ...],
) -> AsyncIterator[dict[str, Desk]]:
    """One desk per database, seeded alike and told the same story."""
    copies = Copies(tmp_path_factory.mktemp("reading"), postgres_url)
    made: dict[str, Desk] = {}
    plans = pytest.MonkeyPatch()
    plans.setattr(
        graph, "PLANS", 10_000
    )  # each document's plans stay known for the tests that follow
    for dialect in dialects:
        with pytest.MonkeyPatch.context() as patch:
            ids = numbered()
            patch.setattr(base, "uuid7", lambda ids=ids: next(ids))
            patch.setattr(leaves, "urandom", bytes)  # else no two roots are alike
            url = await copies.fresh(dialect)
            made[dialect] = Desk(Database(url))
            await tell(made[dialect])
            await JournalSealer(
                made[dialect].database, lambda: NOW, fictional_signer()
            ).seal()
    yield made
    plans.undo()
    for desk in made.values():
        await desk.database.close()
        await copies.drop(desk.database.url.render_as_string(hide_password=False))
    await copies.drop_template()


@pytest.fixture
def desk(desks: dict[str, Desk], dialect: str) -> Desk:
    return desks[dialect]


@pytest.fixture(scope="session")
async def ids(desks: dict[str, Desk]) -> Ids:
    """The ids of the register by table, in their order."""
    found = {}
    for name, known in Base.metadata.tables.items():
        if "id" in known.c:
            found[name] = sorted(
                str(row["id"]) for row in await desks["sqlite"].rows(name)
            )
    return found


@pytest.fixture(scope="session")
async def small_worlds(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_url: str,
    dialects: tuple[str, ...],
) -> AsyncIterator[dict[str, Desk]]:
    """The exhaustive world in both databases, in the place of the demonstration's partners."""
    copies, made = Copies(tmp_path_factory.mktemp("small"), postgres_url), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.conftest.seed_demo", _seed)
        for dialect in dialects:
            made[dialect] = Desk(Database(await copies.fresh(dialect)))
    yield made
    for desk in made.values():
        await desk.database.close()
        await copies.drop(desk.database.url.render_as_string(hide_password=False))
    await copies.drop_template()


async def _seed(database: Database, _issuer: str, _today: date) -> None:
    rows = world()
    async with database.transaction() as session:
        for name in ORDER:
            await session.execute(insert(table(name)), _alike(rows[name]))


def _alike(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One statement for all rows: each with the same columns."""
    columns = {column for row in rows for column in row}
    return [dict.fromkeys(columns) | row for row in rows]
