"""What a certificate does to the register: the lines of a declaration, the cards that they make or change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam, func, select, text

from .batches import Intake
from .declared_lines import PROCESSED, SAID, SIZE, Former, Written, undrafted
from .records import (
    ActivityChange,
    Batch,
    BatchKind,
    Campaign,
    ChangeKind,
    Declaration,
    DeclarationLine,
    Establishment,
    Notice,
    Organism,
    OrganismKind,
    Parameter,
    Refused,
    Rule,
)
from .records.base import folded
from .records.remunerations import Bounds, Certificate, Remuneration
from .records.workers import Card
from .register import Register

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
            return self.report(BatchKind.REMUNERATIONS, read, outcomes, **facts)
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
                **undrafted(row.drafted),
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


class Draft(NamedTuple):
    """A certificate that is still a draft."""

    declaration_id: str
    establishment_id: str
    establishment: str
    campaign_year: int
    lines: int


async def drafts_of(register: Register, partner_id: str) -> list[Draft]:
    """The partner's certificates that are still drafts."""
    lines = select(func.count()).where(DeclarationLine.declaration_id == Declaration.id).scalar_subquery()
    found = await register.session.execute(
        select(Declaration.id, Establishment.id, Establishment.name, Campaign.year, lines)
        .join(Establishment, Establishment.id == Declaration.establishment_id)
        .join(Campaign, Campaign.id == Declaration.campaign_id)
        .where(
            Declaration.partner_id == partner_id,
            Declaration.received_at.is_(None),
            Declaration.superseded_at.is_(None),
        )
        .order_by(Campaign.year, Establishment.sort_key, Declaration.id)
    )
    return [Draft(*row) for row in found]
