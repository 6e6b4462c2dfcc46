"""The queue of a Caf that pays: what waits, by kind; answers to many rows, and the way back (R20)."""

import csv
import io
import logging
import re
from typing import Any

import pytest
from sqlalchemy import select

from persistence.records import EntryRecord, JournalEntry
from tests.reading.declared_story import CANAL, last_year

from .houses import House, Visit, Visitor

PARIS, SEINE = "agent-paris", "agent-hauts-de-seine"
BOXES = re.compile(r'name="ids"\s+value="([^"]*)"')
WAITING = """{ lines(live: true, processed: false, first: 100) { nodes { id matricule worker { birthName } netRemuneration warnings { code } } }
  answered: lines(live: true, processed: true, first: 100) { nodes { id processing processingReason } } }"""


async def waiting(house: House, who: str) -> dict[str, dict[str, Any]]:
    nodes = (await house.data(who, WAITING))["lines"]["nodes"]
    return {node["id"]: node for node in nodes}


async def answered(house: House, who: str) -> dict[str, tuple[str, str | None]]:
    nodes = (await house.data(who, WAITING))["answered"]["nodes"]
    return {n["id"]: (n["processing"], n["processingReason"]) for n in nodes}


async def answer(
    visitor: Visitor, page: Visit, outcome: str, **changes: str | list[str] | None
) -> Visit:
    """Press a button of the answers, and follow where it leads."""
    button = ("_reponse", outcome)
    form = page.parsed.form(button=button)
    sent = await visitor.submit(page, form, button, **changes)
    assert sent.status == 303, sent.parsed.text
    return await visitor.get(sent.place)


async def test_the_queue_is_shown_to_who_pays_and_to_no_other(house: House) -> None:
    for who, has_menu in (
        (PARIS, True),
        ("lecteur-paris", True),
        ("admin-national", False),
        ("centre-ressources", False),
        ("declarante-canal", False),
    ):
        visitor = await house.visitor(who)
        home = await visitor.get("/")
        page = await visitor.get("/traitement")
        assert ('href="/traitement"' in home.text) is has_menu, who
        assert page.status == 200
        if who in {PARIS, "lecteur-paris"}:
            mine = await waiting(house, who)
            assert f"Rémunérations {len(mine)}" in page.parsed.text
        else:
            assert 'name="_reponse"' not in page.text, who
    reader = await (await house.visitor("lecteur-paris")).get("/traitement")
    assert "Né(e) le" in reader.text
    assert BOXES.findall(reader.text) == []
    assert "_reponse" not in reader.text


async def test_each_number_of_the_tabs_is_the_total_of_its_list(house: House) -> None:
    for who in (PARIS, SEINE):
        visitor = await house.visitor(who)
        page = await visitor.get("/traitement")
        tabs = re.findall(
            r'<a href="(/traitement[^"]*)"[^>]*>\s*[^<]*<span class="badge">\s*(\d+)\s*</span>',
            page.text,
        )
        assert len(tabs) == 4
        for address, number in tabs:
            there = (await visitor.get(address)).parsed.text
            total = int(number)
            assert (f" {total} " in there) if total else ("Rien n’attend ici" in there)


async def test_the_matricule_comes_first_and_is_copied_by_a_button(
    house: House,
) -> None:
    page = await (await house.visitor(SEINE)).get("/traitement")
    for line in (await waiting(house, SEINE)).values():
        assert f'aria-label="Copier le matricule {line["matricule"]}"' in page.text
        assert line["worker"]["birthName"].replace("'", "’") in page.text


async def test_rows_that_are_ticked_are_answered_by_one_post_and_taken_back_by_another(
    house: House,
) -> None:
    visitor = await house.visitor(SEINE)
    page = await visitor.get("/traitement")
    some = BOXES.findall(page.text)[:3]

    done = await answer(visitor, page, "TAKEN_INTO_ACCOUNT", ids=some)

    assert "3 lignes prises en compte." in done.parsed.text
    assert (await answered(house, SEINE)).keys() == set(some)
    assert not set(BOXES.findall(done.text)) & set(some)
    again = await visitor.submit(
        page,
        page.parsed.form(field="_cle"),
        ("_reponse", "TAKEN_INTO_ACCOUNT"),
        ids=some,
    )  # the same form sent twice: its key answers as it did
    assert "3 lignes prises en compte." in (await visitor.get(again.place)).parsed.text

    form = done.parsed.form(field="motif")
    back = await visitor.submit(done, form)
    assert "3 lignes remises à traiter." in (await visitor.get(back.place)).parsed.text
    assert await answered(house, SEINE) == {}
    twice = await visitor.submit(done, form)
    assert twice.status == 303
    assert "3 lignes remises à traiter." in (await visitor.get(twice.place)).parsed.text


async def test_nothing_ticked_is_said_above_the_list(house: House) -> None:
    visitor = await house.visitor(SEINE)
    page = await answer(
        visitor, await visitor.get("/traitement"), "TAKEN_INTO_ACCOUNT", ids=[]
    )

    assert "Aucune ligne n’était cochée" in page.parsed.text
    assert await answered(house, SEINE) == {}


async def test_lines_are_returned_with_a_reason_that_the_esat_reads(
    house: House,
) -> None:
    visitor = await house.visitor(SEINE)
    page = await visitor.get("/traitement?withWarnings=true")
    known = {
        row for row, line in (await waiting(house, SEINE)).items() if line["warnings"]
    }
    assert set(BOXES.findall(page.text)) == known
    form = await answer(visitor, page, "RETURNED", _tous="1")
    assert f"Renvoyer à l’Esat : {len(known)} ligne" in form.parsed.text
    assert "ESAT du Canal Saint-Martin" in form.parsed.text

    for changes, told in (
        ({}, "Choisissez un motif."),
        ({"motif": "Autre motif"}, "Précisez le motif"),
        ({"motif": "Pour rien"}, "Choisissez un motif."),
        (
            {"motif": "Autre motif", "precision": "Voir 2 85 05 75 999 123 72"},
            "numéro de sécurité sociale",
        ),
    ):
        wrong = await visitor.submit(
            form, form.parsed.form(field="motif"), None, **changes
        )
        assert (wrong.status, told in wrong.parsed.text) == (422, True), changes
    assert await answered(house, SEINE) == {}

    words = {"motif": "Taux d’activité à vérifier", "precision": "depuis septembre"}
    sent = await visitor.submit(form, form.parsed.form(field="motif"), None, **words)
    landed = await visitor.get(sent.place)

    assert sent.place.startswith("/traitement?reponse=")
    assert "1 ligne renvoyée à l’Esat." in landed.parsed.text
    reason = "Taux d’activité à vérifier : depuis septembre"
    assert await answered(house, SEINE) == dict.fromkeys(known, ("RETURNED", reason))
    before = await visitor.get(form.answer.request.url.raw_path.decode())
    assert "Déjà fait le" in before.parsed.text
    await visitor.submit(landed, landed.parsed.form(field="motif"))
    assert await answered(house, SEINE) == {}


async def test_what_has_come_since_the_list_was_read_is_told_and_left(
    house: House,
) -> None:
    """The certificate is deposited anew after the list was read: its lines are others."""
    visitor = await house.visitor(SEINE)
    old = await waiting(house, SEINE)
    page = await visitor.get("/traitement")
    lines = last_year()[CANAL]
    await house.data(
        "declarante-canal",
        "mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) { batch { id } } }",
        input={
            "establishment": {"siret": CANAL}, "campaignYear": 2026, "deposit": True, "mode": "ACCEPT_VALID",
            "idempotencyKey": "queue", "lines": lines[:40],
        },
    )  # fmt: skip
    new = set(await waiting(house, SEINE)) - set(old)
    assert new

    done = await answer(
        visitor, page, "TAKEN_INTO_ACCOUNT", _tous="1", _vu="2026-12-10T07:59:59+00:00"
    )

    count = len(new)
    assert f"{len(old)} lignes prises en compte." in done.parsed.text
    assert f"{count} lignes sont arrivées entre-temps" in done.parsed.text
    assert set(await waiting(house, SEINE)) == new
    await visitor.submit(done, done.parsed.form(field="motif"))


async def test_a_row_that_a_colleague_answered_meanwhile_is_refused_and_the_others_pass(
    house: House,
) -> None:
    visitor = await house.visitor(SEINE)
    page = await visitor.get("/traitement")
    one, two, *_ = BOXES.findall(page.text)
    await house.do(
        SEINE, "remunerationsProcess", lineIds=[one], outcome="TAKEN_INTO_ACCOUNT"
    )

    done = await answer(visitor, page, "TAKEN_INTO_ACCOUNT", ids=[one, two, "lin_x"])

    assert "1 ligne prise en compte." in done.parsed.text
    assert "2 lignes n’ont pas été traitées" in done.parsed.text
    (report,) = set(re.findall(r'href="(/traitement/reponses/[^"]*)"', done.text))
    told = (await visitor.get(report)).parsed.text
    assert "La Caf a déjà répondu" in told
    await visitor.submit(done, done.parsed.form(field="motif"))


async def test_changes_are_answered_and_taken_back(house: House) -> None:
    visitor = await house.visitor(PARIS)
    page = await visitor.get("/traitement/changements")
    ids = BOXES.findall(page.text)
    assert len(ids) == 2
    assert "dernier jour" in page.parsed.text

    done = await answer(visitor, page, "TAKEN_INTO_ACCOUNT", _tous="1")

    assert "2 lignes prises en compte." in done.parsed.text
    assert BOXES.findall(done.text) == []
    back = await visitor.submit(done, done.parsed.form(field="motif"))
    there = await visitor.get(back.place)
    assert BOXES.findall(there.text) == ids


async def test_a_withdrawal_is_noted(house: House) -> None:
    visitor = await house.visitor(PARIS)
    query = "{ lines(withdrawn: true, processed: false, first: 100) { nodes { id matricule } } }"
    await house.data(
        "declarante-canal",
        "mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) { batch { id } } }",
        input={
            "establishment": {"siret": CANAL}, "campaignYear": 2026, "deposit": True, "mode": "ACCEPT_VALID",
            "idempotencyKey": "retrait", "lines": last_year()[CANAL][:30], "acknowledgeRemovals": 10,
        },
    )  # fmt: skip
    gone = (await house.data(PARIS, query))["lines"]["nodes"]
    page = await visitor.get("/traitement/disparues")
    assert gone
    assert set(BOXES.findall(page.text)) == {line["id"] for line in gone}

    done = await answer(visitor, page, "WITHDRAWAL_NOTED", ids=[gone[0]["id"]])

    assert "1 retrait noté." in done.parsed.text
    assert len((await house.data(PARIS, query))["lines"]["nodes"]) == len(gone) - 1


async def test_the_export_is_what_the_filter_shows(house: House) -> None:
    visitor = await house.visitor(PARIS)
    for address in ("/traitement", "/traitement?withWarnings=true", "/traitement/non-declarees"):  # fmt: skip
        page = await visitor.get(address)
        button = ("format", "csv")
        file = await visitor.submit(page, page.parsed.form(button=button), button)
        rows = list(
            csv.DictReader(io.StringIO(file.answer.content.decode("utf-8-sig")), delimiter=";")
        )  # fmt: skip
        total = re.search(r"<title>[^(]*\((\d+)\)", page.text)
        assert total is not None
        assert len(rows) == int(total[1])
        assert all(row["Matricule"] for row in rows)


async def test_a_search_by_name_or_by_matricule_puts_neither_in_an_address_nor_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "httpx")  # it logs each address, unless quieted
    visitor = await house.visitor(PARIS)
    line = next(iter((await waiting(house, PARIS)).values()))
    for words in (line["worker"]["birthName"], line["matricule"]):
        sent = await visitor.search("/traitement", words)
        assert sent.status == 303
        assert words not in sent.place
        found = await visitor.get(sent.place)
        assert line["id"] in BOXES.findall(found.text)
        page = re.search(r'href="([^"]*after=[^"]*)"', found.text)
        assert page is None or words not in page[1]
    assert "/traitement" in caplog.text
    assert line["worker"]["birthName"] not in caplog.text
    assert line["matricule"] not in caplog.text


async def test_an_answer_is_its_authors_alone_and_bad_input_is_told(
    house: House,
) -> None:
    visitor = await house.visitor(PARIS)
    page = await visitor.get("/traitement")
    ids = BOXES.findall(page.text)[:1]
    form = page.parsed.form(field="_cle")
    sent = await visitor.submit(page, form, ("_reponse", "RETURNED"), ids=ids)
    stranger = await house.visitor(SEINE)

    assert (await stranger.get(sent.place)).status == 404
    assert (await visitor.get("/traitement/reponses/ent_rien")).status == 404
    for changes in ({"_page": "users"}, {"_vu": "hier", "_tous": "1"}, {"_filtre": "s=faux", "_tous": "1"}):  # fmt: skip
        wrong = await visitor.submit(
            page, form, ("_reponse", "TAKEN_INTO_ACCOUNT"), **changes
        )
        assert wrong.status in {400, 404}, changes
    pairs = [*form.filled({"ids": ids}, None), ("_reponse", "WITHDRAWAL_NOTED")]
    assert (await visitor.post("/traitement/reponses", pairs)).status == 404
    elsewhere = await visitor.submit(page, form, ("_reponse", "RETURNED"), ids=ids, _retour="https://ailleurs.invalid/")  # fmt: skip
    assert 'href="https://ailleurs' not in (await visitor.get(elsewhere.place)).text


async def test_no_name_and_no_amount_stands_in_a_saved_answer_or_in_the_journal(
    house: House,
) -> None:
    visitor = await house.visitor(PARIS)
    page = await visitor.get("/traitement")
    lines = await waiting(house, PARIS)
    await answer(visitor, page, "TAKEN_INTO_ACCOUNT", ids=BOXES.findall(page.text)[:2])
    async with house.database.looking() as session:
        saved = [str(row) for row in await session.scalars(_column(EntryRecord, "content"))]  # fmt: skip
        told = [str(row) for row in await session.scalars(_column(JournalEntry, "after"))]  # fmt: skip
    for line in lines.values():
        for text in (line["worker"]["birthName"], line["matricule"]):
            assert not any(text in each for each in (*saved, *told)), text


def _column(record: Any, name: str) -> Any:  # noqa: ANN401 a select
    return select(getattr(record, name))


@pytest.mark.parametrize("tab", ["", "/changements", "/disparues", "/non-declarees"])
async def test_a_page_asks_little(house: House, tab: str) -> None:
    visitor = await house.visitor(PARIS)
    await visitor.get("/traitement" + tab)
    visit = await visitor.get("/traitement" + tab)

    assert len(visit.questions) == 1
    assert len(visit.answer.content) < 150_000
