"""From the neutral tree to one statement, compiled once and run with the values of each request."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    SelectBase,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.sql.compiler import SQLCompiler

from . import paging
from .binds import Bind, BindValue, Holdings, Source, value_source
from .dialects import SPELLINGS, quoted
from .model import Model
from .question import (
    AsOf,
    ById,
    ByIds,
    Constant,
    Embedded,
    Find,
    Leaf,
    Node,
    Object,
    Paged,
    Reference,
    Selected,
    ToMany,
    ToOne,
    Value,
    ViewerCan,
)

Made = TypeVar("Made")
STAMP = len("@AAAA-MM-JJ")
"""What follows the key in an id that carries a day."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Compiled text, and what gives each of its binds; PostgreSQL's are positional, SQLite's named."""

    text: str
    givers: tuple[tuple[str, BindValue], ...]
    positional: bool
    slots: tuple[Bind, ...]

    def binds(
        self, variables: Mapping[str, Any], held: Holdings
    ) -> Sequence[Any] | dict[str, Any]:
        """The values of this run. Raises `paging.CursorInvalid`."""
        if self.positional:
            return [give(variables, held) for _, give in self.givers]
        return {name: give(variables, held) for name, give in self.givers}


class SqlContext:
    """The statement under way: its aliases and its binds. What links and tests are written with."""

    def __init__(
        self,
        model: Model,
        dialect: str,
        permits: Any = None,  # noqa: ANN401 whatever the model's visibility reads
    ) -> None:
        self.model, self.spelling, self.permits = model, SPELLINGS[dialect], permits
        self.slots: dict[str, Bind] = {}
        self._names: dict[tuple[str, Source], str] = {}
        self._aliases = 0
        self._facts_day: Value = None
        self._made: dict[Any, Any] = {}

    def bind(self, source: Source, kind: str) -> Any:  # noqa: ANN401 a bind of the given kind
        name = self._names.setdefault((kind, source), f"b{len(self._names)}")
        self.slots[name] = Bind(kind, source)
        return self.spelling.bind(name, kind)

    def value(self, value: Value, kind: str = "text") -> Any:  # noqa: ANN401 a bind of the given kind
        return self.bind(("value", value), kind)

    def once(self, key: Any, make: Callable[[], Made]) -> Made:  # noqa: ANN401 a hashable key
        """What is known by this key on the day of the facts, the same object each time."""
        dated = (self._facts_day, key)
        if dated not in self._made:
            self._made[dated] = make()
        return self._made[dated]  # type: ignore[no-any-return]

    def alias(self, record: str) -> FromClause:
        self._aliases += 1
        name = f"t{self._aliases}"
        view = self.model.views.get(record)
        rows = self.model.tables[record] if view is None else view(self)
        return rows.alias(name)

    @property
    def today(self) -> ColumnElement[Any]:
        """The day of the caller's rights, which no argument moves."""
        return self.bind(("today",), "day")  # type: ignore[no-any-return]

    @property
    def day(self) -> ColumnElement[Any]:
        """The day of the facts: today, unless the field asks for another."""
        return (
            self.today
            if self._facts_day is None
            else self.value(self._facts_day, "day")
        )

    def of_day(self, reading: str) -> ColumnElement[Any]:
        """What a reading makes of the day of the facts: another day."""
        is_today = self._facts_day is None
        source = ("of today", reading) if is_today else (reading, self._facts_day)
        return self.bind(source, "day")  # type: ignore[no-any-return]

    def identifier(self, key: ColumnElement[Any]) -> ColumnElement[Any]:
        """The id of a row, with the day of the facts where a field asks for one."""
        return key if self._facts_day is None else key + self.stamp(self._facts_day)

    def stamp(self, day: Value) -> ColumnElement[str]:
        """What follows a key in an id of that day."""
        return self.bind(("stamp", day), "text")  # type: ignore[no-any-return]

    @contextmanager
    def facts_on(self, day: Value) -> Iterator[None]:
        """Tell the facts of another day while what stands under a field is compiled."""
        former, self._facts_day = self._facts_day, day
        yield
        self._facts_day = former

    @property
    def now(self) -> ColumnElement[Any]:
        return self.bind(("now",), "instant")  # type: ignore[no-any-return]

    def holds(
        self, term: ColumnElement[Any], attribute: str, role: str
    ) -> ColumnElement[bool]:
        return self.spelling.among(term, self.bind(("held", attribute, role), "texts"))

    def among(self, term: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        return self.spelling.among(term, self.bind(("value", value), "texts"))

    def among_rows(
        self, term: ColumnElement[Any], rows: SelectBase
    ) -> ColumnElement[bool]:
        return self.spelling.among_rows(term, rows)

    def agrees(self, term: ColumnElement[bool], value: Value) -> ColumnElement[bool]:
        """Whether a condition is as a Boolean argument says."""
        return cast(term, Boolean) == self.bind(("value", value), "flag")  # type: ignore[no-any-return]

    def readable(
        self, record: str, row: FromClause, *, anchored: bool = True
    ) -> list[ColumnElement[bool]]:
        """The conditions of the caller's permits on a row; none for what is public.

        A test that looks at rows of another record puts them on these rows: a filter
        tells nothing that a list hides.
        """
        return self.model.visible(record, row, self, anchored=anchored)

    def mentions(self, key: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether a name, by its key, holds each of the words that are searched, in any order; the longest first."""
        longest = self.spelling.find(key, self.bind(("longest word", value), "text"))
        return and_(
            longest, self.spelling.holds_all(key, self.bind(("words", value), "texts"))
        )

    def starts(self, term: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether a column of digits starts with the number that is typed, of nine digits at least; by its index."""
        lowest, past = (
            self.bind((bound, value), "text") for bound in ("number", "past number")
        )
        return and_(term >= lowest, term < past)

    def ends_by(self, end: ColumnElement[Any], value: Value) -> ColumnElement[bool]:
        """Whether the last day is the given one or before: an end is the first day without."""
        return end <= self.bind(("day after", value), "day")  # type: ignore[no-any-return]


def compiled(made: Select[Any], context: SqlContext) -> Statement:
    """The text of a select, and where each of its binds comes from."""
    text = made.compile(dialect=context.spelling.dialect)
    assert isinstance(text, SQLCompiler)
    _each_alias_once(str(text))
    slots = {
        name: Bind("text", ("value", value)) for name, value in text.params.items()
    } | context.slots
    ordered = (text.positiontup if text.positional else list(text.params)) or ()
    givers = tuple(
        (name, value_source(slots[name], context.spelling, context.model.readings))
        for name in ordered
    )
    return Statement(
        str(text), givers, text.positional, tuple(slots[name] for name in ordered)
    )


def _each_alias_once(text: str) -> None:
    """A link that forgot to name its correlation would bring its parent in again, and every row with it."""
    declared = re.findall(r"\bAS (t\d+)\b", text)
    if len(declared) != len(set(declared)):
        message = f"an alias is declared twice: {sorted({a for a in declared if declared.count(a) > 1})}"
        raise AssertionError(message)


class Reader:
    """Compiles questions for one dialect, with the permits of one set of roles."""

    def __init__(
        self,
        model: Model,
        dialect: str,
        permits: Any,  # noqa: ANN401 whatever the model's visibility reads
    ) -> None:
        self.context = SqlContext(model, dialect, permits)
        self.spelling = self.context.spelling

    def statement(self, question: Object, named: Sequence[Reference] = ()) -> Statement:
        """The whole answer as the text of one JSON object; or the rank of the first row named that may not be seen."""
        answer = cast(self.object(question, None), Text)
        unseen = [
            (~self.is_seen(row), literal(str(rank))) for rank, row in enumerate(named)
        ]
        return compiled(
            select(case(*unseen, else_=answer) if unseen else answer), self.context
        )

    def is_seen(self, named: Reference) -> ColumnElement[bool]:
        row = self.context.alias(named.record)
        return exists().where(
            row.c.id == self.context.value(named.id),
            *self.context.readable(named.record, row),
        )

    # objects

    def object(self, asked: Object, row: FromClause | None) -> ColumnElement[Any]:
        return self.spelling.object([(f.key, self.field(f, row)) for f in asked.fields])

    def fixed(self, asked: Constant) -> ColumnElement[Any]:
        if isinstance(asked.value, bool):
            return self.spelling.value(true() if asked.value else false())
        return null() if asked.value is None else quoted(asked.value)

    def field(self, asked: Node, row: FromClause | None) -> ColumnElement[Any]:
        """What a field reads: its value over the row, or what is found from it."""
        if isinstance(asked, Constant):
            return self.fixed(asked)
        if isinstance(asked, AsOf):
            with self.context.facts_on(asked.day):
                return self.field(asked.field, row)
        match asked.kind:
            case Leaf(sql):
                return self.spelling.value(sql(row, self.context))  # type: ignore[arg-type]
            case Embedded():
                return self.spelling.nested(self.object(asked.below, row))
            case ToOne() | Find() | ById():
                return self._one(asked, row)
            case ToMany():
                return self._many(asked, asked.kind, row)
            case Paged():
                return self.spelling.nested(paging.page(self, asked, asked.kind, row))
            case ByIds():
                return self._by_ids(asked)
            case ViewerCan():
                return self._viewer_can(asked, row)
        raise AssertionError(asked.kind)

    # rows

    def _one(self, asked: Selected, parent: FromClause | None) -> ColumnElement[Any]:
        assert asked.below.record is not None
        row = self.context.alias(asked.below.record)
        conditions = [
            *self.context.readable(asked.below.record, row),
            *self._found(asked, row, parent),
        ]
        made = select(self.object(asked.below, row)).select_from(row).where(*conditions)
        return self.spelling.nested(paging.under(parent, made).scalar_subquery())

    def _found(
        self, asked: Selected, row: FromClause, parent: FromClause | None
    ) -> list[ColumnElement[bool]]:
        """What tells the one row that is meant."""
        match asked.kind:
            case ToOne(link):
                return [link(row, parent, self.context)]  # type: ignore[arg-type]
            case Find(tests):
                return [
                    test(row, self.context, asked.values[n])
                    for n, test in tests.items()
                    if n in asked.values
                ]
        return [row.c.id == self.context.value(asked.values["id"])]

    def _many(
        self, asked: Selected, kind: ToMany, parent: FromClause | None
    ) -> ColumnElement[Any]:
        assert asked.below.record is not None
        row = self.context.alias(asked.below.record)
        columns = [row.c[name] for name in (*kind.order.columns, "id") if name in row.c]
        order = [
            column.desc() if kind.order.descending else column for column in columns
        ]
        conditions = [
            *self.context.readable(asked.below.record, row),
            kind.link(row, parent, self.context),  # type: ignore[arg-type]
        ]
        made = (
            select(self.spelling.listed(self.object(asked.below, row), order))
            .select_from(row)
            .where(*conditions)
        )
        return self.spelling.nested(paging.under(parent, made).scalar_subquery())

    def _by_ids(self, asked: Selected) -> ColumnElement[Any]:
        ids = self.spelling.numbered(
            self.context.bind(("value", asked.values["ids"]), "texts")
        )
        found = [self._of_prefix(target, ids) for target in asked.below.fields]
        node = case(*found, else_=null()) if found else null()
        rows = select(ids.c.n.label("n"), node.label("node")).subquery()
        return self.spelling.nested(
            select(self.spelling.listed(rows.c.node, [rows.c.n])).scalar_subquery()
        )

    def _of_prefix(
        self, asked: Node, ids: FromClause
    ) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
        """Which ids these are, and the object of each."""
        day, target = (
            (asked.day, asked.field) if isinstance(asked, AsOf) else (None, asked)
        )
        assert isinstance(target, Selected)
        assert target.below.record is not None
        row = self.context.alias(target.below.record)
        key: ColumnElement[str] = ids.c.id
        are: ColumnElement[bool] = key.like(f"{target.key}\\_%", escape="\\")
        if day is not None:
            stamp = self.context.stamp(day)
            before = func.length(key) - STAMP
            are = and_(are, func.substr(key, before + 1) == stamp)
            key = func.substr(key, 1, before)
        with self.context.facts_on(day):
            one = select(self.object(target.below, row))
            one = one.where(
                row.c.id == key, *self.context.readable(target.below.record, row)
            )
        return are, one.correlate(ids).scalar_subquery()

    def _viewer_can(
        self, asked: Selected, row: FromClause | None
    ) -> ColumnElement[Any]:
        """Expressions that several objects share are columns of one row, worked out once; the objects stand around."""
        targets = [
            target.below
            for target in asked.below.fields
            if isinstance(target, Selected)
        ]
        selected = [
            field
            for target in targets
            for field in target.fields
            if isinstance(field, Selected)
        ]
        leaves = [field.kind for field in selected if isinstance(field.kind, Leaf)]
        context = dict.fromkeys(leaf.sql(row, self.context) for leaf in leaves)  # type: ignore[arg-type]
        names = {term: f"v{index}" for index, term in enumerate(context)}
        columns = [
            literal_column("1").label("one"),
            *(term.label(name) for term, name in names.items()),
        ]
        held = paging.under(row, select(*columns)).limit(literal_column("1")).subquery()

        def field(asked: Node) -> ColumnElement[Any]:
            if isinstance(asked, Selected) and isinstance(asked.kind, Leaf):
                term = asked.kind.sql(row, self.context)  # type: ignore[arg-type]
                return self.spelling.value(held.c[names[term]])
            return self.field(asked, row)

        objects = [
            self.spelling.object([(f.key, field(f)) for f in target.fields])
            for target in targets
        ]
        around = paging.under(
            row, select(self.spelling.array(objects)).select_from(held)
        )
        return self.spelling.nested(around.scalar_subquery())
