"""Link a group to the one that it follows at a switch, and note the day on which a closing is recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
additive = (
    False  # an older process would not take somebody out of the group that follows
)


def upgrade() -> None:
    words = (
        'VARCHAR COLLATE "C"'
        if op.get_bind().dialect.name == "postgresql"
        else "VARCHAR"
    )
    op.execute(
        f'ALTER TABLE "group" ADD COLUMN former_id {words} CONSTRAINT fk_group_former_id_group REFERENCES "group" (id)'
    )
    op.create_index("ix_group_former_id", "group", ["former_id"])
    for paper in ("bulletin", "convention"):
        op.add_column(paper, sa.Column("closing_recorded_on", sa.Date(), nullable=True))


def downgrade() -> None:
    for paper in ("bulletin", "convention"):
        op.drop_column(paper, "closing_recorded_on")
    op.drop_index("ix_group_former_id", "group")
    op.drop_column("group", "former_id")
