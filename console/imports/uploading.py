"""The bytes of an extraction, given to the same door as a client's `PUT /imports/{id}`."""

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.kernel.answering import Console, PageError
from console.kernel.ports import Session


async def upload(console: Console, request: Request, session: Session) -> Response:
    identifier = request.path_params["id"]
    async with request.form(max_part_size=22_000_000) as form:  # a large file lies in a temporary one: close it
        file = form.get("fichier")
        if not isinstance(file, UploadFile) or not file.filename:
            raise PageError(400, "Choisissez le fichier à déposer.")
        answer = await console.ports.upload(session, identifier, await file.read())
    if answer.get("errors"):
        raise PageError(400, str(answer["errors"][0]["message"]))
    return RedirectResponse(f"/imports/{identifier}", 303)
