"""A partner that is registered after its line was taken."""

from functools import partial

from sqlalchemy import select, update

from persistence.records import Import, ImportLine, Origin, Partner
from persistence.register import Register

from .import_matches import LINES


async def follow(register: Register, partner: Partner) -> None:
    """The word already taken for the SIRET of a new partner becomes its origin.

    The caller holds the lines already (`import_locks.hold`).
    """
    lines = select(ImportLine).where(
        ImportLine.siret == partner.siret, ImportLine.applied_on.is_not(None)
    )
    last = lines.order_by(ImportLine.applied_at.desc(), ImportLine.id.desc()).limit(1)
    line = await register.session.scalar(last.with_for_update())
    if line is None:
        return
    extract = await register.session.get_one(Import, line.import_id)
    partner.origins.append(Origin.of(line, extract, partner.id, register.today))
    register.after_flush(partial(_belongs, register, line.id, partner.id))


async def _belongs(register: Register, line_id: str, partner_id: str) -> None:
    belongs = (
        update(ImportLine).where(LINES.id == line_id).values(partner_id=partner_id)
    )
    await register.session.execute(belongs.execution_options(synchronize_session=False))
