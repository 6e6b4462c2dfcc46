"""Thirty thousand partners, two hundred thousand users, a million declared lines: made here, copied into either database."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import md5
from itertools import islice
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.engine import Database
from persistence.records import (
    Affiliation,
    Agent,
    BoundIdentity,
    Bulletin,
    Contract,
    Convention,
    Declaration,
    DeclarationLine,
    Establishment,
    Group,
    Membership,
    Organism,
    Partner,
    PartnerFollower,
    PartnerSiret,
    PartnerState,
    ServiceAccess,
    User,
    Worker,
)
from persistence.records.base import Base, table
from persistence.records.identifiers import luhn
from persistence.records.nir import Nir
from persistence.register import Register
from persistence.seeds.fiction import fictional_vault
from persistence.types import FOREVER

PARTNERS, USERS, GROUPS = 30_000, 200_000, 60_000
WORKERS, YEARS = 17, (2024, 2025)
"""Workers of a partner, and the campaigns that declared each: 30 000 × 17 × 2 is a million lines and some."""
DESKS = 50
"""Partners at which deposits are measured; the last one shows first that a deposit is taken."""
CALLER, DECLARANT = "bench-agent", "bench-declarant"
ISSUER = "https://demo.habilitations.invalid"
STANDINGS = """INSERT INTO campaign_standing
  (establishment_id, campaign_id, partner_id, expected, missing, returned, pending)
SELECT id, 'cmp_2026', partner_id, :workers, :workers, 0, 0 FROM establishment"""
"""What is kept of the rosters: nobody is declared yet this year."""
SEPTEMBER, MARCH = date(2025, 9, 1), date(2026, 3, 1)


def siret(number: int) -> str:
    """A SIRET with good keys, one for each partner."""
    siren = _keyed(f"{number:08d}")
    return _keyed(f"{siren}0001")


def nirs(seed: int) -> Iterator[str]:
    """Fictional numbers with good keys, without end, each once."""
    dice, seen = random.Random(seed), set[str]()  # noqa: S311 fiction
    while True:
        body = f"{dice.choice('12')}{dice.randrange(50, 99)}{dice.randrange(1, 13):02}75{dice.randrange(10**6):06}"
        if body not in seen:
            seen.add(body)
            yield body + f"{97 - int(body) % 97:02}"


def _keyed(digits: str) -> str:
    return next(digits + key for key in "0123456789" if luhn(digits + key))


async def fill(session: AsyncSession, database: Database) -> None:
    """The bench's register, on top of the reference data."""
    payers = (
        await session.scalars(
            select(Organism.id)
            .where(Organism.kind.in_(("CAF", "MULTI_BRANCH")))
            .order_by(Organism.code)
        )
    ).all()
    register = Register(session, database, MARCH)
    for record, columns, rows in (
        *_contracts(payers),
        *_people(),
        *_desks(),
        *_declared(payers),
    ):
        source = iter(rows)
        while chunk := list(islice(source, 50_000)):
            await register.copy(record, columns.split(), chunk)
    await session.execute(text(STANDINGS), {"workers": WORKERS})
    role = {"role_id": "rol_ESAT_DECLARANT", "service_id": "svc_ESAT"}
    roles = [{"bulletin_id": f"bul_{i}", **role} for i in range(DESKS)]
    scope = [
        {
            "bulletin_id": f"bul_{i}",
            "establishment_id": f"est_{i}",
            "partner_id": f"ptr_{i}",
        }
        for i in range(DESKS)
    ]
    await session.execute(table("bulletin_role").insert(), roles)
    await session.execute(table("bulletin_establishment").insert(), scope)


Rows = tuple[type[Base], str, Iterable[tuple[Any, ...]]]


def _contracts(payers: Sequence[str]) -> list[Rows]:
    every = range(PARTNERS)

    def caf(i: int) -> str:
        return payers[i % len(payers)]

    def since(
        i: int,
    ) -> date:  # an act rewrites the timeline where it is not what the documents say
        return SEPTEMBER if i < DESKS else MARCH

    sorts = [
        f"partenaire {md5(str(i).encode(), usedforsecurity=False).hexdigest()}"
        for i in every
    ]
    numbers = [siret(i) for i in every]
    version = 1
    return [
        (
            Partner,
            "id version siren kind name sort_key registered_on",
            ((f"ptr_{i}", version, numbers[i][:9], "ESAT", f"Partenaire {i}", sorts[i], SEPTEMBER) for i in every),
        ),
        (PartnerFollower, "partner_id starts_on organism_id", ((f"ptr_{i}", SEPTEMBER, caf(i)) for i in every)),
        (PartnerSiret, "partner_id siret starts_on", ((f"ptr_{i}", numbers[i], SEPTEMBER) for i in every)),
        (
            Establishment,
            "id version partner_id name sort_key siret department added_on",
            (
                (f"est_{i}", version, f"ptr_{i}", f"Établissement {i}", f"etablissement {i}", numbers[i], "75", SEPTEMBER)
                for i in every
            ),
        ),
        (
            Convention,
            "id version partner_id siret organism_id prepared_on in_force_on closed_on",
            (
                (f"cnv_old{i}", version, f"ptr_{i}", numbers[i], caf(i), SEPTEMBER, SEPTEMBER, MARCH)
                for i in every
                if i % 10 == 0 and i >= DESKS
            ),
        ),
        (
            Convention,
            "id version partner_id siret organism_id prepared_on in_force_on",
            ((f"cnv_{i}", version, f"ptr_{i}", numbers[i], caf(i), since(i), since(i)) for i in every),
        ),
        (
            Contract,
            "convention_id partner_id mode",
            (
                (f"cnv_{old}{i}", f"ptr_{i}", "CENTRALISED")
                for old, some in (("old", range(DESKS, PARTNERS, 10)), ("", every))
                for i in some
            ),
        ),
        (
            PartnerState,
            "partner_id starts_on ends_on convention_id mode administering_id signing_id",
            ((f"ptr_{i}", SEPTEMBER, FOREVER, f"cnv_{i}", "CENTRALISED", caf(i), caf(i)) for i in every),
        ),
        (
            ServiceAccess,
            "id version convention_id partner_id service_id",
            ((f"acc_{i}", version, f"cnv_{i}", f"ptr_{i}", "svc_ESAT") for i in every),
        ),
        (
            Group,
            "id version access_id partner_id service_id role_id name sort_key all_establishments created_on",
            (
                (
                    f"grp_{i}", version, f"acc_{i % PARTNERS}", f"ptr_{i % PARTNERS}", "svc_ESAT", "rol_ESAT_DECLARANT",
                    f"Groupe {i}", f"groupe {i}", True, MARCH,
                )
                for i in range(GROUPS)
            ),
        ),
    ]  # fmt: skip


def _people() -> list[Rows]:
    users = "id version kind given_name family_name sort_key email"
    sorts = (
        f"nom {md5(str(i).encode(), usedforsecurity=False).hexdigest()}"
        for i in range(USERS)
    )
    return [
        (
            User,
            users,
            (
                (f"usr_{i}", 1, "PERSON", "Prénom", f"Nom{i}", key, f"u{i}@example.invalid")
                for i, key in enumerate(sorts)
            ),
        ),
        (
            Affiliation,
            "id version partner_id user_id starts_on",
            ((f"aff_{i}", 1, f"ptr_{i % PARTNERS}", f"usr_{i}", MARCH) for i in range(USERS)),
        ),
        (
            Membership,
            "id version group_id role_id partner_id affiliation_id user_id starts_on",
            (
                (f"mbr_{i}", 1, f"grp_{i % GROUPS}", "rol_ESAT_DECLARANT", f"ptr_{i % PARTNERS}", f"aff_{i}", f"usr_{i}", MARCH)
                for i in range(USERS)
            ),
        ),
        (User, users, ((f"usr_{who}", 1, "PERSON", "Agent", "Mesure", "mesure agent", None) for who in (CALLER, DECLARANT))),
        (BoundIdentity, "issuer subject user_id", ((ISSUER, who, f"usr_{who}") for who in (CALLER, DECLARANT))),
        (
            Agent,
            "id version user_id organism_id profile starts_on",
            [(f"agt_{CALLER}", 1, f"usr_{CALLER}", "org_751", "MANAGING", date(2026, 1, 1))],
        ),
    ]  # fmt: skip


def _desks() -> list[Rows]:
    """The service opened at some partners, and one declarant in a group of each."""
    some = range(DESKS)
    return [
        (
            Bulletin,
            ("id version access_id convention_id partner_id service_id siret partner_signed_on organism_signed_on effective_from opened_on cna_acknowledged"),
            (
                (f"bul_{i}", 1, f"acc_{i}", f"cnv_{i}", f"ptr_{i}", "svc_ESAT", siret(i), MARCH, MARCH, MARCH, MARCH, False)
                for i in some
            ),
        ),
        (
            Affiliation,
            "id version partner_id user_id starts_on",
            ((f"aff_desk{i}", 1, f"ptr_{i}", f"usr_{DECLARANT}", MARCH) for i in some),
        ),
        (
            Membership,
            "id version group_id role_id partner_id affiliation_id user_id starts_on",
            (
                (f"mbr_desk{i}", 1, f"grp_{i}", "rol_ESAT_DECLARANT", f"ptr_{i}", f"aff_desk{i}", f"usr_{DECLARANT}", MARCH)
                for i in some
            ),
        ),
    ]  # fmt: skip


def _declared(payers: Sequence[str]) -> list[Rows]:
    """Two campaigns of every partner; one line in ten is paid by another Caf than its partner's."""
    sealed = fictional_vault().seal  # each number is sealed to its card, as it would be

    numbers, every = nirs(0), range(PARTNERS * WORKERS)

    def mine(i: int) -> str:
        return payers[(i // WORKERS + (i % 10 == 0)) % len(payers)]

    def workers() -> Iterator[tuple[Any, ...]]:
        vault = fictional_vault()
        for i, number in zip(every, numbers, strict=False):
            nir, key = Nir(number), f"wrk_{i:07d}"
            yield (
                key, 1, f"ptr_{i // WORKERS}", sealed(nir, key), vault.index(nir), nir.mask, f"Nom{i}", "Prénom",
                f"nom{i} prenom", date(1980, 1, 1), "1000000", mine(i), date(2015, 1, 1), True,
                key,
            )  # fmt: skip

    def declarations() -> Iterator[tuple[Any, ...]]:
        for year in YEARS:
            at = datetime(year, 12, 15, 9, tzinfo=UTC)
            for i in range(PARTNERS):
                yield (
                    f"dec_{year}{i:05d}", 1, f"ptr_{i}", f"est_{i}", f"cmp_{year}", siret(i), 1, at, at, WORKERS,
                    f"usr_{i}",
                )  # fmt: skip

    def lines() -> Iterator[tuple[Any, ...]]:
        for year in YEARS:
            for i in every:
                home = i // WORKERS
                yield (
                    f"lin_{year}{i:07d}", 1, f"ptr_{home}", f"est_{home}", f"dec_{year}{home:05d}", *[f"wrk_{i:07d}"] * 2, mine(i),
                    True, i % WORKERS, "1000000", date(2015, 1, 1), 8000, 73344 + i % 1000, 66641, 510, False, 1,
                )  # fmt: skip

    return [
        (
            Worker,
            "id version partner_id nir_cipher nir_index nir_mask birth_name given_names sort_key birth_date matricule "
            "paying_id entered_on aah_beneficiary person_id",
            workers(),
        ),
        (
            Declaration,
            "id version partner_id establishment_id campaign_id siret sequence prepared_at received_at line_count "
            "declared_by_id",
            declarations(),
        ),
        (
            DeclarationLine,
            "id version partner_id establishment_id declaration_id worker_id person_id paying_id deposited position matricule "
            "entered_on rate net_remuneration net_aid esat_share dual_activity changed_sequence",
            lines(),
        ),
    ]
