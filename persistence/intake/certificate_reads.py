"""What the register says before a certificate is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select, union

from persistence.records import (
    ActivityChange,
    Campaign,
    Declaration,
    DeclarationLine,
    Organism,
    Parameter,
    Processing,
)

from .batches import BatchIntake
from .bounds import Bounds
from .jumps import LastYearLine
from .known_workers import PreviousLine
from .november import Certificate
from .payers import PAYERS
from .rows_together import rows_together


class Living(NamedTuple):
    """What counts for an establishment and a campaign: the deposit, and the draft.

    `last_sequence`: the rank of the last declaration, whatever became of it, or 0.
    """

    in_force: Declaration | None
    draft: Declaration | None
    last_sequence: int

    @property
    def sequence(self) -> int:
        """The rank of the one in force; 0 for none."""
        return self.in_force.sequence if self.in_force is not None else 0


@dataclass(slots=True)
class CertificateReads(BatchIntake):
    """A batch of the annual certificate, with what it reads of the register."""

    async def living(self, campaign: Campaign) -> Living:
        """The deposit and the draft that count now."""
        rows = Declaration.__table__.c
        of = (
            rows.establishment_id == self.place.id,
            rows.campaign_id == campaign.id,
        )
        last = select(func.max(rows.sequence)).where(*of).scalar_subquery()
        counts = or_(rows.superseded_at.is_(None), rows.sequence == last)
        result = await self.register.session.scalars(
            select(Declaration).where(*of, counts)
        )
        declarations = result.all()
        in_force = draft = None
        for declaration in declarations:
            if declaration.is_in_force():
                in_force = declaration
            elif declaration.is_draft():
                draft = declaration
        sequences = [declaration.sequence for declaration in declarations]
        return Living(in_force, draft, max(sequences, default=0))

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
        result = await self.register.session.execute(
            select(rows.person_id, *columns).where(rows.declaration_id == former.id)
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

    async def persons_here(self, ids: Sequence[str]) -> set[str]:
        """Those of these persons of whom this establishment has declared something.

        Whoever may declare here knows them, and may name them without their number.
        """
        parts = []
        for record in (DeclarationLine, ActivityChange):
            rows = record.__table__.c
            is_of_them = self.register.among(rows.person_id, list(ids))
            is_here = rows.establishment_id == self.place.id
            parts.append(select(rows.person_id).where(is_here, is_of_them))
        return set(await self.register.session.scalars(union(*parts)))

    def _last_year(self, campaign: Campaign) -> Select[Any]:
        """The lines of this establishment's deposit in the campaign before."""
        line, last_year = DeclarationLine, Declaration
        columns: Sequence[Any] = (
            line.person_id,
            line.rate,
            line.net_remuneration,
            line.esat_share,
        )
        return (
            select(*columns)
            .join(last_year, last_year.id == line.declaration_id)
            .where(
                last_year.establishment_id == self.place.id,
                last_year.campaign_id == f"cmp_{campaign.year - 1}",
                Declaration.is_in_force.sql(Declaration.__table__),
            )
        )
