"""What of a request chooses its plan, and the marks that stand for what does not."""

from enum import Enum
from typing import Any, NamedTuple

from graphql import GraphQLID, GraphQLInputObjectType, get_named_type, get_nullable_type

from persistence.reading import dated_ids
from persistence.reading.values import Value, Var
from resolvers.blanks import is_blank

BLANK = "blank"
"""The shape of a blank text, which counts as absent: it equals no prefix of an id."""


class IdShape(NamedTuple):
    """What of an id chooses the plan: its prefix, and whether it carries a day."""

    prefix: str
    is_dated: bool = False


UNKNOWN = IdShape("")
"""The shape of the ids of no type, and of those with something else than a day.

They have one shape together: a client could fill the cache of plans otherwise.
"""


def id_shape(value: str, prefixes: frozenset[str]) -> IdShape:
    prefix, is_dated = prefix_of(value, prefixes), dated_ids.MARK in value
    if not prefix or (is_dated and dated_ids.day_of(value) is None):
        return UNKNOWN
    return IdShape(prefix, is_dated)


def shape(value: Any, kind: Any, prefixes: frozenset[str]) -> Any:  # noqa: ANN401 JSON
    """What of a variable chooses the plan.

    That is its presence, null, booleans, enums, the keys of inputs, and the shapes of
    ids. Ids are read at the variable itself, and in an input that names a row in one of
    several ways. In the input of an act no id chooses anything, and its key is the
    caller's own word.
    """
    match value:
        case None | bool() | Enum():
            return value
        case str() if is_blank(value):
            return BLANK
        case str() if get_nullable_type(kind) is GraphQLID:
            return id_shape(value, prefixes)
        case list() if get_named_type(kind) is GraphQLID:
            ids = [v for v in value if isinstance(v, str)]
            return (*sorted({id_shape(v, prefixes) for v in ids}), days_to_tell(ids))
        case list() if all(isinstance(one, Enum) for one in value):
            return tuple(value)
        case dict():
            members = []
            for name, member in sorted(value.items()):
                members.append((name, shape(member, _member(kind, name), prefixes)))
            return tuple(members)
    return ...


def _member(kind: Any, name: str) -> Any:  # noqa: ANN401 an input type
    """The type of a member, in an input that names a row in one of several ways."""
    owner = get_nullable_type(kind)
    if isinstance(owner, GraphQLInputObjectType) and owner.is_one_of:
        return owner.fields[name].type
    return None


def days_to_tell(ids: list[str]) -> int:
    """How many days these ids carry, as far as `nodes` answers them."""
    return min(len(dated_ids.days_of(ids)), dated_ids.MOST_DAYS)


def prefix_of(value: str, prefixes: frozenset[str]) -> str:
    """The type prefix of an id."""
    prefix = value.partition("_")[0]
    return prefix if prefix in prefixes else ""


def mark_variables(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 JSON
    """The value with its leaves replaced by their places.

    Null, booleans, enums and keys stay: they choose the plan.
    """
    match value:
        case None | bool() | Enum():
            return value
        case dict():
            return {k: mark_variables(v, (*path, k)) for k, v in value.items()}
    return Var(path)


def plain(value: Any) -> Value:  # noqa: ANN401 a marked value
    """Enums are stored under their names; a list in the document is one constant."""
    match value:
        case Enum():
            return str(value.value)
        case list():
            return tuple(plain(v) for v in value)
    return value  # type: ignore[no-any-return]
