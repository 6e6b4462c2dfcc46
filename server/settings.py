"""What the environment says, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from server.demo_issuer import DEMO_ISSUER

DRIVERS = {"postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
WORDS = {"1": True, "true": True, "oui": True, "0": False, "false": False, "non": False}
DEMO_ONLY = ("DEMO_DAY", "DEMO_KEY")
PRODUCTION_ONLY = ("OIDC_ISSUER", "OIDC_JWKS_URL")


class SettingsError(Exception):
    """A start that is refused; the sentence names the variable, never a secret's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`demo_day` and `demo_key` are there in a demonstration only, `jwks_url` only outside of one.

    `nir_keys` names the file of the keys that hold personal numbers: none is needed for fiction.
    """

    database_url: str = field(repr=False)
    host: str
    port: int
    workers: int
    allowed_hosts: tuple[str, ...]
    issuer: str
    audience: str
    jwks_url: str | None
    demo: bool
    demo_day: datetime | None
    demo_key: Path | None
    nir_keys: Path | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        said = {name: value.strip() for name, value in environ.items() if value.strip()}
        demo = _boolean(said, "DEMO")
        _refuse_the_other_mode(said, demo=demo)
        url = _database_url(said.get("DATABASE_URL", "sqlite:///habilitations.db"))
        return cls(
            database_url=url,
            host=said.get("HOST", "127.0.0.1"),
            port=_whole(said, "PORT", default=8000, least=0),
            workers=_whole(said, "WORKERS", default=1, least=1),
            allowed_hosts=tuple(said.get("ALLOWED_HOSTS", "localhost,127.0.0.1").replace(",", " ").split()),
            issuer=DEMO_ISSUER if demo else _issuer(said),
            audience=said.get("OIDC_AUDIENCE", "habilitations"),
            jwks_url=None if demo else _required(said, "OIDC_JWKS_URL"),
            demo=demo,
            demo_day=_instant(said, "DEMO_DAY", default="2026-12-10T09:00+01:00") if demo else None,
            nir_keys=_nir_keys(said, demo=demo),
            demo_key=Path(said.get("DEMO_KEY") or _beside(url) / "demo-issuer.jwk") if demo else None,
        )


def _refuse_the_other_mode(said: Mapping[str, str], *, demo: bool) -> None:
    for name in PRODUCTION_ONLY if demo else DEMO_ONLY:
        if name in said:
            reason = "n'a pas d'effet dans une démonstration" if demo else "est réservée à la démonstration (DEMO=1)"
            raise SettingsError(f"La variable {name} {reason} : retirez-la.")


def _required(said: Mapping[str, str], name: str) -> str:
    if name not in said:
        raise SettingsError(f"La variable {name} manque : sans elle, personne ne peut être reconnu.")
    return said[name]


def _nir_keys(said: Mapping[str, str], *, demo: bool) -> Path | None:
    if "NIR_KEYS" in said:
        return Path(said["NIR_KEYS"])
    if demo:
        return None
    raise SettingsError(
        "La variable NIR_KEYS manque : elle nomme le fichier de clés des numéros (`habilitations keys`)."
    )


def _issuer(said: Mapping[str, str]) -> str:
    issuer = _required(said, "OIDC_ISSUER")
    if issuer == DEMO_ISSUER:
        raise SettingsError(
            "La variable OIDC_ISSUER nomme l'émetteur de la démonstration : il est refusé en production."
        )
    return issuer


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


def _whole(said: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    text = said.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise SettingsError(f"La variable {name} doit être un nombre entier d'au moins {least}.")
    return int(text)


def _instant(said: Mapping[str, str], name: str, *, default: str) -> datetime:
    try:
        instant = datetime.fromisoformat(said.get(name, default))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SettingsError(f"La variable {name} doit être un instant avec son fuseau, comme « {default} ».")
    return instant
