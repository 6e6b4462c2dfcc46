"""What national administrators keep."""

from console.kernel.page import ListColumn, Listing, Page

ORGANISMS = Listing(
    root="organisms",
    one="organisme",
    many="organismes",
    empty="Aucun organisme n’est inscrit.",
    visible=("search", "kind"),
    columns=(
        ListColumn("Nom", "name", link="/organismes/{id}"),
        ListColumn("Code", "code"),
        ListColumn("Nature", "kind"),
        ListColumn("Départements", "departments"),
        ListColumn("Centre de ressources", "supportedBy.nodes.name"),
        ListColumn("Contact", "contact"),
    ),
)
AGENTS = Listing(
    root="organisms",
    one="organisme",
    many="organismes",
    empty="Aucun organisme n’est inscrit.",
    visible=("search",),
    columns=(
        ListColumn("Organisme", "name", link="/organismes/{id}"),
        ListColumn("Code", "code"),
        ListColumn("Agents", "agents.totalCount"),
        ListColumn("Noms", "agents.nodes.user.familyName"),
    ),
)

PAGES = (
    Page("/referentiel", "reference", "Référentiel"),
    Page("/organismes", "organisms", "Organismes", "/referentiel", ORGANISMS),
    Page("/organismes/{id}", "organism", "Organisme", "/referentiel", root="node"),
    Page("/agents", "agents", "Agents", listing=AGENTS),
)
