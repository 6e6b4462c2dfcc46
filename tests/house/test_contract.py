"""What the graph shows: every field is public by name or guarded, every act names who may, everything is described."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_specified_scalar_type,
    specified_directives,
)
from sqlalchemy import ColumnElement, FromClause, Table, UniqueConstraint
from strawberry.utils.str_converters import to_camel_case

from authz import ACTIONS, load
from authz.scopes import KIND_OF
from persistence.facts.guards import GUARDED
from persistence.facts.model import MODEL
from persistence.reading.context import SqlContext
from persistence.reading.question import Paged, ToMany
from persistence.records.base import Base
from resolvers.permissions import ACTS, constant
from resolvers.reading.bindings import bound
from schema.contract import contract, types
from server.commands.contract import SDL

TABLES = Base.metadata.tables
PUBLIC_FIELDS = {
    "viewer": "who asks, and what is theirs",
    "node": "guarded by the type of the id",
    "nodes": "guarded by the types of the ids",
    "organism": "reference data",
    "organisms": "reference data",
    "services": "reference data",
    "missions": "reference data",
    "campaign": "reference data",
    "campaigns": "reference data",
    "parameters": "reference data",
    "migrations": "reference data",
    "rules": "the rules themselves",
    "explain": "told only to whom reads both the user and the object, today",
    "whoCan": "told only to whom reads the object, of the users that they read",
}
PUBLIC_TYPES = {
    "Organism",
    "Service",
    "Role",
    "Mission",
    "Campaign",
    "CampaignBoard",
    "Parameter",
    "Migration",
}
WITHOUT_PERMISSION = {
    "invitationAccept": "the invitation is the right: its secret names the card"
}
TYPES = types()
QUERY, MUTATION = cast(
    tuple[GraphQLObjectType, GraphQLObjectType],
    (TYPES.schema.query_type, TYPES.schema.mutation_type),
)


def shown_by(kind: GraphQLNamedType) -> GraphQLNamedType:
    """The type of the objects that a field shows, through its connection."""
    if isinstance(kind, GraphQLObjectType) and kind.name.endswith("Connection"):
        kind = get_named_type(kind.fields["nodes"].type)
    return kind


def test_every_field_of_query_is_public_by_name_or_guarded_by_its_type() -> None:
    records = {
        name: TYPES.records.get(shown_by(get_named_type(f.type)).name)
        for name, f in QUERY.fields.items()
    }

    assert {name for name, record in records.items() if record not in GUARDED} == set(
        PUBLIC_FIELDS
    )


def test_every_type_with_rows_is_guarded_or_public_by_name() -> None:
    assert {
        name for name, record in TYPES.records.items() if record not in GUARDED
    } == PUBLIC_TYPES


def test_the_types_that_guard_rows_are_the_policys_and_can_be_read_by_somebody() -> (
    None
):
    engine = load()
    for name, guarded in GUARDED.items():
        assert "read" in ACTIONS[guarded.type], name
        assert any(
            engine.plan(frozenset({role}), guarded.type, "read") for role in KIND_OF
        ), name


@pytest.mark.parametrize("name", MUTATION.fields)
def test_every_act_names_permissions_that_the_policy_knows_and_grants(
    name: str,
) -> None:
    permissions = (
        MUTATION.fields[name]
        .extensions["strawberry-definition"]
        .metadata["permissions"]
    )
    engine = load()

    assert bool(permissions) == (name not in WITHOUT_PERMISSION)
    for permission in permissions:
        type_, action = permission.split(":")
        assert action in ACTIONS[type_]
        assert any(engine.plan(frozenset({role}), type_, action) for role in KIND_OF), (
            permission
        )


def test_no_act_is_only_a_reading_right() -> None:
    needed = {
        name: f.extensions["strawberry-definition"].metadata["permissions"]
        for name, f in MUTATION.fields.items()
    }

    assert not [
        name
        for name, permissions in needed.items()
        if any(p.endswith(":read") for p in permissions)
    ]


def test_every_action_of_the_policy_is_performed_by_an_act_or_guards_a_reading() -> (
    None
):
    """What no act performs is promised to nobody: neither by the policy, nor by `Viewer.may`, nor by the matrix."""
    performed = {
        permission
        for field in MUTATION.fields.values()
        for permission in field.extensions["strawberry-definition"].metadata[
            "permissions"
        ]
    }
    read = {f"{guarded.type}:read" for guarded in GUARDED.values()}

    assert {
        f"{type_}:{action}" for type_, actions in ACTIONS.items() for action in actions
    } == performed | read


# words


def described() -> Iterator[tuple[str, str | None]]:
    for name, kind in TYPES.schema.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        yield name, kind.description
        match kind:
            case GraphQLObjectType() | GraphQLInterfaceType():
                for field, definition in kind.fields.items():
                    yield f"{name}.{field}", definition.description
                    for argument, given in definition.args.items():
                        yield f"{name}.{field}({argument})", given.description
            case GraphQLInputObjectType():
                for field, member in kind.fields.items():
                    yield f"{name}.{field}", member.description
            case GraphQLEnumType():
                yield from (
                    (f"{name}.{value}", known.description)
                    for value, known in kind.values.items()
                )


def test_every_type_field_argument_input_and_enum_value_is_described() -> None:
    assert [place for place, words in described() if not (words or "").strip()] == []


def test_every_argument_of_a_directive_is_described() -> None:
    ours = [
        directive
        for directive in TYPES.schema.directives
        if directive not in specified_directives
    ]

    assert [
        d.name
        for d in ours
        for given in d.args.values()
        if not (given.description or "").strip()
    ] == []


def test_every_scalar_of_ours_says_where_it_is_specified() -> None:
    kinds = [
        k for k in TYPES.schema.type_map.values() if isinstance(k, GraphQLScalarType)
    ]
    ours = {
        kind.name: kind.specified_by_url
        for kind in kinds
        if not is_specified_scalar_type(kind)
    }

    assert {"Date", "DateTime", "Money", "Hours", "Percent", "Nir", "Cell"} <= set(ours)
    assert [
        name for name, url in ours.items() if not (url or "").startswith("https://")
    ] == []


def test_hours_are_not_money() -> None:
    """An amount and a duration are two scalars: a client formats each by its own."""
    kinds = [
        k for k in TYPES.schema.type_map.values() if isinstance(k, GraphQLObjectType)
    ]
    fields = [
        (k.name, name, get_named_type(f.type).name)
        for k in kinds
        for name, f in k.fields.items()
    ]
    hours = {scalar for _, name, scalar in fields if name.lower().endswith("hours")}

    assert hours == {"Hours"}
    assert {name for _, name, scalar in fields if scalar == "Money"} >= {
        "netRemuneration",
        "netAid",
    }


def test_the_acts_of_a_row_and_the_status_of_a_campaign_are_enums() -> None:
    acts = {constant(act) for known in ACTS.values() for act in known}
    for kind in TYPES.schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and "viewerCan" in kind.fields:
            assert str(kind.fields["viewerCan"].args["acts"].type) == "[Act!]", (
                kind.name
            )
    permission, campaign = (
        TYPES.schema.type_map[name] for name in ("Permission", "Campaign")
    )
    assert isinstance(permission, GraphQLObjectType)
    assert isinstance(campaign, GraphQLObjectType)
    act, status = (
        get_named_type(f.type)
        for f in (permission.fields["act"], campaign.fields["status"])
    )
    assert isinstance(act, GraphQLEnumType)
    assert isinstance(status, GraphQLEnumType)
    assert set(act.values) == acts
    assert set(status.values) == {"NOT_OPEN", "OPEN", "CLOSED"}


def test_every_act_takes_one_input() -> None:
    assert {
        name: list(f.args)
        for name, f in MUTATION.fields.items()
        if list(f.args) != ["input"]
    } == {}


def test_every_act_takes_an_idempotency_key_and_answers_errors_and_warnings() -> None:
    for name, definition in MUTATION.fields.items():
        given, payload = (
            get_named_type(definition.args["input"].type),
            get_named_type(definition.type),
        )
        assert isinstance(given, GraphQLInputObjectType)
        assert isinstance(payload, GraphQLObjectType)

        assert {"idempotencyKey", "reason"} <= set(given.fields), name
        assert {"errors", "warnings", "replayed"} <= set(payload.fields), name


def test_the_committed_schema_is_the_built_one() -> None:
    assert SDL.read_text(encoding="utf-8") == contract().as_str().rstrip() + "\n"


# orders and their indexes


def orders() -> list[tuple[str, str, str]]:
    return [
        (kind.name, field, member)
        for kind in TYPES.schema.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for field, definition in kind.fields.items()
        if isinstance(binding := bound(definition), Paged)
        for member in binding.orders
    ]


def indexes(of: Table) -> dict[str, tuple[str, ...]]:
    """What the database can walk, by name: indexes, unique constraints, the primary key."""
    named = {str(i.name): tuple(c.name for c in i.columns) for i in of.indexes}
    unique = {
        str(u.name): tuple(c.name for c in u.columns)
        for u in of.constraints
        if isinstance(u, UniqueConstraint)
    }
    return (
        named
        | unique
        | {str(of.primary_key.name): tuple(c.name for c in of.primary_key.columns)}
    )


@pytest.mark.parametrize(("kind", "field", "member"), orders())
def test_every_order_names_an_index_of_its_table_that_serves_it(
    kind: str, field: str, member: str
) -> None:
    owner = TYPES.schema.type_map[kind]
    assert isinstance(owner, GraphQLObjectType)
    binding = bound(owner.fields[field])
    assert isinstance(binding, Paged)
    order = binding.orders[member]
    record = (
        order.beside
        or TYPES.records[shown_by(get_named_type(owner.fields[field].type)).name]
    )
    if record in ("roster", "campaign_place"):
        pytest.skip("a select without a table: its few rows are sorted")
    of = TABLES[record]

    known = indexes(of)
    assert order.index in known
    walked, wanted = known[order.index], (*order.columns, "id")
    if (
        binding.link is None
    ):  # a root list walks the index itself; a list under a parent may sort a few rows
        assert walked[: len(order.columns) or 1] == wanted[: len(order.columns) or 1]
    if not order.beside:  # else a row without its keys is not in the list
        assert not [c for c in wanted if of.c[c].nullable]


@pytest.mark.parametrize(
    "name", [name for name, guarded in GUARDED.items() if guarded.via or guarded.also]
)
def test_a_row_read_through_another_finds_it_by_an_index(name: str) -> None:
    also = GUARDED[name].also
    for other, key, column in (*GUARDED[name].via, *filter(None, [also])):
        assert key in {walked[0] for walked in indexes(TABLES[other]).values()}
        assert not TABLES[name].c[column].nullable


def test_whole_lists_are_ordered_by_columns_that_are_never_null() -> None:
    for kind in TYPES.schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for name, definition in kind.fields.items():
            record = TYPES.records.get(get_named_type(definition.type).name, "")
            if isinstance(binding := bound(definition), ToMany):
                of: FromClause = (
                    MODEL.views[record](SqlContext(MODEL, "sqlite")).subquery()
                    if record in MODEL.views
                    else TABLES[record]
                )
                assert not [
                    c for c in binding.order.columns if _may_be_null(of.c[c])
                ], (kind.name, name)


def _may_be_null(column: ColumnElement[Any]) -> bool:
    """Whether the column that this one stands for, perhaps through a view, may be null."""
    (base,) = column.base_columns
    known: Any = base
    return bool(TABLES[known.table.name].c[known.name].nullable)


# acts and the rows that they take


def acts_of(module: str) -> Iterator[tuple[str, tuple[str, ...], set[str]]]:
    """Each act of a file, the records that it declares, and those that its source takes."""
    loaded = importlib.import_module(module)
    for node in ast.parse(Path(str(loaded.__file__)).read_text(encoding="utf-8")).body:
        doing: Any = getattr(loaded, getattr(node, "name", ""), None)
        if isinstance(node, ast.AsyncFunctionDef) and hasattr(doing, "permissions"):
            yield (
                node.name,
                tuple(record.__name__ for record in doing.on),
                set(taken(node)),
            )


def taken(function: ast.AsyncFunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="take" | "take_all"),
                args=[ast.Name(id=record), *_],
            ):
                yield record
            case ast.Call(
                func=ast.Name(id="take_answerable"), args=[_, ast.Name(id=record), *_]
            ):
                yield record
            case ast.Call(func=ast.Attribute(attr="at_establishment")):
                yield "Establishment"


def test_every_act_that_takes_a_row_declares_its_record() -> None:
    """`viewerCan` tells what is declared: an act that says nothing of its row would be missing there."""
    told = {
        name: (on, rows)
        for module in {
            f.extensions["strawberry-definition"].metadata["module"]
            for f in MUTATION.fields.values()
        }
        for name, on, rows in acts_of(module)
    }

    assert {to_camel_case(name) for name in told} - {
        "importExpected",
        "importUpload",
    } == set(MUTATION.fields)
    assert {
        name: (on, rows) for name, (on, rows) in told.items() if set(on[:1]) != rows
    } == {}
