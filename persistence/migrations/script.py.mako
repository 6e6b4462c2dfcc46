"""${message}."""

${imports if imports else ""}
import sqlalchemy as sa
from alembic import op

from persistence.types import Instant, Words

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
# True when a process of the step before may go on beside it.
additive = False


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
