"""A campaign: its board, the establishments and the deposits that its numbers count."""

from console.kernel.page import ListColumn, Listing, Page, QuickFilter

SECTION = "/campagne"
ESTABLISHMENTS = Listing(
    root="campaign.establishments",
    needs="DECLARATION_READ",
    one="établissement",
    many="établissements",
    empty="Cette campagne n’attend aucun établissement de votre périmètre.",
    visible=("search", "standing", "organismId"),
    labels={
        "search": "Nom de l’établissement",
        "organismId": "Administré par",
        "standing": "Où ils en sont",
        "declared": "Certificat déposé",
        "nothingToDeclare": "« Néant »",
        "conformity": "Contrôles",
        "missing": "Personnes manquantes",
        "atRisk": "Personnes à risque",
        "returned": "Lignes renvoyées",
        "pending": "Lignes à traiter",
    },
    choices={"organismId": "campaign.board.byOrganism"},
    quick=(
        QuickFilter("Tous", {}),
        QuickFilter("Sans déclaration", {"declared": "false"}),
        QuickFilter("À risque", {"atRisk": "true", "order": "AT_RISK"}),
        QuickFilter("Lignes à traiter", {"pending": "true"}),
    ),
    columns=(
        ListColumn(
            "Esat",
            "name",
            link="/etablissements/{establishment.id}",
            beside=("siret",),
        ),
        ListColumn("SIRET", "siret", kind="siret"),
        ListColumn("Partenaire", "partner.name", link="/partenaires/{partner.id}"),
        ListColumn("État", "standing", kind="status"),
        ListColumn("Attendues", "expected", kind="number"),
        ListColumn("Manquantes", "missing", kind="number"),
        ListColumn("À risque", "atRisk", kind="number"),
        ListColumn("Renvoyées", "returned", kind="number"),
        ListColumn("À traiter", "pending", kind="number"),
        ListColumn("Dernier signe", "lastSignAt", kind="day"),
        ListColumn("Relancé le", "remindedOn"),
        ListColumn("Contact", "establishment.contact"),
        ListColumn("Administré par", "administeredBy.name"),
    ),
    export="ESTABLISHMENTS",
    export_needs="DECLARATION_EXPORT",
    bulk=("declarationRemind",),
    bulk_id="establishment.id",
    bulk_needs="DECLARATION_REMIND",
    bulk_values={"campaignYear": "year"},
)
DEPOSITS = Listing(
    root="campaign.declarations",
    needs="DECLARATION_READ",
    one="dépôt",
    many="dépôts",
    empty="Aucun certificat n’est déposé pour cette campagne.",
    visible=("receivedOn",),
    labels={"receivedOn": "Jour du dépôt"},
    columns=(
        ListColumn(
            "Esat",
            "establishmentName",
            link="/declarations/{id}",
            beside=("sequence",),
        ),
        ListColumn("SIRET", "siret", kind="siret"),
        ListColumn("Partenaire", "partner.name"),
        ListColumn("N°", "sequence", kind="number"),
        ListColumn("Reçu", "receivedAt"),
        ListColumn("État", "status", kind="status"),
        ListColumn("Lignes", "lineCount", kind="number"),
        ListColumn("Contrôles", "conformity"),
    ),
    export="DECLARATIONS",
    export_needs="DECLARATION_EXPORT",
)

PAGES = (
    Page("/campagne/{year}", "campaign", "Campagne", SECTION, root="campaign"),
    Page(
        "/campagne/{year}/etablissements",
        "campaign_establishments",
        "Établissements attendus",
        SECTION,
        listing=ESTABLISHMENTS,
        root="campaign",
    ),
    Page(
        "/campagne/{year}/depots",
        "campaign_deposits",
        "Dépôts de la campagne",
        SECTION,
        listing=DEPOSITS,
        root="campaign",
    ),
)
