"""Documents made from the schema itself: a field added tomorrow is asked tomorrow."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from resolvers.reading.bindings import Types

from .asked import PAGE, Asked


def documents(types: Types) -> Mapping[str, Asked]:
    """For each type with ids: all its leaves, edges, lists and connections, on up to twenty of its objects."""
    return {
        f"all of {kind.name}": Asked(
            "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id "
            f"... on {kind.name} {{ {all_fields(kind)} }} }} }}",
            lambda ids, table=types.records[kind.name]: {"ids": ids[table][:20]},  # type: ignore[misc]
        )
        for kind in types.by_prefix.values()
    }


def all_fields(kind: GraphQLObjectType) -> str:
    return " ".join(
        _field(name, definition) for name, definition in kind.fields.items()
    )


def _field(name: str, definition: GraphQLField) -> str:
    target = get_named_type(definition.type)
    if is_leaf_type(target):
        return name
    assert isinstance(target, GraphQLObjectType)
    if target.name.endswith("Connection"):
        below = f"__typename {_identity(target)}"
        edges = f"edges {{ __typename cursor node {{ {below} }} }}"
        arguments = ["first: 3", *_required(definition)]
        return f"{name}({', '.join(arguments)}) {{ {edges} nodes {{ {below} }} {PAGE} totalCount totalCountCapped }}"
    return f"{name} {{ __typename {_identity(target)} }}"


REQUIRED = {"campaignId": '"cmp_2026"'}
"""What a field cannot do without."""


def _required(definition: GraphQLField) -> Iterator[str]:
    for name, argument in definition.args.items():
        if is_required_argument(argument):
            yield f"{name}: {REQUIRED[name]}"


def _identity(target: GraphQLObjectType) -> str:
    """The id, or all the leaves of what has none."""
    if target.name.endswith("Connection"):
        node = get_named_type(target.fields["nodes"].type)
        assert isinstance(node, GraphQLObjectType)
        return _identity(node)
    named = any(
        isinstance(i, GraphQLInterfaceType) and i.name == "Node"
        for i in target.interfaces
    )
    return (
        "id"
        if named
        else " ".join(
            name
            for name, d in target.fields.items()
            if is_leaf_type(get_named_type(d.type))
        )
    )
