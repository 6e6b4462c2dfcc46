"""A session: its limits, its revocation, what it keeps of what was typed. On both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from persistence.engine import Database
from persistence.facts.callers import Identity
from persistence.seeds.fiction import fictional_vault
from persistence.sessions import SessionStore
from server.sign_in.attempts import SignedIn
from server.sign_in.browser_session import BrowserSession
from server.sign_in.browsers import browser_of
from server.sign_in.seals import Typed
from server.sign_in.sessions import COOKIE, LARGEST_TYPED, BrowserSessions

from .conftest import FIREFOX, Machine, request, set_by

TYPED = [
    ("raison", "Œuvre d'Agnès"),
    ("siret", "999 900 012 00025"),
    ("role", "a"),
    ("role", "b"),
]


def agnes(
    machine: Machine,
    subject: str = "agent-paris",
    *,
    issuer: str = "https://identite.example",
) -> SignedIn:
    return SignedIn(
        Identity(issuer, subject),
        "Agnès Aubry",
        machine.now(),
        "eidas2",
        "pwd otp",
        "jeton-d-identite",
    )


async def new_session(
    sessions: BrowserSessions, who: SignedIn, before: Request | None = None
) -> Request:
    """A request of the browser that has just signed in."""
    response = Response()
    await sessions.begin(before or request({}), who, response)
    return request(set_by(response, {}))


async def living(sessions: BrowserSessions, browser: Request) -> BrowserSession:
    session = await sessions.of(browser)
    assert session is not None
    return session


async def draft(sessions: BrowserSessions, browser: Request, path: str) -> Typed | None:
    """What the browser that asks is given back."""
    session = await sessions.of(browser)
    return None if session is None else await sessions.take_draft(session, path)


async def rows(database: Database, columns: str = "*") -> list[Any]:
    async with database.transaction() as session:
        return list(
            (await session.execute(text(f"SELECT {columns} FROM session"))).mappings()  # noqa: S608 ours
        )


# limits


async def test_a_session_tells_whose_it_is_and_until_when(
    sessions: BrowserSessions, machine: Machine
) -> None:
    browser = await new_session(sessions, agnes(machine))

    session = await living(sessions, browser)

    assert (session.identity, session.name) == (
        Identity("https://identite.example", "agent-paris"),
        "Agnès Aubry",
    )
    assert session.idle_ends_at == machine.now() + timedelta(minutes=60)
    assert session.ends_at == machine.now() + timedelta(hours=12)
    assert browser.cookies[COOKIE] not in repr(session)


async def test_an_hour_without_a_request_ends_it(
    sessions: BrowserSessions, machine: Machine
) -> None:
    browser = await new_session(sessions, agnes(machine))
    machine.wait(minutes=59)
    assert await sessions.of(browser) is not None
    machine.wait(minutes=59, seconds=59)
    assert await sessions.of(browser) is not None
    assert not await sessions.expired(browser)

    machine.wait(minutes=60)

    assert await sessions.of(browser) is None
    assert await sessions.expired(browser)


async def test_twelve_hours_end_it_however_much_it_serves(
    sessions: BrowserSessions, machine: Machine
) -> None:
    browser = await new_session(sessions, agnes(machine))
    for _ in range(23):
        machine.wait(minutes=30)
        assert await sessions.of(browser) is not None

    machine.wait(minutes=30)

    assert await sessions.of(browser) is None
    assert await sessions.expired(browser)


async def test_fifteen_minutes_after_the_proof_it_is_fresh_no_more(
    sessions: BrowserSessions, machine: Machine
) -> None:
    browser = await new_session(sessions, agnes(machine))
    never = await new_session(sessions, agnes(machine)._replace(authenticated_at=None))
    machine.wait(minutes=15)
    assert (await living(sessions, browser)).is_fresh

    machine.wait(seconds=1)

    assert not (await living(sessions, browser)).is_fresh
    assert not (await living(sessions, never)).is_fresh


@pytest.mark.parametrize("cookie", ["", "inconnu", "é\x00", "a" * 5000])
async def test_a_cookie_that_is_not_ours_is_nobodys(
    sessions: BrowserSessions, machine: Machine, cookie: str
) -> None:
    await new_session(sessions, agnes(machine))
    browser = Request(
        {
            "type": "http",
            "method": "GET",
            "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())],
        }
    )

    assert await sessions.of(browser) is None
    assert not await sessions.expired(browser)
    assert not await sessions.keep(browser, "/", TYPED)
    assert await sessions.of(request({})) is None


async def test_a_living_session_costs_one_statement_and_a_second_one_a_minute(
    sessions: BrowserSessions,
    machine: Machine,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = await new_session(sessions, agnes(machine))
    read, written = [], []
    value, transaction = database.value, database.transaction

    async def counted(*arguments: Any) -> Any:  # noqa: ANN401 passed through
        read.append(arguments[0])
        return await value(*arguments)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Any]:
        written.append(1)
        async with transaction() as session:
            yield session

    monkeypatch.setattr(database, "value", counted)
    monkeypatch.setattr(database, "transaction", opened)

    for seconds, writes in ((0, 0), (59, 0), (1, 1), (59, 1), (1, 2)):
        machine.wait(seconds=seconds)
        read.clear()
        await living(sessions, browser)
        assert (len(read), len(written)) == (1, writes)


# what the register holds of it


async def test_the_register_holds_neither_the_cookie_nor_the_tokens(
    sessions: BrowserSessions, machine: Machine, database: Database
) -> None:
    browser = await new_session(sessions, agnes(machine))
    await sessions.keep(browser, "/partenaires/nouveau", TYPED)

    (row,) = await rows(database)
    row_bytes = b"|".join(
        v if isinstance(v, bytes) else str(v).encode() for v in row.values()
    )

    assert (row["user_agent"], row["acr"], row["amr"]) == (
        "Firefox sur Windows",
        "eidas2",
        "pwd otp",
    )
    for secret in (
        browser.cookies[COOKIE],
        "jeton-d-identite",
        "raison",
        'Agnès"',
        "00025",
        "partenaires",
    ):
        assert secret.encode() not in row_bytes


async def test_what_ran_out_more_than_a_day_ago_goes_at_a_sign_in(
    sessions: BrowserSessions, machine: Machine, database: Database
) -> None:
    await new_session(sessions, agnes(machine))
    machine.wait(hours=24, minutes=59)
    await new_session(sessions, agnes(machine, "recent"))
    assert len(await rows(database)) == 2

    machine.wait(minutes=2)
    await new_session(sessions, agnes(machine, "nouveau"))

    assert {row["subject"] for row in await rows(database)} == {"recent", "nouveau"}


# rotation and revocation


async def test_a_new_sign_in_takes_the_place_of_the_former(
    sessions: BrowserSessions, machine: Machine
) -> None:
    former = await new_session(sessions, agnes(machine))

    new = await new_session(sessions, agnes(machine), former)

    assert former.cookies != new.cookies
    assert await sessions.of(former) is None
    assert not await sessions.expired(former)
    assert await sessions.of(new) is not None


async def test_a_session_that_ran_out_does_not_shorten_the_next_one(
    sessions: BrowserSessions, machine: Machine
) -> None:
    former = await new_session(sessions, agnes(machine))
    machine.wait(hours=2)

    new = await new_session(sessions, agnes(machine), former)

    assert (await living(sessions, new)).ends_at == machine.now() + timedelta(hours=12)


async def test_i_see_my_living_sessions_and_nobody_elses(
    sessions: BrowserSessions, machine: Machine
) -> None:
    await new_session(sessions, agnes(machine))
    machine.wait(hours=2)
    here, there = (
        await new_session(sessions, agnes(machine)),
        await new_session(sessions, agnes(machine)),
    )
    await new_session(sessions, agnes(machine, "autre"))
    await new_session(sessions, agnes(machine, issuer="https://autre.example"))
    machine.wait(minutes=5)

    mine = await sessions.mine(await living(sessions, here))

    assert [one.current for one in mine] == [True, False]
    assert {one.id for one in mine} == {
        (await living(sessions, r)).id for r in (here, there)
    }
    assert mine[0].seen_at == machine.now()
    assert {one.user_agent for one in mine} == {"Firefox sur Windows"}


async def test_my_other_sessions_end_at_their_next_request(
    sessions: BrowserSessions, machine: Machine
) -> None:
    here, there, elsewhere = [
        await new_session(sessions, agnes(machine)) for _ in range(3)
    ]
    others = [
        await new_session(sessions, agnes(machine, "autre")),
        await new_session(sessions, agnes(machine, issuer="https://b")),
    ]
    await sessions.keep(there, "/", TYPED)

    ended = await sessions.end_others(await living(sessions, here))

    assert ended == 2
    assert [
        await sessions.of(r) is None for r in (here, there, elsewhere, *others)
    ] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert not await sessions.expired(there)
    assert not await sessions.keep(there, "/", TYPED)
    assert (
        await draft(sessions, await new_session(sessions, agnes(machine), there), "/")
        is None
    )
    assert await sessions.end_others(await living(sessions, here)) == 1


async def test_signing_out_gives_the_identity_token_back_once(
    sessions: BrowserSessions, machine: Machine
) -> None:
    browser, response = await new_session(sessions, agnes(machine)), Response()
    session = await living(sessions, browser)

    assert await sessions.end(session, response) == "jeton-d-identite"
    assert set_by(response, browser.cookies) == {}
    assert await sessions.of(browser) is None
    assert await sessions.end(session, response) is None


# what was typed


@pytest.mark.parametrize("minutes", [0, 61])
async def test_what_was_typed_is_given_back_once_to_whom_typed_it(
    sessions: BrowserSessions, machine: Machine, minutes: int
) -> None:
    former = await new_session(sessions, agnes(machine))
    machine.wait(minutes=minutes)
    assert await sessions.keep(former, "/a", [("_jeton", "faux"), *TYPED])
    assert await sessions.keep(former, "/b", [("x", "1")])

    new = await new_session(sessions, agnes(machine), former)

    assert await draft(sessions, former, "/a") is None
    assert await draft(sessions, new, "/c") is None
    assert await draft(sessions, new, "/a") == TYPED
    assert await draft(sessions, new, "/a") is None
    assert await draft(sessions, new, "/b") == [("x", "1")]


@pytest.mark.parametrize(
    "other", [{"subject": "autre"}, {"issuer": "https://autre.example"}]
)
async def test_what_was_typed_is_never_given_to_another(
    sessions: BrowserSessions,
    machine: Machine,
    database: Database,
    other: dict[str, str],
) -> None:
    former = await new_session(sessions, agnes(machine))
    machine.wait(hours=2)
    await sessions.keep(former, "/a", TYPED)

    new = await new_session(sessions, agnes(machine, **other), former)
    again = await new_session(sessions, agnes(machine), new)

    assert await draft(sessions, new, "/a") is None
    assert await draft(sessions, again, "/a") is None
    assert [row["typed"] for row in await rows(database, "typed")] == [None] * 3


async def test_what_was_typed_opens_in_no_other_row(
    sessions: BrowserSessions, machine: Machine, database: Database
) -> None:
    one, other = (
        await new_session(sessions, agnes(machine)),
        await new_session(sessions, agnes(machine, "autre")),
    )
    await sessions.keep(one, "/a", TYPED)
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE session SET typed = (SELECT typed FROM session WHERE typed IS NOT NULL)"
            )
        )

    assert await draft(sessions, other, "/a") is None
    assert await draft(sessions, one, "/a") == TYPED


async def test_more_than_can_be_kept_is_said_and_takes_the_place_of_nothing(
    sessions: BrowserSessions, machine: Machine
) -> None:
    browser = await new_session(sessions, agnes(machine))
    await sessions.keep(browser, "/a", TYPED)

    assert not await sessions.keep(browser, "/b", [("x", "x" * LARGEST_TYPED)])
    assert await draft(sessions, browser, "/a") == TYPED


async def test_a_key_withdrawn_loses_what_it_sealed_and_nothing_else(
    sessions: BrowserSessions, machine: Machine, database: Database
) -> None:
    browser = await new_session(sessions, agnes(machine))
    await sessions.keep(browser, "/a", TYPED)
    rekeyed = BrowserSessions(
        SessionStore(database), fictional_vault().apart("autre"), machine.now
    )

    assert await draft(rekeyed, browser, "/a") is None
    assert await rekeyed.end(await living(rekeyed, browser), Response()) is None


# the token of a form


async def test_a_forms_token_is_masked_anew_and_is_its_sessions_alone(
    sessions: BrowserSessions, machine: Machine
) -> None:
    here, there = [
        await living(sessions, await new_session(sessions, agnes(machine)))
        for _ in range(2)
    ]
    one, other = here.token(), here.token()

    assert one != other
    assert here.accepts(one)
    assert here.accepts(other)
    assert not there.accepts(one)


@pytest.mark.parametrize(
    "token",
    ["", "é", "====", "A" * 4, "A" * 88, "A" * 86 + "==", "A" * 87 + "=", "\x00"],
)
async def test_anything_else_is_no_token(
    sessions: BrowserSessions, machine: Machine, token: str
) -> None:
    session = await living(sessions, await new_session(sessions, agnes(machine)))

    assert not session.accepts(token)
    assert not session.accepts(f"{session.token()}A{token}")


# what a browser is called


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36",
            "Chrome sur Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/26 Safari/605.1.15",
            "Safari sur macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Version/26 Mobile Safari/604",
            "Safari sur iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        ("curl/8", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_called_by_its_family_and_its_system(
    user_agent: str, label: str
) -> None:
    assert browser_of(user_agent) == label
