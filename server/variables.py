"""How one variable of the environment is read: its type, its limits, its refusal.

`variables` is always the environment without its blank values (see `stripped`).
Every refusal is a SettingsError that names the variable and never a secret's value.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

BOOLEANS = {
    "1": True,
    "true": True,
    "oui": True,
    "0": False,
    "false": False,
    "non": False,
}
MOST_DIGITS = 9
PORTS = {"http": 80, "https": 443}
OTHERS_ACCESS = 0o077
"""The mode bits that let the group of a file, or anybody else, use it."""


class SettingsError(Exception):
    """A start that is refused.

    The sentence names the variable, never a secret's value.
    """


def stripped(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that have a value, without the blanks around it."""
    values = {name: value.strip() for name, value in environ.items()}
    return {name: value for name, value in values.items() if value}


def required(variables: Mapping[str, str], name: str) -> str:
    if name not in variables:
        raise SettingsError(
            f"La variable {name} manque : sans elle, personne ne peut être reconnu."
        )
    return variables[name]


def boolean(variables: Mapping[str, str], name: str) -> bool:
    """Return the value of a yes or no variable; False when it is absent."""
    try:
        return BOOLEANS[variables.get(name, "non").lower()]
    except KeyError:
        raise SettingsError(
            f"La variable {name} doit valoir « oui » ou « non »."
        ) from None


def whole_number(
    variables: Mapping[str, str], name: str, *, default: int, least: int, most: int
) -> int:
    text = variables.get(name, str(default))
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    if not is_number or not least <= int(text) <= most:
        raise SettingsError(
            f"La variable {name} doit être un nombre entier, de {least} à {most}."
        )
    return int(text)


def instant(variables: Mapping[str, str], name: str, *, default: str) -> datetime:
    """Return an ISO 8601 instant with its time zone."""
    try:
        value = datetime.fromisoformat(variables.get(name, default))
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise SettingsError(
            f"La variable {name} doit être un instant avec son fuseau, comme « "
            f"{default} »."
        )
    return value


def private_file(variables: Mapping[str, str], name: str) -> Path:
    """Return the path of a file of secrets, which only its owner may read.

    An absent file is accepted here: it is refused where it is opened.
    """
    file = Path(variables[name])
    if file.exists() and file.stat().st_mode & OTHERS_ACCESS:
        raise SettingsError(
            f"La variable {name} nomme un fichier que d'autres peuvent lire : "
            "`chmod 600` le ferme."
        )
    return file


def secret(variables: Mapping[str, str], name: str) -> str | None:
    """Return the content of a file of secrets; None when the variable is absent."""
    if name not in variables:
        return None
    try:
        text = private_file(variables, name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        text = ""
    if not text:
        raise SettingsError(
            f"La variable {name} nomme un fichier absent, illisible ou vide."
        )
    return text


def require_https(name: str, url: str, why: str = "") -> None:
    """Refuse an address that is not over TLS; `why` completes the sentence."""
    if not url.startswith("https://"):
        raise SettingsError(f"La variable {name} doit commencer par « https:// »{why}.")


def origin(name: str, url: str) -> str:
    """Return an address without a path, as a browser writes it in `Origin`."""
    refusal = SettingsError(
        f"La variable {name} doit être une adresse sans chemin, comme « "
        "https://habilitations.example »."
    )
    try:
        parts = urlsplit(url.lower().removesuffix("/"))
        port = parts.port
    except ValueError:
        raise refusal from None
    if not parts.hostname or parts.scheme not in PORTS or parts.path:
        raise refusal
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise refusal
    host = bracketed(parts.hostname)
    is_default = port is None or port == PORTS[parts.scheme]
    return (
        f"{parts.scheme}://{host}" if is_default else f"{parts.scheme}://{host}:{port}"
    )


def bracketed(host: str) -> str:
    """Return a host as it is written in an address and in the header `Host`."""
    return f"[{host}]" if ":" in host else host


def host_of(url: str) -> str:
    """Return the host of an address, without brackets; empty when it has none."""
    return urlsplit(url).hostname or ""
