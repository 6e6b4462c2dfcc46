"""A form that somebody fills in, and what it says of the object that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from graphql import GraphQLInputObjectType, get_named_type

from .act_form import ActForm
from .documents import ConsoleDocument
from .form_values import as_errors, missing, place_errors, read
from .forms import FormField, FormOverrides, fields
from .masking import Mask
from .options import texts_of
from .paths import path
from .rendering import print_value
from .requests import last_text
from .wording import label

NOT_COMPARED = {"id", "version"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a conflict; `name` is its field, or "" when it has none."""

    title: str
    name: str
    before: str
    now: str
    mine: str


@dataclass
class FormState:
    """A form that is being filled in.

    `data` answers the query of the form, asked with `variables`. `document` is the
    mutation. `typed` holds the texts, by field. `before` is what the object said when
    the form was opened; `memory` is the same, sealed for the page to carry. `key` makes
    the act happen once.
    """

    act: ActForm
    data: Mask
    variables: Mapping[str, Any]
    document: ConsoleDocument
    typed: dict[str, list[str]]
    back: str
    key: str
    version: str
    before: Mapping[str, str] = field(default_factory=dict)
    fields: list[FormField] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    warnings: list[Mapping[str, Any]] = field(default_factory=list)
    payload: Mask | None = None
    memory: str = ""

    @property
    def input_type(self) -> GraphQLInputObjectType:
        kind = get_named_type(self.document.variables["input"])
        assert isinstance(kind, GraphQLInputObjectType)
        return kind

    @property
    def has_preview(self) -> bool:
        return "dryRun" in self.input_type.fields

    @property
    def root(self) -> Mask | None:
        """The object that the form is about."""
        if not self.act.root:
            return None
        value = path(self.data, self.act.root)
        return value if isinstance(value, Mask) else None

    @property
    def current_version(self) -> str:
        if not self.act.version:
            return ""
        return str(path(self.data, self.act.version) or "")

    # what was typed

    def fill_first_values(self, today: date) -> None:
        """Begin with the values of the address, then of the object, then of the act."""
        for name, where in self.act.prefill.items():
            self.typed.setdefault(name, texts_of(path(self.data, where)))
        for name, values in self.act.first_values(today).items():
            self.typed.setdefault(name, values)
        self.build_fields()

    def build_fields(self) -> None:
        """Make the fields anew, with what was typed."""
        input_fields = self.input_type.fields
        hidden = frozenset(name for name in self.variables if name in input_fields)
        overrides: FormOverrides = self.act.overrides(self.data, hidden)
        self.fields = fields(self.input_type, self.typed, overrides)

    def read_input(self) -> dict[str, Any]:
        """The input, as the graph takes it.

        What is missing or does not fit is in `errors`, to stand beside its field.
        """
        faults = missing(self.fields)
        usable = {
            name: values
            for name, values in self.typed.items()
            if not name.startswith("_") and name not in faults
        }
        names = self.input_type.fields.keys() - self.act.omit
        values = read(self.input_type, names, usable, faults)
        self.errors = as_errors(faults)
        return values

    def place_errors(self) -> None:
        place_errors(self.fields, self.errors)

    def has_field(self, error: Mapping[str, Any]) -> bool:
        """Whether the error already stands beside a field."""
        message = str(error["message"])
        for top in self.fields:
            for each in (top, *top.leaves()):
                if message in each.errors:
                    return True
        return False

    # conflicts

    @property
    def now(self) -> dict[str, str]:
        """What the object says, in words, to be compared with what it says later.

        The name of a fact is that of its field, if it has one.
        """
        if self.root is None:
            return {}
        prefill = self.act.prefill
        with_field = {where.rpartition(".")[2] for where in prefill.values()}
        texts = {}
        for selected, value in self.root:
            is_compared = selected.key not in NOT_COMPARED | with_field
            if selected.below is None and is_compared:
                texts[selected.key] = str(print_value(value))
        for name, where in prefill.items():
            texts[name] = ", ".join(texts_of(path(self.data, where)))
        return texts

    def conflicts(self) -> list[Difference]:
        """Each fact of the object: when the form was opened, now, and as typed.

        Only those that differ, if any does.
        """
        leaves = {leaf.name: leaf for top in self.fields for leaf in top.leaves()}
        titles = self._titles()
        rows = []
        for key, now in self.now.items():
            leaf = leaves.get(key)
            row = Difference(
                title=leaf.label if leaf else titles.get(key, key),
                name=key if leaf else "",
                before=self.before.get(key, ""),
                now=now,
                mine=leaf.text if leaf else "",
            )
            rows.append(row)
        return [row for row in rows if _differs(row)] or rows

    def _titles(self) -> dict[str, str]:
        """The titles of the facts of the object."""
        if self.root is None:
            return {}
        return {
            selected.key: label(selected.field.description) for selected, _ in self.root
        }

    def resolve(self) -> None:
        """Take the current version for base, and the choices made field by field."""
        for name, where in self.act.prefill.items():
            if last_text(self.typed, f"_choix.{name}") == "actuelle":
                self.typed[name] = texts_of(path(self.data, where))
        self.version = self.current_version
        self.before = self.now
        self.renew_key()
        self.build_fields()

    def renew_key(self) -> None:
        self.key = str(uuid4())


def _differs(row: Difference) -> bool:
    is_typed_otherwise = bool(row.name) and row.mine != row.now
    return row.before != row.now or is_typed_otherwise
