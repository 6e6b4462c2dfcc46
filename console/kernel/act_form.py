"""An act of the console: its form is made from its input, and a few lines here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from .forms import FormOverrides, Option
from .masking import Mask
from .options import choices
from .paths import path
from .printing import snake_case

EITHER = ("", "l’un ou l’autre")
NO_VARIABLES: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ActForm:
    """What the console adds to an act of the graph.

    `name` is the mutation. The query of its form is in the file
    `<name in snake case>.form.graphql`, or else asks for the facts of its root.
    `title`, `verb` and `done` are sentences: of the page, of its button, of what was
    done. The others are:

    - `root`: the object that the form is about, in the query of the form.
    - `back`: the address to go to once done, its braces being paths in the query.
    - `choices`, `rows`, `prefill`: for a field of the input, where the query holds its
      options, its rows or its value.
    - `initial`: the first value of a field, `today` being the day.
    - `boxes`: the values of a list of texts, where they are known.
    - `required`: fields that a rule asks for though the input cannot say so, each with
      where the query says whether it does, or "" for always.
    - `notes`: the same, and what then stands in place of « facultatif ».
    - `version`: where the query holds the version that the act expects.
    - `review`: the input is verified, on a page, before it is done.
    - `sensitive`: one must have signed in within fifteen minutes.
    - `tells`: the answer shows something once (a secret).
    - `danger`: the button warns.
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
    def file(self) -> str:
        """Its name in files: of the query of its form, of its templates."""
        return snake_case(self.name)

    def first_values(self, today: date) -> dict[str, list[str]]:
        """The first values of its form, as they would be typed."""
        return {
            name: [today.isoformat() if value == "today" else value]
            for name, value in self.initial.items()
        }

    def overrides(self, data: Mask, hidden: frozenset[str]) -> FormOverrides:
        """What it changes in its form, for what the query of the form holds."""
        options = {name: choices(data, where) for name, where in self.choices.items()}
        rows = {name: choices(data, where) for name, where in self.rows.items()}
        required = {
            name for name, where in self.required.items() if _is_true(data, where)
        }
        notes = {
            name: note
            for name, (where, note) in self.notes.items()
            if _is_true(data, where)
        }
        return FormOverrides(
            choices=options | dict(self.boxes),
            rows=rows,
            hidden=hidden | self.hidden,
            omit=self.omit,
            labels=self.labels,
            hints=self.hints,
            required=frozenset(required),
            notes=notes,
        )

    def address_once_done(self, data: Mask, variables: Mapping[str, Any]) -> str:
        return fill_address(self.back, data, variables)


def _is_true(data: Mask, where: str) -> bool:
    return not where or bool(path(data, where))


def fill_address(
    address: str, data: Mask, variables: Mapping[str, Any] = NO_VARIABLES
) -> str:
    """An address whose braces are variables, or paths in what was read."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in variables:
            return str(variables[name])
        return str(path(data, name) or "")

    return re.sub(r"\{([^}]+)\}", value, address)
