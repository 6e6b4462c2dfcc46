"""The rows of one declaration: its lines, the cards that they make or change, what a draft keeps for its deposit."""

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, delete, tuple_, update

from persistence.records import (
    Declaration,
    DeclarationLine,
    DualActivity,
    LineStatus,
    Rule,
    Worker,
    WorkerRate,
)
from persistence.records.base import Base, name_key
from persistence.records.workers import Card

from .batches import BatchIntake, WorkerCards
from .known_workers import KnownWorker, PreviousLine
from .line_words import STATEMENTS, drafted_words, words_digest
from .november import Certificate
from .remuneration_lines import Remuneration
from .treatments import CARRIED, NO_TREATMENT, LastTreatment

LINE = (
    "id", "version", "partner_id", "establishment_id", "declaration_id", "worker_id", "deposited", "position",
    "client_reference", *STATEMENTS, "drafted", "words_digest", "changed_sequence",
    "processing", "processed_on", "processed_by_id", "processing_reason",
)  # fmt: skip
WORKER = (
    "id", "version", "partner_id", "nir_cipher", "nir_index", "nir_mask", "birth_name", "used_name", "given_names",
    "sort_key", "birth_date", "matricule", "paying_id", "entered_on", "aah_beneficiary",
)  # fmt: skip
_statements = attrgetter(*STATEMENTS)


class DeclarationRows:
    """The rows of one declaration: its lines, the cards that they make or change.

    `before`: the lines that this declaration takes the place of; `treatments`: the last one of each worker here.
    """

    def __init__(
        self,
        intake: BatchIntake,
        declaration: Declaration,
        cards: WorkerCards,
        before: Mapping[str, PreviousLine],
        treatments: Mapping[str, LastTreatment],
        *,
        deposit: bool,
    ) -> None:
        self.intake, self.declaration, self.cards, self.before = (
            intake,
            declaration,
            cards,
            before,
        )
        self.treatments, self.deposit = treatments, deposit
        self.lines: list[tuple[Any, ...]] = []
        self.new: list[tuple[Any, ...]] = []
        self.changed: list[dict[str, Any]] = []
        self.dual: list[tuple[Any, ...]] = []
        self.dual_ends: list[dict[str, Any]] = []
        self.rates: list[tuple[Any, ...]] = []
        self.workers: set[str] = set()
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

    def take(
        self, line: Remuneration, worker: KnownWorker | None, certificate: Certificate
    ) -> tuple[LineStatus, str]:
        """Note the rows of a good line, and tell what it is to the former declaration."""
        card = self.cards.get(line)
        _complete(line, card)
        worker_id = card.id if card else self._enter(line)
        self.workers.add(worker_id)
        digest = words_digest(line)
        previous = self.before.get(worker_id)
        status, changed = LineStatus.CREATED, self.declaration.sequence
        if previous is not None:
            status = LineStatus.REPLACED
            # confirmed a beneficiary against the answer of the Caf: else it would have been rejected
            if previous.words_digest == digest and not previous.not_beneficiary:
                status, changed = LineStatus.UNCHANGED, previous.changed_sequence
        line_id = f"lin_{self.key}{line.index:04d}"
        processing = NO_TREATMENT
        if self.deposit:
            processing = self._carry(line, worker_id, digest)
            if card is not None:
                self._correct(line, card)
            self._note_rate(line, worker_id, worker, certificate)
            self._note_dual_activity(line, worker_id)
        drafted = None if self.deposit else drafted_words(line)
        head = (
            line_id,
            1,
            *self.place,
            worker_id,
            self.deposit,
            line.index,
            line.reference,
        )
        self.lines.append(
            (*head, *_statements(line), drafted, digest, changed, *processing)
        )
        return status, line_id

    def _carry(
        self, line: Remuneration, worker_id: str, digest: str
    ) -> tuple[Any, ...]:
        """The last answer of the Caf to the same words, where the line takes it over."""
        last = self.treatments.get(worker_id)
        if last is None or (last.paying_id, last.words_digest) != (
            line.paying_id,
            digest,
        ):
            return NO_TREATMENT
        if last.outcome not in CARRIED:
            return NO_TREATMENT
        if last.is_returned:
            line.warn(Rule.LINE_STILL_RETURNED, "nir")
        return last.processing

    def _enter(self, line: Remuneration) -> str:
        """A new card: the NIR is sealed to it."""
        assert line.nir is not None
        worker_id, vault = Worker.new_id(Worker.prefix), self.intake.vault
        secret = (
            vault.seal(line.nir, worker_id),
            self.cards.indexes[line.index],
            line.nir.mask,
        )
        names = (line.birth_name, line.used_name, line.given_names, _sort_key(line))
        more = (line.birth_date, line.matricule, line.paying_id, line.entered_on)
        self.new.append((worker_id, 1, self.place[0], *secret, *names, *more, True))
        return worker_id

    def _correct(self, line: Remuneration, card: Card) -> None:
        """What the line says anew of its worker."""
        words = (
            line.birth_name, line.used_name, line.given_names, line.birth_date, line.matricule, line.paying_id,
            line.entered_on, True,
        )  # fmt: skip
        if words != card[2:]:
            names = Card._fields[2:]
            self.changed.append(
                {
                    "key": card.id,
                    "sort_key": _sort_key(line),
                    **dict(zip(names, words, strict=True)),
                }
            )

    def _note_rate(
        self,
        line: Remuneration,
        worker_id: str,
        worker: KnownWorker | None,
        certificate: Certificate,
    ) -> None:
        """R24: the rate found in November, where none is known; a known one is never overwritten."""
        assert line.entered_on is not None
        day: date | None = max(line.entered_on, certificate.first_day)
        if worker is not None and worker.rate_on(certificate.last_day) is not None:
            day = worker.rate_of_the_replaced(self.before.get(worker_id), certificate)
        if day is not None:
            self.rates.append((worker_id, day, self.place[0], line.rate))

    def _note_dual_activity(self, line: Remuneration, worker_id: str) -> None:
        if line.dual_activity and line.dual_activity_since is not None:
            more = (line.dual_activity_hours, line.dual_activity_employer)
            self.dual.append(
                (worker_id, line.dual_activity_since, None, self.place[0], *more)
            )
        if line.dual_activity_until is not None:
            self.dual_ends.append({"key": worker_id, "until": line.dual_activity_until})

    def withdrawn_dual_activities(self) -> list[tuple[str, date]]:
        """Those that the former declaration had begun, and that this one does not state any more."""
        stated = {(row[0], row[1]) for row in self.dual}
        ended = {row["key"] for row in self.dual_ends}
        begun_before = [
            (worker_id, previous.dual_activity_since)
            for worker_id, previous in self.before.items()
            if previous.dual_activity_since is not None and worker_id not in ended
        ]
        return [pair for pair in begun_before if pair not in stated]

    async def write(self) -> None:
        register = self.intake.register
        await register.copy(Worker, WORKER, self.new)
        connection = await register.session.connection()
        if self.changed:
            rows = Base.metadata.tables[Worker.__tablename__]
            values: dict[str, Any] = {
                name: bindparam(name) for name in self.changed[0] if name != "key"
            }
            statement = (
                update(rows)
                .where(rows.c.id == bindparam("key"))
                .values(version=rows.c.version + 1, **values)
            )
            await connection.execute(statement, self.changed)
        await register.copy(DeclarationLine, LINE, self.lines)
        await register.upsert(
            WorkerRate, ("worker_id", "starts_on", "partner_id", "rate"), self.rates
        )
        await self._write_dual_activities()

    async def _write_dual_activities(self) -> None:
        register = self.intake.register
        connection = await register.session.connection()
        rows = Base.metadata.tables[DualActivity.__tablename__]
        withdrawn = self.withdrawn_dual_activities() if self.deposit else []
        if withdrawn:
            stated_elsewhere = _stated_elsewhere(rows, self.declaration)
            gone = tuple_(rows.c.worker_id, rows.c.starts_on).in_(withdrawn)
            await connection.execute(delete(rows).where(gone, ~stated_elsewhere))
        if self.dual_ends:
            running = (rows.c.worker_id == bindparam("key"), rows.c.ends_on.is_(None))
            before = rows.c.starts_on < bindparam("until", type_=rows.c.starts_on.type)
            ending = (
                update(rows).where(*running, before).values(ends_on=bindparam("until"))
            )
            await connection.execute(ending, self.dual_ends)
        columns = (
            "worker_id",
            "starts_on",
            "ends_on",
            "partner_id",
            "weekly_hours",
            "employer_siret",
        )
        await register.upsert(DualActivity, columns, self.dual)


def _stated_elsewhere(rows: Any, declaration: Declaration) -> Any:  # noqa: ANN401 a table, a condition
    """Whether a line of another declaration in force says that a dual activity began that day."""
    line, head = DeclarationLine.__table__.c, Declaration.__table__.c
    return (
        DeclarationLine.__table__.join(
            Declaration.__table__, head.id == line.declaration_id
        )
        .select()
        .with_only_columns(line.id)
        .where(
            line.worker_id == rows.c.worker_id,
            line.dual_activity_since == rows.c.starts_on,
            head.received_at.is_not(None),
            head.superseded_at.is_(None),
            head.id != declaration.id,
        )
        .correlate(rows)
        .exists()
    )


def _complete(line: Remuneration, card: Card | None) -> None:
    """What the line leaves out and the card knows."""
    if card is None:
        line.matricule, line.paying_id = line.matricule or "", line.paying_id or ""
        return
    line.matricule = line.matricule or card.matricule
    line.paying_id = line.paying_id or card.paying_id
    line.used_name = line.used_name or card.used_name


def _sort_key(line: Remuneration) -> str:
    return name_key(f"{line.used_name or line.birth_name} {line.given_names}")
