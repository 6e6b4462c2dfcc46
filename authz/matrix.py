"""The policy as a table that people read.

`python -m authz.matrix` writes MATRIX.md beside the policy.
"""

from collections.abc import Iterable, Iterator

from .engine import HERE, Engine, load
from .policy import ACTIONS
from .scopes import GRAINS, KIND_OF, SCOPES, ScopeCondition

MATRIX = HERE / "MATRIX.md"


def render(engine: Engine) -> str:
    """Return the Markdown of the matrix.

    A row for each action, a column for each role, the scopes that open the action to
    the role in the cell; then the meaning of each scope.
    """
    return "\n".join(
        (
            "# Who may do what",
            "",
            (
                "Generated from `policy.csv`; inherited rights are included, "
                "an empty cell is never."
            ),
            "",
            *_table(("action", *KIND_OF), _rights(engine)),
            "",
            "## Scopes",
            "",
            *_table(("scope", "the object's facts"), _meanings()),
            "",
        )
    )


def _rights(engine: Engine) -> Iterator[tuple[str, ...]]:
    """Yield the row of each action: its name, then a cell for each role."""
    for type_, actions in ACTIONS.items():
        for action in actions:
            cells = [_cell(engine, role, type_, action) for role in KIND_OF]
            yield (f"{type_}:{action}", *cells)


def _cell(engine: Engine, role: str, type_: str, action: str) -> str:
    """Return the scopes that open the action to the role."""
    permits = engine.plan(frozenset((role,)), type_, action)
    return ", ".join(permit.scope for permit in permits)


def _meanings() -> Iterator[tuple[str, str]]:
    """Yield each scope with its conditions, then those of each grain."""
    for scope, conditions in SCOPES.items():
        yield scope, _sentence(conditions)
    for (scope, type_), conditions in GRAINS.items():
        yield f"{scope} of {type_}", _sentence(conditions)


def _sentence(conditions: Iterable[ScopeCondition]) -> str:
    clauses = [_clause(condition) for condition in conditions]
    return " and ".join(clauses) or "no condition"


def _clause(condition: ScopeCondition) -> str:
    """Return a condition in words."""
    match condition.op:
        case "among":
            return f"{condition.fact} is one of the caller's {condition.of}"
        case "equals":
            return f"{condition.fact} is {condition.of}"
        case "known":
            return f"{condition.fact} is known"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    for row in (header, ("---",) * len(header), *rows):
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    MATRIX.write_text(render(load()), "utf-8")
