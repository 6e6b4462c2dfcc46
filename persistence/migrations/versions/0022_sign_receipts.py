"""Sign receipts and chain the journal."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant, Words

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
additive = True

SIGNED = ("journal_head", "receipt")
LEAF = ("words", "salt", "leaf")


def upgrade() -> None:
    op.add_column("declaration", sa.Column("lines_root", Words))
    for name in LEAF:
        op.add_column("declaration_line", sa.Column(name, Words))
    op.add_column("batch", sa.Column("lines_root", Words))
    op.add_column("journal_seal", sa.Column("hash", Words))
    op.create_index(
        "ix_journal_seal_unchained",
        "journal_seal",
        ["position"],
        sqlite_where=sa.text("hash IS NULL"),
        postgresql_where=sa.text("hash IS NULL"),
    )
    op.create_table(
        "journal_head",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("document", Words, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_journal_head"),
    )
    op.create_table(
        "receipt",
        sa.Column("batch_id", Words, nullable=False),
        sa.Column("declaration_id", Words, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name="fk_receipt_batch_id_batch"
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name="fk_receipt_declaration_id_declaration",
        ),
        sa.PrimaryKeyConstraint("batch_id", name="pk_receipt"),
        sa.UniqueConstraint("declaration_id", name="uq_receipt_declaration_id"),
        sa.UniqueConstraint("number", name="uq_receipt_number"),
        sa.UniqueConstraint("position", name="uq_receipt_position"),
    )
    (_postgresql if _is_postgresql() else _sqlite)()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _sqlite() -> None:
    op.execute(
        "CREATE TRIGGER journal_hash_no_update BEFORE UPDATE ON journal_seal "
        "WHEN OLD.hash IS NOT NULL AND NEW.hash IS NOT OLD.hash "
        "BEGIN SELECT RAISE(ABORT, 'what is signed stays'); END"
    )
    for table in SIGNED:
        for what in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what is signed stays'); END"
            )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION what_is_signed_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what is signed stays'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_hash_no_update BEFORE UPDATE ON journal_seal FOR EACH ROW "
        "WHEN (OLD.hash IS NOT NULL AND NEW.hash IS DISTINCT FROM OLD.hash) EXECUTE FUNCTION what_is_signed_stays()"
    )
    for table in SIGNED:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION what_is_signed_stays()"
        )


def downgrade() -> None:
    if _is_postgresql():
        op.execute("DROP TRIGGER journal_hash_no_update ON journal_seal")
    else:
        op.execute("DROP TRIGGER journal_hash_no_update")
    for table in SIGNED:
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION what_is_signed_stays()")
    op.drop_index("ix_journal_seal_unchained", "journal_seal")
    op.drop_column("journal_seal", "hash")
    op.drop_column("batch", "lines_root")
    for name in LEAF:
        op.drop_column("declaration_line", name)
    op.drop_column("declaration", "lines_root")
