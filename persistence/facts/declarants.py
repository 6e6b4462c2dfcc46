"""Who may deposit for an establishment, and when something last came from there."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from persistence.reading.context import SqlContext
from persistence.reading.question import Table
from persistence.records.base import table
from persistence.records.services import ESAT, RoleProfile

from .holdings import rights

DEPOSITS = RoleProfile.VALIDATING
"""The profile of the roles that may deposit, as the policy says."""


def addresses_of_place(
    place_id: ColumnElement[Any], context: SqlContext
) -> tuple[Select[Any], Table, Table]:
    """The addresses of whoever has a role of the Esat service at an establishment.

    With the rows of rights and of users that they come from.
    """
    right, user = rights(context).subquery(), table("user").alias()
    rows = (
        select(user.c.email)
        .join_from(right, user, user.c.id == right.c.user_id)
        .where(
            right.c.service_id == literal(ESAT),
            right.c.establishment_id == place_id,
            user.c.kind == "PERSON",
            user.c.email.is_not(None),
        )
    )
    return rows, right, user


def addresses(row: Table, context: SqlContext) -> ColumnElement[Any]:
    """A JSON list of the addresses of those who may deposit, whom the caller reads."""
    rows, right, user = addresses_of_place(row.c.id, context)
    rows = rows.where(
        right.c.profile == DEPOSITS.value, *context.readable("user", user)
    )
    rows = rows.distinct().order_by(user.c.email)
    return context.spelling.texts_in(rows.correlate(row))


SIGNS = (
    ("declaration", "prepared_at"),
    ("declaration", "received_at"),
    ("batch", "received_at"),
    ("activity_change", "received_at"),
)
"""What comes from an establishment, with its instant."""


def last_sign(row: Table, _: SqlContext) -> ColumnElement[Any]:
    """When a draft, a deposit, a batch or a change last came from the establishment."""
    instants = []
    for name, instant in SIGNS:
        sign = table(name).alias()
        is_own = sign.c.establishment_id == row.c.establishment_id
        instants.append(select(sign.c[instant].label("at")).where(is_own))
    every = union_all(*(each.correlate(row) for each in instants)).subquery()
    return select(func.max(every.c.at)).correlate(row).scalar_subquery()
