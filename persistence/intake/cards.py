"""The cards of the workers of a partner, by their numbers or by their ids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import null, select, union_all

from persistence.records import Worker, WorkerNumber
from persistence.records.workers import Card
from persistence.register import Register

from .change_lines import ActivityChangeLine
from .remuneration_lines import Remuneration

NO_INDEXES: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class WorkerCards:
    """Known cards, found by a line's NIR or by its worker's id.

    By the rank of each line, where its number is found; and the former one it says.
    `of_matricules`: those that stand and have the matricule of a line.
    """

    indexes: Mapping[int, str]
    by_index: Mapping[str, Card]
    by_id: Mapping[str, Card]
    former_indexes: Mapping[int, str] = field(default_factory=dict)
    of_matricules: Sequence[Card] = ()

    def get(self, line: Remuneration | ActivityChangeLine) -> Card | None:
        if line.worker_id is not None:
            return self.by_id.get(line.worker_id)
        index = self.indexes.get(line.index)
        return self.by_index.get(index) if index is not None else None

    def numbers_of(self, line: Remuneration | ActivityChangeLine) -> list[str]:
        """What is to find the new card of a line: its number, and the former one."""
        indexes = (self.indexes, self.former_indexes)
        return [some[line.index] for some in indexes if line.index in some]


class Sought(NamedTuple):
    """What finds cards: the numbers of lines by their ranks, ids, matricules."""

    indexes: Mapping[int, str]
    ids: Collection[str] = ()
    former_indexes: Mapping[int, str] = NO_INDEXES
    matricules: Collection[str] = ()


async def read_cards(
    register: Register,
    partner_id: str,
    sought: Sought,
) -> WorkerCards:
    """The cards of these numbers, of these ids, and of these matricules."""
    numbers = [*sought.indexes.values(), *sought.former_indexes.values()]
    matricules = sorted(sought.matricules)
    rows = await _cards_by_number(
        register,
        partner_id,
        numbers,
        matricules,
    )
    by_index = {index: card for index, card in rows if index is not None}
    by_id = {card.id: card for card in by_index.values()}
    missing = list(set(sought.ids) - by_id.keys())
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
        sought.indexes,
        by_index,
        by_id,
        sought.former_indexes,
        [card for index, card in rows if index is None],
    )


async def _cards_by_number(
    register: Register,
    partner_id: str,
    indexes: Sequence[str],
    matricules: Sequence[str],
) -> list[tuple[str | None, Card]]:
    """The cards by each of these numbers that one has, or had; then by matricule."""
    rows, numbers = Worker.__table__.c, WorkerNumber.__table__.c
    columns = [rows[name] for name in Card._fields]
    parts = []
    if indexes:
        is_own = numbers.partner_id == partner_id
        by_number = select(numbers.nir_index, *columns)
        by_number = by_number.join(Worker.__table__, rows.id == numbers.worker_id)
        is_meant = register.among(numbers.nir_index, indexes)
        parts.append(by_number.where(is_own, is_meant))
    if matricules:
        by_matricule = select(null(), *columns).where(
            rows.partner_id == partner_id,
            rows.merged_into_id.is_(None),
            register.among(rows.matricule, matricules),
        )
        parts.append(by_matricule)
    if not parts:
        return []
    query = union_all(*parts) if len(parts) > 1 else parts[0]
    result = await register.session.execute(query)
    return [(index, Card(*row)) for index, *row in result]


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
