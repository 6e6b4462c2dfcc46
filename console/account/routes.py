"""Addresses of whoever signs in: their sessions, their preferences, and the pages of what goes wrong."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.kernel.answering import LARGEST_POST, YEAR, Console, PageError, local
from console.kernel.ports import Session

SIGN_IN_REASONS = {
    "expiree": "Votre session a pris fin. Ce que vous aviez saisi est gardé : reconnectez-vous pour le retrouver.",
    "deconnecte": "Vous êtes déconnecté.",
}
FAULTS = {
    "refus": "La connexion a été refusée ou abandonnée chez le fournisseur d’identité.",
    "etat": "Cette connexion n’était pas la dernière demandée. Recommencez.",
    "delai": "La connexion a pris trop de temps. Recommencez.",
    "code": "Le fournisseur d’identité n’a pas reconnu cette connexion. Recommencez.",
    "fournisseur": "Le fournisseur d’identité ne répond pas. Réessayez dans une minute.",
    "jeton": "La réponse du fournisseur d’identité n’a pas pu être vérifiée.",
    "reauthentification": "Cet acte demande de confirmer qui vous êtes : la confirmation n’a pas eu lieu.",
}


def sign_in_fault(code: str) -> str:
    """The sentence of a signing in that did not succeed."""
    return FAULTS.get(code, "La connexion n’a pas abouti. Recommencez.")


def routes(console: Console) -> list[Route]:
    async def sign_in(request: Request) -> Response:
        session = await console.ports.sessions.of(request)
        back = local(request.query_params.get("retour", ""))
        if session is not None and not request.query_params.get("motif"):
            return RedirectResponse(back, 303)
        reason = request.query_params.get("motif", "")
        context = {"back": back, "reason": SIGN_IN_REASONS.get(reason, ""), "fault": reason}
        return console.render(request, None, ["sign_in.html"], 200, context)

    async def sessions(request: Request, session: Session) -> Response:
        ended = await console.ports.sessions.end_others(session) if request.method == "POST" else None
        data = await console.ask(session, console.library.queries["frame"], {})
        mine = await console.ports.sessions.mine(session)
        return console.render(request, session, ["sessions.html"], 200, {"mine": mine, "ended": ended, "data": data})

    async def theme(request: Request, session: Session) -> Response:  # noqa: ARG001 any one who is signed in
        form = await request.form()
        response = RedirectResponse(local(str(form.get("retour", ""))), 303)
        chosen = str(form.get("theme", ""))
        kept = chosen if chosen in {"light", "dark"} else ""
        response.set_cookie("theme", kept, max_age=YEAR, secure=True, httponly=True, samesite="lax")
        return response

    async def stay(request: Request, session: Session) -> Response:  # noqa: ARG001 reading the session prolongs it
        return Response(status_code=204, headers=console.headers())

    async def unavailable(request: Request) -> Response:
        return console.unavailable(request)

    async def broken(request: Request) -> Response:
        return console.broken(request)

    async def missing(request: Request, session: Session) -> Response:  # noqa: ARG001 whoever is signed in
        raise PageError(404)

    signed_in = console.signed_in
    return [
        Route("/connexion", sign_in),
        Route("/introuvable", signed_in(missing), name="missing"),
        Route("/indisponible", unavailable, name="unavailable"),
        Route("/erreur", broken, name="broken"),
        Route("/sessions", signed_in(sessions), methods=["GET", "POST"], max_body_size=LARGEST_POST),
        Route("/preferences", signed_in(theme), methods=["POST"], max_body_size=LARGEST_POST),
        Route("/rester", signed_in(stay), methods=["POST"], max_body_size=LARGEST_POST),
    ]
