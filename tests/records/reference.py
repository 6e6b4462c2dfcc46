"""The reference data of a seeded register, for partners that are stored in it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import Department, Mission, Organism, Role, Service, User

from .build import CAF
from .lives import Reference


async def reference_of(session: AsyncSession) -> Reference:
    async def of(code: str) -> Service:
        return await session.get_one(Service, f"svc_{code}")

    async def roles(*codes: str) -> list[Role]:
        return [await session.get_one(Role, f"rol_{code}") for code in codes]

    return Reference(
        await session.get_one(Organism, CAF.id),
        await session.get_one(Department, "75"),
        {code: await of(code) for code in ("ESAT", "CDAP")},
        {
            "ESAT": await roles("ESAT_DECLARANT", "ESAT_LECTEUR"),
            "CDAP": await roles("CDAP_T1", "CDAP_T2"),
        },
        list(
            await session.scalars(
                select(Mission).where(Mission.code.like("ACCOMPAGNEMENT%"))
            )
        ),
        (await session.scalars(select(User).limit(1))).one(),
    )
