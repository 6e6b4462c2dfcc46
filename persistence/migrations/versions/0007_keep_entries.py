"""Keep entries."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("id", Words, nullable=False),
        sa.Column("issuer", Words, nullable=False),
        sa.Column("subject", Words, nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
    )
    op.create_index("ix_entry_subject", "entry", ["issuer", "subject"])
    op.create_index("ix_entry_begun_at", "entry", ["begun_at"])


def downgrade() -> None:
    op.drop_table("entry")
