"""Name the side that suspends, and the side that announces a departure.

What is already there gets its side from the rule that the journal kept: the partner's manager, else the organism.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
additive = False  # an older process would let one side end the other's suspension

SIDES = "IN ('PARTNER', 'ORGANISM')"
COLUMNS = {
    "suspension": (
        f"side VARCHAR(40) DEFAULT 'ORGANISM' NOT NULL CONSTRAINT \"ck_suspension_SuspensionSide\" CHECK (side {SIDES})",
        'set_by_id {words} CONSTRAINT fk_suspension_set_by_id_user REFERENCES "user" (id)',
        'ended_by_id {words} CONSTRAINT fk_suspension_ended_by_id_user REFERENCES "user" (id)',
    ),
    "affiliation": (
        f'end_side VARCHAR(40) CONSTRAINT "ck_affiliation_SuspensionSide" CHECK (end_side {SIDES})',
    ),
}
RUNNING = sa.text("affiliation_id IS NOT NULL AND ends_on IS NULL")

suspension = sa.table(
    "suspension",
    *(sa.column(name) for name in ("id", "side", "set_by_id", "ended_by_id")),
)
affiliation = sa.table(
    "affiliation", *(sa.column(name) for name in ("id", "ends_on", "end_side"))
)
journal = sa.table(
    "journal",
    sa.column("seq"),
    sa.column("act"),
    sa.column("actor_id"),
    sa.column("matched_rule"),
    sa.column("after", sa.JSON()),
)


def upgrade() -> None:
    words = (
        'VARCHAR COLLATE "C"'
        if op.get_bind().dialect.name == "postgresql"
        else "VARCHAR"
    )
    for name, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {name} ADD COLUMN {column.format(words=words)}")
    fill()
    op.create_index(
        "uq_suspension_running",
        "suspension",
        ["affiliation_id", "side"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )


def fill() -> None:
    """The sides and authors of what is already there."""
    _fill_suspensions()
    _fill_departures()


def _fill_suspensions() -> None:
    for entry, key, facts in _entries(
        "userSuspend", "userReinstate", "serviceSuspend", "serviceResume"
    ):
        row = sa.update(suspension).where(suspension.c.id == key)
        if "starts_on" in facts:
            op.execute(row.values(side=_side(entry), set_by_id=entry["actor_id"]))
        elif facts.get("ends_on") is not None:
            op.execute(row.values(ended_by_id=entry["actor_id"]))


def _fill_departures() -> None:
    for entry, key, facts in _entries("userDeactivate"):
        if facts.get("ends_on") is not None:
            row = sa.update(affiliation).where(
                affiliation.c.id == key, affiliation.c.ends_on.is_not(None)
            )
            op.execute(row.values(end_side=_side(entry)))


def _entries(*acts: str) -> Iterator[tuple[sa.RowMapping, str, dict[str, Any]]]:
    """What these acts have changed, object by object, in the order of the journal."""
    asked = sa.select(journal).where(journal.c.act.in_(acts)).order_by(journal.c.seq)
    for entry in op.get_bind().execute(asked).mappings().all():
        for key, facts in (entry["after"] or {}).items():
            yield entry, key, facts


def _side(entry: sa.RowMapping) -> str:
    return (
        "PARTNER"
        if str(entry["matched_rule"]).startswith("partner_administrator ")
        else "ORGANISM"
    )


def downgrade() -> None:
    op.drop_index("uq_suspension_running", "suspension")
    op.drop_column("affiliation", "end_side")
    for column in ("ended_by_id", "set_by_id", "side"):
        op.drop_column("suspension", column)
