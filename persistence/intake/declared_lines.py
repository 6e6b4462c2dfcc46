"""The rows of one declaration: its lines, and the cards that they make or change."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, update

from persistence.records import (
    Declaration,
    DeclarationLine,
    LineStatus,
    Rule,
    Worker,
    WorkerNumber,
)
from persistence.records.base import Base, name_key
from persistence.records.workers import Card

from .batches import BatchIntake
from .cards import WorkerCards
from .certified_lives import certified_life
from .certified_rows import CertifiedRows
from .declared_columns import LINE, NUMBER, WORKER
from .known_workers import KnownWorker, PreviousLine
from .leaves import SaltedWords, fresh_leaf
from .line_words import STATEMENTS, receipt_words, words_digest
from .november import Certificate
from .remuneration_lines import Remuneration
from .treatments import NO_TREATMENT, Treatments, treatment_of

CORRECTIONS = ("sort_key", *Card._fields[3:])
"""The columns of a card that a line may say anew."""
_statements = attrgetter(*STATEMENTS)


class DeclarationRows:
    """The rows of one declaration: its lines, the cards that they make or change.

    `before`: the lines that this declaration takes the place of. `treatments`: the
    last ones of each worker here.
    """

    def __init__(
        self,
        intake: BatchIntake,
        declaration: Declaration,
        cards: WorkerCards,
        before: Mapping[str, PreviousLine],
        treatments: Treatments,
    ) -> None:
        self.intake = intake
        self.declaration = declaration
        self.cards = cards
        self.before = before
        self.treatments = treatments
        self.lines: list[tuple[Any, ...]] = []
        self.new: list[tuple[Any, ...]] = []
        self.entered: set[str] = set()
        self.changed: list[dict[str, Any]] = []
        self.leaves: list[SaltedWords] = []
        self.numbers: list[tuple[Any, ...]] = []
        self.lives = CertifiedRows(intake.register, intake.place, intake.now)
        self.workers: set[str] = set()
        self.payers: dict[str, str] = {}
        self.place = (
            declaration.partner_id,
            declaration.establishment_id,
            declaration.id,
        )
        self.key = declaration.id.removeprefix(f"{Declaration.prefix}_")

    @property
    def removed(self) -> int:
        """Workers of the former one that are not in this one."""
        return len(self.before.keys() - self.workers)

    def line_id(self, position: int) -> str:
        """The id of the line at this position."""
        return f"lin_{self.key}{position:04d}"

    def take(
        self,
        line: Remuneration,
        worker: KnownWorker | None,
        certificate: Certificate,
        position: int,
    ) -> tuple[LineStatus, str]:
        """Note the rows of a good line.

        What it is to the former declaration, its id.
        """
        card = self.cards.get(line)
        _complete(line, card)
        worker_id = card.id if card else self._enter(line)
        self.workers.add(worker_id)
        assert line.paying_id is not None
        self.payers[worker_id] = line.paying_id
        digest = words_digest(line)
        previous = self.before.get(worker_id)
        status = _status(previous, digest)
        changed = self.declaration.sequence
        if previous is not None and status is LineStatus.UNCHANGED:
            changed = previous.changed_sequence
        line_id = self.line_id(position)
        processing = self._carry(line, worker_id, digest)
        if card is not None:
            self._correct(line, card)
        self._note_life(line, line_id, worker_id, worker, certificate)
        leaf = self._leaf(line, card)
        head = (
            line_id,
            1,
            *self.place,
            worker_id,
            worker_id,
            True,
            position,
            line.reference,
        )
        tail = (digest, *leaf, changed, *processing)
        self.lines.append((*head, *_statements(line), *tail))
        return status, line_id

    def _leaf(self, line: Remuneration, card: Card | None) -> SaltedWords:
        """What the receipt is to say of the line."""
        if line.nir is not None:
            mask = line.nir.mask
        else:
            assert card is not None
            mask = card.nir_mask
        leaf = fresh_leaf(receipt_words(line, mask))
        self.leaves.append(leaf)
        return leaf

    def _carry(
        self, line: Remuneration, worker_id: str, digest: str
    ) -> tuple[Any, ...]:
        """The last answer of the Caf to the same words, if the line takes it over."""
        treatments = self.treatments.get(worker_id, ())
        last = treatment_of(treatments, line.paying_id, digest)
        if last is None:
            return NO_TREATMENT
        if last.is_returned:
            line.warn(Rule.LINE_STILL_RETURNED, "nir")
        return last.processing

    def _enter(self, line: Remuneration) -> str:
        """A new card: the NIR is sealed to it."""
        assert line.nir is not None
        worker_id = Worker.new_id(Worker.prefix)
        cipher = self.intake.vault.seal(line.nir, worker_id)
        secret = (cipher, self.cards.indexes[line.index], line.nir.mask)
        names = (line.birth_name, line.used_name, line.given_names, _sort_key(line))
        more = (line.birth_date, line.matricule, line.paying_id, line.entered_on)
        row = (worker_id, 1, self.place[0], *secret, *names, *more, True, worker_id)
        self.new.append(row)
        day = self.intake.register.today
        for index in self.cards.numbers_of(line):
            self.numbers.append((self.place[0], index, worker_id, day))
        self.entered.add(worker_id)
        return worker_id

    def _correct(self, line: Remuneration, card: Card) -> None:
        """What the line says anew of its worker."""
        words = (
            line.birth_name,
            line.used_name,
            line.given_names,
            line.birth_date,
            line.matricule,
            line.paying_id,
            line.entered_on,
            True,
        )
        if words != card[3:]:
            columns = (_sort_key(line), *words)
            changes = dict(zip(CORRECTIONS, columns, strict=True))
            self.changed.append({"key": card.id, **changes})

    def _note_life(
        self,
        line: Remuneration,
        line_id: str,
        worker_id: str,
        worker: KnownWorker | None,
        certificate: Certificate,
    ) -> None:
        """What the line states of the life of its worker."""
        is_new = worker_id in self.entered
        after = certified_life([], line, certificate) if worker is None else None
        if worker is not None:
            after = worker.certified
        if after is not None:
            self.lives.note_line(worker_id, line_id, line, after, is_new=is_new)

    def end_removed(
        self, workers: Mapping[str, KnownWorker], certificate: Certificate
    ) -> None:
        """What only the former lines stated of whoever is declared no longer."""
        for worker_id in self.before.keys() - self.workers:
            events = workers[worker_id].history.events
            after = certified_life(events, None, certificate)
            self.lives.note_absence(worker_id, after)

    async def write(self) -> None:
        register = self.intake.register
        await register.copy(Worker, WORKER, self.new)
        await register.copy(WorkerNumber, NUMBER, self.numbers)
        if self.changed:
            connection = await register.session.connection()
            await connection.execute(_correction(), self.changed)
        await register.copy(DeclarationLine, LINE, self.lines)
        await self.lives.write()


def _status(previous: PreviousLine | None, digest: str) -> LineStatus:
    """What a line is to the former declaration.

    Where the Caf had answered « not a beneficiary », the same words confirm the
    contrary: without that confirmation, the line would have been rejected.
    """
    if previous is None:
        return LineStatus.CREATED
    if previous.words_digest != digest or previous.not_beneficiary:
        return LineStatus.REPLACED
    return LineStatus.UNCHANGED


def _correction() -> Any:  # noqa: ANN401 a statement
    """Write the card `key` anew."""
    rows = Base.metadata.tables[Worker.__tablename__]
    values: dict[str, Any] = {name: bindparam(name) for name in CORRECTIONS}
    card = update(rows).where(rows.c.id == bindparam("key"))
    return card.values(version=rows.c.version + 1, **values)


def _complete(line: Remuneration, card: Card | None) -> None:
    """What the line leaves out and the card knows."""
    if card is None:
        line.matricule = line.matricule or ""
        line.paying_id = line.paying_id or ""
        return
    line.matricule = line.matricule or card.matricule
    line.paying_id = line.paying_id or card.paying_id
    line.used_name = line.used_name or card.used_name


def _sort_key(line: Remuneration) -> str:
    return name_key(f"{line.used_name or line.birth_name} {line.given_names}")
