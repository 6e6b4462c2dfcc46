"""The check before a deposit: its dry run, who would have no line, and the tick."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.kernel.answering import Console
from console.kernel.masking import Mask
from console.kernel.page_errors import PageError
from console.kernel.ports import Session

from .declaration_acts import DeclaringActs
from .entry_rows import cells_of
from .rostering import notice_context
from .situations import declaring_address

AMOUNT = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")
SPACES = re.compile(r"[\s\u00a0\u202f€]+")
UNTICKED = "Cochez « J’ai vérifié » : rien n’est déposé sans cette vérification."
UNANSWERED = "Des personnes restent sans ligne : répondez pour elles, ou confirmez-le."
MOVED = "Le brouillon a changé depuis votre vérification : vérifiez de nouveau."
UNREASONED = "Rien n’est déposé : donnez le motif du retrait de plus de la moitié."
PROBLEMS = {
    "coche": UNTICKED,
    "absentes": UNANSWERED,
    "change": MOVED,
    "motif": UNREASONED,
}
ABSENT = "WORKERS_MISSING"
REASON = "REMOVALS_REASON"
OF_THE_WHOLE = {"lines", "acknowledgeRemovals", "expectedSequence", "reason"}
"""Last words of the paths of what is said of a deposit, rather than of a line."""


@dataclass
class Check:
    """What a deposit of a draft would do.

    `fingerprint` changes with any line of the draft. A total is None where an amount
    is not read.
    """

    batch: Mask | None
    refusals: Sequence[str]
    notes: Sequence[str]
    removed: Sequence[Mask]
    absent: Sequence[Mask]
    wrong: Sequence[tuple[str, Sequence[str]]]
    warned: Sequence[tuple[str, Sequence[str]]]
    totals: Mapping[str, str | None]
    fingerprint: str
    sequence: int
    key: str = field(default_factory=lambda: str(uuid4()))
    needs_reason: bool = False

    @property
    def accepted(self) -> int:
        return self.batch.received - self.batch.rejected if self.batch else 0

    @property
    def can_deposit(self) -> bool:
        return self.accepted > 0 and not self.refusals


async def check_context(
    console: Console, request: Request, session: Session, data: Mask
) -> dict[str, Any]:
    """The dry run of the deposit; None when there is no draft, or no window."""
    context = await notice_context(console, request, session, data)
    problem = PROBLEMS.get(request.query_params.get("erreur", ""))
    context["notices"] += [("error", problem)] if problem else []
    place = data.establishment
    is_ready = data.campaign.status == "OPEN" and place.drafts.nodes
    acts = DeclaringActs(console, request, session)
    check = await _check(acts, place, data.campaign.id) if is_ready else None
    return context | {"check": check}


async def _check(acts: DeclaringActs, place: Mask, campaign_id: str) -> Check:
    deposited = next(iter(place.inForce.nodes), None)
    sequence = deposited.sequence if deposited else 0
    lines = await _draft_lines(acts, place.drafts.nodes[0].id)
    trial = await acts.declare(
        deposit=True, dryRun=True, mode="ACCEPT_VALID", expectedSequence=sequence
    )
    removed = list(trial.removals or ())
    if removed:
        trial = await acts.declare(
            deposit=True,
            dryRun=True,
            mode="ACCEPT_VALID",
            expectedSequence=sequence,
            acknowledgeRemovals=len(removed),
        )
    results = trial.batch.results.nodes if trial.batch else []
    rejected = {result.index for result in results if result.status == "REJECTED"}
    good = [line for rank, line in enumerate(lines) if rank not in rejected]
    present = {line.worker.id for line in good if line.worker}
    missing = await expected_people(acts, campaign_id, ["MISSING"])
    refusals = [error for error in trial.errors if _is_of_the_whole(error.path)]
    return Check(
        batch=trial.batch,
        refusals=[e.message for e in refusals if e.code != REASON],
        notes=_sentences(w for w in trial.warnings if _is_of_no_line(w, results)),
        removed=removed,
        absent=[worker for worker in missing if worker.id not in present],
        wrong=_named(results, lines, "errors"),
        warned=_named(results, lines, "warnings"),
        totals={name: _total(good, name) for name in ("netRemuneration", "netAid")},
        fingerprint=_fingerprint(lines),
        sequence=sequence,
        needs_reason=any(e.code == REASON for e in refusals),
    )


def _is_of_the_whole(path: Sequence[str]) -> bool:
    return not path or path[-1] in OF_THE_WHOLE or path == ["input"]


def _is_of_no_line(warning: Mask, results: Sequence[Mask]) -> bool:
    of_lines = {each.code for result in results for each in result.warnings}
    return warning.code not in of_lines and warning.code != ABSENT


def _sentences(notices: Any) -> list[str]:  # noqa: ANN401 masks
    return list(dict.fromkeys(notice.message for notice in notices))


def _named(
    results: Sequence[Mask], lines: Sequence[Mask], what: str
) -> list[tuple[str, Sequence[str]]]:
    """The person of each line that something is said of, and the sentences."""
    return [
        (_name(lines[result.index]), _sentences(result[what]))
        for result in results
        if result[what] and result.index < len(lines)
    ]


def _name(line: Mask) -> str:
    worker, cells = line.worker, cells_of(line)
    if worker:
        return f"{worker.usedName or worker.birthName} {worker.givenNames}"
    return f"{cells.get('birthName', '')} {cells.get('givenNames', '')}".strip()


def _total(lines: Sequence[Mask], name: str) -> str | None:
    total = Decimal(0)
    for line in lines:
        text = SPACES.sub("", cells_of(line).get(name, ""))
        if text and not AMOUNT.fullmatch(text):
            return None
        total += Decimal(text.replace(",", ".") or 0)
    return f"{total:.2f}"


def _fingerprint(lines: Sequence[Mask]) -> str:
    texts = [f"{line.id} {line.version}" for line in lines]
    return sha256("\n".join(texts).encode()).hexdigest()


async def _draft_lines(acts: DeclaringActs, draft_id: str) -> list[Mask]:
    document = acts.console.library.queries["declaring_lines_page"]
    lines: list[Mask] = []
    variables: dict[str, Any] = {"draft": draft_id}
    while True:
        answer = await acts.console.ask(acts.session, document, variables)
        if answer.draft is None:
            return lines
        lines += answer.draft.draftLines.nodes
        info = answer.draft.draftLines.pageInfo
        if not info.hasNextPage:
            return lines
        variables["after"] = info.endCursor


async def expected_people(
    acts: DeclaringActs, campaign_id: str, standings: Sequence[str]
) -> list[Mask]:
    """The persons of the roster with one of these standings."""
    document = acts.console.library.queries["declaring_absent"]
    people: list[Mask] = []
    variables: dict[str, Any] = {
        "establishment": acts.place_id,
        "campaign": campaign_id,
        "standing": standings,
    }
    while True:
        answer = await acts.console.ask(acts.session, document, variables)
        roster = answer.establishment.roster
        people += [entry.worker for entry in roster.nodes if entry.worker]
        if not roster.pageInfo.hasNextPage:
            return people
        variables["after"] = roster.pageInfo.endCursor


async def post_check(
    console: Console, request: Request, session: Session, form: FormData
) -> Response:
    """Deposit the draft that was verified, then show its receipt."""
    acts = DeclaringActs(console, request, session)
    address = declaring_address(acts.place_id, acts.year, "verifier")
    if form.get("verifie") != "oui":
        return RedirectResponse(f"{address}?erreur=coche", 303)
    if form.get("absentes") and form.get("sans_ligne") != "oui":
        return RedirectResponse(f"{address}?erreur=absentes", 303)
    draft_id = str(form.get("brouillon", ""))
    lines = await _draft_lines(acts, draft_id)
    if _fingerprint(lines) != form.get("etat"):
        return RedirectResponse(f"{address}?erreur=change", 303)
    payload = await acts.declare(
        deposit=True,
        mode="ACCEPT_VALID",
        idempotencyKey=str(form.get("_cle", "")),
        expectedSequence=whole_number(form, "rang"),
        acknowledgeRemovals=whole_number(form, "retirees"),
        reason=str(form.get("motif", "")) or None,
    )
    if any(error.code == REASON for error in payload.errors):
        return RedirectResponse(f"{address}?erreur=motif", 303)
    if payload.batch is None or payload.batch.declaration is None:
        return RedirectResponse(address, 303)
    return RedirectResponse(f"/declarations/{payload.batch.declaration.id}", 303)


def whole_number(form: FormData, name: str) -> int:
    """A number that the page carried. Raises `PageError` for anything else."""
    text = str(form.get(name, ""))
    if not text.isdecimal():
        raise PageError(400)
    return int(text)
