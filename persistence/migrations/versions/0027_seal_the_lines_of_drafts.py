"""Let drafts have lines of their own, which make no card and whose cells are sealed."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from persistence.draft_cells import draft_sealer, seal_cells
from persistence.types import Words
from persistence.vault import Vault, VaultError

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
additive = False

KEYLESS = (
    "Des brouillons sont à chiffrer : NIR_KEYS doit nommer le fichier de clés de ce "
    "registre."
)
LINES = """
SELECT l.*, d.superseded_at, o.code, w.nir_cipher, w.nir_index
  FROM declaration_line l JOIN declaration d ON d.id = l.declaration_id
  JOIN worker w ON w.id = l.worker_id JOIN organism o ON o.id = l.paying_id
 WHERE NOT l.deposited ORDER BY l.id
"""
# what the draft was prepared over: the last certificate that was received before it
BASE = """
UPDATE declaration SET base_sequence = COALESCE((SELECT MAX(d.sequence)
  FROM declaration d WHERE d.establishment_id = declaration.establishment_id
   AND d.campaign_id = declaration.campaign_id AND d.received_at IS NOT NULL
   AND d.sequence < declaration.sequence), 0)
 WHERE received_at IS NULL AND superseded_at IS NULL
"""
RENAMED = """
UPDATE batch_result SET object_id = 'drl_' || SUBSTR(object_id, 5)
 WHERE object_id IN (SELECT 'lin_' || SUBSTR(id, 5) FROM draft_line)
"""
# the cards that nothing but a draft has made
STRAYS = """
CREATE TEMPORARY TABLE stray AS SELECT w.id FROM worker w
 WHERE w.merged_into_id IS NULL AND w.id NOT IN (
  SELECT worker_id FROM declaration_line UNION SELECT worker_id FROM activity_change
  UNION SELECT worker_id FROM treatment UNION SELECT worker_id FROM beneficiary_answer
  UNION SELECT worker_id FROM worker_stay UNION SELECT worker_id FROM worker_rate
  UNION SELECT worker_id FROM dual_activity
  UNION SELECT merged_into_id FROM worker WHERE merged_into_id IS NOT NULL)
"""
CELLS = {
    "client_reference": "client_reference",
    "birth_name": "birth_name",
    "used_name": "used_name",
    "given_names": "given_names",
    "birth_date": "birth_date",
    "matricule": "matricule",
    "paying_organism": "code",
    "entered_on": "entered_on",
    "no_pay_reason": "no_pay_reason",
    "dual_activity_since": "dual_activity_since",
    "dual_activity_employer": "dual_activity_employer",
    "dual_activity_until": "dual_activity_until",
    "confirmation": "confirmation",
    "comment": "comment",
}
HUNDREDTHS = (
    "rate",
    "net_remuneration",
    "net_aid",
    "esat_share",
    "dual_activity_hours",
)
FLAGS = ("dual_activity", "aah_beneficiary", "paying_organism_changed")
COLUMNS = (
    "id",
    "version",
    "partner_id",
    "establishment_id",
    "declaration_id",
    "position",
    "origin",
    "worker_id",
    "nir_index",
    "client_reference",
    "cells_cipher",
)


def upgrade() -> None:
    op.add_column("declaration", sa.Column("base_sequence", sa.Integer()))
    op.execute(BASE)
    _make_table()
    connection = op.get_bind()
    rows = connection.execute(sa.text(LINES)).mappings().all()
    living = [row for row in rows if row["superseded_at"] is None]
    vault: Vault | None = context.config.attributes.get("vault")
    if living and vault is None:
        raise VaultError(KEYLESS)
    lines = [_draft_line(dict(row), vault) for row in living if vault is not None]
    if lines:
        table = sa.table("draft_line", *(sa.column(name) for name in COLUMNS))
        connection.execute(table.insert(), lines)
        op.execute(RENAMED)
    op.execute("DELETE FROM declaration_line WHERE NOT deposited")
    for statement in (
        STRAYS,
        "UPDATE draft_line SET worker_id = NULL WHERE worker_id IN (SELECT id FROM stray)",
        "DELETE FROM worker_number WHERE worker_id IN (SELECT id FROM stray)",
        "DELETE FROM worker WHERE id IN (SELECT id FROM stray)",
        "DROP TABLE stray",
    ):
        op.execute(statement)
    op.drop_column("declaration_line", "drafted")


def _make_table() -> None:
    op.create_table(
        "draft_line",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("declaration_id", Words, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "CARRIED",
                "PUT",
                "IMPORTED",
                name="DraftOrigin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("worker_id", Words, nullable=True),
        sa.Column("nir_index", Words, nullable=True),
        sa.Column("client_reference", Words, nullable=True),
        sa.Column("cells_cipher", Words, nullable=False),
        sa.Column("errors", Words, nullable=True),
        sa.Column("warnings", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["declaration_id", "partner_id"],
            ["declaration.id", "declaration.partner_id"],
            name=op.f("fk_draft_line_declaration_id_partner_id_declaration"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_draft_line_establishment_id_partner_id_establishment"),
        ),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_draft_line_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_line")),
        sa.UniqueConstraint(
            "declaration_id",
            "position",
            name=op.f("uq_draft_line_declaration_id_position"),
        ),
    )
    op.create_index("ix_draft_line_worker_id", "draft_line", ["worker_id"])


def _draft_line(row: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """The line with the cells that it was read from, as far as the columns tell."""
    line_id = "drl_" + row["id"].removeprefix("lin_")
    words = {**row, **json.loads(row["drafted"] or "{}")}
    cells = {"nir": vault.open(row["nir_cipher"], row["worker_id"]).reveal()}
    for name, column in CELLS.items():
        if words.get(column):
            cells[name] = str(words[column])
    for name in HUNDREDTHS:
        if words.get(name) is not None:
            cells[name] = f"{words[name] // 100}.{words[name] % 100:02}"
    for name in FLAGS:
        if words.get(name) is not None:
            cells[name] = "oui" if words[name] else "non"
    own = {name: row[name] for name in COLUMNS if name in row}
    return {
        **own,
        "id": line_id,
        "version": 1,
        "origin": "PUT",
        "cells_cipher": seal_cells(draft_sealer(vault), cells, line_id),
    }


def downgrade() -> None:
    """Drafts are lost: an older process has no place for lines without a card."""
    op.add_column("declaration_line", sa.Column("drafted", Words))
    op.drop_table("draft_line")
    op.execute(
        "UPDATE declaration SET superseded_at = prepared_at, line_count = 0 "
        "WHERE received_at IS NULL AND superseded_at IS NULL"
    )
    op.execute("UPDATE campaign_standing SET draft_since = NULL")
    op.drop_column("declaration", "base_sequence")
