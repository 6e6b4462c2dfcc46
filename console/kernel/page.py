"""The pages of the console. One is a document, a template or the default one, and a few lines here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .masking import Mask
from .rendering import path
from .wording import EnumWord


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list, on the screen and in its exports: a path in the row, or a template's macro for the screen."""

    title: str
    path: str
    link: str = ""
    """The address that the value leads to: `/partenaires/{id}`, its braces being paths in the row."""
    beside: tuple[str, ...] = ()
    """What tells this link from those of the same text: paths in the row, said and not shown."""
    kind: str = ""
    """`siret`, `last_day` (a stored end, shown as the last day with), `status`; else as the value prints."""


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A filter of one click."""

    title: str
    values: Mapping[str, str]

    def holds(self, asked: Mapping[str, str]) -> bool:
        """Whether the address asks exactly this."""
        aside = {"after", "before", "rang", "taille", "fait"}
        plain = {name: value for name, value in asked.items() if name not in aside and value}
        return plain == dict(self.values)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: which connection of the document, its columns, and what may be done with it.

    `needs`: the action without which nothing of it is read. `choices`: for a variable that is an identifier, where the
    document lists its options, from one place or several.
    `export`: its name for `listExport`, which needs the action `export_needs`.
    `bulk`: acts on several rows; their identifier is the row's, or at `bulk_id`.
    """

    root: str
    columns: tuple[ListColumn, ...]
    one: str
    many: str
    empty: str
    quick: tuple[QuickFilter, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    needs: str = ""
    export: str = ""
    export_needs: str = ""
    bulk: tuple[str, ...] = ()
    bulk_id: str = "id"


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    document: str
    title: str
    section: str = ""
    listing: Listing | None = None
    root: str = ""
    """What must be there for the page to exist: its absence is « rien à cette adresse »."""


def called(page: Page, row: Mask) -> str:
    """How a row is called: its first two columns."""
    assert page.listing is not None
    found = [path(row, column.path) for column in page.listing.columns[:2]]
    return " · ".join(str(value.label if isinstance(value, EnumWord) else value) for value in found if value)
