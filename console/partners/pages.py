"""Partners: the list, the head of a file, an establishment, the chart of the migration."""

from console.kernel.page import Column, Listing, Page, Quick

PARTNERS = Listing(
    root="partners",
    needs="PARTNER_READ",
    one="partenaire",
    many="partenaires",
    empty="Aucun partenaire n’est dans votre périmètre. Enregistrez-en un, ou importez l’extraction.",
    shown=("search", "migrationState", "mode"),
    labels={"search": "Nom, SIRET ou SIREN", "migrationState": "Migration", "mode": "Mode de gestion"},
    choices={"organismId": "cna multiBranch cafs lastCafs", "serviceId": "services"},
    quick=(
        Quick("Tous", {}),
        Quick("En retard", {"migrationState": "LATE"}),
        Quick("Reste à ouvrir", {"migrationState": "REMAINING"}),
        Quick("Délégués sans gestionnaire", {"withoutManager": "true"}),
        Quick("Sans convention en vigueur", {"inForce": "false"}),
    ),
    columns=(
        Column("Raison sociale", "name", link="/partenaires/{id}"),
        Column("SIRET", "siret", kind="siret"),
        Column("Nature", "kind"),
        Column("Mode", "mode", kind="status"),
        Column("Administré par", "administeredBy.name"),
        Column("Convention", "conventionInForce.status", kind="status"),
        Column("Cas", "migration.case", kind="status"),
        Column("En retard", "migration.late", kind="yes"),
    ),
    export="PARTNERS",
    export_needs="PARTNER_EXPORT",
)

PAGES = (
    Page("/partenaires", "partners", "Partenaires", listing=PARTNERS),
    Page("/partenaires/{id}", "partner", "Partenaire", "/partenaires", root="partner"),
    Page("/etablissements/{id}", "establishment", "Établissement", "/partenaires", root="node"),
    Page("/migration", "migration", "Migration"),
)
