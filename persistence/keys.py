"""Whether the keys of a process are the register's.

With others, every worker would get a second card.
"""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from .engine import Database
from .records import KeyCanary, Worker
from .vault import Vault, VaultError

OTHER_KEYS = (
    "Ces clés ne sont pas celles de ce registre : NIR_KEYS doit nommer le fichier de "
    "clés d'origine, avec toutes les clés qui y ont servi."
)


async def require_keys(database: Database, vault: Vault) -> None:
    """Raise `VaultError` where these keys do not open what the register holds."""
    async with database.looking() as session:
        await _require(session, vault)


async def keep_canary(database: Database, vault: Vault) -> None:
    """Require the keys, and leave the canary of a key the first time that it serves."""
    await require_keys(database, vault)
    name, cipher, digest = vault.canary()
    insert = (postgresql if database.dialect == "postgresql" else sqlite).insert
    canary = (
        insert(KeyCanary)
        .values(key_name=name, cipher=cipher, digest=digest)
        .on_conflict_do_nothing()
    )
    async with database.transaction() as session:
        if await session.get(KeyCanary, name) is None:
            await session.execute(canary)
        await _require(
            session, vault
        )  # another process may have been first, with keys of its own


async def _require(session: AsyncSession, vault: Vault) -> None:
    canaries = (
        await session.execute(
            select(KeyCanary.key_name, KeyCanary.cipher, KeyCanary.digest)
        )
    ).all()
    if not all(vault.recognises(*canary) for canary in canaries):
        raise VaultError(OTHER_KEYS)
    if not canaries:  # a register from before canaries: its oldest card and its newest
        for order in (Worker.id.asc(), Worker.id.desc()):
            card = (
                select(Worker.id, Worker.nir_cipher, Worker.nir_index)
                .order_by(order)
                .limit(1)
            )
            for row in (await session.execute(card)).all():
                _require_card(vault, *row)


def _require_card(vault: Vault, card_id: str, cipher: bytes, index: str) -> None:
    try:
        opened = vault.open(cipher, card_id)
    except VaultError:
        raise VaultError(OTHER_KEYS) from None
    if vault.index(opened) != index:
        raise VaultError(OTHER_KEYS)
