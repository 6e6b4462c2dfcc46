"""The actions of the policy, as the graph names them."""

from enum import Enum
from typing import Any

from authz import ACTIONS
from resolvers import permissions
from resolvers.explaining import words
from resolvers.permissions import constant

from .enums import labelled

PERMISSIONS = {
    f"{constant(type_)}_{action.upper()}": (type_, action)
    for type_, actions in ACTIONS.items()
    for action in actions
}
"""By its name in the graph, the type and the action of the policy."""

NAMES = {":".join(pair): name for name, pair in PERMISSIONS.items()}


def needs(act: str) -> frozenset[str]:
    """The actions of which an act needs one, as the graph names them.

    None for an act that is open to all.
    """
    return frozenset(NAMES[permission] for permission in permissions.NEEDS[act])


ACTION: Any = Enum(  # type: ignore[misc]
    "Action", [(name, name) for name in PERMISSIONS]
)
Action: Any = labelled(
    "Ce que la politique d'accès permet ou non : un type, puis une action.",
    **{name: words.label(*pair) for name, pair in PERMISSIONS.items()},
)(ACTION)


def permission(action: Any) -> str:  # noqa: ANN401 a member of Action
    """`PARTNER_READ` as the policy says it: `Partner:read`."""
    return ":".join(PERMISSIONS[action.name])
