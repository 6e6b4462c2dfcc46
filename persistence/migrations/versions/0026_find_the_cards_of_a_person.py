"""Find the cards that another one has absorbed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
additive = False  # an older process would not look for a person under two cards

NAME = "ix_worker_merged_into_id"
IS_MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        NAME,
        "worker",
        ["merged_into_id"],
        sqlite_where=IS_MERGED,
        postgresql_where=IS_MERGED,
    )


def downgrade() -> None:
    op.drop_index(NAME, "worker")
