"""Every page of the desk: its address, its document, and for a list its columns."""

from dataclasses import replace
from functools import cache

from graphql import GraphQLSchema

from .acts import ACTS
from .documents import Library
from .page import Column, Listing, Page, Quick

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
ORGANISMS = Listing(
    root="organisms",
    one="organisme",
    many="organismes",
    empty="Aucun organisme n’est inscrit.",
    shown=("search", "kind"),
    columns=(
        Column("Nom", "name", link="/organismes/{id}"),
        Column("Code", "code"),
        Column("Nature", "kind"),
        Column("Départements", "departments"),
        Column("Centre de ressources", "supportedBy.nodes.name"),
        Column("Contact", "contact"),
    ),
)
AGENTS = Listing(
    root="organisms",
    one="organisme",
    many="organismes",
    empty="Aucun organisme n’est inscrit.",
    shown=("search",),
    columns=(
        Column("Organisme", "name", link="/organismes/{id}"),
        Column("Code", "code"),
        Column("Agents", "agents.totalCount"),
        Column("Noms", "agents.nodes.user.familyName"),
    ),
)

PAGES = (
    Page("/", "worklist", "Mes actions à faire"),
    Page("/partenaires", "partners", "Partenaires", listing=PARTNERS),
    Page("/partenaires/{id}", "partner", "Partenaire", "/partenaires", root="partner"),
    Page("/partenaires/{id}/contrats", "partner_contracts", "Contrats", "/partenaires", root="partner"),
    Page("/partenaires/{id}/services", "partner_services", "Services", "/partenaires", root="partner"),
    Page("/partenaires/{id}/groupes", "partner_people", "Groupes et utilisateurs", "/partenaires", root="partner"),
    Page("/partenaires/{id}/historique", "partner_history", "Historique", "/partenaires", HISTORY, "partner"),
    Page("/partenaires/{id}/services/{service}/ouvrir", "onboarding", "Ouvrir", "/partenaires", root="onboarding"),
    Page("/bulletins", "bulletins", "Bulletins d’adhésion", listing=BULLETINS),
    Page("/bulletins/{id}", "bulletin", "Bulletin d’adhésion", "/bulletins", root="node"),
    Page("/conventions/{id}", "convention", "Convention", "/partenaires", root="node"),
    Page("/etablissements/{id}", "establishment", "Établissement", "/partenaires", root="node"),
    Page("/utilisateurs", "users", "Utilisateurs", listing=USERS),
    Page("/utilisateurs/{id}", "user", "Utilisateur", "/utilisateurs", root="node"),
    Page("/groupes/{id}", "group", "Groupe", "/partenaires", root="node"),
    Page("/pourquoi", "why", "Pourquoi ?", "/partenaires", root="explain"),
    Page("/qui", "who_can", "Qui peut ?", "/partenaires", root="whoCan"),
    Page("/imports", "imports", "Imports", listing=IMPORTS),
    Page("/imports/{id}", "import", "Import", "/imports", IMPORT_LINES, "import"),
    Page("/migration", "migration", "Migration"),
    Page("/journal", "journal", "Journal", listing=JOURNAL),
    Page("/referentiel", "reference", "Référentiel"),
    Page("/organismes", "organisms", "Organismes", "/referentiel", ORGANISMS),
    Page("/organismes/{id}", "organism", "Organisme", "/referentiel", root="node"),
    Page("/agents", "agents", "Agents", listing=AGENTS),
    Page("/services", "services", "Mes services"),
    Page("/aide", "help", "Aide et Centre de ressources"),
    Page("/accessibilite", "accessibility", "Accessibilité"),
)


@cache
def library(schema: GraphQLSchema) -> Library:
    """The documents of the console, read once for a schema. Raises `DocumentError`."""
    roots = {act.name: act.root for act in ACTS.values()}
    return Library.load(schema, roots | {"listExport": ""})
