"""The filters of a list, as the fields of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputType, get_named_type

from .answering import PAGING, Console
from .documents import ConsoleDocument
from .forms import Option
from .masking import Mask
from .options import choices
from .page import Listing
from .wording import words

WORDS = "search"
"""The filter that takes words.

They may be a name: it is posted, and stands sealed in addresses.
"""
NOT_FILTERS = {*PAGING, "id", "year", "asOf"}
WORDS_NOT_REPEATED = "une recherche, dont les mots ne sont pas gardés"
YES_OR_NO = [Option("true", "oui"), Option("false", "non")]


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter, as its field stands in the page.

    `is_private` says that its value is written neither in a file nor in the journal.
    """

    name: str
    label: str
    kind: str
    value: str
    options: Sequence[Option]
    is_visible: bool
    is_private: bool

    @property
    def text(self) -> str:
        """Its value in words."""
        labels = {option.value: option.label for option in self.options}
        return labels.get(self.value, self.value)


def filters(
    console: Console,
    listing: Listing,
    document: ConsoleDocument,
    variables: Mapping[str, Any],
    data: Mask,
) -> list[FilterField]:
    """One filter for each variable of the document.

    Those of paging, and the parts of the path, are no filters.
    """
    fields = []
    visible = listing.visible or (WORDS,)
    for name, type_ in document.variables.items():
        if name in NOT_FILTERS:
            continue
        options = _options(console, listing, name, type_, data)
        field = FilterField(
            name=name,
            label=listing.labels.get(name) or console.title(document, name),
            kind="select" if options else _kind(type_),
            value=_text(variables.get(name)),
            options=options,
            is_visible=name in visible,
            is_private=name == WORDS,
        )
        fields.append(field)
    return fields


def _kind(type_: GraphQLInputType) -> str:
    return "date" if get_named_type(type_).name == "Date" else "search"


def _text(value: Any) -> str:  # noqa: ANN401 a variable
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
    return str(value)


def _options(
    console: Console,
    listing: Listing,
    name: str,
    type_: GraphQLInputType,
    data: Mask,
) -> list[Option]:
    if name == "act":
        titles = console.act_titles.items()
        options = [Option(act, title) for act, title in titles]
        return sorted(options, key=lambda option: option.label)
    if name in listing.choices:
        return list(choices(data, listing.choices[name]))
    kind = get_named_type(type_)
    if isinstance(kind, GraphQLEnumType):
        return [Option(value, word) for value, word in words(kind).items()]
    return YES_OR_NO if kind.name == "Boolean" else []


def summary(fields: Sequence[FilterField]) -> list[tuple[str, str]]:
    """The filters in words, for the head of a file and for the journal.

    Of a private one, only that there was one.
    """
    lines = []
    for field in fields:
        if field.value:
            text = WORDS_NOT_REPEATED if field.is_private else field.text
            lines.append((field.label, text))
    return lines
