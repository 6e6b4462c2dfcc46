"""A change of SIRET: the partner bears another one from a day on (R43, A2)."""

from datetime import date

from .establishments import PartnerSiret
from .identifiers import Siret
from .partners import Partner
from .rules import Rule, require


def change_siret(
    partner: Partner, siret: Siret, department: str | None, today: date
) -> None:
    """Change the partner's SIRET from today on.

    Its own establishment moves with it, and so do its unsigned papers.
    """
    former = partner.siret
    require(siret != former, Rule.SIRET_SAME, "siret")
    current = next(s for s in partner.sirets if s.ends_on is None)
    current.ends_on = today
    partner.sirets.append(PartnerSiret(siret=siret, starts_on=today))
    partner.siren = siret.siren
    is_registered = any(
        e.siret == siret and e.ended_on is None for e in partner.establishments
    )
    for place in partner.establishments:
        if place.siret == former and place.ended_on is None and not is_registered:
            place.siret, place.department = siret, department or place.department
    for convention in partner.conventions:
        if convention.in_force_on is None and convention.closed_on is None:
            convention.siret = siret
