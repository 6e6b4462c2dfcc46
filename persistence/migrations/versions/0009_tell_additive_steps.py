"""Tell additive steps."""

import sqlalchemy as sa
from alembic import op

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "schema_step",
        sa.Column("revision", Words, nullable=False),
        sa.Column("previous", Words, nullable=True),
        sa.Column("additive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_step")),
    )


def downgrade() -> None:
    op.drop_table("schema_step")
