"""Identifiers as value objects: normalised, checked, and refused with a stable code (domain.md 4.1)."""

import re
from typing import Self

from .rules import Refused, Rule

LA_POSTE = "356000000"


def luhn(digits: str) -> bool:
    """Whether the Luhn sum of `digits` is a multiple of ten."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0  # noqa: PLR2004 the digits of a doubled digit


class Siret(str):
    """Fourteen digits, SIREN then NIC, with a Luhn key; La Poste's sum to a multiple of five."""

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        digits = _bare(text)
        if not re.fullmatch(r"[0-9]{14}", digits):
            raise Refused(Rule.SIRET_FORMAT)
        post = digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0
        if not luhn(digits[:9]) or not (luhn(digits) or post):
            raise Refused(Rule.SIRET_KEY)
        return cls(digits)

    @property
    def siren(self) -> str:
        return self[:9]


class Finess(str):
    """Nine characters: a department, then digits; a Luhn key when all are digits (not in Corsica)."""

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        code = _bare(text).upper()
        if not re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{7}", code):
            raise Refused(Rule.FINESS_FORMAT)
        if code.isdigit() and not luhn(code):
            raise Refused(Rule.FINESS_KEY)
        return cls(code)

    def contradicts(self, department: str) -> bool:
        """Whether its first two characters name another department (97 and 98 name several)."""
        return self[:2] not in ("97", "98", "20") and self[:2] != department


def sha256(text: str, *path: str) -> str:
    """The digest of a scanned paper: sixty-four hexadecimal digits, lower case."""
    if not re.fullmatch(r"[0-9a-f]{64}", text.lower()):
        raise Refused(Rule.VALUE_INVALID, *path, detail="Une empreinte SHA-256 compte 64 chiffres hexadécimaux.")
    return text.lower()


def _bare(text: str) -> str:
    return re.sub(r"[\s.\u00a0\u202f-]", "", text)
