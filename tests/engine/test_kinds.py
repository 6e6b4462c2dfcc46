"""The engine alone, over three toy tables: each kind of node, on both databases."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, column, select, table

from persistence.engine import Database
from persistence.reading.binds import Holdings
from persistence.reading.compiler import Reader
from persistence.reading.cursors import CursorInvalid
from persistence.reading.model import Model
from persistence.reading.question import (
    AsOf,
    ById,
    ByIds,
    Constant,
    Embedded,
    Find,
    Leaf,
    Node,
    Object,
    Order,
    Paged,
    PagePart,
    RowReference,
    Selected,
    ToMany,
    ToOne,
    ViewerCan,
)
from persistence.reading.values import Var

DAY = date(2026, 12, 10)
HOLDINGS = Holdings(DAY, datetime(2026, 12, 10, tzinfo=UTC), lambda _, __: ("red",))
TOYS = MetaData()
SHELF = Table(
    "shelf",
    TOYS,
    Column("id", String, primary_key=True),
    Column("colour", String),
    prefixes=["TEMPORARY"],
)
BOOK = Table(
    "book",
    TOYS,
    Column("id", String, primary_key=True),
    Column("shelf_id", String),
    Column("title", String),
    Column("year", Integer),
    prefixes=["TEMPORARY"],
)
NOTE = Table(
    "note",
    TOYS,
    Column("id", String, primary_key=True),
    Column("book_id", String),
    Column("words", String),
    prefixes=["TEMPORARY"],
)
SHELVES = [{"id": "shf_1", "colour": "red"}, {"id": "shf_2", "colour": "blue"}]
BOOKS = [
    {"id": f"bok_{n}", "shelf_id": shelf, "title": f"T{n}", "year": 2000 + n}
    for n, shelf in enumerate(("shf_1", "shf_1", "shf_1", "shf_1", "shf_2"), start=1)
]
NOTES = [
    {"id": "not_1", "book_id": "bok_2", "words": "B"},
    {"id": "not_2", "book_id": "bok_2", "words": "A"},
]


def visible(
    record: str,
    row: Any,  # noqa: ANN401 the alias
    context: Any,  # noqa: ANN401 a SqlContext
    *,
    anchored: bool,  # noqa: ARG001 one way for both
) -> list[Any]:
    """Shelves of the colours that the caller holds, with their books; every note."""
    shelf = context.model.tables["shelf"].alias()
    shelves = select(shelf.c.id).where(
        context.holds(shelf.c.colour, "colours", "reader")
    )
    match record:
        case "shelf":
            return [context.holds(row.c.colour, "colours", "reader")]
        case "book":
            return [row.c.shelf_id.in_(shelves)]
    return []


MODEL = Model(
    tables={
        toy.name: table(toy.name, *(column(c.name, c.type) for c in toy.c))
        for toy in (SHELF, BOOK, NOTE)
    },
    views={},
    visible=visible,
    readings={"lower": str.lower},
    prefixes={"shelf": "shf", "book": "bok", "note": "not"},
)


def leaf(name: str) -> Selected:
    return Selected(name, Leaf(lambda row, _: row.c[name]))


def by_title(row: Any, context: Any, value: Any) -> Any:  # noqa: ANN401 a test
    return row.c.title == context.value(value)


TITLE = Object("book", (leaf("title"),))
INFO = Selected(
    "info",
    PagePart.PAGE_INFO,
    Object(
        None,
        (
            Selected("next", PagePart.HAS_NEXT_PAGE),
            Selected("previous", PagePart.HAS_PREVIOUS_PAGE),
            Selected("start", PagePart.START_CURSOR),
            Selected("end", PagePart.END_CURSOR),
        ),
    ),
)
BOOKS_PAGED = Paged(
    None,
    {"YEAR": Order(("year",), "ix"), "LATEST": Order(("year",), "ix", descending=True)},
    {"title": SimpleNamespace(test=by_title, is_anchor=True)},
)
Ask = Callable[..., Any]


@pytest.fixture
async def ask(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Ask]:
    """Asks one node of the toy register."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'toys.db'}"
    if dialect == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    database.lay()
    async with database.writer.connect() as connection:
        await connection.run_sync(TOYS.create_all, checkfirst=False)
        for toy, rows in ((SHELF, SHELVES), (BOOK, BOOKS), (NOTE, NOTES)):
            await connection.execute(toy.insert(), rows)
        raw = await connection.get_raw_connection()

        async def answer(
            node: Node,
            *named: RowReference,
            **variables: object,
        ) -> Any:  # noqa: ANN401 JSON
            reader = Reader(MODEL, dialect, permits=None)
            statement = reader.statement(Object(None, (node,)), named)
            binds = statement.binds(variables, HOLDINGS)
            text = await database.value(statement.text, binds, raw.driver_connection)
            data = orjson.loads(text)
            return data[node.key] if isinstance(data, dict) else data

        yield answer
        await connection.rollback()
    await database.close()


def page(*parts: Selected | Constant, **values: Any) -> Selected:  # noqa: ANN401 values of a question
    return Selected("books", BOOKS_PAGED, Object("book", parts), values)


NODES = Selected("nodes", PagePart.NODES, TITLE)


async def test_a_row_is_found_by_its_id_and_only_if_it_is_seen(ask: Ask) -> None:
    book = Selected("book", ById(), TITLE, {"id": Var(("id",))})

    assert await ask(book, id="bok_1") == {"title": "T1"}
    assert await ask(book, id="bok_5") is None, "its shelf is blue"
    assert await ask(book, id="bok_9") is None


async def test_rows_are_found_by_their_ids_in_their_order(ask: Ask) -> None:
    below = Object(
        None, (Selected("bok", ById(), TITLE), Selected("shf", ById(), SHELF_COLOUR))
    )
    nodes = Selected("nodes", ByIds(), below, {"ids": Var(("ids",))})

    rows = await ask(nodes, ids=["shf_1", "bok_5", "bok_2"])

    assert rows == [{"colour": "red"}, None, {"title": "T2"}]


SHELF_COLOUR = Object("shelf", (leaf("colour"),))


async def test_a_row_is_found_by_the_tests_that_are_given(ask: Ask) -> None:
    search = Selected("book", Find({"title": by_title}), TITLE, {"title": "T3"})

    assert await ask(search) == {"title": "T3"}


async def test_joins_lead_to_one_row_and_to_many(ask: Ask) -> None:
    shelf = ToOne(lambda child, parent, _: child.c.id == parent.c.shelf_id)
    notes = ToMany(
        lambda child, parent, _: child.c.book_id == parent.c.id, Order(("words",), "")
    )
    below = Object(
        "book",
        (
            Constant("kind", "Book"),
            Selected("shelf", shelf, SHELF_COLOUR),
            Selected("notes", notes, Object("note", (leaf("words"),))),
            Selected("inner", Embedded(), Object(None, (leaf("year"),))),
        ),
    )

    book = await ask(Selected("book", ById(), below, {"id": "bok_2"}))

    assert book == {
        "kind": "Book",
        "shelf": {"colour": "red"},
        "notes": [{"words": "A"}, {"words": "B"}],
        "inner": {"year": 2002},
    }


async def test_a_page_goes_forwards_and_backwards_by_its_cursors(ask: Ask) -> None:
    first = await ask(page(NODES, INFO, order="YEAR", first=2, after=None))
    after = Var(("after",))
    second = await ask(
        page(NODES, INFO, order="YEAR", first=2, after=after),
        after=first["info"]["end"],
    )
    back = await ask(
        page(NODES, INFO, order="YEAR", last=2, before=after),
        after=second["info"]["start"],
    )

    assert titles(first) == ["T1", "T2"]
    assert (first["info"]["next"], first["info"]["previous"]) == (True, False)
    assert titles(second) == ["T3", "T4"]
    assert (second["info"]["next"], second["info"]["previous"]) == (False, True)
    assert titles(back) == ["T1", "T2"]
    assert (back["info"]["next"], back["info"]["previous"]) == (True, False)


async def test_a_page_descends_where_its_order_does(ask: Ask) -> None:
    latest = await ask(page(NODES, order="LATEST", first=2, after=None))

    assert titles(latest) == ["T4", "T3"]


async def test_a_page_counts_and_filters_what_is_seen(ask: Ask) -> None:
    count = Selected("count", PagePart.TOTAL_COUNT)
    capped = Selected("capped", PagePart.TOTAL_COUNT_CAPPED)
    edges = Selected(
        "edges",
        PagePart.EDGES,
        Object(
            None, (Selected("node", PagePart.NODE, TITLE), Constant("kind", "Edge"))
        ),
    )

    every = await ask(page(count, capped, order="YEAR", first=1, after=None))
    one = await ask(page(count, edges, order="YEAR", first=9, after=None, title="T2"))

    assert every == {"count": 4, "capped": False}
    assert one == {"count": 1, "edges": [{"node": {"title": "T2"}, "kind": "Edge"}]}


@pytest.mark.parametrize("cursor", ["", "zz", "5B5D", b'[1,"shf_1"]'.hex()])
async def test_a_cursor_of_another_list_is_refused(ask: Ask, cursor: str) -> None:
    node = page(NODES, order="YEAR", first=1, after=Var(("after",)))

    with pytest.raises(CursorInvalid):
        await ask(node, after=cursor)


async def test_objects_over_one_row_share_what_they_work_out(ask: Ask) -> None:
    def is_old(row: Any, context: Any) -> Any:  # noqa: ANN401 an expression
        return context.once(("old", row), lambda: row.c.year < 2003)

    acts = tuple(
        Selected(
            act,
            Embedded(),
            Object(None, (Constant("act", act), Selected("allowed", Leaf(is_old)))),
        )
        for act in ("LEND", "MEND")
    )
    can = Selected("can", ViewerCan(), Object(None, acts))
    book = Selected("book", ById(), Object("book", (can,)), {"id": "bok_2"})

    assert (await ask(book))["can"] == [
        {"act": "LEND", "allowed": True},
        {"act": "MEND", "allowed": True},
    ]


async def test_facts_are_told_as_of_a_day(ask: Ask) -> None:
    days = Object("book", (Selected("day", Leaf(lambda _, context: context.day)),))
    book = Selected("book", ById(), days, {"id": "bok_1"})

    assert await ask(book) == {"day": "2026-12-10"}
    assert await ask(AsOf(date(2025, 1, 2), book)) == {"day": "2025-01-02"}


async def test_a_row_that_is_named_and_not_seen_is_the_answer(ask: Ask) -> None:
    node = page(NODES, order="YEAR", first=1, after=None)

    assert (
        await ask(node, RowReference("book", "bok_1"), RowReference("book", "bok_5"))
        == 1
    )


async def test_a_value_is_read_by_the_model(ask: Ask) -> None:
    def by_lower(row: Any, context: Any, value: Any) -> Any:  # noqa: ANN401 a test
        return row.c.colour == context.bind(("lower", value), "text")

    shelf = Selected(
        "shelf", Find({"colour": by_lower}), SHELF_COLOUR, {"colour": "RED"}
    )

    assert await ask(shelf) == {"colour": "red"}


def titles(data: Mapping[str, Any]) -> list[str]:
    return [node["title"] for node in data["nodes"]]
