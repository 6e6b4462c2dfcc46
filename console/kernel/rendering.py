"""Templates: escaped, strict, and French by default: a day, a word or a number prints as the screen says it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from graphql import get_nullable_type
from graphql.type import GraphQLList
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from . import typography
from .documents import FOLDER
from .masking import Mask
from .selection import SelectedField
from .wording import EnumWord, label

STATIC = FOLDER / "layout" / "static"
_PARTS = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>)", re.DOTALL)
_SENTENCE = re.compile(r'"([^"{<]*)"')


class _French(Extension):
    """The sentences of a template are typed with plain spaces, and set with those of French."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 Jinja's own
        return _set(source)


def _set(source: str) -> str:
    """What stands between tags, and the sentences of expressions: neither code nor attributes are touched."""
    return "".join(_part(part) for part in _PARTS.split(source))


def _part(part: str) -> str:
    if part.startswith(("<", "{#")):
        return part
    if part.startswith("{"):
        return _SENTENCE.sub(lambda found: f'"{typography.spaced(found[1])}"', part)
    return typography.spaced(part)


def printed(value: Any) -> Any:  # noqa: ANN401 whatever a template prints
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
    made = Environment(
        loader=FileSystemLoader(sorted(folder for folder in FOLDER.iterdir() if folder.is_dir())),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_French],
    )
    made.filters |= {
        "day": typography.day,
        "as_day": date.fromisoformat,
        "short_day": typography.short_day,
        "siret": typography.siret,
        "fr": typography.spaced,
        "label": label,
        "relative": typography.relative,
        "last_day": last_day,
        "constant": constant,
        "seg": lambda value: quote(str(value), safe=""),
    }
    made.globals |= {
        "asset": asset,
        "plural": typography.plural,
        "is_mask": lambda value: isinstance(value, Mask),
        "is_list": lambda value: isinstance(value, list),
        "facts": facts,
        "query": query,
    }
    return made


def constant(name: str) -> str:
    """How the graph's enum of acts writes a mutation: `conventionSign` as `CONVENTION_SIGN`."""
    return re.sub(r"([A-Z])", r"_\1", name).upper()


def last_day(value: date) -> date:
    """A stored end is the first day without: the screen shows the last day with."""
    return date.fromordinal(value.toordinal() - 1)


def query(pairs: Mapping[str, Any], **changed: Any) -> str:  # noqa: ANN401 texts
    """The query string of these pairs, some of them changed, or taken out with None."""
    kept = [(k, v) for k, v in (dict(pairs) | changed).items() if v not in (None, "", [])]
    return "?" + urlencode(kept, doseq=True) if kept else "?"


_ASSETS: dict[str, str] = {}


def asset(name: str) -> str:
    """The address of a static file, with the digest of its content: it may be kept for ever."""
    if name not in _ASSETS:
        digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        _ASSETS[name] = f"/static/{digest}/{name}"
    return _ASSETS[name]


_UNSAID = {"id", "version", "viewerCan", "siretDifferences"}
"""What is asked for the page's own use: to link, to guard, to propose, to mark digits."""


def facts(mask: Mask) -> Iterator[tuple[str, str, Any]]:
    """What an object says, for a page without a template of its own: its French titles, kinds and values."""
    for selected, value in mask:
        if selected.key in _UNSAID:
            continue
        yield label(selected.field.description), kind_of(selected), value


def kind_of(selected: SelectedField) -> str:
    if selected.key.lower().endswith("siret"):
        return "siret"
    if isinstance(get_nullable_type(selected.type), GraphQLList):
        return "list"
    if selected.below is None:
        return "leaf"
    return "connection" if selected.below.is_connection else "object"


def path(value: Any, dotted: str) -> Any:  # noqa: ANN401 a mask, or what it holds
    """What stands at `a.b.0`; None as soon as something on the way is absent."""
    for name in filter(None, dotted.split(".")):
        if value is None:
            return None
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def nodes(value: Any) -> list[Any]:  # noqa: ANN401 a list, or a connection
    if isinstance(value, Mask) and value.selection_.is_connection:
        return list(value.nodes)
    return list(value or ())


def values(value: Any, names: Sequence[str]) -> Iterator[Any]:  # noqa: ANN401 a value of the answer
    """What stands at a path, each in turn where the path goes through a list; `?open` keeps those that are."""
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from values(item, names)
    elif not names:
        yield value
    elif names[0].startswith("?"):
        yield from values(value, names[1:]) if value[names[0][1:]] else ()
    elif names[0] == "nodes" and isinstance(value, Mask):
        yield from values(nodes(value), names[1:])
    else:
        yield from values(value[names[0]], names[1:])


def static_files() -> Iterator[Path]:
    return (file for file in STATIC.rglob("*") if file.is_file())
