"""The bars of each act, in the order in which the act refuses."""

from collections.abc import Sequence

from sqlalchemy import false, func

from persistence.reading.question import SqlTest
from persistence.records import Rule

from .bulletin_bars import BULLETIN_BARS
from .convention_bars import CONVENTION_BARS
from .declaration_bars import DECLARATION_BARS
from .import_bars import IMPORT_BARS
from .opening_bars import OPENING_BARS
from .partner_bars import PARTNER_BARS
from .people_bars import PEOPLE_BARS
from .service_bars import SERVICE_BARS
from .states import At, Bars

BARS: Bars = {
    **PARTNER_BARS,
    **CONVENTION_BARS,
    **BULLETIN_BARS,
    **OPENING_BARS,
    **SERVICE_BARS,
    **PEOPLE_BARS,
    **IMPORT_BARS,
    **DECLARATION_BARS,
}
"""By (table, act); an act that is not here is forbidden by no state of its row."""


def rules_of(record: str, act: str, at: At) -> Sequence[tuple[SqlTest, Rule]]:
    """Each rule that may bar the act, and whether it does on this row."""
    rules = []
    for bar in BARS.get((record, act), ()):
        is_barred = func.coalesce(bar.holds(at), false())
        rules.append((is_barred, bar.rule))
    return rules
