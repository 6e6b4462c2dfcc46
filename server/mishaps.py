"""What the process answers where no route could: a page to a browser, JSON to anybody else."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from persistence.faults import RegisterFault

from .faults import Outage
from .graph_edge import failed
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
        sentences = {404: "Il n'y a rien à cette adresse.", 405: f"Cette adresse ne répond qu'à {allowed}."}
        said = {"message": sentences.get(status, "Demande refusée."), "extensions": {"code": f"HTTP_{status}"}}
        return JSONResponse({"errors": [said]}, status, getattr(error, "headers", None))

    async def unserved(request: Request, fault: Exception) -> Response:
        """A page, or a sign-in, that the register did not let be."""
        assert isinstance(fault, RegisterFault)
        told = outage.answer(fault)
        if "unavailable" not in pages or not _is_browser(request):
            return failed(JSON, told.code, told.sentence, 503, uuid4().hex, told.headers)
        response = await pages["unavailable"](request)
        response.headers.update(told.headers)
        return response

    return {HTTPException: refused, RegisterFault: unserved}


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
