"""The pages of the Caf that pays: what waits, by kind."""

from console.kernel.page import ListColumn, Listing, Page

from .queues import besides, fill

PERSON = (
    ListColumn("Nom de naissance", "worker.birthName"),
    ListColumn("Nom d’usage", "worker.usedName"),
    ListColumn("Prénoms", "worker.givenNames"),
    ListColumn("Né(e) le", "worker.birthDate"),
)
PLACE = (
    ListColumn("Esat", "establishmentName"),
    ListColumn("SIRET", "establishmentSiret", kind="siret"),
)
AMOUNTS = (
    ListColumn("Taux (%)", "rate"),
    ListColumn("Rémunération garantie nette (€)", "netRemuneration"),
    ListColumn("Aide au poste nette (€)", "netAid"),
)
LABELS = {
    "search": "Nom ou matricule",
    "since": "Reçues depuis",
    "withWarnings": "À savoir",
    "siret": "Esat",
}
LINES = Listing(
    root="lines",
    needs="DECLARATION_LINE_READ",
    one="rémunération",
    many="rémunérations",
    empty="Tout est traité : les prochaines lignes reçues apparaîtront ici.",
    labels=LABELS,
    export="LINES",
    export_needs="DECLARATION_LINE_EXPORT",
    columns=(
        ListColumn("Matricule", "matricule"),
        *PERSON,
        *PLACE,
        *AMOUNTS,
        ListColumn("Part de l’Esat (%)", "esatShare"),
        ListColumn("Cumul", "dualActivity"),
        ListColumn("Sans paie", "noPayReason"),
        ListColumn("À savoir", "warnings.message"),
        ListColumn("Remarque de l’Esat", "comment"),
    ),
)
CHANGES = Listing(
    root="activityChanges",
    needs="ACTIVITY_CHANGE_READ",
    one="changement",
    many="changements",
    empty="Tout est traité : les prochains changements reçus apparaîtront ici.",
    labels=LABELS | {"since": "Reçus depuis"},
    export="ACTIVITY_CHANGES",
    export_needs="ACTIVITY_CHANGE_EXPORT",
    columns=(
        ListColumn("Matricule", "worker.matricule"),
        *PERSON,
        *PLACE,
        ListColumn("Acte", "act"),
        ListColumn("Changement", "kind"),
        ListColumn("Jour d’effet", "effectiveOn"),
        ListColumn("Taux avant (%)", "rateBefore"),
        ListColumn("Taux après (%)", "rateAfter"),
        ListColumn("Motif du départ", "departureReason"),
        ListColumn("Reçu le", "receivedAt"),
        ListColumn("Remarque de l’Esat", "comment"),
    ),
)
WITHDRAWALS = Listing(
    root="lines",
    needs="DECLARATION_LINE_READ",
    one="personne disparue",
    many="personnes disparues",
    empty="Personne n’a disparu d’une déclaration depuis votre dernière réponse.",
    labels=LABELS | {"since": "Disparues depuis"},
    export="LINES",
    export_needs="DECLARATION_LINE_EXPORT",
    columns=(
        ListColumn("Matricule", "matricule"),
        *PERSON,
        *PLACE,
        ListColumn("Pourquoi", "withdrawal"),
        ListColumn("Depuis le", "withdrawnAt"),
        ListColumn("Votre réponse d’avant", "processing"),
        *AMOUNTS,
    ),
)
MISSING = Listing(
    root="missing",
    needs="ROSTER_ENTRY_READ",
    one="personne non déclarée",
    many="personnes non déclarées",
    empty="Toutes les personnes attendues ont leur ligne.",
    labels=LABELS,
    export="WORKERS",
    export_needs="WORKER_EXPORT",
    columns=(
        ListColumn("Matricule", "worker.matricule"),
        *PERSON,
        *PLACE,
        ListColumn("Taux connu (%)", "knownRate"),
        ListColumn("Taux de l’an dernier (%)", "lastYear.rate"),
        ListColumn("Rémunération de l’an dernier (€)", "lastYear.netRemuneration"),
        ListColumn("Aide de l’an dernier (€)", "lastYear.netAid"),
    ),
)
QUEUE = "/traitement"


def _page(path: str, document: str, title: str, listing: Listing) -> Page:
    return Page(
        QUEUE + path, document, title, QUEUE, listing, fill=fill, besides=besides
    )


PAGES = (
    _page("", "queue_lines", "Rémunérations à traiter", LINES),
    _page("/changements", "queue_changes", "Changements à traiter", CHANGES),
    _page("/disparues", "queue_withdrawals", "Personnes disparues", WITHDRAWALS),
    _page("/non-declarees", "queue_missing", "Personnes non déclarées", MISSING),
)
