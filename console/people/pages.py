"""People: their list, their cards, their groups."""

from console.kernel.page import Column, Listing, Page, Quick

USERS = Listing(
    root="affiliations",
    needs="USER_READ",
    one="personne",
    many="personnes",
    empty="Personne n’est encore rattaché à un partenaire de votre périmètre.",
    shown=("search",),
    labels={"search": "Nom d’une personne"},
    quick=(
        Quick("Tous", {}),
        Quick("Suspendus", {"suspended": "true"}),
        Quick("Invitations en attente", {"pending": "true"}),
    ),
    columns=(
        Column("Nom", "user.familyName", link="/utilisateurs/{user.id}", beside=("user.givenName",)),
        Column("Prénom", "user.givenName"),
        Column("Partenaire", "partner.name", link="/partenaires/{partner.id}/groupes"),
        Column("Fonction", "jobTitle"),
        Column("Courriel", "user.email"),
        Column("Suspendu", "suspended", kind="yes"),
        Column("Arrivée", "acceptedOn"),
        Column("Dernier jour", "endsOn", kind="last_day"),
    ),
    export="AFFILIATIONS",
    export_needs="USER_EXPORT",
    bulk=("userSuspend", "userDeactivate"),
)

PAGES = (
    Page("/partenaires/{id}/groupes", "partner_people", "Groupes et utilisateurs", "/partenaires", root="partner"),
    Page("/utilisateurs", "users", "Utilisateurs", listing=USERS),
    Page("/utilisateurs/{id}", "user", "Utilisateur", "/utilisateurs", root="node"),
    Page("/groupes/{id}", "group", "Groupe", "/partenaires", root="node"),
)
