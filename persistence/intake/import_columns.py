"""What each column of an extraction means.

Its words say it, or whoever opens the import.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from . import headers
from .headers import Words


class ImportField(StrEnum):
    SIRET = "SIRET"
    NAME = "NAME"
    DEPARTMENT = "DEPARTMENT"
    ORGANISM = "ORGANISM"
    KNOWN_MCP = "KNOWN_MCP"
    KNOWN_HABTIERS = "KNOWN_HABTIERS"
    ACTIVE = "ACTIVE"
    LAST_SEEN_ON = "LAST_SEEN_ON"
    FINESS = "FINESS"
    CONTACT = "CONTACT"
    IGNORED = headers.IGNORED


Columns: TypeAlias = headers.Columns[ImportField]

WORDS: tuple[tuple[ImportField, tuple[str, ...]], ...] = (
    (
        ImportField.LAST_SEEN_ON,
        (
            "derniere connexion",
            "dernier acces",
            "derniere utilisation",
            "derniere activite",
            "date connexion",
        ),
    ),
    (
        ImportField.IGNORED,
        (
            "date",
            "siren siege",
            "siret siege",
            "finess juridique",
            "finess ej",
            "telephone",
            "nom contact",
        ),
    ),
    (
        ImportField.IGNORED,
        ("nom caf", "libelle caf", "nom departement", "libelle departement"),
    ),
    (ImportField.IGNORED, ("nom organisme", "libelle organisme")),
    (ImportField.ACTIVE, ("actif", "active", "activite", "statut")),
    (ImportField.KNOWN_HABTIERS, ("connu habtiers", "habtiers")),
    (ImportField.KNOWN_MCP, ("connu mcp", "mcp", "mon compte partenaire", "portail")),
    (ImportField.SIRET, ("siret",)),
    (ImportField.FINESS, ("finess",)),
    (ImportField.CONTACT, ("courriel", "email", "mail", "mel", "contact")),
    (
        ImportField.ORGANISM,
        (
            "code caf",
            "numero caf",
            "no caf",
            "n caf",
            "code organisme",
            "numero organisme",
            "no organisme",
            "n organisme",
            "caf",
            "organisme",
        ),
    ),
    (
        ImportField.DEPARTMENT,
        (
            "code departement",
            "numero departement",
            "no departement",
            "n departement",
            "departement",
            "dept",
            "dpt",
            "dep",
        ),
    ),
    (
        ImportField.NAME,
        (
            "raison sociale",
            "denomination",
            "nom partenaire",
            "nom etablissement",
            "nom structure",
            "nom esat",
            "etablissement",
            "structure",
            "partenaire",
            "nom",
            "esat",
            "libelle",
        ),
    ),
)
"""Field, and the words that its column may have, the more telling first.

`Code Caf` counts before `Caf`, its name.
"""
RANKED: Words[ImportField] = [(field, (way,)) for field, ways in WORDS for way in ways]
"""Each wording in its own place.

Of two columns of a field, the first in this order is read.
"""
NEEDED = {
    ImportField.SIRET: "SIRET",
    ImportField.NAME: "raison sociale",
    ImportField.ORGANISM: "code Caf",
    ImportField.KNOWN_MCP: "connu MCP",
    ImportField.KNOWN_HABTIERS: "connu Habtiers",
}


def recognised(
    cells: Sequence[str], meanings: Mapping[str, ImportField]
) -> Columns | None:
    """The columns of an extraction, if the row is a header.

    EXTRACT_HEADER when it lacks what a line must say.
    """
    columns = headers.recognised(cells, meanings, RANKED)
    if columns is not None:
        columns.require(NEEDED)
    return columns
