"""Scalars of our own, and how a text of the register becomes one."""

from datetime import date, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from persistence.types import iso_day, written
from resolvers.declaration_lines import Cell

Money = NewType("Money", str)
Percent = NewType("Percent", str)
Hours = NewType("Hours", str)
MaskedNir = NewType("MaskedNir", str)


DAY = "https://scalars.graphql.org/andimarek/local-date.html"
INSTANT = "https://scalars.graphql.org/andimarek/date-time.html"
DECIMAL = "https://www.w3.org/TR/xmlschema11-2/#decimal"
JSON = "https://www.rfc-editor.org/rfc/rfc8259"
NIR = "https://www.insee.fr/fr/metadonnees/definition/c1409"
"""Where the form of a scalar is specified."""


def _date(value: object) -> date:
    if not isinstance(value, str):
        raise TypeError("Une date s'écrit AAAA-MM-JJ.")
    return iso_day(value)


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise TypeError("Un instant s'écrit en ISO 8601.")
    return datetime.fromisoformat(value)


def _cell(value: object) -> str:
    match value:
        case bool():
            return "oui" if value else "non"
        case str():
            return value
        case int() | float():
            return str(value)
    raise TypeError("Une cellule est un texte, un nombre ou un booléen.")


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description="Jour civil, Europe/Paris : AAAA-MM-JJ. Toute fin est exclusive :"
        " le premier jour sans le droit.",
        serialize=lambda v: v if isinstance(v, str) else v.isoformat(),
        parse_value=_date,
        specified_by_url=DAY,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant UTC, ISO 8601 avec microsecondes.",
        serialize=lambda v: v if isinstance(v, str) else written(v),
        parse_value=_instant,
        specified_by_url=INSTANT,
    ),
    Cell: strawberry.scalar(
        name="Cell",
        description="Cellule telle que la paie l'écrit : texte (« 1 012,50 », «"
        " 27/06/1970 », « O »), nombre, booléen.",
        parse_value=_cell,
        specified_by_url=JSON,
    ),
    Money: strawberry.scalar(
        name="Money",
        description="Euros, à deux décimales : « 1012.50 ».",
        specified_by_url=DECIMAL,
    ),
    Hours: strawberry.scalar(
        name="Hours",
        description="Heures, à deux décimales : « 7.50 ».",
        specified_by_url=DECIMAL,
    ),
    Percent: strawberry.scalar(
        name="Percent",
        description="Pour cent à deux décimales : « 33.33 ».",
        specified_by_url=DECIMAL,
    ),
    MaskedNir: strawberry.scalar(
        name="Nir",
        description="Numéro de sécurité sociale, toujours masqué : « 1 85 05 ** ***"
        " *** ** ».",
        specified_by_url=NIR,
    ),
}
