"""An act of the console: a few lines; its form is made from the act's input, the rest from its document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from .documents import snake_case
from .forms import FormOverrides, Option
from .masking import Mask
from .options import choices
from .rendering import path

EITHER = ("", "l’un ou l’autre")


@dataclass(frozen=True, slots=True)
class ActForm:
    """What the console adds to an act of the graph.

    `name` is the mutation. The query of its form is `<name in snake case>.form.graphql`, or else the facts of its root.

    `root`: the object that the form is about, in the form's query. `choices`, `rows`, `prefill`: for a field of the
    input, where the query holds its options, its rows or its value. `initial`: a first value, `today` being the day.
    `back`: the address to go to once done, its braces being paths in the query. `tells`: the answer has something to
    show once (a secret). `sensitive`: asks for a signing in within fifteen minutes. `boxes`: the values of a list of
    texts, where they are known. `required`: fields that its rule asks for though its input cannot say so, each with
    where the query says whether it does, or "" for always. `notes`: the same, and what is then said in place of
    « facultatif ».
    """

    name: str
    title: str
    verb: str
    done: str
    back: str
    root: str = ""
    section: str = "/partenaires"
    choices: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    prefill: Mapping[str, str] = field(default_factory=dict)
    initial: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    boxes: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    omit: frozenset[str] = frozenset()
    version: str = ""
    review: bool = True
    sensitive: bool = False
    tells: bool = False
    danger: bool = False

    @property
    def document(self) -> str:
        """Its name in files: of its form's query, and of its templates."""
        return snake_case(self.name)

    def begun(self, today: date) -> dict[str, list[str]]:
        """The first values of its form, as they would be typed."""
        return {name: [today.isoformat() if value == "today" else value] for name, value in self.initial.items()}

    def shape(self, data: Mask, hidden: frozenset[str]) -> FormOverrides:
        """Its form, on what its query holds."""
        return FormOverrides(
            choices={name: choices(data, where) for name, where in self.choices.items()} | dict(self.boxes),
            rows={name: choices(data, where) for name, where in self.rows.items()},
            hidden=hidden | self.hidden,
            omit=self.omit,
            labels=self.labels,
            hints=self.hints,
            required=frozenset(name for name, where in self.required.items() if _holds(data, where)),
            notes={name: note for name, (where, note) in self.notes.items() if _holds(data, where)},
        )

    def address(self, data: Mask, variables: Mapping[str, Any]) -> str:
        return filled(self.back, data, variables)


def _holds(data: Mask, where: str) -> bool:
    return not where or bool(path(data, where))


def filled(address: str, data: Mask, variables: Mapping[str, Any] = MappingProxyType({})) -> str:
    """An address whose braces are paths in what was read, or variables."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return str(variables[name] if name in variables else path(data, name) or "")

    return re.sub(r"\{([^}]+)\}", value, address)
