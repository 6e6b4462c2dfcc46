"""A payroll export becomes the variables of `remunerationsDeclare`.

Columns are recognised by their words; cells are sent as they are written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from persistence.intake.cells import siret
from persistence.intake.headers import Columns, key, recognised
from persistence.intake.sheet_rows import Row
from persistence.intake.sheets import (
    Lines,
    Reading,
    SheetReport,
    SheetState,
    read_sheets,
)
from persistence.records import Refused, Rule

from .establishment_lines import EstablishmentLines
from .payroll_columns import COLUMNS


class ExportUnreadable(Exception):
    """A file that cannot be sent.

    The sentence says what to fix, and repeats no cell.
    """


@dataclass(frozen=True, slots=True)
class Export:
    """The lines of a file, by field.

    `columns` gives the field of each header; `ignored` are the columns that no word
    explains.
    """

    lines: list[dict[str, str]]
    places: list[str]
    columns: Mapping[str, str]
    ignored: Sequence[str]
    sheets: Sequence[SheetReport]
    computed: Sequence[str]
    """The cells that contain a formula or a spreadsheet's error, by their places.

    They are sent as they are written.
    """

    @classmethod
    def read(
        cls,
        file: Path,
        explained: Mapping[str, str] | None = None,
        sheets: Sequence[str] = (),
    ) -> Self:
        """Read an xlsx or a csv.

        `explained` gives the field of a header that its words do not explain.
        Raises ExportUnreadable.
        """
        content = file.read_bytes()
        reading = _read(content, explained or {}, sheets)
        has_several = len(reading.parts) > 1
        lines: list[dict[str, str]] = []
        places: list[str] = []
        computed: list[str] = []
        for part in reading.parts:
            for row in part.rows:
                number = row.number
                place = f"{part.sheet}!{number}" if has_several else str(number)
                _require_width(part, row, place)
                places.append(place)
                lines.append(_texts(part, row))
                computed += _computed_cells(part, row, place)
        columns = {one["header"]: one["field"] for one in reading.columns.recognised}
        ignored = [name for part in reading.parts for name in part.columns.ignored]
        return cls(
            lines=lines,
            places=places,
            columns=columns,
            ignored=list(dict.fromkeys(ignored)),
            sheets=reading.reports,
            computed=computed,
        )

    def parts(self, siret: str | None = None) -> list[EstablishmentLines]:
        """Return the lines by establishment, in the order of the file.

        With `siret`, all of them are of this establishment. A line whose SIRET cannot
        be read goes with the establishment that most lines name, where it is rejected.
        Raises ExportUnreadable.
        """
        if siret is not None:
            return [self._part(siret, range(len(self.lines)))]
        texts = [line.get("siret", "").strip() for line in self.lines]
        sirets = [_siret(text) for text in texts]
        counts = Counter(one for one in sirets if one is not None)
        if not counts:
            counts = Counter(text for text in texts if text)
        if not counts:
            raise ExportUnreadable(
                "Le fichier ne dit pas de SIRET : donnez-le avec --siret."
            )
        ((most_common, _),) = counts.most_common(1)
        if len(counts) > 1 and any(sirets):
            self._require_siret(texts)
        indexes: dict[str, list[int]] = {}
        for index, one in enumerate(sirets):
            indexes.setdefault(one or most_common, []).append(index)
        return [self._part(one, places) for one, places in indexes.items()]

    def _require_siret(self, texts: Sequence[str]) -> None:
        """Refuse a file of several establishments whose lines do not all name one."""
        lines = zip(self.places, texts, strict=True)
        places = [place for place, text in lines if not text]
        if places:
            raise ExportUnreadable(
                "Le fichier porte plusieurs SIRET, et ces lignes n'en disent aucun : "
                f"{', '.join(places[:MOST_PLACES])}. Complétez-les, ou donnez --siret."
            )

    def _part(self, siret: str, indexes: Iterable[int]) -> EstablishmentLines:
        part = EstablishmentLines(siret, [], [])
        for index in indexes:
            part.lines.append(self.lines[index])
            part.places.append(self.places[index])
        return part


MOST_PLACES = 20
"""How many places of a file a sentence names."""


def _read(
    content: bytes, explained: Mapping[str, str], sheets: Sequence[str]
) -> Reading[str]:
    fields = {key(header): field for header, field in explained.items()}

    def columns_of(cells: Sequence[str]) -> Columns[str] | None:
        return recognised(cells, fields, COLUMNS)

    try:
        reading: Reading[str] = read_sheets(content, columns_of, sheets)
    except Refused as refusal:
        raise ExportUnreadable(_sentence(refusal)) from None
    _require_sheets(reading, sheets)
    headers = {key(name) for part in reading.parts for name in part.columns.names}
    for header in explained:
        if key(header) not in headers:
            raise ExportUnreadable(f"Le fichier n'a pas de colonne « {header} ».")
    return reading


def _require_sheets(reading: Reading[str], sheets: Sequence[str]) -> None:
    """Refuse several sheets that nobody asked for, and a sheet that was not read."""
    reports = reading.reports
    names = [report.name for report in reports if report.state is SheetState.READ]
    if len(names) > 1 and not sheets:
        enumeration = ", ".join(f"« {name} »" for name in names)
        raise ExportUnreadable(
            f"Plusieurs feuilles portent l'en-tête : {enumeration}. Dites "
            "lesquelles avec --sheet."
        )
    for name in sheets:
        if name not in names:
            raise ExportUnreadable(
                f"Cette feuille n'existe pas, ou a un autre en-tête : « {name} »."
            )


def _sentence(refusal: Refused) -> str:
    match refusal.rule:
        case Rule.EXTRACT_HEADER:
            return (
                "Aucune ligne d'en-tête reconnue : il y faut des mots comme NIR, nom, "
                "taux, aide."
            )
        case Rule.EXTRACT_COLUMNS_TWICE:
            return (
                "Ces colonnes veulent dire la même chose, renommez-en ou dites-les "
                f"avec --column : {refusal.notice.detail}"
            )
    return refusal.notice.message


def _require_width(part: Lines[str], row: Row, place: str) -> None:
    """Refuse a line that has more cells than the header."""
    if len(row.cells) > len(part.columns.names):
        raise ExportUnreadable(
            f"La ligne {place} a plus de cellules que l'en-tête : un séparateur y "
            "est de trop."
        )


def _texts(part: Lines[str], row: Row) -> dict[str, str]:
    """Return the texts of a line by field; a short line has fewer fields."""
    fields = part.columns.fields
    count = len(row.cells)
    return {field: row.cells[at].text for field, at in fields.items() if at < count}


def _computed_cells(part: Lines[str], row: Row, place: str) -> Iterator[str]:
    for at in part.columns.fields.values():
        if at < len(row.cells) and row.cells[at].computed:
            yield f"ligne {place}, « {part.columns.names[at]} »"


def _siret(text: str) -> str | None:
    try:
        return siret(text)
    except Refused:
        return None
