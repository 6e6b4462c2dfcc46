"""What an establishment has to do for a campaign, and where."""

from collections.abc import Sequence
from typing import NamedTuple

from console.kernel.masking import Mask

SERVICE_OF_DECLARATIONS = "svc_ESAT"
DECLARING_PROFILES = {"ENTERING", "VALIDATING"}


class DeclaringSituation(NamedTuple):
    """Where a declaration stands, and the address of its next act.

    `name` is `BEFORE` or `CLOSED` out of the window; else `RETURNED`, `NOTHING`,
    `DRAFT` or `DEPOSITED`, the first that applies.
    """

    name: str
    href: str


def declaring_places(rights: Sequence[Mask]) -> list[Mask]:
    """The establishments that these rights declare for, each once."""
    places: dict[str, Mask] = {}
    for right in rights:
        if right.establishment and _gives_declaring(right):
            places.setdefault(right.establishment.id, right.establishment)
    return list(places.values())


def _gives_declaring(right: Mask) -> bool:
    is_its_service = right.service.id == SERVICE_OF_DECLARATIONS
    return is_its_service and right.role.profile in DECLARING_PROFILES


def declaring_address(place_id: str, year: int, tab: str = "") -> str:
    """The address of the campaign of an establishment, or of one of its tabs."""
    return f"/declarations/{place_id}/{year}" + (f"/{tab}" if tab else "")


def situation_of(place: Mask, campaign: Mask) -> DeclaringSituation:
    """The situation of an establishment: its document has `...DeclaringPlace`."""
    name, tab = _name_and_tab(place, campaign)
    return DeclaringSituation(name, declaring_address(place.id, campaign.year, tab))


def _name_and_tab(place: Mask, campaign: Mask) -> tuple[str, str]:
    deposited = next(iter(place.inForce.nodes), None)
    if campaign.status == "NOT_OPEN":
        return "BEFORE", ""
    if campaign.status == "CLOSED":
        return "CLOSED", "suites"
    if deposited and deposited.returnedCount:
        return "RETURNED", "suites"
    if place.drafts.nodes:
        return "DRAFT", "saisie"
    return ("DEPOSITED", "suites") if deposited else ("NOTHING", "")
