"""Where a page stands in its list: its neighbours, and its end cursors."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    cast,
    false,
    func,
    null,
    true,
)

from .fields import Fields
from .keyset import Keyset, part_of
from .question import Constant, Node, Object, PagePart

FIRST_TAG = 1000
"""Added to a row's number.

All the numbers then have four digits, and sort as texts.
"""
AFTER_TAG = 5
"""Where the cursor starts behind these four digits."""


def page_info(
    fields: Fields,
    node: Object,
    keyset: Keyset,
    objects: FromClause,
    size: ColumnElement[int],
) -> ColumnElement[Any]:
    """The JSON object of what is selected.

    `objects` are the numbered rows of the page.
    """
    terms = {**_neighbours(keyset, objects, size), **_ends(keyset, objects, size)}

    def value(inner: Node) -> ColumnElement[Any]:
        if isinstance(inner, Constant):
            return fields.constant(inner)
        return fields.spelling.value(terms[part_of(inner)])

    return fields.spelling.object([(inner.key, value(inner)) for inner in node.fields])


def _neighbours(
    keyset: Keyset, objects: FromClause, size: ColumnElement[int]
) -> Mapping[object, ColumnElement[Any]]:
    """Whether rows stand beyond the page, and before it in the direction of the walk.

    One more row than the size tells the first; that there is a cursor tells the second.
    """
    beyond = func.count(objects.c.n) > size
    before = true() if keyset.cursor is not None else false()
    if keyset.backward:
        beyond, before = before, beyond
    return {
        PagePart.HAS_NEXT_PAGE: beyond,
        PagePart.HAS_PREVIOUS_PAGE: before,
    }


def _ends(
    keyset: Keyset, objects: FromClause, size: ColumnElement[int]
) -> Mapping[object, ColumnElement[Any]]:
    """The cursors of the first and of the last row of the page.

    The least and the greatest number bring their cursors with them, as one text each.
    """
    tagged: ColumnElement[Any] = null()
    if "cursor" in objects.c:
        tag = cast(FIRST_TAG + objects.c.n, String)
        tagged = tag + objects.c.cursor
    is_on_page = objects.c.n <= size
    first = func.substr(func.min(tagged).filter(is_on_page), AFTER_TAG)
    last = func.substr(func.max(tagged).filter(is_on_page), AFTER_TAG)
    if keyset.backward:
        first, last = last, first
    return {PagePart.START_CURSOR: first, PagePart.END_CURSOR: last}
