"""The identity that a line of the certificate states, against the card."""

from collections import defaultdict
from collections.abc import Iterable

from persistence.records.base import name_key
from persistence.records.rules import Rule
from persistence.records.workers import Card

from .cards import WorkerCards
from .remuneration_lines import Remuneration

REPEATED = Rule.WORKER_DUPLICATE_IN_BATCH


SAME_CARD = "Ce sont deux numéros d'une même fiche."


def refuse_repeated_cards(lines: Iterable[Remuneration], cards: WorkerCards) -> None:
    """Two lines of one person, each under a number of theirs: both are rejected."""
    by_card = defaultdict(list)
    for line in lines:
        card = cards.get(line)
        if card is not None:
            by_card[card.id].append(line)
    for same in by_card.values():
        for line in same if len(same) > 1 else ():
            if not any(each.rule is REPEATED for each in line.errors):
                line.reject(REPEATED, "nir", SAME_CARD)


def meet_identity(line: Remuneration, card: Card | None) -> None:
    """A line against the card of its worker, or against the want of one."""
    if line.aah_beneficiary is False or (
        card and not card.aah_beneficiary and line.aah_beneficiary is None
    ):
        line.reject(Rule.WORKER_NOT_BENEFICIARY, "aah_beneficiary")
    if card is None:
        for value, at in (
            (line.matricule, "matricule"),
            (line.paying_id, "paying_organism"),
        ):
            if value is None and not line.missed(at):
                line.reject(Rule.MATRICULE_MISSING, at)
        return
    if line.birth_date is None or not line.birth_name or line.missed("nir"):
        return
    if (card.birth_name, card.birth_date) == (line.birth_name, line.birth_date):
        return
    if not card.is_of(line.birth_name, line.birth_date):
        line.reject(Rule.WORKER_MISMATCH, "nir")
    elif card.birth_date != line.birth_date or name_key(card.birth_name) != name_key(
        line.birth_name
    ):
        line.warn(Rule.WORKER_CHANGED, "birth_name")
