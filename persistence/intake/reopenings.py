"""The treatments that may still be reopened, and what they stand on."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple, TypeAlias

from sqlalchemy import select

from persistence.facts.treatments import treated_change, treated_line
from persistence.records import (
    ActivityChange,
    Campaign,
    Declaration,
    DeclarationLine,
    Processing,
)
from persistence.records.base import table
from persistence.register import Register

Treated: TypeAlias = DeclarationLine | ActivityChange


class Bearer(NamedTuple):
    """Where a treatment is shown today: a line, a change, or neither."""

    line_id: str | None
    change_id: str | None


async def bearers_of(
    register: Register, treatment_ids: Sequence[str]
) -> dict[str, Bearer]:
    """What shows each of these treatments today, by its treatment."""
    treatment = table("treatment").alias()
    bearers = (
        treated_line(treatment).scalar_subquery(),
        treated_change(treatment).scalar_subquery(),
    )
    ids = list(treatment_ids)
    rows = await register.session.execute(
        select(treatment.c.id, *bearers).where(register.among(treatment.c.id, ids))
    )
    return {treatment_id: Bearer(*where) for treatment_id, *where in rows}


async def beneficiaries_again(
    register: Register, rows: Collection[Treated]
) -> set[str]:
    """The persons of these rows, but whom another line in force says no beneficiary.

    The rows themselves, which said so, say it no longer. The last certificate counts.
    """
    persons = {row.person_id for row in rows}
    if not persons:
        return set()
    line, head = DeclarationLine, Declaration
    columns = DeclarationLine.__table__.c
    lines = await register.session.execute(
        select(line.person_id, Campaign.year, line.id, line.processing)
        .select_from(line)
        .join(head, head.id == line.declaration_id)
        .join(Campaign, Campaign.id == head.campaign_id)
        .where(
            register.among(columns.person_id, sorted(persons)),
            Declaration.is_in_force.sql(Declaration.__table__),
        )
    )
    own_ids = {row.id for row in rows}
    denials: dict[str, dict[int, bool]] = defaultdict(dict)
    for worker_id, year, line_id, processing in lines:
        is_denied = processing is Processing.NOT_BENEFICIARY and line_id not in own_ids
        of_year = denials[worker_id]
        of_year[year] = of_year.get(year, False) or is_denied
    return {
        worker_id
        for worker_id in persons
        if not (denials[worker_id] and denials[worker_id][max(denials[worker_id])])
    }
