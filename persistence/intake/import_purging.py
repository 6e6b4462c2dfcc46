"""R13: the purge of an extraction, and the proof that stays of it."""

from sqlalchemy import delete, func, select

from persistence.records import Import, ImportLine
from persistence.records.import_proofs import Sealed
from persistence.register import Register

from .import_matches import LINES


async def waiting(register: Register, extract: Import) -> int:
    """How many lines nobody has settled."""
    is_unsettled = ImportLine.is_unsettled.sql(ImportLine.__table__)
    counted = select(func.count()).where(LINES.import_id == extract.id, is_unsettled)
    return await register.session.scalar(counted) or 0


async def sealed(register: Register, extract: Import) -> list[Sealed]:
    """What the proof is made of, by number."""
    rows = await register.session.execute(
        select(LINES.number, LINES.fingerprint, LINES.outcome, LINES.applied_on)
        .where(LINES.import_id == extract.id)
        .order_by(LINES.number)
    )
    return [
        (number, fingerprint, outcome.value, on is not None)
        for number, fingerprint, outcome, on in rows
    ]


async def purge_lines(register: Register, extract: Import) -> None:
    """R13: the lines are deleted; their counts stay in the header."""
    await register.session.execute(
        delete(ImportLine)
        .where(LINES.import_id == extract.id)
        .execution_options(synchronize_session=False)
    )
