"""The orders of the lists: an enum for each list, each member with its index."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from persistence.reading.question import Order

from .enums import labelled

GraphEnum: TypeAlias = Any
"""An enum that is made by a call: mypy knows nothing of its members."""
ORDERS: dict[type[StrEnum], Mapping[str, Order]] = {}
ORDER_LABELS = {
    "NAME": "Par nom",
    "CODE": "Par code",
    "LATEST": "Du plus récent au plus ancien",
    "EARLIEST": "Du plus ancien au plus récent",
    "STARTS_ON": "Par premier jour",
    "RANK": "Par rang",
    "NUMBER": "Par ligne du fichier",
    "PAYER": "Par organisme payeur",
    "AT_RISK": "Le plus de personnes à risque d'abord",
}


def orders(name: str, description: str, **members: Order) -> GraphEnum:
    """The orders of a list by name, each with its index; the first is the default."""
    kind = StrEnum(name, {member: member for member in members})  # type: ignore[misc]
    ORDERS[kind] = members
    return labelled(description, **ORDER_LABELS)(kind)
