"""Find a stay by its worker in an establishment, whichever index the planner takes."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
additive = True

NAME, TABLE = "ix_worker_stay_place", "worker_stay"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["establishment_id", "worker_id"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["establishment_id", "starts_on"])
