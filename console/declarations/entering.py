"""The entry of a draft: the rows of its table are put in it, and checked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.kernel.answering import Console
from console.kernel.masking import Mask
from console.kernel.page_errors import PageError
from console.kernel.ports import Session, Typed
from console.kernel.requests import texts, typed

from .declaration_acts import DeclaringActs
from .entry_rows import GRID, WHOLE, cells_of, empty_row, entry_row, mark_of
from .rostering import notice_context
from .situations import declaring_address

CELL = re.compile(r"([A-Za-z]+)\.([0-9]{1,3})")
KIND = "draft lines"
"""What a saved entry of this page says that it is."""
NEW = "nouvelle"
NOT_KEPT_WORDS = (
    "Des lignes ont changé entre-temps : ce que vous aviez saisi est dans les champs, "
    "et ce qui est gardé est au-dessous. Vérifiez, puis gardez."
)
NOT_KEPT = ("warning", NOT_KEPT_WORDS)
RESUMED = ("info", "Votre saisie n’était pas gardée : vérifiez-la, puis gardez-la.")
GONE = "Cette ligne n’est plus dans le brouillon."

Rows = Mapping[str, Mapping[str, str]]
"""The cells of each line, by its id."""


async def entry_context(
    console: Console, request: Request, session: Session, data: Mask
) -> dict[str, Any]:
    """The rows of the table, and the line that is shown whole."""
    context = await notice_context(console, request, session, data)
    saved, notices = await _saved_rows(console, request, session)
    context["notices"] += notices
    drafts = data.establishment.drafts.nodes
    if not drafts:
        return context | {"draft": None, "rows": [], "whole": None}

    lines = drafts[0].draftLines.nodes
    rows = [entry_row(line, GRID, _within(saved.get(line.id), GRID)) for line in lines]
    chosen = request.query_params.get("ligne", "")
    whole = empty_row() if chosen == NEW else None
    for line in lines:
        if line.id == chosen:
            whole = entry_row(line, WHOLE, saved.get(line.id))
    return context | {"draft": drafts[0], "rows": rows, "whole": whole}


def _within(cells: Mapping[str, str] | None, names: Sequence[str]) -> Any:  # noqa: ANN401
    return cells and {name: cells[name] for name in names if name in cells}


async def _saved_rows(
    console: Console, request: Request, session: Session
) -> tuple[Rows, list[tuple[str, str]]]:
    """What was typed and is not in the draft, with the sentences that say why."""
    draft = await console.take_draft(request, session)
    if draft is not None:
        return {row["line"]: row for row in _posted(draft)}, [RESUMED]
    entry_id = request.query_params.get("reprise", "")
    content = await console.ports.entries.read(session, entry_id) if entry_id else None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        return {}, []
    message = content["message"]
    return content["rows"], [("error", message) if message else NOT_KEPT]


async def post_entry(
    console: Console, request: Request, session: Session, form: FormData
) -> Response:
    acts = DeclaringActs(console, request, session)
    match str(form.get("_faire", "")):
        case "retirer":
            key = {"draftLineId": str(form.get("line.0", ""))}
            draft_id = str(form.get("brouillon", ""))
            values = {"declarationId": draft_id, "lines": [key]}
            await acts.do("draftLinesRemove", values)
            return _back(request, dit="retiree")
        case "abandonner":
            draft_id = str(form.get("brouillon", ""))
            await acts.do("draftDiscard", {"declarationId": draft_id})
            address = declaring_address(acts.place_id, acts.year)
            return RedirectResponse(f"{address}?dit=abandonne", 303)
        case "garder":
            return await _keep(acts, request, _posted(typed(form)))
    raise PageError(400)


async def _keep(
    acts: DeclaringActs, request: Request, rows: Sequence[dict[str, str]]
) -> Response:
    """Put the rows that were touched. Those that are not kept come back as typed."""
    lines = await _lines(acts, rows)
    if not lines:
        return _back(request, dit="garde")
    sent = [line for _, line in lines]
    payload = await acts.declare(deposit=False, lines=sent)
    message = ""
    if payload.batch is None:
        message = payload.errors[0].message
        lost = [row for row, _ in lines]
    else:
        lost = [
            lines[result.index][0]
            for result in payload.batch.results.nodes
            if result.status == "REJECTED" and result.draftLine is None
        ]
    if not lost:
        return _back(request, dit="garde")
    content = {
        "kind": KIND,
        "message": message,
        "rows": {row["line"]: row for row in lost},
    }
    entry_id = await acts.console.ports.entries.begin(acts.session, content)
    return _back(request, reprise=entry_id)


async def _lines(
    acts: DeclaringActs, rows: Sequence[dict[str, str]]
) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The rows that were touched, each with the line to put.

    A cell that the form does not show stays as it is in the draft.
    """
    ids = [row["line"] for row in rows if row["line"]]
    document = acts.console.library.queries["declaring_lines"]
    answer = await acts.console.ask(acts.session, document, {"ids": ids})
    stored = {line.id: line for line in answer.nodes if line is not None}
    result = []
    for row in rows:
        cells = {n: v.strip() for n, v in row.items() if n not in {"line", "mark"}}
        if not row["line"]:
            if any(v for n, v in cells.items() if n != "dualActivity"):
                result.append((row, {n: v for n, v in cells.items() if v}))
            continue
        if row["line"] not in stored:
            raise PageError(400, GONE)
        version, _, _ = row["mark"].partition(".")
        if not version.isdecimal():
            raise PageError(400)
        if mark_of(int(version), cells, list(cells)) == row["mark"]:
            continue
        cells_to_put = {**cells_of(stored[row["line"]]), **cells}
        line: dict[str, Any] = {n: v for n, v in cells_to_put.items() if v}
        line |= {"draftLineId": row["line"], "draftLineVersion": int(version)}
        result.append((row, line))
    return result


def _posted(pairs: Typed) -> list[dict[str, str]]:
    """The rows of the form: the cells of each, with its `line` and its `mark`."""
    rows: dict[str, dict[str, str]] = {}
    for name, (*_, value) in texts(pairs).items():
        match = CELL.fullmatch(name)
        if match and match[1] in {*WHOLE, "line", "mark"}:
            rows.setdefault(match[2], {"line": "", "mark": ""})[match[1]] = value
    return list(rows.values())


def _back(request: Request, **parameters: str) -> Response:
    """The same rows of the table."""
    left = {"dit", "reprise", "ligne", "saisie"}
    rest = [pair for pair in request.query_params.multi_items() if pair[0] not in left]
    query = urlencode([*rest, *parameters.items()])
    return RedirectResponse(f"{request.url.path}?{query}", 303)
