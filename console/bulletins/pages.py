"""Bulletins, and the onboarding of a service that they open."""

from console.kernel.page import Column, Listing, Page, Quick

BULLETINS = Listing(
    root="bulletins",
    needs="MEMBERSHIP_BULLETIN_READ",
    one="bulletin",
    many="bulletins",
    empty="Aucun bulletin d’adhésion n’est dans votre périmètre.",
    shown=("status", "serviceId"),
    choices={"serviceId": "services"},
    quick=(
        Quick("Tous", {}),
        Quick("À compléter", {"status": "DRAFT"}),
        Quick("À ouvrir", {"status": "SIGNED", "siretMatches": "true"}),
        Quick("SIRET différent", {"status": "SIGNED", "siretMatches": "false"}),
        Quick("Ouverts", {"status": "OPEN"}),
    ),
    columns=(
        Column(
            "Partenaire", "partner.name", link="/bulletins/{id}", beside=("service.tabLabel", "status", "effectiveFrom")
        ),
        Column("Service", "service.tabLabel"),
        Column("SIRET du bulletin", "siret", kind="siret"),
        Column("SIRET égal", "siretMatches"),
        Column("État", "status", kind="status"),
        Column("Effet", "effectiveFrom"),
        Column("Fin", "effectiveTo", kind="last_day"),
        Column("Ouvert le", "openedOn"),
    ),
    export="BULLETINS",
    export_needs="MEMBERSHIP_BULLETIN_EXPORT",
    bulk=("serviceOpen", "bulletinClose"),
)

PAGES = (
    Page("/partenaires/{id}/services", "partner_services", "Services", "/partenaires", root="partner"),
    Page("/partenaires/{id}/services/{service}/ouvrir", "onboarding", "Ouvrir", "/partenaires", root="onboarding"),
    Page("/bulletins", "bulletins", "Bulletins d’adhésion", listing=BULLETINS),
    Page("/bulletins/{id}", "bulletin", "Bulletin d’adhésion", "/bulletins", root="node"),
)
