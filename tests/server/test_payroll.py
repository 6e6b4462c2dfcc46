"""A payroll export: its columns known by their words in any order, its cells as written, its report without a value."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.client.declaration import report, send
from server.client.establishment_lines import EstablishmentLines
from server.client.payroll import Export, ExportUnreadable

PAYROLL = Path(__file__).parents[2] / "persistence" / "seeds" / "paie-novembre-2026.csv"
HEADER = (
    "Référence",
    "N° Sécurité sociale",
    "Nom de naissance",
    "Prénom",
    "Matricule Caf",
    "SIRET",
    "Taux d'activité",
)
ROW = (
    "L1",
    "185057599904209",
    "Lefèvre",
    "Élodie",
    "0012345",
    "99990001200025",
    "33,33",
)
LINE = {
    "clientReference": "L1",
    "nir": "185057599904209",
    "birthName": "Lefèvre",
    "givenNames": "Élodie",
    "matricule": "0012345",
    "siret": "99990001200025",
    "rate": "33,33",
}


def _export(
    folder: Path,
    *rows: Sequence[str],
    mark: str = ";",
    code: str = "utf-8",
    end: str = "\r\n",
) -> Export:
    text = "".join(
        mark.join(f'"{cell}"' if mark in cell else cell for cell in row) + end
        for row in rows
    )
    return _file(folder, text.encode(code))


def _file(folder: Path, content: bytes) -> Export:
    file = folder / "paie.csv"
    file.write_bytes(content)
    return Export.read(file)


def _variables(
    export: Export,
    year: int = 2026,
    siret: str | None = None,
    **changed: Any,  # noqa: ANN401 the facts of the act
) -> dict[str, Any]:
    facts = {"mode": "ALL_OR_NOTHING", "deposit": True, "dry_run": False}
    (part,) = export.parts(siret)
    variables: dict[str, Any] = part.variables(year, **{**facts, **changed})["input"]
    return variables


def _sirets(export: Export) -> dict[str, int]:
    """How many lines go to each establishment."""
    return {part.siret: len(part.lines) for part in export.parts()}


# the given file


def test_the_given_file_is_read_line_by_line_as_it_is_written() -> None:
    export = Export.read(PAYROLL)

    assert (len(export.lines), export.ignored) == (78, [])
    assert _sirets(export) == {"99990001200025": 77, "99990001200033": 1}
    assert export.lines[0] == {
        "clientReference": "L00001",
        "nir": "170069399900124",
        "birthName": "Lefèvre",
        "givenNames": "Élodie",
        "birthDate": "27/06/1970",
        "matricule": "1000000",
        "payingOrganism": "751",
        "siret": "99990001200025",
        "enteredOn": "09/09/2012",
        "rate": "33,33",
        "netRemuneration": "392,64",
        "netAid": "272,16",
        "esatShare": "22,00",
        "dualActivity": "N",
    }
    assert [export.lines[i]["nir"] for i in (4, 5, 22)] == [
        "2831175999005",
        "1 98 05 2A 999 006 47",
        "1,85058E+14",
    ]
    assert [export.lines[i]["netRemuneration"] for i in (15, 17, 18)] == [
        "",
        "812.33",
        "1 012,50",
    ]


# the columns

OTHERS = {"NIR": "nir", "Taux": "rate", "Aide": "netAid", "Entrée": "enteredOn"}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("NIR", "nir"),
        ("Numéro de sécurité sociale", "nir"),
        ("N° SS", "nir"),
        ("Né(e) le", "birthDate"),
        ("DATE DE NAISSANCE", "birthDate"),
        ("Nom", "birthName"),
        ("Nom de famille", "birthName"),
        ("Nom d'usage", "usedName"),
        ("Prénoms", "givenNames"),
        ("N° allocataire Caf", "matricule"),
        ("Organisme payeur", "payingOrganism"),
        ("SIRET de l'Esat", "siret"),
        ("SIRET employeur milieu ordinaire", "dualActivityEmployer"),
        ("Date d'admission", "enteredOn"),
        ("RG nette", "netRemuneration"),
        ("Aide au poste", "netAid"),
        ("Part Esat (% Smic)", "esatShare"),
        ("Motif de non-paie", "noPayReason"),
        ("Cumul milieu ordinaire", "dualActivity"),
        ("Début du cumul", "dualActivitySince"),
        ("Heures en milieu ordinaire", "dualActivityHours"),
        ("Bénéficiaire de l'AAH", "aahBeneficiary"),
        ("Mois", "referenceMonth"),
        ("Mois de référence", "referenceMonth"),
        ("Référence salarié", "clientReference"),
        ("Commentaire", "comment"),
        ("Confirmation du montant", "confirmation"),
    ],
)
def test_a_column_is_known_by_its_words(tmp_path: Path, words: str, field: str) -> None:
    others = [word for word, other in OTHERS.items() if other != field]

    export = _export(tmp_path, (words, *others), ("a", *others))

    assert export.columns == {words: field} | {word: OTHERS[word] for word in others}
    assert export.lines[0][field] == "a"


def test_columns_come_in_any_order(tmp_path: Path) -> None:
    export = _export(tmp_path, HEADER[::-1], ROW[::-1])

    assert export.lines == [LINE]


def test_a_title_and_blank_lines_may_stand_above_the_header(tmp_path: Path) -> None:
    blank = ("",) * len(HEADER)

    export = _export(
        tmp_path,
        ("Export de paie, novembre 2026",),
        (),
        blank,
        (" ", " "),
        HEADER,
        ROW,
        blank,
        (),
    )

    assert export.lines == [LINE]


def test_two_columns_that_mean_the_same_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(
        ExportUnreadable, match="« NIR », « N° Sécurité sociale »"
    ) as refused:
        _export(tmp_path, ("NIR", *HEADER), ("291077899901729", *ROW))

    assert "291077899901729" not in str(refused.value)


def test_a_column_that_no_word_explains_is_told_and_left_out(tmp_path: Path) -> None:
    export = _export(
        tmp_path, (*HEADER, "Atelier", "", "Couleur"), (*ROW, "Menuiserie", "?", "bleu")
    )

    assert export.ignored == ["Atelier", "colonne 9", "Couleur"]
    assert export.lines == [LINE]


def test_a_file_without_a_known_header_is_refused_and_its_cells_are_not_told(
    tmp_path: Path,
) -> None:
    for rows in ([], [ROW], [("NIR", "Taux", "Atelier"), ROW]):
        with pytest.raises(
            ExportUnreadable, match="Aucune ligne d'en-tête reconnue"
        ) as refused:
            _export(tmp_path, *rows)

        assert "Lefèvre" not in str(refused.value)


# the cells


def test_zeros_in_front_and_spaces_within_are_kept_as_written(tmp_path: Path) -> None:
    written = (
        "L1",
        "1 85 05 75",
        "Le  Goff",
        " Zoé ",
        "0000123",
        "099990001200025",
        "033,30",
    )

    export = _export(tmp_path, HEADER, written)

    assert tuple(export.lines[0].values()) == written


def test_a_short_line_lacks_its_last_cells(tmp_path: Path) -> None:
    assert _export(tmp_path, HEADER, ROW[:3]).lines == [dict(list(LINE.items())[:3])]


def test_a_line_with_one_cell_too_many_is_refused_by_its_place_in_the_file(
    tmp_path: Path,
) -> None:
    with pytest.raises(
        ExportUnreadable, match="La ligne 6 a plus de cellules"
    ) as refused:
        _export(tmp_path, ("Novembre",), (), HEADER, ROW, (), (*ROW, "392,64"))

    assert "392,64" not in str(refused.value)


def test_a_cell_in_quotes_may_hold_the_mark_and_an_end_of_line(tmp_path: Path) -> None:
    export = _file(
        tmp_path, b'NIR;Nom;Taux;Commentaire\r\n1;Roux;50;"a;b\r\nc"\r\n2;Roux;50;d\r\n'
    )

    assert [line["comment"] for line in export.lines] == ["a;b\r\nc", "d"]


def test_a_quote_that_is_never_closed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportUnreadable, match="un guillemet y est de trop"):
        _file(tmp_path, b'NIR;Nom;Taux\r\n"1;' + b"Roux;50\r\n" * 20_000)


# how it is written


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("mark", [";", "\t", ","])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_an_export_is_read_in_each_writing_with_each_mark(
    tmp_path: Path, code: str, mark: str, end: str
) -> None:
    export = _export(tmp_path, HEADER, ROW, mark=mark, code=code, end=end)

    assert export.lines == [LINE]
    assert tuple(export.columns) == HEADER


def test_the_letters_that_windows_has_of_its_own_are_read(tmp_path: Path) -> None:
    export = _export(
        tmp_path, HEADER, ("L1", "1", "Œuvrard", "D’Été", "1", "2", "3"), code="cp1252"
    )

    assert (export.lines[0]["birthName"], export.lines[0]["givenNames"]) == (
        "Œuvrard",
        "D’Été",
    )


@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"", b"NIR;Nom;Taux\r\n", b"NIR,Nom,Taux\n", b"\xef\xbb\xbfNIR\tNom\tTaux\r"]
    ),
)
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bytes
) -> None:
    try:
        export = _file(tmp_path_factory.getbasetemp(), head + content)
    except ExportUnreadable:
        return

    assert (
        all(set(line) <= {"nir", "birthName", "rate"} for line in export.lines)
        or not head
    )


# the act


def test_the_variables_are_those_of_the_act(tmp_path: Path) -> None:
    variables = _variables(
        _export(tmp_path, HEADER, ROW), deposit=False, mode="ACCEPT_VALID", dry_run=True
    )

    assert variables == {
        "establishment": {"siret": "99990001200025"},
        "campaignYear": 2026,
        "deposit": False,
        "mode": "ACCEPT_VALID",
        "dryRun": True,
        "lines": [LINE],
    }
    assert json.loads(json.dumps(variables)) == variables


def test_the_siret_is_the_one_that_most_lines_bear_unless_it_is_given(
    tmp_path: Path,
) -> None:
    rows = [(*ROW[:5], siret, ROW[6]) for siret in ("", "1", "2", "2 ", "3")]
    export = _export(tmp_path, HEADER, *rows)

    assert _sirets(export) == {"2": 5}
    assert _variables(export, siret="4")["establishment"] == {"siret": "4"}


def test_a_file_without_a_siret_asks_for_one(tmp_path: Path) -> None:
    export = _export(tmp_path, HEADER[:5], ROW[:5])

    with pytest.raises(ExportUnreadable, match="--siret"):
        _variables(export)
    assert _variables(export, siret="99990001200025")["establishment"] == {
        "siret": "99990001200025"
    }


# sending

ADDRESS = "http://registre.example/graphql"
ANSWER = {"data": {"remunerationsDeclare": {"batch": None}}}
Answer = httpx.Response | httpx.TransportError


class Wire:
    """What the graph hears, and what it answers to each request in turn."""

    def __init__(self) -> None:
        self.heard: list[httpx.Request] = []
        self.answers: list[Answer] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.Response):
            return answer
        raise answer


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(
        "httpx.HTTPTransport", lambda **_: httpx.MockTransport(wire.answer)
    )
    return wire


@pytest.mark.parametrize(
    "lost", [httpx.ReadError("lost"), httpx.RemoteProtocolError("lost")]
)
def test_a_lost_answer_is_asked_for_once_more_with_the_same_key(
    wire: Wire, lost: httpx.TransportError
) -> None:
    wire.answers = [lost, httpx.Response(200, json=ANSWER)]

    payload = send(ADDRESS, "jeton", {"input": {"idempotencyKey": "k"}})

    assert payload == {"batch": None}
    assert wire.heard[0].content == wire.heard[1].content
    assert wire.heard[0].headers["Authorization"] == "Bearer jeton"


@pytest.mark.parametrize(
    "answers",
    [
        [httpx.ConnectError("nobody")],
        [httpx.ReadTimeout("slow")],
        [httpx.ReadError("lost"), httpx.ReadError("lost")],
        [httpx.Response(502, text="<html>Bad gateway</html>")],
    ],
)
def test_a_graph_that_does_not_answer_is_told_by_its_address(
    wire: Wire, answers: list[Answer]
) -> None:
    wire.answers = [*answers]

    with pytest.raises(ExportUnreadable) as refused:
        send(ADDRESS, "jeton", {"input": {"lines": [LINE]}})

    assert str(refused.value) == f"Le graphe ne répond pas à l'adresse {ADDRESS}."


def test_an_error_of_the_graph_is_told_in_its_words(wire: Wire) -> None:
    wire.answers = [
        httpx.Response(401, json={"errors": [{"message": "Jeton expiré."}]})
    ]

    with pytest.raises(ExportUnreadable, match=r"^Jeton expiré\.$"):
        send(ADDRESS, "jeton", {})


# the report


def _notice(code: str, *path: str) -> dict[str, Any]:
    return {"code": code, "message": f"Phrase de {code}.", "path": list(path)}


def _payload(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 the members of a payload
    counts = {
        "received": 3,
        "created": 1,
        "replaced": 0,
        "unchanged": 0,
        "rejected": 2,
        "held": 0,
        "removed": 0,
    }
    batch = {"id": "bat_1", **counts, "declaration": None}
    return {"batch": batch, "replayed": False, "errors": [], "warnings": [], **changed}


def _part(*lines: dict[str, str]) -> EstablishmentLines:
    """The lines of one establishment; the header stands on the first row of the file."""
    return EstablishmentLines(
        LINE["siret"], [*lines], [str(place) for place in range(2, len(lines) + 2)]
    )


LINES = _part(LINE, {**LINE, "clientReference": "L2"}, {**LINE, "clientReference": " "})


def test_a_report_counts_the_lines_then_names_each_by_its_reference() -> None:
    errors = [
        _notice("NIR_KEY", "input", "lines", "1", "nir"),
        _notice("BATCH_HELD", "input", "lines"),
    ]
    warnings = [
        _notice("MATRICULE_SHORT", "input", "lines", "2", "matricule"),
        _notice("OTHER", "input", "lines", "0"),
    ]

    text = report(_payload(errors=errors, warnings=warnings), LINES)

    assert text.splitlines() == [
        "Lot bat_1 : 3 lignes reçues : 1 créée, 0 remplacée, 0 inchangée, 2 rejetées, 0 retenue.",
        "rejet · L2, nir · NIR_KEY · Phrase de NIR_KEY.",
        "rejet · BATCH_HELD · Phrase de BATCH_HELD.",
        "à savoir · ligne 4, matricule · MATRICULE_SHORT · Phrase de MATRICULE_SHORT.",
        "à savoir · L1 · OTHER · Phrase de OTHER.",
    ]


def test_a_report_repeats_no_value_of_a_line_not_even_a_number_given_for_a_reference() -> (
    None
):
    lines = _part({**LINE, "clientReference": "185057599904209"}, LINE)
    errors = [
        _notice("CODE", "input", "lines", str(i), field)
        for i in (0, 1)
        for field in LINE
    ]

    text = report(_payload(errors=errors), lines)

    assert [
        value
        for field, value in LINE.items()
        if field != "clientReference" and value in text
    ] == []
    assert text.count("ligne 2, ") == text.count("L1, ") == len(LINE)


def test_a_report_says_that_a_batch_was_received_before() -> None:
    assert "rien n'a été refait" in report(_payload(replayed=True), LINES)
    assert "rien n'a été refait" not in report(_payload(), LINES)


def test_a_report_of_what_made_no_batch_says_why_alone() -> None:
    text = report(
        _payload(
            batch=None, errors=[_notice("WINDOW_CLOSED", "input", "campaignYear")]
        ),
        LINES,
    )

    assert text == "rejet · WINDOW_CLOSED · Phrase de WINDOW_CLOSED."


def test_a_notice_without_a_path_is_told() -> None:
    assert (
        report(_payload(batch=None, errors=[_notice("FORBIDDEN")]), LINES)
        == "rejet · FORBIDDEN · Phrase de FORBIDDEN."
    )
