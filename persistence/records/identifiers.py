"""Identifiers as value objects: normalised, checked, refused with a stable code.

How each number is read: docs/business/identifiers.md.
"""

import re
from typing import Self

from .rules import Refused, Rule

LA_POSTE = "356000000"


_WHOLE = re.compile(r"\s*([0-9][0-9\s]*)[.,]0{1,2}\s*")


def whole(text: str) -> str:
    """A number as a spreadsheet wrote it, without its decimals.

    `751.0` and `751,00` are 751.
    """
    match = _WHOLE.fullmatch(text)
    return match[1].strip() if match else text


def compact(text: str) -> str:
    """An identifier without the marks that people and spreadsheets put in it."""
    return re.sub(r"[\s.\u00a0\u202f-]", "", whole(text))


SCIENTIFIC = (
    "Un tableur l'a transformé en notation scientifique : mettez la colonne en texte."
)


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has put an exponent in place of digits: `1,85E+14`."""
    return bool(
        re.fullmatch(
            r"[0-9](?:[.,]?[0-9]+)?E\+?[0-9]+", re.sub(r"\s", "", text.upper())
        )
    )


def luhn(digits: str) -> bool:
    """Whether the Luhn sum of `digits` is a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        # one digit in two is doubled: 2 × 7 = 14 counts for 1 + 4
        tens, units = divmod(int(digit) * (1 + place % 2), 10)
        total += tens + units
    return total % 10 == 0


class Siret(str):
    """Fourteen digits, SIREN then NIC, with a Luhn key.

    La Poste's sum to a multiple of five.
    """

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        digits = compact(text)
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
    """Nine characters: a department, then digits.

    A Luhn key when all are digits (not in Corsica).
    """

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        code = compact(text).upper()
        if not re.fullmatch(r"([0-9]{2}|2[AB])[0-9]{7}", code):
            raise Refused(Rule.FINESS_FORMAT)
        if code.isdigit() and not luhn(code):
            raise Refused(Rule.FINESS_KEY)
        return cls(code)

    def contradicts(self, department: str) -> bool:
        """Whether its first two characters name another department.

        97 and 98 name several.
        """
        return self[:2] not in ("97", "98", "20") and self[:2] != department


def matricule(text: str) -> str:
    """Matricule allocataire: seven digits at most.

    Files pad it with zeros on either side.
    """
    if len(text) == MATRICULE and text.isascii() and text.isdigit():
        return text
    digits = re.sub(r"[A-Za-z]$", "", compact(text))
    if len(digits) > MATRICULE:
        digits = digits.lstrip("0") if digits.startswith("0") else digits
        digits = digits[:MATRICULE] if not digits[MATRICULE:].strip("0") else digits
    if not re.fullmatch(r"[0-9]{1,7}", digits):
        raise Refused(Rule.MATRICULE_FORMAT)
    return digits


MATRICULE = 7


def sha256(text: str, *path: str) -> str:
    """The digest of a scanned paper: sixty-four hexadecimal digits, lower case."""
    if not re.fullmatch(r"[0-9a-f]{64}", text.lower()):
        raise Refused(
            Rule.VALUE_INVALID,
            *path,
            detail="Une empreinte SHA-256 compte 64 chiffres hexadécimaux.",
        )
    return text.lower()


def differing(written: str, signed: str) -> Rule | None:
    """R58, A3: the rule that the SIRET of a bulletin breaks, or None.

    It is compared with the convention's.
    """
    if written == signed:
        return None
    return (
        Rule.SIRET_DIFFERS_SAME_SIREN
        if written[:9] == signed[:9]
        else Rule.SIRET_DIFFERS
    )


def differences(written: str, signed: str) -> list[int]:
    """The positions, from 1 to 14, where two SIRETs differ."""
    return [
        place
        for place, pair in enumerate(zip(written, signed, strict=True), 1)
        if pair[0] != pair[1]
    ]
