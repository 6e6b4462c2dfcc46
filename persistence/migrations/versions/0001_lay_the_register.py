"""Lay the register."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
additive = False


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("legacy", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("year", name=op.f("uq_campaign_year")),
    )
    op.create_table(
        "department",
        sa.Column("code", Words, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
    )
    op.create_table(
        "mission",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column("label", Words, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission")),
        sa.UniqueConstraint("code", name=op.f("uq_mission_code")),
    )
    op.create_table(
        "organism",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CAF",
                "MULTI_BRANCH",
                "CNA",
                "RESOURCE_CENTRE",
                "NATIONAL",
                name="OrganismKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("contact", Words, nullable=True),
        sa.Column("network_role", Words, nullable=True),
        sa.Column("piloted_by_id", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["piloted_by_id"],
            ["organism.id"],
            name=op.f("fk_organism_piloted_by_id_organism"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organism")),
        sa.UniqueConstraint("code", name=op.f("uq_organism_code")),
    )
    with op.batch_alter_table("organism", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organism_sort_key"), ["sort_key"], unique=False
        )

    op.create_table(
        "parameter",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter")),
        sa.UniqueConstraint(
            "name", "starts_on", name=op.f("uq_parameter_name_starts_on")
        ),
    )
    op.create_table(
        "service",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column("label", Words, nullable=False),
        sa.Column("tab_label", Words, nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("bulletins_from", sa.Date(), nullable=True),
        sa.Column("needs_establishment", sa.Boolean(), nullable=False),
        sa.Column("needs_eligibility_form", sa.Boolean(), nullable=False),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
    )
    op.create_table(
        "user",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "PERSON",
                "MACHINE",
                name="UserKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_name", Words, nullable=False),
        sa.Column("family_name", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("email", Words, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index("ix_user_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "agent",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("organism_id", Words, nullable=False),
        sa.Column(
            "profile",
            sa.Enum(
                "READING",
                "MANAGING",
                "RESOURCE_CENTRE",
                "NATIONAL",
                name="Profile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organism_id"], ["organism.id"], name=op.f("fk_agent_organism_id_organism")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_agent_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
    )
    with op.batch_alter_table("agent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agent_organism_id"), ["organism_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_agent_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_agent_active",
            ["user_id", "organism_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    op.create_table(
        "idempotency",
        sa.Column("user_id", Words, nullable=False),
        sa.Column("operation", Words, nullable=False),
        sa.Column("key", Words, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_idempotency_user_id_user")
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "operation", "key", name=op.f("pk_idempotency")
        ),
    )
    op.create_table(
        "mission_service",
        sa.Column("mission_id", Words, nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["mission_id"],
            ["mission.id"],
            name=op.f("fk_mission_service_mission_id_mission"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_mission_service_service_id_service"),
        ),
        sa.PrimaryKeyConstraint(
            "mission_id", "service_id", name=op.f("pk_mission_service")
        ),
    )
    op.create_table(
        "organism_department",
        sa.Column("organism_id", Words, nullable=False),
        sa.Column("department", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["department"],
            ["department.code"],
            name=op.f("fk_organism_department_department_department"),
        ),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organism.id"],
            name=op.f("fk_organism_department_organism_id_organism"),
        ),
        sa.PrimaryKeyConstraint(
            "organism_id", "department", name=op.f("pk_organism_department")
        ),
    )
    with op.batch_alter_table("organism_department", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organism_department_department"),
            ["department"],
            unique=False,
        )

    op.create_table(
        "organism_support",
        sa.Column("centre_id", Words, nullable=False),
        sa.Column("organism_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["centre_id"],
            ["organism.id"],
            name=op.f("fk_organism_support_centre_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organism.id"],
            name=op.f("fk_organism_support_organism_id_organism"),
        ),
        sa.PrimaryKeyConstraint(
            "centre_id", "organism_id", name=op.f("pk_organism_support")
        ),
    )
    op.create_table(
        "partner",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("siren", Words, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ESAT",
                "OPERATING_BODY",
                "SOCIAL_CENTRE",
                "OTHER",
                name="PartnerKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("follower_id", Words, nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["organism.id"],
            name=op.f("fk_partner_follower_id_organism"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
    )
    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_follower_id"), ["follower_id"], unique=False
        )
        batch_op.create_index(
            "ix_partner_registered_on", ["registered_on", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_siren"), ["siren"], unique=False)
        batch_op.create_index("ix_partner_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "role",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column("label", Words, nullable=False),
        sa.Column(
            "profile",
            sa.Enum(
                "READING",
                "ENTERING",
                "VALIDATING",
                name="RoleProfile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("purpose", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_role_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("code", name=op.f("uq_role_code")),
        sa.UniqueConstraint("id", "service_id", name=op.f("uq_role_id_service_id")),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_role_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "service_excluded_department",
        sa.Column("service_id", Words, nullable=False),
        sa.Column("department", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["department"],
            ["department.code"],
            name=op.f("fk_service_excluded_department_department_department"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_excluded_department_service_id_service"),
        ),
        sa.PrimaryKeyConstraint(
            "service_id", "department", name=op.f("pk_service_excluded_department")
        ),
    )
    op.create_table(
        "sign_in",
        sa.Column("issuer", Words, nullable=False),
        sa.Column("subject", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id_user")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "activity_attestation",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("attested_by_id", Words, nullable=False),
        sa.Column("attested_on", sa.Date(), nullable=False),
        sa.Column("evidence", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["attested_by_id"],
            ["user.id"],
            name=op.f("fk_activity_attestation_attested_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_activity_attestation_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_attestation")),
    )
    with op.batch_alter_table("activity_attestation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_attestation_partner_id"),
            ["partner_id"],
            unique=False,
        )

    op.create_table(
        "affiliation",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("job_title", Words, nullable=True),
        sa.Column("invitation_digest", Words, nullable=True),
        sa.Column("invitation_expires_at", Instant(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_affiliation_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_affiliation_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
        sa.UniqueConstraint(
            "id",
            "partner_id",
            "user_id",
            name=op.f("uq_affiliation_id_partner_id_user_id"),
        ),
        sa.UniqueConstraint(
            "invitation_digest", name=op.f("uq_affiliation_invitation_digest")
        ),
    )
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_affiliation_partner_id", ["partner_id", "user_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_affiliation_user_id"), ["user_id"], unique=False
        )
        batch_op.create_index(
            "uq_affiliation_active",
            ["partner_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    op.create_table(
        "cna_hand_back",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_cna_hand_back_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_cna_hand_back_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cna_hand_back")),
    )
    with op.batch_alter_table("cna_hand_back", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cna_hand_back_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "convention",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("number", Words, nullable=True),
        sa.Column("siret", Words, nullable=False),
        sa.Column("organism_id", Words, nullable=False),
        sa.Column("conditions_of_exercise", Words, nullable=True),
        sa.Column("conditions_of_administration", Words, nullable=True),
        sa.Column("prepared_on", sa.Date(), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("term_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "closing_reason",
            sa.Enum(
                "DELEGATION_CHANGE",
                "SIRET_CHANGE",
                "PARTNER_CEASED",
                "TERMINATED_BY_CAF",
                "TERMINATED_BY_PARTNER",
                "EXPIRED",
                "ABANDONED",
                name="ClosingReason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("closing_comment", Words, nullable=True),
        sa.Column("predecessor_id", Words, nullable=True),
        sa.Column("partner_signed_on", sa.Date(), nullable=True),
        sa.Column("organism_signed_on", sa.Date(), nullable=True),
        sa.Column("partner_signatory", Words, nullable=True),
        sa.Column("organism_signatory", Words, nullable=True),
        sa.Column("digest", Words, nullable=True),
        sa.CheckConstraint(
            "term_on IS NULL OR term_on > in_force_on",
            name=op.f("ck_convention_term_after_force"),
        ),
        sa.ForeignKeyConstraint(
            ["organism_id"],
            ["organism.id"],
            name=op.f("fk_convention_organism_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_convention_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"],
            ["convention.id"],
            name=op.f("fk_convention_predecessor_id_convention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention")),
        sa.UniqueConstraint(
            "id", "partner_id", name=op.f("uq_convention_id_partner_id")
        ),
        sa.UniqueConstraint("id", "siret", name=op.f("uq_convention_id_siret")),
        sa.UniqueConstraint(
            "predecessor_id", name=op.f("uq_convention_predecessor_id")
        ),
    )
    with op.batch_alter_table("convention", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_convention_organism_id"), ["organism_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_convention_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            "ix_convention_prepared_on", ["prepared_on", "id"], unique=False
        )
        batch_op.create_index(
            "uq_convention_one_per_partner",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("in_force_on IS NOT NULL AND closed_on IS NULL"),
            postgresql_where=sa.text("in_force_on IS NOT NULL AND closed_on IS NULL"),
        )

    op.create_table(
        "document",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "CONVENTION",
                "CONTRACT",
                "AMENDMENT",
                "BULLETIN",
                "ELIGIBILITY_FORM",
                name="DocumentKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest", Words, nullable=False),
        sa.Column("attached_to", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_document_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_attached_to"), ["attached_to"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_document_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "eligibility",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "ELIGIBLE",
                "NOT_ELIGIBLE",
                name="Decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ground", Words, nullable=False),
        sa.Column("form_digest", Words, nullable=True),
        sa.Column("decided_by_id", Words, nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user.id"],
            name=op.f("fk_eligibility_decided_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_eligibility_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_eligibility_service_id_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility")),
    )
    with op.batch_alter_table("eligibility", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_eligibility_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "establishment",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("siret", Words, nullable=False),
        sa.Column("finess", Words, nullable=True),
        sa.Column("department", Words, nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department"],
            ["department.code"],
            name=op.f("fk_establishment_department_department"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_establishment_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment")),
        sa.UniqueConstraint(
            "id", "partner_id", name=op.f("uq_establishment_id_partner_id")
        ),
    )
    with op.batch_alter_table("establishment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_establishment_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            "uq_establishment_siret",
            ["siret"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", Words, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor_id", Words, nullable=False),
        sa.Column("acting_for", Words, nullable=True),
        sa.Column("source", Words, nullable=False),
        sa.Column("act", Words, nullable=False),
        sa.Column("object_id", Words, nullable=True),
        sa.Column("partner_id", Words, nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", Words, nullable=True),
        sa.Column("request_id", Words, nullable=False),
        sa.Column("policy_hash", Words, nullable=False),
        sa.Column("matched_rule", Words, nullable=False),
        sa.Column("seal", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user.id"], name=op.f("fk_journal_actor_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_journal_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
        sa.UniqueConstraint("id", name=op.f("uq_journal_id")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_journal_actor_id"), ["actor_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_journal_day"), ["day"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_journal_object_id"), ["object_id"], unique=False
        )
        batch_op.create_index(
            "ix_journal_partner_seq", ["partner_id", "seq"], unique=False
        )

    op.create_table(
        "partner_siret",
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("siret", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_partner_siret_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint(
            "partner_id", "siret", "starts_on", name=op.f("pk_partner_siret")
        ),
    )
    with op.batch_alter_table("partner_siret", schema=None) as batch_op:
        batch_op.create_index(
            "uq_partner_siret_current",
            ["siret"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    op.create_table(
        "amendment",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("convention_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verified_fields", sa.JSON(), nullable=False),
        sa.Column("missions_before", sa.JSON(), nullable=False),
        sa.Column("missions_after", sa.JSON(), nullable=False),
        sa.Column("digest", Words, nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["convention_id", "partner_id"],
            ["convention.id", "convention.partner_id"],
            name=op.f("fk_amendment_convention_id_partner_id_convention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint(
            "convention_id", "number", name=op.f("uq_amendment_convention_id_number")
        ),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_amendment_convention_id"), ["convention_id"], unique=False
        )

    op.create_table(
        "contract",
        sa.Column("convention_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "CENTRALISED",
                "DELEGATED",
                name="Mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("partner_signed_on", sa.Date(), nullable=True),
        sa.Column("organism_signed_on", sa.Date(), nullable=True),
        sa.Column("partner_signatory", Words, nullable=True),
        sa.Column("organism_signatory", Words, nullable=True),
        sa.Column("digest", Words, nullable=True),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["convention.id"],
            name=op.f("fk_contract_convention_id_convention"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_contract_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("convention_id", name=op.f("pk_contract")),
        sa.UniqueConstraint(
            "convention_id", "mode", name=op.f("uq_contract_convention_id_mode")
        ),
        sa.UniqueConstraint(
            "convention_id",
            "partner_id",
            name=op.f("uq_contract_convention_id_partner_id"),
        ),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contract_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "convention_mission",
        sa.Column("convention_id", Words, nullable=False),
        sa.Column("mission_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["convention.id"],
            name=op.f("fk_convention_mission_convention_id_convention"),
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"],
            ["mission.id"],
            name=op.f("fk_convention_mission_mission_id_mission"),
        ),
        sa.PrimaryKeyConstraint(
            "convention_id", "mission_id", name=op.f("pk_convention_mission")
        ),
    )
    op.create_table(
        "service_access",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("convention_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["convention_id", "partner_id"],
            ["convention.id", "convention.partner_id"],
            name=op.f("fk_service_access_convention_id_partner_id_convention"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_service_access_service_id_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_access")),
        sa.UniqueConstraint(
            "convention_id",
            "service_id",
            name=op.f("uq_service_access_convention_id_service_id"),
        ),
        sa.UniqueConstraint(
            "id",
            "convention_id",
            "partner_id",
            "service_id",
            name=op.f("uq_service_access_id_convention_id_partner_id_service_id"),
        ),
        sa.UniqueConstraint(
            "id",
            "partner_id",
            "service_id",
            name=op.f("uq_service_access_id_partner_id_service_id"),
        ),
    )
    with op.batch_alter_table("service_access", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_access_convention_id"),
            ["convention_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_service_access_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_access_service_id"), ["service_id"], unique=False
        )

    op.create_table(
        "bulletin",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("access_id", Words, nullable=False),
        sa.Column("convention_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.Column("siret", Words, nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_reason", Words, nullable=True),
        sa.Column("cna_acknowledged", sa.Boolean(), nullable=False),
        sa.Column(
            "open_siret",
            Words,
            sa.Computed(
                "CASE WHEN opened_on IS NOT NULL THEN siret END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column("partner_signed_on", sa.Date(), nullable=True),
        sa.Column("organism_signed_on", sa.Date(), nullable=True),
        sa.Column("partner_signatory", Words, nullable=True),
        sa.Column("organism_signatory", Words, nullable=True),
        sa.Column("digest", Words, nullable=True),
        sa.CheckConstraint(
            "closed_on IS NULL OR opened_on IS NULL OR closed_on >= opened_on",
            name=op.f("ck_bulletin_closed_after_opened"),
        ),
        sa.ForeignKeyConstraint(
            ["access_id", "convention_id", "partner_id", "service_id"],
            [
                "service_access.id",
                "service_access.convention_id",
                "service_access.partner_id",
                "service_access.service_id",
            ],
            name=op.f(
                "fk_bulletin_access_id_convention_id_partner_id_service_id_service_access"
            ),
        ),
        sa.ForeignKeyConstraint(
            ["convention_id", "open_siret"],
            ["convention.id", "convention.siret"],
            name=op.f("fk_bulletin_convention_id_open_siret_convention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("id", "partner_id", name=op.f("uq_bulletin_id_partner_id")),
        sa.UniqueConstraint("id", "service_id", name=op.f("uq_bulletin_id_service_id")),
    )
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bulletin_access_id"), ["access_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_bulletin_convention_id"), ["convention_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_bulletin_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            "uq_bulletin_one_open",
            ["access_id"],
            unique=True,
            sqlite_where=sa.text("opened_on IS NOT NULL AND closed_on IS NULL"),
            postgresql_where=sa.text("opened_on IS NOT NULL AND closed_on IS NULL"),
        )

    op.create_table(
        "contract_manager",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("convention_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("affiliation_id", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "MANAGER",
                "DEPUTY",
                name="ManagerKind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["affiliation_id", "partner_id", "user_id"],
            ["affiliation.id", "affiliation.partner_id", "affiliation.user_id"],
            name=op.f(
                "fk_contract_manager_affiliation_id_partner_id_user_id_affiliation"
            ),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["convention_id", "partner_id"],
            ["contract.convention_id", "contract.partner_id"],
            name=op.f("fk_contract_manager_convention_id_partner_id_contract"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_manager")),
    )
    with op.batch_alter_table("contract_manager", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contract_manager_affiliation_id"),
            ["affiliation_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_contract_manager_convention_id"),
            ["convention_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_contract_manager_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_contract_manager_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "group",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("access_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.Column("role_id", Words, nullable=True),
        sa.Column("name", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("all_establishments", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_id", "partner_id", "service_id"],
            [
                "service_access.id",
                "service_access.partner_id",
                "service_access.service_id",
            ],
            name=op.f("fk_group_access_id_partner_id_service_id_service_access"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id", "service_id"],
            ["role.id", "role.service_id"],
            name=op.f("fk_group_role_id_service_id_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
        sa.UniqueConstraint("id", "partner_id", name=op.f("uq_group_id_partner_id")),
        sa.UniqueConstraint("id", "role_id", name=op.f("uq_group_id_role_id")),
    )
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_group_access_id"), ["access_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_group_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index("ix_group_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "partner_state",
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("chained", sa.Date(), nullable=True),
        sa.Column("convention_id", Words, nullable=True),
        sa.Column(
            "mode",
            sa.Enum(
                "CENTRALISED",
                "DELEGATED",
                name="Mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("administering_id", Words, nullable=False),
        sa.Column("signing_id", Words, nullable=True),
        sa.CheckConstraint(
            "(convention_id IS NULL) = (mode IS NULL)",
            name=op.f("ck_partner_state_mode_of_convention"),
        ),
        sa.CheckConstraint(
            "chained IS NULL OR chained = starts_on",
            name=op.f("ck_partner_state_chained"),
        ),
        sa.CheckConstraint(
            "starts_on < ends_on", name=op.f("ck_partner_state_forward")
        ),
        sa.ForeignKeyConstraint(
            ["administering_id"],
            ["organism.id"],
            name=op.f("fk_partner_state_administering_id_organism"),
        ),
        sa.ForeignKeyConstraint(
            ["convention_id", "mode"],
            ["contract.convention_id", "contract.mode"],
            name=op.f("fk_partner_state_convention_id_mode_contract"),
        ),
        sa.ForeignKeyConstraint(
            ["convention_id", "partner_id"],
            ["contract.convention_id", "contract.partner_id"],
            name=op.f("fk_partner_state_convention_id_partner_id_contract"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "chained"],
            ["partner_state.partner_id", "partner_state.ends_on"],
            name=op.f("fk_partner_state_partner_id_chained_partner_state"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_partner_state_partner_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["signing_id"],
            ["organism.id"],
            name=op.f("fk_partner_state_signing_id_organism"),
        ),
        sa.PrimaryKeyConstraint(
            "partner_id", "starts_on", name=op.f("pk_partner_state")
        ),
        sa.UniqueConstraint(
            "partner_id", "ends_on", name=op.f("uq_partner_state_partner_id_ends_on")
        ),
    )
    with op.batch_alter_table("partner_state", schema=None) as batch_op:
        batch_op.create_index(
            "ix_partner_state_administering",
            ["administering_id", "ends_on", "starts_on", "partner_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_partner_state_convention_id"),
            ["convention_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_partner_state_signing",
            ["signing_id", "ends_on", "starts_on", "partner_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_partner_state_first",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("chained IS NULL"),
            postgresql_where=sa.text("chained IS NULL"),
        )

    op.create_table(
        "suspension",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("convention_id", Words, nullable=True),
        sa.Column("access_id", Words, nullable=True),
        sa.Column("affiliation_id", Words, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", Words, nullable=False),
        sa.CheckConstraint(
            "CASE WHEN convention_id IS NULL THEN 0 ELSE 1 END + CASE WHEN access_id IS NULL THEN 0 ELSE 1 END + CASE WHEN affiliation_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_suspension_one_object"),
        ),
        sa.ForeignKeyConstraint(
            ["access_id"],
            ["service_access.id"],
            name=op.f("fk_suspension_access_id_service_access"),
        ),
        sa.ForeignKeyConstraint(
            ["affiliation_id"],
            ["affiliation.id"],
            name=op.f("fk_suspension_affiliation_id_affiliation"),
        ),
        sa.ForeignKeyConstraint(
            ["convention_id"],
            ["convention.id"],
            name=op.f("fk_suspension_convention_id_convention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_suspension_access_id"), ["access_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_suspension_affiliation_id"), ["affiliation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_suspension_convention_id"), ["convention_id"], unique=False
        )

    op.create_table(
        "bulletin_department",
        sa.Column("bulletin_id", Words, nullable=False),
        sa.Column("department", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"],
            ["bulletin.id"],
            name=op.f("fk_bulletin_department_bulletin_id_bulletin"),
        ),
        sa.ForeignKeyConstraint(
            ["department"],
            ["department.code"],
            name=op.f("fk_bulletin_department_department_department"),
        ),
        sa.PrimaryKeyConstraint(
            "bulletin_id", "department", name=op.f("pk_bulletin_department")
        ),
    )
    op.create_table(
        "bulletin_establishment",
        sa.Column("bulletin_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id", "partner_id"],
            ["bulletin.id", "bulletin.partner_id"],
            name=op.f("fk_bulletin_establishment_bulletin_id_partner_id_bulletin"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f(
                "fk_bulletin_establishment_establishment_id_partner_id_establishment"
            ),
        ),
        sa.PrimaryKeyConstraint(
            "bulletin_id", "establishment_id", name=op.f("pk_bulletin_establishment")
        ),
    )
    with op.batch_alter_table("bulletin_establishment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bulletin_establishment_establishment_id"),
            ["establishment_id"],
            unique=False,
        )

    op.create_table(
        "bulletin_role",
        sa.Column("bulletin_id", Words, nullable=False),
        sa.Column("role_id", Words, nullable=False),
        sa.Column("service_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id", "service_id"],
            ["bulletin.id", "bulletin.service_id"],
            name=op.f("fk_bulletin_role_bulletin_id_service_id_bulletin"),
        ),
        sa.ForeignKeyConstraint(
            ["role_id", "service_id"],
            ["role.id", "role.service_id"],
            name=op.f("fk_bulletin_role_role_id_service_id_role"),
        ),
        sa.PrimaryKeyConstraint(
            "bulletin_id", "role_id", name=op.f("pk_bulletin_role")
        ),
    )
    with op.batch_alter_table("bulletin_role", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bulletin_role_role_id"), ["role_id"], unique=False
        )

    op.create_table(
        "group_establishment",
        sa.Column("group_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f(
                "fk_group_establishment_establishment_id_partner_id_establishment"
            ),
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "partner_id"],
            ["group.id", "group.partner_id"],
            name=op.f("fk_group_establishment_group_id_partner_id_group"),
        ),
        sa.PrimaryKeyConstraint(
            "group_id", "establishment_id", name=op.f("pk_group_establishment")
        ),
    )
    with op.batch_alter_table("group_establishment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_group_establishment_establishment_id"),
            ["establishment_id"],
            unique=False,
        )

    op.create_table(
        "membership",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("group_id", Words, nullable=False),
        sa.Column("role_id", Words, nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("affiliation_id", Words, nullable=False),
        sa.Column("user_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["affiliation_id", "partner_id", "user_id"],
            ["affiliation.id", "affiliation.partner_id", "affiliation.user_id"],
            name=op.f("fk_membership_affiliation_id_partner_id_user_id_affiliation"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "partner_id"],
            ["group.id", "group.partner_id"],
            name=op.f("fk_membership_group_id_partner_id_group"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "role_id"],
            ["group.id", "group.role_id"],
            name=op.f("fk_membership_group_id_role_id_group"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_affiliation_id"), ["affiliation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_membership_group_id"), ["group_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_membership_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_membership_user_id"), ["user_id"], unique=False
        )
        batch_op.create_index(
            "uq_membership_active",
            ["group_id", "affiliation_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    guard_the_journal(op.get_bind().dialect.name)


def guard_the_journal(dialect: str) -> None:
    """The journal is append-only: no update, no delete."""
    if dialect == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER journal_no_{what.lower()} BEFORE {what} ON journal "
                "BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'journal is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER journal_append_only ON journal")
        op.execute("DROP FUNCTION journal_is_append_only()")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_active",
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_partner_id"))
        batch_op.drop_index(batch_op.f("ix_membership_group_id"))
        batch_op.drop_index(batch_op.f("ix_membership_affiliation_id"))

    op.drop_table("membership")
    with op.batch_alter_table("group_establishment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_establishment_establishment_id"))

    op.drop_table("group_establishment")
    with op.batch_alter_table("bulletin_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_role_role_id"))

    op.drop_table("bulletin_role")
    with op.batch_alter_table("bulletin_establishment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_establishment_establishment_id"))

    op.drop_table("bulletin_establishment")
    op.drop_table("bulletin_department")
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suspension_convention_id"))
        batch_op.drop_index(batch_op.f("ix_suspension_affiliation_id"))
        batch_op.drop_index(batch_op.f("ix_suspension_access_id"))

    op.drop_table("suspension")
    with op.batch_alter_table("partner_state", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_state_first",
            sqlite_where=sa.text("chained IS NULL"),
            postgresql_where=sa.text("chained IS NULL"),
        )
        batch_op.drop_index("ix_partner_state_signing")
        batch_op.drop_index(batch_op.f("ix_partner_state_convention_id"))
        batch_op.drop_index("ix_partner_state_administering")

    op.drop_table("partner_state")
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.drop_index("ix_group_sort_key")
        batch_op.drop_index(batch_op.f("ix_group_partner_id"))
        batch_op.drop_index(batch_op.f("ix_group_access_id"))

    op.drop_table("group")
    with op.batch_alter_table("contract_manager", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_manager_user_id"))
        batch_op.drop_index(batch_op.f("ix_contract_manager_partner_id"))
        batch_op.drop_index(batch_op.f("ix_contract_manager_convention_id"))
        batch_op.drop_index(batch_op.f("ix_contract_manager_affiliation_id"))

    op.drop_table("contract_manager")
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bulletin_one_open",
            sqlite_where=sa.text("opened_on IS NOT NULL AND closed_on IS NULL"),
            postgresql_where=sa.text("opened_on IS NOT NULL AND closed_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bulletin_partner_id"))
        batch_op.drop_index(batch_op.f("ix_bulletin_convention_id"))
        batch_op.drop_index(batch_op.f("ix_bulletin_access_id"))

    op.drop_table("bulletin")
    with op.batch_alter_table("service_access", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_access_service_id"))
        batch_op.drop_index(batch_op.f("ix_service_access_partner_id"))
        batch_op.drop_index(batch_op.f("ix_service_access_convention_id"))

    op.drop_table("service_access")
    op.drop_table("convention_mission")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_partner_id"))

    op.drop_table("contract")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_convention_id"))

    op.drop_table("amendment")
    with op.batch_alter_table("partner_siret", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_siret_current",
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    op.drop_table("partner_siret")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_partner_seq")
        batch_op.drop_index(batch_op.f("ix_journal_object_id"))
        batch_op.drop_index(batch_op.f("ix_journal_day"))
        batch_op.drop_index(batch_op.f("ix_journal_actor_id"))

    op.drop_table("journal")
    with op.batch_alter_table("establishment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_establishment_siret",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_establishment_partner_id"))

    op.drop_table("establishment")
    with op.batch_alter_table("eligibility", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_eligibility_partner_id"))

    op.drop_table("eligibility")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_partner_id"))
        batch_op.drop_index(batch_op.f("ix_document_attached_to"))

    op.drop_table("document")
    with op.batch_alter_table("convention", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_convention_one_per_partner",
            sqlite_where=sa.text("in_force_on IS NOT NULL AND closed_on IS NULL"),
            postgresql_where=sa.text("in_force_on IS NOT NULL AND closed_on IS NULL"),
        )
        batch_op.drop_index("ix_convention_prepared_on")
        batch_op.drop_index(batch_op.f("ix_convention_partner_id"))
        batch_op.drop_index(batch_op.f("ix_convention_organism_id"))

    op.drop_table("convention")
    with op.batch_alter_table("cna_hand_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cna_hand_back_partner_id"))

    op.drop_table("cna_hand_back")
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_affiliation_active",
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_affiliation_user_id"))
        batch_op.drop_index("ix_affiliation_partner_id")

    op.drop_table("affiliation")
    with op.batch_alter_table("activity_attestation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_attestation_partner_id"))

    op.drop_table("activity_attestation")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_user_id"))

    op.drop_table("sign_in")
    op.drop_table("service_excluded_department")
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_service_id"))

    op.drop_table("role")
    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.drop_index("ix_partner_sort_key")
        batch_op.drop_index(batch_op.f("ix_partner_siren"))
        batch_op.drop_index("ix_partner_registered_on")
        batch_op.drop_index(batch_op.f("ix_partner_follower_id"))

    op.drop_table("partner")
    op.drop_table("organism_support")
    with op.batch_alter_table("organism_department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organism_department_department"))

    op.drop_table("organism_department")
    op.drop_table("mission_service")
    op.drop_table("idempotency")
    with op.batch_alter_table("agent", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_agent_active",
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_agent_user_id"))
        batch_op.drop_index(batch_op.f("ix_agent_organism_id"))

    op.drop_table("agent")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index("ix_user_sort_key")

    op.drop_table("user")
    op.drop_table("service")
    op.drop_table("parameter")
    with op.batch_alter_table("organism", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organism_sort_key"))

    op.drop_table("organism")
    op.drop_table("mission")
    op.drop_table("department")
    op.drop_table("campaign")
