"""What becomes of a batch.

Known cards found by their numbers, one result for each line, nothing lost.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import func, select

from persistence.records import (
    Batch,
    BatchKind,
    BatchMode,
    BatchResult,
    Campaign,
    Declaration,
    Establishment,
    LineStatus,
    Notice,
    Rule,
    User,
)
from persistence.register import Register
from persistence.vault import Vault

from .batch_lines import ParsedLine
from .cards import Sought, WorkerCards, read_cards
from .change_lines import ActivityChangeLine
from .remuneration_lines import Remuneration

RESULT = (
    "id",
    "version",
    "batch_id",
    "partner_id",
    "position",
    "client_reference",
    "status",
    "object_id",
    "errors",
    "warnings",
)
REFUSED_BY_THE_REGISTER = frozenset({Rule.WORKER_NOT_BENEFICIARY})
"""The Caf has answered that nothing is to be declared of this person.

The line falls alone.
"""


def is_faulty(line: ParsedLine) -> bool:
    """Whether a line is rejected for what it says, not for what the Caf has said."""
    return any(error.rule not in REFUSED_BY_THE_REGISTER for error in line.errors)


@dataclass(slots=True)
class BatchIntake:
    """One batch of one establishment.

    It runs inside the transaction of its act, the partner locked.

    `notes`: what the journal's entry says beside the batch.

    What it returns is the act's record. Its rows are written after the flush, by the
    register.
    """

    register: Register
    vault: Vault
    place: Establishment
    mode: BatchMode
    by: User
    now: datetime
    dry_run: bool = False
    errors: list[Notice] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    of: str = "lines"
    """The list of the input that has the lines."""
    notes: dict[str, list[str]] = field(default_factory=dict)

    async def cards(
        self,
        lines: Sequence[Remuneration] | Sequence[ActivityChangeLine],
        more_ids: Iterable[str] = (),
    ) -> WorkerCards:
        """The known card of each line's worker, at this partner.

        Those of `more_ids` too.
        """
        indexes = {
            line.index: self.vault.index(line.nir)
            for line in lines
            if line.nir is not None
        }
        former_indexes = {
            line.index: self.vault.index(line.former_nir)
            for line in lines
            if line.former_nir is not None
        }
        ids = {*more_ids, *(line.worker_id for line in lines if line.worker_id)}
        matricules = {line.matricule for line in lines if line.matricule}
        sought = Sought(
            indexes,
            ids,
            former_indexes,
            matricules,
        )
        return await read_cards(
            self.register,
            self.place.partner_id,
            sought,
        )

    def is_held(self, lines: Sequence[ParsedLine]) -> bool:
        """Whether a bad line holds all the others back.

        One that the register itself refuses is no fault of theirs.
        """
        has_fault = any(map(is_faulty, lines))
        is_held = self.mode is BatchMode.ALL_OR_NOTHING and has_fault
        if is_held:
            self.errors.append(Notice(Rule.BATCH_HELD, (self.of,)))
        return is_held

    def report(
        self,
        kind: BatchKind,
        lines: Sequence[ParsedLine],
        outcomes: Mapping[int, tuple[LineStatus, str]],
        *,
        campaign: Campaign | None = None,
        declaration: Declaration | None = None,
        removed: int = 0,
    ) -> Batch:
        """One result for each line received; a good line without outcome is held."""
        batch = Batch(
            partner_id=self.place.partner_id,
            establishment_id=self.place.id,
            kind=kind,
            mode=self.mode,
            campaign_id=campaign.id if campaign else None,
            declaration_id=declaration.id if declaration else None,
            declaration=declaration,
            received_at=self.now,
            sent_by_id=self.by.id,
            received=len(lines),
            removed=removed,
        )
        results, counts = [], Counter[LineStatus]()
        key = batch.id.removeprefix(f"{Batch.prefix}_")
        for position, line in enumerate(lines):
            status, object_id = outcomes.get(
                line.index,
                (LineStatus.REJECTED if line.errors else LineStatus.HELD, None),
            )
            object_id = (
                None if self.dry_run else object_id
            )  # a dry run makes no object to be shown
            counts[status] += 1
            notices = (notices_json(line.errors), notices_json(line.warnings))
            results.append(
                (
                    f"res_{key}{position:04d}",
                    1,
                    batch.id,
                    batch.partner_id,
                    position,
                    line.reference,
                    status,
                    object_id,
                    *notices,
                )
            )
            self.errors.extend(line.errors)
            self.warnings.extend(line.warnings)
        for status in LineStatus:
            setattr(
                batch,
                status.value.lower(),
                counts[status],
            )
        self.register.session.add(batch)

        async def write() -> None:
            await self.register.copy(
                BatchResult,
                RESULT,
                results,
            )
            await self._check(batch)

        self.register.after_flush(write)
        return batch

    async def _check(self, batch: Batch) -> None:
        """Nothing is lost.

        The results that were written are those that the batch counts.
        """
        rows = BatchResult.__table__.c
        counted = (
            select(rows.status, func.count())
            .where(rows.batch_id == batch.id)
            .group_by(rows.status)
        )
        written: dict[LineStatus, int] = dict(
            (await self.register.session.execute(counted)).all()
        )
        if any(
            written.get(status, 0) != getattr(batch, status.value.lower())
            for status in LineStatus
        ):
            message = f"the results of {batch.id} are not those that it counts"
            raise RuntimeError(message)


def notices_json(notices: Sequence[Notice]) -> str | None:
    """Notices as JSON text: code, path, detail; None for none."""
    return (
        orjson.dumps([[n.rule.name, n.path, n.detail] for n in notices]).decode()
        if notices
        else None
    )
