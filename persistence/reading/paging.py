"""Keyset pages: an ordered `limit size + 1`, numbered, then one aggregate; cursors checked key by key."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

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

from persistence.types import iso_day

from .model import Model
from .question import Constant, Node, Object, Order, Paged, Part, Selected, Value

if TYPE_CHECKING:
    from .compiler import Reader

TOTAL = 10_000
"""Totals are counted up to here, and say so."""
COUNTS = {Part.TOTAL_COUNT, Part.TOTAL_COUNT_CAPPED}
ENDS = {Part.START_CURSOR, Part.END_CURSOR}
ITEMS = {Part.EDGES, Part.NODES}
Where: TypeAlias = Callable[[FromClause], list[ColumnElement[bool]]]
"""The conditions of the rows of a list."""


class CursorInvalid(ValueError):
    """A cursor that this list did not give."""


def columns_of(model: Model, record: str, order: Order) -> tuple[tuple[str, str], ...]:
    """The keys of an order, ended by the id: (column, kind); the kind of an id is its prefix."""
    kinds: dict[type, str] = {Integer: "int", Date: "day"}
    of = model.tables[order.beside or record]
    keys = [(c, kinds.get(type(of.c[c].type), "text")) for c in order.columns]
    return (*keys, ("id", model.prefixes[record]))


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


class Keyset(NamedTuple):
    """A page of a record's rows: so many after a cursor, or before it, in an order; and what is selected of it."""

    model: Model
    record: str
    order: Order
    size: Value
    cursor: Value
    backward: bool
    parts: tuple[Node, ...]

    @classmethod
    def of(cls, asked: Selected, kind: Paged, model: Model) -> "Keyset":
        values, backward = asked.values, "last" in asked.values
        size, cursor = (
            values.get(name)
            for name in (("last", "before") if backward else ("first", "after"))
        )
        order = kind.orders[str(values["order"])]
        assert asked.below.record is not None
        return cls(
            model, asked.below.record, order, size, cursor, backward, asked.below.fields
        )

    @property
    def down(self) -> bool:
        """Whether the rows are walked from the greatest key."""
        return self.order.descending != self.backward

    @property
    def informed(self) -> bool:
        """Whether anything is asked of the page beside its objects: only then are its rows numbered."""
        return any(_kind(field) is Part.PAGE_INFO for field in self.parts)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        return columns_of(self.model, self.record, self.order)


def under(parent: FromClause | None, made: Select[Any]) -> Select[Any]:
    """Name the correlation: a select inside FROM does not find it by itself."""
    return made if parent is None else made.correlate(parent)


def page(
    reader: "Reader", selected: Selected, kind: Paged, parent: FromClause | None
) -> ScalarSelect[Any]:
    """The JSON of a page: its rows, then their numbered values, then one aggregate."""
    asked = Keyset.of(selected, kind, reader.context.model)
    where = _listed(asked.order, _where(reader, selected, kind, parent))
    found = under(parent, _rows(reader, asked, where)).subquery()
    values, items = _values(reader, asked, found), {}
    for index, part in enumerate(asked.parts):
        if isinstance(part, Selected) and part.kind in ITEMS:
            items[part.key] = f"j{index}"
            values.append(_item(reader, part, asked, found).label(f"j{index}"))
    middle = under(parent, select(*values).select_from(found)).subquery()

    context = _terms(reader, asked, middle, items)
    if not any(_kind(part) in COUNTS for part in asked.parts):
        return under(
            parent, select(_connection(reader, asked, context, {}))
        ).scalar_subquery()
    total = _total(reader, asked.record, where, parent)
    made = under(
        parent,
        select(*(term.label(f"p{i}") for i, term in enumerate(context.values()))),
    ).subquery()
    columns = dict(zip(context, made.c, strict=True)) if context else {}
    beside = [made, total] if context else [total]
    whole = _connection(reader, asked, columns, dict(total.c))
    return under(parent, select(whole).select_from(*beside)).scalar_subquery()


def _where(
    reader: "Reader", selected: Selected, kind: Paged, parent: FromClause | None
) -> Where:
    """The conditions of the rows: seen by the caller, at the end of the join, kept by the filters that are given."""
    record, values = selected.below.record, selected.values
    assert record is not None
    filters = [
        (known, values[name]) for name, known in kind.filters.items() if name in values
    ]
    anchored = kind.link is not None or any(known.anchor for known, _ in filters)

    def where(row: FromClause) -> list[ColumnElement[bool]]:
        link = [] if kind.link is None else [kind.link(row, parent, reader.context)]  # type: ignore[arg-type]
        tests = [known.test(row, reader.context, value) for known, value in filters]
        return [*reader.context.readable(record, row, anchored=anchored), *link, *tests]

    return where


def _kind(field: Node) -> object:
    return field.kind if isinstance(field, Selected) else None


def _terms(
    reader: "Reader", asked: Keyset, middle: FromClause, items: Mapping[str, str]
) -> dict[str, ColumnElement[Any]]:
    """What is made of the page's rows, by key: its lists, and what is told of it."""
    size = reader.context.value(asked.size, "int")
    shown: ColumnElement[bool] | None = None
    if asked.informed:
        walk = [middle.c.n.desc() if asked.backward else middle.c.n]
        shown = middle.c.n <= size
    else:
        keys = list(middle.c)[: -len(items) or None]
        walk = [key.desc() if asked.order.descending else key for key in keys]
    context: dict[str, ColumnElement[Any]] = {}
    for part in asked.parts:
        if isinstance(part, Selected) and part.kind in ITEMS:
            context[part.key] = reader.spelling.listed(
                middle.c[items[part.key]], walk, shown
            )
        elif isinstance(part, Selected) and part.kind is Part.PAGE_INFO:
            context[part.key] = _info(reader, part.below, asked, middle, size)
    return context


def _listed(order: Order, where: Where) -> Where:
    """The conditions of a list, with those of its order: a row without its keys waits for them."""
    if not order.beside:
        return where
    return lambda row: [*where(row), *(row.c[c].is_not(None) for c in order.columns)]


def _connection(
    reader: "Reader",
    asked: Keyset,
    made: Mapping[str, ColumnElement[Any]],
    total: Mapping[str, ColumnElement[Any]],
) -> ColumnElement[Any]:
    """The object of a page: what was made of its rows, and what is told of its count."""

    def value(part: Node) -> ColumnElement[Any]:
        if isinstance(part, Constant):
            return reader.fixed(part)
        match _kind(part):
            case Part.TOTAL_COUNT:
                return reader.spelling.value(
                    case((total["n"] > TOTAL, TOTAL), else_=total["n"])
                )
            case Part.TOTAL_COUNT_CAPPED:
                return reader.spelling.value(total["n"] > TOTAL)
        return reader.spelling.nested(made[part.key])

    return reader.spelling.object([(part.key, value(part)) for part in asked.parts])


def _rows(reader: "Reader", asked: Keyset, where: Where) -> Select[Any]:
    """The page's rows, and one more where it must be known whether others follow."""
    row, columns = reader.context.alias(asked.record), asked.columns
    conditions = where(row)
    if asked.cursor is not None:
        kinds = [kind if kind in {"int", "day"} else "text" for _, kind in columns]
        bounds = (
            reader.context.bind(("cursor", asked.cursor, columns, i), kind)
            for i, kind in enumerate(kinds)
        )
        mine, theirs = tuple_(*(row.c[c] for c, _ in columns)), tuple_(*bounds)
        conditions.append(mine < theirs if asked.down else mine > theirs)
    order = [row.c[c].desc() if asked.down else row.c[c] for c, _ in columns]
    limit = reader.context.bind(
        ("limit" if asked.informed else "value", asked.size), "int"
    )
    return select(row).where(*conditions).order_by(*order).limit(limit)


def _values(
    reader: "Reader", asked: Keyset, found: FromClause
) -> list[ColumnElement[Any]]:
    """The row's number in the direction of the walk and its cursor where one is asked; else the keys of its order."""
    keys = [found.c[c] for c, _ in asked.columns]
    if not asked.informed:
        return [key.label(f"k{index}") for index, key in enumerate(keys)]
    outward = [key.desc() for key in keys] if asked.down else keys
    number = func.row_number().over(order_by=outward).label("n")
    cursor = (
        [_cursor(reader, asked, found).label("cursor")]
        if _asks_ends(asked.parts)
        else []
    )
    return [number, *cursor]


def _cursor(reader: "Reader", asked: Keyset, found: FromClause) -> ColumnElement[Any]:
    return reader.spelling.cursor([found.c[c] for c, _ in asked.columns])


def _asks_ends(parts: tuple[Node, ...]) -> bool:
    """Whether the cursor of the first or of the last row is asked."""
    selected = [
        part
        for part in parts
        if isinstance(part, Selected) and isinstance(part.kind, Part)
    ]
    return any(part.kind in ENDS or _asks_ends(part.below.fields) for part in selected)


def _item(
    reader: "Reader", part: Selected, asked: Keyset, found: FromClause
) -> ColumnElement[Any]:
    """A node, or an edge around it."""
    if part.kind is Part.NODES:
        return reader.object(part.below, found)

    def value(inner: Node) -> ColumnElement[Any]:
        if isinstance(inner, Selected) and inner.kind is Part.NODE:
            return reader.object(inner.below, found)
        return (
            _cursor(reader, asked, found)
            if isinstance(inner, Selected)
            else reader.field(inner, found)
        )

    return reader.spelling.object(
        [(inner.key, value(inner)) for inner in part.below.fields]
    )


def _info(
    reader: "Reader",
    below: Object,
    asked: Keyset,
    middle: FromClause,
    size: ColumnElement[Any],
) -> ColumnElement[Any]:
    """What is told of the page: the further end of the walk is known, the nearer one is where it came from."""
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
    known: Mapping[object, ColumnElement[Any]] = {
        Part.HAS_NEXT_PAGE: nearer if asked.backward else further,
        Part.HAS_PREVIOUS_PAGE: further if asked.backward else nearer,
        Part.START_CURSOR: furthest if asked.backward else nearest,
        Part.END_CURSOR: nearest if asked.backward else furthest,
    }

    def value(field: Node) -> ColumnElement[Any]:
        return (
            reader.fixed(field)
            if isinstance(field, Constant)
            else reader.spelling.value(known[_kind(field)])
        )

    return reader.spelling.object([(field.key, value(field)) for field in below.fields])


def _total(
    reader: "Reader",
    record: str,
    where: Where,
    parent: FromClause | None,
) -> FromClause:
    """One row: how many there are, up to one more than TOTAL; counted once, whatever is told of it."""
    row = reader.context.alias(record)
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
