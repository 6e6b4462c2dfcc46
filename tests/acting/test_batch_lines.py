"""Lines that are read past graphql-core are what graphql-core makes of them, to the last cell."""

from typing import Any

from graphql import OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from resolvers.batch_lines import Line, without_lines
from resolvers.declaration_lines import FIELDS, NUMBERS
from resolvers.variables import Invalid, variables_of
from schema.contract import types

SCHEMA = types().schema
KINDS = {
    "remunerationsDeclare": "RemunerationLineInput",
    "activityChangesDeclare": "ActivityChangeLineInput",
}
BATCH = {
    "idempotencyKey": "k",
    "establishment": {"siret": "99990001200025"},
    "campaignYear": 2026,
    "deposit": True,
}
TEXTS = st.one_of(st.none(), st.text("aé 0'", max_size=5))
ACCIDENTS: st.SearchStrategy[Any] = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.text(max_size=2)),
    st.just({}),
)


def operation(text: str) -> OperationDefinitionNode:
    (definition,) = parse(text).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


def act(name: str, before: str = "", after: str = "") -> OperationDefinitionNode:
    kind = name[0].upper() + name[1:] + "Input!"
    return operation(
        f"mutation($input: {kind}) {{ {before} {name}(input: $input) {{ replayed }} {after} }}"
    )


def batch(name: str, lines: object) -> dict[str, Any]:
    own = (
        BATCH
        if name == "remunerationsDeclare"
        else {key: BATCH[key] for key in ("idempotencyKey", "establishment")}
    )
    return {"input": own | {"lines": lines}}


def lines_by_graphql(name: str, variables: dict[str, Any]) -> list[Line] | None:
    """What graphql-core makes of the lines, under the names of Python; None where it refuses."""
    try:
        coerced = variables_of(SCHEMA, act(name), variables)["input"]["lines"]
    except Invalid:
        return None
    names = FIELDS[KINDS[name]]
    return [{names[key]: cell for key, cell in line.items()} for line in coerced]


def a_line(
    name: str, cells: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    fields = FIELDS[KINDS[name]]
    texts = sorted(field for field in fields if fields[field] not in NUMBERS)
    return st.dictionaries(st.sampled_from(texts), cells, max_size=8)


@given(st.data(), st.sampled_from(sorted(KINDS)))
def test_plain_lines_are_what_graphql_makes_of_them(
    data: st.DataObject, name: str
) -> None:
    variables = batch(name, data.draw(st.lists(a_line(name, TEXTS), max_size=5)))

    rest, lines = without_lines(SCHEMA, act(name), variables)

    assert lines == lines_by_graphql(name, variables)
    assert rest == batch(name, [])


@given(st.data(), st.sampled_from(sorted(KINDS)))
def test_a_line_with_an_accident_is_left_to_graphql(
    data: st.DataObject, name: str
) -> None:
    lines: list[Any] = data.draw(st.lists(a_line(name, TEXTS), max_size=3))
    accident = data.draw(
        st.one_of(
            ACCIDENTS.filter(lambda value: value != {}),
            st.dictionaries(st.just("unknown"), TEXTS, min_size=1),
            st.just({"draftLineVersion": "1"}),
            st.dictionaries(st.sampled_from(["nir", "comment"]), ACCIDENTS, min_size=1),
        )
    )
    variables = batch(name, [*lines, accident])

    assert without_lines(SCHEMA, act(name), variables) == (variables, None)


def test_lines_that_are_not_a_list_are_left_to_graphql() -> None:
    for lines in (None, {"nir": "1"}, "1", 1):
        variables = batch("remunerationsDeclare", lines)
        found = without_lines(SCHEMA, act("remunerationsDeclare"), variables)
        assert found == (variables, None)


def test_only_the_one_act_of_a_document_is_read_so() -> None:
    name, variables = "remunerationsDeclare", batch("remunerationsDeclare", [{}])
    twice = act(name, after=f"again: {name}(input: $input) {{ replayed }}")
    written = operation(
        "mutation($l: [RemunerationLineInput!]) { a(input: {lines: $l}) }"
    )
    other = operation(
        "mutation($input: UserSuspendInput!) { userSuspend(input: $input) { replayed } }"
    )
    unknown = operation("mutation($input: Unknown!) { a(input: $input) }")

    for document in (twice, written, other, unknown):
        assert without_lines(SCHEMA, document, variables) == (variables, None)
    assert without_lines(SCHEMA, act(name), {}) == ({}, None)
