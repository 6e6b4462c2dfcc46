"""The HTTP edge: what is refused, how it is said, and that nothing personal is said with it."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLError, get_introspection_query, parse

from persistence.engine import Database
from resolvers.reading import documents
from server.app import create_app
from server.demo.issuer import DemoIssuer
from server.settings import Settings
from tests.conftest import HeldClock, World

from .desk import Desk

NIR, NAME = "185057599904209", "Ærøskøbing"
GRAPHQL, JSON = "application/graphql-response+json", "application/json"
TYPENAME = b'{"query": "{ __typename }"}'


@pytest.fixture(scope="session")
async def edges(
    desks: dict[str, Desk], issuer: DemoIssuer, issuer_file: Path
) -> AsyncIterator[dict[str, World]]:
    """The whole application over each desk's register: nothing here writes."""
    made, opened = {}, []
    for dialect, desk in desks.items():
        url = desk.database.url.render_as_string(hide_password=False)
        plain = url.replace("sqlite+aiosqlite", "sqlite").replace(
            "postgresql+asyncpg", "postgresql"
        )
        settings = Settings.from_environ(
            {"DEMO": "1", "DATABASE_URL": plain, "DEMO_KEY": str(issuer_file)}
        )
        clock = HeldClock()
        app = create_app(settings, clock, tasks=False)
        lifespan = app.router.lifespan_context(app)
        await lifespan.__aenter__()
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://localhost"
        )
        opened.append((client, lifespan))
        made[dialect] = World(client, issuer, desk.database, clock)
    yield made
    for client, lifespan in opened:
        await client.aclose()
        await lifespan.__aexit__(None, None, None)


@pytest.fixture
def edge(edges: dict[str, World], dialect: str) -> World:
    return edges[dialect]


async def send(
    edge: World,
    body: bytes | dict[str, Any],
    who: str | None = "agent-paris",
    **headers: str,
) -> httpx.Response:
    token = {} if who is None else {"authorization": f"Bearer {edge.issuer.issue(who)}"}
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await edge.client.post(
        "/graphql", content=content, headers={"content-type": JSON, **token, **named}
    )


def code_in(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


# who asks, and how


async def test_nobody_is_answered_without_a_token(edge: World) -> None:
    answer = await send(edge, TYPENAME, who=None)

    assert (answer.status_code, code_in(answer)) == (401, "TOKEN_MISSING")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    "token",
    ["Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer " + "a" * 9_000, "Bearer"],
)
async def test_a_bad_token_is_refused_and_never_echoed(edge: World, token: str) -> None:
    answer = await send(edge, TYPENAME, who=None, authorization=token)

    assert answer.status_code == 401
    assert code_in(answer) in {"TOKEN_INVALID", "TOKEN_MISSING"}
    assert token.removeprefix("Bearer ") not in answer.text or token == "Bearer x"


async def test_the_caller_is_known_before_the_body_is_read(edge: World) -> None:
    answer = await send(edge, b"\xff", who=None)

    assert answer.status_code == 401


async def test_an_identity_bound_to_nobody_is_answered_and_sees_nothing(
    edge: World,
) -> None:
    answer = await edge.ask(
        "personne-inconnue",
        "{ viewer { user { id } tabs { id } } partners { totalCount } services { code } }",
    )

    assert answer["viewer"] == {"user": None, "tabs": []}
    assert answer["partners"] == {"totalCount": 0}
    assert len(answer["services"]) == 5


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/graphql",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonp",
    ],
)
async def test_a_body_that_is_not_json_by_its_type_is_refused(
    edge: World, kind: str
) -> None:
    answer = await send(edge, TYPENAME, content_type=kind)

    assert (answer.status_code, code_in(answer)) == (415, "MALFORMED")


async def test_the_type_may_carry_a_charset(edge: World) -> None:
    assert (
        await send(edge, TYPENAME, content_type="Application/JSON; charset=utf-8")
    ).status_code == 200


async def test_a_question_is_posted_not_got(edge: World) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await edge.client.request(
            method, "/graphql", params={"query": "{ __typename }"}
        )

        assert answer.status_code == 405
        assert "POST" in answer.headers["allow"]


async def test_a_body_of_more_than_two_megabytes_is_refused(edge: World) -> None:
    for size, status in ((1_900_000, 200), (2_000_000, 413)):
        answer = await send(
            edge,
            b'{"query": "{ __typename }", "variables": {"a": "' + b"a" * size + b'"}}',
        )

        assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"3",
        b'"{ __typename }"',
        b"[]",
        b'[{"query": "{ __typename }"}]',
        b"{}",
        b'{"query": 3}',
        b'{"query": null}',
        b'{"query": "{ __typename }"',
        b'{"query": "{ __typename }", "variables": 0}',
        b'{"query": "{ __typename }", "variables": false}',
        b'{"query": "{ __typename }", "variables": ""}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "extensions": 0}',
        b'{"query": "{ __typename }", "extensions": []}',
        b'{"query": "{ __typename }", "operationName": 3}',
        b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
        b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}',
        b'{"query": "{ __typename }", "variables": {"a": "\x00"}}',
        b'{"query": "{ __typename }", "variables": {"a": "\xed\xa0\x80"}}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b"\xff\xfe",
        b'{"query": "\xc3\x28"}',
        b"[" * 100_000,
    ],
)
async def test_a_body_that_is_no_request_is_refused_with_400(
    edge: World, body: bytes
) -> None:
    answer = await send(edge, body)

    assert (answer.status_code, code_in(answer)) == (400, "MALFORMED")
    assert "data" not in answer.json()


async def test_members_that_are_null_are_members_that_are_absent(edge: World) -> None:
    answer = await send(
        edge,
        {
            "query": "{ __typename }",
            "variables": None,
            "operationName": None,
            "extensions": None,
        },
    )

    assert answer.json() == {"data": {"__typename": "Query"}}


# request errors, under each type of answer

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "syntax": ({"query": "{ viewer "}, "GRAPHQL_PARSE_FAILED"),
    "empty": ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
    "unknown field": (
        {"query": "{ parteners { totalCount } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "unknown argument": (
        {"query": "{ partners(firts: 1) { totalCount } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "literal": (
        {"query": f'{{ partners(first: "{NIR}") {{ totalCount }} }}'},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "enum": (
        {"query": f"{{ partners(kind: N{NIR}) {{ totalCount }} }}"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "day": (
        {"query": f'{{ journal(day: "{NIR}") {{ totalCount }} }}'},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "several operations": (
        {"query": "query A { __typename } query B { __typename }"},
        "OPERATION",
    ),
    "no such operation": (
        {"query": "query A { __typename }", "operationName": "B"},
        "OPERATION",
    ),
    "subscription": ({"query": "subscription { x }"}, "GRAPHQL_VALIDATION_FAILED"),
    "missing variable": (
        {"query": "query($i: ID!) { node(id: $i) { id } }"},
        "BAD_USER_INPUT",
    ),
    "variable": (
        {
            "query": "query($n: Int) { partners(first: $n) { totalCount } }",
            "variables": {"n": NAME},
        },
        "BAD_USER_INPUT",
    ),
    "variable of an enum": (
        {
            "query": "query($k: PartnerKind) { partners(kind: $k) { totalCount } }",
            "variables": {"k": NIR},
        },
        "BAD_USER_INPUT",
    ),
    "variable of a day": (
        {
            "query": "query($d: Date) { journal(day: $d) { totalCount } }",
            "variables": {"d": NIR},
        },
        "BAD_USER_INPUT",
    ),
    **{
        f"a variable written {day}": (
            {
                "query": "query($d: Date) { journal(day: $d) { totalCount } }",
                "variables": {"d": day},
            },
            "BAD_USER_INPUT",
        )
        for day in (
            "2026-W50-4",
            "20261210AB",
            "2026-344  ",
            "2026-12-1 ",
            "２０２６-12-10",
            "2026/12/10",
            "2026-02-30",
        )
    },
    "a literal day by its week": (
        {"query": '{ journal(day: "2026-W50-4") { totalCount } }'},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "variable of an act": (
        {
            "query": "mutation($i: ParameterSetInput!) { parameterSet(input: $i) { replayed } }",
            "variables": {"i": {"name": NAME, "startsOn": NIR, "value": NIR}},
        },
        "BAD_USER_INPUT",
    ),
    "cursor": (
        {"query": f'{{ partners(after: "{NIR}0") {{ nodes {{ id }} }} }}'},
        "CURSOR",
    ),
    "too many ids": (
        {
            "query": "query($i: [ID!]!) { nodes(ids: $i) { id } }",
            "variables": {"i": [NIR] * 101},
        },
        "TOO_MANY_IDS",
    ),
    "nothing to find by": (
        {"query": "{ partner { id } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "no way to find by": (
        {"query": "{ partner(by: {}) { id } }"},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "two ways to find by": (
        {"query": f'{{ partner(by: {{id: "{NIR}", siret: "{NIR}"}}) {{ id }} }}'},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "two ways to find by, in a variable": (
        {
            "query": "query($by: PartnerBy!) { partner(by: $by) { id } }",
            "variables": {"by": {"id": NIR, "siret": NIR}},
        },
        "BAD_USER_INPUT",
    ),
    "NUL by escape": (
        {"query": '{ partners(search: "a\\u{0}' + NIR + '") { totalCount } }'},
        "MALFORMED",
    ),
    "NUL by long escape": (
        {"query": '{ partner(by: {id: "\\u{00000}"}) { id } }'},
        "MALFORMED",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_request_error_has_a_code_and_no_data_and_echoes_no_value(
    edge: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, code = REFUSED[name]
    caplog.set_level(logging.DEBUG)

    for accept, status in (
        (GRAPHQL, 400),
        (JSON, 200),
        (f"{GRAPHQL}, {JSON};q=0.9", 400),
        ("*/*", 200),
    ):
        answer = await send(edge, body, accept=accept)

        assert (answer.status_code, code_in(answer)) == (status, code)
        assert "data" not in answer.json()
        assert answer.headers["content-type"].startswith(
            GRAPHQL if GRAPHQL in accept else JSON
        )
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.headers["x-request-id"]) == 32
        for value in (NIR, NAME, NAME.casefold()):
            assert value not in answer.text
    for value in (NIR, NAME):
        assert value not in caplog.text


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{GRAPHQL};q=0.9, {JSON};q=0.5", GRAPHQL),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{GRAPHQL}; q=0.4 , */*;q=0.1", GRAPHQL),
        (f"{GRAPHQL};q=0.4, */*;q=0.5", JSON),
        (f"{GRAPHQL};q=0.4, application/json;q=0.2, */*", GRAPHQL),
        (f"text/event-stream, {GRAPHQL.upper()}", GRAPHQL),
        (f"x{GRAPHQL}", JSON),
        (f"{GRAPHQL};q=much", GRAPHQL),
        ("", JSON),
        ("text/html", JSON),
    ],
)
async def test_the_weights_of_accept_are_read(
    edge: World, accept: str, media: str
) -> None:
    answer = await send(edge, {"query": "{ nothing }"}, accept=accept)

    assert answer.headers["content-type"] == f"{media}; charset=utf-8"
    assert answer.status_code == (400 if media == GRAPHQL else 200)


async def test_a_body_may_begin_with_a_byte_order_mark(edge: World) -> None:
    assert (await send(edge, b"\xef\xbb\xbf" + TYPENAME)).json() == {
        "data": {"__typename": "Query"}
    }
    assert (
        code_in(await send(edge, b"\xef\xbb\xbf\xef\xbb\xbf" + TYPENAME)) == "MALFORMED"
    )


@pytest.mark.parametrize("name", ["", None])
async def test_an_empty_operation_name_runs_the_only_operation(
    edge: World, name: str | None
) -> None:
    for query in ("query Only { __typename }", "mutation Only { __typename }"):
        assert (
            "data" in (await send(edge, {"query": query, "operationName": name})).json()
        )
    several = {
        "query": "query A { __typename } query B { __typename }",
        "operationName": name,
    }
    assert code_in(await send(edge, several)) == "OPERATION"


LINE = {
    "idempotencyKey": "k",
    "establishment": {"siret": "99990001200025"},
    "campaignYear": 2026,
    "deposit": False,
}


@pytest.mark.parametrize(
    ("query", "variables", "variable", "path"),
    [
        ("query($n: Int) { partners(first: $n) { totalCount } }", {"n": NIR}, "n", []),
        (
            "query($i: [ID!]!) { nodes(ids: $i) { id } }",
            {"i": ["a", {"b": NIR}]},
            "i",
            [1],
        ),
        (
            "mutation($i: UserInviteInput!) { userInvite(input: $i) { replayed } }",
            {
                "i": {
                    "partnerId": "ptr_x",
                    "person": {"givenName": [NIR], "familyName": "B", "email": "c"},
                }
            },
            "i",
            ["person", "givenName"],
        ),
        (
            "mutation($i: UserInviteInput!) { userInvite(input: $i) { replayed } }",
            {"i": {"partnerId": "ptr_x", "person": {"familyName": NIR, "email": "c"}}},
            "i",
            ["person", "givenName"],
        ),
        (
            "mutation($i: UserInviteInput!) { userInvite(input: $i) { replayed } }",
            {
                "i": {
                    "partnerId": "ptr_x",
                    "person": {
                        "givenName": "A",
                        "familyName": "B",
                        "email": "c",
                        NAME: NIR,
                    },
                }
            },
            "i",
            ["person"],
        ),
        (
            "mutation($i: RemunerationsDeclareInput!) { remunerationsDeclare(input: $i) { replayed } }",
            {"i": LINE | {"lines": [{}, {"nir": {"value": NIR}}]}},
            "i",
            ["lines", 1, "nir"],
        ),
    ],
)
async def test_a_variable_that_does_not_fit_says_where(
    edge: World,
    query: str,
    variables: dict[str, Any],
    variable: str,
    path: list[str | int],
) -> None:
    answer = await send(edge, {"query": query, "variables": variables})
    error = answer.json()["errors"][0]

    assert error["extensions"] == {
        "code": "BAD_USER_INPUT",
        "variable": variable,
        "path": path,
    }
    assert error["locations"] == [{"line": 1, "column": query.index("$") + 1}]
    assert f"`{'.'.join(map(str, path))}`" in error["message"] or not path
    assert NIR not in answer.text
    assert NAME not in answer.text


PLANNED = {
    "a cursor": ('{ a: viewer { user { id } } p: partners(after: "zz") { nodes { id } } }', "CURSOR", ["p"]),
    "a cursor under another list": (
        "query($c: String) { organisms(first: 1) { nodes { partners(after: $c) { nodes { id } } } } }",
        "CURSOR",
        ["organisms", "nodes", "partners"],
    ),
    "a size": ("{ organisms(first: 1) { edges { node { p: partners(first: 101) { totalCount } } } } }", "PAGE_SIZE",
        ["organisms", "edges", "node", "p"]),
    "both ways": ("{ partners(first: 1, last: 1) { totalCount } }", "ARGUMENTS", ["partners"]),
    "a day": ('{ groups(on: "1700-01-01") { totalCount } }', "DAY", ["groups"]),
    "a number": (f'{{ u: users(search: "{NIR}") {{ totalCount }} }}', "NIR_IN_TEXT", ["u"]),
    "cost": (
        (
            "{ services { code } users(first: 100) { nodes { groups(first: 100) { nodes { members(first: 100) "
            "{ nodes { id } } } } } } }"
        ),
        "TOO_COSTLY",
        ["users"],
    ),
    "objects": (
        "{ viewer { user {" + " ".join(f"a{i}: posts {{ id }}" for i in range(90)) + "} } }",
        "TOO_COMPLEX",
        ["viewer", "user", "a77"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANNED)
async def test_a_refusal_of_the_planner_says_its_path_and_its_location(
    edge: World, name: str
) -> None:
    query, code, path = PLANNED[name]
    for _ in range(2):  # planned, then known
        answer = await send(
            edge, {"query": query, "variables": {"c": "zz"} if "$c" in query else {}}
        )
        (error,) = answer.json()["errors"]

        assert (error["extensions"]["code"], error["path"]) == (code, path)
        assert error["locations"][0]["line"] == 1
        assert query[error["locations"][0]["column"] - 1 :].startswith(
            (path[-1] + " ", path[-1] + "(", path[-1] + ":")
        )


async def test_nul_that_json_hides_from_the_bytes_is_refused_too(edge: World) -> None:
    answer = await send(
        edge, b'{"query": "{ partners(search: \\"\\u005cu0000\\") { totalCount } }"}'
    )

    assert code_in(answer) == "MALFORMED"


async def test_a_data_answer_is_200_under_both_types(edge: World) -> None:
    for accept in (GRAPHQL, JSON):
        answer = await send(edge, TYPENAME, accept=accept)

        assert (answer.status_code, answer.json()) == (
            200,
            {"data": {"__typename": "Query"}},
        )


async def test_what_one_searches_for_is_not_logged(
    edge: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await edge.ask(
        "agent-paris",
        "query($s: String) { partners(search: $s) { totalCount } }",
        s=NIR,
    )
    await edge.ask("agent-paris", f'{{ partners(search: "{NIR}") {{ totalCount }} }}')

    assert NIR not in caplog.text


# limits

LIMITED: dict[str, tuple[str, str]] = {
    "depth": (
        '{ organism(code: "1") ' + "{ pilotedBy " * 16 + "{ id }" + " }" * 16 + " }",
        "TOO_DEEP",
    ),
    "depth of the parser": (
        "{ organism " + "{ pilotedBy " * 900 + "{ id }" + " }" * 900 + " }",
        "TOO_DEEP GRAPHQL_PARSE_FAILED",
    ),
    "depth of a literal": (
        "{ nodes(ids: " + "[" * 1_500 + "1" + "]" * 1_500 + ") { id } }",
        "TOO_DEEP GRAPHQL_PARSE_FAILED",
    ),
    "fields": (
        "{ viewer { user { ...G ... { ...G } posts { id user { ...G } } ...H } } } "
        "fragment H on User { ...G } fragment G on User { " + "id " * 400 + " }",
        "TOO_COMPLEX",
    ),
    "tokens": ("{ viewer { user { " + "id " * 4_100 + " } } }", "GRAPHQL_PARSE_FAILED"),
    "length": ("{ viewer { user { id } } } #" + "x" * 30_000, "TOO_LONG"),
    "root fields": (
        "{" + " ".join(f"a{i}: services {{ code }}" for i in range(21)) + "}",
        "TOO_COMPLEX",
    ),
    "root fields in a fragment": (
        "{ ... { ...R } } fragment R on Query {"
        + " ".join(f"a{i}: services {{ code }}" for i in range(21))
        + "}",
        "TOO_COMPLEX",
    ),
    "aliased objects": (
        "{ viewer { user {"
        + " ".join(f"a{i}: posts {{ id }}" for i in range(90))
        + "} } }",
        "TOO_COMPLEX",
    ),
    "cost": (
        "{ users(first: 100) { nodes { groups(first: 100) { nodes { members(first: 100) { nodes { id } } } } } } }",
        "TOO_COSTLY",
    ),
    "cells": (
        "{ users(first: 100) { nodes { groups(first: 50) { nodes { "
        + " ".join(f"a{i}: name" for i in range(41))
        + " } } } } }",
        "TOO_COSTLY",
    ),
    "cost across branches": (
        (
            "{ organisms(first: 100) { nodes { a: partners(first: 100) { nodes { id } } "
            "b: partners(first: 100) { nodes { id } } c: agents(first: 1) { nodes { id } } } } }"
        ),
        "TOO_COSTLY",
    ),
    "fragments": (
        "{ viewer { user { ...F0 } } } "
        + " ".join(
            f"fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(300)
        )
        + " fragment F300 on User { id }",
        "TOO_COMPLEX",
    ),
    "fields of an introspection": (
        "{ __schema { types { fields { type { "
        + " ".join(f"a{i}: name" for i in range(400))
        + " } } } } }",
        "TOO_COMPLEX",
    ),
    "depth of an introspection": (
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "cycle": (
        "{ viewer { user { ...A } } } fragment A on User { ...B } fragment B on User { ...A }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
}


@pytest.mark.parametrize("name", LIMITED)
async def test_a_document_beyond_a_limit_is_refused_without_a_statement_for_it(
    edge: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, codes = LIMITED[name]
    plain, asked = Database.value, []

    async def counted(self: Database, statement: str, binds: Any, driver: Any) -> Any:  # noqa: ANN401 the method's own
        asked.append(statement)
        return await plain(self, statement, binds, driver)

    monkeypatch.setattr(Database, "value", counted)

    answer = await send(edge, {"query": text})

    assert code_in(answer) in codes.split()
    assert len(asked) <= 1  # at most the caller's


async def test_the_usual_introspection_is_within_the_limits(edge: World) -> None:
    answer = await edge.ask(
        "agent-paris",
        get_introspection_query(specified_by_url=True, directive_is_repeatable=True),
    )

    assert len(answer["__schema"]["types"]) > 100


def test_each_fragment_is_measured_once_however_often_it_is_spread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """2³⁰⁰ spreads: counted in visits, since a clock would measure the machine."""
    visits, plain = [], documents.Size

    def counted(*counts: int) -> documents.Size:
        visits.append(counts)
        return plain(*counts)

    monkeypatch.setattr(documents, "Size", counted)
    with pytest.raises(GraphQLError, match="trop de champs"):
        documents.measure(parse(LIMITED["fragments"][0]))

    assert 300 < len(visits) < 2_000


# defects


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 500)])
async def test_a_drivers_error_is_masked_behind_a_number(
    edge: World,
    accept: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    async def broken(*_: object) -> None:
        raise RuntimeError(f"invalid input: '{NIR}' for {NAME}")

    monkeypatch.setattr(Database, "value", broken)
    answer = await send(edge, {"query": "{ partners { totalCount } }"}, accept=accept)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, "INTERNAL")
    assert answer.headers["x-request-id"] in error["message"]
    assert answer.headers["x-request-id"] in caplog.text
    for said in (answer.text, caplog.text):
        assert NIR not in said
        assert NAME not in said


async def test_a_defect_in_a_completed_leaf_is_masked_too(
    edge: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "{ campaigns { continuityOn } }"
    await edge.ask("agent-paris", text)
    plain = Database.value

    async def wrong(self: Database, statement: str, binds: Any, driver: Any) -> Any:  # noqa: ANN401 the method's own
        said = await plain(self, statement, binds, driver)
        return (
            said
            if "sign_in" in statement
            else orjson.dumps(
                {"campaigns": [{"$typename": "Campaign", "$continuityOn$year": NIR}]}
            ).decode()
        )

    monkeypatch.setattr(Database, "value", wrong)
    answer = await send(edge, {"query": text})

    assert code_in(answer) == "INTERNAL"
    assert NIR not in answer.text


async def test_two_requests_never_share_a_number(edge: World) -> None:
    numbers = {(await send(edge, TYPENAME)).headers["x-request-id"] for _ in range(5)}

    assert len(numbers) == 5
