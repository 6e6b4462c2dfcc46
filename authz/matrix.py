"""The policy as a table that people read: `python -m authz.matrix` writes MATRIX.md beside the policy."""

from collections.abc import Iterable, Iterator

from authz.engine import HERE, Engine, load
from authz.policy import ACTIONS
from authz.scopes import GRAINS, KIND_OF, SCOPES, Atom

MATRIX = HERE / "MATRIX.md"


def render(engine: Engine) -> str:
    """Give the markdown of every action × role with the scopes that open it, then the scopes' meaning."""
    return "\n".join(
        (
            "# Who may do what",
            "",
            "Generated from `policy.csv`; inherited rights are included, an empty cell is never.",
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
    for type_, actions in ACTIONS.items():
        for action in actions:
            plans = (engine.plan(frozenset((role,)), type_, action) for role in KIND_OF)
            cells = (", ".join(permit.scope for permit in plan) for plan in plans)
            yield (f"{type_}:{action}", *cells)


def _meanings() -> Iterator[tuple[str, str]]:
    for scope, conditions in SCOPES.items():
        yield scope, _sentence(conditions)
    for (scope, type_), conditions in GRAINS.items():
        yield f"{scope} of {type_}", _sentence(conditions)


def _sentence(conditions: Iterable[Atom]) -> str:
    return " and ".join(_clause(atom) for atom in conditions) or "no condition"


def _clause(atom: Atom) -> str:
    match atom.op:
        case "among":
            return f"{atom.fact} is one of the caller's {atom.of}"
        case "equals":
            return f"{atom.fact} is {atom.of}"
        case "known":
            return f"{atom.fact} is known"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (header, ("---",) * len(header), *rows):
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    MATRIX.write_text(render(load()), "utf-8")
