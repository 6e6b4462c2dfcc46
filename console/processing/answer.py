"""An answer of the Caf that pays, as the server saves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

TO_REASON = "reason"
DONE = "done"


@dataclass(slots=True)
class RowRefusal:
    """A row that was not answered: how its list calls it, and why not."""

    row_id: str
    title: str
    why: str


@dataclass(slots=True)
class QueueAnswer:
    """What is saved of an answer.

    `queue` is the document of its list, `back` the address of the list, `is_whole`
    whether all of the filter was chosen. `seen_at` is the instant at which the list was
    read, `key` that of the act. `rows` are those to answer, each with its title, and
    `places` their establishments. `answered` are those that the act took, `late` what
    has come since.
    """

    queue: str
    outcome: str
    back: str
    seen_at: str
    key: str
    is_whole: bool
    rows: dict[str, str]
    places: dict[str, int] = field(default_factory=dict)
    stage: str = TO_REASON
    reason: str = ""
    answered: list[str] = field(default_factory=list)
    refusals: list[RowRefusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    late: int = 0
    done_at: str = ""
    reopened: int | None = None
    reopening_refusals: list[str] = field(default_factory=list)

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """An answer, from the JSON that was saved."""
        refusals = [RowRefusal(**each) for each in content["refusals"]]
        return cls(**{**content, "refusals": refusals})

    @property
    def why_refused(self) -> dict[str, str]:
        """Why not, by row."""
        return {refusal.row_id: refusal.why for refusal in self.refusals}

    @property
    def is_done(self) -> bool:
        return self.stage == DONE
