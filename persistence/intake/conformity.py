"""What the checks say of a certificate, fixed at its deposit."""

from collections.abc import Iterable

from persistence.records import Conformity

from .batches import is_faulty
from .remuneration_lines import Remuneration


def conformity(lines: Iterable[Remuneration], missing: int) -> Conformity:
    """« Bilan d'anomalies » with a bad line or a missing person, else conformity.

    A line that the register itself refuses is no anomaly: the Caf has said that this
    person receives no AAH.
    """
    if missing or any(map(is_faulty, lines)):
        return Conformity.ANOMALIES
    return Conformity.CONFORM
