"""A register is served with the keys that sealed it, and with no others."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, func, select
from starlette.applications import Starlette

from persistence.engine import Database
from persistence.keys import OTHER_KEYS, keep_canary, require_keys
from persistence.migrations import migrate
from persistence.records import KeyCanary, Worker
from persistence.records.nir import Nir
from persistence.seeds.fiction import fictional_vault
from persistence.signing import add_key
from persistence.vault import Vault, VaultError
from server.app import create_app
from server.cli import main
from server.settings import Settings
from tests.conftest import Copies, _plain

SEAL, INDEX, OTHER = b"s" * 32, b"i" * 32, b"o" * 32
OURS = Vault({"k1": SEAL}, "k1", INDEX)
STRANGERS = {
    "another key of the same name": Vault({"k1": OTHER}, "k1", INDEX),
    "another index": Vault({"k1": SEAL}, "k1", OTHER),
    "the former key left out": Vault({"k2": OTHER}, "k2", INDEX),
}
IDENTITY = {
    "OIDC_ISSUER": "https://sso.example.invalid",
    "OIDC_JWKS_URL": "https://sso.example.invalid/jwks",
}


@pytest.fixture
async def blank(dialect: str, copies: Copies, tmp_path: Path) -> Any:  # noqa: ANN401 a generator
    """A migrated register that holds nothing."""
    name = f"blank_{copies.mine}"
    url = (
        f"sqlite+aiosqlite:///{tmp_path / 'blank.db'}"
        if dialect == "sqlite"
        else copies.in_server(name)
    )
    if dialect == "postgresql":
        await copies._admin(f'CREATE DATABASE "{name}"')  # noqa: SLF001 the tests' own server
    made = Database(url)
    await migrate(made)
    yield made
    await made.close()
    await copies.drop(url)


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
async def test_a_register_that_has_served_refuses_other_keys(
    blank: Database, stranger: Vault
) -> None:
    await keep_canary(blank, OURS)

    for judge in (keep_canary, require_keys):
        with pytest.raises(VaultError, match="ne sont pas celles de ce registre"):
            await judge(blank, stranger)

    await require_keys(blank, OURS)


async def test_a_key_that_has_sealed_stays_in_the_file_when_another_takes_its_place(
    blank: Database,
) -> None:
    await keep_canary(blank, OURS)
    await keep_canary(blank, Vault({"k1": SEAL, "k2": OTHER}, "k2", INDEX))

    with pytest.raises(VaultError, match="ne sont pas celles de ce registre"):
        await keep_canary(blank, OURS)  # the newer key is lost
    with pytest.raises(VaultError, match="ne sont pas celles de ce registre"):
        await keep_canary(blank, Vault({"k2": OTHER}, "k2", INDEX))
    await keep_canary(blank, Vault({"k1": SEAL, "k2": OTHER}, "k1", INDEX))


async def test_two_processes_that_start_first_with_other_keys_are_not_both_served(
    blank: Database,
) -> None:
    both = (keep_canary(blank, OURS), keep_canary(blank, STRANGERS["another index"]))

    ended = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(type(end).__name__ for end in ended) == ["NoneType", "VaultError"]


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
async def test_a_register_from_before_canaries_is_judged_by_its_cards(
    database: Database, stranger: Vault
) -> None:
    async with database.transaction() as session:
        await session.execute(delete(KeyCanary))
        assert await session.scalar(select(func.count()).select_from(Worker))

    with pytest.raises(VaultError, match="ne sont pas celles de ce registre"):
        await keep_canary(database, stranger)

    await keep_canary(database, fictional_vault())
    async with database.looking() as session:
        assert await session.scalar(select(func.count()).select_from(KeyCanary)) == 1


async def test_a_card_indexed_by_another_key_is_found_without_a_canary(
    database: Database,
) -> None:
    """The cards open, and would all be taken for new ones."""
    nir = Nir("255027599906004")
    async with database.transaction() as session:
        await session.execute(delete(KeyCanary))
        last = (
            await session.scalars(select(Worker).order_by(Worker.id.desc()).limit(1))
        ).one()
        last.nir_cipher, last.nir_index = (
            OURS.seal(nir, last.id),
            STRANGERS["another index"].index(nir),
        )
        first = (
            await session.scalars(select(Worker).order_by(Worker.id).limit(1))
        ).one()
        first.nir_cipher, first.nir_index = OURS.seal(nir, first.id), OURS.index(nir)
        await session.flush()

    with pytest.raises(VaultError, match="ne sont pas celles de ce registre"):
        await require_keys(database, OURS)


async def test_a_canary_holds_no_number(database: Database) -> None:
    async with database.looking() as session:
        (canary,) = (await session.scalars(select(KeyCanary))).all()

    assert fictional_vault().recognises(canary.key_name, canary.cipher, canary.digest)
    with pytest.raises(VaultError):
        fictional_vault().open(canary.cipher, canary.key_name)


async def test_a_process_whose_register_comes_to_hold_other_keys_is_not_ready(
    register_url: str, database: Database, issuer_file: Path
) -> None:
    environ = {
        "DEMO": "1",
        "DATABASE_URL": _plain(register_url),
        "DEMO_KEY": str(issuer_file),
    }
    app = create_app(Settings.from_environ(environ))
    async with app.router.lifespan_context(app):
        assert await ready(app) == 200

        async with database.transaction() as session:
            await session.execute(delete(KeyCanary))
            name, cipher, digest = OURS.canary()
            session.add(KeyCanary(key_name=name, cipher=cipher, digest=digest))
            await session.flush()

        assert await ready(app) == 503


async def ready(app: Starlette) -> int:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://localhost"
    ) as client:
        return (await client.get("/readyz")).status_code


async def test_a_worker_process_does_not_start_with_other_keys(
    register_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "nir.json"
    Vault.write(file)
    add_key(file, date(2026, 11, 28))
    settings = Settings.from_environ(
        IDENTITY | {"DATABASE_URL": _plain(register_url), "NIR_KEYS": str(file)}
    )
    app = create_app(settings)

    with pytest.raises(VaultError, match="ne sont pas celles de ce registre"):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_seed_with_keys_leaves_their_canary_and_a_start_with_others_is_refused(
    dialect: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    for file in (first, second):
        Vault.write(file)
        add_key(file, date(2026, 11, 28))
    url = f"{dialect}:///{tmp_path / 'register.db'}"
    for name, value in {
        "DATABASE_URL": url,
        "NIR_KEYS": str(first),
        **IDENTITY,
    }.items():
        monkeypatch.setenv(name, value)
    assert await asyncio.to_thread(main, ["migrate"]) == 0
    assert await asyncio.to_thread(main, ["seed"]) == 0
    database = Database(url.replace("sqlite", "sqlite+aiosqlite"))
    await require_keys(database, Vault.read(first))
    await database.close()

    monkeypatch.setenv("NIR_KEYS", str(second))
    capsys.readouterr()

    assert await asyncio.to_thread(main, ["serve"]) == 2
    assert capsys.readouterr().err == f"{OTHER_KEYS}\n"
