"""Why a link is broken, in French: the words of « Pourquoi ? »."""

from datetime import date

from persistence.types import FOREVER

from .base import french
from .bulletins import Bulletin
from .contracts import Mode
from .conventions import Convention
from .suspensions import Suspension, SuspensionSide


def why_shut(bulletin: Bulletin | None, day: date) -> str:
    if bulletin is None:
        return "n'existe pas"
    if bulletin.opened_on is None:
        return "n'est pas ouvert" if bulletin.is_signed else "n'est pas signé"
    if bulletin.opened_on > day:
        return f"n'est ouvert qu'à partir du {french(bulletin.opened_on)}"
    return f"n'est plus ouvert depuis le {french(bulletin.ends_on)}"


def why_not_in_force(convention: Convention, day: date) -> str:
    if convention.in_force_on is None:
        return "n'est pas signée"
    if convention.in_force_on > day:
        return f"n'est en vigueur qu'à partir du {french(convention.in_force_on)}"
    if convention.ends_on <= day:
        is_closed = convention.closed_on == convention.ends_on
        word = "clôturée" if is_closed else "à son terme"
        return f"est {word} depuis le {french(convention.ends_on)}"
    since = suspended_since(convention.suspensions, day)
    return f"est suspendue depuis le {since}" if since else "n'est pas en vigueur"


def outside(
    starts: date, ends: date | None, day: date, before: str, after: str
) -> str | None:
    """Why a day is not between two others; None when it is."""
    if day < starts:
        if starts == FOREVER:
            return before
        return f"{before} avant le {french(starts)}"
    if ends is not None and ends <= day:
        return f"{after} depuis le {french(ends)}"
    return None


def suspended(suspensions: list[Suspension], day: date) -> str | None:
    since = suspended_since(suspensions, day)
    return f"est suspendu depuis le {since}" if since else None


def suspended_since(suspensions: list[Suspension], day: date) -> str | None:
    """The first day of a suspension that runs."""
    for suspension in suspensions:
        if suspension.runs_on(day):
            return french(suspension.starts_on)
    return None


def away(suspensions: list[Suspension], day: date) -> tuple[str | None, bool]:
    """By whom a person is suspended, and whether the organism alone can mend it.

    Each side ends its own suspension.
    """
    running = {s.side: s for s in suspensions if s.runs_on(day)}
    if not running:
        return None, False
    reasons = []
    for side, name in SIDES.items():
        if side in running:
            since = french(running[side].starts_on)
            reasons.append(f"{name} depuis le {since}")
    words = f"est suspendu par {' et '.join(reasons)}"
    return words, SuspensionSide.ORGANISM in running


SIDES = {
    SuspensionSide.ORGANISM: "l'organisme",
    SuspensionSide.PARTNER: "le partenaire",
}


def mode_word(mode: Mode) -> str:
    return "délégué" if mode is Mode.DELEGATED else "centralisé"
