"""What a statement takes at each run: constants of the document, and places among the variables."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


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
