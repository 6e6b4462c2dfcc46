"""Who is late (R59): the deadline is passed, thirty days are over since the registration, nothing was opened."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Text, cast, select

from persistence.engine import Database
from persistence.facts.model import MODEL
from persistence.facts.onboardings import is_late, onboardings
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import compiled
from persistence.records import Partner
from persistence.records.identifiers import Siret
from persistence.records.partners import PartnerKind
from persistence.register import Register

from .keys import CANAL
from .lives import a_siret
from .reference import reference_of

DEADLINE = date(2025, 6, 30)
"""That of the Esat service, in the reference data."""
GRACE = timedelta(days=30)


async def registered(database: Database, on: date) -> str:
    """A partner that asked for nothing."""
    async with database.transaction() as session:
        reference = await reference_of(session)
        partner = Partner.register(
            Siret.read(a_siret(0, 1)),
            "Esat sans service",
            PartnerKind.ESAT,
            reference.caf,
            on,
        )
        session.add(partner)
        await session.flush()
        await Register(session, database, on).keep_timeline(partner)
        return partner.id


async def late(database: Database, partner_id: str, on: date) -> bool:
    """What the register says of the Esat service, that day."""
    terms = SqlContext(MODEL, database.dialect)
    row = onboardings(terms).subquery()
    answer = terms.spelling.array([terms.spelling.value(is_late(row, terms))])
    is_row = [row.c.partner_id == partner_id, row.c.service_id == "svc_ESAT"]
    statement = compiled(select(cast(answer, Text)).where(*is_row), terms)
    now = datetime(2026, 12, 10, 8, tzinfo=UTC)
    binds = statement.binds({}, Holdings(on, now, lambda _attribute, _role: ()))
    async with database.reading() as driver:
        text = await database.value(statement.text, binds, driver)
    return str(text) == "[true]"


@pytest.mark.parametrize(
    ("registered_on", "first_day"),
    [
        (date(2025, 1, 6), DEADLINE + timedelta(days=1)),
        (date(2026, 12, 10), date(2026, 12, 10) + GRACE + timedelta(days=1)),
    ],
    ids=["by the deadline", "by its registration"],
)
async def test_a_partner_is_late_after_the_deadline_and_after_thirty_days(
    database: Database, registered_on: date, first_day: date
) -> None:
    partner = await registered(database, registered_on)
    eve = first_day - timedelta(days=1)

    days = [await late(database, partner, on) for on in (eve, first_day)]

    assert days == [False, True]


async def test_nobody_is_late_whose_service_was_opened(database: Database) -> None:
    assert not await late(database, CANAL, date(2026, 12, 10))
