"""The ends that are written before what takes their place."""

from collections.abc import Mapping

from sqlalchemy import inspect, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import get_history

from .records import Bulletin, Convention, PartnerFollower
from .records.base import Base

CLOSINGS: Mapping[type[Base], str] = {
    Bulletin: "closed_on",
    Convention: "closed_on",
    PartnerFollower: "ends_on",
}
"""The records of which one takes the place of another, and the column of their end."""


async def write_closings_first(session: AsyncSession) -> None:
    """Write closings before what takes their place.

    SQLAlchemy writes new rows first, and others in order of id. A successor that is
    written before its predecessor closes breaks the unique index: the closing goes
    first. Without another row of its kind to write, nothing takes its place.
    """
    written = (*session.new, *session.dirty)
    for kind, end in CLOSINGS.items():
        rivals = [record for record in written if isinstance(record, kind)]
        if len(rivals) < 2:  # noqa: PLR2004 the one that closes, and one that opens
            continue
        for record in rivals:
            closes = get_history(record, end).added
            if closes and record not in session.new:
                await _write_closing(session, record, end)


async def _write_closing(session: AsyncSession, record: Base, end: str) -> None:
    """Write the end of a record before anything else of it."""
    mapper = inspect(type(record))
    values = mapper.primary_key_from_instance(record)
    pairs = zip(mapper.primary_key, values, strict=True)
    closing = update(type(record)).where(*(key == value for key, value in pairs))
    await session.execute(
        closing.values({end: getattr(record, end)}),
        execution_options={"synchronize_session": False},
    )
