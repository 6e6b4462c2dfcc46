"""The question of the payload of an act: its objects, by the ids that the act gives."""

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails

from persistence.reading.question import ById, ByIds, Node, Object, Selected
from persistence.reading.values import Value, Var

from .bindings import PayloadObject, bound
from .passes import Pass, Planned, PlannedObject
from .plans import LISTED_COST, PageCost

OBJECT = Var(("$object",))
OBJECTS = Var(("$objects",))
"""Where the ids of the objects are among the values; those of a list by prefix.

No variable has such a name.
"""


def payload_of(
    planning: Pass, payload: GraphQLObjectType, details: list[FieldDetails]
) -> PlannedObject:
    nodes: list[Node] = []
    pages: list[PageCost] = []
    for key, inner in planning.collected(payload, details).items():
        definition = payload.fields.get(inner[0].node.name.value)
        if definition is not None and isinstance(bound(definition), PayloadObject):
            planned, under = _object(planning, key, definition, inner)
            nodes.extend(planned)
            pages.extend(under)
    return Object(None, tuple(nodes)), tuple(pages)


def _object(
    planning: Pass, key: str, definition: GraphQLField, details: list[FieldDetails]
) -> Planned:
    """One object of the payload, or a list of objects of one type."""
    target = get_named_type(definition.type)
    assert is_object_type(target)
    with planning.places.at(details[0].node):
        below, pages = planning.selected(target, details)
    if not is_list_type(get_nullable_type(definition.type)):
        return [Selected(key, ById(), below, {"id": OBJECT})], pages
    prefix = planning.types.prefix_of(target)
    ids: dict[str, Value] = {"ids": Var((*OBJECTS.path, prefix))}
    each = Object(None, (Selected(prefix, ById(), below),))
    cost = PageCost(LISTED_COST, len(below.fields), pages, planning.places.here)
    return [Selected(key, ByIds(), each, ids)], (cost,)
