"""Date who follows a partner.

The column `follower_id` of `partner` becomes rows of `partner_follower`, from the
registration on; and a convention may close by a transfer.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
additive = False  # an older process looks for the organism on the partner

CURRENT = sa.text("ends_on IS NULL")
FILL = """INSERT INTO partner_follower (partner_id, starts_on, organism_id)
          SELECT id, registered_on, follower_id FROM partner"""
FOLLOWER = """(SELECT organism_id FROM partner_follower
               WHERE partner_id = {partner}.id AND ends_on IS NULL)"""
KEY = "fk_partner_follower_id_organism"
FOLLOWER_INDEX = "ix_partner_follower_id"

COLUMN_WORDS = "follower_id VARCHAR NOT NULL, \n\t"
KEY_WORDS = f"CONSTRAINT {KEY} FOREIGN KEY(follower_id) REFERENCES organism (id), \n\t"
"""How the definition of the table on SQLite says the column, and its key."""

REASONS = (
    "DELEGATION_CHANGE",
    "SIRET_CHANGE",
    "PARTNER_CEASED",
    "TERMINATED_BY_CAF",
    "TERMINATED_BY_PARTNER",
    "EXPIRED",
    "ABANDONED",
)
WITH_TRANSFER = (*REASONS[:2], "TRANSFER", *REASONS[2:])
CHECK = '"ck_convention_ClosingReason"'


def upgrade() -> None:
    op.create_table(
        "partner_follower",
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("organism_id", Words, nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on < ends_on",
            name=op.f("ck_partner_follower_forward"),
        ),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organism.id"],
            name=op.f("fk_partner_follower_organism_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_partner_follower_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint(
            "partner_id", "starts_on", name=op.f("pk_partner_follower")
        ),
    )
    op.execute(FILL)
    op.create_index(
        "uq_partner_follower_current",
        "partner_follower",
        ["partner_id"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_index(
        op.f("ix_partner_follower_organism_id"), "partner_follower", ["organism_id"]
    )
    op.drop_index(FOLLOWER_INDEX, "partner")
    if _is_postgresql():
        op.drop_column("partner", "follower_id")
    else:
        _remake("partner", {COLUMN_WORDS: "", KEY_WORDS: ""})
    _allow(REASONS, WITH_TRANSFER)


def downgrade() -> None:
    op.execute(
        "UPDATE convention SET closing_reason = 'TERMINATED_BY_CAF' "
        "WHERE closing_reason = 'TRANSFER'"
    )
    _allow(WITH_TRANSFER, REASONS)
    if _is_postgresql():
        _put_back_on_postgresql()
    else:
        column, key = "registered_on DATE", 'CONSTRAINT "ck_partner_PartnerKind"'
        words = {column: COLUMN_WORDS + column, key: KEY_WORDS + key}
        value = FOLLOWER.format(partner="former_partner")
        _remake("partner", words, {"follower_id": value})
    op.create_index(FOLLOWER_INDEX, "partner", ["follower_id"])
    op.drop_table("partner_follower")


def _put_back_on_postgresql() -> None:
    op.add_column("partner", sa.Column("follower_id", Words, nullable=True))
    value = FOLLOWER.format(partner="partner")
    op.execute(f"UPDATE partner SET follower_id = {value}")  # noqa: S608 our own names
    op.alter_column("partner", "follower_id", nullable=False)
    op.create_foreign_key(KEY, "partner", "organism", ["follower_id"], ["id"])


def _allow(former: tuple[str, ...], reasons: tuple[str, ...]) -> None:
    """The reasons for which a convention closes."""
    if _is_postgresql():
        is_reason = f"closing_reason IN ({_listed(reasons)})"
        op.execute(f"ALTER TABLE convention DROP CONSTRAINT {CHECK}")
        op.execute(f"ALTER TABLE convention ADD CONSTRAINT {CHECK} CHECK ({is_reason})")
        return
    _remake("convention", {_listed(former): _listed(reasons)})


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _remake(
    table: str, words: Mapping[str, str], values: Mapping[str, str] | None = None
) -> None:
    """Make a table of SQLite again, by its own definition with other `words`.

    `values`: what stands in a column that the former table has not. Its rows come back
    under the same keys, so that whatever points at them still does when the transaction
    ends; SQLite counts until then, and needs each column by its name to do so.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    (definition,) = _definitions("table", table)
    for former, new in words.items():
        assert former in definition, former
        definition = definition.replace(former, new)
    indexes = _definitions("index", table)
    op.execute(f"CREATE TABLE former_{table} AS SELECT * FROM {table}")  # noqa: S608 our own names
    op.execute(f"DROP TABLE {table}")
    op.execute(definition)
    columns = _columns(table)
    sources = ", ".join((values or {}).get(column, column) for column in columns)
    target = f"{table} ({', '.join(columns)})"
    op.execute(f"INSERT INTO {target} SELECT {sources} FROM former_{table}")  # noqa: S608 our own names
    op.execute(f"DROP TABLE former_{table}")
    for index in indexes:
        op.execute(index)


def _definitions(kind: str, table: str) -> list[str]:
    rows = sa.text(
        "SELECT sql FROM sqlite_master "
        "WHERE type = :type AND tbl_name = :table AND sql IS NOT NULL"
    )
    return list(op.get_bind().scalars(rows, {"type": kind, "table": table}))


def _columns(table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
