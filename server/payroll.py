"""A payroll export becomes the variables of `remunerationsDeclare`: columns known by their words, cells as written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from persistence.records import Refused, Rule
from persistence.records.cells import siret
from persistence.records.headers import IGNORED, key, recognised
from persistence.records.identifiers import holds_nir
from persistence.sheets import Lines, Reading, SheetReport, SheetState, read_sheets

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("referenceMonth", ("mois reference", "periode reference")),
    ("dualActivityEmployer", ("siret employeur", "employeur")),
    ("dualActivityUntil", ("fin cumul", "cumul jusqu")),
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
    ("payingOrganismChanged", ("changement caf", "changement organisme", "caf changee", "organisme change")),
    (IGNORED, ("nom caf", "libelle caf", "nom organisme", "libelle organisme")),
    ("payingOrganism", ("code caf", "numero caf", "no caf", "n caf")),
    ("payingOrganism", ("code organisme", "numero organisme", "no organisme", "n organisme")),
    ("payingOrganism", ("caf", "organisme payeur", "organisme")),
    ("aahBeneficiary", ("aah",)),
    ("referenceMonth", ("mois", "periode")),
    ("confirmation", ("confirmation",)),
    ("comment", ("commentaire", "remarque", "observation")),
    ("birthName", ("nom",)),
)
"""Field of a line, and the words that its column may have, the more telling first."""
FIELDS = tuple(sorted({field for field, _ in COLUMNS}))
DECLARE = """mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) {
  batch { id received created replaced unchanged rejected held removed declaration { id sequence status } }
  replayed errors { code message path } warnings { code message path } } }"""


class ExportUnreadable(Exception):
    """A file that is no payroll export; the sentence says what to mend, never a cell."""


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one establishment, and where each stands in the file."""

    siret: str
    lines: list[dict[str, str]]
    places: list[str]

    def variables(
        self, year: int, *, mode: str, deposit: bool, dry_run: bool, intention: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The variables of the act, but for its key.

        `intention` holds what the act wants to be told: `nothingToDeclare`, `acknowledgeRemovals`, `reason`.
        """
        facts: dict[str, Any] = {
            "establishment": {"siret": self.siret},
            "campaignYear": year,
            "deposit": deposit,
            "mode": mode,
            "dryRun": dry_run,
            **(intention or {}),
        }
        return {"input": {**facts, "lines": self.lines}}


def nothing(siret: str) -> Part:
    """An establishment where nobody is to be declared."""
    return Part(siret, [], [])


@dataclass(frozen=True, slots=True)
class Export:
    """The lines of a file, by field; `ignored` are the columns that no word explains."""

    lines: list[dict[str, str]]
    places: list[str]
    columns: Mapping[str, str]
    ignored: Sequence[str]
    sheets: Sequence[SheetReport]
    computed: Sequence[str]
    """The cells that hold a formula or a spreadsheet's error, by their places: they are sent as written."""

    @classmethod
    def read(cls, file: Path, meant: Mapping[str, str] | None = None, sheets: Sequence[str] = ()) -> Self:
        """An xlsx or a csv; `meant` names the field of a header that its words do not explain."""
        content = file.read_bytes()
        reading = _read(content, meant or {}, sheets)
        is_alone = len(reading.parts) == 1
        rows = [(part, row) for part in reading.parts for row in part.rows]
        places = [str(row.number) if is_alone else f"{part.sheet}!{row.number}" for part, row in rows]
        wide = next((at for at, (part, row) in zip(places, rows, strict=True) if _is_wide(part, row.cells)), None)
        if wide is not None:
            raise ExportUnreadable(f"La ligne {wide} a plus de cellules que l'en-tête : un séparateur y est de trop.")
        lines = [
            {field: row.cells[at].text for field, at in part.columns.fields.items() if at < len(row.cells)}
            for part, row in rows
        ]
        computed = [
            f"ligne {place}, « {part.columns.names[at]} »"
            for place, (part, row) in zip(places, rows, strict=True)
            for at in part.columns.fields.values()
            if at < len(row.cells) and row.cells[at].computed
        ]
        columns = {one["header"]: one["field"] for one in reading.columns.recognised}
        ignored = list(dict.fromkeys(name for part in reading.parts for name in part.columns.ignored))
        return cls(lines, places, columns, ignored, reading.reports, computed)

    def parts(self, siret: str | None = None) -> list[Part]:
        """The lines by establishment, in the order of the file; all of them for `siret` when it is given.

        A line whose SIRET cannot be read goes with the establishment that most lines bear, where it is rejected.
        """
        if siret is not None:
            return [self._part(siret, range(len(self.lines)))]
        written = [line.get("siret", "").strip() for line in self.lines]
        read = [_siret(text) for text in written]
        known = Counter(one for one in read if one is not None) or Counter(text for text in written if text)
        if not known:
            raise ExportUnreadable("Le fichier ne dit pas de SIRET : donnez-le avec --siret.")
        ((most, _),) = known.most_common(1)
        if len(known) > 1 and any(read):
            self._require_siret(written)
        borne = [one or most for one in read]
        return [
            self._part(one, [index for index, other in enumerate(borne) if other == one])
            for one in dict.fromkeys(borne)
        ]

    def _require_siret(self, written: Sequence[str]) -> None:
        """Of several establishments, a line must say which."""
        silent = [place for place, text in zip(self.places, written, strict=True) if not text]
        if silent:
            raise ExportUnreadable(
                "Le fichier porte plusieurs SIRET, et ces lignes n'en disent aucun : "
                f"{', '.join(silent[:SHOWN])}. Complétez-les, ou donnez --siret."
            )

    def _part(self, siret: str, indexes: Iterable[int]) -> Part:
        chosen = list(indexes)
        return Part(siret, [self.lines[i] for i in chosen], [self.places[i] for i in chosen])


SHOWN = 20
"""How many places of a file a sentence names."""


def _read(content: bytes, meant: Mapping[str, str], sheets: Sequence[str]) -> Reading[str]:
    said = {key(header): field for header, field in meant.items()}
    try:
        reading: Reading[str] = read_sheets(content, lambda cells: recognised(cells, said, COLUMNS), sheets)
    except Refused as refused:
        raise ExportUnreadable(_sentence(refused)) from None
    names = [report.name for report in reading.reports if report.state is SheetState.READ]
    if len(names) > 1 and not sheets:
        listed = ", ".join(f"« {name} »" for name in names)
        raise ExportUnreadable(f"Plusieurs feuilles portent l'en-tête : {listed}. Dites lesquelles avec --sheet.")
    unread = [name for name in sheets if name not in names]
    if unread:
        raise ExportUnreadable(f"Cette feuille n'existe pas, ou a un autre en-tête : « {unread[0]} ».")
    headers = {key(name) for part in reading.parts for name in part.columns.names}
    absent = next((header for header in meant if key(header) not in headers), None)
    if absent is not None:
        raise ExportUnreadable(f"Le fichier n'a pas de colonne « {absent} ».")
    return reading


def _sentence(refused: Refused) -> str:
    match refused.rule:
        case Rule.EXTRACT_HEADER:
            return "Aucune ligne d'en-tête reconnue : il y faut des mots comme NIR, nom, taux, aide."
        case Rule.EXTRACT_COLUMNS_TWICE:
            names = refused.notice.detail
            return f"Ces colonnes veulent dire la même chose, renommez-en ou dites-les avec --column : {names}"
    return refused.notice.message


def _is_wide(part: Lines[str], cells: Sequence[object]) -> bool:
    return len(cells) > len(part.columns.names)


def _siret(text: str) -> str | None:
    try:
        return siret(text)
    except Refused:
        return None


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


def report(payload: Mapping[str, Any], part: Part) -> str:
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
        if is_overtaken(payload):
            told.append(
                "Un dépôt plus récent l'a remplacé : il n'est pas en vigueur. Renvoyez le fichier s'il doit l'être."
            )
    for kind, notices in (("rejet", payload["errors"]), ("à savoir", payload["warnings"])):
        told.extend(
            f"{kind} · {_where(notice['path'], part)}{notice['code']} · {notice['message']}" for notice in notices
        )
    return "\n".join(told)


def is_overtaken(payload: Mapping[str, Any]) -> bool:
    """Whether what is answered again is no longer in force: a later deposit has taken its place."""
    declaration = (payload["batch"] or {}).get("declaration")
    return bool(payload.get("replayed") and declaration and declaration["status"] == "SUPERSEDED")


def _where(path: Sequence[str], part: Part) -> str:
    if len(path) < len(("input", "lines", "0")) or path[1] != "lines":
        return ""
    index = int(path[2])
    field = f", {path[3]}" if len(path) > 3 else ""  # noqa: PLR2004 the field stands fourth
    reference = part.lines[index].get("clientReference", "")
    shown = reference if reference.strip() and not holds_nir(reference) else f"ligne {part.places[index]}"
    return f"{shown}{field} · "
