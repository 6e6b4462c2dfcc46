"""Find the warnings of a line by the line."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
additive = True

NAME = "ix_batch_result_warned"
IS_WARNED = sa.text("warnings IS NOT NULL AND object_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        NAME,
        "batch_result",
        ["object_id"],
        sqlite_where=IS_WARNED,
        postgresql_where=IS_WARNED,
    )


def downgrade() -> None:
    op.drop_index(NAME, "batch_result")
