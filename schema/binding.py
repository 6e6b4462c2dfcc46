"""The few words that bind a field of the schema to the register. A bare `column()` is the column of that name."""

import keyword
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

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

from .acts import Act
from .enums import labelled

T = TypeVar("T")

# connections


@strawberry.type(description="Où l'on est dans une liste.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="D'autres objets suivent.")
    has_previous_page: bool = strawberry.field(
        description="On vient d'une page précédente, ou d'autres précèdent."
    )
    start_cursor: str | None = strawberry.field(description="Curseur du premier objet.")
    end_cursor: str | None = strawberry.field(description="Curseur du dernier objet.")


@strawberry.type(description="Un objet d'une liste, avec son curseur.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="À donner à `after` ou `before`.")
    node: T = strawberry.field(description="L'objet.")


@strawberry.type(description="Une page d'une liste ordonnée, par clé et non par rang.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(
        description="Les objets avec leurs curseurs."
    )
    nodes: list[T] = strawberry.field(description="Les objets seuls.")
    page_info: PageInfo = strawberry.field(description="Où l'on est.")
    total_count: int = strawberry.field(
        description="Nombre d'objets visibles, compté jusqu'à 10 000."
    )
    total_count_capped: bool = strawberry.field(
        description="Vrai s'il y en a plus de 10 000."
    )


# fields


def _field(
    binding: bindings.Binding,
    description: str,
    arguments: Mapping[str, tuple[Any, Any, str]] | None = None,
) -> Any:  # noqa: ANN401 a strawberry field
    made: StrawberryField = strawberry.field(
        description=description, metadata={"binding": binding}
    )
    made.arguments = [
        StrawberryArgument(
            name, None, StrawberryAnnotation(kind), default=default, description=words
        )
        for name, (kind, default, words) in (arguments or {}).items()
    ]
    return made


class _Named:
    """A column found by the field's own name, once the class is made."""

    def __init__(self) -> None:
        self.name = ""

    def __call__(self, row: Any, _terms: Any) -> Any:  # noqa: ANN401 SQL
        return row.c[self.name]


def column(description: str, sql: Expression | str | None = None) -> Any:  # noqa: ANN401 a strawberry field
    """A leaf: the column of the field's name, of another name, or an expression over the row."""
    match sql:
        case None:
            return _field(question.Leaf(_Named()), description)
        case str():
            return _field(question.Leaf(lambda row, _: row.c[sql]), description)
    return _field(question.Leaf(sql), description)


def derived(
    description: str, needs: Mapping[str, Expression], compute: Callable[..., Any]
) -> Any:  # noqa: ANN401 a strawberry field
    """A leaf that Python completes."""
    return _field(bindings.Computed(needs, compute), description)


def one(description: str, link: Join | str) -> Any:  # noqa: ANN401 a strawberry field
    """A to-one edge, null where the row may not be seen; a string is the parent's column with its id."""
    if isinstance(link, str):
        name = link
        return _field(
            question.ToOne(lambda child, parent, _: child.c.id == parent.c[name]),
            description,
        )
    return _field(question.ToOne(link), description)


def listed(description: str, link: Join, *order: str) -> Any:  # noqa: ANN401 a strawberry field
    """A whole list, bounded by nature."""
    return _field(question.ToMany(link, Order(order, "")), description)


def by(column: str, parent: str = "id") -> Join:
    """The children whose `column` is the parent's id."""
    return lambda child, row, _: child.c[column] == row.c[parent]


OF_A_DAY = (
    "Suivi d'un jour, `ptr_…@2026-02-28`, il désigne l'objet tel qu'il est ce jour-là."
)
TOLD_ON = {
    bindings.ON: (
        date | None,
        None,
        (
            "Jour, passé ou à venir, dont on dit les faits et les filtres ; vos droits"
            " restent ceux d'aujourd'hui."
        ),
    )
}


def reference(
    record: type[Base] | None, test: Test, description: str, *, anchor: bool = False
) -> FilterArgument:
    """A filter that names a row of this record, or of whatever record the id says."""
    return FilterArgument(
        strawberry.ID,
        test,
        description,
        anchor,
        of=record.__tablename__ if record else bindings.ANY,
    )


def page(
    description: str,
    link: Join | None,
    orders: type[StrEnum],
    filters: Mapping[str, FilterArgument] | None = None,
    *,
    dated: bool = False,
) -> Any:  # noqa: ANN401 a strawberry field
    """A connection; `orders` comes from `orders()`, its first member is the default."""
    arguments: dict[str, tuple[Any, Any, str]] = {
        "first": (
            int | None,
            None,
            "Taille de la page, en avant : 20 par défaut, 100 au plus.",
        ),
        "after": (str | None, None, "Curseur après lequel reprendre."),
        "last": (int | None, None, "Taille de la page, en arrière."),
        "before": (str | None, None, "Curseur avant lequel reprendre."),
        "order": (orders, next(iter(orders)), "Ordre de la liste."),
    }
    tests = {
        to_camel_case(name): f for name, f in (filters or {}).items()
    }  # graphql-core reads arguments by these names
    arguments |= {
        name: (f.type | None, None, f.description) for name, f in tests.items()
    }
    arguments |= TOLD_ON if dated else {}
    return _field(question.Paged(link, ORDERS[orders], tests), description, arguments)


ORDERS: dict[type[StrEnum], Mapping[str, Order]] = {}
ORDER_LABELS = {
    "NAME": "Par nom",
    "CODE": "Par code",
    "LATEST": "Du plus récent au plus ancien",
    "EARLIEST": "Du plus ancien au plus récent",
    "STARTS_ON": "Par premier jour",
    "RANK": "Par rang",
    "NUMBER": "Par ligne du fichier",
    "PAYER": "Par organisme payeur",
}


def orders(name: str, description: str, **members: Order) -> Any:  # noqa: ANN401 a strawberry enum
    """The orders of a list by name, each with the index that serves it; the first is the default."""
    kind = StrEnum(name, {member: member for member in members})  # type: ignore[misc]
    ORDERS[kind] = members
    return labelled(description, **ORDER_LABELS)(kind)


def find_one(
    description: str, way: type, tests: Mapping[str, Test], *, dated: bool = False
) -> Any:  # noqa: ANN401 a strawberry field
    """A root search in one of several ways; `way` is the `@oneOf` input that says which."""
    by_one: dict[str, tuple[Any, Any, str]] = {
        bindings.BY: (way, strawberry.UNSET, "Ce qui le désigne.")
    }
    return _field(
        question.Find(tests), description, by_one | (TOLD_ON if dated else {})
    )


def find_by(description: str, tests: Mapping[str, tuple[Any, Test, str]]) -> Any:  # noqa: ANN401 a strawberry field
    """A root search by all of its arguments."""
    return _field(
        question.Find(
            {to_camel_case(name): test for name, (_, test, _w) in tests.items()},
            every=True,
        ),
        description,
        {
            name: (kind, strawberry.UNSET, words)
            for name, (kind, _, words) in tests.items()
        },
    )


def by_id(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return _field(
        question.ById(),
        description,
        {
            "id": (
                strawberry.ID,
                strawberry.UNSET,
                f"Identifiant tel qu'affiché : `ptr_…`. {OF_A_DAY}",
            )
        },
    )


def by_ids(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return _field(
        question.ByIds(),
        description,
        {
            "ids": (
                list[strawberry.ID],
                strawberry.UNSET,
                f"Au plus 100 identifiants, de quatre jours. {OF_A_DAY}",
            )
        },
    )


def asked(description: str, resolver: Callable[..., Any], **arguments: str) -> Any:  # noqa: ANN401 a strawberry field
    """A question that Python answers by the register's own functions, beside the statement."""
    made: StrawberryField = strawberry.field(resolver=resolver, description=description)
    for argument in made.arguments:
        argument.description = arguments.get(
            argument.python_name, ARGUMENTS[argument.python_name]
        )
    return made


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


def nested(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return _field(question.Embedded(), description)


def answered(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return _field(bindings.PayloadObject(), description)


def called(field: Any, name: str) -> Any:  # noqa: ANN401 a strawberry field
    """The field under a name that Python keeps for itself, such as `import`."""
    if keyword.iskeyword(name):
        field.graphql_name = name
    return field


def said(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return _field(bindings.ViewerCanField(), description)


@strawberry.type(
    description="Un acte, et s'il vous est permis sur cet objet, aujourd'hui."
)
class Permission:
    act: Act = said("L'acte.")
    allowed: bool = said(
        "Vos droits d'aujourd'hui le permettent, sous une forme au moins ; les règles"
        " de l'acte restent à remplir."
    )
    reason: str | None = said(
        "Ce qui s'y oppose, et à qui il revient d'agir ; vide s'il est permis."
    )


def viewer_can() -> Any:  # noqa: ANN401 a strawberry field
    """What the caller may do to this row; its type's acts are those that bear on its record."""
    acts = {
        "acts": (
            list[Act] | None,
            None,
            "Les actes demandés ; vide : tous ceux de cet objet.",
        )
    }
    return _field(
        question.ViewerCan(),
        "Ce que vous pouvez faire de cet objet, selon vos droits d'aujourd'hui.",
        acts,
    )


def mirrors(record: type[Base], description: str) -> Callable[[type[T]], type[T]]:
    """The type's rows are this record's; bare columns take their field's name."""

    def decorate(cls: type[T]) -> type[T]:
        for name, value in vars(cls).items():
            binding = (
                getattr(value, "metadata", {}).get("binding")
                if isinstance(value, StrawberryField)
                else None
            )
            if isinstance(binding, question.Leaf) and isinstance(binding.sql, _Named):
                binding.sql.name = name
        made: Any = strawberry.type(cls, description=description)
        made.__record__ = record
        return made  # type: ignore[no-any-return]

    return decorate
