"""Keyset pages: an ordered `limit size + 1`, numbered, then one aggregate; cursors checked key by key."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    String,
    case,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    true,
    tuple_,
)

from persistence.facts.visibility import class_of, table
from persistence.records.base import iso_day

from .dialects import quoted
from .question import Order, Page, Part

if TYPE_CHECKING:
    from .compiler import Reader

TOTAL = 10_000
"""Totals are counted up to here, and say so."""
COUNTS = ("totalCount", "totalCountCapped")


class CursorInvalid(ValueError):
    """A cursor that this list did not give."""


def columns_of(record: str, order: Order) -> tuple[tuple[str, str], ...]:
    """The keys of an order, ended by the id: (column, kind); the kind of an id is its prefix."""
    kinds: dict[type, str] = {Integer: "int", Date: "day"}
    of = table(order.beside or record)
    keys = [(c, kinds.get(type(of.c[c].type), "text")) for c in order.columns]
    return (*keys, ("id", class_of(record).prefix))


def keys(cursor: str, columns: tuple[tuple[str, str], ...]) -> list[Any]:
    """The order keys in a cursor, type-checked; raises `CursorInvalid`."""
    try:
        found = orjson.loads(bytes.fromhex(cursor))
        if not isinstance(found, list):
            raise CursorInvalid
        return [
            _checked(value, kind)
            for value, (_, kind) in zip(found, columns, strict=True)
        ]
    except (ValueError, TypeError) as error:
        raise CursorInvalid from error


def _checked(value: object, kind: str) -> object:
    match kind, value:
        case "int", int() if not isinstance(value, bool) and abs(value) < 2**31:
            return value
        case "day", str():
            return iso_day(value)
        case "text", str() if "\x00" not in value:
            return value
        case _, str() if value.startswith(f"{kind}_") and "\x00" not in value:
            return value
    raise CursorInvalid


def under(parent: FromClause | None, made: Select[Any]) -> Select[Any]:
    """Name the correlation: a select inside FROM does not find it by itself."""
    return made if parent is None else made.correlate(parent)


def page(
    reader: "Reader",
    asked: Page,
    where: Callable[[FromClause], list[ColumnElement[bool]]],
    parent: FromClause | None,
) -> ScalarSelect[Any]:
    """The JSON of a connection: rows of the page, then their numbered values, then one aggregate."""
    where = _listed(asked.order, where)
    found = under(parent, _rows(reader, asked, where)).subquery()
    values, items = _values(reader, asked, found), {}
    for index, part in enumerate(asked.parts):
        if part.name in ("edges", "nodes"):
            items[part.key] = f"j{index}"
            values.append(_item(reader, part, asked, found).label(f"j{index}"))
    middle = under(parent, select(*values).select_from(found)).subquery()

    size = reader.terms.value(asked.size, "int")
    if needs_page_info(asked):
        walk, shown = (
            [middle.c.n.desc() if asked.backward else middle.c.n],
            middle.c.n <= size,
        )
    else:
        walk, shown = (
            [
                c.desc() if asked.order.descending else c
                for c in list(middle.c)[: -len(items) or None]
            ],
            None,
        )
    terms: dict[str, ColumnElement[Any]] = {}
    for part in asked.parts:
        if part.name in ("edges", "nodes"):
            terms[part.key] = reader.spelling.listed(
                middle.c[items[part.key]], walk, shown
            )
        elif part.name == "pageInfo":
            terms[part.key] = _info(reader, part, asked, middle, size)
    counted = next((part.record for part in asked.parts if part.name in COUNTS), None)
    if counted is None:
        return under(
            parent, select(_connection(reader, asked, terms, {}))
        ).scalar_subquery()
    total = _total(reader, counted, where, parent)
    made = under(
        parent, select(*(term.label(f"p{i}") for i, term in enumerate(terms.values())))
    ).subquery()
    columns = dict(zip(terms, made.c, strict=True)) if terms else {}
    beside = [made, total] if terms else [total]
    whole = _connection(reader, asked, columns, dict(total.c))
    return under(parent, select(whole).select_from(*beside)).scalar_subquery()


def _listed(
    order: Order, where: Callable[[FromClause], list[ColumnElement[bool]]]
) -> Callable[[FromClause], list[ColumnElement[bool]]]:
    """The conditions of a list, with those of its order: a row without its keys waits for them."""
    if not order.beside:
        return where
    return lambda row: [*where(row), *(row.c[c].is_not(None) for c in order.columns)]


def _connection(
    reader: "Reader",
    asked: Page,
    made: Mapping[str, ColumnElement[Any]],
    total: Mapping[str, ColumnElement[Any]],
) -> ColumnElement[Any]:
    """The object of a connection: what was made of its rows, and what is told of its count."""

    def said(part: Part) -> ColumnElement[Any]:
        match part.name:
            case "__typename":
                return quoted(part.type_name)
            case "totalCount":
                return reader.spelling.value(
                    case((total["n"] > TOTAL, TOTAL), else_=total["n"])
                )
            case "totalCountCapped":
                return reader.spelling.value(total["n"] > TOTAL)
        return reader.spelling.nested(made[part.key])

    return reader.spelling.object([(part.key, said(part)) for part in asked.parts])


def needs_page_info(asked: Page) -> bool:
    """Whether anything is asked of the page beside its objects: only then are its rows numbered."""
    return any(part.name == "pageInfo" for part in asked.parts)


def _rows(
    reader: "Reader",
    asked: Page,
    where: Callable[[FromClause], list[ColumnElement[bool]]],
) -> Select[Any]:
    """The page's rows, and one more where it must be known whether others follow."""
    row, down = reader.terms.alias(asked.record), _down(asked)
    columns = columns_of(asked.record, asked.order)
    conditions = where(row)
    if asked.cursor is not None:
        kinds = [kind if kind in {"int", "day"} else "text" for _, kind in columns]
        bounds = (
            reader.terms.bind(("cursor", asked.cursor, columns, i), kind)
            for i, kind in enumerate(kinds)
        )
        mine, theirs = tuple_(*(row.c[c] for c, _ in columns)), tuple_(*bounds)
        conditions.append(mine < theirs if down else mine > theirs)
    order = [row.c[c].desc() if down else row.c[c] for c, _ in columns]
    limit = reader.terms.bind(
        ("limit" if needs_page_info(asked) else "value", asked.size), "int"
    )
    return select(row).where(*conditions).order_by(*order).limit(limit)


def _values(
    reader: "Reader", asked: Page, found: FromClause
) -> list[ColumnElement[Any]]:
    """The row's number in the direction of the walk and its cursor where one is asked; else the keys of its order."""
    keys = [found.c[c] for c, _ in columns_of(asked.record, asked.order)]
    if not needs_page_info(asked):
        return [key.label(f"k{index}") for index, key in enumerate(keys)]
    outward = [key.desc() for key in keys] if _down(asked) else keys
    number = func.row_number().over(order_by=outward).label("n")
    cursor = (
        [_cursor(reader, asked, found).label("cursor")]
        if _asks_ends(asked.parts)
        else []
    )
    return [number, *cursor]


def _cursor(reader: "Reader", asked: Page, found: FromClause) -> ColumnElement[Any]:
    return reader.spelling.cursor(
        [found.c[c] for c, _ in columns_of(asked.record, asked.order)]
    )


def _down(asked: Page) -> bool:
    return asked.order.descending != asked.backward


def _asks_ends(parts: tuple[Part, ...]) -> bool:
    return any(
        part.name in ("startCursor", "endCursor") or _asks_ends(part.parts)
        for part in parts
    )


def _item(
    reader: "Reader", part: Part, asked: Page, found: FromClause
) -> ColumnElement[Any]:
    """A node, or an edge around it."""
    if part.target is not None:
        return reader.object(part.target, found)
    pairs: list[tuple[str, ColumnElement[Any]]] = []
    for inner in part.parts:
        match inner.name:
            case "node":
                assert inner.target is not None
                pairs.append((inner.key, reader.object(inner.target, found)))
            case "cursor":
                pairs.append((inner.key, _cursor(reader, asked, found)))
            case _:
                pairs.append((inner.key, quoted(inner.type_name)))
    return reader.spelling.object(pairs)


def _info(
    reader: "Reader",
    part: Part,
    asked: Page,
    middle: FromClause,
    size: ColumnElement[Any],
) -> ColumnElement[Any]:
    """pageInfo, out of the numbered values: the walk's further end is known, the nearer is where one came from."""
    further, nearer = (
        func.count(middle.c.n) > size,
        true() if asked.cursor is not None else false(),
    )
    on_page = middle.c.n <= size
    tagged = (
        cast(1000 + middle.c.n, String) + middle.c.cursor
        if "cursor" in middle.c
        else null()
    )
    nearest = func.substr(func.min(tagged).filter(on_page), 5)
    furthest = func.substr(func.max(tagged).filter(on_page), 5)
    forward = {
        "hasNextPage": further,
        "hasPreviousPage": nearer,
        "startCursor": nearest,
        "endCursor": furthest,
    }
    backward = {
        "hasNextPage": nearer,
        "hasPreviousPage": further,
        "startCursor": furthest,
        "endCursor": nearest,
    }
    known = backward if asked.backward else forward
    return reader.spelling.object(
        [
            (
                p.key,
                reader.spelling.value(known[p.name])
                if p.name in known
                else quoted(p.type_name),
            )
            for p in part.parts
        ]
    )


def _total(
    reader: "Reader",
    record: str,
    where: Callable[[FromClause], list[ColumnElement[bool]]],
    parent: FromClause | None,
) -> FromClause:
    """One row: how many there are, up to one more than TOTAL; counted once, whatever is told of it."""
    row = reader.terms.alias(record)
    rows: Select[Any] = (
        select(literal_column("1").label("one"))
        .select_from(row)
        .where(*where(row))
        .limit(TOTAL + 1)
    )
    return under(
        parent,
        select(func.count().label("n")).select_from(under(parent, rows).subquery()),
    ).subquery()
