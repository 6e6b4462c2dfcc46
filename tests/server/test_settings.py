from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from server.settings import DEMO_ISSUER, Settings
from server.variables import SettingsError

ISSUER = {
    "OIDC_ISSUER": "https://identite.example",
    "OIDC_JWKS_URL": "https://identite.example/jwks",
}
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
    settings = Settings.from_environ(
        {**DEMO, "DATABASE_URL": "sqlite:////srv/registre/essai.db"}
    )

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
    [
        ("DEMO_DAY", "2026-12-10T09:00+01:00"),
        ("DEMO_KEY", "cle.jwk"),
        ("OIDC_ISSUER", DEMO_ISSUER),
    ],
)
def test_a_production_start_refuses_what_belongs_to_the_demonstration(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"La variable {name} .* démonstration"):
        Settings.from_environ({**PRODUCTION, name: value})


def test_a_production_asks_for_its_keys_over_tls() -> None:
    with pytest.raises(
        SettingsError, match="La variable OIDC_JWKS_URL doit commencer par « https:// »"
    ):
        Settings.from_environ(
            {**PRODUCTION, "OIDC_JWKS_URL": "http://identite.example/jwks"}
        )


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o602, 0o610])
@pytest.mark.parametrize("name", ["NIR_KEYS", "OIDC_CLIENT_SECRET_FILE"])
def test_a_production_refuses_a_file_of_secrets_that_others_may_read(
    tmp_path: Path, name: str, mode: int
) -> None:
    file = tmp_path / "secrets"
    file.write_text("sesame", encoding="utf-8")
    console = {
        "OIDC_CLIENT_ID": "console",
        "PUBLIC_URL": "https://habilitations.example",
    }
    file.chmod(mode)
    with pytest.raises(
        SettingsError,
        match=f"La variable {name} nomme un fichier que d'autres peuvent lire",
    ):
        Settings.from_environ({**PRODUCTION, **console, name: str(file)})

    for closed in (0o600, 0o400):
        file.chmod(closed)
        Settings.from_environ({**PRODUCTION, **console, name: str(file)})


@pytest.mark.parametrize("name", ISSUER)
def test_a_demonstration_refuses_a_real_issuer(name: str) -> None:
    with pytest.raises(
        SettingsError,
        match=f"La variable {name} n'a pas d'effet dans une démonstration",
    ):
        Settings.from_environ({**DEMO, name: PRODUCTION[name]})


def test_a_demonstration_may_have_keys_of_its_own() -> None:
    assert Settings.from_environ(DEMO).nir_keys is None
    assert Settings.from_environ({**DEMO, "NIR_KEYS": " cles.json "}).nir_keys == Path(
        "cles.json"
    )


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_postgresql_is_reached_through_asyncpg(scheme: str) -> None:
    settings = Settings.from_environ(
        {**DEMO, "DATABASE_URL": f"{scheme}://agent:sesame@localhost/registre"}
    )

    assert (
        settings.database_url == "postgresql+asyncpg://agent:sesame@localhost/registre"
    )
    assert settings.demo_key == Path("demo-issuer.jwk")
    assert "sesame" not in repr(settings)


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
def test_an_unreadable_variable_is_named_and_its_value_is_not_told(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"La variable {name} doit") as refused:
        Settings.from_environ({**DEMO, name: value})

    assert "secret" not in str(refused.value)


def test_hosts_are_separated_by_commas_or_spaces() -> None:
    settings = Settings.from_environ(
        {**DEMO, "ALLOWED_HOSTS": "registre.example, localhost"}
    )

    assert settings.allowed_hosts == ("registre.example", "localhost", "127.0.0.1")


def test_the_console_is_seen_under_its_public_name_whatever_hosts_are_named() -> None:
    console = {
        "OIDC_CLIENT_ID": "habilitations",
        "PUBLIC_URL": "https://Habilitations.example/",
    }

    assert (
        Settings.from_environ({**PRODUCTION, **console}).allowed_hosts[-1]
        == "habilitations.example"
    )
    assert Settings.from_environ(
        {**PRODUCTION, **console, "ALLOWED_HOSTS": "habilitations.example"}
    ).allowed_hosts == ("habilitations.example",)


# the console


CONSOLE = {
    **PRODUCTION,
    "OIDC_CLIENT_ID": "habilitations",
    "PUBLIC_URL": "https://habilitations.example",
}


def test_without_a_client_at_the_provider_a_production_serves_the_graph_alone() -> None:
    assert Settings.from_environ(PRODUCTION).console is None


@pytest.mark.parametrize(
    "name",
    ["OIDC_CLIENT_SECRET_FILE", "OIDC_DISCOVERY_URL", "OIDC_PROFILE", "PUBLIC_URL"],
)
def test_what_belongs_to_the_console_is_refused_without_it(name: str) -> None:
    with pytest.raises(
        SettingsError, match=f"La variable {name} n'a pas d'effet sans OIDC_CLIENT_ID"
    ):
        Settings.from_environ({**PRODUCTION, name: "https://habilitations.example"})


def test_a_production_console_knows_its_provider_by_its_issuer() -> None:
    console = Settings.from_environ(
        {**CONSOLE, "OIDC_ISSUER": "https://identite.example/"}
    ).console

    assert console is not None
    assert console.public_url == "https://habilitations.example"
    assert (console.client_id, console.client_secret) == ("habilitations", None)
    assert (
        console.discovery_url
        == "https://identite.example/.well-known/openid-configuration"
    )
    assert console.profile.pkce
    assert not console.is_local


def test_a_production_console_may_say_all_of_its_provider(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(" s3cret\n", encoding="utf-8")
    secret.chmod(0o600)
    variables = {
        "OIDC_CLIENT_SECRET_FILE": str(secret),
        "OIDC_DISCOVERY_URL": "https://ailleurs.example/decouverte",
        "OIDC_PROFILE": "proconnect",
    }

    console = Settings.from_environ({**CONSOLE, **variables}).console

    assert console is not None
    assert (console.client_secret, console.discovery_url) == (
        "s3cret",
        "https://ailleurs.example/decouverte",
    )
    assert not console.profile.pkce
    assert "s3cret" not in repr(console)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", " "),
        ("PUBLIC_URL", "http://habilitations.example"),
        ("PUBLIC_URL", "habilitations.example"),
        ("PUBLIC_URL", "https://habilitations.example/console"),
        ("PUBLIC_URL", "https://habilitations.example?x"),
        ("PUBLIC_URL", "https://agent@habilitations.example"),
        ("PUBLIC_URL", "https://habilitations.example:port"),
        ("PUBLIC_URL", "ftp://habilitations.example"),
        ("OIDC_DISCOVERY_URL", "http://identite.example/decouverte"),
        ("OIDC_PROFILE", "autre"),
        ("OIDC_CLIENT_SECRET_FILE", "/dev/null"),
        ("OIDC_CLIENT_SECRET_FILE", "/nulle/part"),
    ],
)
def test_a_console_that_could_not_be_signed_in_to_does_not_start(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"La variable {name} "):
        Settings.from_environ({**CONSOLE, name: value})


@pytest.mark.parametrize(
    "origin", ["HTTPS://Habilitations.example/", "https://habilitations.example:443"]
)
def test_the_public_address_is_kept_as_a_browser_tells_it(origin: str) -> None:
    console = Settings.from_environ({**CONSOLE, "PUBLIC_URL": origin}).console

    assert console is not None
    assert console.public_url == "https://habilitations.example"


@pytest.mark.parametrize(
    "name", ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET_FILE", "OIDC_DISCOVERY_URL"]
)
def test_a_demonstration_refuses_a_real_provider(name: str) -> None:
    with pytest.raises(
        SettingsError,
        match=f"La variable {name} n'a pas d'effet dans une démonstration",
    ):
        Settings.from_environ({**DEMO, name: "https://identite.example"})


@pytest.mark.parametrize(
    ("environ", "public_url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"HOST": "::1", "PORT": "80"}, "http://[::1]"),
        ({"PUBLIC_URL": "http://localhost:8000"}, "http://localhost:8000"),
    ],
)
def test_a_demonstration_signs_in_on_its_own_machine(
    environ: dict[str, str], public_url: str
) -> None:
    settings = Settings.from_environ({**DEMO, **environ})

    console = settings.console
    assert console is not None
    assert console.is_local
    assert (
        httpx.URL(public_url).netloc.decode().removesuffix(":8000")
        in settings.allowed_hosts
    )
    assert console.public_url == public_url
    assert (
        console.discovery_url
        == f"{public_url}/fournisseur/.well-known/openid-configuration"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "0.0.0.0"),  # noqa: S104 it is refused
        ("HOST", "::"),
        ("HOST", "192.0.2.1"),
        ("HOST", "localhost.pirate.example"),
        ("PUBLIC_URL", "https://habilitations.example"),
        ("PUBLIC_URL", "http://127.0.0.1.pirate.example"),
        ("PUBLIC_URL", "http://192.0.2.1:8000"),
    ],
)
def test_a_demonstration_that_others_could_reach_does_not_start(
    name: str, value: str
) -> None:
    with pytest.raises(
        SettingsError, match=f"La variable {name} doit rester sur cette machine"
    ):
        Settings.from_environ({**DEMO, name: value})
