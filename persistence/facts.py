"""The facts of one object on a day, by the same expressions as the filters, and who may hold a right on it."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from .records import Affiliation, Agent, Establishment, Partner, PartnerState, Profile
from .records.organisms import organism_support
from .records.services import ESAT
from .visibility import GUARDED, STATE, table

Facts = Mapping[str, str | None]


async def facts_of(session: AsyncSession, record: str, object_id: str, day: date) -> Facts | None:
    """What the policy compares; None where there is no such row. An establishment is also where one declares."""
    guarded, row = GUARDED[record], table(record)
    columns = {name: expression(row) for name, expression in guarded.facts.items()}
    only = {name: expression(row) for name, expression in guarded.only.items()}
    partner = row.c[guarded.partner] if guarded.partner else literal(None)
    found = (
        await session.execute(
            select(
                partner.label("partner"),
                *(c.label(f"fact_{name}") for name, c in columns.items()),
                *(c.label(f"only_{name}") for name, c in only.items()),
            ).where(row.c.id == object_id)
        )
    ).one_or_none()
    if found is None:
        return None
    told = found._mapping  # noqa: SLF001 SQLAlchemy's public name
    facts = {name: told[f"fact_{name}"] if told.get(f"only_{name}", True) else None for name in columns}
    if record == Establishment.__tablename__:
        facts["partner_service_establishment"] = f"{told['partner']}|{ESAT}|{object_id}"
    return {"partner": told["partner"], **await _state(session, told["partner"], day), **facts}


async def _state(session: AsyncSession, partner_id: str | None, day: date) -> Facts:
    """The partner's row of the timeline that day."""
    state = PartnerState.__table__.c
    found = await session.execute(
        select(*(state[column].label(name) for name, column in STATE.items())).where(
            state.partner_id == partner_id, runs(PartnerState, day)
        )
    )
    row = found.one_or_none()
    return dict.fromkeys(STATE) if row is None else {n: v and str(v) for n, v in row._mapping.items()}  # noqa: SLF001


async def candidates(session: AsyncSession, facts: Facts, day: date) -> list[str]:
    """The users who may hold something on the object: the partner's, the agents of the organisms that it names."""
    organisms = [facts.get(name) for name in ("administering", "signing", "paying") if facts.get(name)]
    centres = select(organism_support.c.centre_id).where(organism_support.c.organism_id.in_(organisms))
    posted = select(Agent.user_id).where(
        runs(Agent, day),
        or_(
            Agent.organism_id.in_(organisms),
            Agent.organism_id.in_(centres),
            Agent.profile == Profile.NATIONAL,
        ),
    )
    people = select(Affiliation.user_id).where(Affiliation.partner_id == facts.get("partner"))
    owner = [facts["owner"]] if facts.get("owner") else []
    return sorted({*await session.scalars(posted.union(people)), *owner})


async def partner_file(session: AsyncSession, partner_id: str | None) -> Partner | None:
    """The partner with its whole file."""
    return await session.get(Partner, partner_id) if partner_id is not None else None


def runs(row: type[Agent | Affiliation | PartnerState], day: date) -> ColumnElement[bool]:
    """Whether [starts, ends) of the row holds that day."""
    return (row.starts_on <= day) & or_(row.ends_on.is_(None), row.ends_on > day)
