"""Persons who may have another card at the partner, under another number."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from persistence.records.rules import Rule
from persistence.records.workers import Card

from .batch_lines import ParsedLine
from .cards import WorkerCards


class Newcomer(NamedTuple):
    """What a line says of its person. `card_id`: none for one who is not known yet."""

    line: ParsedLine
    card_id: str | None
    paying_id: str
    matricule: str
    birth_name: str
    birth_date: date


def warn_of_likely_same(newcomers: Iterable[Newcomer], cards: WorkerCards) -> None:
    """Same Caf and matricule, and a name or a day of birth in common.

    Both persons of a couple may have one matricule.
    """
    by_dossier = defaultdict(list)
    for card in cards.of_matricules:
        by_dossier[card.paying_id, card.matricule].append(card)
    for one in newcomers:
        same = by_dossier[one.paying_id, one.matricule]
        if any(_is_likely(one, card, cards) for card in same):
            one.line.warn(Rule.WORKER_LIKELY_SAME, "nir")


def _is_likely(one: Newcomer, card: Card, cards: WorkerCards) -> bool:
    """Whether the other card may be theirs; one that the batch absorbs is no other."""
    standing = cards.by_id.get(card.id, card)
    is_other = one.card_id != standing.id
    return is_other and card.is_of(one.birth_name, one.birth_date)
