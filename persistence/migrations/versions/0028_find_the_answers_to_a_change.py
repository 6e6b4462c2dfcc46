"""Find what a Caf answered to a change of activity."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
additive = True

NAME = "ix_treatment_change_id"
IS_OF_A_CHANGE = sa.text("change_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        NAME,
        "treatment",
        ["change_id", "id"],
        sqlite_where=IS_OF_A_CHANGE,
        postgresql_where=IS_OF_A_CHANGE,
    )


def downgrade() -> None:
    op.drop_index(NAME, "treatment")
