"""The register, by whoever holds the server: its steps, its reference data, its first administrator, its keys."""

import argparse
import asyncio
import os
from datetime import date
from uuid import uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from authz import load
from persistence.engine import Database
from persistence.journal import Circumstances, entry
from persistence.keys import keep_canary
from persistence.migrations import migrate as bring_up
from persistence.migrations import require_step
from persistence.records import Agent, Organism, Profile, SignIn, User
from persistence.replays import purge as forget_keys
from persistence.seeds.demo import seed_demo
from persistence.seeds.reference import seed_reference
from persistence.vault import Vault
from server.app import create_clock, create_vault
from server.clock import DemoClock
from server.settings import DEMO_ISSUER, RegisterSettings
from server.variables import SettingsError

NATIONAL_KNOWN = (
    "Un administrateur national est déjà nommé : il nomme les suivants, au bureau ou par le graphe "
    "(--again, si plus personne ne le peut)."
)


def migrate(_: argparse.Namespace) -> int:
    return asyncio.run(prepare(RegisterSettings.from_environ(os.environ)))


def seed(asked: argparse.Namespace) -> int:
    return asyncio.run(prepare(RegisterSettings.from_environ(os.environ), reference=True, demo=asked.demo))


def appoint_national(asked: argparse.Namespace) -> int:
    return asyncio.run(_appoint_national(RegisterSettings.from_environ(os.environ), asked))


def keys(asked: argparse.Namespace) -> int:
    Vault.write(asked.file)
    return 0


def purge(_: argparse.Namespace) -> int:
    return asyncio.run(_purge(RegisterSettings.from_environ(os.environ)))


async def prepare(settings: RegisterSettings, *, reference: bool = False, demo: bool = False) -> int:
    database = Database(settings.database_url)
    try:
        await bring_up(database)
        if demo and settings.demo_day is None:
            raise SettingsError("Le monde fictif ne s'écrit que dans une démonstration (DEMO=1).")
        if reference and await _is_empty(database, "organism"):
            async with database.transaction() as session:
                await seed_reference(session)
        if reference and (settings.demo or settings.nir_keys is not None):
            await keep_canary(database, create_vault(settings))
        if demo and settings.demo_day is not None and await _is_empty(database, "partner"):
            await seed_demo(database, DEMO_ISSUER, DemoClock(settings.demo_day).today())
    finally:
        await database.close()
    return 0


async def _appoint_national(settings: RegisterSettings, asked: argparse.Namespace) -> int:
    """The first one, by whoever holds the server; the graph's own national administrators name the others."""
    database, clock = Database(settings.database_url), create_clock(settings)
    try:
        await require_step(database)
        person = User.person(asked.given_name, asked.family_name, asked.email)
        async with database.transaction() as session:
            cnaf = await session.get(Organism, "org_CNAF")
            if cnaf is None:
                raise SettingsError("Le référentiel manque : `habilitations seed`.")
            if await session.get(SignIn, (asked.issuer, asked.subject)) is not None:
                raise SettingsError("Cette identité, émetteur et sujet, est déjà celle de quelqu'un.")
            if not asked.again and await _has_national(session, clock.today()):
                raise SettingsError(NATIONAL_KNOWN)
            appointed = Agent.appoint(person, cnaf, Profile.NATIONAL, clock.today())
            what = Circumstances(
                actor_id=person.id,
                acting_for=cnaf.id,
                source="CLI",
                act="agentAppoint",
                request_id=uuid4().hex,
                policy_hash=load().policy_hash,
                matched_rule="hors du graphe",
                reason="Premier administrateur national",
            )
            session.add_all([appointed, SignIn(issuer=asked.issuer, subject=asked.subject, user=person)])
            written = entry(session, what, appointed.id, None, clock.now(), clock.today())
            await session.flush()
            session.add(written)
    finally:
        await database.close()
    return 0


async def _has_national(session: AsyncSession, today: date) -> bool:
    active = or_(Agent.ends_on.is_(None), Agent.ends_on > today)
    nationals = select(func.count()).select_from(Agent).where(Agent.profile == Profile.NATIONAL, active)
    return bool(await session.scalar(nationals))


async def _purge(settings: RegisterSettings) -> int:
    """Forget the keys whose time has come."""
    database, clock = Database(settings.database_url), create_clock(settings)
    try:
        await require_step(database)
        async with database.transaction() as session:
            count = await forget_keys(session, clock.now())
    finally:
        await database.close()
    print(f"Clés d'idempotence effacées, leur délai passé : {count}.")
    return 0


async def _is_empty(database: Database, table: str) -> bool:
    text = f"SELECT count(*) FROM {table}"  # noqa: S608 our own word
    async with database.reading() as driver:
        return not await database.value(text, {} if database.dialect == "sqlite" else (), driver)
