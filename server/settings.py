"""What the environment says, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from .demo_issuer import DEMO_ISSUER
from .profiles import PROFILES, Profile

DRIVERS = {"postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
WORDS = {"1": True, "true": True, "oui": True, "0": False, "false": False, "non": False}
DEMO_ONLY = ("DEMO_DAY", "DEMO_KEY")
PRODUCTION_ONLY = (
    "OIDC_ISSUER", "OIDC_JWKS_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET_FILE", "OIDC_DISCOVERY_URL",
)  # fmt: skip


OTHERS = 0o077
"""What its group and anybody else may do with a file."""
LONGEST_NUMBER = 9
PORTS = {"http": 80, "https": 443}
SPELT = "La variable PUBLIC_URL doit être une adresse sans chemin, comme « https://habilitations.example »."
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DISCOVERY = "/.well-known/openid-configuration"
DEMO_PROVIDER = "/fournisseur"
OF_THE_CONSOLE = ("OIDC_CLIENT_SECRET_FILE", "OIDC_DISCOVERY_URL", "OIDC_PROFILE", "PUBLIC_URL")


class SettingsError(Exception):
    """A start that is refused; the sentence names the variable, never a secret's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """How people sign in to the console: where it is seen from outside, and what the provider knows it by."""

    public_url: str
    client_id: str
    client_secret: str | None = field(repr=False)
    discovery_url: str
    profile: Profile

    @property
    def is_local(self) -> bool:
        return _host(self.public_url) in LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Where the register is, for a command that needs nothing else; `demo_day` is there in a demonstration only.

    `nir_keys` names the file of the keys that hold personal numbers: none is needed for fiction.
    """

    database_url: str = field(repr=False)
    demo: bool
    demo_day: datetime | None
    nir_keys: Path | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        return cls(**_of_the_register(_said(environ)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(RegisterSettings):
    """`demo_key` is there in a demonstration only, `jwks_url` only outside of one.

    `stop_seconds`: how long a stop is announced, to whoever sends requests here, before nobody is let in.

    Without `console`, there is the graph alone.
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

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        said = _said(environ)
        register = _of_the_register(said)
        demo, url = register["demo"], register["database_url"]
        host, port = said.get("HOST", "127.0.0.1"), _whole(said, "PORT", default=8000, least=0, most=65_535)
        console = _demo_console(said, host, port) if demo else _console(said)
        if not demo and register["nir_keys"] is None:
            raise SettingsError(
                "La variable NIR_KEYS manque : elle nomme le fichier de clés des numéros (`habilitations keys`)."
            )
        return cls(
            **register,
            host=host,
            port=port,
            workers=_whole(said, "WORKERS", default=1, least=1, most=64),
            stop_seconds=_whole(said, "STOP_SECONDS", default=0 if demo else 5, least=0, most=60),
            allowed_hosts=_allowed_hosts(said, console),
            issuer=DEMO_ISSUER if demo else _issuer(said),
            audience=said.get("OIDC_AUDIENCE", "habilitations"),
            jwks_url=None if demo else _jwks_url(said),
            demo_key=Path(said.get("DEMO_KEY") or _beside(url) / "demo-issuer.jwk") if demo else None,
            console=console,
        )


def _said(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in environ.items() if value.strip()}


def _of_the_register(said: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `RegisterSettings`."""
    demo = _boolean(said, "DEMO")
    _refuse_the_other_mode(said, demo=demo)
    return {
        "database_url": _database_url(said.get("DATABASE_URL", "sqlite:///habilitations.db")),
        "demo": demo,
        "demo_day": _instant(said, "DEMO_DAY", default="2026-12-10T09:00+01:00") if demo else None,
        "nir_keys": _nir_keys(said, demo=demo),
    }


def _nir_keys(said: Mapping[str, str], *, demo: bool) -> Path | None:
    if "NIR_KEYS" not in said:
        return None
    return Path(said["NIR_KEYS"]) if demo else _private(said, "NIR_KEYS")


def _refuse_the_other_mode(said: Mapping[str, str], *, demo: bool) -> None:
    for name in PRODUCTION_ONLY if demo else DEMO_ONLY:
        if name in said:
            reason = "n'a pas d'effet dans une démonstration" if demo else "est réservée à la démonstration (DEMO=1)"
            raise SettingsError(f"La variable {name} {reason} : retirez-la.")


def _required(said: Mapping[str, str], name: str) -> str:
    if name not in said:
        raise SettingsError(f"La variable {name} manque : sans elle, personne ne peut être reconnu.")
    return said[name]


def _issuer(said: Mapping[str, str]) -> str:
    issuer = _required(said, "OIDC_ISSUER")
    if issuer == DEMO_ISSUER:
        raise SettingsError(
            "La variable OIDC_ISSUER nomme l'émetteur de la démonstration : il est refusé en production."
        )
    return issuer


def _console(said: Mapping[str, str]) -> ConsoleSettings | None:
    if "OIDC_CLIENT_ID" not in said:
        for name in OF_THE_CONSOLE:
            if name in said:
                raise SettingsError(f"La variable {name} n'a pas d'effet sans OIDC_CLIENT_ID, qui ouvre la console.")
        return None
    public_url = _origin(_required(said, "PUBLIC_URL"))
    if not public_url.startswith("https://"):
        raise SettingsError("La variable PUBLIC_URL doit commencer par « https:// » : la session passe par là.")
    return ConsoleSettings(
        public_url=public_url,
        client_id=said["OIDC_CLIENT_ID"],
        client_secret=_secret(said),
        discovery_url=_discovery_url(said),
        profile=_profile(said),
    )


def _demo_console(said: Mapping[str, str], host: str, port: int) -> ConsoleSettings:
    """The demonstration signs anybody in as anybody: it is seen from its own machine alone."""
    public_url = _origin(said.get("PUBLIC_URL", f"http://{_bracketed(host)}:{port}"))
    for name, seen in (("HOST", host), ("PUBLIC_URL", _host(public_url))):
        if seen not in LOOPBACK:
            raise SettingsError(f"La variable {name} doit rester sur cette machine (127.0.0.1) dans une démonstration.")
    return ConsoleSettings(
        public_url=public_url,
        client_id="console",
        client_secret=None,
        discovery_url=f"{public_url}{DEMO_PROVIDER}{DISCOVERY}",
        profile=_profile(said),
    )


def _allowed_hosts(said: Mapping[str, str], console: ConsoleSettings | None) -> tuple[str, ...]:
    hosts = said.get("ALLOWED_HOSTS", "localhost,127.0.0.1").replace(",", " ").split()
    seen = [_bracketed(_host(console.public_url))] if console is not None else []
    return tuple(hosts + [host for host in seen if host not in hosts])


def _origin(url: str) -> str:
    """An address without a path, as a browser tells it in `Origin`."""
    try:
        parts = urlsplit(url.lower().removesuffix("/"))
        port = parts.port
    except ValueError:
        raise SettingsError(SPELT) from None
    if not parts.hostname or parts.scheme not in PORTS or parts.path or "@" in parts.netloc or "?" in url or "#" in url:
        raise SettingsError(SPELT)
    return f"{parts.scheme}://{_bracketed(parts.hostname)}" + (
        f":{port}" if port not in (None, PORTS[parts.scheme]) else ""
    )


def _bracketed(host: str) -> str:
    """As it stands in an address and in the header `Host`."""
    return f"[{host}]" if ":" in host else host


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _jwks_url(said: Mapping[str, str]) -> str:
    """Over TLS: whoever stands on the way would else give the keys that they sign with."""
    url = _required(said, "OIDC_JWKS_URL")
    if not url.startswith("https://"):
        raise SettingsError("La variable OIDC_JWKS_URL doit commencer par « https:// ».")
    return url


def _private(said: Mapping[str, str], name: str) -> Path:
    """A file of secrets, which its owner alone reads. One that is absent is told where it is opened."""
    file = Path(said[name])
    if file.exists() and file.stat().st_mode & OTHERS:
        raise SettingsError(f"La variable {name} nomme un fichier que d'autres peuvent lire : `chmod 600` le ferme.")
    return file


def _discovery_url(said: Mapping[str, str]) -> str:
    url = said.get("OIDC_DISCOVERY_URL", _required(said, "OIDC_ISSUER").removesuffix("/") + DISCOVERY)
    if not url.startswith("https://"):
        raise SettingsError("La variable OIDC_DISCOVERY_URL doit commencer par « https:// ».")
    return url


def _profile(said: Mapping[str, str]) -> Profile:
    try:
        return PROFILES[said.get("OIDC_PROFILE", "standard")]
    except KeyError:
        known = " ou ".join(f"« {name} »" for name in PROFILES)
        raise SettingsError(f"La variable OIDC_PROFILE doit valoir {known}.") from None


def _secret(said: Mapping[str, str]) -> str | None:
    """The client's secret, from its file; a public client has none."""
    if "OIDC_CLIENT_SECRET_FILE" not in said:
        return None
    try:
        secret = _private(said, "OIDC_CLIENT_SECRET_FILE").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        secret = ""
    if not secret:
        raise SettingsError("La variable OIDC_CLIENT_SECRET_FILE nomme un fichier absent, illisible ou vide.")
    return secret


def _database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    driver = DRIVERS.get(scheme, scheme)
    if not separator or driver not in DRIVERS.values():
        raise SettingsError("La variable DATABASE_URL doit commencer par « postgresql:// » ou « sqlite:/// ».")
    return f"{driver}://{rest}"


def _beside(url: str) -> Path:
    """The folder of a SQLite file; for any other database, the current one."""
    driver, _, file = url.partition(":///")
    return Path(file).parent if driver == DRIVERS["sqlite"] else Path()


def _boolean(said: Mapping[str, str], name: str) -> bool:
    try:
        return WORDS[said.get(name, "non").lower()]
    except KeyError:
        raise SettingsError(f"La variable {name} doit valoir « oui » ou « non ».") from None


def _whole(said: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = said.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and least <= int(text) <= most):
        raise SettingsError(f"La variable {name} doit être un nombre entier, de {least} à {most}.")
    return int(text)


def _instant(said: Mapping[str, str], name: str, *, default: str) -> datetime:
    try:
        instant = datetime.fromisoformat(said.get(name, default))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SettingsError(f"La variable {name} doit être un instant avec son fuseau, comme « {default} ».")
    return instant
