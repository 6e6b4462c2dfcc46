"""What a plan is, and what it may cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graphql import GraphQLError

from persistence.reading.binds import resolved, varies
from persistence.reading.question import Node, Object, PagePart, Selected
from persistence.reading.statement import Statement
from persistence.reading.values import Value
from resolvers.places import Place, refuse

from .checking import Checked, not_found

PAGE, DEFAULT_PAGE = 100, 20
MOST_OBJECTS = 80
"""Objects of a plan: each costs milliseconds to compile, on the event loop."""
ROWS, CELLS = 20_000, 200_000
"""What an operation may ask for at most: rows, and fields of rows.

The rows are the product of its page sizes.
"""
PARTS = {
    "edges": PagePart.EDGES,
    "nodes": PagePart.NODES,
    "node": PagePart.NODE,
    "cursor": PagePart.CURSOR,
    "totalCount": PagePart.TOTAL_COUNT,
    "totalCountCapped": PagePart.TOTAL_COUNT_CAPPED,
    "pageInfo": PagePart.PAGE_INFO,
    "hasNextPage": PagePart.HAS_NEXT_PAGE,
    "hasPreviousPage": PagePart.HAS_PREVIOUS_PAGE,
    "startCursor": PagePart.START_CURSOR,
    "endCursor": PagePart.END_CURSOR,
}
"""The parts of a page, as a connection, an edge and a PageInfo name them."""
LISTED_COST = 5
"""How many rows a list without pages counts for."""
FORWARD, BACKWARD = ("first", "after"), ("last", "before")
"""The arguments of a page: its size and its cursor."""
BOTH_WAYS = "Une page va en avant (`first`, `after`) ou en arrière (`last`, `before`)."


class Cost(NamedTuple):
    rows: int
    cells: int


class PageCost(NamedTuple):
    """A page of the plan: its size, the fields of a row, the pages under it.

    A size may be a variable: each run has its own.
    """

    size: Value
    width: int
    pages: tuple["PageCost", ...]
    place: Place

    @property
    def varies(self) -> bool:
        return varies(self.size) or any(page.varies for page in self.pages)

    def cost(self, variables: Mapping[str, Any]) -> Cost:
        size = resolved(self.size, variables)
        if not 0 <= size <= PAGE:
            limit = f"Une page compte de 0 à {PAGE} objets."
            raise refuse("PAGE_SIZE", limit, self.place)
        rows, cells = 1, self.width
        for page in self.pages:
            below = page.cost(variables)
            rows += below.rows
            cells += below.cells
        return Cost(size * rows, size * cells)


class PageArguments(NamedTuple):
    """The size of a page, and the cursor after which it starts or before which it ends.

    `names` are those of the two arguments.
    """

    size: Value
    cursor: Value
    names: tuple[str, str]

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "PageArguments":
        """From the arguments of a list, marked."""
        names = set()
        for name in (*FORWARD, *BACKWARD):
            if arguments.get(name) is not None:
                names.add(name)
        is_backward = not names.isdisjoint(BACKWARD)
        if is_backward and not names.isdisjoint(FORWARD):
            raise refuse("ARGUMENTS", BOTH_WAYS)
        size_name, cursor_name = BACKWARD if is_backward else FORWARD
        size = arguments.get(size_name)
        if size is None:
            size = DEFAULT_PAGE
        return cls(size, arguments.get(cursor_name), (size_name, cursor_name))


@dataclass(frozen=True)
class Plan:
    """A compiled question.

    `completed` when some leaf is Python's: graphql-core then finishes the answer.
    """

    question: Object
    statement: Statement | None
    pages: tuple[PageCost, ...]
    completed: bool
    values: Checked

    @cached_property
    def varies(self) -> bool:
        """Whether its checks depend on the variables.

        If they do not, they were done when the plan was made.
        """
        return any(page.varies for page in self.pages) or self.values.varies

    def check(self, variables: Mapping[str, Any]) -> None:
        """Refuse a value or a page out of bounds, or a question that costs too much."""
        self.values.check(variables)
        costs = [page.cost(variables) for page in self.pages]
        rows = sum(cost.rows for cost in costs)
        cells = sum(cost.cells for cost in costs)
        if rows > ROWS or cells > CELLS:
            largest = self.pages[costs.index(max(costs))]
            message = (
                f"La requête demande jusqu'à {rows} lignes et {cells} champs,"
                f" la limite est {ROWS} lignes et {CELLS} champs."
            )
            raise refuse("TOO_COSTLY", message, largest.place)

    def unseen(self, answer: str) -> GraphQLError | None:
        """The refusal of a row that a filter names: unknown, or hidden from the caller.

        The answer is then the rank of that row among those that filters name.
        """
        return self.refusal(int(answer)) if answer.isdigit() else None

    def refusal(self, rank: int) -> GraphQLError:
        """The refusal of the row that is named at this rank."""
        return not_found(self.values.references[rank][1])


def width(parts: tuple[Node, ...]) -> int:
    """How many fields of each row the parts of a page select."""
    count = 0
    for part in parts:
        if isinstance(part, Selected) and isinstance(part.kind, PagePart):
            fields = part.below.fields
            is_row = part.kind in (PagePart.NODES, PagePart.NODE)
            count += len(fields) if is_row else width(fields)
    return count
