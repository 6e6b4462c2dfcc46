"""${message}."""

${imports if imports else ""}
import sqlalchemy as sa
from alembic import op

from persistence.records.base import Instant

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
additive = False  # True when a process of the step before may go on beside it: nothing is taken away


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
