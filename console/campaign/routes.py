"""The address of the menu: it leads to the campaign of the day."""

from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.kernel.answering import Console
from console.kernel.entrance import signed_in
from console.kernel.ports import Session

DECEMBER = 12


def year_of(today: date) -> int:
    """The campaign that is open, or else the last one: each opens in December."""
    return today.year if today.month == DECEMBER else today.year - 1


def campaign_route(console: Console) -> Route:
    async def lead(request: Request, session: Session) -> Response:  # noqa: ARG001
        return RedirectResponse(f"/campagne/{year_of(console.ports.today())}", 303)

    return Route("/campagne", signed_in(console, lead))
