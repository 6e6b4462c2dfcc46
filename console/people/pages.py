"""People: their list, their cards, their groups."""

from console.kernel.page import ListColumn, Listing, Page, QuickFilter

USERS = Listing(
    root="affiliations",
    needs="USER_READ",
    one="personne",
    many="personnes",
    empty="Personne n’est encore rattaché à un partenaire de votre périmètre.",
    visible=("search",),
    labels={"search": "Nom d’une personne"},
    quick=(
        QuickFilter("Tous", {}),
        QuickFilter("Suspendus", {"suspended": "true"}),
        QuickFilter("Invitations en attente", {"pending": "true"}),
    ),
    columns=(
        ListColumn(
            "Nom",
            "user.familyName",
            link="/utilisateurs/{user.id}",
            beside=("user.givenName",),
        ),
        ListColumn("Prénom", "user.givenName"),
        ListColumn(
            "Partenaire", "partner.name", link="/partenaires/{partner.id}/groupes"
        ),
        ListColumn("Fonction", "jobTitle"),
        ListColumn("Courriel", "user.email"),
        ListColumn("Suspendu", "suspended", kind="yes"),
        ListColumn("Arrivée", "acceptedOn"),
        ListColumn("Dernier jour", "endsOn", kind="last_day"),
    ),
    export="AFFILIATIONS",
    export_needs="USER_EXPORT",
    bulk=("userSuspend", "userDeactivate"),
)

PAGES = (
    Page(
        "/partenaires/{id}/groupes",
        "partner_people",
        "Groupes et utilisateurs",
        "/partenaires",
        root="partner",
    ),
    Page("/utilisateurs", "users", "Utilisateurs", listing=USERS),
    Page("/utilisateurs/{id}", "user", "Utilisateur", "/utilisateurs", root="node"),
    Page("/groupes/{id}", "group", "Groupe", "/partenaires", root="node"),
)
