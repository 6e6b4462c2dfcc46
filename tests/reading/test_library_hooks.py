"""What the reading of a query takes from inside its libraries: each hook is named here, and does what we rely on.

A new version that changes one fails here first; `pyproject.toml` bounds the versions for that reason.
"""

import strawberry
from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute,
    get_argument_values,
    get_variable_values,
    parse,
)
from graphql.execution.collect_fields import (
    FieldDetails,
    FragmentDetails,
    collect_fields,
    collect_subfields,
)
from graphql.execution.values import VariableValues
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.sql.compiler import SQLCompiler
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

SCHEMA = build_schema(
    "type Query { person(age: Int): Person } type Person { name: String age: Int }"
)


def operation_of(text: str) -> OperationDefinitionNode:
    (operation,) = parse(text).definitions[:1]
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def test_graphql_core_collects_fields_by_response_key_and_opens_fragments() -> None:
    text = (
        "query($no: Boolean!) { me: person { ...f age @skip(if: $no) } me: person { name } } "
        "fragment f on Person { n: name }"
    )
    document = parse(text)
    operation = operation_of(text)
    fragments = {"f": FragmentDetails(document.definitions[1], None)}  # type: ignore[arg-type]
    values = VariableValues({}, {"no": True})
    query, person = SCHEMA.query_type, SCHEMA.type_map["Person"]
    assert query is not None
    assert isinstance(person, GraphQLObjectType)

    roots = collect_fields(
        SCHEMA, fragments, values, query, operation
    ).grouped_field_set
    below = collect_subfields(
        SCHEMA, fragments, values, operation, person, roots["me"]
    ).grouped_field_set

    assert list(roots) == ["me"]
    assert [details.node.name.value for details in roots["me"]] == ["person", "person"]
    assert {key: details[0].node.name.value for key, details in below.items()} == {
        "n": "name",
        "name": "name",
    }


def test_graphql_core_takes_the_details_of_a_field_that_we_make() -> None:
    (node,) = operation_of("{ person { name } }").selection_set.selections
    assert isinstance(node, FieldNode)

    assert FieldDetails(node, None).node is node


def test_graphql_core_hands_the_value_of_a_variable_on_unread() -> None:
    """So a mark may stand for the value: arguments, defaults and directives are never interpreted by us."""
    mark = object()
    field = GraphQLField(GraphQLInt, {"age": GraphQLArgument(GraphQLInt)})
    (node,) = operation_of(
        "query($a: Int) { person(age: $a) { name } }"
    ).selection_set.selections
    assert isinstance(node, FieldNode)

    assert get_argument_values(field, node, VariableValues({}, {"a": mark})) == {
        "age": mark
    }


def test_graphql_core_gives_coerced_variables_or_the_list_of_their_errors() -> None:
    definitions = (
        operation_of(
            "query($a: Int = 3) { person(age: $a) { name } }"
        ).variable_definitions
        or ()
    )

    values = get_variable_values(SCHEMA, definitions, {})
    errors = get_variable_values(SCHEMA, definitions, {"a": "x"}, max_errors=1)

    assert isinstance(values, VariableValues)
    assert values.coerced == {"a": 3}
    assert isinstance(errors, list)


def test_graphql_core_completes_a_dictionary_by_the_resolver_that_a_field_is_given() -> (
    None
):
    person = GraphQLObjectType("Person", {"name": GraphQLField(GraphQLInt)})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"person": GraphQLField(person)}))
    assert schema.query_type is not None
    for kind in (schema.query_type, person):
        kind.is_type_of = None
        for field in kind.fields.values():
            field.resolve = lambda source, info, **_: source[info.path.key]

    answer = execute(schema, parse("{ me: person { n: name } }"), {"me": {"n": 1}})

    assert answer.data == {"me": {"n": 1}}  # type: ignore[union-attr]


def test_strawberry_keeps_the_metadata_and_the_arguments_of_a_field_without_resolver() -> (
    None
):
    field = strawberry.field(metadata={"binding": 1})
    field.arguments = [
        StrawberryArgument("size", None, StrawberryAnnotation(int | None), default=2)
    ]
    kind = strawberry.type(
        type("Query", (), {"__annotations__": {"person": int}, "person": field})
    )
    schema = strawberry.Schema(kind)._schema  # noqa: SLF001 one of the hooks
    assert schema.query_type is not None

    definition = schema.query_type.fields["person"]

    assert (definition.extensions or {})["strawberry-definition"].metadata == {
        "binding": 1
    }
    assert definition.args["size"].default_value == 2


def test_strawberry_names_the_members_of_an_input() -> None:
    @strawberry.input
    class Input:
        given_name: strawberry.ID

    members = Input.__strawberry_definition__.fields  # type: ignore[attr-defined]

    assert [(member.python_name, member.type) for member in members] == [
        ("given_name", strawberry.ID)
    ]


def test_sqlalchemy_tells_the_binds_of_a_compiled_text_in_their_order() -> None:
    first, second = bindparam("b", type_=Integer()), bindparam("a", type_=Integer())
    statement = select(first, second, first)

    by_name = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    by_position = statement.compile(dialect=asyncpg_dialect())  # type: ignore[no-untyped-call]

    assert isinstance(by_name, SQLCompiler)
    assert not by_name.positional
    assert ":b" in str(by_name)
    assert list(by_name.params) == ["b", "a"]
    assert isinstance(by_position, SQLCompiler)
    assert by_position.positional
    assert by_position.positiontup in (["b", "a"], ["b", "a", "b"])
    assert "$1::INTEGER" in str(by_position)
