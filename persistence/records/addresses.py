"""E-mail addresses: one address is one person, however it is typed.

Its domain stays its own.
"""

import re
import unicodedata

import idna

from .names import has_invisible
from .rules import Refused, Rule

LOCAL, LONGEST = 64, 254
ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
"""Before the `@`: words parted by single dots (RFC 5322, and RFC 6531 beyond ASCII)."""


def email_address(text: str, *path: str) -> str:
    """The address as it is kept: composed, in lower case, never case-folded.

    EMAIL_FORMAT.

    The domain is one that can be registered (IDNA 2008): « straße » is not « strasse ».
    """
    local, at, domain = unicodedata.normalize("NFC", text.strip().lower()).rpartition(
        "@"
    )
    fits = (
        at
        and len(local) <= LOCAL
        and not has_invisible(local)
        and ATOMS.fullmatch(local)
    )
    address = f"{local}@{_domain(domain)}" if fits else ""
    if not address or address.endswith("@") or len(address) > LONGEST:
        raise Refused(Rule.EMAIL_FORMAT, *path)
    return address


def _domain(text: str) -> str:
    """The domain in its own letters; nothing when it cannot be one."""
    try:
        labels = idna.decode(idna.encode(text, strict=True), strict=True).split(".")
    except UnicodeError:
        return ""
    return (
        ".".join(labels)
        if len(labels) > 1 and labels[-1] and not labels[-1].isdigit()
        else ""
    )
