"""A page of the console: a document, a template or the default one, and a few lines."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from . import typography
from .masking import Mask
from .paths import path
from .wording import EnumWord

NAVIGATION = {"after", "before", "rang", "taille", "fait"}
"""Parameters that say where one stands in a list, and not what is in it."""


Fill: TypeAlias = Callable[[Any, Mapping[str, str]], Mapping[str, Any]]
"""(console, parameters of the address) → variables."""
Besides: TypeAlias = Callable[
    [Any, Any, Mapping[str, str]], Awaitable[Mapping[str, Any]]
]
"""(console, session, parameters of the address) → what the template holds besides."""


More: TypeAlias = Callable[[Any, Any, Any, Mask], Awaitable[Mapping[str, Any]]]
"""(console, request, session, answer) → what the template holds besides."""
Post: TypeAlias = Callable[[Any, Any, Any, Any], Awaitable[Any]]
"""(console, request, session, form) → the answer."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list, on the screen and in its exports.

    `path` is that of the value, in the row. `link` is the address that it leads to:
    `/partenaires/{id}`, its braces being paths in the row. `beside` tells this link
    from those of the same text: paths in the row, which a screen reader says and the
    page does not show. `kind` is `siret`, `last_day` (a stored end, shown as the last
    day with), `day` (that of an instant, in Paris), `number`, `status`, `yes`, `act`,
    `source`; by default the value prints as it is.
    """

    title: str
    path: str
    link: str = ""
    beside: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A filter of one click."""

    title: str
    values: Mapping[str, str]

    def is_applied(self, parameters: Mapping[str, str]) -> bool:
        """Whether the parameters of an address ask exactly this."""
        values = {
            name: value
            for name, value in parameters.items()
            if value and name not in NAVIGATION
        }
        return values == dict(self.values)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: a connection of the document, its columns, and what may be done with it.

    `needs` is the action without which nothing of it is read. `choices`, for a
    variable that is an identifier, is where the document lists its options: one path
    or several. `visible` names the filters that are visible at once. `export` is its
    name for `listExport`, which needs the action `export_needs`. `bulk` names the acts
    on several rows; the identifier of a row is at `bulk_id`. They are offered to who
    has the action `bulk_needs`, if any. `bulk_values` are fields of such an act that
    the path of the page says, with the part of the path: nothing more is then asked.
    """

    root: str
    columns: tuple[ListColumn, ...]
    one: str
    many: str
    empty: str
    quick: tuple[QuickFilter, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    visible: tuple[str, ...] = ()
    needs: str = ""
    export: str = ""
    export_needs: str = ""
    bulk: tuple[str, ...] = ()
    bulk_id: str = "id"
    bulk_needs: str = ""
    bulk_values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """`root` is what must be there for the page to exist, or else it is a 404.

    `fill` adds to the variables of an address, and `besides` to what its template
    holds.

    `opening` is the act that a button of the page does before it shows the rest: who
    opens it is then in the journal. The identifier of the address is its `opening_id`.

    `rows` is the path of a connection that is read `size` rows at a time. `more` is
    `besides`, from the whole request and the answer of the document; its `notices`
    are added to those of the page. `post` receives the forms of the page.
    """

    path: str
    document: str
    title: str
    section: str = ""
    listing: Listing | None = None
    root: str = ""
    opening: str = ""
    opening_id: str = ""
    fill: Fill | None = None
    besides: Besides | None = None
    rows: str = ""
    size: int = 50
    more: More | None = None
    post: Post | None = None


def row_title(page: Page, row: Mask) -> str:
    """How a row is called: by its first two columns."""
    assert page.listing is not None
    texts = []
    for column in page.listing.columns[:2]:
        value = path(row, column.path)
        if column.kind == "siret" and value:
            value = typography.siret(value)
        if value:
            texts.append(str(value.label if isinstance(value, EnumWord) else value))
    return " · ".join(texts)
