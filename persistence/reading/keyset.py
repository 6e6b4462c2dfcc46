"""Which page of a list is asked for: by the keys of its order, never by rank."""

from typing import NamedTuple

from sqlalchemy import Date, Integer

from .cursors import KeyColumn
from .fields import record_of
from .model import Model
from .question import Node, Order, Paged, PagePart, Selected
from .values import Value

KINDS: dict[type, str] = {Integer: "int", Date: "day"}
"""What a key is, by the type of its column; any other column is a text."""
COUNTS = {PagePart.TOTAL_COUNT, PagePart.TOTAL_COUNT_CAPPED}
ENDS = {PagePart.START_CURSOR, PagePart.END_CURSOR}
ITEMS = {PagePart.EDGES, PagePart.NODES}


class Keyset(NamedTuple):
    """A page: so many rows of a record after a cursor, or before it, in an order.

    `parts` are what is selected of the page: its nodes, its count, where it stands.
    """

    record: str
    order: Order
    columns: tuple[KeyColumn, ...]
    size: Value
    cursor: Value
    backward: bool
    parts: tuple[Node, ...]

    @property
    def is_descending(self) -> bool:
        """Whether the rows are walked from the greatest key."""
        return self.order.descending != self.backward

    @property
    def has_page_info(self) -> bool:
        """Whether it is asked where the page stands.

        Only then are the rows numbered.
        """
        return any(part_of(node) is PagePart.PAGE_INFO for node in self.parts)

    @property
    def has_count(self) -> bool:
        """Whether the rows of the whole list are counted."""
        return any(part_of(node) in COUNTS for node in self.parts)

    @property
    def has_end_cursors(self) -> bool:
        """Whether the cursor of the first or of the last row is asked for."""
        return _has_ends(self.parts)

    @property
    def key_names(self) -> list[str]:
        """The columns of the keys, beside the objects."""
        return [f"k{index}" for index, _ in enumerate(self.columns)]

    @property
    def items(self) -> list[tuple[str, Selected]]:
        """The lists of nodes or of edges, each with its column of objects."""
        items = []
        for index, node in enumerate(self.parts):
            if isinstance(node, Selected) and node.kind in ITEMS:
                items.append((f"j{index}", node))
        return items


def keyset_of(node: Selected, kind: Paged, model: Model) -> Keyset:
    """The page that the values of a field ask for."""
    values = node.values
    backward = "last" in values
    size, cursor = ("last", "before") if backward else ("first", "after")
    record = record_of(node)
    order = kind.orders[str(values["order"])]
    return Keyset(
        record=record,
        order=order,
        columns=_key_columns(model, record, order),
        size=values.get(size),
        cursor=values.get(cursor),
        backward=backward,
        parts=node.below.fields,
    )


def part_of(node: Node) -> object:
    """The part of the page that a node selects; None for a constant."""
    return node.kind if isinstance(node, Selected) else None


def _key_columns(model: Model, record: str, order: Order) -> tuple[KeyColumn, ...]:
    """The columns of an order, ended by the id."""
    table = model.tables[order.beside or record]
    columns = []
    for name in order.columns:
        kind = KINDS.get(type(table.c[name].type), "text")
        columns.append(KeyColumn(name, kind))
    return (*columns, KeyColumn("id", model.prefixes[record]))


def _has_ends(nodes: tuple[Node, ...]) -> bool:
    """Whether an end cursor is among the nodes, or below them."""
    for node in nodes:
        if not isinstance(node, Selected) or not isinstance(node.kind, PagePart):
            continue
        if node.kind in ENDS or _has_ends(node.below.fields):
            return True
    return False
