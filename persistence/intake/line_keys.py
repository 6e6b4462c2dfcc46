"""Lines that a caller names: by an id, by their person, by the caller's reference."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from persistence.records import DeclarationLine, Establishment, Refused, Rule
from persistence.records.nir import Nir
from persistence.register import Register
from persistence.vault import Vault

from .cards import Sought, read_cards

BY = ("line_id", "draft_line_id", "worker_id", "nir", "client_reference")
"""What may name a line."""


class KeyValue(NamedTuple):
    """One of `BY`, and its value."""

    by: str
    value: str


class KeyedLine(NamedTuple):
    """A line that may be named. A line of a certificate has no id of a draft."""

    draft_line_id: str | None
    worker_id: str | None
    nir_index: str | None
    client_reference: str | None


def _by_name(lines: Sequence[KeyedLine]) -> dict[KeyValue, list[KeyedLine]]:
    by_name = defaultdict(list)
    for line in lines:
        for by, value in (
            ("draft_line_id", line.draft_line_id),
            ("worker_id", line.worker_id),
            ("nir", line.nir_index),
            ("client_reference", line.client_reference),
        ):
            if value is not None:
                by_name[KeyValue(by, value)].append(line)
    return by_name


@dataclass(slots=True)
class LineKeys:
    """The keys of one call, which stand in the list `of` its input."""

    register: Register
    vault: Vault
    place: Establishment
    of: str
    workers: dict[KeyValue, str] = field(default_factory=dict)
    indexes: dict[KeyValue, str] = field(default_factory=dict)

    async def lines(
        self, keys: Sequence[KeyValue], lines: Sequence[KeyedLine]
    ) -> list[KeyedLine]:
        """The line of each key. Refused: LINE_AMBIGUOUS, and what a number may be."""
        await self._read_lines([key for key in keys if key.by == "line_id"])
        await self._read_cards(keys)
        by_name = _by_name(lines)
        result: list[KeyedLine] = []
        for rank, key in enumerate(keys):
            same = {line for name in self._names(key) for line in by_name[name]}
            if len(same) != 1:
                raise Refused(Rule.LINE_AMBIGUOUS, self.of, str(rank), key.by)
            result.extend(same)
        return result

    def _names(self, key: KeyValue) -> list[KeyValue]:
        """The keys that name the same line as this one, and are on the lines."""
        if key.by == "client_reference":
            return [KeyValue(key.by, key.value.strip())]
        if key.by == "draft_line_id":
            return [key]
        names = []
        if key in self.indexes:
            names.append(KeyValue("nir", self.indexes[key]))
        if key in self.workers:
            names.append(KeyValue("worker_id", self.workers[key]))
        return names

    async def _read_lines(self, keys: Sequence[KeyValue]) -> None:
        """The persons of lines of this establishment."""
        if not keys:
            return
        rows = DeclarationLine.__table__.c
        ids = [key.value for key in keys]
        is_here = rows.establishment_id == self.place.id
        result = await self.register.session.execute(
            select(rows.id, rows.person_id).where(
                is_here, self.register.among(rows.id, ids)
            )
        )
        for line_id, worker_id in result:
            self.workers[KeyValue("line_id", line_id)] = worker_id

    async def _read_cards(self, keys: Sequence[KeyValue]) -> None:
        """The persons of numbers and of cards; the index of each number."""
        ranks = {}
        for rank, key in enumerate(keys):
            if key.by == "worker_id":
                self.workers[key] = key.value
            elif key.by == "nir":
                ranks[rank] = self._index(rank, key.value)
        if not ranks and not self.workers:
            return
        ids = list(self.workers.values())
        sought = Sought(ranks, ids)
        cards = await read_cards(self.register, self.place.partner_id, sought)
        for key, worker_id in self.workers.items():
            card = cards.by_id.get(worker_id)
            self.workers[key] = card.id if card is not None else worker_id
        for rank, index in ranks.items():
            self.indexes[keys[rank]] = index
            card = cards.by_index.get(index)
            if card is not None:
                self.workers[keys[rank]] = card.id

    def _index(self, rank: int, number: str) -> str:
        """Where a number is found. Refused as `Nir.read`, at its key."""
        try:
            return self.vault.index(Nir.read(number))
        except Refused as refused:
            path = (self.of, str(rank), "nir")
            detail = refused.notice.detail
            raise Refused(refused.rule, *path, detail=detail) from None
