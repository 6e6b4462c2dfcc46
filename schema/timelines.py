"""La frise d'un partenaire : ce qui est en vigueur, et qui l'administre."""

from datetime import date

from persistence import records
from persistence.facts.timelines import known_end
from persistence.records.contracts import Mode

from .binding import column, mirrors, one
from .refs import ConventionRef, OrganismRef


@mirrors(
    records.PartnerState,
    "Période de la frise d'un partenaire, où rien ne change : les périodes se suivent"
    " sans trou depuis son"
    " enregistrement, et disent seules ce qui est en vigueur (§2, R29, R36 ; §3, R41,"
    " R47).",
)
class PartnerSpan:
    starts_on: date = column("Premier jour de la période.")
    ends_on: date | None = column(
        "Premier jour de la période suivante ; vide : aucune n'est connue.", known_end
    )
    mode: Mode | None = column(
        "Mode de gestion ; vide tant qu'aucune convention n'est en vigueur (§3, R41 à"
        " R46)."
    )
    convention: ConventionRef | None = one(
        "La convention en vigueur ; vide s'il n'y en a pas ou si elle est suspendue"
        " (§2, R29, R36).",
        "convention_id",
    )
    administered_by: OrganismRef = one(
        "L'organisme qui administre : le CNA dans les cas du §3, R47, sinon le"
        " signataire, sinon celui qui suit.",
        "administering_id",
    )
    signed_with: OrganismRef | None = one(
        "L'organisme signataire de la convention, même suspendue ; vide s'il n'y en a"
        " pas.",
        "signing_id",
    )
