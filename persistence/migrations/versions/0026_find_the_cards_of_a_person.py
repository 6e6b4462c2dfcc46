"""Name the person of a row beside its card, for cards that another one absorbs."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Words

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
additive = False  # an older process would write rows without their person

TABLES = ("activity_change", "declaration_line", "treatment")
LIVING = "uq_activity_change_living"
EVENT = ("establishment_id", "kind", "effective_on")
ANSWER = ("establishment_id", "campaign_id", "id")
IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _name_persons("worker", "id")
    with op.batch_alter_table("worker") as batch:
        batch.create_check_constraint(
            "of_person", "person_id = coalesce(merged_into_id, id)"
        )
    op.create_index("ix_worker_person_id", "worker", ["person_id"])
    for table in TABLES:
        _name_persons(table, "worker_id")
    op.drop_index("ix_declaration_line_worker_id", "declaration_line")
    op.create_index(
        "ix_declaration_line_person_id",
        "declaration_line",
        ["person_id", "declaration_id"],
    )
    _index_by("person_id")


def downgrade() -> None:
    _index_by("worker_id")
    op.drop_index("ix_declaration_line_person_id", "declaration_line")
    op.create_index("ix_declaration_line_worker_id", "declaration_line", ["worker_id"])
    op.drop_index("ix_worker_person_id", "worker")
    with op.batch_alter_table("worker") as batch:
        batch.drop_constraint(op.f("ck_worker_of_person"), type_="check")
        batch.drop_column("person_id")
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("person_id")


def _name_persons(table: str, card: str) -> None:
    op.add_column(table, sa.Column("person_id", Words))
    op.execute(
        f"""UPDATE {table} SET person_id = (
        SELECT coalesce(w.merged_into_id, w.id) FROM worker w
         WHERE w.id = {table}.{card})"""  # noqa: S608 our names
    )
    with op.batch_alter_table(table) as batch:
        batch.alter_column("person_id", nullable=False)


def _index_by(key: str) -> None:
    """The index of the events in force, and that of the answers."""
    op.drop_index(LIVING, "activity_change")
    op.create_index(
        LIVING,
        "activity_change",
        [key, *EVENT],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.drop_index("ix_treatment_words", "treatment")
    op.create_index("ix_treatment_words", "treatment", [key, *ANSWER])
