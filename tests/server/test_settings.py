from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.demo_issuer import DEMO_ISSUER
from server.settings import Settings, SettingsError

ISSUER = {"OIDC_ISSUER": "https://identite.example", "OIDC_JWKS_URL": "https://identite.example/jwks"}
PRODUCTION = {**ISSUER, "NIR_KEYS": "/run/secrets/nir.json"}
DEMO = {"DEMO": "1"}


def test_a_demonstration_needs_nothing_but_its_name() -> None:
    settings = Settings.from_environ(DEMO)

    assert settings.demo
    assert settings.issuer == DEMO_ISSUER
    assert settings.jwks_url is None
    assert settings.demo_day == datetime(2026, 12, 10, 8, tzinfo=UTC)
    assert settings.demo_key == Path("demo-issuer.jwk")
    assert settings.database_url == "sqlite+aiosqlite:///habilitations.db"


def test_the_demonstration_key_stands_beside_the_database() -> None:
    settings = Settings.from_environ({**DEMO, "DATABASE_URL": "sqlite:////srv/registre/essai.db"})

    assert settings.database_url == "sqlite+aiosqlite:////srv/registre/essai.db"
    assert settings.demo_key == Path("/srv/registre/demo-issuer.jwk")


def test_a_production_has_an_issuer_and_nothing_of_the_demonstration() -> None:
    settings = Settings.from_environ(PRODUCTION)

    assert not settings.demo
    assert settings.issuer == "https://identite.example"
    assert settings.jwks_url == "https://identite.example/jwks"
    assert settings.audience == "habilitations"
    assert settings.demo_day is None
    assert settings.demo_key is None
    assert settings.nir_keys == Path("/run/secrets/nir.json")


@pytest.mark.parametrize("name", PRODUCTION)
def test_a_production_start_refuses_a_variable_missing_or_blank(name: str) -> None:
    missing = {other: value for other, value in PRODUCTION.items() if other != name}

    for environ in (missing, {**missing, name: "  "}):
        with pytest.raises(SettingsError, match=f"La variable {name} manque"):
            Settings.from_environ(environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEMO_DAY", "2026-12-10T09:00+01:00"), ("DEMO_KEY", "cle.jwk"), ("OIDC_ISSUER", DEMO_ISSUER)],
)
def test_a_production_start_refuses_what_belongs_to_the_demonstration(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"La variable {name} .* démonstration"):
        Settings.from_environ({**PRODUCTION, name: value})


@pytest.mark.parametrize("name", ISSUER)
def test_a_demonstration_refuses_a_real_issuer(name: str) -> None:
    with pytest.raises(SettingsError, match=f"La variable {name} n'a pas d'effet dans une démonstration"):
        Settings.from_environ({**DEMO, name: PRODUCTION[name]})


def test_a_demonstration_may_have_keys_of_its_own() -> None:
    assert Settings.from_environ(DEMO).nir_keys is None
    assert Settings.from_environ({**DEMO, "NIR_KEYS": " cles.json "}).nir_keys == Path("cles.json")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_postgresql_is_reached_through_asyncpg(scheme: str) -> None:
    settings = Settings.from_environ({**DEMO, "DATABASE_URL": f"{scheme}://agent:secret@localhost/registre"})

    assert settings.database_url == "postgresql+asyncpg://agent:secret@localhost/registre"
    assert settings.demo_key == Path("demo-issuer.jwk")
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://agent:secret@localhost/registre"),
        ("DATABASE_URL", "habilitations.db"),
        ("DEMO", "peut-être"),
        ("DEMO_DAY", "2026-12-10T09:00"),
        ("DEMO_DAY", "demain"),
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "²"),
        ("WORKERS", "0"),
    ],
)
def test_an_unreadable_variable_is_named_and_its_value_is_not_told(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"La variable {name} doit") as refused:
        Settings.from_environ({**DEMO, name: value})

    assert "secret" not in str(refused.value)


def test_hosts_are_separated_by_commas_or_spaces() -> None:
    settings = Settings.from_environ({**DEMO, "ALLOWED_HOSTS": "registre.example, localhost"})

    assert settings.allowed_hosts == ("registre.example", "localhost")
