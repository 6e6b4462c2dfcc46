"""« Néant »: nobody is to declare, over whoever is expected."""

from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.kernel.answering import Console
from console.kernel.masking import Mask
from console.kernel.page_errors import PageError
from console.kernel.ports import Session

from .checking import UNTICKED, expected_people, whole_number
from .declaration_acts import DeclaringActs
from .rostering import notice_context
from .situations import declaring_address

EXPECTED = ["DECLARED", "NEW", "MISSING"]


async def nobody_context(
    console: Console, request: Request, session: Session, data: Mask
) -> dict[str, Any]:
    """Who is expected, and who would not be declared any more."""
    context = await notice_context(console, request, session, data)
    if request.query_params.get("erreur"):
        context["notices"].append(("error", UNTICKED))
    may = any(permission.allowed for permission in data.establishment.viewerCan)
    if data.campaign.status != "OPEN" or not may:
        return context
    acts = DeclaringActs(console, request, session)
    deposited = next(iter(data.establishment.inForce.nodes), None)
    sequence = deposited.sequence if deposited else 0
    trial = await acts.declare(
        deposit=True,
        dryRun=True,
        lines=[],
        nothingToDeclare=True,
        expectedSequence=sequence,
    )
    return context | {
        "expected": await expected_people(acts, data.campaign.id, EXPECTED),
        "removed": list(trial.removals or ()),
        "sequence": sequence,
        "key": str(uuid4()),
    }


async def post_nobody(
    console: Console, request: Request, session: Session, form: FormData
) -> Response:
    acts = DeclaringActs(console, request, session)
    if form.get("verifie") != "oui":
        address = declaring_address(acts.place_id, acts.year, "neant")
        return RedirectResponse(f"{address}?erreur=coche", 303)
    payload = await acts.declare(
        deposit=True,
        lines=[],
        nothingToDeclare=True,
        idempotencyKey=str(form.get("_cle", "")),
        expectedSequence=whole_number(form, "rang"),
        acknowledgeRemovals=whole_number(form, "retirees"),
        reason=str(form.get("motif", "")) or None,
    )
    if payload.batch is None or payload.batch.declaration is None:
        sentences = [error.message for error in payload.errors]
        raise PageError(400, sentences[0] if sentences else "")
    return RedirectResponse(f"/declarations/{payload.batch.declaration.id}", 303)
