"""The values of a statement: constants, and places among the variables."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Var:
    """The place of a value among the coerced variables."""

    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What is read out of another value at each run: the day that an id carries.

    `what` names one of `binds.READINGS`.
    """

    what: str
    value: "Value"


Value: TypeAlias = Var | Read | str | int | bool | date | tuple["Value", ...] | None

CoercedValue: TypeAlias = Any
"""A value at a run, as graphql-core coerces it: a text, a number, a day, a list."""
