"""Last year's certificates of the fictional world, and who has left since.

Told through the intake of any batch.
"""

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.engine import Database
from persistence.intake.activity_changes import ActivityChangeIntake
from persistence.intake.batches import BatchIntake
from persistence.intake.certificate_reads import Living
from persistence.intake.certificates import CertificateIntake
from persistence.intake.intentions import Intention
from persistence.records import BatchMode, Campaign, Establishment, User
from persistence.register import Register
from persistence.standings import keep_standings_of_campaign
from persistence.vault import Vault

from .fiction import fictional_vault

REMUNERATIONS = Path(__file__).with_name("remunerations_2025.csv")
DEPOSITED_AT = datetime(2026, 1, 8, 9, 30, tzinfo=UTC)
CANAL = "99990001200025"
DECLARANTS = {
    CANAL: "usr_declarante-canal",
    "99990001200041": "usr_declarante-seine",
    "99990002000010": "usr_declarant-horizons",
    "99990002000028": "usr_declarant-horizons",
    "99990002000036": "usr_declarant-horizons",
    "99990004600015": "usr_declarant-oliviers",
    "99990007900016": "usr_declarante-alizes",
}
LEFT = (
    {
        "client_reference": "D00001",
        "nir": "263097599901759",
        "kind": "DEPARTURE",
        "effective_on": "01/07/2026",
        "departure_reason": "RETIREMENT",
    },
    {
        "client_reference": "D00002",
        "nir": "161026999907406",
        "kind": "DEPARTURE",
        "effective_on": "20/03/2026",
        "departure_reason": "DEATH",
    },
    {
        "client_reference": "D00003",
        "nir": "187089399905047",
        "kind": "RATE_INCREASE",
        "effective_on": "01/05/2026",
        "rate": "50",
    },
)


async def tell_declarations(session: AsyncSession, database: Database) -> None:
    """The campaign of 2025, deposited for every open Esat.

    Then some changes of activity of 2026.
    """
    campaign = await session.get_one(Campaign, "cmp_2025")
    lines = defaultdict(list)
    with REMUNERATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lines[row["siret"]].append(row)
    for siret, declarant in DECLARANTS.items():
        intake = CertificateIntake(
            *await _batch(session, database, siret, declarant, DEPOSITED_AT)
        )
        nothing_yet = Living(None, None, 0)
        batch = await intake.deposit(
            campaign, lines[siret], nothing_yet, Intention(deposit=True)
        )
        await _write_whole(intake, batch.received)
    told_at = datetime(2026, 7, 2, 8, 15, tzinfo=UTC)
    changes = ActivityChangeIntake(
        *await _batch(session, database, CANAL, DECLARANTS[CANAL], told_at)
    )
    await changes.change(LEFT, told_at.date())
    await _write_whole(changes, len(LEFT))
    for campaign_id in (await session.scalars(select(Campaign.id))).all():
        await keep_standings_of_campaign(session, campaign_id)


async def _batch(
    session: AsyncSession, database: Database, siret: str, declarant: str, now: datetime
) -> tuple[Register, Vault, Establishment, BatchMode, User, datetime]:
    place = (
        await session.scalars(select(Establishment).where(Establishment.siret == siret))
    ).one()
    by = await session.get_one(User, declarant)
    register = Register(session, database, now.date())
    return register, fictional_vault(), place, BatchMode.ALL_OR_NOTHING, by, now


async def _write_whole(intake: BatchIntake, lines: int) -> None:
    """Fiction holds no accident."""
    assert lines, "no line"
    assert not intake.errors, [(n.rule.name, n.path) for n in intake.errors]
    await intake.register.flush()
