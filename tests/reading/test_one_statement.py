"""A query is one statement, and one small one before it that says who asks: seen by the drivers themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from persistence.engine import Database

from .asked import Ids
from .desk import CALLERS, Desk
from .documents import DOCUMENTS

pytestmark = pytest.mark.both_databases  # what each driver is sent
IN_PYTHON_ONLY = "{ rules { code } } "


@asynccontextmanager
async def overheard(desk: Desk) -> AsyncIterator[list[str]]:
    """Every statement that the database is sent, on whichever connection of the pool."""
    said: list[str] = []
    plain = desk.database.reading

    @asynccontextmanager
    async def reading() -> AsyncIterator[Any]:
        async with plain() as driver, listening(desk.dialect, driver, said):
            yield driver

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.database, "reading", reading)
        yield said


@asynccontextmanager
async def listening(dialect: str, driver: Any, said: list[str]) -> AsyncIterator[None]:  # noqa: ANN401 a driver's connection
    if dialect == "sqlite":
        await driver.set_trace_callback(said.append)
        try:
            yield
        finally:
            await driver.set_trace_callback(None)
        return

    def heard(record: Any) -> None:  # noqa: ANN401 asyncpg's record
        said.append(record.query)

    driver.add_query_logger(heard)
    try:
        yield
    finally:
        await asyncio.sleep(0)  # asyncpg tells its loggers at the next turn of the loop
        driver.remove_query_logger(heard)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_query_is_one_statement_after_the_callers(
    desk: Desk, ids: Ids, name: str
) -> None:
    asked = DOCUMENTS[name]

    for who in ("agent-paris", "declarante-canal", CALLERS[-1]):
        await desk.outcome(who, asked, ids)
        async with overheard(desk) as said:
            await desk.outcome(who, asked, ids)

        assert len(said) == 2, said
        assert "sign_in" in said[0]
        assert "sign_in" not in said[1]


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_query_takes_one_connection_and_asks_it_two_values(
    desk: Desk, ids: Ids, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, plain, drivers = DOCUMENTS[name], Database.value, []

    async def counted(self: Database, text: str, binds: Any, driver: Any) -> Any:  # noqa: ANN401 the method's own
        drivers.append(driver)
        return await plain(self, text, binds, driver)

    monkeypatch.setattr(Database, "value", counted)
    await desk.outcome("agent-cna", asked, ids)

    assert len(drivers) == 2
    assert drivers[0] is drivers[1]


async def test_a_query_that_asks_nothing_of_the_register_sends_it_nothing_but_who_asks(
    desk: Desk,
) -> None:
    async with overheard(desk) as said:
        await desk.answer("agent-paris", IN_PYTHON_ONLY)

    assert len(said) == 1


async def test_a_statement_is_the_same_text_for_two_callers_with_the_same_roles(
    desk: Desk,
) -> None:
    text = "{ partners { nodes { name } } }"
    async with overheard(desk) as said:
        await desk.answer("agent-paris", text)
        await desk.answer("agent-rhone", text)
        await desk.answer("agent-cna", text)

    if desk.dialect == "postgresql":  # SQLite's trace shows the values in the text
        assert said[1] == said[5]
    assert len({plan for plan in desk.graph._plans if plan[0] == text}) == 2  # noqa: SLF001 agent-rhone has two roles
