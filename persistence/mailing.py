"""The mails that wait: noted with their cause, sent by a task, each at most once.

A mail is claimed and committed before it is handed to the relay. A refusal that is
known is tried again; one that is not known, such as the death of the process, is not.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Text, and_, cast, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.facts.declarants import addresses_of_place
from persistence.facts.model import MODEL
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.values import Var
from persistence.records.base import fresh_id

from .engine import Database
from .leases import LeasedTask
from .mail_notices import (
    MailDoubt,
    MailRefusal,
    MailUnsent,
    Relay,
    notice_insertion,
)
from .records import Campaign, CampaignStanding, MailCause, MailNotice, MailOutcome
from .records.campaigns import REMINDER_DAYS

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
TOO_LATE = timedelta(days=3)
"""After which nobody is told any more."""
DOUBT = timedelta(minutes=5)
"""A mail that has been under way for longer has lost its process."""
logger = logging.getLogger(__name__)


class ClaimedMail(NamedTuple):
    id: str
    cause: MailCause
    attempts: int
    noted_at: datetime
    addresses: list[str]


class MailTask(LeasedTask):
    """Sends what is due, a mail at a time.

    `now` is the machine's clock, for the lease. `business_now` and `today` are those of
    the rules. `profiles` are those of the roles that may deposit.
    """

    name = "mail"
    period = 5.0
    life = timedelta(minutes=2)

    def __init__(
        self,
        database: Database,
        relay: Relay,
        profiles: Collection[str],
        now: Callable[[], datetime],
        business_now: Callable[[], datetime],
        today: Callable[[], date],
    ) -> None:
        super().__init__(database, now)
        self.relay = relay
        self.profiles = list(profiles)
        self.business_now = business_now
        self.today = today
        self._recipients = _recipients_statement(database.dialect)

    async def work(self) -> None:
        """Note the reminders of the day, then send what is due."""
        await self._remind()
        while True:
            mail = await self._claim()
            if mail is None:
                return
            await self._send(mail)

    async def _remind(self) -> None:
        """From 15 January, for three days, in case no process was there on the first.

        One mail for an establishment and a campaign: the others are already noted.
        """
        now, today = self.business_now(), self.today()
        async with self.database.looking() as session:
            years = [
                campaign.year
                for campaign in await session.scalars(select(Campaign))
                if 0 <= (today - campaign.continuity_on).days < REMINDER_DAYS
            ]
            places = await session.execute(_unreminded(years)) if years else ()
            rows = [
                {
                    **row._asdict(),
                    "id": fresh_id(MailNotice.prefix),
                    "cause": MailCause.PERSONS_MISSING,
                    "noted_at": now,
                    "due_at": now,
                    "attempts": 0,
                }
                for row in places
            ]
        if not rows:
            return
        async with self.database.transaction() as session:
            if await self.lead(session):
                insertion = notice_insertion(session).on_conflict_do_nothing()
                await session.execute(insertion, rows)

    async def _claim(self) -> ClaimedMail | None:
        """The mail that is due first, now under way; None where there is none."""
        now = self.business_now()
        is_due = and_(MailNotice.claimed_at.is_(None), MailNotice.due_at <= now)
        is_lost = MailNotice.claimed_at < now - DOUBT
        is_open = MailNotice.closed_at.is_(None)
        async with self.database.reader.connect() as connection:
            waiting = select(exists().where(is_open, or_(is_due, is_lost)))
            if not await connection.scalar(waiting):
                return None
        async with self.database.transaction() as session:
            if not await self.lead(session):
                return None
            lost = update(MailNotice).where(is_open, is_lost)
            values = {"closed_at": now, "outcome": MailOutcome.IN_DOUBT}
            await session.execute(lost.values(**values), execution_options=UNSEEN)
            first = select(MailNotice).where(is_open, is_due).limit(1)
            notice = await session.scalar(first.order_by(MailNotice.due_at))
            if notice is None:
                return None
            notice.claimed_at = now
            notice.attempts += 1
            addresses = await self._addresses(session, notice)
            return ClaimedMail(
                notice.id, notice.cause, notice.attempts, notice.noted_at, addresses
            )

    async def _addresses(self, session: AsyncSession, notice: MailNotice) -> list[str]:
        """Of the persons who may deposit today for the establishment."""
        variables = {"place": notice.establishment_id, "profiles": self.profiles}
        nobody = Holdings(self.today(), self.business_now(), lambda _a, _r: ())
        driver = await self.database.driver_of(session)
        binds = self._recipients.binds(variables, nobody)
        array = await self.database.value(self._recipients.text, binds, driver)
        return sorted(set(orjson.loads(array)))

    async def _send(self, mail: ClaimedMail) -> None:
        now = self.business_now()
        if now - mail.noted_at > TOO_LATE:
            await self._close(mail, MailOutcome.EXPIRED)
            return
        if not mail.addresses:
            await self._close(mail, MailOutcome.NOBODY)
            return
        try:
            await self.relay.send(mail.id, mail.cause, mail.addresses)
        except MailUnsent:
            await self._put_off(mail)
        except MailRefusal:
            await self._close(mail, MailOutcome.REFUSED)
        except MailDoubt:
            await self._close(mail, MailOutcome.IN_DOUBT)
        else:
            await self._close(mail, MailOutcome.SENT)

    async def _close(self, mail: ClaimedMail, outcome: MailOutcome) -> None:
        logger.info("mail %s: %s", mail.id, outcome.value)
        await self._write(mail, closed_at=self.business_now(), outcome=outcome)

    async def _put_off(self, mail: ClaimedMail) -> None:
        delay = min(FIRST_DELAY * 2 ** (mail.attempts - 1), LONGEST_DELAY)
        logger.info("mail %s: put off", mail.id)
        await self._write(mail, claimed_at=None, due_at=self.business_now() + delay)

    async def _write(self, mail: ClaimedMail, **values: Any) -> None:  # noqa: ANN401
        row = update(MailNotice).where(MailNotice.id == mail.id)
        async with self.database.transaction() as session:
            await session.execute(row.values(**values), execution_options=UNSEEN)


UNSEEN = {"synchronize_session": False}


def _unreminded(years: Sequence[int]) -> Any:  # noqa: ANN401 a statement
    """The establishments where persons are missing, and of which no mail was noted."""
    standing, notice = CampaignStanding, MailNotice
    is_noted = exists().where(
        notice.establishment_id == standing.establishment_id,
        notice.campaign_id == standing.campaign_id,
        notice.cause == MailCause.PERSONS_MISSING,
    )
    columns = (
        standing.partner_id,
        standing.establishment_id,
        standing.campaign_id,
    )
    rows = select(*columns).join(Campaign, Campaign.id == standing.campaign_id)
    return rows.where(Campaign.year.in_(years), standing.missing > 0, ~is_noted)


def _recipients_statement(dialect: str) -> Statement:
    """The addresses of who has a role with one of the profiles, as a JSON array.

    Variables: `place`, an establishment, and `profiles`.
    """
    context = SqlContext(MODEL, dialect)
    place = context.value(Var(("place",)))
    rows, right, _ = addresses_of_place(place, context)
    rows = rows.where(context.among(right.c.profile, Var(("profiles",))))
    return compiled(select(cast(context.spelling.texts_in(rows), Text)), context)
