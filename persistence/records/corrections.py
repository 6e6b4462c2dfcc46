"""Corrections of what is known of a partner and of its establishments.

What was signed stays as it was signed.
"""

from datetime import date

from .base import name_key
from .establishments import Establishment
from .identifiers import Finess
from .names import required_name
from .partners import Partner
from .rules import Rule, require


def correct_partner(partner: Partner, name: str, contact: str | None) -> None:
    partner.name = required_name(name, "name")
    partner.sort_key, partner.contact = name_key(partner.name), contact


def correct_establishment(
    place: Establishment,
    name: str,
    department: str,
    finess: Finess | None,
    contact: str | None,
) -> None:
    require(
        finess is None or not finess.contradicts(department),
        Rule.FINESS_DEPARTMENT,
        "finess",
    )
    place.name = required_name(name, "name")
    place.sort_key, place.finess, place.contact = name_key(place.name), finess, contact
    place.department = department


def require_scopes(partner: Partner, place: Establishment, today: date) -> None:
    """R3, R47: a corrected department makes no signed bulletin say anything else."""
    accesses = [
        access for convention in partner.conventions for access in convention.accesses
    ]
    for access, bulletin in ((a, b) for a in accesses for b in a.bulletins):
        if (
            bulletin.is_signed
            and bulletin.ends_on > today
            and place in bulletin.establishments
        ):
            with_cna = (
                bulletin.cna_acknowledged or len(bulletin.covered_departments) == 1
            )
            require(with_cna, Rule.DEPARTMENT_SIGNED, "department")
            access.service.require_departments(frozenset({place.department}))
