"""The organisms that pay the AAH."""

from persistence.records import OrganismKind
from persistence.records.identifiers import whole

PAYERS = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH)


def payer_code(text: str) -> str:
    """The code of an organism as the register has it: a spreadsheet drops its zeros."""
    return whole(text).upper().zfill(3)
