"""Mean what is declared: « néant » said, treatments that follow the words, changes that may end."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from persistence.types import Instant

Words = sa.String().with_variant(sa.String(collation="C"), "postgresql")

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
additive = False

LIVING = "uq_activity_change_living"
ONE_A_DAY = "uq_activity_change_worker_id_establishment_id_kind_effective_on"
COLUMNS = ["worker_id", "establishment_id", "kind", "effective_on"]
SAID = (
    "paying_id", "matricule", "entered_on", "rate", "net_remuneration", "net_aid", "esat_share", "no_pay_reason",
    "dual_activity", "dual_activity_since", "dual_activity_hours", "dual_activity_employer",
)  # fmt: skip
NAMES = ("birth_name", "used_name", "given_names", "birth_date")
DUAL = ("dual_activity_since", "dual_activity_hours", "dual_activity_employer")


def upgrade() -> None:
    op.add_column(
        "declaration",
        sa.Column(
            "nothing_to_declare",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    op.add_column("establishment", sa.Column("end_reason", Words, nullable=True))
    op.add_column(
        "declaration_line", sa.Column("dual_activity_since", sa.Date(), nullable=True)
    )
    op.add_column(
        "declaration_line",
        sa.Column("dual_activity_hours", sa.Integer(), nullable=True),
    )
    op.add_column(
        "declaration_line", sa.Column("dual_activity_employer", Words, nullable=True)
    )
    op.add_column("declaration_line", sa.Column("words_digest", Words, nullable=True))
    _make_treatments()
    with op.batch_alter_table("activity_change") as batch:
        batch.add_column(sa.Column("ended_at", Instant(), nullable=True))
        batch.add_column(sa.Column("ended_by_id", Words, nullable=True))
        batch.create_foreign_key(
            op.f("fk_activity_change_ended_by_id_activity_change"),
            "activity_change",
            ["ended_by_id"],
            ["id"],
        )
        batch.create_check_constraint(
            "ended_by_another", "(ended_at IS NULL) = (ended_by_id IS NULL)"
        )
        batch.drop_constraint(ONE_A_DAY, type_="unique")
    where = sa.text("ended_at IS NULL")
    op.create_index(
        LIVING,
        "activity_change",
        COLUMNS,
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    connection = op.get_bind()
    _say_nothing(connection)
    _write_digests(connection)
    _keep_treatments(connection)


def _make_treatments() -> None:
    outcomes = (
        "TAKEN_INTO_ACCOUNT",
        "NOT_BENEFICIARY",
        "RETURNED",
        "WITHDRAWAL_NOTED",
        "REOPENED",
    )
    kind = sa.Enum(
        *outcomes,
        name="TreatmentOutcome",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "treatment",
        sa.Column("id", Words, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("paying_id", Words, nullable=False),
        sa.Column("line_id", Words, nullable=True),
        sa.Column("change_id", Words, nullable=True),
        sa.Column("campaign_id", Words, nullable=True),
        sa.Column("words_digest", Words, nullable=True),
        sa.Column("outcome", kind, nullable=False),
        sa.Column("reason", Words, nullable=True),
        sa.Column("by_id", Words, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(line_id IS NULL) <> (change_id IS NULL)",
            name=op.f("ck_treatment_of_a_line_or_of_a_change"),
        ),
        sa.CheckConstraint(
            "line_id IS NULL OR (campaign_id IS NOT NULL AND (words_digest IS NULL) = (outcome = 'WITHDRAWAL_NOTED'))",
            name=op.f("ck_treatment_of_the_words_of_a_line"),
        ),
        sa.CheckConstraint(
            "reason IS NOT NULL OR outcome IN ('TAKEN_INTO_ACCOUNT', 'WITHDRAWAL_NOTED')",
            name=op.f("ck_treatment_with_its_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_treatment_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_treatment_campaign_id_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["activity_change.id"],
            name=op.f("fk_treatment_change_id_activity_change"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f("fk_treatment_establishment_id_partner_id_establishment"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["declaration_line.id"],
            name=op.f("fk_treatment_line_id_declaration_line"),
        ),
        sa.ForeignKeyConstraint(
            ["paying_id"], ["organism.id"], name=op.f("fk_treatment_paying_id_organism")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_treatment_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment")),
    )
    op.create_index(
        "ix_treatment_words",
        "treatment",
        ["worker_id", "establishment_id", "campaign_id", "id"],
    )


def _say_nothing(connection: sa.Connection) -> None:
    """« Néant » where an empty list was sent on purpose; a deposit that lost all its lines did not say it."""
    connection.execute(
        sa.text(
            "UPDATE declaration SET nothing_to_declare = :yes WHERE line_count = 0 AND received_at IS NOT NULL"
            " AND EXISTS (SELECT 1 FROM batch b WHERE b.declaration_id = declaration.id AND b.received = 0)"
        ),
        {"yes": True},
    )


def _write_digests(connection: sa.Connection) -> None:
    """What each line says of its person, by the names of today's card, or those that a draft keeps."""
    line, worker = (
        _table("declaration_line", "drafted", *SAID),
        _table("worker", *NAMES),
    )
    columns = [
        line.c.id,
        line.c.drafted,
        *(line.c[name] for name in SAID),
        *(worker.c[name] for name in NAMES),
    ]
    rows = connection.execute(
        sa.select(*columns).join(worker, worker.c.id == line.c.worker_id)
    ).mappings()
    values = [_digested(row) for row in rows]
    if values:
        names = ("words_digest", *DUAL)
        statement = sa.update(line).where(line.c.id == sa.bindparam("key"))
        connection.execute(
            statement.values({name: sa.bindparam(f"new_{name}") for name in names}),
            values,
        )


def _digested(row: sa.RowMapping) -> dict[str, Any]:
    words = {name: row[name] for name in (*NAMES, *SAID)}
    if row["drafted"]:
        draft = json.loads(row["drafted"])
        words |= {
            name: draft[name] for name in (*NAMES, *DUAL) if draft.get(name) is not None
        }
    text = json.dumps(
        words, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    since = words["dual_activity_since"]
    if isinstance(since, str):
        words["dual_activity_since"] = sa.Date().python_type.fromisoformat(since)
    return {
        "key": row["id"],
        "new_words_digest": digest,
        **{f"new_{name}": words[name] for name in DUAL},
    }


def _keep_treatments(connection: sa.Connection) -> None:
    """The last answer of the Caf to each person, for each campaign, from the line that has kept it."""
    connection.execute(
        sa.text(
            """INSERT INTO treatment (id, version, partner_id, establishment_id, worker_id, paying_id, line_id,
                   campaign_id, words_digest, outcome, reason, by_id, at, day)
               SELECT 'trt_' || substr(l.id, 5), 1, l.partner_id, l.establishment_id, l.worker_id, l.paying_id, l.id,
                   d.campaign_id, l.words_digest, l.processing, l.processing_reason, l.processed_by_id, d.received_at,
                   l.processed_on
               FROM declaration_line l JOIN declaration d ON d.id = l.declaration_id
               WHERE l.processing IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM declaration_line m JOIN declaration e ON e.id = m.declaration_id
                   WHERE m.worker_id = l.worker_id AND e.establishment_id = d.establishment_id
                     AND e.campaign_id = d.campaign_id AND m.processing IS NOT NULL AND e.sequence > d.sequence)"""
        )
    )


def _table(name: str, *columns: str) -> sa.TableClause:
    types: dict[str, Any] = dict.fromkeys(
        ("entered_on", "birth_date", "dual_activity_since"), sa.Date()
    )
    types["dual_activity"] = sa.Boolean()
    typed = [sa.column(c, types.get(c)) for c in columns]
    more = ("id", "worker_id") if name == "declaration_line" else ("id",)
    new = ("words_digest", "dual_activity_hours", "dual_activity_employer")
    extra: list[Any] = [sa.column(c) for c in (*more, *new) if c not in columns]
    return sa.table(name, *typed, *extra)


def downgrade() -> None:
    op.drop_index(LIVING, "activity_change")
    op.drop_table("treatment")
    op.execute("DELETE FROM activity_change WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("activity_change") as batch:
        batch.drop_constraint(
            op.f("ck_activity_change_ended_by_another"), type_="check"
        )
        batch.drop_constraint(
            op.f("fk_activity_change_ended_by_id_activity_change"), type_="foreignkey"
        )
        batch.drop_column("ended_by_id")
        batch.drop_column("ended_at")
        batch.create_unique_constraint(ONE_A_DAY, COLUMNS)
    op.drop_column("declaration_line", "words_digest")
    op.drop_column("declaration_line", "dual_activity_employer")
    op.drop_column("declaration_line", "dual_activity_hours")
    op.drop_column("declaration_line", "dual_activity_since")
    op.drop_column("establishment", "end_reason")
    op.drop_column("declaration", "nothing_to_declare")
