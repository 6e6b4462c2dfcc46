"""The last answer of the Caf to what was said of each person.

A line that says the same takes it over.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import case, func, select

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

    id: str
    person_id: str
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


Treatments: TypeAlias = Mapping[str, Sequence[LastTreatment]]
"""By worker: the last answer to what was said of them, and the last withdrawal that
each Caf has noted."""


async def last_treatments(
    register: Register,
    place: Establishment,
    campaign: Campaign,
    worker_ids: Sequence[str],
) -> Treatments:
    """The last treatments of each of these workers here, for this campaign."""
    if not worker_ids:
        return {}
    rows = Treatment.__table__.c
    is_noted = rows.outcome == TreatmentOutcome.WITHDRAWAL_NOTED
    last = (
        select(func.max(rows.id))
        .where(
            rows.establishment_id == place.id,
            rows.campaign_id == campaign.id,
            rows.line_id.is_not(None),
            register.among(rows.person_id, list(worker_ids)),
        )
        .group_by(rows.person_id, case((is_noted, rows.paying_id)))
    )
    columns: list[Any] = [rows[name] for name in LastTreatment._fields]
    result = await register.session.execute(select(*columns).where(rows.id.in_(last)))
    by_worker: dict[str, list[LastTreatment]] = {}
    for row in result:
        treatment = LastTreatment(*row)
        by_worker.setdefault(treatment.person_id, []).append(treatment)
    return by_worker


def treatment_of(
    treatments: Sequence[LastTreatment], paying_id: str | None, words_digest: str
) -> LastTreatment | None:
    """The last of a worker's `treatments`, if a line of these words takes it over.

    A withdrawal that another Caf has noted is nothing to this line.
    """
    last: LastTreatment | None = None
    for treatment in treatments:
        is_noted = treatment.outcome is TreatmentOutcome.WITHDRAWAL_NOTED
        if is_noted and treatment.paying_id != paying_id:
            continue
        if last is None or treatment.id > last.id:
            last = treatment
    if last is None or last.outcome not in CARRIED:
        return None
    is_same = (last.paying_id, last.words_digest) == (paying_id, words_digest)
    return last if is_same else None
