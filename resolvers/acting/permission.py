"""How an act says what it needs: permissions, records it bears on, what it loads."""

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
    moves_roster: bool = False,
) -> Callable[[Doing], Doing]:
    """Declare which `Type:action` an act needs; by default, `take` uses the first.

    `on`: the records on whose rows `viewerCan` shows the act, first the one it takes.
    `also`: other such records, each with a permission of its own.
    `loads`: what `take` loads. `moves_roster`: what is kept of the rosters of the
    partner is written again.
    """

    def declare(function: Doing) -> Doing:
        act: Any = function
        act.permissions = (*permissions, *also.values())
        act.on = (*on, *also)
        act.loads = loads
        act.moves_roster = moves_roster
        name = to_camel_case(act.__name__)
        permitted.declare(name, permissions, on)
        for record, needed in also.items():
            permitted.declare(name, (needed,), [record])
        return function

    return declare
