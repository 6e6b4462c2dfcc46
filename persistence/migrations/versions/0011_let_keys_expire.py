"""Let keys expire."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LIFE = timedelta(days=31)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
additive = False


def upgrade() -> None:
    """A key lives 31 days, that of a batch until its campaign's close and 31 days; those that are there, too."""
    with op.batch_alter_table("idempotency") as table:
        table.add_column(sa.Column("expires_at", Instant(), nullable=True))
        table.add_column(sa.Column("object_id", Words, nullable=True))
    _fill(op.get_bind())
    with op.batch_alter_table("idempotency") as table:
        table.alter_column("expires_at", existing_type=Instant(), nullable=False)
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"])
    op.create_index("ix_idempotency_object_id", "idempotency", ["object_id"])


def _fill(register: sa.Connection) -> None:
    keys = sa.table(
        "idempotency",
        *(
            sa.column(name, Words)
            for name in ("user_id", "operation", "key", "object_id")
        ),
        sa.column("outcome", sa.JSON()),
        sa.column("at", Instant()),
        sa.column("expires_at", Instant()),
    )
    batch = sa.table("batch", sa.column("id", Words), sa.column("campaign_id", Words))
    campaign = sa.table(
        "campaign", sa.column("id", Words), sa.column("closes_at", Instant())
    )
    closes = sa.select(batch.c.id, campaign.c.closes_at).join(
        campaign, campaign.c.id == batch.c.campaign_id
    )
    closed: dict[str, datetime] = {
        row.id: row.closes_at for row in register.execute(closes)
    }
    for row in register.execute(sa.select(keys)).all():
        made = next(iter((row.outcome or {}).get("objects", ())), None)
        ends = max(row.at, closed.get(made or "", row.at)) + LIFE
        mine = [
            keys.c[name] == getattr(row, name)
            for name in ("user_id", "operation", "key")
        ]
        register.execute(
            sa.update(keys).where(*mine).values(expires_at=ends, object_id=made)
        )


def downgrade() -> None:
    op.drop_index("ix_idempotency_object_id", "idempotency")
    op.drop_index("ix_idempotency_expires_at", "idempotency")
    with op.batch_alter_table("idempotency") as table:
        table.drop_column("object_id")
        table.drop_column("expires_at")
