"""Imports: announced, and line by line."""

from console.kernel.page import ListColumn, Listing, Page, QuickFilter

IMPORTS = Listing(
    root="imports",
    needs="IMPORT_READ",
    one="import",
    many="imports",
    empty=(
        "Aucune extraction n’a été déposée : annoncez-en une, puis déposez le fichier."
    ),
    columns=(
        ListColumn(
            "Fichier",
            "filename",
            link="/imports/{id}",
            beside=("organism.name", "openedOn"),
        ),
        ListColumn("Organisme", "organism.name"),
        ListColumn("Ouvert le", "openedOn"),
        ListColumn("État", "status", kind="status"),
        ListColumn("Lignes", "received"),
        ListColumn("Nouvelles", "new"),
        ListColumn("En conflit", "conflict"),
        ListColumn("Rejetées", "rejected"),
        ListColumn("Appliquées", "applied"),
    ),
)
IMPORT_LINES = Listing(
    root="import.lines",
    needs="IMPORT_READ",
    one="ligne",
    many="lignes",
    empty=(
        "Déposez le fichier : ses lignes seront comparées au registre, "
        "et rien ne sera écrit avant votre accord."
    ),
    visible=("outcome", "siret"),
    labels={
        "outcome": "Résultat",
        "siret": "SIRET",
        "awaiting": "En attente",
        "applied": "Appliquée",
    },
    quick=(
        QuickFilter("Toutes", {}),
        QuickFilter("En attente", {"awaiting": "true"}),
        QuickFilter("Nouvelles", {"outcome": "NEW"}),
        QuickFilter("Modifiées", {"outcome": "CHANGED"}),
        QuickFilter("En conflit", {"outcome": "CONFLICT"}),
        QuickFilter("Rejetées", {"outcome": "REJECTED"}),
        QuickFilter("Inchangées", {"outcome": "UNCHANGED"}),
    ),
    columns=(
        ListColumn("Ligne", "number"),
        ListColumn("SIRET", "siret", kind="siret"),
        ListColumn("Nom", "name"),
        ListColumn("Résultat", "outcome", kind="status"),
        ListColumn("Caf", "organism.name"),
        ListColumn("MCP", "knownMcp"),
        ListColumn("Habtiers", "knownHabtiers"),
        ListColumn("Motifs", "reasons.message"),
        ListColumn("Appliquée le", "appliedOn"),
    ),
)

PAGES = (
    Page("/imports", "imports", "Imports", listing=IMPORTS),
    Page("/imports/{id}", "import", "Import", "/imports", IMPORT_LINES, "import"),
)
