"""A text of a request is bounded by its kind before anything reads it, wherever it stands."""

from typing import Any

import pytest
from graphql import GraphQLError

from resolvers.reading import checking, documents
from resolvers.reading.documents import Documents

from .desk import Desk

LONG = "a" * 300_000
SEARCHED = " ".join(f"a{i}: users(search: $s) {{ totalCount }}" for i in range(20))
LONG_TEXTS: dict[str, tuple[str, dict[str, Any], str, list[str]]] = {
    "a variable, for each alias": (
        f"query($s: String) {{ {SEARCHED} }}",
        {"s": LONG},
        "search",
        ["a0"],
    ),
    "a variable under a node": (
        "query($s: String) { partners { nodes { groups(search: $s) { totalCount } } } }",
        {"s": LONG},
        "search",
        ["partners", "nodes", "groups"],
    ),
    "a literal": (
        f'{{ users(search: "{"a" * 251}") {{ totalCount }} }}',
        {},
        "search",
        ["users"],
    ),
    "an id": (
        "query($i: ID!) { node(id: $i) { id } }",
        {"i": f"ptr_{LONG}"},
        "id",
        ["node"],
    ),
    "one id of many": (
        "query($i: [ID!]!) { nodes(ids: $i) { id } }",
        {"i": ["ptr_1", f"ptr_{LONG}"]},
        "ids",
        ["nodes"],
    ),
    "an object that is explained": (
        "query($o: ID!) { explain(user: $o, action: PARTNER_READ, object: $o) { sentence } }",
        {"o": LONG},
        "user",
        ["explain"],
    ),
    "a SIRET": (
        "query($s: String) { partner(by: {siret: $s}) { id } }",
        {"s": "9" * 251},
        "by",
        ["partner"],
    ),
    "a cursor": (
        "query($c: String) { partners(after: $c) { totalCount } }",
        {"c": "A" * 10_001},
        "after",
        ["partners"],
    ),
}


def _read(_text: str) -> bool:
    raise AssertionError("the text was read")


@pytest.mark.parametrize("name", LONG_TEXTS)
async def test_a_text_too_long_for_its_kind_is_refused_before_anything_reads_it(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, variables, argument, path = LONG_TEXTS[name]
    monkeypatch.setattr(checking, "is_written_as_nir", _read)

    with pytest.raises(GraphQLError) as raised:
        await desk.answer("personne-inconnue", text, variables)

    longest = 10_000 if argument == "after" else 250
    assert raised.value.extensions == {"code": "TOO_LONG"}
    assert raised.value.message == f"`{argument}` compte au plus {longest} caractères."
    assert raised.value.path == path
    assert raised.value.locations


async def test_a_text_as_long_as_its_kind_allows_is_read(desk: Desk) -> None:
    found = await desk.answer(
        "agent-paris",
        "query($s: String) { users(search: $s) { totalCount } }",
        {"s": "a" * 250},
    )

    assert found == {"users": {"totalCount": 0}}


def test_a_document_refused_by_its_length_is_not_remembered(desk: Desk) -> None:
    known = Documents(desk.graph.schema)

    known.get("{ __typename } #" + "a" * documents.LONGEST)

    assert known._documents == {}  # noqa: SLF001 what is remembered is not shown otherwise
