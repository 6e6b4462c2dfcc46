"""What an act answers: in its payload, and in its key for a replay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from persistence.records import Notice, Rule

from .act import Act
from .act_types import Done

SECRETS = {"invitation", "nir"}
"""What an act says only once: it is not kept for a replay."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a payload shows.

    `answers`: its objects by response key. `extra`: what else the act returns.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False


class DryRunDone(Exception):
    """A dry run has come to its end: its outcome is answered, and nothing is kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def ids_of(done: Done) -> list[str]:
    """The ids of the rows that the payload shows."""
    ids = [record.id for record in done.objects]
    return [*ids, *done.also_ids]


def stored_outcome(act: Act, done: Done) -> dict[str, Any]:
    """What the act's key keeps; the objects are read again by a replay."""
    values = done.values.items()
    return {
        "objects": ids_of(done),
        "extra": {name: value for name, value in values if name not in SECRETS},
        "errors": [notice_to_json(notice) for notice in act.errors],
        "warnings": [notice_to_json(notice) for notice in act.warnings],
    }


def notice_to_json(notice: Notice) -> list[Any]:
    return [notice.rule.name, list(notice.path), notice.detail]


def notice_from_json(stored: list[Any]) -> Notice:
    name, path, detail = stored
    return Notice(Rule[name], tuple(path), detail)
