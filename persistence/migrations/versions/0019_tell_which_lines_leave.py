"""Tell a Caf which lines leave it, and what the checks said of a certificate."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
additive = False  # an older process would neither mark the lines that leave, nor read what is noted of them

ANSWERS = ("TAKEN_INTO_ACCOUNT", "NOT_BENEFICIARY", "RETURNED")
NOTED = "WITHDRAWAL_NOTED"
ANSWER, WHY, WITHDRAWN_WHY = (
    f"ck_declaration_line_{name}"
    for name in ("Processing", "Withdrawal", "withdrawn_why")
)
WITHDRAWN = "ix_declaration_line_withdrawn"


def _among(column: str, values: tuple[str, ...]) -> str:
    words = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({words})"


def _named(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def upgrade() -> None:
    conformities = ("CONFORM", "ANOMALIES")
    with op.batch_alter_table("declaration") as batch:
        batch.add_column(
            sa.Column("conformity", _named("Conformity", *conformities), nullable=True)
        )
        batch.add_column(sa.Column("missing", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_declaration_Conformity"), _among("conformity", conformities)
        )
    reasons = ("REMOVED", "PAYER_CHANGED")
    with op.batch_alter_table("declaration_line") as batch:
        batch.add_column(sa.Column("withdrawn_at", Instant(), nullable=True))
        batch.add_column(
            sa.Column("withdrawal", _named("Withdrawal", *reasons), nullable=True)
        )
        batch.drop_constraint(op.f(ANSWER), type_="check")
        batch.create_check_constraint(
            op.f(ANSWER), _among("processing", (*ANSWERS, NOTED))
        )
        batch.create_check_constraint(op.f(WHY), _among("withdrawal", reasons))
        batch.create_check_constraint(
            op.f(WITHDRAWN_WHY), "(withdrawn_at IS NULL) = (withdrawal IS NULL)"
        )
    where = sa.text("withdrawn_at IS NOT NULL")
    op.create_index(
        WITHDRAWN,
        "declaration_line",
        ["paying_id", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    _forget_what_came_later()
    op.drop_index(WITHDRAWN, "declaration_line")
    with op.batch_alter_table("declaration_line") as batch:
        for constraint in (WITHDRAWN_WHY, WHY, ANSWER):
            batch.drop_constraint(op.f(constraint), type_="check")
        batch.create_check_constraint(op.f(ANSWER), _among("processing", ANSWERS))
        batch.drop_column("withdrawal")
        batch.drop_column("withdrawn_at")
    with op.batch_alter_table("declaration") as batch:
        batch.drop_constraint(op.f("ck_declaration_Conformity"), type_="check")
        batch.drop_column("missing")
        batch.drop_column("conformity")


def _forget_what_came_later() -> None:
    """A line whose withdrawal is noted has no answer that the step before knows."""
    op.execute(
        """UPDATE declaration_line SET processing = NULL, processed_on = NULL, processed_by_id = NULL,
           processing_reason = NULL WHERE processing = 'WITHDRAWAL_NOTED'"""
    )
