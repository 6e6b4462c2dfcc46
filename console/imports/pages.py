"""Imports: announced, and line by line."""

from console.kernel.page import Column, Listing, Page, Quick

IMPORTS = Listing(
    root="imports",
    needs="IMPORT_READ",
    one="import",
    many="imports",
    empty="Aucune extraction n’a été déposée : annoncez-en une, puis déposez le fichier.",
    columns=(
        Column("Fichier", "filename", link="/imports/{id}", beside=("organism.name", "openedOn")),
        Column("Organisme", "organism.name"),
        Column("Ouvert le", "openedOn"),
        Column("État", "status", kind="status"),
        Column("Lignes", "received"),
        Column("Nouvelles", "new"),
        Column("En conflit", "conflict"),
        Column("Rejetées", "rejected"),
        Column("Appliquées", "applied"),
    ),
)
IMPORT_LINES = Listing(
    root="import.lines",
    needs="IMPORT_READ",
    one="ligne",
    many="lignes",
    empty="Déposez le fichier : ses lignes seront comparées au registre, et rien ne sera écrit avant votre accord.",
    shown=("outcome", "siret"),
    labels={"outcome": "Résultat", "siret": "SIRET", "awaiting": "En attente", "applied": "Appliquée"},
    quick=(
        Quick("Toutes", {}),
        Quick("En attente", {"awaiting": "true"}),
        Quick("Nouvelles", {"outcome": "NEW"}),
        Quick("Modifiées", {"outcome": "CHANGED"}),
        Quick("En conflit", {"outcome": "CONFLICT"}),
        Quick("Rejetées", {"outcome": "REJECTED"}),
        Quick("Inchangées", {"outcome": "UNCHANGED"}),
    ),
    columns=(
        Column("Ligne", "number"),
        Column("SIRET", "siret", kind="siret"),
        Column("Nom", "name"),
        Column("Résultat", "outcome", kind="status"),
        Column("Caf", "organism.name"),
        Column("MCP", "knownMcp"),
        Column("Habtiers", "knownHabtiers"),
        Column("Motifs", "reasons.message"),
        Column("Appliquée le", "appliedOn"),
    ),
)

PAGES = (
    Page("/imports", "imports", "Imports", listing=IMPORTS),
    Page("/imports/{id}", "import", "Import", "/imports", IMPORT_LINES, "import"),
)
