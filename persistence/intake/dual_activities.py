"""The dual activities that a declaration states, ends, or no longer states (R16)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, select, tuple_, update

from persistence.records import Declaration, DeclarationLine, DualActivity
from persistence.records.base import Base
from persistence.register import Register

from .known_workers import PreviousLine
from .remuneration_lines import Remuneration

COLUMNS = (
    "worker_id",
    "starts_on",
    "ends_on",
    "partner_id",
    "weekly_hours",
    "employer_siret",
)


class DualActivityRows:
    """The rows of the dual activities of one deposit.

    `before`: the lines that this declaration takes the place of, by worker.
    """

    def __init__(
        self, declaration: Declaration, before: Mapping[str, PreviousLine]
    ) -> None:
        self.declaration = declaration
        self.before = before
        self.stated: list[tuple[Any, ...]] = []
        self.ends: list[dict[str, Any]] = []

    def note(self, line: Remuneration, worker_id: str) -> None:
        since = line.dual_activity_since
        if line.dual_activity and since is not None:
            partner_id = self.declaration.partner_id
            more = (line.dual_activity_hours, line.dual_activity_employer)
            self.stated.append((worker_id, since, None, partner_id, *more))
        until = line.dual_activity_until
        if until is not None:
            self.ends.append({"key": worker_id, "until": until})

    def withdrawn(self) -> list[tuple[str, date]]:
        """Those of the former declaration that this one neither states nor ends."""
        stated = {(row[0], row[1]) for row in self.stated}
        ended = {row["key"] for row in self.ends}
        pairs = []
        for worker_id, previous in self.before.items():
            since = previous.dual_activity_since
            if since is None or worker_id in ended:
                continue
            if (worker_id, since) not in stated:
                pairs.append((worker_id, since))
        return pairs

    async def write(self, register: Register) -> None:
        rows = Base.metadata.tables[DualActivity.__tablename__]
        connection = await register.session.connection()
        withdrawn = self.withdrawn()
        if withdrawn:
            pair = tuple_(rows.c.worker_id, rows.c.starts_on)
            stated_elsewhere = _stated_elsewhere(rows, self.declaration)
            removal = delete(rows).where(pair.in_(withdrawn), ~stated_elsewhere)
            await connection.execute(removal)
        if self.ends:
            await connection.execute(_ending(rows), self.ends)
        await register.upsert(DualActivity, COLUMNS, self.stated)


def _ending(rows: Any) -> Any:  # noqa: ANN401 a table, a statement
    """End what runs for the worker `key` and began before the day `until`."""
    until = bindparam("until", type_=rows.c.starts_on.type)
    ending = update(rows).where(
        rows.c.worker_id == bindparam("key"),
        rows.c.ends_on.is_(None),
        rows.c.starts_on < until,
    )
    return ending.values(ends_on=bindparam("until"))


def _stated_elsewhere(rows: Any, declaration: Declaration) -> Any:  # noqa: ANN401 a table, a condition
    """Whether a line of another declaration in force says that it began that day."""
    line = DeclarationLine.__table__
    head = Declaration.__table__
    lines = (
        select(line.c.id)
        .select_from(line.join(head, head.c.id == line.c.declaration_id))
        .where(
            line.c.worker_id == rows.c.worker_id,
            line.c.dual_activity_since == rows.c.starts_on,
            head.c.received_at.is_not(None),
            head.c.superseded_at.is_(None),
            head.c.id != declaration.id,
        )
    )
    return lines.correlate(rows).exists()
