"""The mails that wait, noted with their cause; what may become of one at the relay."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records.base import Base, fresh_id

from .records import MailCause, MailNotice

GATHERING = timedelta(minutes=10)
"""How long a cause waits for others that the same mail tells."""


class MailUnsent(Exception):
    """The relay did not take the mail: it may be tried again."""


class MailRefusal(Exception):
    """The relay will never take this mail."""


class MailDoubt(Exception):
    """The relay may have taken the mail."""


class Relay(Protocol):
    """What hands a mail over. Raises MailUnsent, MailRefusal or MailDoubt."""

    async def send(
        self, key: str, cause: MailCause, addresses: Sequence[str]
    ) -> None: ...


async def note_returned(
    session: AsyncSession,
    partner_id: str,
    establishment_id: str,
    campaign_id: str,
    now: datetime,
) -> None:
    """A Caf returns lines: a mail will say so. One that already waits says it too."""
    row = {
        "id": fresh_id(MailNotice.prefix),
        "partner_id": partner_id,
        "establishment_id": establishment_id,
        "campaign_id": campaign_id,
        "cause": MailCause.LINES_RETURNED,
        "noted_at": now,
        "due_at": now + GATHERING,
        "attempts": 0,
    }
    joining = notice_insertion(session).on_conflict_do_update(
        index_elements=["establishment_id", "campaign_id", "cause"],
        index_where=text("closed_at IS NULL"),
        set_={"noted_at": now},
    )
    await session.execute(joining, [row])


def notice_insertion(session: AsyncSession) -> Any:  # noqa: ANN401 a statement
    is_postgres = session.get_bind().dialect.name == "postgresql"
    kind: Any = postgresql if is_postgres else sqlite
    return kind.insert(Base.metadata.tables[MailNotice.__tablename__])
