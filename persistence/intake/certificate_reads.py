"""What the register says before a certificate is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from persistence.facts.persons import person
from persistence.records import (
    Campaign,
    Declaration,
    DeclarationLine,
    Organism,
    Parameter,
    Processing,
)
from persistence.records.base import table

from .batches import BatchIntake
from .bounds import Bounds
from .jumps import LastYearLine
from .known_workers import PreviousLine
from .line_words import STATEMENTS, undrafted
from .november import Certificate
from .payers import PAYERS
from .remuneration_lines import Remuneration
from .rows_together import rows_together


@dataclass(slots=True)
class CertificateReads(BatchIntake):
    """A batch of the annual certificate, with what it reads of the register."""

    async def live(self, campaign: Campaign) -> Sequence[Declaration]:
        """The deposit and the draft that count now."""
        of = (
            Declaration.establishment_id == self.place.id,
            Declaration.campaign_id == campaign.id,
        )
        declarations = await self.register.session.scalars(
            select(Declaration).where(*of, Declaration.superseded_at.is_(None))
        )
        return declarations.all()

    async def certificate(
        self, campaign: Campaign
    ) -> tuple[Certificate, dict[str, LastYearLine]]:
        """What the lines are read against, and the lines of last year by worker.

        One statement.
        """
        last_day = date(campaign.year, 11, 30)
        columns = select(Parameter.starts_on, Parameter.name, Parameter.value)
        in_time = Parameter.starts_on <= last_day
        codes = select(Organism.code, Organism.id)
        can_pay = Organism.kind.in_(PAYERS)
        values, payers, lines = await rows_together(
            self.register,
            columns.where(in_time),
            codes.where(can_pay),
            self._last_year(campaign),
        )
        parameters = []
        for starts_on, name, value in values:
            parameter = Parameter(starts_on=starts_on, name=name, value=value)
            parameters.append(parameter)
        bounds = Bounds.on(last_day, parameters)
        certificate = Certificate(campaign.year, self.place.siret, bounds, dict(payers))
        last_year = {worker: LastYearLine(*words) for worker, *words in lines}
        return certificate, last_year

    async def lines_before(self, former: Declaration | None) -> dict[str, PreviousLine]:
        """The lines that this declaration takes the place of, by worker."""
        if former is None:
            return {}
        rows = DeclarationLine.__table__.c
        columns = (
            rows.paying_id,
            rows.changed_sequence,
            rows.words_digest,
            rows.processing,
            rows.rate,
            rows.dual_activity_since,
        )
        card = table("worker").alias()
        result = await self.register.session.execute(
            select(person(card), *columns)
            .join(card, card.c.id == rows.worker_id)
            .where(rows.declaration_id == former.id)
        )
        return {
            worker: PreviousLine(
                payer,
                changed,
                digest,
                processing is Processing.NOT_BENEFICIARY,
                rate,
                since,
            )
            for worker, payer, changed, digest, processing, rate, since in result
        }

    async def draft_lines(self, draft: Declaration) -> list[Remuneration]:
        """The draft's lines as they were read, in order."""
        rows = DeclarationLine.__table__.c
        columns = [
            rows[c] for c in ("worker_id", "client_reference", "drafted", *STATEMENTS)
        ]
        drafted = await self.register.session.execute(
            select(*columns)
            .where(rows.declaration_id == draft.id)
            .order_by(rows.position)
        )
        return [
            Remuneration(
                index=index,
                reference=row.client_reference,
                worker_id=row.worker_id,
                **undrafted(row.drafted),
                **{name: getattr(row, name) for name in STATEMENTS},
            )
            for index, row in enumerate(drafted)
        ]

    def _last_year(self, campaign: Campaign) -> Select[Any]:
        """The lines of this establishment's deposit in the campaign before."""
        line, last_year = DeclarationLine, Declaration
        card = table("worker").alias()
        columns: Sequence[Any] = (
            person(card).label("worker_id"),
            line.rate,
            line.net_remuneration,
            line.esat_share,
        )
        return (
            select(*columns)
            .join(last_year, last_year.id == line.declaration_id)
            .join(card, card.c.id == line.worker_id)
            .where(
                last_year.establishment_id == self.place.id,
                last_year.campaign_id == f"cmp_{campaign.year - 1}",
                Declaration.is_in_force.sql(Declaration.__table__),
            )
        )
