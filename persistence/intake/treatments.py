"""The last answer of the Caf to what was said of each person.

A line that says the same takes it over.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from persistence.records import Campaign, Establishment, Treatment, TreatmentOutcome
from persistence.register import Register

CARRIED = (TreatmentOutcome.TAKEN_INTO_ACCOUNT, TreatmentOutcome.RETURNED)
"""The outcomes that an equal line takes over.

A person answered « no beneficiary » is declared again only when the Esat has confirmed
the contrary: that line needs a new answer.
"""
NO_TREATMENT: tuple[Any, ...] = (None, None, None, None)


class LastTreatment(NamedTuple):
    """The last treatment of a worker in an establishment, for a campaign."""

    worker_id: str
    paying_id: str
    words_digest: str | None
    outcome: TreatmentOutcome
    reason: str | None
    by_id: str
    day: date

    @property
    def is_returned(self) -> bool:
        return self.outcome is TreatmentOutcome.RETURNED

    @property
    def processing(self) -> tuple[Any, ...]:
        """The columns of the line that takes it over: outcome, day, agent, reason."""
        return (self.outcome.value, self.day, self.by_id, self.reason)


async def last_treatments(
    register: Register,
    place: Establishment,
    campaign: Campaign,
    worker_ids: Sequence[str],
) -> dict[str, LastTreatment]:
    """The last treatment of each of these workers here, for this campaign."""
    if not worker_ids:
        return {}
    rows = Treatment.__table__.c
    last = (
        select(func.max(rows.id))
        .where(
            rows.establishment_id == place.id,
            rows.campaign_id == campaign.id,
            register.among(rows.worker_id, list(worker_ids)),
        )
        .group_by(rows.worker_id)
    )
    columns = [rows[name] for name in LastTreatment._fields]
    result = await register.session.execute(select(*columns).where(rows.id.in_(last)))
    return {row.worker_id: LastTreatment(*row) for row in result}
