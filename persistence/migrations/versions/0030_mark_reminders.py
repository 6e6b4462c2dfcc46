"""Mark reminders."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant, Words

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
additive = True  # an older process neither reads nor writes the table


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("campaign_id", Words, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("by_id", Words, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_reminder_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_reminder_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_reminder_establishment_id_partner_id_establishment"),
        ),
        sa.PrimaryKeyConstraint(
            "establishment_id", "campaign_id", "day", name=op.f("pk_reminder")
        ),
    )


def downgrade() -> None:
    op.drop_table("reminder")
