"""The lines that an act holds: two acts never settle them at once."""

from collections.abc import Sequence

from sqlalchemy import select

from persistence.records import ImportLine, ImportOutcome, Migration
from persistence.records.services import ESAT
from persistence.register import Register


async def hold(register: Register) -> None:
    """One act at a time takes lines: two imports may speak of the same SIRET."""
    await register.session.execute(
        select(Migration.id).where(Migration.service_id == ESAT).with_for_update()
    )


async def siblings(register: Register, line: ImportLine) -> Sequence[ImportLine]:
    """The lines of the same file that contradict this one."""
    of = (
        ImportLine.import_id == line.import_id,
        ImportLine.siret == line.siret,
        ImportLine.id != line.id,
    )
    conflicts = select(ImportLine).where(
        *of, ImportLine.outcome == ImportOutcome.CONFLICT
    )
    return (
        await register.session.scalars(
            conflicts.order_by(ImportLine.id).with_for_update()
        )
    ).all()
