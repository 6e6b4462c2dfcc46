"""The second way out: graphql-core finishes the JSON where some leaf is Python's."""

from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from .bindings import Computed, PayloadObject, bound


def prepare(schema: GraphQLSchema) -> None:
    """Give each field its resolver.

    A bound field reads its value by response key. A computed one is computed from what
    it needs. A plain field of Python's keeps its own resolver.
    """
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = _type_name
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            _prepare_type(kind)


def _prepare_type(kind: GraphQLObjectType) -> None:
    definitions = kind.fields.values()
    is_paging = kind.name == "PageInfo" or kind.name.endswith(("Connection", "Edge"))
    if is_paging or any(map(bound, definitions)):
        kind.is_type_of = None
    for definition in definitions:
        match bound(definition):
            case PayloadObject():
                definition.resolve = _payload_object
            case Computed() as computed:
                definition.resolve = _computed(computed)
            case None if not is_paging:
                pass
            case _:
                definition.resolve = _by_key


def _type_name(source: Any, _info: Any, _kind: Any) -> Any:  # noqa: ANN401 the JSON's
    return source["$typename"]


def _payload_object(source: Any, info: Any, /, **_: object) -> Any:  # noqa: ANN401 a row
    return source.answers.get(info.path.key)


def _by_key(source: Any, info: Any, /, **_: object) -> Any:  # noqa: ANN401 the JSON's
    return source[info.path.key]


def _computed(binding: Computed) -> Any:  # noqa: ANN401 a resolver
    def resolve(source: Any, info: Any, /, **_: object) -> Any:  # noqa: ANN401 the JSON's
        key = info.path.key
        values = {name: source[f"${key}${name}"] for name in binding.needs}
        if binding.opens:
            values["vault"] = info.context.graph.vault
        return binding.compute(**values)

    return resolve
