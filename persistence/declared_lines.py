"""The rows of one declaration: its lines, the cards that they make or change, what a draft keeps for its deposit."""

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import bindparam, update

from .batches import Cards, Intake
from .records import Declaration, DeclarationLine, DualActivity, LineStatus, Processing, Worker
from .records.base import Base, folded
from .records.remunerations import Remuneration
from .records.workers import Card

SAID = (
    "paying_id", "matricule", "entered_on", "rate", "net_remuneration", "net_aid", "esat_share", "no_pay_reason",
    "dual_activity", "confirmation", "comment",
)  # fmt: skip
"""What a line says of its worker: when it is the same as before, the line is unchanged and stays processed."""
SIZE = len(SAID)
_said = attrgetter(*SAID)
PROCESSED = ("processing", "processed_on", "processed_by_id", "processing_reason")
LINE = (
    "id", "version", "partner_id", "establishment_id", "declaration_id", "worker_id", "deposited", "position",
    "client_reference", *SAID, "drafted", "changed_sequence", *PROCESSED,
)  # fmt: skip
WORKER = (
    "id", "version", "partner_id", "nir_cipher", "nir_index", "nir_mask", "birth_name", "used_name", "given_names",
    "sort_key", "birth_date", "matricule", "paying_id", "entered_on", "aah_beneficiary",
)  # fmt: skip


class Former(NamedTuple):
    """A line of the declaration that a new one takes the place of."""

    changed_sequence: int
    said: tuple[Any, ...]
    processed: tuple[Any, ...]


class Written:
    """The rows of one declaration: its lines, the cards that they make or change."""

    def __init__(
        self,
        intake: Intake,
        declaration: Declaration,
        cards: Cards,
        before: Mapping[str, Former],
        *,
        deposit: bool,
    ) -> None:
        self.intake, self.declaration, self.cards, self.before = intake, declaration, cards, before
        self.deposit = deposit
        self.lines: list[tuple[Any, ...]] = []
        self.new: list[tuple[Any, ...]] = []
        self.changed: list[dict[str, Any]] = []
        self.dual: list[tuple[Any, ...]] = []
        self.workers: set[str] = set()
        self.place = (declaration.partner_id, declaration.establishment_id, declaration.id)
        self.key = declaration.id.removeprefix(f"{Declaration.prefix}_")

    @property
    def removed(self) -> int:
        """Workers of the former one that are not in this one."""
        return len(self.before.keys() - self.workers)

    def take(self, line: Remuneration) -> tuple[LineStatus, str]:
        """Note the rows of a good line, and tell what it is to the former declaration."""
        card = self.cards.get(line)
        line.matricule = line.matricule or (card.matricule if card else "")
        line.paying_id = line.paying_id or (card.paying_id if card else "")
        worker_id = card.id if card else self._enter(line)
        renamed = card is not None and self.deposit and self._correct(line, card)
        self.workers.add(worker_id)
        said = _said(line)
        former = self.before.get(worker_id)
        status, changed = LineStatus.CREATED, self.declaration.sequence
        processed: tuple[Any, ...] = (None,) * len(PROCESSED)
        if former is not None:
            status = LineStatus.REPLACED
            confirmed = former.processed[0] is Processing.NOT_BENEFICIARY  # else it would have been rejected
            if said == former.said and not confirmed and not renamed:
                status, changed, processed = LineStatus.UNCHANGED, former.changed_sequence, former.processed
        made = f"lin_{self.key}{line.index:04d}"
        drafted = None if self.deposit else _drafted(line)
        self.lines.append(
            (
                made,
                1,
                *self.place,
                worker_id,
                self.deposit,
                line.index,
                line.reference,
                *said,
                drafted,
                changed,
                *processed,
            )
        )
        if self.deposit and line.dual_activity_since is not None:
            more = (line.dual_activity_hours, line.dual_activity_employer)
            self.dual.append((worker_id, line.dual_activity_since, self.place[0], *more))
        return status, made

    def _enter(self, line: Remuneration) -> str:
        """A new card: the NIR is sealed to it."""
        assert line.nir is not None
        made, vault = Worker.new_id(Worker.prefix), self.intake.vault
        secret = (vault.seal(line.nir, made), self.cards.indexes[line.index], line.nir.mask)
        names = (line.birth_name, line.used_name, line.given_names, _sort_key(line))
        more = (line.birth_date, line.matricule, line.paying_id, line.entered_on)
        self.new.append((made, 1, self.place[0], *secret, *names, *more, True))
        return made

    def _correct(self, line: Remuneration, card: Card) -> bool:
        """What the line says anew of its worker, and whether their name or birth date is among it."""
        told = (
            line.birth_name, line.used_name or card.used_name, line.given_names, line.birth_date, line.matricule,
            line.paying_id, line.entered_on, True,
        )  # fmt: skip
        if told != card[2:]:
            names = Card._fields[2:]
            self.changed.append({"key": card.id, "sort_key": _sort_key(line), **dict(zip(names, told, strict=True))})
        return told[:4] != (card.birth_name, card.used_name, card.given_names, card.birth_date)

    async def write(self) -> None:
        register = self.intake.register
        await register.copy(Worker, WORKER, self.new)
        if self.changed:
            rows = Base.metadata.tables[Worker.__tablename__]
            values: dict[str, Any] = {name: bindparam(name) for name in self.changed[0] if name != "key"}
            statement = update(rows).where(rows.c.id == bindparam("key")).values(version=rows.c.version + 1, **values)
            await (await register.session.connection()).execute(statement, self.changed)
        await register.copy(DeclarationLine, LINE, self.lines)
        columns = ("worker_id", "starts_on", "partner_id", "weekly_hours", "employer_siret")
        await register.upsert(DualActivity, columns, self.dual)


OF_THE_WORKER = (
    "birth_name", "used_name", "given_names", "birth_date", "aah_beneficiary", "dual_activity_since",
    "dual_activity_hours", "dual_activity_employer",
)  # fmt: skip


def _drafted(line: Remuneration) -> str:
    """What a draft says of its worker, kept with its line until the deposit."""
    return orjson.dumps({name: getattr(line, name) for name in OF_THE_WORKER}).decode()


def undrafted(kept: str) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(kept)
    for name in ("birth_date", "dual_activity_since"):
        said[name] = said[name] and date.fromisoformat(said[name])
    return said


def _sort_key(line: Remuneration) -> str:
    return folded(f"{line.used_name or line.birth_name} {line.given_names}")
