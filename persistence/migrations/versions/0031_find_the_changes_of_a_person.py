"""Find all changes of a person, those that are in force no longer too."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
additive = True

NAME, TABLE = "ix_activity_change_person_id", "activity_change"


def upgrade() -> None:
    op.create_index(NAME, TABLE, ["person_id", "establishment_id"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
