"""What national administrators keep."""

from console.kernel.page import Column, Listing, Page

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
    Page("/referentiel", "reference", "Référentiel"),
    Page("/organismes", "organisms", "Organismes", "/referentiel", ORGANISMS),
    Page("/organismes/{id}", "organism", "Organisme", "/referentiel", root="node"),
    Page("/agents", "agents", "Agents", listing=AGENTS),
)
