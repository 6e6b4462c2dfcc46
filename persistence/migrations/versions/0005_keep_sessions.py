"""Keep sessions."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("digest", Words, nullable=False),
        sa.Column("id", Words, nullable=False),
        sa.Column("issuer", Words, nullable=False),
        sa.Column("subject", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("user_agent", Words, nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("authenticated_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("acr", Words, nullable=True),
        sa.Column("amr", Words, nullable=True),
        sa.Column("id_token", sa.LargeBinary(), nullable=True),
        sa.Column("typed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
        sa.UniqueConstraint("id", name="uq_session_id"),
    )
    op.create_index("ix_session_subject", "session", ["issuer", "subject"])
    op.create_index("ix_session_seen_at", "session", ["seen_at"])


def downgrade() -> None:
    op.drop_table("session")
