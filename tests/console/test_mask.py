"""One mask for all that the process answers.

Its headers and its number always, and nothing of what failed.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Message, Receive, Scope, Send

from console.kernel.answering import Console
from persistence.sessions import SessionStore
from server.health import Health
from server.identity import Verifier
from server.mask import AnswerMask
from tests.sign_in.conftest import HOME

from .houses import House

BROWSER, MACHINE = {"accept": "text/html"}, {"accept": "application/json"}
SECRET = "1 85 05 78 006 084 36"
AWAITED = {"/erreur": 500, "/indisponible": 503}
NUMBER = re.compile(r"[0-9a-f]{32}")


def client(app: Any, home: str = HOME) -> httpx.AsyncClient:  # noqa: ANN401 an application
    """A client that hears of an exception only if it leaves the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=home)


def guarded(answer: httpx.Response) -> None:
    headers = answer.headers
    assert NUMBER.fullmatch(headers["x-request-id"]), answer.request.url
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"same-origin", "no-referrer"}
    assert (
        headers["cross-origin-opener-policy"]
        == headers["cross-origin-resource-policy"]
        == "same-origin"
    )
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"]


def paths(routes: Iterable[Any], under: str = "") -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            yield from paths(route.routes, route.path)
        else:
            yield under + re.sub(r"\{[^}]+\}", "x", route.path)


def places(app: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 an application
    yield from product(
        ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"), paths(app.routes)
    )
    yield from [
        ("GET", "/nulle-part"),
        ("GET", "/static/x"),
        ("GET", "/%00"),
        ("GET", "/" + "x" * 5_000),
    ]


@pytest.mark.parametrize("accept", [BROWSER, MACHINE], ids=["browser", "machine"])
async def test_every_address_answers_with_its_headers_and_its_number(
    house: House, accept: dict[str, str]
) -> None:
    async with client(house.app) as asker:
        for method, path in places(house.app):
            answer = await asker.request(
                method, path, headers=accept, content=b"x" if method != "GET" else None
            )

            guarded(answer)
            assert answer.status_code < 500 or answer.status_code == AWAITED.get(
                path
            ), (method, path)


@pytest.mark.parametrize(
    "query",
    [
        "rang=²",
        "taille=²",
        "rang=" + "9" * 5_000,
        "taille=" + "9" * 5_000,
        "rang=٣",
        "taille=-1",
        "rang=1e3",
        "taille=①",
    ],
)
async def test_a_number_of_an_address_that_is_none_is_left_out(
    house: House, query: str
) -> None:
    visitor = await house.visitor("agent-paris")

    visit = await visitor.get(f"/partenaires?{query}")

    assert visit.status == 200
    assert "Erreur" not in visit.text
    assert "taille=" not in visit.answer.headers.get("set-cookie", "")


async def test_a_number_of_a_cookie_or_of_a_form_that_is_none_is_left_out(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    assert (
        await visitor.visit(
            "GET", "/partenaires", headers={"cookie": "taille=²".encode()}
        )
    ).status < 500

    form = await visitor.get("/actes/partnerRegister")
    for name, value in (("_version", "²"), ("_version", "9" * 5_000)):
        visit = await visitor.step(form, "verifier", **{name: value})
        assert visit.status in {200, 422}, name


async def test_the_cookies_of_tastes_travel_as_the_session_s_does(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get("/partenaires?taille=50")
    theme = await visitor.submit(page, page.parsed.form(field="theme"), theme="dark")

    for visit, name in ((page, "taille=50"), (theme, "theme=dark")):
        cookie = visit.answer.headers["set-cookie"]
        assert name in cookie
        assert {"Secure", "HttpOnly", "SameSite=lax"} <= {
            part.strip() for part in cookie.split(";")
        }


# what fails


def fails(*_: object, **__: object) -> Any:  # noqa: ANN401 never answered
    raise ValueError(SECRET)


DOORS = {
    "a page": (Console, "variables", "GET", "/partenaires"),
    "a template": (Console, "render", "GET", "/partenaires"),
    "an act": (Console, "variables", "GET", "/actes/partnerRegister"),
    "the session": (SessionStore, "find", "GET", "/"),
    "the sign-in": (SessionStore, "find", "GET", "/connexion"),
    "the graph": (Verifier, "identify", "POST", "/graphql"),
    "an upload": (Verifier, "identify", "PUT", "/imports/x"),
    "the health": (Health, "_is_serving", "GET", "/readyz"),
}


@pytest.mark.parametrize("accept", [BROWSER, MACHINE], ids=["browser", "machine"])
@pytest.mark.parametrize("door", DOORS)
async def test_what_fails_is_told_by_its_number_and_nothing_else(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    door: str,
    accept: dict[str, str],
) -> None:
    kind, name, method, path = DOORS[door]
    visitor = await house.visitor("agent-paris")
    monkeypatch.setattr(kind, name, fails)
    caplog.set_level(logging.DEBUG)

    headers = accept | {"content-type": "application/json"}
    answer = (
        await visitor.visit(
            method, path, headers=headers, content=b'{"query": "{ __typename }"}'
        )
    ).answer

    guarded(answer)
    assert answer.status_code == 500
    number = answer.headers["x-request-id"]
    assert number in answer.text
    assert "Une erreur inattendue s" in answer.text
    assert f"ValueError in request {number}" in caplog.text
    assert "in fails" in caplog.text  # the trace, without the text
    assert SECRET not in caplog.text + answer.text
    page = accept is BROWSER and door not in {"a template", "an upload"}
    assert answer.headers["content-type"].startswith(
        "text/html" if page else "application/json"
    )


async def masked(app: Any, **options: Any) -> httpx.Response:  # noqa: ANN401 an application
    async def apology(_: Request, defect: Exception) -> Response:
        return Response(type(defect).__name__, 500)

    async with client(AnswerMask(app, apology, **{"demo": False, **options})) as asker:
        return await asker.get("/")


async def test_outside_of_a_demonstration_a_browser_comes_back_over_tls_alone() -> None:
    assert "strict-transport-security" in (await masked(Response("ok"))).headers
    assert (
        "strict-transport-security"
        not in (await masked(Response("ok"), demo=True)).headers
    )


async def test_an_answer_that_says_otherwise_keeps_what_it_says() -> None:
    answer = await masked(Response("ok", headers={"Cache-Control": "public"}))

    assert answer.headers.get_list("cache-control") == ["public"]


async def test_an_answer_that_fails_once_begun_is_cut_without_a_value() -> None:
    async def late(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(SECRET)

    with pytest.raises(RuntimeError, match=r"^ValueError$") as cut:
        await masked(late)
    assert cut.value.__suppress_context__


async def test_a_client_that_leaves_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def left(_: Scope, __: Receive, ___: Send) -> None:
        raise ClientDisconnect

    caplog.set_level(logging.INFO)
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def apology(_: Request, __: Exception) -> Response:
        raise AssertionError

    await AnswerMask(left, apology, demo=True)(
        {"type": "http", "headers": []}, receive, send
    )

    assert messages == []
    assert "the client left" in caplog.text


# the name under which we are asked


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        ["exemple.invalid"],
        ["localhost", "exemple.invalid"],
        ["exemple.invalid", "localhost"],
        ["localhost", "localhost"],
        ["localhost:80@exemple.invalid"],
        ["localhost, exemple.invalid"],
        ["localhost/"],
        ["localhost:port"],
        [""],
    ],
)
async def test_a_request_that_does_not_name_us_once_is_refused(
    house: House, hosts: list[str]
) -> None:
    answer: dict[str, Any] = {"body": b""}
    headers = [(b"host", host.encode()) for host in hosts]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/livez",
        "query_string": b"",
        "headers": headers,
    }

    async def send(message: Message) -> None:
        answer.update(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await house.app(
        scope | {"asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"},
        receive,
        send,
    )

    assert answer["status"] == 400
    assert b'"code":"HOST"' in answer["body"]
    assert any(name == b"x-request-id" for name, _ in answer["headers"])


@pytest.mark.parametrize(
    "home", ["http://localhost", "http://127.0.0.1:8000", "http://LOCALHOST:1"]
)
async def test_each_of_our_names_is_ours_whatever_its_port(
    house: House, home: str
) -> None:
    async with client(house.app, home) as asker:
        assert (await asker.get("/livez")).status_code == 200
