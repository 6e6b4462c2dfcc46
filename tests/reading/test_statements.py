"""The SQL of every document of these tests, for every set of roles, on both databases, is the one on record.

`statements.json` holds a digest of the text of each statement: a change of the engine that means to leave the SQL
as it is proves so here. When the SQL is meant to change, renew the record with

    RENEW_STATEMENTS=1 .venv/bin/python -m pytest tests/reading/test_statements.py

and commit it beside the change, which says why.
"""

import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    OperationDefinitionNode,
    get_named_type,
    is_object_type,
    parse,
)

from resolvers.reading.bindings import PayloadObject, bound
from resolvers.reading.planner import Planner
from resolvers.variables import variables_of
from schema.contract import types

from . import generated
from .asked import Asked, Ids
from .desk import TODAY, Desk, code_of
from .test_two_ways_out import EVERY, callers_of

pytestmark = pytest.mark.slow
RECORD = Path(__file__).parent / "statements.json"
ACTS = types().schema.mutation_type
ROLES_OF_ACTS = ("agent-paris", "gestionnaire-canal", "admin-national")


@pytest.fixture(scope="module")
def record() -> Iterator[dict[str, str]]:
    """The digests on record by document; those that this run gives, when it renews them."""
    if not os.environ.get("RENEW_STATEMENTS"):
        yield orjson.loads(RECORD.read_bytes())
        return
    renewed: dict[str, str] = {}
    yield renewed
    RECORD.write_bytes(
        orjson.dumps(renewed, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    )


@pytest.fixture(scope="module")
async def roles(desks: dict[str, Desk]) -> Mapping[str, frozenset[str]]:
    """The set of roles of each caller."""
    desk = desks["sqlite"]
    async with desk.database.reading() as driver:
        return {
            who: (
                await desk.graph.subject(desk.context(who).identity, TODAY, driver)
            ).roles
            for who in dict.fromkeys(who for name in EVERY for who in callers_of(name))
        }


@pytest.mark.thirds
@pytest.mark.parametrize("name", EVERY)
def test_the_statements_of_a_query_are_those_on_record(
    desk: Desk,
    ids: Ids,
    roles: Mapping[str, frozenset[str]],
    record: dict[str, str],
    name: str,
) -> None:
    texts = [
        text
        for held in _sets(roles, callers_of(name))
        for text in _of_query(desk, EVERY[name], ids, held)
    ]

    _compare(record, f"{name} ({desk.dialect})", texts)


@pytest.mark.thirds
@pytest.mark.parametrize("act", ACTS.fields if ACTS is not None else {})
def test_the_statements_of_a_payload_are_those_on_record(
    desk: Desk, roles: Mapping[str, frozenset[str]], record: dict[str, str], act: str
) -> None:
    assert ACTS is not None
    texts = [
        text
        for held in _sets(roles, ROLES_OF_ACTS)
        for text in _of_payload(desk, act, ACTS.fields[act], held)
    ]

    _compare(record, f"{act} ({desk.dialect})", texts)


def test_no_statement_stays_on_record_that_no_document_has(
    record: dict[str, str],
) -> None:
    named = {*EVERY, *(ACTS.fields if ACTS is not None else {})}

    assert record.keys() == {
        f"{name} ({dialect})" for name in named for dialect in ("sqlite", "postgresql")
    }


def _sets(
    roles: Mapping[str, frozenset[str]], callers: tuple[str, ...]
) -> list[frozenset[str]]:
    """The sets of roles of these callers, each once, in a fixed order."""
    return sorted({roles[who] for who in callers}, key=sorted)


def _of_query(desk: Desk, asked: Asked, ids: Ids, roles: frozenset[str]) -> list[str]:
    context, document = (
        desk.context("agent-paris"),
        desk.graph.documents.get(asked.text),
    )
    operation = document.operation(asked.name)
    try:
        values = variables_of(context.graph.schema, operation, asked.variables(ids))
        plan = context.plan(document, operation, values, roles, completing=False)
    except GraphQLError as refused:
        return [code_of(refused)]
    return _text(plan.statement)


def _of_payload(
    desk: Desk, act: str, definition: GraphQLField, roles: frozenset[str]
) -> list[str]:
    """The statement of a payload whose objects are asked all of their fields."""
    payload = get_named_type(definition.type)
    assert is_object_type(payload)
    parts = [
        _selection(name, field)
        for name, field in payload.fields.items()
        if isinstance(bound(field), PayloadObject)
    ]
    (operation,) = parse(
        f"mutation {{ {act} {{ __typename {' '.join(parts)} }} }}"
    ).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    planner = Planner.over(desk.graph.types, [], operation, {}, completing=True)
    question, pages = planner.payload(definition.type, [node])
    return _text(desk.graph.compiled(planner, question, pages, roles).statement)


def _selection(name: str, field: GraphQLField) -> str:
    target = get_named_type(field.type)
    assert is_object_type(target)
    return f"{name} {{ {generated.all_fields(target)} }}"


def _text(statement: Any) -> list[str]:  # noqa: ANN401 a Statement, or none
    return (
        []
        if statement is None
        else [statement.text, *(each.name for each in statement.parameters)]
    )


def _compare(record: dict[str, str], key: str, texts: list[str]) -> None:
    digest = sha256("\n".join(texts).encode()).hexdigest()
    if os.environ.get("RENEW_STATEMENTS"):
        record[key] = digest

    assert record[key] == digest, (
        "another SQL than on record: see the words at the head of this file"
    )
