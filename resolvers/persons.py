"""The cards that stand for the workers whom lines and changes name."""

from collections.abc import Iterable

from persistence.records import Worker
from persistence.register import Register


async def persons_of(register: Register, worker_ids: Iterable[str]) -> list[Worker]:
    """The card of each of these workers; of one absorbed, that which absorbed it.

    One statement, two where a card was absorbed.
    """
    ids = list(dict.fromkeys(worker_ids))
    cards = [card for card in await register.rows_of(Worker, ids) if card is not None]
    standing = list(dict.fromkeys(card.person_id for card in cards))
    persons = await register.rows_of(Worker, standing)
    return [person for person in persons if person is not None]
