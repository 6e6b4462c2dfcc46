"""Templates: escaped, strict, and French by default.

A day, a word or a number prints as the screen says it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from graphql import get_nullable_type
from graphql.type import GraphQLList
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from . import typography
from .assets import asset
from .library import FOLDER
from .masking import Mask
from .selection import SelectedField
from .wording import EnumWord, label

_PARTS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>)", re.DOTALL)
_SENTENCE = re.compile(r'"([^"{<]*)"')
_NOT_FACTS = {"id", "version", "viewerCan", "siretDifferences"}
"""What a page asks for its own use: to link, to guard, to propose, to mark digits."""


class _French(Extension):
    """Sets the sentences of a template with the unbreakable spaces of French.

    They are typed with plain spaces.
    """

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 Jinja's own
        filename: str | None = None,  # noqa: ARG002 Jinja's own
    ) -> str:
        return _typeset(source)


def _typeset(source: str) -> str:
    """Set the text between tags, and the sentences of expressions.

    Code and attributes are left as they are.
    """
    return "".join(_typeset_part(part) for part in _PARTS.split(source))


def _typeset_part(part: str) -> str:
    if part.startswith(("<", "{#")):
        return part
    if part.startswith("{"):
        return _SENTENCE.sub(_typeset_sentence, part)
    return typography.spaced(part)


def _typeset_sentence(match: re.Match[str]) -> str:
    return f'"{typography.spaced(match[1])}"'


def print_value(value: Any) -> Any:  # noqa: ANN401 whatever a template prints
    """A value as the screen says it; a text, as it is."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case datetime():
            return typography.instant(value)
        case date():
            return typography.day(value)
        case EnumWord():
            return value.label
        case int():
            return typography.number(value)
    return value


@cache
def environment() -> Environment:
    """The templates of every feature and of the layout, by the name of their file."""
    folders = sorted(folder for folder in FOLDER.iterdir() if folder.is_dir())
    templates = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=print_value,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_French],
    )
    templates.filters |= {
        "day": typography.day,
        "as_day": date.fromisoformat,
        "short_day": typography.short_day,
        "siret": typography.siret,
        "amount": typography.amount,
        "paris_day": typography.paris_day,
        "fr": typography.spaced,
        "label": label,
        "relative": typography.relative,
        "last_day": last_day,
        "constant": constant,
        "seg": lambda value: quote(str(value), safe=""),
    }
    templates.globals |= {
        "asset": asset,
        "plural": typography.plural,
        "is_mask": lambda value: isinstance(value, Mask),
        "is_list": lambda value: isinstance(value, list),
        "facts": facts,
        "query": query,
    }
    return templates


def constant(name: str) -> str:
    """An act as the graph's enum writes it: `conventionSign` as `CONVENTION_SIGN`."""
    return re.sub(r"([A-Z])", r"_\1", name).upper()


def last_day(end: date) -> date:
    """The last day with, for a stored end, which is the first day without."""
    return date.fromordinal(end.toordinal() - 1)


def query(pairs: Mapping[str, Any], **changes: Any) -> str:  # noqa: ANN401 texts
    """The query string of these pairs, some of them changed, or left out with None."""
    changed = dict(pairs) | changes
    parameters = {
        name: value for name, value in changed.items() if value not in (None, "", [])
    }
    return "?" + urlencode(parameters, doseq=True)


def facts(mask: Mask) -> Iterator[tuple[str, str, Any]]:
    """What an object says, for a page without a template: title, kind and value."""
    for selected, value in mask:
        if selected.key not in _NOT_FACTS:
            yield label(selected.field.description), kind_of(selected), value


def kind_of(selected: SelectedField) -> str:
    """How the default page shows a field."""
    if selected.key.lower().endswith("siret"):
        return "siret"
    if isinstance(get_nullable_type(selected.type), GraphQLList):
        return "list"
    if selected.below is None:
        return "leaf"
    return "connection" if selected.below.is_connection else "object"
