"""Let contracts live."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.add_column(
        "convention", sa.Column("originally_in_force_on", sa.Date(), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("convention", "originally_in_force_on")
