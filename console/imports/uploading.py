"""The file of an import, given to the same door as a client's `PUT /imports/{id}`."""

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.kernel.answering import LARGEST_FORM, Console
from console.kernel.page_errors import PageError
from console.kernel.ports import Session


async def upload(console: Console, request: Request, session: Session) -> Response:
    import_id = request.path_params["id"]
    # A large file lies in a temporary one, which must be closed.
    async with request.form(max_part_size=LARGEST_FORM) as form:
        file = form.get("fichier")
        if not isinstance(file, UploadFile) or not file.filename:
            raise PageError(400, "Choisissez le fichier à déposer.")
        content = await file.read()
        answer = await console.ports.upload(session, import_id, content)
    errors = answer.get("errors")
    if errors:
        raise PageError(400, str(errors[0]["message"]))
    return RedirectResponse(f"/imports/{import_id}", 303)
