"""Whether the journal is still the one that was chained and signed.

It reads the register and the public keys, and nothing else. Why: docs/decisions/0095.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .chaining import chained_entries
from .engine import Database
from .receipts import NotAuthentic, verified
from .records import JournalEntry, JournalHead, JournalSeal, Receipt
from .records.journal import BEFORE_THE_FIRST, chain_hash
from .signing import PublicKey

PART = 1_000
BEYOND = 2**31 - 1
"""After every position."""
CHANGED = (
    "Position {at} : l'écriture n'est pas celle qui a été enchaînée ; elle a été "
    "changée ou déplacée, ou celle d'avant l'a été."
)
REMOVED = "Position {at} : l'écriture a été retirée."
MISSING = "Entre les positions {before} et {at} : des écritures ont été retirées."
UNCHAINED = "Position {at} : l'écriture a perdu son empreinte."
NO_PLACE = "Écriture de numéro {at} : elle a perdu son rang."
CUT = "Position {at} : signée, et le journal s'arrête avant, à la position {last}."
REWRITTEN = "Position {at} : le journal n'est pas celui qui a été signé."
FORGED = "Position {at} : la signature n'est d'aucune des clés données, ou est fausse."


@dataclass
class ChainCheck:
    """What was checked: how many entries and signatures, and what is wrong.

    `waiting` entries are not chained yet. `position` and `hash` are the last ones.
    """

    keys: Sequence[PublicKey]
    entries: int = 0
    waiting: int = 0
    signatures: int = 0
    position: int = 0
    hash: str = BEFORE_THE_FIRST
    faults: list[str] = field(default_factory=list)

    def follow(self, entry: Any) -> None:  # noqa: ANN401 a row of `chained_entries`
        """Check the next entry against the hash of the one before."""
        before, at = self.position, entry.position
        if entry.hash is None:
            self.waiting += 1
            return
        self.entries += 1
        if self.waiting:
            self._fault(UNCHAINED, at - 1)
            self.waiting = 0
        if entry.id is None:
            self._fault(REMOVED, at)
        elif chain_hash(self.hash, entry) != entry.hash:
            is_next = at == before + 1
            self._fault(CHANGED if is_next else MISSING, at, before=before)
        self.position, self.hash = at, entry.hash

    def compare(
        self, documents: Iterable[Sequence[Any]], hashes: Mapping[int, str]
    ) -> None:
        """Check signed statements, by their positions, against the hashes there."""
        for at, document in documents:
            self.signatures += 1
            try:
                statement = verified(document.encode(), self.keys)["statement"]
            except NotAuthentic:
                self._fault(FORGED, at)
                continue
            signed = (statement["position"], statement["entry"])
            if signed != (at, hashes.get(at)):
                self._fault(REWRITTEN if at <= self.position else CUT, at)

    def lose(self, seq: int) -> None:
        """An entry that has lost its row of the chain."""
        self._fault(NO_PLACE, seq)

    def _fault(self, sentence: str, at: int, before: int = 0) -> None:
        text = sentence.format(at=at, before=before, last=self.position)
        self.faults.append(text)


async def check_journal(
    database: Database,
    keys: Sequence[PublicKey],
    documents: Sequence[tuple[int, str]] = (),
) -> ChainCheck:
    """Follow the whole chain, and compare it with all that was signed.

    `documents`: receipts that were given away, by their positions: nobody here can
    alter them.
    """
    check, last = ChainCheck(keys), 0
    async with database.looking() as session:
        while True:
            rows = chained_entries().where(JournalSeal.position > last).limit(PART)
            part = (await session.execute(rows)).all()
            for entry in part:
                check.follow(entry)
            hashes = {entry.position: entry.hash for entry in part}
            end = part[-1].position if len(part) == PART else BEYOND
            others = [pair for pair in documents if last < pair[0] <= end]
            check.compare([*await _signed(session, last, end), *others], hashes)
            if end == BEYOND:
                break
            last = end
        await _check_places(session, check)
    return check


async def _signed(session: AsyncSession, after: int, end: int) -> list[Sequence[Any]]:
    """The heads and the receipts of these positions."""
    documents: list[Sequence[Any]] = []
    for kind in (JournalHead, Receipt):
        is_here = kind.position.between(after + 1, end)
        rows = select(kind.position, kind.document).where(is_here)
        documents += (await session.execute(rows.order_by(kind.position))).all()
    return documents


async def _check_places(session: AsyncSession, check: ChainCheck) -> None:
    """An entry has a row of the chain from its insertion on, and waits there."""
    queue = select(func.count()).where(JournalSeal.position.is_(None))
    check.waiting += await session.scalar(queue) or 0
    has_place = exists().where(JournalSeal.journal_seq == JournalEntry.seq)
    rows = select(JournalEntry.seq).where(~has_place).order_by(JournalEntry.seq)
    for seq in (await session.scalars(rows)).all():
        check.lose(seq)
