"""What a production never holds.

The keys of the demonstration, in the open, its centres and its addresses.
"""

from datetime import date
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.records import Organism, OrganismKind
from persistence.records.organisms import organism_support
from persistence.signing import Signer
from persistence.vault import Vault

from .reference import organism

CENTRES = {
    "CR1": ("Centre de ressources d'Île-de-France (fictif)", ("751", "781", "921")),
    "CR2": ("Centre de ressources du Sud (fictif)", ("131", "331")),
}


async def seed_organisms(session: AsyncSession) -> None:
    """Resource centres, whom they support, and an address for each organism."""
    centres = [
        organism(code, OrganismKind.RESOURCE_CENTRE, name)
        for code, (name, _) in CENTRES.items()
    ]
    session.add_all(centres)
    await session.flush()
    pairs = [
        {"centre_id": f"org_{c}", "organism_id": f"org_{o}"}
        for c, (_, all_) in CENTRES.items()
        for o in all_
    ]
    await session.execute(organism_support.insert(), pairs)
    others = select(Organism).where(Organism.kind != OrganismKind.NATIONAL)
    for each in await session.scalars(others):
        code = each.code.lower()
        place = code if each in centres else f"contact-{code}"
        each.contact = f"{place}@example.invalid"
    await session.flush()


def fictional_vault() -> Vault:
    return Vault({"fiction": _key("seal")}, "fiction", _key("index"))


def fictional_signer() -> Signer:
    return Signer.of(_key("sign"), date(2025, 12, 1))


def _key(purpose: str) -> bytes:
    return sha256(f"fiction : {purpose}".encode()).digest()
