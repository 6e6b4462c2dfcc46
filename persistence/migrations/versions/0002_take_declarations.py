"""Take declarations."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
additive = True


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("nir_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("nir_index", Words, nullable=False),
        sa.Column("nir_mask", Words, nullable=False),
        sa.Column("birth_name", Words, nullable=False),
        sa.Column("used_name", Words, nullable=True),
        sa.Column("given_names", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("matricule", Words, nullable=False),
        sa.Column("paying_id", Words, nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("aah_beneficiary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_worker_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["paying_id"], ["organism.id"], name=op.f("fk_worker_paying_id_organism")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        sa.UniqueConstraint("id", "partner_id", name=op.f("uq_worker_id_partner_id")),
        sa.UniqueConstraint(
            "partner_id", "nir_index", name=op.f("uq_worker_partner_id_nir_index")
        ),
    )
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.create_index("ix_worker_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "activity_change",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("paying_id", Words, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "RATE_INCREASE",
                "RATE_DECREASE",
                "DEPARTURE",
                name="ChangeKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rate_before", sa.Integer(), nullable=True),
        sa.Column("rate_after", sa.Integer(), nullable=True),
        sa.Column(
            "departure_reason",
            sa.Enum(
                "ORDINARY_EMPLOYMENT",
                "ADAPTED_COMPANY",
                "OTHER_ESAT",
                "RETIREMENT",
                "DEATH",
                "END_OF_ORIENTATION",
                "END_OF_TRIAL",
                "END_OF_SHORT_CONTRACT",
                "WORKER_INITIATIVE",
                "MOVE",
                "OTHER",
                name="DepartureReason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("comment", Words, nullable=True),
        sa.Column("client_reference", Words, nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_activity_change_establishment_id_partner_id_establishment"),
        ),
        sa.ForeignKeyConstraint(
            ["paying_id"],
            ["organism.id"],
            name=op.f("fk_activity_change_paying_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_activity_change_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_change")),
        sa.UniqueConstraint(
            "worker_id",
            "establishment_id",
            "kind",
            "effective_on",
            name=op.f(
                "uq_activity_change_worker_id_establishment_id_kind_effective_on"
            ),
        ),
    )
    with op.batch_alter_table("activity_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_activity_change_partner_id", ["partner_id", "id"], unique=False
        )
        batch_op.create_index(
            "ix_activity_change_paying_id", ["paying_id", "id"], unique=False
        )

    op.create_table(
        "declaration",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("campaign_id", Words, nullable=False),
        sa.Column("siret", Words, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", Words, nullable=True),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("declared_by_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_declaration_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["declared_by_id"],
            ["user.id"],
            name=op.f("fk_declaration_declared_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_declaration_establishment_id_partner_id_establishment"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["declaration.id"],
            name=op.f("fk_declaration_supersedes_id_declaration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint(
            "establishment_id",
            "campaign_id",
            "sequence",
            name=op.f("uq_declaration_establishment_id_campaign_id_sequence"),
        ),
        sa.UniqueConstraint(
            "id", "partner_id", name=op.f("uq_declaration_id_partner_id")
        ),
    )
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_campaign_id"), ["campaign_id"], unique=False
        )
        batch_op.create_index(
            "ix_declaration_partner_id", ["partner_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_declaration_deposited",
            ["establishment_id", "campaign_id"],
            unique=True,
            sqlite_where=sa.text("received_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text(
                "received_at IS NOT NULL AND superseded_at IS NULL"
            ),
        )
        batch_op.create_index(
            "uq_declaration_draft",
            ["establishment_id", "campaign_id"],
            unique=True,
            sqlite_where=sa.text("received_at IS NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text("received_at IS NULL AND superseded_at IS NULL"),
        )

    op.create_table(
        "dual_activity",
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("weekly_hours", sa.Integer(), nullable=True),
        sa.Column("employer_siret", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_dual_activity_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint(
            "worker_id", "starts_on", name=op.f("pk_dual_activity")
        ),
    )
    op.create_table(
        "worker_rate",
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_worker_rate_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint("worker_id", "starts_on", name=op.f("pk_worker_rate")),
    )
    op.create_table(
        "batch",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "REMUNERATIONS",
                "ACTIVITY_CHANGES",
                name="BatchKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "ALL_OR_NOTHING",
                "ACCEPT_VALID",
                name="BatchMode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("campaign_id", Words, nullable=True),
        sa.Column("declaration_id", Words, nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("sent_by_id", Words, nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "received = created + replaced + unchanged + rejected + held",
            name=op.f("ck_batch_nothing_lost"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_batch_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id", "partner_id"],
            ["declaration.id", "declaration.partner_id"],
            name=op.f("fk_batch_declaration_id_partner_id_declaration"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_batch_establishment_id_partner_id_establishment"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user.id"], name=op.f("fk_batch_sent_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(
            "ix_batch_declaration_id", ["declaration_id"], unique=False
        )
        batch_op.create_index(
            "ix_batch_establishment_id", ["establishment_id", "id"], unique=False
        )
        batch_op.create_index("ix_batch_partner_id", ["partner_id", "id"], unique=False)

    op.create_table(
        "declaration_line",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("declaration_id", Words, nullable=False),
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("paying_id", Words, nullable=False),
        sa.Column("deposited", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("client_reference", Words, nullable=True),
        sa.Column("matricule", Words, nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("net_remuneration", sa.Integer(), nullable=True),
        sa.Column("net_aid", sa.Integer(), nullable=True),
        sa.Column("esat_share", sa.Integer(), nullable=True),
        sa.Column(
            "no_pay_reason",
            sa.Enum(
                "UNPAID_ABSENCE",
                "PARENTAL_LEAVE",
                "NOT_YET_PAID",
                "OTHER",
                name="NoPayReason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("dual_activity", sa.Boolean(), nullable=False),
        sa.Column("confirmation", Words, nullable=True),
        sa.Column("comment", Words, nullable=True),
        sa.Column("drafted", Words, nullable=True),
        sa.Column("changed_sequence", sa.Integer(), nullable=False),
        sa.Column(
            "processing",
            sa.Enum(
                "TAKEN_INTO_ACCOUNT",
                "NOT_BENEFICIARY",
                "RETURNED",
                name="Processing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("processed_on", sa.Date(), nullable=True),
        sa.Column("processed_by_id", Words, nullable=True),
        sa.Column("processing_reason", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["declaration_id", "partner_id"],
            ["declaration.id", "declaration.partner_id"],
            name=op.f("fk_declaration_line_declaration_id_partner_id_declaration"),
        ),
        sa.ForeignKeyConstraint(
            ["paying_id"],
            ["organism.id"],
            name=op.f("fk_declaration_line_paying_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["processed_by_id"],
            ["user.id"],
            name=op.f("fk_declaration_line_processed_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_declaration_line_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_line")),
        sa.UniqueConstraint(
            "declaration_id",
            "worker_id",
            name=op.f("uq_declaration_line_declaration_id_worker_id"),
        ),
    )
    with op.batch_alter_table("declaration_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_declaration_line_partner_id", ["partner_id", "id"], unique=False
        )
        batch_op.create_index(
            "ix_declaration_line_paying_id", ["paying_id", "id"], unique=False
        )
        batch_op.create_index(
            "ix_declaration_line_worker_id", ["worker_id"], unique=False
        )

    op.create_table(
        "batch_result",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("client_reference", Words, nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "CREATED",
                "REPLACED",
                "UNCHANGED",
                "REJECTED",
                "HELD",
                name="LineStatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("object_id", Words, nullable=True),
        sa.Column("errors", Words, nullable=True),
        sa.Column("warnings", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_result_batch_id_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_result")),
        sa.UniqueConstraint(
            "batch_id", "position", name=op.f("uq_batch_result_batch_id_position")
        ),
    )


def downgrade() -> None:
    op.drop_table("batch_result")
    with op.batch_alter_table("declaration_line", schema=None) as batch_op:
        batch_op.drop_index("ix_declaration_line_worker_id")
        batch_op.drop_index("ix_declaration_line_paying_id")
        batch_op.drop_index("ix_declaration_line_partner_id")

    op.drop_table("declaration_line")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index("ix_batch_partner_id")
        batch_op.drop_index("ix_batch_establishment_id")
        batch_op.drop_index("ix_batch_declaration_id")

    op.drop_table("batch")
    op.drop_table("worker_rate")
    op.drop_table("dual_activity")
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_declaration_draft",
            sqlite_where=sa.text("received_at IS NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text("received_at IS NULL AND superseded_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_declaration_deposited",
            sqlite_where=sa.text("received_at IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=sa.text(
                "received_at IS NOT NULL AND superseded_at IS NULL"
            ),
        )
        batch_op.drop_index("ix_declaration_partner_id")
        batch_op.drop_index(batch_op.f("ix_declaration_campaign_id"))

    op.drop_table("declaration")
    with op.batch_alter_table("activity_change", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_change_paying_id")
        batch_op.drop_index("ix_activity_change_partner_id")

    op.drop_table("activity_change")
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.drop_index("ix_worker_sort_key")

    op.drop_table("worker")
