"""A page that cannot be shown: its status, and a sentence that says why."""

from collections.abc import Mapping, Sequence
from typing import Any

from .casting import LONGEST_SEARCH, is_personal_number
from .masking import Mask

SENTENCES = {
    400: "Cette adresse ne convient pas : reprenez depuis la liste.",
    403: "Cette demande ne vient pas de cette page : rechargez-la, puis recommencez.",
    404: "Il n’y a rien à cette adresse, ou rien que vos droits permettent de lire.",
    500: "Une erreur inattendue s’est produite.",
    503: "Le service est très sollicité : recommencez dans un instant.",
}
STATUS = {
    "BUSY": 503,
    "INTERNAL": 500,
    "KEYS_UNAVAILABLE": 503,
    "OUTCOME_UNKNOWN": 503,
    "UNAVAILABLE": 503,
}
"""The status of a page for each code of the graph; 400 for any other."""


class PageError(Exception):
    """A page that cannot be shown.

    `sentence` is the graph's, or else ours for the status. `frame` is an answer that
    holds the frame of the page, when one was already received.
    """

    def __init__(
        self, status: int, sentence: str = "", frame: Mask | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.sentence = sentence or SENTENCES[status]
        self.frame = frame


def page_error(errors: Sequence[Mapping[str, Any]]) -> PageError:
    """The page of the errors of the graph; the first one decides."""
    error = errors[0] if errors else {}
    code = (error.get("extensions") or {}).get("code", "INTERNAL")
    if code == "NOT_FOUND":
        return PageError(404)
    return PageError(STATUS.get(code, 400), str(error.get("message", "")))


def require_searchable(text: str) -> None:
    """Raise `PageError` for a text that must not stand in an address.

    A person is searched by name, never by social security number.
    """
    if len(text) > LONGEST_SEARCH:
        raise PageError(
            400, f"Une recherche compte au plus {LONGEST_SEARCH} caractères."
        )
    if is_personal_number(text):
        raise PageError(
            400,
            "Un numéro de sécurité sociale ne se cherche pas ici : "
            "cherchez par nom ou par courriel.",
        )
