"""The one mail: to whoever may deposit, once for a cause, without a name or a figure, and whatever the relay does."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from persistence.mail_notices import GATHERING
from persistence.mailing import DOUBT, TOO_LATE, MailTask
from server.smtp import SmtpRelay
from server.smtp_settings import SmtpSettings
from tests.conftest import World
from tests.journeys.payroll import a_deposit
from tests.journeys.story import Person
from tests.reading.declared_story import CANAL, last_year
from tests.relays import LocalRelay, a_relay

from .ledger import rows

LINES = """{ lines(campaignId: "cmp_2026", live: true, first: 100) { nodes { id establishmentSiret } } }"""
DEPOSITORS = ["declarant-canal@example.invalid", "declarante-canal@example.invalid"]
"""Of three people in the group of the Canal that may deposit, one has left."""
OUTCOMES = "SELECT cause, outcome, attempts FROM mail_notice ORDER BY noted_at, id"


@pytest.fixture
async def relay() -> AsyncIterator[LocalRelay]:
    async with a_relay() as relay:
        yield relay


def a_task(world: World, relay: LocalRelay) -> MailTask:
    """The task of one process of the server."""
    settings = SmtpSettings(
        host="127.0.0.1",
        port=relay.port,
        is_tls_first=False,
        sender="ne-pas-repondre@organisme.invalid",
    )
    now, today = world.clock.now, world.clock.today
    profiles = ["VALIDATING"]
    return MailTask(world.database, SmtpRelay(settings), profiles, now, now, today)


async def returned(world: World, count: int = 1, first: int = 0) -> None:
    """Paris returns lines of the Canal."""
    paris = Person(world, "agent-paris")
    lines = (await paris.asks(LINES))["lines"]["nodes"]
    mine = [line["id"] for line in lines if line["establishmentSiret"] == CANAL]
    await paris.does(
        "remunerationsProcess",
        lineIds=mine[first : first + count],
        outcome="RETURNED",
        processingReason="Taux à vérifier",
    )


@pytest.fixture
async def declared(world: World) -> World:
    delphine = Person(world, "declarante-canal")
    done = await delphine.declares(**a_deposit(CANAL, "some", *last_year()[CANAL][2:9]))
    assert done["errors"] == []
    return world


async def outcomes(world: World) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in await rows(world.database, OUTCOMES)]


def later(world: World, delay: timedelta) -> None:
    world.clock.instant += delay


async def test_lines_returned_are_told_once_to_whoever_may_deposit_without_a_name_or_a_figure(
    declared: World, relay: LocalRelay, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    task, other = a_task(declared, relay), a_task(declared, relay)
    await returned(declared, 2)
    await returned(declared, 1, first=2)

    await task.work()
    assert relay.deliveries == []
    later(declared, GATHERING)
    await task.work()
    await other.work()
    await task.work()

    (delivery,) = relay.deliveries
    assert delivery.addresses == DEPOSITORS
    assert delivery.message["To"] == "undisclosed-recipients:;"
    said = delivery.message["Subject"] + delivery.message.get_content()
    assert not re.search(r"[0-9]", said)
    names = "SELECT birth_name FROM worker UNION SELECT name FROM establishment UNION SELECT family_name FROM \"user\" WHERE family_name <> ''"
    for row in await rows(declared.database, names):
        assert row["birth_name"] not in said
    assert await outcomes(declared) == [("LINES_RETURNED", "SENT", 1)]
    assert not [address for address in DEPOSITORS if address in caplog.text]

    await returned(declared, 1, first=3)
    later(declared, GATHERING)
    await task.work()
    assert len(relay.deliveries) == 2


async def test_persons_missing_on_15_january_are_told_once_for_each_establishment(
    declared: World, relay: LocalRelay
) -> None:
    task = a_task(declared, relay)
    await task.work()
    declared.clock.move_to(date(2027, 1, 14))
    await task.work()
    assert relay.deliveries == []
    query = "SELECT count(*) AS n FROM campaign_standing WHERE campaign_id = 'cmp_2026' AND missing > 0"
    (row,) = await rows(declared.database, query)

    for day in (15, 16, 17, 18):
        declared.clock.move_to(date(2027, 1, day))
        await task.work()

    told = await outcomes(declared)
    assert len(told) == row["n"] > 1
    assert {(cause, outcome) for cause, outcome, _ in told} <= {
        ("PERSONS_MISSING", "SENT"),
        ("PERSONS_MISSING", "NOBODY"),
    }
    assert (
        len(relay.deliveries) == [outcome for _, outcome, _ in told].count("SENT") > 0
    )


@pytest.mark.parametrize(
    ("codes", "ends"),
    [
        ({"MAIL": [451]}, ("SENT", 2)),
        ({"END": [450]}, ("SENT", 2)),
        ({"END": [554]}, ("REFUSED", 1)),
        ({"MAIL": [550]}, ("REFUSED", 1)),
    ],
)
async def test_a_mail_that_the_relay_does_not_take_is_tried_again_or_given_up(
    declared: World,
    relay: LocalRelay,
    codes: dict[str, list[int]],
    ends: tuple[str, int],
) -> None:
    task = a_task(declared, relay)
    relay.codes = {command: list(answers) for command, answers in codes.items()}
    await returned(declared)
    later(declared, GATHERING)

    await task.work()
    await task.work()
    later(declared, timedelta(hours=1))
    await task.work()

    assert await outcomes(declared) == [("LINES_RETURNED", *ends)]
    assert len(relay.deliveries) == (ends[0] == "SENT")


async def test_a_mail_that_the_relay_may_have_taken_is_not_sent_again(
    declared: World, relay: LocalRelay
) -> None:
    task = a_task(declared, relay)
    relay.hang_up = True
    await returned(declared)
    later(declared, GATHERING)

    await task.work()
    later(declared, timedelta(hours=2))
    await task.work()

    assert len(relay.deliveries) == 1
    assert await outcomes(declared) == [("LINES_RETURNED", "IN_DOUBT", 1)]


async def test_a_mail_whose_process_died_is_not_sent_again_and_does_not_hold_the_next(
    declared: World, relay: LocalRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying, task = a_task(declared, relay), a_task(declared, relay)

    async def dies(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(dying.relay, "send", dies)
    await returned(declared)
    later(declared, GATHERING)
    with pytest.raises(SystemExit):
        await dying.work()
    later(declared, DOUBT + timedelta(minutes=1))

    await task.work()
    await returned(declared, 1, first=1)
    later(declared, GATHERING)
    await task.work()

    assert await outcomes(declared) == [
        ("LINES_RETURNED", "IN_DOUBT", 1),
        ("LINES_RETURNED", "SENT", 1),
    ]
    assert len(relay.deliveries) == 1


async def test_a_relay_that_is_away_holds_no_act_and_the_mail_expires(
    declared: World, relay: LocalRelay
) -> None:
    task = a_task(declared, LocalRelay(port=1))
    await returned(declared)
    later(declared, GATHERING)
    await task.work()
    assert await outcomes(declared) == [("LINES_RETURNED", None, 1)]

    later(declared, TOO_LATE)
    await a_task(declared, relay).work()

    assert await outcomes(declared) == [("LINES_RETURNED", "EXPIRED", 2)]
    assert relay.deliveries == []
