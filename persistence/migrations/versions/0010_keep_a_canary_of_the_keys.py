"""Keep a canary of the keys."""

import sqlalchemy as sa
from alembic import op

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "key_canary",
        sa.Column("key_name", Words, nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.PrimaryKeyConstraint("key_name", name=op.f("pk_key_canary")),
    )


def downgrade() -> None:
    op.drop_table("key_canary")
