"""A lot: the rows that one act is done on, saved on the server for whoever began it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Self

from graphql import GraphQLInputObjectType, get_named_type

from .act_form import ActForm
from .documents import ConsoleDocument
from .files import as_csv
from .form_values import missing, read
from .forms import FormField, FormOverrides, fields
from .requests import texts

CHOOSE = "choose"
PREVIEW = "preview"
REPORT = "report"
OUTCOMES = {"DONE": "Fait", "REFUSED": "Refusé", "READY": "Issue inconnue"}
REPORT_TITLES = ("Identifiant", "Ligne", "Résultat", "Motifs")


@dataclass(slots=True)
class Item:
    """A row: its title, and what came of it.

    `outcome` is `READY` to be done, `DONE`, `REFUSED`, or "" before it is tried.
    """

    id: str
    title: str
    outcome: str = ""
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Lot:
    """What is saved of a lot.

    `page` is the document of the list it comes from, `back` its address, `pairs` what
    was typed, `stage` how far it is.
    """

    page: str
    back: str
    items: list[Item]
    pairs: list[tuple[str, str]] = field(default_factory=list)
    stage: str = CHOOSE

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """A lot, from the JSON that was saved."""
        items = [Item(**item) for item in content["items"]]
        return cls(**{**content, "items": items})

    def items_with(self, outcome: str) -> list[Item]:
        return [item for item in self.items if item.outcome == outcome]


class OpenLot(NamedTuple):
    """A lot under somebody's hand, with its act."""

    id: str
    lot: Lot
    act: ActForm
    document: ConsoleDocument

    @property
    def input_type(self) -> GraphQLInputObjectType:
        kind = get_named_type(self.document.variables["input"])
        assert isinstance(kind, GraphQLInputObjectType)
        return kind

    @property
    def id_field(self) -> str:
        """The field of the input that names the row."""
        names = (str(name) for name in self.input_type.fields)
        return next(name for name in names if name.endswith("Id"))

    @property
    def address(self) -> str:
        return lot_address(self.act, self.id)

    def fields(self, today: date) -> list[FormField]:
        """The fields of the act but the one that names the row."""
        overrides = FormOverrides(
            omit=frozenset({self.id_field}), labels=self.act.labels
        )
        return fields(self.input_type, self._texts(today), overrides)

    def read_input(self, today: date, faults: dict[str, str]) -> dict[str, Any]:
        """The input without its row; what does not fit is added to `faults`."""
        names = [top.name for top in self.fields(today)]
        return read(self.input_type, names, self._texts(today), faults)

    def faults(self, today: date) -> dict[str, str]:
        """A sentence for each field that is missing or does not fit, by its path."""
        faults = missing(self.fields(today))
        self.read_input(today, faults)
        return faults

    def _texts(self, today: date) -> dict[str, list[str]]:
        """What was typed, over the first values of the form."""
        return self.act.first_values(today) | texts(self.lot.pairs)


def lot_address(act: ActForm, entry_id: str) -> str:
    return f"/lots/{act.name}/{entry_id}"


def fields_of_the_act(pairs: Iterable[Sequence[str]]) -> list[tuple[str, str]]:
    """The fields of the act among what a form sent."""
    return [(name, value) for name, value in pairs if not name.startswith("_")]


def report(lot: Lot) -> bytes:
    """The report of a lot, as CSV: what the server did, line by line."""
    rows = []
    for item in lot.items:
        outcome = OUTCOMES.get(item.outcome, "")
        rows.append((item.id, item.title, outcome, " ".join(item.reasons)))
    return as_csv(REPORT_TITLES, rows)
