"""Why a link is broken, in French: the words of « Pourquoi ? »."""

from datetime import date

from persistence.types import FOREVER

from .base import french
from .bulletins import Bulletin
from .contracts import Mode
from .conventions import Convention
from .suspensions import Suspension, SuspensionSide


def _why_shut(bulletin: Bulletin | None, day: date) -> str:
    if bulletin is None:
        return "n'existe pas"
    if bulletin.opened_on is None:
        return "n'est pas ouvert" if bulletin.is_signed else "n'est pas signé"
    if bulletin.opened_on > day:
        return f"n'est ouvert qu'à partir du {french(bulletin.opened_on)}"
    return f"n'est plus ouvert depuis le {french(bulletin.ends_on)}"


def _why_not_in_force(convention: Convention, day: date) -> str:
    if convention.in_force_on is None:
        return "n'est pas signée"
    if convention.in_force_on > day:
        return f"n'est en vigueur qu'à partir du {french(convention.in_force_on)}"
    if convention.ends_on <= day:
        word = (
            "clôturée" if convention.closed_on == convention.ends_on else "à son terme"
        )
        return f"est {word} depuis le {french(convention.ends_on)}"
    return _suspended(convention.suspensions, day) or "n'est pas en vigueur"


def _outside(
    starts: date, ends: date | None, day: date, before: str, after: str
) -> str | None:
    if day < starts:
        return f"{before} avant le {french(starts)}" if starts != FOREVER else before
    if ends is not None and ends <= day:
        return f"{after} depuis le {french(ends)}"
    return None


def _suspended(suspensions: list[Suspension], day: date) -> str | None:
    running = next((s for s in suspensions if s.runs_on(day)), None)
    return f"est suspendu depuis le {french(running.starts_on)}" if running else None


def _away(suspensions: list[Suspension], day: date) -> tuple[str | None, bool]:
    """By whom a person is suspended, and whether the organism alone can mend it.

    Each side ends its own suspension.
    """
    running = {s.side: s for s in suspensions if s.runs_on(day)}
    if not running:
        return None, False
    reasons = " et ".join(
        f"{SIDES[side]} depuis le {french(running[side].starts_on)}"
        for side in SIDES
        if side in running
    )
    return f"est suspendu par {reasons}", SuspensionSide.ORGANISM in running


SIDES = {
    SuspensionSide.ORGANISM: "l'organisme",
    SuspensionSide.PARTNER: "le partenaire",
}


def _mode(mode: Mode) -> str:
    return "délégué" if mode is Mode.DELEGATED else "centralisé"
