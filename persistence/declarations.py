"""What a certificate does to the register: the lines of a declaration, the cards that they make or change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Date, bindparam, func, select, text, update

from .batches import Cards, Intake
from .records import (
    ActivityChange,
    Batch,
    BatchKind,
    Campaign,
    ChangeKind,
    Declaration,
    DeclarationLine,
    DualActivity,
    LineStatus,
    Notice,
    Organism,
    OrganismKind,
    Parameter,
    Processing,
    Refused,
    Rule,
    Worker,
)
from .records.base import folded
from .records.remunerations import Bounds, Certificate, Remuneration
from .records.workers import Card
from .visibility import table

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
PAYERS = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH)

# The rate of November as the certificate says it, where it differs from the one known at the end of the month (R24).
RATES = text(
    """INSERT INTO worker_rate (worker_id, starts_on, partner_id, rate)
       SELECT l.worker_id,
              COALESCE((SELECT max(r.starts_on) FROM worker_rate r
                        WHERE r.worker_id = l.worker_id AND r.starts_on BETWEEN :first AND :last),
                       CASE WHEN l.entered_on > :first THEN l.entered_on ELSE :first END),
              l.partner_id, l.rate
       FROM declaration_line l
       WHERE l.declaration_id = :declaration
         AND COALESCE((SELECT r.rate FROM worker_rate r WHERE r.worker_id = l.worker_id AND r.starts_on <= :last
                       ORDER BY r.starts_on DESC LIMIT 1), -1) <> l.rate
       ON CONFLICT (worker_id, starts_on) DO UPDATE SET rate = excluded.rate"""
).bindparams(bindparam("first", type_=Date()), bindparam("last", type_=Date()))


class Former(NamedTuple):
    """A line of the declaration that a new one takes the place of."""

    changed_sequence: int
    said: tuple[Any, ...]
    processed: tuple[Any, ...]


@dataclass(slots=True)
class CertificateIntake(Intake):
    """The batches of the annual certificate."""

    async def live(self, campaign: Campaign) -> Sequence[Declaration]:
        """The deposit and the draft that count now."""
        of = (Declaration.establishment_id == self.place.id, Declaration.campaign_id == campaign.id)
        found = await self.register.session.scalars(select(Declaration).where(*of, Declaration.superseded_at.is_(None)))
        return found.all()

    async def certify(
        self,
        campaign: Campaign,
        lines: Sequence[Mapping[str, Any]] | None,
        live: Sequence[Declaration],
        *,
        deposit: bool,
    ) -> Batch:
        """A draft or a deposit of these lines, or the deposit of the draft as it stands (`lines` is None)."""
        deposited, draft = (next((d for d in live if d.is_live is is_live), None) for is_live in (True, False))
        certificate = await self._certificate(campaign)
        if lines is None:
            if draft is None or not deposit:
                raise Refused(Rule.DRAFT_MISSING, "lines")
            read = await self._drafted(draft)
        else:
            read = certificate.read_all(lines)
        cards = await self.cards(read)
        for line in read:
            _meet(line, cards.get(line))
        if self.is_held(read):
            return self.report(BatchKind.REMUNERATIONS, read, {}, campaign=campaign)

        good = [line for line in read if not line.errors]
        sequence = 1 + await self._last_sequence(campaign)
        declaration = Declaration.prepare(self.place, campaign, sequence, len(good), self.by, self.now)
        written = Written(
            self, declaration, cards, await self._before(deposited if deposit else draft), deposit=deposit
        )
        outcomes = {line.index: written.take(line) for line in good}
        if deposit:
            await self._tell_missing(campaign, written, certificate)
        facts: dict[str, Any] = {"campaign": campaign, "removed": written.removed}
        if self.dry_run:  # no line is made, even to be undone: it would open the card of its worker
            tried = {index: (status, None) for index, (status, _) in outcomes.items()}
            return self.report(BatchKind.REMUNERATIONS, read, tried, **facts)
        if deposit:
            declaration.receive(deposited, self.by, self.now)
        if draft is not None:
            draft.superseded_at = self.now
        self.register.session.add(declaration)
        batch = self.report(BatchKind.REMUNERATIONS, read, outcomes, declaration=declaration, **facts)
        self.register.after_flush(written.write, self._rates(declaration, certificate) if deposit else None)
        return batch

    async def _certificate(self, campaign: Campaign) -> Certificate:
        session, last_day = self.register.session, date(campaign.year, 11, 30)
        parameters = (await session.scalars(select(Parameter).where(Parameter.starts_on <= last_day))).all()
        payers = await session.execute(select(Organism.code, Organism.id).where(Organism.kind.in_(PAYERS)))
        bounds = Bounds.on(last_day, parameters)
        return Certificate(campaign.year, self.place.siret, bounds, dict(payers.all()))

    async def _last_sequence(self, campaign: Campaign) -> int:
        of = (Declaration.establishment_id == self.place.id, Declaration.campaign_id == campaign.id)
        return await self.register.session.scalar(select(func.max(Declaration.sequence)).where(*of)) or 0

    async def _before(self, former: Declaration | None) -> dict[str, Former]:
        """The lines that this declaration takes the place of, by worker."""
        if former is None:
            return {}
        rows = DeclarationLine.__table__.c
        columns = [rows[c] for c in ("worker_id", "changed_sequence", *SAID, *PROCESSED)]
        found = await self.register.session.execute(select(*columns).where(rows.declaration_id == former.id))
        return {worker: Former(changed, tuple(more[:SIZE]), tuple(more[SIZE:])) for worker, changed, *more in found}

    async def _drafted(self, draft: Declaration) -> list[Remuneration]:
        """The draft's lines as they were read, in order."""
        rows = DeclarationLine.__table__.c
        columns = [rows[c] for c in ("worker_id", "client_reference", "drafted", *SAID)]
        found = await self.register.session.execute(
            select(*columns).where(rows.declaration_id == draft.id).order_by(rows.position)
        )
        return [
            Remuneration(
                index=index,
                reference=row.client_reference,
                worker_id=row.worker_id,
                **_undrafted(row.drafted),
                **{name: getattr(row, name) for name in SAID},
            )
            for index, row in enumerate(found)
        ]

    async def _tell_missing(self, campaign: Campaign, written: "Written", certificate: Certificate) -> None:
        """Who was declared last year in this establishment, has not left, and is not in this deposit (R17)."""
        line, last_year, left = DeclarationLine, Declaration, ActivityChange
        gone = select(left.id).where(
            left.worker_id == line.worker_id,
            left.establishment_id == self.place.id,
            left.kind == ChangeKind.DEPARTURE,
            left.effective_on <= certificate.first_day,
        )
        found = await self.register.session.scalars(
            select(line.worker_id)
            .join(last_year, last_year.id == line.declaration_id)
            .where(
                last_year.establishment_id == self.place.id,
                last_year.campaign_id == f"cmp_{campaign.year - 1}",
                last_year.received_at.is_not(None),
                last_year.superseded_at.is_(None),
                ~gone.exists(),
            )
        )
        missing = len(set(found) - written.workers)
        if missing:
            self.warnings.append(Notice(Rule.WORKERS_MISSING, ("lines",), f"Nombre : {missing}."))
        if written.removed:
            self.warnings.append(Notice(Rule.WORKERS_REMOVED, ("lines",), f"Nombre : {written.removed}."))
        if not written.workers:
            self.warnings.append(Notice(Rule.NOTHING_DECLARED, ("lines",)))

    def _rates(self, declaration: Declaration, certificate: Certificate) -> Any:  # noqa: ANN401 a coroutine function
        async def write() -> None:
            days = {"first": certificate.first_day, "last": certificate.last_day}
            await self.register.session.execute(RATES, {"declaration": declaration.id, **days})

        return write


def _meet(line: Remuneration, card: Card | None) -> None:
    """A line against the card of its worker, or against the want of one."""
    if line.aah_beneficiary is False or (card and not card.aah_beneficiary and line.aah_beneficiary is None):
        line.reject(Rule.WORKER_NOT_BENEFICIARY, "aahBeneficiary")
    if line.worker_id is not None:
        return  # of the draft: the rest was met when it was read
    if card is None:
        for told, at in ((line.matricule, "matricule"), (line.paying_id, "payingOrganism")):
            if told is None and not line.missed(at):
                line.reject(Rule.MATRICULE_MISSING, at)
        return
    if line.birth_date is None or not line.birth_name or line.missed("nir"):
        return
    if (card.birth_name, card.birth_date) == (line.birth_name, line.birth_date):
        return
    if not card.is_of(line.birth_name, line.birth_date):
        line.reject(Rule.WORKER_MISMATCH, "nir")
    elif card.birth_date != line.birth_date or folded(card.birth_name) != folded(line.birth_name):
        line.warn(Rule.WORKER_CHANGED, "birthName")


class Written:
    """The rows of one declaration: its lines, the cards that they make or change."""

    def __init__(
        self,
        intake: CertificateIntake,
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
        if card is not None and self.deposit:
            self._correct(line, card)
        self.workers.add(worker_id)
        said = _said(line)
        former = self.before.get(worker_id)
        status, changed = LineStatus.CREATED, self.declaration.sequence
        processed: tuple[Any, ...] = (None,) * len(PROCESSED)
        if former is not None:
            status = LineStatus.REPLACED
            confirmed = former.processed[0] is Processing.NOT_BENEFICIARY  # else it would have been rejected
            if said == former.said and not confirmed:
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

    def _correct(self, line: Remuneration, card: Card) -> None:
        """What the line says anew of its worker."""
        told = (
            line.birth_name, line.used_name or card.used_name, line.given_names, line.birth_date, line.matricule,
            line.paying_id, line.entered_on, True,
        )  # fmt: skip
        if told != card[2:]:
            names = Card._fields[2:]
            self.changed.append({"key": card.id, "sort_key": _sort_key(line), **dict(zip(names, told, strict=True))})

    async def write(self) -> None:
        register = self.intake.register
        await register.copy(Worker, WORKER, self.new)
        if self.changed:
            rows = table(Worker.__tablename__)
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


def _undrafted(kept: str) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(kept)
    for name in ("birth_date", "dual_activity_since"):
        said[name] = said[name] and date.fromisoformat(said[name])
    return said


def _sort_key(line: Remuneration) -> str:
    return folded(f"{line.used_name or line.birth_name} {line.given_names}")
