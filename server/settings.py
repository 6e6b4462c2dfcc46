"""The settings of the server, read once from the environment at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from .console_settings import ConsoleSettings, demo_console, production_console
from .smtp_settings import SmtpSettings, smtp_settings
from .variables import (
    SettingsError,
    boolean,
    bracketed,
    host_of,
    instant,
    private_file,
    require_https,
    required,
    stripped,
    whole_number,
)

DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
}
DEMO_ISSUER = "https://demo.habilitations.invalid"
"""The issuer of the demonstration's tokens. A start in production refuses it."""
DEMO_ONLY = ("DEMO_DAY", "DEMO_KEY")
PRODUCTION_ONLY = (
    "OIDC_ISSUER",
    "OIDC_JWKS_URL",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET_FILE",
    "OIDC_DISCOVERY_URL",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Where the register is, for a command that needs nothing else.

    `demo_day` is set in a demonstration only. `nir_keys` names the file of the keys
    that encrypt personal numbers; a demonstration needs none.
    """

    database_url: str = field(repr=False)
    demo: bool
    demo_day: datetime | None
    nir_keys: Path | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Raise SettingsError when a variable is refused."""
        return cls(**_register_fields(stripped(environ)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(RegisterSettings):
    """The settings of a server.

    `demo_key` is set in a demonstration only, `jwks_url` only outside of one.
    `stop_seconds` is how long a stop is announced before connections are refused.
    Without `console`, only the graph is served; without `smtp`, no mail is sent.
    """

    host: str
    port: int
    workers: int
    stop_seconds: int
    allowed_hosts: tuple[str, ...]
    issuer: str
    audience: str
    jwks_url: str | None
    demo_key: Path | None
    console: ConsoleSettings | None
    smtp: SmtpSettings | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Raise SettingsError when a variable is refused."""
        variables = stripped(environ)
        register = _register_fields(variables)
        demo = register["demo"]
        host = variables.get("HOST", "127.0.0.1")
        port = whole_number(variables, "PORT", default=8000, least=0, most=65_535)
        if demo:
            console: ConsoleSettings | None = demo_console(variables, host, port)
        else:
            console = production_console(variables)
        if not demo and register["nir_keys"] is None:
            raise SettingsError(
                "La variable NIR_KEYS manque : elle nomme le fichier de clés des "
                "numéros (`habilitations keys`)."
            )
        pause = 0 if demo else 5
        return cls(
            **register,
            host=host,
            port=port,
            workers=whole_number(variables, "WORKERS", default=1, least=1, most=64),
            stop_seconds=whole_number(
                variables, "STOP_SECONDS", default=pause, least=0, most=60
            ),
            allowed_hosts=_allowed_hosts(variables, console),
            issuer=DEMO_ISSUER if demo else _issuer(variables),
            audience=variables.get("OIDC_AUDIENCE", "habilitations"),
            jwks_url=None if demo else _jwks_url(variables),
            demo_key=_demo_key(variables, register["database_url"]) if demo else None,
            console=console,
            smtp=smtp_settings(variables),
        )


def _register_fields(variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of `RegisterSettings`."""
    demo = boolean(variables, "DEMO")
    _require_own_mode(variables, demo=demo)
    url = variables.get("DATABASE_URL", "sqlite:///habilitations.db")
    return {
        "database_url": _database_url(url),
        "demo": demo,
        "demo_day": _demo_day(variables) if demo else None,
        "nir_keys": _nir_keys(variables, demo=demo),
    }


def _demo_day(variables: Mapping[str, str]) -> datetime:
    return instant(variables, "DEMO_DAY", default="2026-12-10T09:00+01:00")


def _demo_key(variables: Mapping[str, str], database_url: str) -> Path:
    """Return the demonstration's key file: beside the database, unless it is named."""
    if "DEMO_KEY" in variables:
        return Path(variables["DEMO_KEY"])
    return _folder_of(database_url) / "demo-issuer.jwk"


def _nir_keys(variables: Mapping[str, str], *, demo: bool) -> Path | None:
    if "NIR_KEYS" not in variables:
        return None
    return Path(variables["NIR_KEYS"]) if demo else private_file(variables, "NIR_KEYS")


def _require_own_mode(variables: Mapping[str, str], *, demo: bool) -> None:
    """Refuse a variable that belongs to the other mode: demonstration or production."""
    names: tuple[str, ...] = DEMO_ONLY
    reason = "est réservée à la démonstration (DEMO=1)"
    if demo:
        names, reason = PRODUCTION_ONLY, "n'a pas d'effet dans une démonstration"
    for name in names:
        if name in variables:
            raise SettingsError(f"La variable {name} {reason} : retirez-la.")


def _issuer(variables: Mapping[str, str]) -> str:
    issuer = required(variables, "OIDC_ISSUER")
    if issuer == DEMO_ISSUER:
        raise SettingsError(
            "La variable OIDC_ISSUER nomme l'émetteur de la démonstration : il "
            "est refusé en production."
        )
    return issuer


def _allowed_hosts(
    variables: Mapping[str, str], console: ConsoleSettings | None
) -> tuple[str, ...]:
    text = variables.get("ALLOWED_HOSTS", "localhost,127.0.0.1")
    hosts = text.replace(",", " ").split()
    if console is not None:
        host = bracketed(host_of(console.public_url))
        if host not in hosts:
            hosts.append(host)
    return tuple(hosts)


def _jwks_url(variables: Mapping[str, str]) -> str:
    """Return the address of the issuer's keys, over TLS.

    Without TLS, whoever stands on the way could give the keys that they sign with.
    """
    url = required(variables, "OIDC_JWKS_URL")
    require_https("OIDC_JWKS_URL", url)
    return url


def _database_url(url: str) -> str:
    """Return the address with SQLAlchemy's name of the asynchronous driver."""
    scheme, separator, rest = url.partition("://")
    driver = DRIVERS.get(scheme, scheme)
    if not separator or driver not in DRIVERS.values():
        raise SettingsError(
            "La variable DATABASE_URL doit commencer par « postgresql:// » ou « "
            "sqlite:/// »."
        )
    return f"{driver}://{rest}"


def _folder_of(database_url: str) -> Path:
    """Return the folder of a SQLite file; for any other database, the current one."""
    driver, _, file = database_url.partition(":///")
    return Path(file).parent if driver == DRIVERS["sqlite"] else Path()
