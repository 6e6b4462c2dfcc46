"""What an act asks to be loaded, and what it answers when it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from persistence.facts.visibility import Permit
from persistence.records import Record
from persistence.records.base import Base


class Loads(Enum):
    """What an act has of the partner of the row that it takes."""

    FILE = "the partner with all that hangs from it"
    ROW = "the row alone"


FILE, ROW = Loads.FILE, Loads.ROW


class Authorisation(NamedTuple):
    """The permit by which the caller may do an act, and the `Type:action` it gives."""

    permit: Permit
    permission: str

    @property
    def rule(self) -> str:
        """The line of the policy, as the journal writes it."""
        return f"{self.permit.role} {self.permission} {self.permit.scope}"


@dataclass(frozen=True, slots=True)
class Done:
    """What an act has done, for its payload and its journal.

    `objects`: the records of the payload.
    `values`: what the payload says beside them.
    `also_ids`: rows that the payload shows and the act leaves alone.
    `traces`: the partners that the act makes, or changes beside the first, each with an
    entry of its own in the journal: (object, partner, records).
    `notes`: what the act's journal entry says beside the changes.
    `is_change`: false for an act that only reads.
    """

    objects: Sequence[Record] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    also_ids: Sequence[str] = ()
    traces: Sequence[tuple[str, str, list[Base]]] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    is_change: bool = True
