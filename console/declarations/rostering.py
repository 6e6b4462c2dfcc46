"""The roster: a draft is begun from it, and each absent person gets an answer."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.kernel.answering import Console, required
from console.kernel.masking import Mask
from console.kernel.page_errors import PageError
from console.kernel.ports import Session

from .declaration_acts import DeclaringActs
from .situations import declaring_address

NOTICES = {
    "ajoutee": (
        "success",
        "La personne est dans le brouillon : ses montants restent à saisir.",
    ),
    "repondu": ("success", "La réponse est enregistrée."),
    "repris": ("success", "La réponse est reprise : la personne est attendue."),
    "garde": ("success", "Les lignes sont gardées et vérifiées."),
    "abandonne": ("success", "Le brouillon est abandonné."),
    "retiree": ("success", "La ligne est retirée du brouillon."),
}


async def notice_context(
    _: Console, request: Request, __: Session, data: Mask
) -> dict[str, Any]:
    """What was just done, for a page that a form came back to.

    Raises `PageError` for a campaign that is not there.
    """
    required(data, "campaign.year")
    notice = NOTICES.get(request.query_params.get("dit", ""))
    return {"notices": [notice] if notice else []}


async def post_roster(
    console: Console, request: Request, session: Session, form: FormData
) -> Response:
    acts = DeclaringActs(console, request, session)
    if "ajouter" in form:
        await _add(acts, str(form["ajouter"]))
        return _back(request, "ajoutee")
    if "reponse" in form:
        await acts.answer(form)
        is_taken_back = str(form["reponse"]).startswith("NONE")
        return _back(request, "repris" if is_taken_back else "repondu")
    if form.get("_faire") != "ouvrir":
        raise PageError(400)
    await acts.open_draft(form)
    return RedirectResponse(declaring_address(acts.place_id, acts.year, "saisie"), 303)


def _back(request: Request, word: str) -> Response:
    """The same rows of the roster, with what was done."""
    filters = request.query_params.multi_items()
    pairs = [pair for pair in filters if pair[0] != "dit"]
    return RedirectResponse(
        f"{request.url.path}?{urlencode([*pairs, ('dit', word)])}", 303
    )


async def _add(acts: DeclaringActs, worker_id: str) -> None:
    """Put a line of somebody known in the draft, its pay to be entered."""
    document = acts.console.library.queries["declaring_worker"]
    data = await acts.console.ask(acts.session, document, {"worker": worker_id})
    worker = required(data, "worker")
    payload = await acts.declare(deposit=False, lines=[_line_of(worker)])
    if payload.batch is None:
        raise PageError(400, payload.errors[0].message)


def _line_of(worker: Mask) -> Mapping[str, str]:
    cells = {
        "workerId": worker.id,
        "birthName": worker.birthName,
        "usedName": worker.usedName,
        "givenNames": worker.givenNames,
        "birthDate": worker.birthDate.isoformat(),
        "matricule": worker.matricule,
        "payingOrganism": worker.paidBy.code,
        "enteredOn": worker.enteredOn.isoformat(),
        "rate": worker.knownRate,
    }
    return {name: value for name, value in cells.items() if value is not None}
