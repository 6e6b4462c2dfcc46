"""The treatments that may still be reopened, and what they stand on."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from persistence.facts.persons import person
from persistence.facts.treatments import treated_line
from persistence.records import (
    Declaration,
    DeclarationLine,
    Processing,
)
from persistence.records.base import table
from persistence.register import Register

from .cards import cards_among


async def treated_lines(
    register: Register, treatment_ids: Sequence[str]
) -> dict[str, str | None]:
    """The line that shows each of these treatments today, by its treatment."""
    treatment = table("treatment").alias()
    line = treated_line(treatment).scalar_subquery()
    rows = await register.session.execute(
        select(treatment.c.id, line).where(
            register.among(treatment.c.id, list(treatment_ids))
        )
    )
    return dict(rows.all())


async def beneficiaries_again(
    register: Register,
    campaign_ids: Collection[str | None],
    lines: Collection[DeclarationLine],
) -> set[str]:
    """The persons of these lines, but whom another line in force says no beneficiary.

    The lines themselves, which said so, say it no longer.
    """
    worker_ids = sorted({line.worker_id for line in lines})
    if not worker_ids:
        return set()
    card = table("worker").alias()
    is_theirs = register.among(card.c.id.label("theirs"), worker_ids)
    persons = set(await register.session.scalars(select(person(card)).where(is_theirs)))
    line, head = DeclarationLine, Declaration
    columns = DeclarationLine.__table__.c
    others = await register.session.scalars(
        select(person(card))
        .select_from(line)
        .join(card, card.c.id == line.worker_id)
        .join(head, head.id == line.declaration_id)
        .where(
            columns.worker_id.in_(cards_among(register, sorted(persons))),
            ~register.among(columns.id, [each.id for each in lines]),
            head.campaign_id.in_(campaign_ids),
            Declaration.is_in_force.sql(Declaration.__table__),
            line.processing == Processing.NOT_BENEFICIARY,
        )
    )
    return persons - set(others)
