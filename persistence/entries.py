"""The store of what a person entered in the console.

The bytes are sealed, under an identifier that this person alone can use.
"""

from datetime import datetime

from sqlalchemy import delete

from persistence.records.entries import LASTS, EntryRecord

from .engine import Database


class EntryStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, new: EntryRecord) -> None:
        """Keep it. The entries of everybody that are too old go."""
        async with self._database.transaction() as session:
            await session.execute(
                delete(EntryRecord).where(EntryRecord.begun_at < new.begun_at - LASTS),
                execution_options={"synchronize_session": False},
            )
            session.add(new)
            await session.flush()

    async def read(
        self, entry_id: str, issuer: str, subject: str, now: datetime
    ) -> bytes | None:
        """None for what is somebody else's, too old, or not there."""
        async with self._database.looking() as session:
            row = await session.get(EntryRecord, entry_id)
            return (
                row.content
                if row is not None and row.is_open_to(issuer, subject, now)
                else None
            )

    async def write(
        self, entry_id: str, issuer: str, subject: str, content: bytes
    ) -> None:
        """Replace the content of an entry of this person."""
        async with self._database.transaction() as session:
            row = await session.get(EntryRecord, entry_id, with_for_update=True)
            if row is not None and (row.issuer, row.subject) == (issuer, subject):
                row.content = content
                await session.flush()
