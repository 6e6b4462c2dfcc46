"""The register, for the operator of the server.

Its migrations, its reference data, its first administrator, its keys.
"""

import argparse
import asyncio
import os
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from authz import load
from persistence.draft_purge import purge_drafts
from persistence.engine import Database
from persistence.journal import ActContext, entry
from persistence.keys import keep_canary
from persistence.migrations import migrate as bring_up
from persistence.migrations import require_step
from persistence.records import Agent, BoundIdentity, Organism, Profile, User
from persistence.replays import purge as forget_keys
from persistence.seeds.demo import seed_demo
from persistence.seeds.reference import seed_reference
from persistence.signing import add_key, has_key
from persistence.vault import Vault
from server.app import create_clock, create_vault
from server.clock import DemoClock, SystemClock
from server.settings import DEMO_ISSUER, RegisterSettings
from server.variables import SettingsError

NATIONAL_EXISTS = (
    "Un administrateur national est déjà nommé : il nomme les suivants, au bureau "
    "ou par le graphe "
    "(--again, si plus personne ne le peut)."
)


def migrate(_: argparse.Namespace) -> int:
    """Bring the database to the last migration."""
    return asyncio.run(prepare(_settings()))


def seed(arguments: argparse.Namespace) -> int:
    """Write the reference data in an empty database; --demo adds the fiction."""
    return asyncio.run(prepare(_settings(), reference=True, demo=arguments.demo))


def appoint_national(arguments: argparse.Namespace) -> int:
    """Appoint the first national administrator."""
    return asyncio.run(_appoint_national(_settings(), arguments))


def keys(arguments: argparse.Namespace) -> int:
    """Write new keys; or add the one that signs to a file that has none, or the next.

    `--sign-anew` is the rotation of the key that signs.
    """
    file, today = arguments.file, SystemClock().today()
    if arguments.sign_anew:
        add_key(file, today)
        print(f"{file} : nouvelle clé de signature ; l'ancienne reste publiée.")
    elif file.exists() and not has_key(file):
        Vault.read(file)
        add_key(file, today)
        print(f"{file} : clé de signature des reçus ajoutée ; rien d'autre n'a changé.")
    else:
        Vault.write(file)
        add_key(file, today)
    return 0


def purge(_: argparse.Namespace) -> int:
    """Forget the keys that have expired, and the drafts of campaigns that are over."""
    return asyncio.run(_purge(_settings()))


def _settings() -> RegisterSettings:
    return RegisterSettings.from_environ(os.environ)


async def prepare(
    settings: RegisterSettings, *, reference: bool = False, demo: bool = False
) -> int:
    """Migrate the database, then write what is missing in it. Return the exit code.

    `reference`: the reference data. `demo`: the fictional world, in a demonstration.
    """
    day = settings.demo_day
    database = Database(settings.database_url)
    try:
        has_keys = settings.demo or settings.nir_keys is not None
        await bring_up(database, create_vault(settings) if has_keys else None)
        if demo and day is None:
            raise SettingsError(
                "Le monde fictif ne s'écrit que dans une démonstration (DEMO=1)."
            )
        if reference and await _is_empty(database, "organism"):
            async with database.transaction() as session:
                await seed_reference(session)
        if reference and has_keys:
            await keep_canary(database, create_vault(settings))
        if demo and day is not None and await _is_empty(database, "partner"):
            await seed_demo(database, DEMO_ISSUER, DemoClock(day).today())
    finally:
        await database.close()
    return 0


async def _appoint_national(
    settings: RegisterSettings, arguments: argparse.Namespace
) -> int:
    """Appoint the first national administrator, outside of the graph.

    National administrators appoint the others in the graph.
    """
    database, clock = Database(settings.database_url), create_clock(settings)
    identity = (arguments.issuer, arguments.subject)
    try:
        await require_step(database)
        person = User.person(
            arguments.given_name, arguments.family_name, arguments.email
        )
        async with database.transaction() as session:
            cnaf = await session.get(Organism, "org_CNAF")
            if cnaf is None:
                raise SettingsError("Le référentiel manque : `habilitations seed`.")
            if await session.get(BoundIdentity, identity) is not None:
                raise SettingsError(
                    "Cette identité, émetteur et sujet, est déjà celle de quelqu'un."
                )
            if not arguments.again and await _has_national(session, clock.today()):
                raise SettingsError(NATIONAL_EXISTS)
            today = clock.today()
            agent = Agent.appoint(person, cnaf, Profile.NATIONAL, today)
            circumstances = ActContext(
                actor_id=person.id,
                acting_for=cnaf.id,
                source="CLI",
                act="agentAppoint",
                request_id=uuid4().hex,
                policy_hash=load().policy_hash,
                matched_rule="hors du graphe",
                reason="Premier administrateur national",
            )
            sign_in = BoundIdentity(
                issuer=arguments.issuer, subject=arguments.subject, user=person
            )
            session.add_all([agent, sign_in])
            journal_entry = entry(
                session, circumstances, agent.id, None, clock.now(), today
            )
            await session.flush()
            session.add(journal_entry)
    finally:
        await database.close()
    return 0


async def _has_national(session: AsyncSession, today: date) -> bool:
    active = or_(Agent.ends_on.is_(None), Agent.ends_on > today)
    agents = select(func.count()).select_from(Agent)
    nationals = agents.where(Agent.profile == Profile.NATIONAL, active)
    return bool(await session.scalar(nationals))


async def _purge(settings: RegisterSettings) -> int:
    database, clock = Database(settings.database_url), create_clock(settings)
    try:
        await require_step(database)
        async with database.transaction() as session:
            count = await forget_keys(session, clock.now())
            drafts = await purge_drafts(session, clock.today(), clock.now())
    finally:
        await database.close()
    print(f"Clés d'idempotence effacées, leur délai passé : {count}.")
    print(f"Brouillons jamais déposés, effacés après leur campagne : {drafts}.")
    return 0


async def _is_empty(database: Database, table: str) -> bool:
    text = f"SELECT count(*) FROM {table}"  # noqa: S608 our own word
    no_binds: Any = {} if database.dialect == "sqlite" else ()
    async with database.reading() as driver:
        return not await database.value(text, no_binds, driver)
