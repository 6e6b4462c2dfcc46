"""Signing in, sessions, preferences, and the pages of what goes wrong."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.kernel.answering import LARGEST_POST, YEAR, Console
from console.kernel.entrance import signed_in
from console.kernel.page_errors import PageError
from console.kernel.ports import Session
from console.kernel.requests import local_path

SIGN_IN_REASONS = {
    "expiree": (
        "Votre session a pris fin. Ce que vous aviez saisi est gardé : "
        "reconnectez-vous pour le retrouver."
    ),
    "deconnecte": "Vous êtes déconnecté.",
}
SIGN_IN_FAULTS = {
    "refus": (
        "La connexion a été refusée ou abandonnée chez le fournisseur d’identité."
    ),
    "etat": "Cette connexion n’était pas la dernière demandée. Recommencez.",
    "delai": "La connexion a pris trop de temps. Recommencez.",
    "code": ("Le fournisseur d’identité n’a pas reconnu cette connexion. Recommencez."),
    "fournisseur": (
        "Le fournisseur d’identité ne répond pas. Réessayez dans une minute."
    ),
    "jeton": "La réponse du fournisseur d’identité n’a pas pu être vérifiée.",
    "reauthentification": (
        "Cet acte demande de confirmer qui vous êtes : la confirmation n’a pas eu lieu."
    ),
}
OTHER_FAULT = "La connexion n’a pas abouti. Recommencez."
THEMES = {"light", "dark"}


def sign_in_fault(code: str) -> str:
    """The sentence of a signing in that did not succeed."""
    return SIGN_IN_FAULTS.get(code, OTHER_FAULT)


class AccountRoutes:
    """The addresses that are not documents."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def routes(self) -> list[Route]:
        return [
            Route("/connexion", self.sign_in),
            Route(
                "/introuvable", signed_in(self.console, self.missing), name="missing"
            ),
            Route("/indisponible", self.unavailable, name="unavailable"),
            Route("/erreur", self.broken, name="broken"),
            Route(
                "/sessions",
                signed_in(self.console, self.sessions),
                methods=["GET", "POST"],
                max_body_size=LARGEST_POST,
            ),
            Route(
                "/preferences",
                signed_in(self.console, self.save_theme),
                methods=["POST"],
                max_body_size=LARGEST_POST,
            ),
            Route(
                "/rester",
                signed_in(self.console, self.stay),
                methods=["POST"],
                max_body_size=LARGEST_POST,
            ),
        ]

    async def sign_in(self, request: Request) -> Response:
        session = await self.console.ports.sessions.of(request)
        back = local_path(request.query_params.get("retour", ""))
        reason = request.query_params.get("motif", "")
        if session is not None and not reason:
            return RedirectResponse(back, 303)
        context = {
            "back": back,
            "reason": SIGN_IN_REASONS.get(reason, ""),
            "fault": reason,
        }
        return self.console.render(request, None, ["sign_in.html"], 200, context)

    async def sessions(self, request: Request, session: Session) -> Response:
        """The sessions of this person; `POST` ends the others."""
        ended = None
        if request.method == "POST":
            ended = await self.console.ports.sessions.end_others(session)
        frame = self.console.library.queries["frame"]
        context = {
            "data": await self.console.ask(session, frame, {}),
            "mine": await self.console.ports.sessions.mine(session),
            "ended": ended,
        }
        return self.console.render(request, session, ["sessions.html"], 200, context)

    async def save_theme(self, request: Request, _: Session) -> Response:
        form = await request.form()
        back = local_path(str(form.get("retour", "")))
        theme = str(form.get("theme", ""))
        response = RedirectResponse(back, 303)
        response.set_cookie(
            "theme",
            theme if theme in THEMES else "",
            max_age=YEAR,
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response

    async def stay(self, _: Request, __: Session) -> Response:
        """Nothing: reading the session has prolonged it."""
        return Response(status_code=204, headers=self.console.headers())

    async def unavailable(self, request: Request) -> Response:
        return self.console.unavailable(request)

    async def broken(self, request: Request) -> Response:
        return self.console.broken(request)

    async def missing(self, _: Request, __: Session) -> Response:
        raise PageError(404)
