"""What the process answers where no route could.

A browser gets a page of the console, any other client gets JSON.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from persistence.faults import RegisterFault

from . import request_ids
from .faults import Outage
from .graph_answers import failed, masked
from .mask import Apology
from .media import JSON

NOT_FOUND = 404
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def answers_to_faults(
    pages: Mapping[str, Endpoint], outage: Outage
) -> Mapping[Any, Any]:
    """Return the handlers by class of exception, as Starlette takes them.

    `pages` are the console's, by the name of their route.
    """

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == NOT_FOUND and "missing" in pages and _is_browser(request):
            return await pages["missing"](request)
        headers = getattr(error, "headers", None)
        methods = (headers or {}).get("Allow", "POST")
        sentences = {
            404: "Il n'y a rien à cette adresse.",
            405: f"Cette adresse ne répond qu'à {methods}.",
            413: "Le corps de la requête est trop grand.",
        }
        message = sentences.get(status, "Demande refusée.")
        notice = {"message": message, "extensions": {"code": f"HTTP_{status}"}}
        return JSONResponse({"errors": [notice]}, status, headers)

    async def answer_outage(request: Request, fault: Exception) -> Response:
        """Answer a page, or a sign-in, that the register could not serve."""
        assert isinstance(fault, RegisterFault)
        code, sentence, headers = outage.answer(fault)
        if "unavailable" not in pages or not _is_browser(request):
            number = request_ids.current()
            return failed(JSON, code, sentence, 503, number, headers)
        response = await pages["unavailable"](request)
        response.headers.update(headers)
        return response

    return {HTTPException: refuse, RegisterFault: answer_outage}


def apology(pages: Mapping[str, Endpoint], outage: Outage) -> Apology:
    """Return what answers a failure that no route handles.

    The log has its trace; the answer says only its number.
    """
    handlers = answers_to_faults(pages, outage)

    async def answer(request: Request, defect: Exception) -> Response:
        for kind in (RegisterFault, HTTPException):
            if isinstance(defect, kind):
                response: Response = await handlers[kind](request, defect)
                return response
        number = request_ids.current()
        sentence = masked(defect, number).message
        if "broken" in pages and _is_browser(request):
            with suppress(Exception):  # if the page fails too, the sentence remains
                return await pages["broken"](request)
        return failed(JSON, "INTERNAL", sentence, 500, number)

    return answer


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
