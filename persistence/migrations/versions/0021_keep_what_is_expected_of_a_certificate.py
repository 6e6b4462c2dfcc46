"""Keep what is expected of each certificate."""

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant, Words

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
additive = False


# what is kept of the rosters of the register as it stands
COUNTS = """
INSERT INTO campaign_standing (establishment_id, campaign_id, partner_id, expected, missing, returned, pending, draft_since)
WITH line AS (
  SELECT d.establishment_id, c.year, l.worker_id, l.processing FROM declaration d
    JOIN campaign c ON c.id = d.campaign_id JOIN declaration_line l ON l.declaration_id = d.id
   WHERE d.received_at IS NOT NULL AND d.superseded_at IS NULL),
person AS (
  SELECT establishment_id, year, worker_id FROM line UNION SELECT establishment_id, year + 1, worker_id FROM line
  UNION SELECT a.establishment_id, c.year, a.worker_id FROM activity_change a JOIN worker w ON w.id = a.worker_id
    JOIN campaign c ON w.entered_on < c.reference_ends_on AND a.effective_on > c.reference_starts_on
   WHERE a.kind = 'DEPARTURE' AND a.ended_at IS NULL),
standing AS (
  SELECT p.establishment_id, c.id AS campaign_id, l.processing,
    CASE WHEN l.worker_id IS NULL THEN 0 ELSE 1 END AS declared,
    CASE WHEN l.worker_id IS NULL AND w.aah_beneficiary AND (e.ended_on IS NULL OR e.ended_on > c.reference_ends_on)
      AND NOT EXISTS (SELECT 1 FROM activity_change a WHERE a.worker_id = p.worker_id AND a.kind = 'DEPARTURE'
        AND a.establishment_id = p.establishment_id AND a.ended_at IS NULL AND a.effective_on <= c.reference_starts_on)
      AND NOT EXISTS (SELECT 1 FROM line x WHERE x.worker_id = p.worker_id AND x.year = p.year
        AND x.establishment_id <> p.establishment_id) THEN 1 ELSE 0 END AS missing
    FROM person p JOIN campaign c ON c.year = p.year JOIN worker w ON w.id = p.worker_id
    JOIN establishment e ON e.id = p.establishment_id
    LEFT JOIN line l ON l.establishment_id = p.establishment_id AND l.year = p.year AND l.worker_id = p.worker_id)
SELECT e.id, c.id, e.partner_id, COALESCE(SUM(s.declared + s.missing), 0), COALESCE(SUM(s.missing), 0),
  COALESCE(SUM(CASE WHEN s.processing = 'RETURNED' THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN s.declared = 1 AND s.processing IS NULL THEN 1 ELSE 0 END), 0),
  (SELECT d.prepared_at FROM declaration d WHERE d.establishment_id = e.id AND d.campaign_id = c.id
    AND d.received_at IS NULL AND d.superseded_at IS NULL)
  FROM establishment e CROSS JOIN campaign c
  LEFT JOIN standing s ON s.establishment_id = e.id AND s.campaign_id = c.id
 GROUP BY e.id, c.id, e.partner_id
"""


def upgrade() -> None:
    op.create_table(
        "beneficiary_answer",
        sa.Column(
            "establishment_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "campaign_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "worker_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "partner_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "answer",
            sa.Enum(
                "AAH_LOST",
                "PAID_BY_MSA",
                "NONE",
                name="BeneficiaryAnswer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "by_id",
            Words,
            nullable=False,
        ),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_beneficiary_answer_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_beneficiary_answer_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f(
                "fk_beneficiary_answer_establishment_id_partner_id_establishment"
            ),
        ),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_beneficiary_answer_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint(
            "establishment_id",
            "campaign_id",
            "worker_id",
            name=op.f("pk_beneficiary_answer"),
        ),
    )
    op.create_table(
        "campaign_standing",
        sa.Column(
            "establishment_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "campaign_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "partner_id",
            Words,
            nullable=False,
        ),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("draft_since", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_standing_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_campaign_standing_establishment_id_partner_id_establishment"),
        ),
        sa.PrimaryKeyConstraint(
            "establishment_id", "campaign_id", name=op.f("pk_campaign_standing")
        ),
    )
    with op.batch_alter_table("campaign_standing") as batch_op:
        batch_op.create_index(
            "ix_campaign_standing_partner_id", ["partner_id"], unique=False
        )

    op.create_table(
        "mail_notice",
        sa.Column(
            "id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "partner_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "establishment_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "campaign_id",
            Words,
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "LINES_RETURNED",
                "PERSONS_MISSING",
                name="MailCause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "SENT",
                "NOBODY",
                "REFUSED",
                "EXPIRED",
                "IN_DOUBT",
                name="MailOutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_mail_notice_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_mail_notice_establishment_id_partner_id_establishment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_notice")),
    )
    with op.batch_alter_table("mail_notice") as batch_op:
        batch_op.create_index(
            "ix_mail_notice_due_at", ["closed_at", "due_at"], unique=False
        )
        batch_op.create_index(
            "uq_mail_notice_missing",
            ["establishment_id", "campaign_id"],
            unique=True,
            sqlite_where=sa.text("cause = 'PERSONS_MISSING'"),
            postgresql_where=sa.text("cause = 'PERSONS_MISSING'"),
        )
        batch_op.create_index(
            "uq_mail_notice_open",
            ["establishment_id", "campaign_id", "cause"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    for name, month in (("reference_starts_on", 11), ("reference_ends_on", 12)):
        day = sa.Column(name, sa.Date(), nullable=False, server_default="1970-01-01")
        op.add_column("campaign", day)
        op.execute(_first_of(name, month))
    op.execute(
        "INSERT INTO lease (name, token, until) "
        "VALUES ('mail', '', '2000-01-01T00:00:00.000000Z')"
    )
    op.execute(COUNTS)


def _first_of(name: str, month: int) -> str:
    """Write the first day of a month of the campaign's year into a column."""
    day = f"year || '-{month}-01'"
    if op.get_bind().dialect.name == "postgresql":
        day = f"make_date(year, {month}, 1)"
    return f"UPDATE campaign SET {name} = {day}"  # noqa: S608 our own words


def downgrade() -> None:
    op.execute("DELETE FROM lease WHERE name = 'mail'")
    # a batch would make the table anew, which others reference
    op.drop_column("campaign", "reference_ends_on")
    op.drop_column("campaign", "reference_starts_on")

    with op.batch_alter_table("mail_notice") as batch_op:
        batch_op.drop_index(
            "uq_mail_notice_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_mail_notice_missing",
            sqlite_where=sa.text("cause = 'PERSONS_MISSING'"),
            postgresql_where=sa.text("cause = 'PERSONS_MISSING'"),
        )
        batch_op.drop_index("ix_mail_notice_due_at")

    op.drop_table("mail_notice")
    with op.batch_alter_table("campaign_standing") as batch_op:
        batch_op.drop_index("ix_campaign_standing_partner_id")

    op.drop_table("campaign_standing")
    op.drop_table("beneficiary_answer")
