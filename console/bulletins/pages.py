"""Bulletins, and the onboarding of a service that they open."""

from console.kernel.page import ListColumn, Listing, Page, QuickFilter

BULLETINS = Listing(
    root="bulletins",
    needs="MEMBERSHIP_BULLETIN_READ",
    one="bulletin",
    many="bulletins",
    empty="Aucun bulletin d’adhésion n’est dans votre périmètre.",
    visible=("status", "serviceId"),
    choices={"serviceId": "services"},
    quick=(
        QuickFilter("Tous", {}),
        QuickFilter("À compléter", {"status": "DRAFT"}),
        QuickFilter("À ouvrir", {"status": "SIGNED", "siretMatches": "true"}),
        QuickFilter("SIRET différent", {"status": "SIGNED", "siretMatches": "false"}),
        QuickFilter("Ouverts", {"status": "OPEN"}),
    ),
    columns=(
        ListColumn(
            "Partenaire",
            "partner.name",
            link="/bulletins/{id}",
            beside=("service.tabLabel", "status", "effectiveFrom"),
        ),
        ListColumn("Service", "service.tabLabel"),
        ListColumn("SIRET du bulletin", "siret", kind="siret"),
        ListColumn("SIRET égal", "siretMatches"),
        ListColumn("État", "status", kind="status"),
        ListColumn("Effet", "effectiveFrom"),
        ListColumn("Fin", "effectiveTo", kind="last_day"),
        ListColumn("Ouvert le", "openedOn"),
    ),
    export="BULLETINS",
    export_needs="MEMBERSHIP_BULLETIN_EXPORT",
    bulk=("serviceOpen", "bulletinClose"),
)

PAGES = (
    Page(
        "/partenaires/{id}/services",
        "partner_services",
        "Services",
        "/partenaires",
        root="partner",
    ),
    Page(
        "/partenaires/{id}/services/{service}/ouvrir",
        "onboarding",
        "Ouvrir",
        "/partenaires",
        root="onboarding",
    ),
    Page("/bulletins", "bulletins", "Bulletins d’adhésion", listing=BULLETINS),
    Page(
        "/bulletins/{id}", "bulletin", "Bulletin d’adhésion", "/bulletins", root="node"
    ),
)
