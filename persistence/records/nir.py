"""The number of social security, and where a free text holds one.

Its structure and its law: docs/business/identifiers.md.
"""

import re
import unicodedata
from datetime import date

from .identifiers import SCIENTIFIC, compact, is_scientific, luhn
from .rules import Refused, Rule

TEMPORARY = "78"
"""How a temporary number begins."""


def is_temporary(text: str) -> bool:
    """Whether this is a temporary number, whole or masked: its first digit is shown."""
    return text[0] in TEMPORARY


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
        return is_temporary(self._text)

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


def _key(bare: str) -> str:
    """The key of the first thirteen characters; Corsica counts as 19 and 18."""
    return f"{97 - int(bare[:13].replace('2A', '19').replace('2B', '18')) % 97:02}"
