"""Where the mail goes out: one variable, `SMTP_URL`.

`smtps://user:password@relay.example:465?from=ne-pas-repondre@organisme.example`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from .variables import SettingsError

PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")
REFUSAL = SettingsError(
    "La variable SMTP_URL doit être une adresse comme « "
    "smtps://compte:secret@relais.example:465?from=ne-pas-repondre@organisme.example »."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The relay, and the address that the mail comes from.

    `smtps` is TLS from the first byte. `smtp` is raised to TLS, which is required
    unless the relay is on this machine.
    """

    host: str
    port: int
    is_tls_first: bool
    sender: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def is_local(self) -> bool:
        return self.host in LOOPBACK


def smtp_settings(variables: Mapping[str, str]) -> SmtpSettings | None:
    """Return the relay that SMTP_URL names; None without it: no mail is sent."""
    if "SMTP_URL" not in variables:
        return None
    try:
        parts = urlsplit(variables["SMTP_URL"])
        port = parts.port
    except ValueError:
        raise REFUSAL from None
    words = dict(parse_qsl(parts.query))
    sender = words.get("from", "")
    is_whole = parts.hostname and parts.scheme in PORTS and set(words) == {"from"}
    if not is_whole or parts.path.strip("/") or not ADDRESS.fullmatch(sender):
        raise REFUSAL
    return SmtpSettings(
        host=parts.hostname or "",
        port=PORTS[parts.scheme] if port is None else port,
        is_tls_first=parts.scheme == "smtps",
        sender=sender,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
    )
