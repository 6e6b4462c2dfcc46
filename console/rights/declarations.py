"""The establishments that a person declares for, on the page of their services."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from console.kernel.masking import Mask

SERVICE_OF_DECLARATIONS = "svc_ESAT"
DECLARING_PROFILES = {"ENTERING", "VALIDATING"}


class DeclaringPlace(NamedTuple):
    """An establishment to declare for.

    `deposited` is its declaration of the year, `reminded_on` when its organism last
    reminded it of this one.
    """

    establishment: Mask
    deposited: Mask | None
    reminded_on: date | None


def to_declare(rights: Sequence[Mask], year: int) -> list[DeclaringPlace]:
    """The establishments that these rights declare for, in the campaign of a year."""
    establishments = {}
    for right in rights:
        if right.establishment and _gives_declaring(right):
            establishments[right.establishment.id] = right.establishment
    return [
        DeclaringPlace(
            establishment,
            _declaration(establishment, year),
            _reminder(establishment, year),
        )
        for establishment in establishments.values()
    ]


def _gives_declaring(right: Mask) -> bool:
    is_its_service = right.service.id == SERVICE_OF_DECLARATIONS
    return is_its_service and right.role.profile in DECLARING_PROFILES


def _declaration(establishment: Mask, year: int) -> Mask | None:
    for declaration in establishment.declarations.nodes:
        if declaration.campaign.year == year:
            return declaration  # type: ignore[no-any-return]
    return None


def _reminder(establishment: Mask, year: int) -> date | None:
    """The day of the last reminder, unless it was of the campaign before."""
    day: date | None = establishment.remindedOn
    return None if day is None or day < date(year, 12, 1) else day
