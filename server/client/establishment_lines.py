"""What one establishment declares, as the variables of `remunerationsDeclare`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EstablishmentLines:
    """The lines of one establishment, and the place of each in the file."""

    siret: str
    lines: list[dict[str, str]]
    places: list[str]

    def variables(
        self,
        year: int,
        *,
        mode: str,
        deposit: bool,
        dry_run: bool,
        intention: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the variables of the act, without its key.

        `intention` has the confirmations of the person: `nothingToDeclare`,
        `acknowledgeRemovals`, `reason`.
        """
        input_: dict[str, Any] = {
            "establishment": {"siret": self.siret},
            "campaignYear": year,
            "deposit": deposit,
            "mode": mode,
            "dryRun": dry_run,
            **(intention or {}),
            "lines": self.lines,
        }
        return {"input": input_}


def nothing(siret: str) -> EstablishmentLines:
    """Return an establishment that has nobody to declare."""
    return EstablishmentLines(siret, [], [])
