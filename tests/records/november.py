"""One good line of a November certificate, and what becomes of it when a cell changes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from persistence.intake.bounds import Bounds
from persistence.intake.november import Certificate
from persistence.intake.remuneration_lines import Remuneration
from persistence.records import Notice, Parameter, Refused, Rule
from persistence.seeds.reference import GUARANTEED, SMIC_HOURLY

YEAR, HERE, ELSEWHERE = 2026, "99990001200025", "99990001200033"
PARAMETERS = [
    *(
        Parameter(name="SMIC_HOURLY", starts_on=day, value=value)
        for day, value in SMIC_HOURLY.items()
    ),
    *(
        Parameter(name=name, starts_on=date(2018, 1, 1), value=value)
        for name, value in GUARANTEED.items()
    ),
]
PAYERS = {"751": "org_751", "921": "org_921", "931": "org_931", "011": "org_011"}
GOOD: Mapping[str, str] = {
    "client_reference": "L00001",
    "nir": "185057599904209",
    "birth_name": "Lefèvre",
    "given_names": "Élodie",
    "birth_date": "27/05/1985",
    "matricule": "1000000",
    "paying_organism": "751",
    "siret": HERE,
    "entered_on": "09/09/2012",
    "rate": "100,00",
    "net_remuneration": "1030,17",
    "net_aid": "833,01",
    "esat_share": "12,00",
    "dual_activity": "N",
}
DIGITS = st.text(
    alphabet="0123456789 .,-/:€%eE+ABOabo\u00a0\u202f\u2009\u0663²", max_size=40
)
ANYTHING = st.one_of(
    st.text(alphabet=st.characters(), max_size=60), DIGITS, st.integers().map(str)
)
"""Whatever a cell may hold: any character, lone surrogates too, and what looks like a figure."""


def bounds_of(year: int) -> Bounds:
    return Bounds.on(date(year, 11, 30), PARAMETERS)


CERTIFICATE = Certificate(YEAR, HERE, bounds_of(YEAR), PAYERS)


def read(**cells: Any) -> Remuneration:  # noqa: ANN401 a cell, or None for an empty one
    """The good line, these cells changed."""
    return CERTIFICATE.read(0, {**GOOD, **cells})


def rejected(**cells: Any) -> list[tuple[Rule, str]]:  # noqa: ANN401 as above
    """What blocks the good line with these cells changed: each rule, at its field."""
    return told(read(**cells).errors)


def warned(**cells: Any) -> list[tuple[Rule, str]]:  # noqa: ANN401 as above
    """What is told of it, once it is known to be taken."""
    line = read(**cells)
    assert line.errors == []
    return told(line.warnings)


def sentence(reader: Callable[[str], object], text: str) -> str:
    """What a reader says when it refuses a text; nothing when it reads it. Any other way out is a defect."""
    try:
        reader(text)
    except Refused as refusal:
        return refusal.notice.message
    return ""


def repeats(message: str, text: str) -> bool:
    """Whether a message holds a text that is long enough not to be there by chance."""
    return len(text.strip()) >= len("000000") and text.strip() in message


def told(notices: Iterable[Notice]) -> list[tuple[Rule, str]]:
    return [(notice.rule, notice.path[-1]) for notice in notices]
