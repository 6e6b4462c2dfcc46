"""Partners: the list, a partner, an establishment, the chart of the migration."""

from console.kernel.page import ListColumn, Listing, Page, QuickFilter

PARTNERS = Listing(
    root="partners",
    needs="PARTNER_READ",
    one="partenaire",
    many="partenaires",
    empty=(
        "Aucun partenaire n’est dans votre périmètre. "
        "Enregistrez-en un, ou importez l’extraction."
    ),
    visible=("search", "migrationState", "mode"),
    labels={
        "search": "Nom, SIRET ou SIREN",
        "migrationState": "Migration",
        "mode": "Mode de gestion",
    },
    choices={"organismId": "cna multiBranch cafs lastCafs", "serviceId": "services"},
    quick=(
        QuickFilter("Tous", {}),
        QuickFilter("En retard", {"migrationState": "LATE"}),
        QuickFilter("Reste à ouvrir", {"migrationState": "REMAINING"}),
        QuickFilter("Délégués sans gestionnaire", {"withoutManager": "true"}),
        QuickFilter("Sans convention en vigueur", {"inForce": "false"}),
    ),
    columns=(
        ListColumn("Raison sociale", "name", link="/partenaires/{id}"),
        ListColumn("SIRET", "siret", kind="siret"),
        ListColumn("Nature", "kind"),
        ListColumn("Mode", "mode", kind="status"),
        ListColumn("Administré par", "administeredBy.name"),
        ListColumn("Convention", "conventionInForce.status", kind="status"),
        ListColumn("Cas", "migration.case", kind="status"),
        ListColumn("En retard", "migration.late", kind="yes"),
    ),
    export="PARTNERS",
    export_needs="PARTNER_EXPORT",
)

PAGES = (
    Page("/partenaires", "partners", "Partenaires", listing=PARTNERS),
    Page("/partenaires/{id}", "partner", "Partenaire", "/partenaires", root="partner"),
    Page(
        "/etablissements/{id}",
        "establishment",
        "Établissement",
        "/partenaires",
        root="node",
    ),
    Page("/migration", "migration", "Migration"),
)
