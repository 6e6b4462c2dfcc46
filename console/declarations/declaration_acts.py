"""The acts of whoever declares, as the pages of a declaration send them."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData
from starlette.requests import Request

from console.kernel.answering import Console
from console.kernel.masking import Mask
from console.kernel.page_errors import PageError
from console.kernel.ports import Session

MUTATIONS = ("draftOpen", "draftLinesRemove", "draftDiscard", "beneficiaryAnswer")
ANSWERS = {"AAH_LOST", "PAID_BY_MSA", "NONE"}
SOURCES = {"EMPTY", "LIVE", "LAST_YEAR"}


class DeclaringActs:
    """The acts of one request, on one establishment, for one campaign."""

    def __init__(self, console: Console, request: Request, session: Session) -> None:
        self.console = console
        self.session = session
        self.place_id = str(request.path_params["establishment"])
        year = str(request.path_params["year"])
        if not year.isdecimal():
            raise PageError(404)
        self.year = int(year)

    @property
    def target(self) -> dict[str, Any]:
        """What the input of a batch or of a draft says of where it goes."""
        return {"establishment": {"id": self.place_id}, "campaignYear": self.year}

    async def do(self, act: str, values: Mapping[str, Any]) -> Mask:
        """The payload of an act. Raises `PageError` with its first refusal."""
        document = self.console.library.mutations[act]
        answer = await self.console.ask(self.session, document, {"input": values})
        payload: Mask = answer[act]
        if payload.errors:
            raise PageError(400, payload.errors[0].message)
        return payload

    async def open_draft(self, form: FormData) -> None:
        source = str(form.get("source", ""))
        if source not in SOURCES:
            raise PageError(400)
        await self.do("draftOpen", {**self.target, "source": source})

    async def answer(self, form: FormData) -> None:
        """Say why somebody who is expected is not to declare, or take it back."""
        answer, _, worker = str(form["reponse"]).partition(" ")
        if answer not in ANSWERS:
            raise PageError(400)
        values = {
            "establishmentId": self.place_id,
            "campaignYear": self.year,
            "workerId": worker,
            "answer": answer,
        }
        await self.do("beneficiaryAnswer", values)

    async def declare(self, **values: Any) -> Mask:  # noqa: ANN401 fields of the input
        """The payload of `remunerationsDeclare`, with what became of each line."""
        document = self.console.library.queries["declaring_batch"]
        named = {"idempotencyKey": str(uuid4()), **self.target, **values}
        answer = await self.console.ask(self.session, document, {"input": named})
        payload: Mask = answer.remunerationsDeclare
        return payload
