"""Make of a change an event of a life: stays, rates and dual activities per establishment.

What a register has is carried over: its changes as they are; the entries, the rates and
the dual activities that certificates have found, as events that refer to a line.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from alembic import op
from uuid_utils import uuid7

from persistence.types import Instant, Words

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
additive = False  # an older process would write rates without their establishment

ONE_DAY = timedelta(days=1)
Row = Mapping[str, Any]

REASONS = (
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
)
FORMER_KINDS = ("RATE_INCREASE", "RATE_DECREASE", "DEPARTURE")
KINDS = (
    "RATE_INCREASE",
    "RATE_DECREASE",
    "RATE_FOUND",
    "DEPARTURE",
    "ADMISSION",
    "DUAL_ACTIVITY_START",
    "DUAL_ACTIVITY_QUOTA",
    "DUAL_ACTIVITY_END",
)
ACTS = ("DECLARED", "CORRECTION", "CANCELLATION")
SOURCES = ("CHANGE", "CERTIFICATE")
ANSWERS = ("TAKEN_INTO_ACCOUNT", "NOT_BENEFICIARY", "RETURNED", "WITHDRAWAL_NOTED")
CHECKS = {
    "undoes_another": "(act = 'DECLARED') = (corrects_id IS NULL)",
    "never_takes_place": "act <> 'CANCELLATION' OR ended_at IS NOT NULL",
    "of_a_line": "(source = 'CERTIFICATE') = (line_id IS NOT NULL)",
    "rate_of_a_line": "kind <> 'RATE_FOUND' OR source = 'CERTIFICATE'",
}
POINTERS = {
    "line_id": "declaration_line",
    "corrects_id": "activity_change",
    "processed_by_id": "user",
}
IS_UNDOING = sa.text("corrects_id IS NOT NULL")
IS_RUNNING = sa.text("ends_on IS NULL")
IN_ORDER = "ends_on IS NULL OR ends_on > starts_on"


# the lives of before


class Former(NamedTuple):
    """What a register had, by worker, or by worker and place."""

    lines: Mapping[tuple[str, str], Sequence[Row]]
    changes: Mapping[tuple[str, str], Sequence[Row]]
    rates: Mapping[str, Sequence[Row]]
    duals: Mapping[str, Sequence[Row]]


@dataclass
class Carried:
    """The rows to write."""

    KEY: ClassVar = ("worker_id", "establishment_id", "starts_on", "partner_id")
    EVENT_COLUMNS: ClassVar = (
        "id",
        "version",
        "partner_id",
        "establishment_id",
        "worker_id",
        "paying_id",
        "source",
        "line_id",
        "kind",
        "rate_after",
        "weekly_hours",
        "employer_siret",
    )
    events: list[dict[str, Any]] = field(default_factory=list)
    spans: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )


LINES = """SELECT l.id, l.worker_id, l.establishment_id, l.partner_id, l.paying_id,
    l.entered_on, l.rate, l.dual_activity_since, d.received_at,
    d.superseded_at IS NULL AS in_force, w.entered_on AS card_entered_on
  FROM declaration_line l JOIN declaration d ON d.id = l.declaration_id
  JOIN worker w ON w.id = l.worker_id
  WHERE l.deposited ORDER BY l.worker_id, d.received_at, l.id"""
CHANGES = """SELECT worker_id, establishment_id, kind, effective_on, rate_before,
    rate_after, departure_reason
  FROM activity_change WHERE ended_at IS NULL ORDER BY worker_id, effective_on, id"""
RATES = "SELECT worker_id, starts_on, rate FROM worker_rate ORDER BY starts_on"
DUALS = """SELECT worker_id, starts_on, ends_on, weekly_hours, employer_siret
  FROM dual_activity ORDER BY starts_on"""
DAYS = (
    "entered_on",
    "card_entered_on",
    "dual_activity_since",
    "effective_on",
    "starts_on",
    "ends_on",
)


def _rows(connection: sa.Connection, query: str) -> list[Row]:
    types = {name: sa.Date() for name in DAYS if name in query}
    if "received_at" in query:
        types["received_at"] = Instant()  # type: ignore[assignment]
    typed = sa.text(query).columns(**types)
    return [dict(row) for row in connection.execute(typed).mappings()]


def read_former(connection: sa.Connection) -> Former:
    lines, changes, rates, duals = (
        _rows(connection, query) for query in (LINES, CHANGES, RATES, DUALS)
    )
    return Former(
        _grouped(lines, "worker_id", "establishment_id"),
        _grouped(changes, "worker_id", "establishment_id"),
        _grouped(rates, "worker_id"),
        _grouped(duals, "worker_id"),
    )


def _grouped(rows: Sequence[Row], *names: str) -> Any:  # noqa: ANN401 by one name or two
    groups = defaultdict(list)
    for row in rows:
        key = tuple(row[name] for name in names)
        groups[key if len(names) > 1 else key[0]].append(row)
    return groups


def carry_lives(former: Former) -> Carried:
    """The events that certificates state, and the spans of every life."""
    rows_of_all = Carried()
    carried_workers: set[str] = set()
    for key, lines in former.lines.items():
        worker_id, _ = key
        is_first = (
            worker_id not in carried_workers
        )  # rates and dual activities had no place
        carried_workers.add(worker_id)
        life = _Life(lines, former.changes.get(key, ()), rows_of_all)
        rates = former.rates.get(worker_id, ()) if is_first else ()
        duals = former.duals.get(worker_id, ()) if is_first else ()
        life.carry(rates, duals)
    return rows_of_all


class _Life:
    """One worker in one place: its events in order of days, then its spans."""

    def __init__(
        self, lines: Sequence[Row], changes: Sequence[Row], carried: Carried
    ) -> None:
        self.lines = lines
        self.changes = changes
        self.carried = carried
        self.stays: list[dict[str, Any]] = []

    def carry(self, rates: Sequence[Row], duals: Sequence[Row]) -> None:
        self._admit()
        declared = {c["effective_on"] for c in self.changes if c["rate_after"]}
        certified = {r["starts_on"]: r["rate"] for r in rates}
        certified = {
            day: rate for day, rate in certified.items() if day not in declared
        }
        for index, stay in enumerate(self.stays):
            is_last = index == len(self.stays) - 1
            self._carry_rates(stay, certified, is_last=is_last)
            self.carried.spans["worker_stay"].append(stay)
        for dual in duals:
            self._carry_dual(dual)

    # stays

    def _admit(self) -> None:
        """The entry, and each entry that a line states from a departure on."""
        in_force = [line for line in self.lines if line["in_force"]] or self.lines
        entries = sorted({line["entered_on"] for line in in_force})
        departures = [c for c in self.changes if c["kind"] == "DEPARTURE"]
        first = entries[0]
        for change in self.changes[:1]:
            is_departure = change["kind"] == "DEPARTURE"
            latest = change["effective_on"] - (ONE_DAY if is_departure else ONE_DAY * 0)
            first = min(first, latest)
        self._enter(first)
        for departure in departures:
            left = departure["effective_on"]
            stay = self.stays[-1]
            if stay["ends_on"] is not None or left <= stay["starts_on"]:
                continue
            stay["ends_on"] = left
            stay["departure_reason"] = departure["departure_reason"]
            returned = [entry for entry in entries if entry >= left]
            if returned:
                self._enter(returned[0])

    def _enter(self, day: date) -> None:
        line = self._line(lambda line: line["entered_on"] == day)
        self._add(line, "ADMISSION", day)
        stay = self._span(day, line)
        self.stays.append(stay | {"ends_on": None, "departure_reason": None})

    # rates

    def _carry_rates(
        self, stay: dict[str, Any], certified: Mapping[date, int], *, is_last: bool
    ) -> None:
        """The rates of a stay: those certified, and those declared beside them."""
        rows: list[tuple[date, int]] = []
        first, end = stay["starts_on"], stay["ends_on"]
        days = {
            day: rate for day, rate in certified.items() if _is_within(day, first, end)
        }
        if is_last and len(self.stays) == 1:
            early = [day for day in certified if day < first]
            for day in early[-1:]:
                days.setdefault(first, certified[day])
        for change in self.changes:
            day, rate = change["effective_on"], change["rate_after"]
            if rate is None or not _is_within(day, first, end):
                continue
            before = [days[d] for d in sorted(days) if d < day] + [
                r for d, r in rows if d < day
            ]
            if not before and change["rate_before"] is not None and day > first:
                days[first] = change["rate_before"]
            rows.append((day, rate))
        for day in sorted(days):
            line = self._line(lambda line, rate=days[day]: line["rate"] == rate)
            self._add(line, "RATE_FOUND", day, rate_after=days[day])
        rows += days.items()
        span = self._span(first, self.lines[0])
        self.carried.spans["worker_rate"] += [
            span | {"starts_on": day, "rate": rate} for day, rate in sorted(rows)
        ]

    # dual activities

    def _carry_dual(self, dual: Row) -> None:
        day, end = dual["starts_on"], dual["ends_on"]
        stay = next(
            (
                stay
                for stay in self.stays
                if stay["ends_on"] is None or day < stay["ends_on"]
            ),
            None,
        )
        if stay is None:
            return
        day = max(day, stay["starts_on"])
        rows_of_all = self.carried.spans["dual_activity"]
        mine = [
            one
            for one in rows_of_all
            if one["worker_id"] == stay["worker_id"]
            and one["establishment_id"] == stay["establishment_id"]
        ]
        if end is not None and end <= day:
            return
        if any(one["ends_on"] is None or one["ends_on"] > day for one in mine):
            return
        line = self._line(lambda line: line["dual_activity_since"] == day)
        values = {name: dual[name] for name in ("weekly_hours", "employer_siret")}
        self._add(line, "DUAL_ACTIVITY_START", day, **values)
        left = stay["ends_on"]
        if end is not None and (left is None or end <= left):
            self._add(self.lines[-1], "DUAL_ACTIVITY_END", end)
        ends_on = min((d for d in (end, left) if d is not None), default=None)
        rows_of_all.append(self._span(day, line) | {"ends_on": ends_on} | values)

    # rows

    def _line(self, is_meant: Any) -> Row:  # noqa: ANN401 a test of a line
        """The first line that states it, else the last one."""
        return next((line for line in self.lines if is_meant(line)), self.lines[-1])

    def _span(self, day: date, line: Row) -> dict[str, Any]:
        return {
            "worker_id": line["worker_id"],
            "establishment_id": line["establishment_id"],
            "starts_on": day,
            "partner_id": line["partner_id"],
        }

    def _add(self, line: Row, kind: str, day: date, **values: Any) -> None:  # noqa: ANN401 columns
        columns = ("partner_id", "establishment_id", "worker_id", "paying_id")
        event = dict.fromkeys(Carried.EVENT_COLUMNS)
        event |= {name: line[name] for name in columns}
        event |= {
            "id": f"chg_{uuid7().hex}",
            "version": 1,
            "source": "CERTIFICATE",
            "line_id": line["id"],
            "kind": kind,
            "effective_on": day,
            "received_at": line["received_at"],
        }
        self.carried.events.append(event | values)


def _is_within(day: date, first: date, end: date | None) -> bool:
    return first <= day and (end is None or day < end)


# back


def former_rates(
    connection: sa.Connection,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rates and the dual activities without their place, for the step before."""
    rates = {}
    query = "SELECT worker_id, starts_on, partner_id, rate FROM worker_rate"
    for row in _rows(connection, query):
        rates[row["worker_id"], row["starts_on"]] = dict(row)
    duals = {}
    query = """SELECT worker_id, starts_on, ends_on, partner_id, weekly_hours,
        employer_siret FROM dual_activity"""
    for row in _rows(connection, query):
        duals[row["worker_id"], row["starts_on"]] = dict(row)
    return list(rates.values()), list(duals.values())


# the step


def upgrade() -> None:
    connection = op.get_bind()
    former = read_former(connection)
    _make_changes_events()
    op.drop_table("worker_rate")
    op.drop_table("dual_activity")
    _make_spans()
    _make_numbers()
    _write(connection, carry_lives(former))


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=40
    )


def _make_changes_events() -> None:
    columns: list[sa.Column[Any]] = [
        sa.Column("act", _enum("ChangeAct", *ACTS), server_default="DECLARED"),
        sa.Column("source", _enum("ChangeSource", *SOURCES), server_default="CHANGE"),
    ]
    for column in columns:
        column.nullable = False
    columns += [
        sa.Column("line_id", Words),
        sa.Column("weekly_hours", sa.Integer()),
        sa.Column("employer_siret", Words),
        sa.Column("corrects_id", Words),
        sa.Column("processing", _enum("Processing", *ANSWERS)),
        sa.Column("processed_on", sa.Date()),
        sa.Column("processed_by_id", Words),
        sa.Column("processing_reason", Words),
    ]
    with op.batch_alter_table("activity_change") as batch:
        batch.drop_constraint(op.f("ck_activity_change_ChangeKind"), type_="check")
        for column in columns:
            batch.add_column(column)
        batch.create_check_constraint("ChangeKind", f"kind IN {KINDS}")
        for name, rule in CHECKS.items():
            batch.create_check_constraint(name, rule)
        for column_name, table in POINTERS.items():
            name = op.f(f"fk_activity_change_{column_name}_{table}")
            batch.create_foreign_key(name, table, [column_name], ["id"])
    op.create_index(
        "uq_activity_change_corrects_id",
        "activity_change",
        ["corrects_id"],
        unique=True,
        sqlite_where=IS_UNDOING,
        postgresql_where=IS_UNDOING,
    )


def _make_spans() -> None:
    ends_for_a_reason = "(ends_on IS NULL) = (departure_reason IS NULL)"
    reason = _enum("DepartureReason", *REASONS)
    _make_table(
        "worker_stay",
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("departure_reason", reason, nullable=True),
        sa.CheckConstraint(IN_ORDER, name=op.f("ck_worker_stay_in_order")),
        sa.CheckConstraint(
            ends_for_a_reason, name=op.f("ck_worker_stay_ends_for_a_reason")
        ),
    )
    op.create_index(
        "ix_worker_stay_place", "worker_stay", ["establishment_id", "starts_on"]
    )
    _make_table("worker_rate", sa.Column("rate", sa.Integer(), nullable=False))
    _make_table(
        "dual_activity",
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("weekly_hours", sa.Integer(), nullable=True),
        sa.Column("employer_siret", Words, nullable=True),
        sa.CheckConstraint(IN_ORDER, name=op.f("ck_dual_activity_in_order")),
    )
    for table in ("worker_stay", "dual_activity"):
        op.create_index(
            f"uq_{table}_running",
            table,
            ["worker_id", "establishment_id"],
            unique=True,
            sqlite_where=IS_RUNNING,
            postgresql_where=IS_RUNNING,
        )


def _make_table(name: str, *more: Any) -> None:  # noqa: ANN401 columns, constraints
    op.create_table(
        name,
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("establishment_id", Words, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("partner_id", Words, nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f(f"fk_{name}_worker_id_partner_id_worker"),
        ),
        sa.ForeignKeyConstraint(
            ["establishment_id", "partner_id"],
            ["establishment.id", "establishment.partner_id"],
            name=op.f(f"fk_{name}_establishment_id_partner_id_establishment"),
        ),
        sa.PrimaryKeyConstraint(
            "worker_id", "establishment_id", "starts_on", name=op.f(f"pk_{name}")
        ),
    )


def _make_numbers() -> None:
    op.create_table(
        "worker_number",
        sa.Column("partner_id", Words, nullable=False),
        sa.Column("nir_index", Words, nullable=False),
        sa.Column("worker_id", Words, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id", "partner_id"],
            ["worker.id", "worker.partner_id"],
            name=op.f("fk_worker_number_worker_id_partner_id_worker"),
        ),
        sa.PrimaryKeyConstraint(
            "partner_id", "nir_index", name=op.f("pk_worker_number")
        ),
    )
    op.create_index("ix_worker_number_worker_id", "worker_number", ["worker_id"])
    op.execute(
        "INSERT INTO worker_number (partner_id, nir_index, worker_id, since)"
        " SELECT partner_id, nir_index, id, entered_on FROM worker"
    )
    # a table that others refer to is not made again: SQLite would miss its rows
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    words = 'VARCHAR COLLATE "C"' if is_postgresql else "VARCHAR"
    op.execute(
        f"ALTER TABLE worker ADD COLUMN merged_into_id {words}"
        " CONSTRAINT fk_worker_merged_into_id_worker REFERENCES worker (id)"
    )


def _write(connection: sa.Connection, rows: Carried) -> None:
    """The events that certificates state, the entries' rates, and the spans of all."""
    change = _table(
        "activity_change", "effective_on", "received_at", *Carried.EVENT_COLUMNS
    )
    if rows.events:
        connection.execute(sa.insert(change), rows.events)
    spans = {
        "worker_stay": ("ends_on", "departure_reason"),
        "worker_rate": ("rate",),
        "dual_activity": ("ends_on", "weekly_hours", "employer_siret"),
    }
    for name, more in spans.items():
        if rows.spans[name]:
            table = _table(name, *Carried.KEY, *more)
            connection.execute(sa.insert(table), rows.spans[name])


def _table(name: str, *columns: str) -> sa.TableClause:
    types: dict[str, Any] = dict.fromkeys(
        ("effective_on", "starts_on", "ends_on"), sa.Date()
    )
    types["received_at"] = Instant()
    return sa.table(name, *(sa.column(c, types.get(c)) for c in columns))


def downgrade() -> None:
    connection = op.get_bind()
    rates, duals = former_rates(connection)
    with op.batch_alter_table("worker") as batch:
        batch.drop_column("merged_into_id")
    for name in ("worker_number", "worker_stay", "worker_rate", "dual_activity"):
        op.drop_table(name)
    _make_former_spans()
    _forget_events()
    for name, rows in (("worker_rate", rates), ("dual_activity", duals)):
        if rows:
            connection.execute(sa.insert(_table(name, *rows[0].keys())), rows)


UNKNOWN = (
    "SELECT id FROM activity_change WHERE act = 'CANCELLATION'"  # noqa: S608 our words
    f" OR source = 'CERTIFICATE' OR kind NOT IN {FORMER_KINDS}"
)
"""The changes that an older process has no word for."""
FORGETTING = (
    f"UPDATE activity_change SET ended_by_id = id WHERE ended_by_id IN ({UNKNOWN})",  # noqa: S608
    f"DELETE FROM treatment WHERE change_id IN ({UNKNOWN})",  # noqa: S608
    "UPDATE activity_change SET corrects_id = NULL, act = 'DECLARED' WHERE act = 'CORRECTION'",
    f"DELETE FROM activity_change WHERE id IN ({UNKNOWN})",  # noqa: S608
)


def _forget_events() -> None:
    for statement in FORGETTING:
        op.execute(statement)
    op.drop_index("uq_activity_change_corrects_id", "activity_change")
    with op.batch_alter_table("activity_change") as batch:
        for name in (*CHECKS, "ChangeAct", "ChangeSource", "Processing", "ChangeKind"):
            batch.drop_constraint(op.f(f"ck_activity_change_{name}"), type_="check")
        for column, table in POINTERS.items():
            name = op.f(f"fk_activity_change_{column}_{table}")
            batch.drop_constraint(name, type_="foreignkey")
        for column in (
            "act",
            "source",
            "line_id",
            "weekly_hours",
            "employer_siret",
            "corrects_id",
            "processing",
            "processed_on",
            "processed_by_id",
            "processing_reason",
        ):
            batch.drop_column(column)
        batch.create_check_constraint("ChangeKind", f"kind IN {FORMER_KINDS}")


def _make_former_spans() -> None:
    more: dict[str, list[sa.Column[Any]]] = {
        "worker_rate": [sa.Column("rate", sa.Integer(), nullable=False)],
        "dual_activity": [
            sa.Column("ends_on", sa.Date(), nullable=True),
            sa.Column("weekly_hours", sa.Integer(), nullable=True),
            sa.Column("employer_siret", Words, nullable=True),
        ],
    }
    for name, columns in more.items():
        op.create_table(
            name,
            sa.Column("worker_id", Words, nullable=False),
            sa.Column("starts_on", sa.Date(), nullable=False),
            sa.Column("partner_id", Words, nullable=False),
            *columns,
            sa.ForeignKeyConstraint(
                ["worker_id", "partner_id"],
                ["worker.id", "worker.partner_id"],
                name=op.f(f"fk_{name}_worker_id_partner_id_worker"),
            ),
            sa.PrimaryKeyConstraint("worker_id", "starts_on", name=op.f(f"pk_{name}")),
        )
