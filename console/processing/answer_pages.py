"""The Caf that pays answers rows of a queue: at once, or with a reason first.

Everything is by POST, then a redirection: the way back never sends an answer again.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.kernel.answering import LARGEST_POST, Console
from console.kernel.entrance import signed_in
from console.kernel.page_errors import PageError
from console.kernel.ports import Session
from console.kernel.requests import last_text, local_path, texts, typed, with_query

from .answer import DONE, QueueAnswer
from .answer_acts import act, dry_run, reopen
from .choosing import rows_chosen
from .queues import NOTHING_TICKED, QUEUES
from .reasons import REASONS, reason_of

ADDRESS = "/traitement/reponses"
LIST = "/traitement"
OK, NOT_VALID = 200, 422


class AnswerPages:
    """`POST /traitement/reponses` takes the rows; the answer then has its address."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def routes(self) -> list[Route]:
        """The addresses of answers."""
        return [
            self._route(ADDRESS, self.resume, "GET"),
            self._route(ADDRESS, self.choose, "POST"),
            self._route(ADDRESS + "/{id}", self.show, "GET"),
            self._route(ADDRESS + "/{id}", self.receive, "POST"),
        ]

    def _route(self, path: str, handler: Any, method: str) -> Route:  # noqa: ANN401
        endpoint = signed_in(self.console, handler)
        return Route(path, endpoint, methods=[method], max_body_size=LARGEST_POST)

    async def resume(self, request: Request, session: Session) -> Response:
        """The session had ended: rows are chosen again on a list that is read anew."""
        draft = await self.console.take_draft(request, session)
        back = last_text(texts(draft or ()), "_retour")
        return RedirectResponse(local_path(back, LIST), 303)

    async def choose(self, request: Request, session: Session) -> Response:
        """Answer the rows at once, or ask for a reason first."""
        form = texts(typed(await request.form()))
        queue = QUEUES.get(last_text(form, "_page"))
        outcome = last_text(form, "_reponse")
        if queue is None or outcome not in queue.outcomes:
            raise PageError(404)
        back = local_path(last_text(form, "_retour"), LIST)
        answer = QueueAnswer(
            queue=queue.document,
            outcome=outcome,
            back=back,
            seen_at=last_text(form, "_vu"),
            key=last_text(form, "_cle"),
            is_whole=last_text(form, "_tous") == "1",
            rows={},
        )
        await rows_chosen(self.console, session, queue, answer, form)
        if not answer.rows:
            address = with_query(_without_answer(back), reponse=NOTHING_TICKED)
            return RedirectResponse(address, 303)
        if outcome in REASONS:
            await dry_run(self.console, session, queue, answer)
            answer_id = await self._begin(session, answer)
            return RedirectResponse(f"{ADDRESS}/{answer_id}", 303)
        await act(self.console, session, queue, answer)
        answer_id = await self._begin(session, answer)
        return RedirectResponse(_address_once_done(answer, answer_id), 303)

    async def show(self, request: Request, session: Session) -> Response:
        answer = await self._read(request, session)
        return await self._page(request, session, answer, {}, OK)

    async def receive(self, request: Request, session: Session) -> Response:
        """The reason of an answer, or the wish to take one back."""
        form = texts(typed(await request.form()))
        answer = await self._read(request, session)
        answer_id = request.path_params["id"]
        queue = QUEUES[answer.queue]
        if answer.is_done:
            if answer.reopened is None and answer.answered:
                reason = last_text(form, "motif")
                await reopen(self.console, session, answer, reason)
                await self._write(session, answer_id, answer)
            return RedirectResponse(_address_once_done(answer, answer_id), 303)
        reason, detail = last_text(form, "motif"), last_text(form, "precision")
        try:
            answer.reason = reason_of(answer.outcome, reason, detail)
        except ValueError as fault:
            context = {"fault": str(fault), "reason": reason, "detail": detail}
            return await self._page(request, session, answer, context, NOT_VALID)
        refusal = await act(self.console, session, queue, answer)
        if refusal:
            context = {"fault": refusal, "reason": reason, "detail": detail}
            return await self._page(request, session, answer, context, NOT_VALID)
        await self._write(session, answer_id, answer)
        return RedirectResponse(_address_once_done(answer, answer_id), 303)

    # what is saved

    async def _begin(self, session: Session, answer: QueueAnswer) -> str:
        return await self.console.ports.entries.begin(session, asdict(answer))

    async def _write(
        self, session: Session, answer_id: str, answer: QueueAnswer
    ) -> None:
        await self.console.ports.entries.write(session, answer_id, asdict(answer))

    async def _read(self, request: Request, session: Session) -> QueueAnswer:
        """Raises `PageError` for what this person did not answer."""
        answer_id = request.path_params["id"]
        content = await self.console.ports.entries.read(session, answer_id)
        if not isinstance(content, Mapping) or "seen_at" not in content:
            raise PageError(404)
        return QueueAnswer.from_content(content)

    async def _page(
        self,
        request: Request,
        session: Session,
        answer: QueueAnswer,
        context: Mapping[str, str],
        status: int,
    ) -> Response:
        frame = self.console.library.queries["frame"]
        defaults = {"fault": "", "reason": "", "detail": ""}
        shared = {
            "answer": answer,
            "answer_id": request.path_params["id"],
            "queue": QUEUES[answer.queue],
            "reasons": REASONS.get(answer.outcome, ()),
            "section": LIST,
            "title": TITLES[answer.outcome],
            "data": await self.console.ask(session, frame, {}),
        }
        stage = "answer_done.html" if answer.stage == DONE else "answer.html"
        return self.console.render(
            request, session, [stage], status, shared | defaults | dict(context)
        )


TITLES = {
    "TAKEN_INTO_ACCOUNT": "Pris en compte",
    "RETURNED": "Renvoyer à l’Esat",
    "NOT_BENEFICIARY": "Non bénéficiaire",
    "WITHDRAWAL_NOTED": "Retrait noté",
}


def _address_once_done(answer: QueueAnswer, answer_id: str) -> str:
    """The list, with what was just done; the whole list when all its filter was."""
    back = answer.back.partition("?")[0] if answer.is_whole else answer.back
    return with_query(_without_answer(back), reponse=answer_id)


def _without_answer(address: str) -> str:
    """An address without the answer that it told, nor a place in the list."""
    path, _, query = address.partition("?")
    left_out = ("reponse=", "after=", "before=", "rang=")
    remaining = [
        each for each in query.split("&") if each and not each.startswith(left_out)
    ]
    return path + (f"?{'&'.join(remaining)}" if remaining else "")
