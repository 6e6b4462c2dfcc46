"""The whole console over ASGI, on one register.

People who visit it, and the same people who ask the graph.
"""

import contextlib
import dataclasses
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin

import httpx
import pytest
from sqlalchemy import event, select

import console.app
import server.console_host
from console.kernel.ports import Ports
from persistence.engine import Database
from server.app import create_app
from server.demo.issuer import DemoIssuer
from server.settings import Settings
from tests.conftest import HeldClock, ReusedDatabase, _plain
from tests.reading.test_one_statement import listening
from tests.sign_in.conftest import HOME, Browser, Loop, Machine

from .markup import Form, ParsedPage, parse_page

TAG = re.compile(r"<[^>]*>")
URLENCODED = "application/x-www-form-urlencoded"


class Heard(NamedTuple):
    """A document that the console asked, for whom, and what it was answered."""

    who: str
    query: str
    variables: Mapping[str, Any]
    answer: Mapping[str, Any]


class Visit(NamedTuple):
    answer: httpx.Response
    heard: Sequence[Heard]

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        """The markup, each tag on one line.

        On how many a template has it says nothing.
        """
        return TAG.sub(lambda tag: " ".join(tag[0].split()), self.answer.text)

    @property
    def parsed(self) -> ParsedPage:
        return parse_page(self.answer.text, self.answer.request.url.raw_path.decode())

    @property
    def questions(self) -> Sequence[Heard]:
        """What the page asked besides its frame of the page."""
        return [
            heard for heard in self.heard if not heard.query.startswith("query Frame_")
        ]

    @property
    def place(self) -> str:
        return str(self.answer.headers.get("location", ""))


class Visitor(Browser):
    """Somebody signed in, in a browser without script."""

    house: "House"

    async def get(self, address: str) -> Visit:
        return await self.visit("GET", address)

    async def visit(self, method: str, address: str, **request: Any) -> Visit:  # noqa: ANN401 httpx's
        before = len(self.house.heard)
        answer = await self.send(method, address, **request)
        return Visit(answer, self.house.heard[before:])

    async def post(
        self, address: str, pairs: Sequence[tuple[str, str]], **headers: str
    ) -> Visit:
        statements = {"content-type": URLENCODED} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return await self.visit(
            "POST", address, content=urlencode(pairs).encode(), headers=statements
        )

    async def submit(
        self,
        visit: Visit,
        form: Form,
        button: tuple[str, str] | None = None,
        **changes: str | list[str] | None,
    ) -> Visit:
        """Press a button of a form of that page; `a__b` stands for the field `a.b`."""
        named = {name.replace("__", "."): value for name, value in changes.items()}
        pairs = form.filled(named, button)
        base = visit.answer.request.url.raw_path.decode()
        action = urljoin(base, form.buttons[button] if button else form.action)
        if form.method == "get":
            return await self.get(action + "?" + urlencode(pairs))
        return await self.post(action, pairs)

    async def search(self, address: str, words: str) -> Visit:
        """Type these words in the filter of a list: the answer to what was posted."""
        page = await self.get(address)
        header = ("/partenaires", {"_jeton", "search"})
        form = next(
            f
            for f in page.parsed.forms
            if "search" in f.fields and (f.action, f.fields) != header
        )
        return await self.submit(page, form, search=words)

    async def step(
        self, visit: Visit, step: str, **changes: str | list[str] | None
    ) -> Visit:
        """Press a button of the form of an act."""
        return await self.submit(
            visit,
            visit.parsed.form(button=("_etape", step)),
            ("_etape", step),
            **changes,
        )

    async def act(self, address: str, **changes: str | list[str] | None) -> Visit:
        """Fill in an act's form, verify, confirm: what is answered in the end."""
        form = await self.get(address)
        assert form.status == 200, form.parsed.text
        steps = {
            value
            for f in form.parsed.forms
            for name, value in f.buttons
            if name == "_etape"
        }
        if "verifier" not in steps:
            return await self.step(form, "faire", **changes)
        review = await self.step(form, "verifier", **changes)
        return await self.step(review, "faire") if review.status == 200 else review


class House:
    """One application on one register: `api` is the other door of the same graph."""

    def __init__(
        self,
        app: Any,  # noqa: ANN401 Starlette's
        database: Database,
        issuer: DemoIssuer,
        machine: Machine,
        heard: list[Heard],
    ) -> None:
        self.app, self.database, self.issuer, self.machine, self.heard = (
            app,
            database,
            issuer,
            machine,
            heard,
        )
        self._visitors: dict[str, Visitor] = {}

    @property
    def dialect(self) -> str:
        return self.database.dialect

    async def arrive(self, who: str) -> Visitor:
        """Somebody signs in, in a browser of their own."""
        visitor = Visitor(self.app, self.machine)
        visitor.house = self
        await visitor.sign_in(who)
        return visitor

    async def visitor(self, who: str) -> Visitor:
        """Somebody who is signed in already, if they still are."""
        visitor = self._visitors.get(who)
        session = await visitor.session() if visitor else None
        if visitor is None or session is None or not session.is_fresh:
            visitor = self._visitors[who] = await self.arrive(who)
        return visitor

    async def api(
        self, who: str, query: str, variables: Mapping[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 JSON
        token = self.issuer.issue(who, timedelta(minutes=30))
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            request = {"query": query, "variables": dict(variables or {})}
            answer = await client.post(
                "/graphql", json=request, headers={"Authorization": f"Bearer {token}"}
            )
        return answer.json()

    async def data(self, who: str, query: str, **variables: object) -> Any:  # noqa: ANN401 JSON
        answer = await self.api(who, query, variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def do(self, who: str, act: str, shows: str = "", /, **values: object) -> Any:  # noqa: ANN401 JSON
        """The payload of an act that must be done."""
        kind = act[0].upper() + act[1:] + "Input!"
        query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ {shows} errors {{ code message }} }} }}"
        payload = (await self.data(who, query, input=values))["act"]
        assert payload["errors"] == [], payload
        return payload

    async def ids(self, record: Any) -> list[str]:  # noqa: ANN401 a record's class
        async with self.database.looking() as session:
            return list(await session.scalars(select(record.id).order_by(record.id)))

    @contextlib.contextmanager
    def overheard(self) -> Iterator[list[str]]:
        """Every statement that the drivers are sent.

        An act's transaction is one, the snapshot of a look is not.
        """
        statements: list[str] = []
        reading, looking, transaction = (
            Database.reading,
            Database.looking,
            Database.transaction,
        )
        dialect = self.dialect

        def mapped(
            _connection: object, _cursor: object, statement: str, *_: object
        ) -> None:
            statements.append(statement)

        @asynccontextmanager
        async def read(database: Database) -> AsyncIterator[Any]:
            async with (
                reading(database) as driver,
                listening(dialect, driver, statements),
            ):
                yield driver

        @asynccontextmanager
        async def looked(database: Database) -> AsyncIterator[Any]:
            async with (
                looking(database) as session,
                listening(dialect, await database.driver_of(session), statements),
            ):
                if (
                    dialect == "postgresql"
                ):  # its driver tells no logger of what the mapping prepares
                    event.listen(
                        (await session.connection()).sync_connection,
                        "before_cursor_execute",
                        mapped,
                    )
                yield session

        @asynccontextmanager
        async def written(database: Database) -> AsyncIterator[Any]:
            statements.append("BEGIN")
            async with transaction(database) as session:
                yield session

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Database, "reading", read)
            patch.setattr(Database, "looking", looked)
            patch.setattr(Database, "transaction", written)
            yield statements
        statements[:] = [one for one in statements if not one.startswith("BEGIN ")]


@asynccontextmanager
async def housed(
    url: str, issuer: DemoIssuer, issuer_file: Path, **environ: str
) -> AsyncIterator[House]:
    heard: list[Heard] = []
    machine, way = Machine(), Loop()
    plain = console.app.routes

    def overhearing(ports: Ports) -> Any:  # noqa: ANN401 Starlette's routes
        async def ask(
            session: Any,  # noqa: ANN401
            query: str,
            variables: Mapping[str, Any],
        ) -> Mapping[str, Any]:
            answer = await ports.ask(session, query, variables)
            heard.append(
                Heard(session.identity.subject, query, dict(variables), answer)
            )
            return answer

        return plain(dataclasses.replace(ports, ask=ask))

    visitor = {
        "DEMO": "1",
        "DATABASE_URL": _plain(url),
        "DEMO_KEY": str(issuer_file),
        "PUBLIC_URL": HOME,
        **environ,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server.console_host, "pages_of", overhearing)
        app = way.app = create_app(
            Settings.from_environ(visitor), HeldClock(), machine, way, tasks=False
        )
    database = ReusedDatabase.at(url)
    async with app.router.lifespan_context(app):
        yield House(app, database, issuer, machine, heard)
    await database.close()
