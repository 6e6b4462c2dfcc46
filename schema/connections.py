"""A page of a list, as Relay's connections have it."""

from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")


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
