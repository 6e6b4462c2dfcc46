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
"""What an operation may ask for at most: rows, the product of its page sizes, and fields of rows."""
LISTED_COST = 5


class Cost(NamedTuple):
    rows: int
    cells: int


class PageCost(NamedTuple):
    """A page of the plan: its size, the fields of a row, the pages under it; sizes are known at each run."""

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
            raise refuse(
                "PAGE_SIZE", f"Une page compte de 0 à {PAGE} objets.", self.place
            )
        below = [page.cost(variables) for page in self.pages]
        return Cost(
            size * (1 + sum(c.rows for c in below)),
            size * (self.width + sum(c.cells for c in below)),
        )


class PageArguments(NamedTuple):
    """How a page is asked: so many objects after a cursor, or before it."""

    size: Value
    cursor: Value
    backward: bool

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> "PageArguments":
        """The walk that a list's arguments, marked, ask for."""
        backward = (
            arguments.get("last") is not None or arguments.get("before") is not None
        )
        if backward and (
            arguments.get("first") is not None or arguments.get("after") is not None
        ):
            raise refuse(
                "ARGUMENTS",
                "Une page va en avant (`first`, `after`) ou en arrière (`last`, `before`).",
            )
        size, cursor = (
            arguments.get(name)
            for name in (("last", "before") if backward else ("first", "after"))
        )
        return cls(DEFAULT_PAGE if size is None else size, cursor, backward)


@dataclass(frozen=True)
class Plan:
    """A compiled question; `completed` when some leaf is Python's, so that graphql-core finishes the answer."""

    question: Object
    statement: Statement | None
    pages: tuple[PageCost, ...]
    completed: bool
    values: Checked

    @cached_property
    def varies(self) -> bool:
        """Whether what it checks depends on the variables: if not, it was checked when it was made."""
        return any(page.varies for page in self.pages) or self.values.varies

    def check(self, variables: Mapping[str, Any]) -> None:
        """Refuse a value or a page out of bounds, or an operation that asks for too much."""
        self.values.check(variables)
        costs = [page.cost(variables) for page in self.pages]
        rows, cells = (
            sum(cost.rows for cost in costs),
            sum(cost.cells for cost in costs),
        )
        if rows > ROWS or cells > CELLS:
            limit = f"la limite est {ROWS} lignes et {CELLS} champs"
            largest = max(
                zip(costs, self.pages, strict=True), key=lambda pair: pair[0]
            )[1]
            raise refuse(
                "TOO_COSTLY",
                f"La requête demande jusqu'à {rows} lignes et {cells} champs, {limit}.",
                largest.place,
            )

    def unseen(self, answer: str) -> GraphQLError | None:
        """The refusal of the row that a filter names, where the answer is its rank: it is unknown, or not seen."""
        return self.refusal(int(answer)) if answer.isdigit() else None

    def refusal(self, rank: int) -> GraphQLError:
        """What is said of the row named at this rank, which may not be seen."""
        return not_found(self.values.references[rank][1])


def width(parts: tuple[Node, ...]) -> int:
    """How many fields a row of the page is asked for."""
    selected = [
        part
        for part in parts
        if isinstance(part, Selected) and isinstance(part.kind, PagePart)
    ]
    return sum(
        len(p.below.fields)
        if p.kind in (PagePart.NODES, PagePart.NODE)
        else width(p.below.fields)
        for p in selected
    )
