"""A payroll export becomes the variables of `remunerationsDeclare`: columns known by their words, cells as written."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Self

import httpx

from persistence.records.base import folded
from persistence.records.identifiers import holds_nir
from persistence.workbooks import delimiter

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("referenceMonth", ("mois reference", "periode reference")),
    ("dualActivityEmployer", ("siret employeur", "employeur")),
    ("dualActivitySince", ("debut cumul", "date cumul", "cumul depuis")),
    ("dualActivityHours", ("heures cumul", "quota cumul", "heures milieu ordinaire")),
    ("dualActivity", ("cumul", "double activite", "milieu ordinaire")),
    ("clientReference", ("reference", "ref")),
    ("nir", ("securite sociale", "nir", "numero ss", "n ss", "nss")),
    ("birthDate", ("date naissance", "ne le", "nee le")),
    ("birthName", ("nom naissance", "nom patronymique", "nom famille")),
    ("usedName", ("nom usage", "nom marital")),
    ("givenNames", ("prenom", "prenoms")),
    ("matricule", ("matricule", "numero allocataire", "n allocataire", "numero dossier")),
    ("siret", ("siret",)),
    ("enteredOn", ("entree", "admission")),
    ("netAid", ("aide",)),
    ("esatShare", ("part",)),
    ("netRemuneration", ("remuneration", "rg")),
    ("rate", ("taux",)),
    ("noPayReason", ("motif",)),
    ("payingOrganism", ("caf", "organisme payeur", "organisme")),
    ("aahBeneficiary", ("aah",)),
    ("referenceMonth", ("mois", "periode")),
    ("confirmation", ("confirmation",)),
    ("comment", ("commentaire", "remarque", "observation")),
    ("birthName", ("nom",)),
)
"""Field of a line, and the words that its column may have, the more telling first."""
KNOWN_ENOUGH = 3
DECLARE = """mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) {
  batch { id received created replaced unchanged rejected held removed declaration { id sequence } }
  replayed errors { code message path } warnings { code message path } } }"""


class ExportUnreadable(Exception):
    """A file that is no payroll export; the sentence says what to mend, never a cell."""


@dataclass(frozen=True, slots=True)
class Export:
    """The lines of a file, by field; `ignored` are the columns that no word explains."""

    lines: list[dict[str, str]]
    columns: Mapping[str, str]
    ignored: Sequence[str]
    digest: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """UTF-8 or Windows-1252; semicolons, tabs or commas; a title may stand above the header."""
        content = file.read_bytes()
        places, rows = _rows(_text(content))
        start = next((i for i, row in enumerate(rows[:20]) if len(_fields(row)) >= KNOWN_ENOUGH), None)
        if start is None:
            raise ExportUnreadable("Aucune ligne d'en-tête reconnue : il y faut des mots comme NIR, nom, taux, aide.")
        header, found = rows[start], _fields(rows[start])
        twice = [field for field, count in Counter(found.values()).items() if count > 1]
        if twice:
            names = ", ".join(f"« {header[i]} »" for i, field in found.items() if field in twice)
            raise ExportUnreadable(f"Ces colonnes veulent dire la même chose, renommez-en : {names}.")
        wide = next((places[i] for i, row in enumerate(rows) if i > start and len(row) > len(header)), None)
        if wide is not None:
            raise ExportUnreadable(f"La ligne {wide} a plus de cellules que l'en-tête : un séparateur y est de trop.")
        lines = [{field: row[i] for i, field in found.items() if i < len(row)} for row in rows[start + 1 :]]
        ignored = [name for i, name in enumerate(header) if i not in found and name.strip()]
        columns = {header[i]: field for i, field in found.items()}
        return cls(lines, columns, ignored, hashlib.sha256(content).hexdigest())

    @property
    def siret(self) -> str:
        """The SIRET that most lines bear."""
        common = Counter(siret for line in self.lines if (siret := line.get("siret", "").strip())).most_common(1)
        if not common:
            raise ExportUnreadable("Le fichier ne dit pas de SIRET : donnez-le avec --siret.")
        return common[0][0]

    def variables(
        self, year: int, *, siret: str | None, mode: str, deposit: bool, dry_run: bool, key: str | None
    ) -> dict[str, Any]:
        """The variables of the act. Without `key`, the same file for the same act gives the same key."""
        facts: dict[str, Any] = {
            "siret": siret or self.siret,
            "campaignYear": year,
            "deposit": deposit,
            "mode": mode,
            "dryRun": dry_run,
        }
        told = json.dumps([self.digest, facts], sort_keys=True)
        facts["idempotencyKey"] = key or hashlib.sha256(told.encode()).hexdigest()[:32]
        return {"input": {**facts, "lines": self.lines}}


def send(url: str, token: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The act's payload. A lost answer is sent again with the same key: it happens once."""
    headers = {"Authorization": f"Bearer {token}"}
    body = {"query": DECLARE, "variables": variables}
    transport = httpx.HTTPTransport(retries=2)
    try:
        with httpx.Client(transport=transport, timeout=60, headers=headers) as client:
            try:
                said = client.post(url, json=body).json()
            except (httpx.ReadError, httpx.RemoteProtocolError):
                said = client.post(url, json=body).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):  # nobody there, or an answer that is no JSON
        raise ExportUnreadable(f"Le graphe ne répond pas à l'adresse {url}.") from None
    if "errors" in said:
        raise ExportUnreadable(said["errors"][0]["message"])
    return said["data"]["remunerationsDeclare"]  # type: ignore[no-any-return]


def report(payload: Mapping[str, Any], lines: Sequence[Mapping[str, str]]) -> str:
    """What was done, in French, one line for each notice; no value of a line is repeated."""
    batch = payload["batch"]
    told: list[str] = []
    if batch is not None:
        counts = ("created", "replaced", "unchanged", "rejected", "held")
        words = ("créées", "remplacées", "inchangées", "rejetées", "retenues")
        shown = ", ".join(f"{batch[name]} {word}" for name, word in zip(counts, words, strict=True))
        told.append(f"Lot {batch['id']} : {batch['received']} lignes reçues : {shown}.")
        if payload["replayed"]:
            told.append("Ce lot avait déjà été reçu : rien n'a été refait.")
    for kind, notices in (("rejet", payload["errors"]), ("à savoir", payload["warnings"])):
        told.extend(
            f"{kind} · {_where(notice['path'], lines)}{notice['code']} · {notice['message']}" for notice in notices
        )
    return "\n".join(told)


def _where(path: Sequence[str], lines: Sequence[Mapping[str, str]]) -> str:
    if len(path) < len(("input", "lines", "0")) or path[1] != "lines":
        return ""
    index = int(path[2])
    field = f", {path[3]}" if len(path) > 3 else ""  # noqa: PLR2004 the field stands fourth
    reference = lines[index].get("clientReference", "")
    shown = reference if reference.strip() and not holds_nir(reference) else f"ligne {index + 1}"
    return f"{shown}{field} · "


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows(text: str) -> tuple[list[int], list[list[str]]]:
    """The rows that say something, and the line of the file where each ends."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter(text))
    try:
        told = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise ExportUnreadable(f"La ligne {reader.line_num} ne se lit pas : un guillemet y est de trop.") from None
    return [place for place, _ in told], [row for _, row in told]


def _fields(header: Sequence[str]) -> dict[int, str]:
    """The field of each column that its words explain."""
    found = {}
    for index, name in enumerate(header):
        words = set(folded("".join(c if c.isalnum() else " " for c in name)).split())
        field = next((f for f, ways in COLUMNS if any(words >= set(way.split()) for way in ways)), None)
        if field is not None:
            found[index] = field
    return found
