"""Identifiers as value objects: normalised, checked, refused with a stable code.

How each number is read: docs/business/identifiers.md.
"""

import re
import unicodedata
from datetime import date
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


class Nir:
    """Numéro de sécurité sociale, fifteen characters with its key.

    A temporary number begins with 7 or 8.

    Never shown by accident: its `repr` is a mask, and `reveal()` alone gives it. Its
    structure and its law: docs/business/identifiers.md.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def read(cls, text: str) -> "Nir":
        """Thirteen characters (the key is computed) or fifteen, in any spacing.

        NIR_FORMAT, NIR_KEY.
        """
        bare = compact(text).upper()
        if not NIR.fullmatch(bare):
            raise Refused(
                Rule.NIR_FORMAT, detail=SCIENTIFIC if is_scientific(text) else None
            )
        key = _key(bare)
        if bare[13:] not in ("", key):
            raise Refused(Rule.NIR_KEY)
        if bare.startswith(SPECIMEN):
            raise Refused(Rule.NIR_FORMAT, detail="C'est le numéro des spécimens.")
        return cls(bare[:13] + key)

    def reveal(self) -> str:
        return self._text

    @property
    def mask(self) -> str:
        """As it may be shown: `1 85 05 ** *** *** **`."""
        text = self._text
        return f"{text[0]} {text[1:3]} {text[3:5]} ** *** *** **"

    @property
    def is_temporary(self) -> bool:
        return self._text[0] in "78"

    def contradicts(self, born: date) -> bool:
        """Whether its two digits of the year are another year's.

        A temporary number tells no year.
        """
        return not self.is_temporary and int(self._text[1:3]) != born.year % 100

    def is_of_another_month(self, born: date) -> bool:
        """Whether its month, where it tells one, is not that of the birth."""
        month = int(self._text[3:5])
        return not self.is_temporary and month in MONTHS and month != born.month

    def __repr__(self) -> str:
        return f"Nir({self.mask})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Nir) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


# months 13 to 19 and 43 to 49 do not exist; departments are those at birth, unchecked
NIR = re.compile(
    r"[123478][0-9]{2}(?:0[1-9]|1[0-2]|2[0-9]|3[0-9]|4[0-2]|[5-9][0-9])"
    r"(?:[0-9]{2}|2[AB])[0-9]{6}(?:[0-9]{2})?"
)
MONTHS = range(1, 13)
"""Beyond, an incomplete civil status: the number tells no month."""
SPECIMEN = "2690549588157"
SHORTEST = 13
_BETWEEN = r"[\s.\u00a0\u202f/_-]"
_APART = rf"{_BETWEEN}{{0,3}}"
_BEFORE, _AFTER = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
# A number that stands before must not hide the one that follows: every digit starts
# a look.
_SPACED = re.compile(
    rf"{_BEFORE}(?=([1-478](?:{_APART}[0-9AB]){{12}}(?:{_APART}[0-9]){{2}}){_AFTER})",
    re.IGNORECASE,
)
_GROUPED = re.compile(
    rf"{_BEFORE}(?=([1-478]({_APART})[0-9]{{2}}({_APART})[0-9]{{2}}({_APART})"
    rf"(?:(?:[0-9]{{2}}|2[AB])({_APART})[0-9]{{3}}|9[78][0-9]({_APART})[0-9]{{2}})"
    rf"({_APART})[0-9]{{3}})"
    rf"(?:{_APART}[0-9]{{2}})?{_AFTER})",
    re.IGNORECASE,
)
"""Sex, year, month, department, commune, order, as one writes them; a department
overseas has three digits."""
_GLUED = re.compile(r"(?<![0-9])[1-478][0-9]{5}[0-9AB][0-9]{8}(?![0-9])", re.IGNORECASE)
GAPS = 3
"""So many gaps at the places of a NIR, and none elsewhere, make its written form: an
amount, a date have others."""
_DAY = re.compile(
    rf"(?<![0-9])(?:[0-9]{{1,2}}{_BETWEEN}[0-9]{{1,2}}{_BETWEEN}(?:19|20)[0-9]{{2}}"
    rf"|(?:19|20)[0-9]{{2}}{_BETWEEN}[0-9]{{1,2}}{_BETWEEN}[0-9]{{1,2}})(?![0-9])"
)
_SIRET = re.compile(rf"(?<![0-9])(?:[0-9]{{3}}{_BETWEEN}?){{3}}[0-9]{{5}}(?![0-9])")


def holds_nir(text: str) -> bool:
    """Whether a free text holds a NIR, in any spacing.

    A NIR is fifteen characters with their key, or its written form.

    Thirteen digits in a row are anything: a stamp in milliseconds, a bar code, the
    start of a SIRET.
    """
    if len(text) < SHORTEST:
        return False
    if (
        not text.isascii()
    ):  # full-width digits are digits, and what is not seen parts nothing
        text = "".join(
            c
            for c in unicodedata.normalize("NFKC", text)
            if unicodedata.category(c) != "Cf"
        )
    spaced = (
        number for number in _SPACED.findall(text) if not _is_of_other_numbers(number)
    )
    keyed = any(map(_has_key, spaced)) or any(map(_has_key, _GLUED.findall(text)))
    return keyed or any(
        sum(map(bool, gaps)) >= GAPS and NIR.fullmatch(_bare_of(number))
        for number, *gaps in _GROUPED.findall(text)
    )


def _is_of_other_numbers(text: str) -> bool:
    """Whether a day or a SIRET is written there.

    With a number beside it, chance makes a key.
    """
    sirets = map(compact, _SIRET.findall(text))
    return _DAY.search(text) is not None or any(
        luhn(digits[:9]) and luhn(digits) for digits in sirets
    )


def _has_key(text: str) -> bool:
    bare = _bare_of(text)
    return bool(NIR.fullmatch(bare)) and bare.endswith(_key(bare))


def _bare_of(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def is_written_as_nir(text: str) -> bool:
    """Whether a text is as long as a NIR, or holds one.

    The key may be there or not; any spacing is read.
    """
    bare = re.sub(_BETWEEN, "", unicodedata.normalize("NFKC", text))
    return bool(
        re.fullmatch(r"[0-9]{6}[0-9AB][0-9]{6}(?:[0-9]{2})?", bare, re.IGNORECASE)
    ) or holds_nir(text)


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


def _key(bare: str) -> str:
    """The key of the first thirteen characters; Corsica counts as 19 and 18."""
    return f"{97 - int(bare[:13].replace('2A', '19').replace('2B', '18')) % 97:02}"


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
