"""The reference data that the stories of the demonstration choose from, by code."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import Department, Mission, Organism, Role, Service


@dataclass(frozen=True, slots=True)
class Catalogue:
    organisms: dict[str, Organism]
    departments: dict[str, Department]
    missions: list[Mission]
    services: dict[str, Service]
    roles: dict[str, Role]


async def read_catalogue(session: AsyncSession) -> Catalogue:
    return Catalogue(
        {o.code: o for o in await session.scalars(select(Organism))},
        {d.code: d for d in await session.scalars(select(Department))},
        list(await session.scalars(select(Mission).order_by(Mission.code))),
        {s.code: s for s in await session.scalars(select(Service))},
        {r.code: r for r in await session.scalars(select(Role))},
    )
