"""How an act says what it needs: its permissions, the records that it bears on, and what it loads."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from strawberry.utils.str_converters import to_camel_case

from persistence.records import Record
from resolvers import permissions as permitted

from .act import Act
from .act_types import FILE, Done, Loads

Doing: TypeAlias = Callable[[Act, Any], Awaitable[Record | Sequence[Record] | Done]]
"""An act of `resolvers/`: from its input, what it has done."""


def permission(
    *permissions: str,
    on: Sequence[type[Record]] = (),
    also: Mapping[type[Record], str] = MappingProxyType({}),
    loads: Loads = FILE,
) -> Callable[[Doing], Doing]:
    """Declare which `Type:action` an act needs; the first is the one `take` uses unless told otherwise.

    `on`: the records whose rows it bears on, first the one that it takes; `viewerCan` tells it of them.
    `also`: other records whose rows tell it, each by a permission of its own. `loads`: what `take` loads.
    """

    def declare(function: Doing) -> Doing:
        name = to_camel_case(function.__name__)
        function.permissions, function.on = (*permissions, *also.values()), (*on, *also)  # type: ignore[attr-defined]
        function.loads = loads  # type: ignore[attr-defined]
        permitted.declare(name, permissions, on)
        for record, needed in also.items():
            permitted.declare(name, (needed,), [record])
        return function

    return declare
