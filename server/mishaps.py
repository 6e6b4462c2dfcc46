"""What the process answers where no route could: a page to a browser, JSON to anybody else."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from persistence.faults import RegisterFault

from . import request_ids
from .faults import Outage
from .graph_edge import failed, masked
from .mask import Apology
from .media import JSON

NOT_FOUND = 404
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def answers_to_faults(pages: Mapping[str, Endpoint], outage: Outage) -> Mapping[Any, Any]:
    """By class of exception, as the application takes them; `pages` are the console's, by name."""

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == NOT_FOUND and "missing" in pages and _is_browser(request):
            return await pages["missing"](request)
        allowed = (getattr(error, "headers", None) or {}).get("Allow", "POST")
        sentences = {
            404: "Il n'y a rien à cette adresse.",
            405: f"Cette adresse ne répond qu'à {allowed}.",
            413: "Le corps de la requête est trop grand.",
        }
        said = {"message": sentences.get(status, "Demande refusée."), "extensions": {"code": f"HTTP_{status}"}}
        return JSONResponse({"errors": [said]}, status, getattr(error, "headers", None))

    async def unserved(request: Request, fault: Exception) -> Response:
        """A page, or a sign-in, that the register did not let be."""
        assert isinstance(fault, RegisterFault)
        told = outage.answer(fault)
        if "unavailable" not in pages or not _is_browser(request):
            return failed(JSON, told.code, told.sentence, 503, request_ids.current(), told.headers)
        response = await pages["unavailable"](request)
        response.headers.update(told.headers)
        return response

    return {HTTPException: refused, RegisterFault: unserved}


def apology(pages: Mapping[str, Endpoint], outage: Outage) -> Apology:
    """The answer to what no route foresaw, once the log has its trace: nothing of it is told but its number."""
    known = answers_to_faults(pages, outage)

    async def answer(request: Request, defect: Exception) -> Response:
        if isinstance(defect, RegisterFault | HTTPException):
            handler = known[RegisterFault if isinstance(defect, RegisterFault) else HTTPException]
            response: Response = await handler(request, defect)
            return response
        number = request_ids.current()
        sentence = masked(defect, number).message
        if "broken" in pages and _is_browser(request):
            with suppress(Exception):  # a page that fails in its turn leaves the sentence
                return await pages["broken"](request)
        return failed(JSON, "INTERNAL", sentence, 500, number)

    return answer


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
