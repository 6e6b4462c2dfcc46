"""The console as an application: its addresses."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.account.routes import AccountRoutes
from console.campaign.routes import campaign_route
from console.imports.uploading import upload
from console.kernel.answering import LARGEST_FORM, LARGEST_POST, Console
from console.kernel.assets import asset_routes
from console.kernel.bulk import BulkPages
from console.kernel.entrance import signed_in
from console.kernel.filling import ActPages
from console.kernel.pages import DocumentPages
from console.kernel.ports import Ports, Session
from console.processing.answer_pages import AnswerPages

from .site import SITE


def routes(ports: Ports) -> list[Route]:
    """Every address of the console.

    Raises `DocumentError` when a page asks what the schema does not offer.
    """
    console = Console(ports, SITE)
    acting, bulk = ActPages(console), BulkPages(console)

    async def receive(request: Request, session: Session) -> Response:
        return await upload(console, request, session)

    return [
        *AccountRoutes(console).routes(),
        Route("/actes/{act}", signed_in(console, acting.show)),
        Route(
            "/actes/{act}",
            signed_in(console, acting.receive),
            methods=["POST"],
            max_body_size=LARGEST_FORM,
        ),
        Route("/lots/{act}", signed_in(console, bulk.resume)),
        Route(
            "/lots/{act}",
            signed_in(console, bulk.choose),
            methods=["POST"],
            max_body_size=LARGEST_POST,
        ),
        Route("/lots/{act}/{id}", signed_in(console, bulk.show)),
        Route(
            "/lots/{act}/{id}",
            signed_in(console, bulk.receive),
            methods=["POST"],
            max_body_size=LARGEST_POST,
        ),
        Route(
            "/imports/{id}/fichier",
            signed_in(console, receive),
            methods=["POST"],
            max_body_size=LARGEST_FORM,
        ),
        campaign_route(console),
        *AnswerPages(console).routes(),
        *DocumentPages(console).routes(),
        *asset_routes(),
    ]
