"""The second way out: the same JSON, finished by graphql-core where some leaf is Python's."""

from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from .bindings import Computed, PayloadObject, bound


def prepare(schema: GraphQLSchema) -> None:
    """Bound fields are found by response key, derived ones computed from what they need."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = lambda source, _info, _kind: source["$typename"]
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        bindings = {name: bound(definition) for name, definition in kind.fields.items()}
        paged = kind.name == "PageInfo" or kind.name.endswith(("Connection", "Edge"))
        if any(bindings.values()) or paged:
            kind.is_type_of = None
        for name, definition in kind.fields.items():
            match bindings[name]:
                case PayloadObject():
                    definition.resolve = lambda source, info, **_: source.answers.get(
                        info.path.key
                    )
                case Computed(needs, compute):
                    definition.resolve = _computed(needs, compute)
                case None if not paged:
                    pass
                case _:
                    definition.resolve = lambda source, info, **_: source[info.path.key]


def _computed(needs: Any, compute: Any) -> Any:  # noqa: ANN401 a resolver
    def resolve(source: Any, info: Any, **_: object) -> Any:  # noqa: ANN401 GraphQL's own shapes
        return compute(**{name: source[f"${info.path.key}${name}"] for name in needs})

    return resolve
