"""A declaration sent from the command line, and its report in French."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from persistence.records.nir import holds_nir

from .counts import counted, plural
from .establishment_lines import EstablishmentLines
from .payroll import ExportUnreadable

DECLARE = """
mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) {
  batch { id received created replaced unchanged rejected held removed
    declaration { id sequence status } }
  replayed errors { code message path } warnings { code message path } } }"""


def send(url: str, token: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Send the act, and return its payload.

    After a lost answer it is sent again with the same key, so it happens once.
    Raises ExportUnreadable.
    """
    headers = {"Authorization": f"Bearer {token}"}
    body = {"query": DECLARE, "variables": variables}
    transport = httpx.HTTPTransport(retries=2)
    try:
        with httpx.Client(transport=transport, timeout=60, headers=headers) as client:
            try:
                answer = client.post(url, json=body).json()
            except (httpx.ReadError, httpx.RemoteProtocolError):
                answer = client.post(url, json=body).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        # Nobody answers, or the answer is not JSON.
        raise ExportUnreadable(f"Le graphe ne répond pas à l'adresse {url}.") from None
    if "errors" in answer:
        raise ExportUnreadable(answer["errors"][0]["message"])
    return answer["data"]["remunerationsDeclare"]  # type: ignore[no-any-return]


COUNTS = {
    "created": "créée",
    "replaced": "remplacée",
    "unchanged": "inchangée",
    "rejected": "rejetée",
    "held": "retenue",
}


def report(payload: Mapping[str, Any], part: EstablishmentLines) -> str:
    """Return what was done, in French, with a line for each notice.

    No value of a line is repeated.
    """
    lines = [*_outcome(payload)]
    lines += [_notice("rejet", notice, part) for notice in payload["errors"]]
    lines += [_notice("à savoir", notice, part) for notice in payload["warnings"]]
    return "\n".join(lines)


def _outcome(payload: Mapping[str, Any]) -> Iterator[str]:
    batch = payload["batch"]
    if batch is None:
        return
    received = plural(batch["received"], "ligne reçue")
    yield f"Lot {batch['id']} : {received} : {counted(batch, COUNTS)}."
    if payload["replayed"]:
        yield "Ce lot avait déjà été reçu : rien n'a été refait."
    if is_overtaken(payload):
        yield (
            "Un dépôt plus récent l'a remplacé : il n'est pas en vigueur. "
            "Renvoyez le fichier s'il doit l'être."
        )


def is_overtaken(payload: Mapping[str, Any]) -> bool:
    """Return whether a later deposit has replaced the one that is answered again."""
    declaration = (payload["batch"] or {}).get("declaration")
    if not payload.get("replayed") or not declaration:
        return False
    return bool(declaration["status"] == "SUPERSEDED")


def _notice(kind: str, notice: Mapping[str, Any], part: EstablishmentLines) -> str:
    place = _place(notice["path"], part)
    return f"{kind} · {place}{notice['code']} · {notice['message']}"


def _place(path: Sequence[str], part: EstablishmentLines) -> str:
    """Return the line of a notice, as its sender names it, and its field.

    `path` is `input.lines.0.field`; empty when the notice is not about a line.
    """
    if path[1:2] != ["lines"] or not path[2:]:
        return ""
    index = int(path[2])
    reference = part.lines[index].get("clientReference", "")
    is_usable = reference.strip() and not holds_nir(reference)
    line = reference if is_usable else f"ligne {part.places[index]}"
    return ", ".join([line, *path[3:4]]) + " · "
