"""Keep the sheets of a workbook: several may be read, and a line's number is the one that its own sheet shows."""

import sqlalchemy as sa
from alembic import op

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# a process of before does not read the reasons of a line, which now name their cell
additive = False

CHECKS = (
    sa.CheckConstraint(
        "applied_on IS NULL OR outcome IN ('NEW', 'CHANGED', 'CONFLICT')",
        name="ck_extract_line_applied",
    ),
    sa.CheckConstraint(
        "outcome IN ('NEW', 'CHANGED', 'UNCHANGED', 'CONFLICT', 'REJECTED')",
        name="ck_extract_line_ImportOutcome",
    ),
    sa.CheckConstraint(
        "arbitration IN ('TAKEN', 'SET_ASIDE')", name="ck_extract_line_ImportDecision"
    ),
)
"""SQLite writes the table anew to change a constraint, and would forget these."""


def upgrade() -> None:
    op.add_column(
        "extract", sa.Column("sheets", sa.JSON(none_as_null=True), nullable=True)
    )
    op.add_column(
        "partner_origin", sa.Column("sheet", Words, nullable=False, server_default="")
    )
    with op.batch_alter_table("extract_line", table_args=CHECKS) as batch:
        batch.add_column(sa.Column("sheet", Words, nullable=False, server_default=""))
        batch.drop_constraint("uq_extract_line_extract_id_number", type_="unique")
        batch.create_unique_constraint(
            "uq_extract_line_extract_id_sheet_number", ["extract_id", "sheet", "number"]
        )


def downgrade() -> None:
    with op.batch_alter_table("extract_line", table_args=CHECKS) as batch:
        batch.drop_constraint("uq_extract_line_extract_id_sheet_number", type_="unique")
        batch.create_unique_constraint(
            "uq_extract_line_extract_id_number", ["extract_id", "number"]
        )
        batch.drop_column("sheet")
    op.drop_column("partner_origin", "sheet")
    op.drop_column("extract", "sheets")
