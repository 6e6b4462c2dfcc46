"""The few words that bind a field of the schema to the register."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from persistence.reading import question
from persistence.reading.question import Expression, Join, Order, Test
from persistence.records.base import Base
from resolvers.reading import bindings
from resolvers.reading.bindings import FilterArgument

from .orders import ORDERS

T = TypeVar("T")
GraphField: TypeAlias = Any
"""A field of Strawberry's, under the annotation of its value."""

OF_A_DAY = (
    "Suivi d'un jour, `ptr_…@2026-02-28`, il désigne l'objet tel qu'il est ce jour-là."
)


class FieldArgument(NamedTuple):
    """An argument of a field; `UNSET` is the default of one that is required."""

    type: Any
    words: str
    default: Any = None


AS_OF = {
    bindings.ON: FieldArgument(
        date | None,
        "Jour, passé ou à venir, dont on dit les faits et les filtres ; vos droits"
        " restent ceux d'aujourd'hui.",
    )
}
PAGING = {
    "first": FieldArgument(
        int | None, "Taille de la page, en avant : 20 par défaut, 100 au plus."
    ),
    "after": FieldArgument(str | None, "Curseur après lequel reprendre."),
    "last": FieldArgument(int | None, "Taille de la page, en arrière."),
    "before": FieldArgument(str | None, "Curseur avant lequel reprendre."),
}


def bound_field(
    binding: bindings.Binding,
    description: str,
    arguments: Mapping[str, FieldArgument] | None = None,
) -> GraphField:
    field: StrawberryField = strawberry.field(
        description=description, metadata={"binding": binding}
    )
    field.arguments = []
    for name, (kind, words, default) in (arguments or {}).items():
        annotation = StrawberryAnnotation(kind)
        argument = StrawberryArgument(
            name, None, annotation, default=default, description=words
        )
        field.arguments.append(argument)
    return field


# the fields of a row


class _OwnColumn:
    """The column of the field's own name, which is set once the class is made."""

    def __init__(self) -> None:
        self.name = ""

    def __call__(self, row: Any, _terms: Any) -> Any:  # noqa: ANN401 SQL
        return row.c[self.name]


def column(description: str, sql: Expression | str | None = None) -> GraphField:
    """A leaf: the column of the field's name, or of another; or an expression."""
    match sql:
        case None:
            leaf = question.Leaf(_OwnColumn())
        case str():
            leaf = question.Leaf(lambda row, _: row.c[sql])
        case _:
            leaf = question.Leaf(sql)
    return bound_field(leaf, description)


def derived(
    description: str, needs: Mapping[str, Expression], compute: Callable[..., Any]
) -> GraphField:
    """A leaf that Python computes."""
    return bound_field(bindings.Computed(needs, compute), description)


def one(description: str, link: Join | str) -> GraphField:
    """Another row, null where it may not be read.

    A string is the column of the parent that has its id.
    """
    if isinstance(link, str):
        name = link
        link = lambda child, parent, _: child.c.id == parent.c[name]  # noqa: E731
    return bound_field(question.ToOne(link), description)


def listed(description: str, link: Join, *order: str) -> GraphField:
    """A whole list, bounded by nature."""
    return bound_field(question.ToMany(link, Order(order, "")), description)


def nested(description: str) -> GraphField:
    """An object without a row of its own."""
    return bound_field(question.Embedded(), description)


def by(column: str, parent: str = "id") -> Join:
    """The children whose `column` is the parent's id."""
    return lambda child, row, _: child.c[column] == row.c[parent]


# pages


def page(
    description: str,
    link: Join | None,
    orders: type[StrEnum],
    filters: Mapping[str, FilterArgument] | None = None,
    *,
    dated: bool = False,
) -> GraphField:
    """A connection; `orders` comes from `orders()`, its first member is the default."""
    arguments = dict(PAGING)
    first_order = next(iter(orders))
    arguments["order"] = FieldArgument(orders, "Ordre de la liste.", first_order)
    tests = {}
    for python_name, argument in (filters or {}).items():
        name = to_camel_case(python_name)  # graphql-core reads arguments by this name
        tests[name] = argument
        arguments[name] = FieldArgument(*argument.as_argument(strawberry.UNSET))
    if dated:
        arguments |= AS_OF
    binding = question.Paged(link, ORDERS[orders], tests)
    return bound_field(binding, description, arguments)


def reference(
    record: type[Base] | None, test: Test, description: str, *, is_anchor: bool = False
) -> FilterArgument:
    """A filter that names a row of this record, or of the one that the id says."""
    of = record.__tablename__ if record else bindings.ANY
    return FilterArgument(strawberry.ID, test, description, is_anchor, of=of)


# one row, found from the root


def find_one(
    description: str, by_input: type, tests: Mapping[str, Test], *, dated: bool = False
) -> GraphField:
    """A row, found in one of several ways; `by_input` is the `@oneOf` input."""
    arguments = {
        bindings.BY: FieldArgument(by_input, "Ce qui le désigne.", strawberry.UNSET)
    }
    if dated:
        arguments |= AS_OF
    return bound_field(question.Find(tests), description, arguments)


def find_by(description: str, tests: Mapping[str, tuple[Any, Test, str]]) -> GraphField:
    """A row, found by all of its arguments: of each, the type, the test, the words."""
    by_name, arguments = {}, {}
    for name, (kind, test, words) in tests.items():
        by_name[to_camel_case(name)] = test
        arguments[name] = FieldArgument(kind, words, strawberry.UNSET)
    return bound_field(question.Find(by_name, every=True), description, arguments)


def by_id(description: str) -> GraphField:
    words = f"Identifiant tel qu'affiché : `ptr_…`. {OF_A_DAY}"
    argument = FieldArgument(strawberry.ID, words, strawberry.UNSET)
    return bound_field(question.ById(), description, {"id": argument})


def by_ids(description: str) -> GraphField:
    words = f"Au plus 100 identifiants, de quatre jours. {OF_A_DAY}"
    argument = FieldArgument(list[strawberry.ID], words, strawberry.UNSET)
    return bound_field(question.ByIds(), description, {"ids": argument})


# fields that Python answers

ARGUMENTS = {
    "user": "La personne ou le client machine.",
    "action": "L'action, telle que la politique la nomme.",
    "object": "L'objet : celui de l'action, ou l'établissement où l'on déclare, le"
    " partenaire chez qui l'on crée.",
    "on": "Le jour dont il s'agit, passé ou à venir ; vide : aujourd'hui. Vos propres"
    " droits sont ceux d'aujourd'hui.",
    "service": "Le service.",
    "partner": "Le partenaire.",
}


def resolved(description: str, resolver: Callable[..., Any]) -> GraphField:
    """A question that Python answers, beside the statement."""
    field: StrawberryField = strawberry.field(
        resolver=resolver, description=description
    )
    for argument in field.arguments:
        argument.description = ARGUMENTS[argument.python_name]
    return field


def called(field: GraphField, name: str) -> GraphField:
    """The field under another name than Python's, such as `import`."""
    field.graphql_name = name
    return field


def mirrors(record: type[Base], description: str) -> Callable[[type[T]], type[T]]:
    """The type's rows are this record's; bare columns take their field's name."""

    def decorate(cls: type[T]) -> type[T]:
        for name, value in vars(cls).items():
            if isinstance(value, StrawberryField):
                _name_column(value.metadata.get("binding"), name)
        kind: Any = strawberry.type(cls, description=description)
        kind.__record__ = record
        return kind  # type: ignore[no-any-return]

    return decorate


def _name_column(binding: bindings.Binding | None, name: str) -> None:
    if isinstance(binding, question.Leaf) and isinstance(binding.sql, _OwnColumn):
        binding.sql.name = name
