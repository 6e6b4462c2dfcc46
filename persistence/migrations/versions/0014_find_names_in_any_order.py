"""Find names in any order.

The keys that order and find names part their words by one space, whatever stood between them; what is compared with
them is composed once: the names of people, and their addresses.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from persistence.records.base import name_key
from persistence.records.names import AS_WRITTEN

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
additive = False

BATCH = 1_000
NAMED = ("partner", "establishment", "group", "organism")


def upgrade() -> None:
    for name in NAMED:
        _rewrite(name, ("name", "sort_key"), lambda row: (row.name, name_key(row.name)))
    _rewrite("user", ("kind", "given_name", "family_name", "email", "sort_key"), _user)
    op.execute(
        'UPDATE affiliation SET sort_key = (SELECT u.sort_key FROM "user" u WHERE u.id = affiliation.user_id)'
    )
    _rewrite("worker", ("birth_name", "used_name", "given_names", "sort_key"), _worker)
    op.create_index("ix_establishment_finess", "establishment", ["finess"])


def downgrade() -> None:
    op.drop_index("ix_establishment_finess", "establishment")


def _user(row: sa.Row[Any]) -> tuple[Any, ...]:
    compose = _person if row.kind == "PERSON" else _composed
    given, family = compose(row.given_name), compose(row.family_name)
    return (
        row.kind,
        given,
        family,
        row.email and _composed(row.email),
        name_key(f"{family} {given}"),
    )


def _worker(row: sa.Row[Any]) -> tuple[Any, ...]:
    birth, used, given = (
        name and _person(name)
        for name in (row.birth_name, row.used_name, row.given_names)
    )
    return birth, used, given, name_key(f"{used or birth} {given}")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _person(name: str) -> str:
    return _composed(name.translate(AS_WRITTEN))


def _rewrite(
    name: str,
    columns: tuple[str, ...],
    rewritten: Callable[[sa.Row[Any]], tuple[Any, ...]],
) -> None:
    """Write the rows of a table that are no longer as they would be written, a batch after the other."""
    rows, bind = (
        sa.table(name, sa.column("id"), *map(sa.column, columns)),
        op.get_bind(),
    )
    values: dict[str, Any] = {
        column: sa.bindparam(f"new_{column}") for column in columns
    }
    statement = sa.update(rows).where(rows.c.id == sa.bindparam("key")).values(values)
    last = ""
    while found := bind.execute(
        sa.select(rows).where(rows.c.id > last).order_by(rows.c.id).limit(BATCH)
    ).all():
        changed = [
            (row, after) for row in found if (after := rewritten(row)) != tuple(row[1:])
        ]
        if changed:
            bind.execute(
                statement,
                [
                    {
                        "key": row.id,
                        **{f"new_{c}": v for c, v in zip(columns, after, strict=True)},
                    }
                    for row, after in changed
                ],
            )
        last = found[-1].id
