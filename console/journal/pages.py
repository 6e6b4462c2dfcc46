"""The journal of the acts, and that of one partner."""

from dataclasses import replace

from console.kernel.page import Column, Listing, Page

JOURNAL = Listing(
    root="journal",
    needs="JOURNAL_ENTRY_READ",
    one="acte",
    many="actes",
    empty="Aucun acte n’est inscrit dans votre périmètre.",
    shown=("act", "since", "until"),
    labels={"act": "Acte", "since": "Depuis le", "until": "Jusqu’au", "partnerId": "Partenaire (identifiant)"},
    columns=(
        Column("Quand", "at"),
        Column("Acte", "act", kind="act"),
        Column("Par", "actor.familyName", link="/utilisateurs/{actor.id}", beside=("actor.givenName",)),
        Column("Prénom", "actor.givenName"),
        Column("Pour", "actingFor.name"),
        Column("Partenaire", "partner.name", link="/partenaires/{partner.id}"),
        Column("Depuis", "source", kind="source"),
        Column("Motif", "reason"),
        Column("Demande", "requestId"),
    ),
    export="JOURNAL",
    export_needs="JOURNAL_ENTRY_EXPORT",
)
HISTORY = replace(
    JOURNAL,
    root="partner.journal",
    empty="Aucun acte n’est inscrit pour ce partenaire.",
    columns=(
        Column("Quand", "at"),
        Column("Acte", "act", kind="act"),
        Column("Par", "actor.familyName"),
        Column("Pour", "actingFor.name"),
        Column("Depuis", "source", kind="source"),
        Column("Motif", "reason"),
    ),
    export="",
    export_needs="",
)

PAGES = (
    Page("/partenaires/{id}/historique", "partner_history", "Historique", "/partenaires", HISTORY, "partner"),
    Page("/journal", "journal", "Journal", listing=JOURNAL),
)
