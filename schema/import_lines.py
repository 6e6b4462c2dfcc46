"""Les lignes d'une extraction : telles qu'écrites, telles que lues."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from strawberry import ID
from strawberry.scalars import JSON

from persistence import records
from persistence.facts.columns import equal
from persistence.facts.imports import sheet_name
from persistence.reading.question import Order
from persistence.records import ImportDecision, ImportOutcome
from resolvers.reading.bindings import FilterArgument

from .binding import called, column, derived, mirrors, one, reference
from .nodes import IDENTIFIER, VERSION, Node
from .orders import orders
from .payloads import Notice
from .refs import ImportRef, OrganismRef, PartnerRef, UserRef
from .viewer_can import Permission, viewer_can

ImportLineOrder = orders(
    "ImportLineOrder",
    "Dans l'ordre des imports et des lignes du fichier : l'identifiant les suit.",
    NUMBER=Order((), "pk_import_line"),
)


IMPORT_LINE_FILTERS = {
    "outcome": FilterArgument(ImportOutcome, equal("outcome"), "Ce que dit la ligne."),
    "siret": FilterArgument(
        str,
        lambda row, terms, v: row.c.siret == terms.bind(("digits", v), "text"),
        "SIRET lu.",
        is_anchor=True,
    ),
    "organism_id": reference(
        records.Organism, equal("organism_id"), "Organisme qui la traite."
    ),
    "applied": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(row.c.applied_on.is_not(None), v),
        "Prise, ou non.",
    ),
    "awaiting": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(records.ImportLine.is_unsettled.sql(row), v),
        "Attend d'être prise ou arbitrée.",
    ),
    "import_id": reference(
        records.Import, equal("import_id"), "Import.", is_anchor=True
    ),
}


def _reasons(stored: Sequence[Sequence[Any]]) -> list[records.Notice]:
    """A line of before has no path."""
    reasons = []
    for code, detail, *path in stored:
        reasons.append(records.Notice(records.Rule[code], tuple(*path), detail))
    return reasons


@mirrors(
    records.ImportLine,
    "Ligne de l'extraction : telle qu'écrite, telle que lue, ce qu'elle dit au regard"
    " du registre (§5, R57).",
)
class ImportLine(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    sheet: str | None = column(
        "Feuille du classeur où elle est ; vide pour un CSV.", sheet_name
    )
    number: int = column(
        "Numéro de la ligne dans sa feuille, celui que montre un tableur."
    )
    raw: JSON = column(
        "Les cellules telles qu'écrites, par en-tête ; « retiré » où était un numéro"
        " personnel."
    )
    siret: str | None = column("SIRET lu.")
    name: str | None = column("Raison sociale lue.")
    department: str | None = column("Département lu.")
    known_mcp: bool | None = column("Connu du Portail MCP, selon le fichier.")
    known_habtiers: bool | None = column("Connu de Habtiers, selon le fichier.")
    active: bool | None = column(
        "Actif dans Habtiers, selon le fichier ; vide s'il ne le dit pas."
    )
    last_seen_on: date | None = column("Dernière connexion à Habtiers.")
    finess: str | None = column("Numéro FINESS lu.")
    contact: str | None = column("Contact écrit.")
    fingerprint: str = column(
        "Empreinte SHA-256 des valeurs lues : deux lignes égales disent la même chose."
    )
    outcome: ImportOutcome = column("Ce qu'elle dit au regard du registre.")
    reasons: list[Notice] = derived(
        "Pourquoi ; `path` nomme la cellule : `raw`, puis l'en-tête de sa colonne ;"
        " vide quand c'est la ligne.",
        {"stored": lambda row, _: row.c.reasons},
        _reasons,
    )
    changes: JSON | None = column(
        "Ce qui change par rapport à ce qui avait été pris : champ, avant, après."
    )
    arbitration: ImportDecision | None = column(
        "Le choix fait, pour une ligne en conflit."
    )
    arbitrated_on: date | None = column("Jour de ce choix.")
    arbitration_reason: str | None = column("Son motif.")
    applied_on: date | None = column(
        "Jour où elle a été prise ; vide : elle ne l'est pas."
    )
    organism: OrganismRef = one(
        "L'organisme qui la traite : la Caf de son code, sinon celui qui a ouvert.",
        "organism_id",
    )
    arbitrated_by: UserRef | None = one("Qui a choisi.", "arbitrated_by_id")
    applied_by: UserRef | None = one("Qui l'a prise.", "applied_by_id")
    partner: PartnerRef | None = one(
        "Le partenaire qu'elle a fait, ou dont elle parle.", "partner_id"
    )
    import_: ImportRef | None = called(one("L'import.", "import_id"), "import")
