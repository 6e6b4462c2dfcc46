"""An import sent from the command line: a client of the graph like any other.

Its report is in French; what a person sends is called an « extraction » there.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from persistence.intake.headers import key

from .counts import counted, plural
from .payroll import ExportUnreadable
from .pending import PendingKeys

POSTS = "{ viewer { posts { organism { id code } } } }"
ORGANISM = "query($code: String!) { organism(code: $code) { id } }"
OPEN = """mutation($input: ImportOpenInput!) { importOpen(input: $input) {
  import { id } uploadPath errors { code message path } } }"""
LINES = """query($id: ID!, $after: String) {
  importLines(importId: $id, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { sheet number outcome reasons { code message path } } } }"""
APPLY = """mutation($input: ImportApplyInput!) { importApply(input: $input) {
  applied registered unchanged left
  errors { code message path } warnings { code message path } } }"""
COUNTS = {
    "new": "nouvelle",
    "changed": "changée",
    "unchanged": "inchangée",
    "conflict": "en conflit",
    "rejected": "rejetée",
}
APPLIED = {
    "applied": "ligne prise",
    "registered": "partenaire enregistré",
    "unchanged": "inchangée",
    "left": "en attente",
}

UNREAD = {
    "HIDDEN": "masquée",
    "NO_HEADER": "sans en-tête reconnu",
    "OTHER_HEADER": "d'un autre en-tête",
    "NOT_ASKED": "non demandée",
}
"""Why a sheet is not read; an empty one is left out of the report."""


@dataclass(slots=True)
class Extraction:
    """One file on its way to the graph; each step reports line by line."""

    client: httpx.Client
    url: str
    pending: PendingKeys
    rejected: int = 0
    """How many lines of the file cannot be read."""
    keys: list[str] = field(default_factory=list)

    def send(
        self,
        file: Path,
        organism: str | None,
        columns: Mapping[str, str],
        *,
        apply: bool,
    ) -> Iterator[str]:
        """Open the import, upload the file, and report the lines to look at.

        `organism` is the code of the organism, `columns` the field of each header that
        is explained. With `apply`, the lines of the organism are applied.
        """
        content = file.read_bytes()
        organism_id = self._organism_id(organism)
        digest = hashlib.sha256(content).hexdigest()
        path = self._open(file.name, organism_id, columns, digest)
        preview = self._put(path, content)
        self.rejected = preview["rejected"]
        yield from _summary(preview)
        yield from _absent_columns(preview, columns)
        yield from self._lines(preview)
        if apply:
            yield from _result(self._apply(preview, organism_id, digest))
        self.pending.forget(*self.keys)

    def _open(
        self, filename: str, organism_id: str, columns: Mapping[str, str], digest: str
    ) -> str:
        """Open the import, and return the path where the file is uploaded."""
        fields = []
        for header, field_name in columns.items():
            fields.append({"header": header, "field": field_name})
        input_ = {
            "filename": filename,
            "organismId": organism_id,
            "columns": fields,
        }
        payload = self._act(OPEN, "importOpen", digest, input_)
        return str(payload["uploadPath"])

    def _apply(
        self, preview: Mapping[str, Any], organism_id: str, digest: str
    ) -> dict[str, Any]:
        """Apply the lines of the organism, and return the payload."""
        input_ = {
            "importId": preview["id"],
            "organismId": organism_id,
            "columnsConfirmed": True,
        }
        return self._act(APPLY, "importApply", digest, input_)

    def _organism_id(self, code: str | None) -> str:
        """Return the organism of this code, or else the caller's only one."""
        if code is not None:
            organism = self._ask(ORGANISM, code=code)["organism"]
            if organism is None:
                raise ExportUnreadable(f"Aucun organisme ne porte le code {code}.")
            return str(organism["id"])
        posts = self._ask(POSTS)["viewer"]["posts"]
        ids = {post["organism"]["id"] for post in posts if post["organism"]}
        if len(ids) != 1:
            raise ExportUnreadable(
                "Dites pour quel organisme, avec --organism et son code."
            )
        return str(ids.pop())

    def _lines(self, preview: Mapping[str, Any]) -> Iterator[str]:
        """Report the lines that change something, or whose outcome has reasons."""
        states = [sheet["state"] for sheet in preview["sheets"]]
        has_several = states.count("READ") > 1
        after = None
        while True:
            variables = {"id": preview["id"], "after": after}
            page = self._ask(LINES, **variables)["importLines"]
            for line in page["nodes"]:
                yield from _line(line, with_sheet=has_several)
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _act(
        self, query: str, name: str, digest: str, input_: Mapping[str, object]
    ) -> dict[str, Any]:
        """Perform an act under a key that belongs to the file and to this input.

        All keys stay until the last act is answered, or one is refused.
        """
        key = self.pending.draw(self.url, [name, digest, input_])
        self.keys.append(key)
        answer = self._ask(query, input={**input_, "idempotencyKey": key})
        payload: dict[str, Any] = answer[name]
        if payload["errors"]:
            self.pending.forget(*self.keys)
            raise ExportUnreadable(payload["errors"][0]["message"])
        return payload

    def _ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Return the data of the graph's answer."""
        body = {"query": query, "variables": variables}
        answer = self._request("POST", self.url, json=body)
        return answer["data"]  # type: ignore[no-any-return]

    def _put(self, path: str, content: bytes) -> dict[str, Any]:
        """Upload the file, and return the preview of the import."""
        url = str(httpx.URL(self.url).copy_with(raw_path=path.encode()))
        answer = self._request("PUT", url, content=content)
        return answer["import"]  # type: ignore[no-any-return]

    def _request(
        self,
        method: str,
        url: str,
        **body: Any,  # noqa: ANN401 httpx's options
    ) -> dict[str, Any]:
        """Return the JSON of an answer. Raises ExportUnreadable."""
        try:
            answer: dict[str, Any] = self.client.request(method, url, **body).json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            # Nobody answers, or the answer is not JSON.
            raise ExportUnreadable(
                f"Le graphe ne répond pas à l'adresse {url}."
            ) from None
        if "errors" in answer:
            raise ExportUnreadable(answer["errors"][0]["message"])
        return answer


def _line(line: Mapping[str, Any], *, with_sheet: bool) -> Iterator[str]:
    number = line["number"]
    place = f"{line['sheet']}!{number}" if with_sheet else number
    start = f"ligne {place} · {line['outcome']}"
    for reason in line["reasons"]:
        path = reason["path"]
        column = f" (colonne « {path[-1]} »)" if path else ""
        yield f"{start} · {reason['code']} · {reason['message']}{column}"
    if line["outcome"] == "CHANGED" and not line["reasons"]:
        yield start


def _summary(preview: Mapping[str, Any]) -> Iterator[str]:
    received = plural(preview["received"], "ligne reçue")
    blank = plural(preview["blankLines"], "vide")
    columns = [f"{one['header']} → {one['field']}" for one in preview["columns"]]
    yield (
        f"Import {preview['id']} : {received} : {counted(preview, COUNTS)} ; {blank}."
    )
    yield "Colonnes : " + ", ".join(columns)
    if preview["ignoredColumns"]:
        yield "Colonnes ignorées : " + ", ".join(preview["ignoredColumns"])
    yield from sheets(preview["sheets"])


def _absent_columns(
    preview: Mapping[str, Any], columns: Mapping[str, str]
) -> Iterator[str]:
    """Report each column that was explained and is not in the file."""
    names = [column["header"] for column in preview["columns"]]
    headers = {key(name) for name in (*names, *preview["ignoredColumns"])}
    for name in columns:
        if key(name) not in headers:
            yield f"à savoir · le fichier n'a pas de colonne « {name} »."


def sheets(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Report the sheets of a workbook that are read, and why the others are not."""
    read, unread = [], []
    for sheet in reports:
        name, state = sheet["name"], sheet["state"]
        if state == "READ":
            read.append(f"« {name} » ({plural(sheet['lines'], 'ligne')})")
        elif state in UNREAD:
            unread.append(f"« {name} » ({UNREAD[state]})")
    if read:
        yield "Feuilles lues : " + ", ".join(read)
    if unread:
        yield "Feuilles non lues : " + ", ".join(unread)


def _result(payload: Mapping[str, Any]) -> Iterator[str]:
    yield counted(payload, APPLIED) + "."
    for notice in payload["warnings"]:
        place, code = ".".join(notice["path"][1:]), notice["code"]
        yield f"à savoir · {place} · {code} · {notice['message']}"
