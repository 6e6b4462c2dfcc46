"""What is suspended: a convention, a service of it, or a person.

Each of the two parties ends its own.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, TypeAlias

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    FromClause,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Record, named, table, unique_where, untold
from .periods import Day, Period, exists, predicate
from .rules import Notice, Refused, Rule, require


class SuspensionSide(StrEnum):
    """Which of the two parties suspends: each one ends its own suspension."""

    PARTNER = "PARTNER"
    ORGANISM = "ORGANISM"


class Author(NamedTuple):
    """Who acts on a right, and for which party; the seeds act for nobody."""

    side: SuspensionSide
    user_id: str | None = None


class Suspension(Record):
    """Suspension of a convention, of a service of it, or of an affiliation.

    Rights stop; dates do not.

    One runs for each side, and rights stop while any runs.
    """

    __tablename__ = "suspension"
    prefix = "sus"
    period: ClassVar = Period("starts_on", ("ends_on",))
    __table_args__ = (
        CheckConstraint(
            " + ".join(
                f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
                for column in ("convention_id", "access_id", "affiliation_id")
            )
            + " = 1",
            name="one_object",
        ),
        unique_where(
            "uq_suspension_running",
            "affiliation_id",
            "side",
            where="affiliation_id IS NOT NULL AND ends_on IS NULL",
        ),
    )

    convention_id: Mapped[str | None] = mapped_column(
        ForeignKey("convention.id"), index=True
    )
    access_id: Mapped[str | None] = mapped_column(
        ForeignKey("service_access.id"), index=True
    )
    affiliation_id: Mapped[str | None] = mapped_column(
        ForeignKey("affiliation.id"), index=True
    )
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = untold()
    side: Mapped[SuspensionSide] = mapped_column(
        named(SuspensionSide), server_default=SuspensionSide.ORGANISM.value
    )
    set_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    ended_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))

    @classmethod
    def by(cls, author: Author, starts_on: date, reason: str) -> "Suspension":
        return cls(
            starts_on=starts_on,
            reason=reason.strip(),
            side=author.side,
            set_by_id=author.user_id,
        )

    def again(self, starts_on: date) -> "Suspension":
        """The same suspension, of what takes the place of its object."""
        return Suspension(
            starts_on=starts_on,
            ends_on=self.ends_on,
            reason=self.reason,
            side=self.side,
            set_by_id=self.set_by_id,
        )

    def runs_on(self, day: date) -> bool:
        return self.period.holds(self, day)


def is_suspended(suspensions: list[Suspension], day: date) -> bool:
    """Whether a suspension, of either side, runs that day."""
    return any(suspension.runs_on(day) for suspension in suspensions)


def suspended_by(column: str) -> predicate[Any, [date]]:
    """The predicate of a record that has `suspensions`: whether one runs.

    A suspension of either side counts.

    `column`: the one that refers to the record in their table.
    """

    def on_records(record: Any, day: date) -> bool:  # noqa: ANN401 any of them
        return is_suspended(record.suspensions, day)

    def on_rows(
        row: FromClause, day: Day, key: str = "id", side: str | None = None
    ) -> ColumnElement[bool]:
        """`key`: the column of the row that names the record.

        `side`: the only side whose suspensions count.
        """
        suspension = table("suspension").alias()
        same_record = suspension.c[column] == row.c[key]
        same_side = [suspension.c.side == side] if side else []
        return exists(
            suspension,
            where=[same_record, Suspension.period.sql(suspension, day), *same_side],
        )

    return predicate(on_records).in_sql(on_rows)


Announced: TypeAlias = Sequence[tuple[date, list[Suspension]]]
"""The first day, and the suspensions, of what is signed to take the place of an object
that may be suspended: a switch already announced gives no right back."""


def suspend(
    suspensions: list[Suspension],
    today: date,
    reason: str,
    author: Author,
    announced: Announced = (),
) -> None:
    """Open a suspension today; refused while one of the same side runs."""
    require(reason.strip(), Rule.VALUE_INVALID, "suspension_reason")
    require(author.side not in suspending(suspensions, today), Rule.ALREADY_SUSPENDED)
    suspensions.append(Suspension.by(author, today, reason))
    for on, later in announced:
        later.append(Suspension.by(author, on, reason))


def resume(
    suspensions: list[Suspension],
    today: date,
    author: Author,
    announced: Announced = (),
    *,
    both: bool = False,
) -> list[Notice]:
    """End today the suspension of the author's side, or `both`.

    The other one, if it still runs, is announced.
    """
    running = [s for s in suspensions if s.runs_on(today)]
    require(running, Rule.NOT_SUSPENDED)
    ending = [s for s in running if both or s.side is author.side]
    if not ending:
        raise Refused(SUSPENDED_BY[running[0].side])
    for suspension in ending:
        suspension.ends_on, suspension.ended_by_id = today, author.user_id
    for on, later in announced:
        for suspension in (s for s in later if s.side is author.side):
            suspension.ends_on, suspension.ended_by_id = on, author.user_id
    return [Notice(Rule.STILL_SUSPENDED)] if len(ending) < len(running) else []


SUSPENDED_BY = {
    SuspensionSide.PARTNER: Rule.SUSPENDED_BY_PARTNER,
    SuspensionSide.ORGANISM: Rule.SUSPENDED_BY_ORGANISM,
}
"""What is answered to the other side, which would end a suspension that is not its
own."""

ENDED_BY = {
    SuspensionSide.PARTNER: Rule.ENDED_BY_PARTNER,
    SuspensionSide.ORGANISM: Rule.ENDED_BY_ORGANISM,
}


def suspending(suspensions: list[Suspension], day: date) -> set[SuspensionSide]:
    return {s.side for s in suspensions if s.runs_on(day)}
