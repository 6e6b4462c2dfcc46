"""Where a field of an operation stands, so that a refusal says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import FieldNode, GraphQLError

from persistence.reading.values import Value


class Place(NamedTuple):
    """Where a field stands: its path in the answer, and its node in the document."""

    path: tuple[str, ...]
    node: FieldNode


class Placed(NamedTuple):
    """A value that each run checks: where it is, and the argument that gives it."""

    value: Value
    place: Place
    argument: str = ""


def refuse(code: str, message: str, place: Place | None = None) -> GraphQLError:
    """A request error with a stable code and a French sentence."""
    if place is None:
        return GraphQLError(message, extensions={"code": code})
    return GraphQLError(message, place.node, path=place.path, extensions={"code": code})


@dataclass(slots=True)
class Places:
    """The way to the field that is being planned."""

    _path: list[tuple[str, FieldNode]] = field(default_factory=list)

    @property
    def here(self) -> Place:
        return Place(tuple(key for key, _ in self._path), self._path[-1][1])

    @contextmanager
    def at(self, node: FieldNode) -> Iterator[None]:
        """Plan what stands at a field; a refusal without a place takes this one."""
        self._path.append(((node.alias or node.name).value, node))
        try:
            yield
        except GraphQLError as refused:
            if refused.path is not None:
                raise
            path = self.here.path
            raise GraphQLError(
                refused.message, node, path=path, extensions=refused.extensions
            ) from None
        finally:
            self._path.pop()
