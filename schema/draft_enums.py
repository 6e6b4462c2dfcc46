"""The enums of drafts, and the words of each of their values on a screen."""

from persistence.records.draft_lines import DraftOrigin, DraftSource

from .enums import labelled

labelled(
    "D'où vient une ligne de brouillon.",
    CARRIED="D'un certificat",
    PUT="D'une saisie ou d'un envoi",
    IMPORTED="D'un fichier",
)(DraftOrigin)
labelled(
    "Ce dont part un brouillon.",
    EMPTY="Rien",
    LIVE="Le certificat en vigueur",
    LAST_YEAR="Celui de l'an dernier, sans ses montants, au taux connu",
)(DraftSource)
