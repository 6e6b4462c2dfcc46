"""Order affiliations by name."""

import sqlalchemy as sa
from alembic import op

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
additive = False


def upgrade() -> None:
    op.add_column(
        "affiliation", sa.Column("sort_key", Words, nullable=False, server_default="")
    )
    op.execute(
        'UPDATE affiliation SET sort_key = (SELECT u.sort_key FROM "user" u WHERE u.id = affiliation.user_id)'
    )
    op.create_index("ix_affiliation_sort_key", "affiliation", ["sort_key", "id"])


def downgrade() -> None:
    op.drop_index("ix_affiliation_sort_key", "affiliation")
    op.drop_column("affiliation", "sort_key")
