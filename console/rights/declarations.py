"""The establishments that a person declares for, on the page of their services."""

from collections.abc import Sequence
from typing import NamedTuple

from console.kernel.masking import Mask

DECLARED, DECLARING = "svc_ESAT", {"ENTERING", "VALIDATING"}
"""The service whose establishments are declared for, and the profiles that declare."""


class Place(NamedTuple):
    """An establishment that a person declares for, and what is deposited for it, if anything is."""

    establishment: Mask
    deposited: Mask | None


def to_declare(rights: Sequence[Mask], year: int) -> list[Place]:
    """The establishments that these rights declare for, with the deposit of this year's campaign."""
    places = {
        right.establishment.id: right.establishment
        for right in rights
        if right.establishment and right.service.id == DECLARED and right.role.profile in DECLARING
    }
    return [
        Place(place, next((d for d in place.declarations.nodes if d.campaign.year == year), None))
        for place in places.values()
    ]
