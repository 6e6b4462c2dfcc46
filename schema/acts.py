"""The acts that bear on a row, as an enum; `mutation.py` gives each its words."""

from enum import Enum
from typing import Any

import strawberry

from resolvers.acts import ACTS
from resolvers.permissions import constant

MUTATIONS = {constant(act): act for acts in ACTS.values() for act in acts}
"""By its name in the enum, the mutation of an act."""

ACT: Any = Enum("Act", [(name, name) for name in MUTATIONS])  # type: ignore[misc]
Act: Any = strawberry.enum(
    ACT,
    description="Un acte qui porte sur un objet : sa mutation, en capitales.",
)


def describe(mutation: type) -> None:
    """Give each act the words of its mutation."""
    fields = mutation.__strawberry_definition__.fields  # type: ignore[attr-defined]
    words = {
        constant(field.graphql_name or field.python_name): field.description
        for field in fields
    }
    for value in Act.__strawberry_definition__.values:
        value.description = words[value.name]
