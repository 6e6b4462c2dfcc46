"""Imports de l'extraction de la Cnaf : le fichier, et ce qu'il en reste."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import strawberry
from strawberry import ID

from persistence import records
from persistence.facts.imports import import_status, sheet_name, waiting
from persistence.intake.import_columns import ImportField
from persistence.reading.question import Order

from .binding import by, called, column, derived, mirrors, one, page
from .connections import Connection
from .enums import labelled
from .import_lines import IMPORT_LINE_FILTERS, ImportLine, ImportLineOrder
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .refs import OrganismRef, PartnerRef, UserRef
from .viewer_can import Permission, viewer_can

ImportOrder = orders(
    "ImportOrder",
    "Du plus récent au plus ancien, ou l'inverse : l'identifiant suit le temps.",
    LATEST=Order((), "pk_import", descending=True),
    EARLIEST=Order((), "pk_import"),
)


@labelled(
    "État d'un import.", OPEN="Ouvert, sans fichier", RECEIVED="Reçu", PURGED="Purgé"
)
class ImportStatus(StrEnum):
    OPEN = "OPEN"
    RECEIVED = "RECEIVED"
    PURGED = "PURGED"


@strawberry.type(
    description="Colonne reconnue, à confirmer avant de prendre des lignes."
)
class ImportColumn:
    header: str = strawberry.field(description="En-tête, tel qu'il est écrit.")
    field: ImportField = strawberry.field(description="Ce que la colonne dit.")


def _columns(stored: Sequence[Mapping[str, str]] | None) -> list[ImportColumn]:
    columns = []
    for row in stored or ():
        field = ImportField(row["field"])
        columns.append(ImportColumn(header=row["header"], field=field))
    return columns


@labelled(
    "Ce que devient une feuille d'un classeur.",
    READ="Lue",
    HIDDEN="Masquée : non lue",
    EMPTY="Vide",
    NO_HEADER="Sans en-tête reconnu : non lue",
    OTHER_HEADER="D'un autre en-tête : non lue",
)
class ImportSheetState(StrEnum):
    READ = "READ"
    HIDDEN = "HIDDEN"
    EMPTY = "EMPTY"
    NO_HEADER = "NO_HEADER"
    OTHER_HEADER = "OTHER_HEADER"


@strawberry.type(description="Feuille d'un classeur, lue ou non.")
class ImportSheet:
    name: str = strawberry.field(description="Nom de la feuille.")
    state: ImportSheetState = strawberry.field(description="Ce qu'elle devient.")
    lines: int = strawberry.field(description="Lignes qui y sont lues.")


def _sheets(stored: Sequence[Mapping[str, Any]] | None) -> list[ImportSheet]:
    sheets = []
    for row in stored or ():
        state = ImportSheetState(row["state"])
        sheets.append(ImportSheet(name=row["name"], state=state, lines=row["lines"]))
    return sheets


@mirrors(
    records.Import,
    "Import d'une extraction des partenaires connus du Portail MCP et de Habtiers (§5,"
    " R57) ; purgé, l'en-tête reste.",
)
class Import(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    status: ImportStatus = column("État, calculé : ouvert, reçu, purgé.", import_status)
    filename: str = column("Nom du fichier.")
    opened_on: date = column("Jour de son ouverture.")
    received_at: datetime | None = column("Instant de la réception du fichier.")
    digest: str | None = column("Empreinte SHA-256 du fichier.")
    media: str | None = column("Type du fichier, selon son contenu.")
    header_line: int | None = column("Numéro de la ligne d'en-tête.")
    columns: list[ImportColumn] = derived(
        "Les colonnes reconnues.", {"stored": lambda row, _: row.c["columns"]}, _columns
    )
    ignored_columns: list[str] | None = column(
        "Les en-têtes que rien n'explique.", "ignored"
    )
    sheets: list[ImportSheet] = derived(
        "Les feuilles du classeur, dans leur ordre, et ce que chacune devient ; aucune"
        " pour un CSV.",
        {"stored": lambda row, _: row.c.sheets},
        _sheets,
    )
    received: int = column("Lignes reçues : la somme des cinq suivantes.")
    new: int = column("Lignes dont rien n'a encore été pris.", "new_count")
    changed: int = column(
        "Lignes qui disent autrement que ce qui a été pris.", "changed_count"
    )
    unchanged: int = column(
        "Lignes déjà prises, écartées, ou répétées.", "unchanged_count"
    )
    conflict: int = column("Lignes à arbitrer, ou arbitrées.", "conflict_count")
    rejected: int = column("Lignes illisibles.", "rejected_count")
    blank_lines: int = column("Lignes vides entre les autres, comptées à part.")
    applied: int = column("Lignes prises.")
    awaiting: int = column(
        "Parmi les lignes que vous lisez, celles qui attendent d'être prises ou"
        " arbitrées.",
        waiting,
    )
    purged_on: date | None = column("Jour de la purge (R13).")
    purge_reason: str | None = column("Son motif.")
    proof: str | None = column(
        "Preuve de la purge : SHA-256 du JSON compact [[numéro, empreinte, devenir,"
        " prise], …] des lignes, en ordre."
    )
    organism: OrganismRef = one("L'organisme qui l'a ouvert.", "organism_id")
    opened_by: UserRef | None = one("Qui l'a ouvert.", "opened_by_id")
    purged_by: UserRef | None = one("Qui l'a purgé.", "purged_by_id")
    lines: Connection["ImportLine"] = page(
        "Ses lignes, pour qui peut les lire.",
        by("import_id"),
        ImportLineOrder,
        IMPORT_LINE_FILTERS,
    )


@mirrors(
    records.Origin,
    "Ce que l'extraction a dit d'un partenaire : gardé après la purge, pour dire son"
    " cas (§5, R51 à R55).",
)
class Origin(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    known_mcp: bool = column("Connu du Portail MCP.")
    known_habtiers: bool = column("Connu de Habtiers.")
    active: bool | None = column(
        "Actif dans Habtiers ; vide si le fichier ne le disait pas."
    )
    filename: str = column("Nom du fichier.")
    digest: str = column("Empreinte SHA-256 du fichier.")
    sheet: str | None = column("Feuille du classeur ; vide pour un CSV.", sheet_name)
    line_number: int = column("Numéro de la ligne.")
    taken_on: date = column("Jour où la ligne a été prise.")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
    import_: Import | None = called(one("L'import.", "import_id"), "import")
