"""Why a Caf returns a line, or finds no beneficiary: closed lists, and free words."""

from collections.abc import Mapping, Sequence

OTHER = "Autre motif"
REASONS: Mapping[str, Sequence[str]] = {
    "RETURNED": (
        "Taux d’activité à vérifier",
        "Rémunération ou aide au poste à vérifier",
        "Part financée par l’Esat à vérifier",
        "Cumul d’activités à préciser",
        "Matricule ou identité à vérifier",
        "Personne déclarée deux fois",
        "Personne qui n’est pas allocataire de cette Caf",
        OTHER,
    ),
    "NOT_BENEFICIARY": (
        "Aucun droit à l’AAH ouvert",
        "Droit à l’AAH terminé",
        "AAH payée par la MSA",
        "Personne inconnue de cette Caf",
        OTHER,
    ),
}
"""By outcome, the reasons that the Esat reads."""
LONGEST_DETAIL = 500
"""In characters."""
MISSING = "Choisissez un motif."
DETAIL_MISSING = "Précisez le motif : l’Esat n’aurait que « Autre motif » à lire."
DETAIL_LONG = f"La précision compte au plus {LONGEST_DETAIL} caractères."


def reason_of(outcome: str, reason: str, detail: str) -> str:
    """What the Esat reads: the reason that was chosen, then what makes it precise.

    Raises `ValueError` with the sentence of what is missing or too long.
    """
    if reason not in REASONS[outcome]:
        raise ValueError(MISSING)
    words = detail.strip()
    if len(words) > LONGEST_DETAIL:
        raise ValueError(DETAIL_LONG)
    if reason != OTHER:
        return f"{reason} : {words}" if words else reason
    if not words:
        raise ValueError(DETAIL_MISSING)
    return words
