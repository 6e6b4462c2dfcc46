"""Who locks a partner: those alone who may change it. A stranger is answered while another act holds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from persistence.act_statements import NO_HOLDINGS
from persistence.engine import Database
from persistence.records import Partner
from persistence.register import Register
from tests.conftest import TODAY, World
from tests.journeys.story import Opened, Person, an_open_esat

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
AT_ONCE, A_WHILE = 5, 0.5
"""Seconds: those in which a stranger is answered, and those during which the act that waits is watched."""


@asynccontextmanager
async def held_by_another(world: World, partner_id: str) -> AsyncIterator[None]:
    """Another transaction holds the partner's row, and changes nothing."""
    async with world.database.transaction() as session:
        await session.execute(
            select(Partner.id).where(Partner.id == partner_id).with_for_update()
        )
        yield


def acts_on(esat: Opened) -> list[tuple[str, dict[str, object]]]:
    return [
        ("partnerUpdate", {"partnerId": esat.partner.id, "name": "Autre"}),
        (
            "conventionClose",
            {
                "conventionId": esat.convention,
                "on": "2026-12-31",
                "closingReason": "TERMINATED_BY_CAF",
            },
        ),
        (
            "userSuspend",
            {"affiliationId": esat.member.affiliation, "suspensionReason": "Doute"},
        ),
        (
            "groupMembersRemove",
            {"groupId": esat.group, "userIds": [esat.member.user], "on": "2026-12-10"},
        ),
    ]


async def test_who_may_not_change_a_partner_does_not_lock_it(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")

    async with held_by_another(world, esat.partner.id), asyncio.timeout(AT_ONCE):
        for act, values in acts_on(esat):
            for who, code in (
                ("agent-rhone", "NOT_FOUND"),
                ("lecteur-paris", "FORBIDDEN"),
            ):
                payload = await world.act(who, act, "", **values)
                assert [error["code"] for error in payload["errors"]] == [code], (
                    act,
                    who,
                )


async def test_an_act_is_inside_its_transaction_from_its_first_statement_to_the_driver(
    world: World,
) -> None:
    """Outside of it, a lock would end with the statement that takes it."""
    async with world.database.transaction() as session:
        driver = await world.database.driver_of(session)

        assert driver.is_in_transaction()


async def test_a_connection_that_is_cut_off_as_it_begins_serves_nobody_else(
    register_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next transaction would be a part of the one that nobody ends."""
    database = Database(register_url, pool_size=1)
    start = asyncpg.transaction.Transaction.start

    async def start_and_be_cut_off(
        transaction: asyncpg.transaction.Transaction,
    ) -> None:
        await start(transaction)
        raise asyncio.CancelledError

    before = await backend_of(database)
    with monkeypatch.context() as patch:
        patch.setattr(asyncpg.transaction.Transaction, "start", start_and_be_cut_off)
        with pytest.raises(asyncio.CancelledError):
            await backend_of(database)

    assert await backend_of(database) != before
    await database.close()


async def backend_of(database: Database) -> int:
    """The process of PostgreSQL that serves an act."""
    async with database.transaction() as session:
        return int(await session.scalar(text("SELECT pg_backend_pid()")) or 0)


async def test_the_lock_of_an_act_is_held_until_its_end(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    row = select(Partner.id).where(Partner.id == esat.partner.id)

    async with world.database.transaction() as session:
        register = Register(session, world.database, TODAY)
        await register.lock(Partner, esat.partner.id, None, NO_HOLDINGS)

        async with world.database.transaction() as other:
            with pytest.raises(DBAPIError, match="could not obtain lock"):
                await other.execute(row.with_for_update(nowait=True))
            await other.rollback()


async def test_who_may_change_a_partner_waits_for_the_act_that_holds_it(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")

    async with held_by_another(world, esat.partner.id):
        waiting = asyncio.create_task(
            paris.does("partnerUpdate", partnerId=esat.partner.id, name="Autre")
        )
        done, _ = await asyncio.wait([waiting], timeout=A_WHILE)
        assert not done

    assert (await waiting)["errors"] == []


async def test_an_act_waits_for_no_other_partner_than_its_own(
    world: World, paris: Person
) -> None:
    mine, other = await an_open_esat(paris, "jo"), await an_open_esat(paris, "lou")

    async with held_by_another(world, other.partner.id), asyncio.timeout(AT_ONCE):
        done = await paris.does(
            "activityAttest", partnerId=mine.partner.id, evidence="Appel"
        )

    assert done["errors"] == []
