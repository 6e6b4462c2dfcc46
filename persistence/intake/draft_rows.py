"""The rows of a draft: what it has already, and what an act writes of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from persistence.draft_cells import draft_sealer, open_cells, seal_cells
from persistence.records import Declaration, DraftLine, DraftOrigin, Notice
from persistence.records.base import Base
from persistence.register import Register
from persistence.vault import Vault

from .batches import notices_json
from .cards import WorkerCards
from .carried_lines import CarriedLine
from .remuneration_lines import Remuneration

LINE = (
    "id",
    "version",
    "partner_id",
    "establishment_id",
    "declaration_id",
    "position",
    "origin",
    "worker_id",
    "nir_index",
    "client_reference",
    "cells_cipher",
    "errors",
    "warnings",
)
CHANGES = LINE[LINE.index("origin") :]
"""The columns that a put writes anew."""
NOTICES = ("errors", "warnings", "worker_id")
LINES = Base.metadata.tables[DraftLine.__tablename__]


class StoredLine(NamedTuple):
    """What names a line of a draft."""

    id: str
    version: int
    position: int
    worker_id: str | None
    nir_index: str | None
    client_reference: str | None


class PersonOfLine(NamedTuple):
    """Whom a line is about, as far as it can be read."""

    worker_id: str | None
    nir_index: str | None


def person_of(line: Remuneration, cards: WorkerCards) -> PersonOfLine:
    """A number that contradicts the rest of its line is nobody's."""
    card = cards.get(line)
    index = cards.indexes.get(line.index)
    if card is None or line.missed("nir", "worker_id"):
        return PersonOfLine(None, index)
    return PersonOfLine(card.id, index or card.nir_index)


class DraftRows:
    """What one act reads and writes of a draft, all its lines together."""

    def __init__(self, register: Register, vault: Vault, draft: Declaration) -> None:
        self.register = register
        self.draft = draft
        self.sealer = draft_sealer(vault)
        self.key = DraftLine.new_id(DraftLine.prefix)
        self.new: list[tuple[Any, ...]] = []
        self.changed: list[dict[str, Any]] = []
        self.noted: list[dict[str, Any]] = []
        self.gone: list[str] = []
        self.is_noted_whole = False

    # reading

    async def stored(self) -> list[StoredLine]:
        """Its lines, in their order."""
        columns = [LINES.c[name] for name in StoredLine._fields]
        result = await self.register.session.execute(
            select(*columns)
            .where(LINES.c.declaration_id == self.draft.id)
            .order_by(LINES.c.id)
        )
        return [StoredLine(*row) for row in result]

    async def cells(self, ids: Collection[str] | None = None) -> dict[str, Any]:
        """The cells of these lines by their ids; of all, in their order, without."""
        if ids is not None and not ids:
            return {}
        is_own = LINES.c.declaration_id == self.draft.id
        query = select(LINES.c.id, LINES.c.cells_cipher).where(is_own)
        if ids is not None:
            query = query.where(self.register.among(LINES.c.id, sorted(ids)))
        result = await self.register.session.execute(query.order_by(LINES.c.id))
        cells = {}
        for line_id, cipher in result:
            cells[line_id] = open_cells(self.sealer, cipher, line_id)
        return cells

    # writing

    def add(
        self,
        position: int,
        origin: DraftOrigin,
        person: PersonOfLine,
        cells: Mapping[str, str],
        line: Remuneration,
    ) -> str:
        """Note a new line, and give its id."""
        line_id = f"{self.key}{len(self.new):04d}"
        place = (
            self.draft.partner_id,
            self.draft.establishment_id,
            self.draft.id,
            position,
        )
        cipher = seal_cells(self.sealer, cells, line_id)
        notices = (_notices(line.errors), _notices(line.warnings))
        words = (origin, *person, line.reference, cipher, *notices)
        self.new.append((line_id, 1, *place, *words))
        return line_id

    def change(
        self,
        former: StoredLine,
        person: PersonOfLine,
        cells: Mapping[str, str],
        line: Remuneration,
        *,
        is_equal: bool,
    ) -> None:
        """Note what a put says anew; equal cells have no new version."""
        cipher = seal_cells(self.sealer, cells, former.id)
        notices = (_notices(line.errors), _notices(line.warnings))
        words = (DraftOrigin.PUT, *person, line.reference, cipher, *notices)
        change = dict(zip(CHANGES, words, strict=True))
        version = former.version if is_equal else former.version + 1
        self.changed.append({"key": former.id, "version": version, **change})

    def note(self, line_id: str, person: PersonOfLine, line: Remuneration) -> None:
        """Note what is wrong with a line that stays as it is."""
        notices = (_notices(line.errors), _notices(line.warnings))
        words = dict(zip(NOTICES, (*notices, person.worker_id), strict=True))
        self.noted.append({"key": line_id, **words})

    def carry(self, lines: Sequence[CarriedLine], position: int) -> None:
        """Note the lines of a certificate, from a position on."""
        for rank, carried in enumerate(lines, position):
            person = PersonOfLine(carried.worker_id, carried.nir_index)
            line = Remuneration(rank, carried.client_reference)
            self.add(rank, DraftOrigin.CARRIED, person, carried.cells, line)

    async def write(self) -> None:
        if self.gone:
            is_gone = self.register.among(LINES.c.id, self.gone)
            await self._delete(is_gone)
        if self.is_noted_whole:
            await self._forget_errors()
        await self._update(("version", *CHANGES), self.changed)
        await self._update(NOTICES, self.noted)
        await self.register.copy(DraftLine, LINE, self.new)

    async def clear(self) -> None:
        """Every line goes."""
        await self._delete(LINES.c.declaration_id == self.draft.id)

    async def _forget_errors(self) -> None:
        """Every line is good, but those that are noted next."""
        is_bad = LINES.c.errors.is_not(None)
        statement = update(LINES).where(LINES.c.declaration_id == self.draft.id, is_bad)
        unread = {"synchronize_session": False}
        await self.register.session.execute(
            statement.values(errors=None), execution_options=unread
        )

    async def _delete(self, which: Any) -> None:  # noqa: ANN401 a condition
        unread = {"synchronize_session": False}
        statement = delete(LINES).where(which)
        await self.register.session.execute(statement, execution_options=unread)

    async def _update(
        self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        if not rows:
            return
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        statement = update(LINES).where(LINES.c.id == bindparam("key")).values(**values)
        connection = await self.register.session.connection()
        await connection.execute(statement, rows)


def _notices(notices: Sequence[Notice]) -> str | None:
    """Each one at its cell: the rank in the call says nothing of the draft."""
    return notices_json(
        [Notice(each.rule, each.path[-1:], each.detail) for each in notices]
    )
