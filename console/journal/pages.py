"""The journal of the acts, and that of one partner."""

from dataclasses import replace

from console.kernel.page import ListColumn, Listing, Page

JOURNAL = Listing(
    root="journal",
    needs="JOURNAL_ENTRY_READ",
    one="acte",
    many="actes",
    empty="Aucun acte n’est inscrit dans votre périmètre.",
    visible=("act", "since", "until"),
    labels={
        "act": "Acte",
        "since": "Depuis le",
        "until": "Jusqu’au",
        "partnerId": "Partenaire (identifiant)",
    },
    columns=(
        ListColumn("Quand", "at"),
        ListColumn("Acte", "act", kind="act"),
        ListColumn(
            "Par",
            "actor.familyName",
            link="/utilisateurs/{actor.id}",
            beside=("actor.givenName",),
        ),
        ListColumn("Prénom", "actor.givenName"),
        ListColumn("Pour", "actingFor.name"),
        ListColumn("Partenaire", "partner.name", link="/partenaires/{partner.id}"),
        ListColumn("Depuis", "source", kind="source"),
        ListColumn("Motif", "reason"),
        ListColumn("Demande", "requestId"),
    ),
    export="JOURNAL",
    export_needs="JOURNAL_ENTRY_EXPORT",
)
HISTORY = replace(
    JOURNAL,
    root="partner.journal",
    empty="Aucun acte n’est inscrit pour ce partenaire.",
    columns=(
        ListColumn("Quand", "at"),
        ListColumn("Acte", "act", kind="act"),
        ListColumn("Par", "actor.familyName"),
        ListColumn("Pour", "actingFor.name"),
        ListColumn("Depuis", "source", kind="source"),
        ListColumn("Motif", "reason"),
    ),
    export="",
    export_needs="",
)

PAGES = (
    Page(
        "/partenaires/{id}/historique",
        "partner_history",
        "Historique",
        "/partenaires",
        HISTORY,
        "partner",
    ),
    Page("/journal", "journal", "Journal", listing=JOURNAL),
)
