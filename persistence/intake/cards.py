"""The cards of the workers of a partner, by their numbers or by their ids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from persistence.records import Worker, WorkerNumber
from persistence.records.workers import Card
from persistence.register import Register

from .change_lines import ActivityChangeLine
from .remuneration_lines import Remuneration


@dataclass(frozen=True, slots=True)
class WorkerCards:
    """Known cards, found by a line's NIR or by its worker's id."""

    indexes: Mapping[int, str]
    by_index: Mapping[str, Card]
    by_id: Mapping[str, Card]

    def get(self, line: Remuneration | ActivityChangeLine) -> Card | None:
        if line.worker_id is not None:
            return self.by_id.get(line.worker_id)
        index = self.indexes.get(line.index)
        return self.by_index.get(index) if index is not None else None


async def read_cards(
    register: Register,
    partner_id: str,
    indexes: Mapping[int, str],
    ids: Collection[str],
) -> WorkerCards:
    """The cards of these numbers, by the rank of their lines, and of these ids."""
    numbers = list(indexes.values())
    by_index = await _cards_by_number(
        register,
        partner_id,
        numbers,
    )
    by_id = {card.id: card for card in by_index.values()}
    missing = list(set(ids) - by_id.keys())
    if missing:
        cards = await _cards_by_id(
            register,
            partner_id,
            missing,
        )
        for worker_id, card in cards.items():
            by_id[worker_id] = card
            by_id[card.id] = card
    return WorkerCards(
        indexes,
        by_index,
        by_id,
    )


async def _cards_by_number(
    register: Register, partner_id: str, indexes: Sequence[str]
) -> dict[str, Card]:
    """The cards by each of these numbers that one has, or had."""
    if not indexes:
        return {}
    rows, numbers = Worker.__table__.c, WorkerNumber.__table__.c
    columns = [rows[name] for name in Card._fields]
    is_of_partner = numbers.partner_id == partner_id
    result = await register.session.execute(
        select(numbers.nir_index, *columns)
        .join(Worker.__table__, rows.id == numbers.worker_id)
        .where(is_of_partner, register.among(numbers.nir_index, indexes))
    )
    return {index: Card(*row) for index, *row in result}


async def _cards_by_id(
    register: Register, partner_id: str, ids: Sequence[str]
) -> dict[str, Card]:
    """The cards by these ids; that of one absorbed is the one that absorbed it."""
    former = Worker.__table__.alias()
    rows = Worker.__table__.c
    columns = [rows[name] for name in Card._fields]
    result = await register.session.execute(
        select(former.c.id, *columns)
        .join(
            Worker.__table__,
            rows.id == former.c.person_id,
        )
        .where(
            former.c.partner_id == partner_id,
            register.among(former.c.id, ids),
        )
    )
    return {worker_id: Card(*row) for worker_id, *row in result}
