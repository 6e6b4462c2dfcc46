"""Take extracts."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ESAT = sa.text(
    """INSERT INTO migration (id, version, service_id, label, opens_on, deadline, source)
       SELECT 'mig_ESAT', 1, id, 'Migration du service Esat de Habtiers vers Mon Compte Partenaire', '2025-03-20',
              '2025-06-30', 'IT 2025-061, §5 : « pour le 30 juin 2025 au plus tard »'
       FROM service WHERE id = 'svc_ESAT'"""
)
"""R59, for a register that has its services already; an empty one is seeded with it."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "extract",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organism_id", Words, nullable=False),
        sa.Column("opened_by_id", Words, nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("filename", Words, nullable=False),
        sa.Column("given", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("received_at", Instant(), nullable=True),
        sa.Column("digest", Words, nullable=True),
        sa.Column("media", Words, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("ignored", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("header_line", sa.Integer(), nullable=True),
        sa.Column("blank_lines", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.Column("conflict_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("purged_on", sa.Date(), nullable=True),
        sa.Column("purged_by_id", Words, nullable=True),
        sa.Column("purge_reason", Words, nullable=True),
        sa.Column("proof", Words, nullable=True),
        sa.CheckConstraint(
            "(received_at IS NULL) = (digest IS NULL)", name=op.f("ck_extract_received")
        ),
        sa.CheckConstraint(
            "purged_on IS NULL OR (content IS NULL AND proof IS NOT NULL)",
            name=op.f("ck_extract_purged"),
        ),
        sa.CheckConstraint(
            "received = new_count + changed_count + unchanged_count + conflict_count + rejected_count",
            name=op.f("ck_extract_adds_up"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user.id"], name=op.f("fk_extract_opened_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organism.id"],
            name=op.f("fk_extract_organism_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["purged_by_id"], ["user.id"], name=op.f("fk_extract_purged_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract")),
    )
    with op.batch_alter_table("extract", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_extract_organism_id"), ["organism_id"], unique=False
        )

    op.create_table(
        "migration",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.Column("label", Words, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_migration_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
        sa.UniqueConstraint("service_id", name=op.f("uq_migration_service_id")),
    )
    op.create_table(
        "extract_line",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("extract_id", Words, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("raw", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("siret", Words, nullable=True),
        sa.Column("name", Words, nullable=True),
        sa.Column("department", Words, nullable=True),
        sa.Column("organism_id", Words, nullable=False),
        sa.Column("known_mcp", sa.Boolean(), nullable=True),
        sa.Column("known_habtiers", sa.Boolean(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("last_seen_on", sa.Date(), nullable=True),
        sa.Column("finess", Words, nullable=True),
        sa.Column("contact", Words, nullable=True),
        sa.Column("fingerprint", Words, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "NEW",
                "CHANGED",
                "UNCHANGED",
                "CONFLICT",
                "REJECTED",
                name="ImportOutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "arbitration",
            sa.Enum(
                "TAKEN",
                "SET_ASIDE",
                name="ImportDecision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("arbitrated_by_id", Words, nullable=True),
        sa.Column("arbitrated_on", sa.Date(), nullable=True),
        sa.Column("arbitration_reason", Words, nullable=True),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("applied_by_id", Words, nullable=True),
        sa.Column("partner_id", Words, nullable=True),
        sa.CheckConstraint(
            "applied_on IS NULL OR outcome IN ('NEW', 'CHANGED', 'CONFLICT')",
            name=op.f("ck_extract_line_applied"),
        ),
        sa.ForeignKeyConstraint(
            ["applied_by_id"],
            ["user.id"],
            name=op.f("fk_extract_line_applied_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["arbitrated_by_id"],
            ["user.id"],
            name=op.f("fk_extract_line_arbitrated_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["extract_id"],
            ["extract.id"],
            name=op.f("fk_extract_line_extract_id_extract"),
        ),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organism.id"],
            name=op.f("fk_extract_line_organism_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_extract_line_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_line")),
        sa.UniqueConstraint(
            "extract_id", "number", name=op.f("uq_extract_line_extract_id_number")
        ),
    )
    with op.batch_alter_table("extract_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_extract_line_organism_id", ["organism_id", "extract_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_extract_line_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index("ix_extract_line_siret", ["siret"], unique=False)

    op.create_table(
        "partner_origin",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("known_mcp", sa.Boolean(), nullable=False),
        sa.Column("known_habtiers", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("extract_id", Words, nullable=False),
        sa.Column("filename", Words, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["extract_id"],
            ["extract.id"],
            name=op.f("fk_partner_origin_extract_id_extract"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_partner_origin_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_origin")),
    )
    with op.batch_alter_table("partner_origin", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_origin_extract_id"), ["extract_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_origin_partner_id"), ["partner_id"], unique=False
        )
    op.execute(ESAT)


def downgrade() -> None:
    with op.batch_alter_table("partner_origin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_origin_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_origin_extract_id"))

    op.drop_table("partner_origin")
    with op.batch_alter_table("extract_line", schema=None) as batch_op:
        batch_op.drop_index("ix_extract_line_siret")
        batch_op.drop_index(batch_op.f("ix_extract_line_partner_id"))
        batch_op.drop_index("ix_extract_line_organism_id")

    op.drop_table("extract_line")
    op.drop_table("migration")
    with op.batch_alter_table("extract", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extract_organism_id"))

    op.drop_table("extract")
