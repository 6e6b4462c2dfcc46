"""A compiled statement, and how each of its binds takes its value."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.sql.compiler import SQLCompiler

from .binds import Bind, BindValue, Holdings, value_source
from .context import SqlContext


class StatementBind(NamedTuple):
    """A bind of the text, under its name, with how its value is computed."""

    name: str
    bind: Bind
    value: BindValue


@dataclass(frozen=True, slots=True)
class Statement:
    """The text, and its parameters in their order.

    PostgreSQL's parameters are positional, SQLite's are by name.
    """

    text: str
    parameters: tuple[StatementBind, ...]
    positional: bool

    def binds(
        self, variables: Mapping[str, Any], holdings: Holdings
    ) -> Sequence[Any] | dict[str, Any]:
        """The values of a run, as the driver takes them. Raises `CursorInvalid`."""
        values = [each.value(variables, holdings) for each in self.parameters]
        if self.positional:
            return values
        names = [each.name for each in self.parameters]
        return dict(zip(names, values, strict=True))


def compiled(query: Select[Any], context: SqlContext) -> Statement:
    """The statement of a select that was written with this context."""
    compiler = query.compile(dialect=context.spelling.dialect)
    assert isinstance(compiler, SQLCompiler)
    text = str(compiler)
    _require_each_alias_once(text)
    names = compiler.positiontup if compiler.positional else list(compiler.params)
    literals = {
        name: Bind("text", ("value", value)) for name, value in compiler.params.items()
    }
    binds = literals | context.binds
    parameters = []
    for name in names or ():
        bind = binds[name]
        value = value_source(bind, context.spelling, context.model.readings)
        parameters.append(StatementBind(name, bind, value))
    return Statement(text, tuple(parameters), compiler.positional)


def _require_each_alias_once(text: str) -> None:
    """A join that forgets to name its correlation declares its parent's alias again.

    Every row of the parent would then come with it.
    """
    counts = Counter(re.findall(r"\bAS (t\d+)\b", text))
    twice = sorted(alias for alias, count in counts.items() if count > 1)
    if twice:
        message = f"an alias is declared twice: {twice}"
        raise AssertionError(message)
