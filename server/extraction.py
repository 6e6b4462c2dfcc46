"""An extraction sent from the command line: a client of the graph like any other, and what it answers, in French."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from persistence.records.headers import key

from .payroll import ExportUnreadable
from .pending import PendingKeys

POSTS = "{ viewer { posts { organism { id code } } } }"
ORGANISM = "query($code: String!) { organism(code: $code) { id } }"
OPEN = """mutation($input: ImportOpenInput!) { importOpen(input: $input) {
  import { id } uploadPath errors { code message path } } }"""
LINES = """query($id: ID!, $after: String) { importLines(importId: $id, first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { sheet number outcome reasons { code message path } } } }"""
APPLY = """mutation($input: ImportApplyInput!) { importApply(input: $input) {
  applied registered unchanged left errors { code message path } warnings { code message path } } }"""
COUNTS = {
    "new": "nouvelles",
    "changed": "changées",
    "unchanged": "inchangées",
    "conflict": "en conflit",
    "rejected": "rejetées",
}

UNREAD = {
    "HIDDEN": "masquée",
    "NO_HEADER": "sans en-tête reconnu",
    "OTHER_HEADER": "d'un autre en-tête",
    "NOT_ASKED": "non demandée",
}
"""Why a sheet is not read; an empty one is not told."""


@dataclass(slots=True)
class Extraction:
    """One file on its way to the graph; each step says what it has done, a line at a time."""

    client: httpx.Client
    url: str
    pending: PendingKeys
    rejected: int = 0
    """How many lines of the file cannot be read."""
    keys: list[str] = field(default_factory=list)

    def send(
        self, file: Path, organism: str | None, meant: Mapping[str, str] | None = None, *, apply: bool
    ) -> Iterator[str]:
        """Open, put, tell the lines that ask for a look, and take those of the organism."""
        content, organism_id = file.read_bytes(), self._organism(organism)
        columns = [{"header": header, "field": field} for header, field in (meant or {}).items()]
        whose = hashlib.sha256(content).hexdigest()
        given: dict[str, Any] = {"filename": file.name, "organismId": organism_id, "columns": columns}
        opened = self._act(OPEN, "importOpen", whose, given)
        told = self._put(opened["uploadPath"], content)
        self.rejected = told["rejected"]
        yield from _received(told)
        yield from _absent(told, meant or {})
        several = sum(sheet["state"] == "READ" for sheet in told["sheets"]) > 1
        yield from self._looked_at(told["id"], several=several)
        if apply:
            given = {"importId": told["id"], "organismId": organism_id, "columnsConfirmed": True}
            yield from _applied(self._act(APPLY, "importApply", whose, given))
        self.pending.forget(*self.keys)

    def _organism(self, code: str | None) -> str:
        if code is not None:
            found = self._ask(ORGANISM, code=code)["organism"]
            if found is None:
                raise ExportUnreadable(f"Aucun organisme ne porte le code {code}.")
            return str(found["id"])
        posts = {post["organism"]["id"] for post in self._ask(POSTS)["viewer"]["posts"] if post["organism"]}
        if len(posts) != 1:
            raise ExportUnreadable("Dites pour quel organisme, avec --organism et son code.")
        return str(posts.pop())

    def _looked_at(self, import_id: str, *, several: bool) -> Iterator[str]:
        after = None
        while True:
            page = self._ask(LINES, id=import_id, after=after)["importLines"]
            for line in page["nodes"]:
                place = f"{line['sheet']}!{line['number']}" if several else line["number"]
                start = f"ligne {place} · {line['outcome']}"
                for reason in line["reasons"]:
                    cell = f" (colonne « {reason['path'][-1]} »)" if reason["path"] else ""
                    yield f"{start} · {reason['code']} · {reason['message']}{cell}"
                if line["outcome"] == "CHANGED" and not line["reasons"]:
                    yield start
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _act(self, query: str, name: str, whose: str, given: Mapping[str, object]) -> dict[str, Any]:
        """An act under a key of the file's: all are kept until the last is answered, or one is refused."""
        self.keys.append(self.pending.draw(self.url, [name, whose, given]))
        payload: dict[str, Any] = self._ask(query, input={**given, "idempotencyKey": self.keys[-1]})[name]
        if payload["errors"]:
            self.pending.forget(*self.keys)
            raise ExportUnreadable(payload["errors"][0]["message"])
        return payload

    def _ask(self, query: str, **variables: object) -> dict[str, Any]:
        said = self._said("POST", self.url, json={"query": query, "variables": variables})
        return said["data"]  # type: ignore[no-any-return]

    def _put(self, path: str, content: bytes) -> dict[str, Any]:
        address = str(httpx.URL(self.url).copy_with(raw_path=path.encode()))
        return self._said("PUT", address, content=content)["import"]  # type: ignore[no-any-return]

    def _said(self, method: str, address: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401 the client's own
        try:
            said: dict[str, Any] = self.client.request(method, address, **body).json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):  # nobody there, or an answer that is no JSON
            raise ExportUnreadable(f"Le graphe ne répond pas à l'adresse {address}.") from None
        if "errors" in said:
            raise ExportUnreadable(said["errors"][0]["message"])
        return said


def _received(told: Mapping[str, Any]) -> Iterator[str]:
    counts = ", ".join(f"{told[name]} {words}" for name, words in COUNTS.items())
    yield f"Import {told['id']} : {told['received']} lignes reçues : {counts} ; {told['blankLines']} vides."
    yield "Colonnes : " + ", ".join(f"{column['header']} → {column['field']}" for column in told["columns"])
    if told["ignoredColumns"]:
        yield "Colonnes ignorées : " + ", ".join(told["ignoredColumns"])
    yield from sheets(told["sheets"])


def _absent(told: Mapping[str, Any], meant: Mapping[str, str]) -> Iterator[str]:
    """A column that was explained and is not in the file explains nothing."""
    headers = {key(name) for name in (*(column["header"] for column in told["columns"]), *told["ignoredColumns"])}
    yield from (f"à savoir · le fichier n'a pas de colonne « {name} »." for name in meant if key(name) not in headers)


def counted(lines: int) -> str:
    return f"{lines} ligne{'s' if lines > 1 else ''}"


def sheets(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The sheets of a workbook that are read, and those that are not, with the reason."""
    read = [f"« {one['name']} » ({counted(one['lines'])})" for one in reports if one["state"] == "READ"]
    unread = [f"« {one['name']} » ({UNREAD[one['state']]})" for one in reports if one["state"] in UNREAD]
    if read:
        yield "Feuilles lues : " + ", ".join(read)
    if unread:
        yield "Feuilles non lues : " + ", ".join(unread)


def _applied(payload: Mapping[str, Any]) -> Iterator[str]:
    counts = "{applied} lignes prises, {registered} partenaires enregistrés, {unchanged} inchangées, {left} en attente."
    yield counts.format(**payload)
    for notice in payload["warnings"]:
        yield f"à savoir · {'.'.join(notice['path'][1:])} · {notice['code']} · {notice['message']}"
