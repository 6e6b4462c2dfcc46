"""The locks of an act on rows of several partners."""

from functools import lru_cache
from typing import TypeAlias

from sqlalchemy import Text, cast, select

from persistence.facts.model import MODEL
from persistence.facts.visibility import Permit, visible
from persistence.reading.context import SqlContext
from persistence.reading.statement import Statement, compiled
from persistence.reading.values import Var
from persistence.records.base import Base, table

from .records import Partner

PermitKey: TypeAlias = tuple[Permit, ...]


@lru_cache(maxsize=100)
def lock_each_statement(
    dialect: str, record: type[Base], permits: PermitKey
) -> Statement:
    """The partners of the rows `ids` that meet a permit, locked, as a JSON list.

    They are locked in the order of their ids: two such acts never wait for each other.
    """
    terms = SqlContext(MODEL, dialect)
    row = table(record.__tablename__).alias()
    partner = table(Partner.__tablename__).alias()
    partners = select(row.c.partner_id).where(
        terms.among(row.c.id, Var(("ids",))),
        visible(record.__tablename__, row, permits, terms),
    )
    locked = (
        select(partner.c.id)
        .where(partner.c.id.in_(partners))
        .order_by(partner.c.id)
        .with_for_update(of=partner)
    )
    ids = terms.spelling.texts_in(locked)
    return compiled(select(cast(ids, Text)), terms)
