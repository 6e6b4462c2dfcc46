"""The parameters of November that a remuneration is compared with.

They are those of the CASF, art. R243-5 and R243-6.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from persistence.records.campaigns import Parameter
from persistence.records.rules import Rule, require

from .cells import FULL

MONTHS_OF_HOURS = 35 * 52
"""Twelve months of the legal week.

The monthly SMIC is the hourly one times 151,67 hours.
"""


class Bounds(NamedTuple):
    """The parameters of November.

    The monthly SMIC in cents, shares of it in hundredths of a percent.
    """

    smic: int
    least: int
    most: int
    aid_cap: int
    share_least: int
    threshold: int
    slope: int

    @classmethod
    def on(cls, day: date, parameters: Sequence[Parameter]) -> "Bounds":
        """What each parameter is worth that day."""
        values = {
            p.name: p.value
            for p in sorted(parameters, key=lambda p: p.starts_on)
            if p.starts_on <= day
        }
        missing = {
            "SMIC_HOURLY",
            "RG_MIN",
            "RG_MAX",
            "AID_CAP",
            "ESAT_SHARE_MIN",
            "AID_THRESHOLD",
            "AID_SLOPE",
        } - set(values)
        require(not missing, Rule.PARAMETER_MISSING, detail=", ".join(sorted(missing)))
        hourly = values["SMIC_HOURLY"]
        return cls(
            (hourly * MONTHS_OF_HOURS * 2 + 12)
            // 24,  # rounded half up, as it is published
            values["RG_MIN"],
            values["RG_MAX"],
            values["AID_CAP"],
            values["ESAT_SHARE_MIN"],
            values["AID_THRESHOLD"],
            values["AID_SLOPE"],
        )

    def gross(self, share: int, rate: int) -> int:
        """A share of the SMIC at an activity rate, in cents, rounded half up."""
        return (self.smic * share * rate * 2 + FULL**2) // (2 * FULL**2)

    def aid(self, share: int) -> int:
        """The aid that a share of the Esat gives (R243-6).

        The cap, then half a point less per point above 20 %.
        """
        return self.aid_cap - max(0, share - self.threshold) * self.slope // 100
