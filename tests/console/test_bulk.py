"""One act on several rows: shown before it is done, answered row by row, and begun again for what was refused alone."""

import csv
import html
import io
import re

import pytest

from .desks import House, Visit, Visitor
from .test_forms import PEOPLE

CANAL = "ptr_99990001200025"
SUSPEND = ("_etape", "choisir")


async def people(house: House) -> dict[str, dict[str, object]]:
    nodes = (await house.data("gestionnaire-canal", PEOPLE, id=CANAL))["partner"]["affiliations"]["nodes"]
    return {n["user"]["id"]: n for n in nodes}


async def choose(visitor: Visitor, users: list[str], act: str = "userSuspend") -> Visit:
    """Tick these people in the list, and choose an act."""
    page = await visitor.get("/utilisateurs?taille=100")
    form = page.shown.form(field="ids")
    rows = [v for v in _rows(page) if any(u in v for u in users)]
    return await visitor.post(
        f"/lots/{act}",
        form.filled({"ids": rows, "_etape": None})
        if "_etape" in form.fields
        else [*form.filled({"ids": rows}), SUSPEND],
    )


def _rows(page: Visit) -> list[str]:
    """The values of the boxes of a list."""
    return [html.unescape(v) for v in re.findall(r'name="ids" value="([^"]*)"', page.text)]


async def rows_of(house: House, *users: str) -> list[str]:
    known = await people(house)
    return [str(known[user]["id"]) for user in users]


async def test_the_rows_that_are_ticked_are_previewed_then_done_and_told_one_by_one(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    ids = await rows_of(house, "usr_lecteur-canal", "usr_suspendu-canal")

    chosen = await choose(visitor, ids)
    preview = await visitor.step(chosen, "verifier", suspensionReason="Absence longue")
    before = await people(house)
    report = await visitor.step(preview, "faire")

    assert chosen.status == preview.status == report.status == 200
    assert "Rien n’est encore fait" in preview.shown.text
    assert not before["usr_lecteur-canal"]["suspended"]
    assert all(h.variables["input"]["dryRun"] for h in preview.heard if h.query.startswith("mutation"))
    assert "refusé" in preview.text
    assert (await people(house))["usr_lecteur-canal"]["suspended"]
    assert [i for i, _, _ in told(report)] == [i for i in ids if i == ids[0]]


def told(report: Visit) -> list[tuple[str, str, str]]:
    """The rows of a report: identifier, outcome, reasons."""
    found = [v.split("|", 3) for n, v in report.shown.form(button=("_etape", "rapport")).kept if n == "lignes"]
    return [(identifier, outcome, why) for identifier, _, outcome, why in found]


async def test_nothing_is_done_without_its_reason(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    chosen = await choose(visitor, await rows_of(house, "usr_preparatrice-canal"))

    visit = await visitor.step(chosen, "verifier", suspensionReason=" ")

    assert visit.status == 422
    assert "est à renseigner" in visit.shown.text
    assert not [h for h in visit.heard if h.query.startswith("mutation")]


async def test_a_report_is_a_file_too_and_what_was_refused_may_begin_again_alone(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    ids = await rows_of(house, "usr_declarant-canal", "usr_preparatrice-canal")
    chosen = await choose(visitor, ids)
    preview = await visitor.step(chosen, "verifier", suspensionReason="Absence")
    await house.do("gestionnaire-canal", "userSuspend", affiliationId=ids[1], suspensionReason="Entre-temps")

    report = await visitor.step(preview, "faire")
    file = await visitor.step(report, "rapport")
    again = await visitor.step(report, "verifier")

    assert [outcome for _, outcome, _ in told(report)] == ["DONE", "REFUSED"]
    assert file.answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in file.answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(file.answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row[0], row[2]) for row in rows[1:]] == [(ids[0], "Fait"), (ids[1], "Refusé")]
    assert rows[2][3]
    assert [h.variables["input"]["affiliationId"] for h in again.heard if h.query.startswith("mutation")] == [ids[1]]
    assert [h.variables["input"]["suspensionReason"] for h in again.heard if "input" in h.variables] == ["Absence"]


async def test_all_the_results_of_the_filter_are_chosen_and_no_other(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get("/utilisateurs?suspended=true")
    form = page.shown.form(field="ids")
    shown = [row.partition("|")[0] for row in _rows(page)]

    chosen = await visitor.post("/lots/userDeactivate", [*form.filled({"_tous": "1"}), SUSPEND])

    kept = [v.partition("|")[0] for n, v in chosen.shown.form(button=("_etape", "verifier")).kept if n == "ids"]
    assert kept == shown
    assert kept


async def test_all_the_results_of_a_search_by_name_are_chosen_too(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    found = await visitor.get((await visitor.search("/utilisateurs", "Dubois")).place)
    form = found.shown.form(field="ids")

    chosen = await visitor.post("/lots/userSuspend", [*form.filled({"_tous": "1"}), SUSPEND])

    kept = [v for n, v in chosen.shown.form(button=("_etape", "verifier")).kept if n == "ids"]
    assert len(kept) == 1
    assert "Dubois" in kept[0]


async def test_a_row_that_one_may_not_read_is_refused_as_one_that_does_not_exist(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    strange = "query($id: ID!) { partner(id: $id) { affiliations(first: 1) { nodes { id } } } }"
    [other] = (await house.data("agent-cna", strange, id="ptr_99990002000010"))["partner"]["affiliations"]["nodes"]
    chosen = await choose(visitor, await rows_of(house, "usr_lecteur-canal"))
    form = chosen.shown.form(button=("_etape", "verifier"))
    ids = [f"{other['id']}|X", "aff_rien|X"]

    forged = await visitor.submit(chosen, form, ("_etape", "verifier"), ids=ids, suspensionReason="Forgé")

    assert forged.status == 200
    assert ("_etape", "faire") not in {button for form in forged.shown.forms for button in form.buttons}
    assert not [h for h in forged.heard if h.query.startswith("mutation") and not h.variables["input"]["dryRun"]]
    answers = [h.answer["data"]["userSuspend"]["errors"] for h in forged.heard if h.query.startswith("mutation")]
    assert answers[0] == answers[1]
    assert answers[0][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("address", "pairs"),
    [
        ("/lots/conventionClose", [("_page", "users"), ("_retour", "/"), ("ids", "x|X")]),
        ("/lots/userSuspend", [("_page", "partners"), ("_retour", "/"), ("ids", "x|X")]),
        ("/lots/userSuspend", [("_page", "users"), ("_retour", "/")]),
        ("/lots/inventé", [("_page", "users"), ("_retour", "/"), ("ids", "x|X")]),
        ("/lots/userSuspend", [("_page", "users"), ("_retour", "/"), *([("ids", "x|X")] * 1001)]),
        ("/lots/userSuspend", [("_page", "users"), ("_retour", "/"), ("ids", "x")]),
    ],
)
async def test_a_lot_that_no_list_offers_is_refused(house: House, address: str, pairs: list[tuple[str, str]]) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    token = next(v for f in (await visitor.get("/sessions")).shown.forms for n, v in f.kept if n == "_jeton")

    visit = await visitor.post(address, [*pairs, ("_jeton", token)])

    assert visit.status in {400, 404}
    assert not [h for h in visit.heard if h.query.startswith("mutation")]


async def test_a_lot_whose_form_was_tampered_with_breaks_nothing(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    token = next(v for f in (await visitor.get("/sessions")).shown.forms for n, v in f.kept if n == "_jeton")
    plain = [("_jeton", token), ("_page", "users"), ("ids", "aff_rien|X")]

    for more in (
        [],
        [("_retour", "//exemple.invalid")],
        [("_etape", "rapport"), ("lignes", "x")],
        [("_filtre", "%%%")],
    ):
        visit = await visitor.post("/lots/userSuspend", [*plain, *more])
        assert visit.status == 200
        assert "exemple.invalid" not in str(re.findall(r'href="([^"]*)"', visit.text))
