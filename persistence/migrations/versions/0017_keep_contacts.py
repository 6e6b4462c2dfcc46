"""Keep contacts."""

import sqlalchemy as sa
from alembic import op

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    for table in ("partner", "establishment"):
        op.add_column(table, sa.Column("contact", Words, nullable=True))


def downgrade() -> None:
    for table in ("partner", "establishment"):
        op.drop_column(table, "contact")
