"""Number the journal."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "journal_seal",
        sa.Column("journal_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(position IS NULL) = (at IS NULL)", name="ck_journal_seal_whole"
        ),
        sa.ForeignKeyConstraint(
            ["journal_seq"], ["journal.seq"], name="fk_journal_seal_journal_seq_journal"
        ),
        sa.PrimaryKeyConstraint("journal_seq", name="pk_journal_seal"),
        sa.UniqueConstraint("position", name="uq_journal_seal_position"),
    )
    lease = op.create_table(
        "lease",
        sa.Column("name", Words, nullable=False),
        sa.Column("token", Words, nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    assert lease is not None
    op.execute(
        "INSERT INTO lease (name, token, until) VALUES ('journal', '', '2000-01-01T00:00:00.000000Z')"
    )
    (_postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite)()
    # what is written keeps its number: a cursor that a reader holds goes on where it was
    op.execute(
        "INSERT INTO journal_seal (journal_seq, position, at) "
        "SELECT seq, seq, max(at) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) FROM journal"
    )


def _sqlite() -> None:
    op.execute(
        "CREATE TRIGGER journal_waits AFTER INSERT ON journal "
        "BEGIN INSERT INTO journal_seal (journal_seq) VALUES (NEW.seq); END"
    )
    moved = "OLD.position IS NOT NULL AND (NEW.position IS NOT OLD.position OR NEW.at IS NOT OLD.at OR NEW.journal_seq IS NOT OLD.journal_seq)"
    for what, when in (("UPDATE", f"WHEN {moved} "), ("DELETE", "")):
        op.execute(
            f"CREATE TRIGGER journal_seal_no_{what.lower()} BEFORE {what} ON journal_seal {when}"
            "BEGIN SELECT RAISE(ABORT, 'a position is given once'); END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION journal_waits() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO journal_seal (journal_seq) VALUES (NEW.seq); RETURN NULL; END $$"
    )
    # waits for the acts under way, so that each entry is either in the copy below or caught by the trigger
    op.execute(
        "CREATE TRIGGER journal_waits AFTER INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_waits()"
    )
    op.execute(
        "CREATE FUNCTION position_is_given_once() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a position is given once'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_seal_no_update BEFORE UPDATE ON journal_seal FOR EACH ROW "
        "WHEN (OLD.position IS NOT NULL AND (NEW.position, NEW.at, NEW.journal_seq) "
        "IS DISTINCT FROM (OLD.position, OLD.at, OLD.journal_seq)) EXECUTE FUNCTION position_is_given_once()"
    )
    op.execute(
        "CREATE TRIGGER journal_seal_no_delete BEFORE DELETE OR TRUNCATE ON journal_seal "
        "FOR EACH STATEMENT EXECUTE FUNCTION position_is_given_once()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER journal_waits ON journal")
        op.execute("DROP FUNCTION journal_waits()")
    else:
        op.execute("DROP TRIGGER journal_waits")
    op.drop_table("journal_seal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION position_is_given_once()")
    op.drop_table("lease")
