"""One act on several rows.

Shown before it is done, done once, and told as the server did it.
"""

import csv
import html
import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from console.kernel.answering import Console
from console.kernel.bulk import BulkPages
from console.kernel.page_errors import PageError
from persistence.records import EntryRecord

from .houses import Heard, House, Visit, Visitor
from .test_forms import PEOPLE

CANAL = "ptr_99990001200025"
SUSPEND = ("_etape", "choisir")


async def people(house: House) -> dict[str, dict[str, object]]:
    nodes = (await house.data("gestionnaire-canal", PEOPLE, id=CANAL))["partner"][
        "affiliations"
    ]["nodes"]
    return {n["user"]["id"]: n for n in nodes}


async def rows_of(house: House, *users: str) -> list[str]:
    ids_by_user = await people(house)
    return [str(ids_by_user[user]["id"]) for user in users]


async def choose(visitor: Visitor, ids: list[str], act: str = "userSuspend") -> Visit:
    """Tick these rows in the list, and choose an act."""
    page = await visitor.get("/utilisateurs?taille=100")
    sent = await visitor.post(
        f"/lots/{act}", [*page.parsed.form(field="ids").filled({"ids": ids}), SUSPEND]
    )
    return await follow(visitor, sent)


async def follow(visitor: Visitor, sent: Visit) -> Visit:
    """The page that an answer leads to; what the answer asked is told with it."""
    assert sent.status == 303, sent.parsed.text
    page = await visitor.get(sent.place)
    return Visit(page.answer, [*sent.heard, *page.heard])


async def step(
    visitor: Visitor, visit: Visit, name: str, **changes: str | list[str] | None
) -> Visit:
    return await follow(visitor, await visitor.step(visit, name, **changes))


async def previewed(visitor: Visitor, ids: list[str]) -> Visit:
    return await step(
        visitor, await choose(visitor, ids), "verifier", suspensionReason="Absence"
    )


def boxes(visit: Visit) -> list[str]:
    """The values of the boxes of a list."""
    return [
        html.unescape(v) for v in re.findall(r'name="ids" value="([^"]*)"', visit.text)
    ]


async def report_of(visitor: Visitor, report: Visit) -> list[tuple[str, str, str]]:
    """The rows of a report, as its file gives them: identifier, outcome, reasons."""
    file = await visitor.step(report, "rapport")
    assert file.answer.headers["content-type"].startswith("text/csv")
    assert (
        file.answer.headers["content-disposition"]
        == 'attachment; filename="rapport-user_suspend.csv"'
    )
    lines = list(
        csv.reader(io.StringIO(file.answer.content.decode("utf-8-sig")), delimiter=";")
    )
    return [(line[0], line[2], line[3]) for line in lines[1:]]


def acts(visit: Visit) -> list[Heard]:
    return [heard for heard in visit.heard if heard.query.startswith("mutation")]


def targets(visit: Visit) -> list[str]:
    return [heard.variables["input"]["affiliationId"] for heard in acts(visit)]


def token_of(visit: Visit) -> str:
    return next(v for f in visit.parsed.forms for n, v in f.values if n == "_jeton")


async def reinstate(house: House, *users: str) -> None:
    for row in await rows_of(house, *users):
        await house.do("gestionnaire-canal", "userReinstate", affiliationId=row)


# from the list to the report


async def test_the_rows_that_are_ticked_are_previewed_then_done_and_told_one_by_one(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    ids = await rows_of(house, "usr_lecteur-canal", "usr_preparatrice-canal")
    await house.do(
        "gestionnaire-canal",
        "userSuspend",
        affiliationId=ids[1],
        suspensionReason="Déjà",
    )

    chosen = await choose(visitor, ids)
    preview = await step(visitor, chosen, "verifier", suspensionReason="Absence longue")
    before = await people(house)
    report = await step(visitor, preview, "faire")

    assert chosen.status == preview.status == report.status == 200
    assert "Rien n’est encore fait" in preview.parsed.text
    assert not before["usr_lecteur-canal"]["suspended"]
    assert all(h.variables["input"]["dryRun"] for h in acts(preview))
    assert "refusé" in preview.text
    assert (await people(house))["usr_lecteur-canal"]["suspended"]
    assert targets(report) == ids[:1]
    assert [(i, o) for i, o, _ in await report_of(visitor, report)] == [
        (ids[0], "Fait"),
        (ids[1], "Refusé"),
    ]
    await reinstate(house, "usr_lecteur-canal", "usr_preparatrice-canal")


async def test_nothing_is_done_without_its_reason(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    chosen = await choose(visitor, await rows_of(house, "usr_preparatrice-canal"))

    visit = await visitor.step(chosen, "verifier", suspensionReason=" ")

    assert visit.status == 422
    assert "est à renseigner" in visit.parsed.text
    assert not acts(visit)


async def test_a_report_is_a_file_too_and_what_was_refused_may_begin_again_alone(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    ids = await rows_of(house, "usr_declarant-canal", "usr_preparatrice-canal")
    preview = await previewed(visitor, ids)
    await house.do(
        "gestionnaire-canal",
        "userSuspend",
        affiliationId=ids[1],
        suspensionReason="Entre-temps",
    )

    report = await step(visitor, preview, "faire")
    lines = await report_of(visitor, report)
    again = await visitor.step(await step(visitor, report, "recommencer"), "verifier")

    assert [(i, o) for i, o, _ in lines] == [(ids[0], "Fait"), (ids[1], "Refusé")]
    assert lines[1][2]
    assert targets(again) == [ids[1]]
    assert [h.variables["input"]["suspensionReason"] for h in acts(again)] == [
        "Absence"
    ]
    await reinstate(house, "usr_declarant-canal", "usr_preparatrice-canal")


async def test_all_the_results_of_the_filter_are_chosen_and_no_other(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get("/utilisateurs?suspended=true")
    form = page.parsed.form(field="ids")

    sent = await visitor.post(
        "/lots/userDeactivate", [*form.filled({"_tous": "1"}), SUSPEND]
    )
    preview = await step(visitor, await follow(visitor, sent), "verifier")

    assert targets(preview) == boxes(page)
    assert boxes(page)


async def test_all_the_results_of_a_search_by_name_are_chosen_too(house: House) -> None:
    visitor = await house.visitor("agent-paris")
    listed = await visitor.get((await visitor.search("/utilisateurs", "Dubois")).place)
    form = listed.parsed.form(field="ids")

    sent = await visitor.post(
        "/lots/userSuspend", [*form.filled({"_tous": "1"}), SUSPEND]
    )
    chosen = await follow(visitor, sent)

    assert "1 ligne" in chosen.parsed.headings[0].replace("\u00a0", " ")
    assert "Dubois" in chosen.parsed.text


# once, and as the server did it


async def test_each_row_of_a_lot_has_a_key_of_its_own(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    preview = await previewed(
        visitor, await rows_of(house, "usr_declarante-canal", "usr_declarant-canal")
    )

    report = await step(visitor, preview, "faire")

    keys = [heard.variables["input"]["idempotencyKey"] for heard in acts(report)]
    assert len(keys) == len(set(keys)) == 2
    await reinstate(house, "usr_declarante-canal", "usr_declarant-canal")


async def test_a_lot_that_was_cut_is_taken_up_where_it_was_and_nothing_is_done_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    ids = await rows_of(house, "usr_declarante-canal", "usr_declarant-canal")
    preview = await previewed(visitor, ids)

    with monkeypatch.context() as cut:  # the first row is done, then the process stops
        cut.setattr(BulkPages, "_try", _then_stop(BulkPages._try))  # noqa: SLF001 where a cut can fall
        assert (await visitor.step(preview, "faire")).status == 500
    report = await visitor.get(preview.answer.request.url.raw_path.decode())
    meanwhile = await people(house)
    await reinstate(house, "usr_declarante-canal")
    again = await step(visitor, report, "faire")

    assert meanwhile["usr_declarante-canal"]["suspended"]
    assert not meanwhile["usr_declarant-canal"]["suspended"]
    assert "L’issue de 2 lignes n’est pas connue" in report.parsed.text.replace(
        "\u00a0", " "
    )
    after = await people(house)
    assert not after["usr_declarante-canal"]["suspended"], "a row was done twice"
    assert after["usr_declarant-canal"]["suspended"]
    assert [(i, o) for i, o, _ in await report_of(visitor, again)] == [
        (i, "Fait") for i in ids
    ]
    await reinstate(house, "usr_declarant-canal")


def _then_stop(do: Any) -> Any:  # noqa: ANN401 a method
    async def once(*arguments: Any, **also: Any) -> None:  # noqa: ANN401 its arguments
        await do(*arguments, **also)
        raise RuntimeError("the process stops")

    return once


async def test_a_row_that_the_server_did_not_settle_is_told_as_unknown_and_taken_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    ids = await rows_of(house, "usr_declarante-canal", "usr_declarant-canal")
    preview = await previewed(visitor, ids)

    with monkeypatch.context() as away:
        away.setattr(Console, "ask", _busy_for(Console.ask, ids[0]))
        report = await step(visitor, preview, "faire")
    unsettled = await report_of(visitor, report)
    again = await step(visitor, report, "faire")

    assert [(i, o) for i, o, _ in unsettled] == [
        (ids[0], "Issue inconnue"),
        (ids[1], "Fait"),
    ]
    assert targets(again) == ids[:1]
    assert [o for _, o, _ in await report_of(visitor, again)] == ["Fait", "Fait"]
    await reinstate(house, "usr_declarante-canal", "usr_declarant-canal")


def _busy_for(ask: Any, row: str) -> Any:  # noqa: ANN401 a method
    async def busy(
        console: Console,
        session: Any,  # noqa: ANN401 its arguments
        document: Any,  # noqa: ANN401 its arguments
        variables: Any,  # noqa: ANN401 its arguments
    ) -> Any:  # noqa: ANN401 its answer
        if variables.get("input", {}).get("affiliationId") == row:
            raise PageError(503)
        return await ask(console, session, document, variables)

    return busy


async def test_a_report_that_is_opened_again_tells_the_same_and_does_nothing(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    preview = await previewed(visitor, await rows_of(house, "usr_declarante-canal"))
    report = await step(visitor, preview, "faire")
    await reinstate(house, "usr_declarante-canal")

    again = await step(visitor, preview, "faire")

    assert acts(again) == []
    assert (
        again.parsed.headings
        == report.parsed.headings
        == ["Suspendre\u00a0: compte rendu"]
    )
    assert not (await people(house))["usr_declarante-canal"]["suspended"]


# whose


async def test_a_lot_is_read_by_whoever_began_it_alone(house: House) -> None:
    visitor, other = (
        await house.visitor("gestionnaire-canal"),
        await house.visitor("agent-paris"),
    )
    chosen = await choose(visitor, await rows_of(house, "usr_declarante-canal"))
    address = chosen.answer.request.url.raw_path.decode()

    assert (await other.get(address)).status == 404
    assert (
        await other.post(address, [("_jeton", token_of(await other.get("/sessions")))])
    ).status == 404
    assert (
        await visitor.get(address.replace("userSuspend", "bulletinClose"))
    ).status == 404


async def test_no_name_of_a_lot_is_in_the_register_in_clear_nor_in_its_form(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    chosen = await choose(visitor, await rows_of(house, "usr_declarante-canal"))

    async with house.database.looking() as session:
        contents = list(await session.scalars(select(EntryRecord.content)))

    assert "Dubois" in chosen.parsed.text
    assert contents
    assert not [
        content for content in contents if b"ubois" in content or b"aff_" in content
    ]
    assert "ubois" not in str([form.values for form in chosen.parsed.forms])


async def test_a_row_that_one_may_not_read_is_refused_as_one_that_does_not_exist(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    strange = "query($id: ID!) { partner(by: {id: $id}) { affiliations(first: 1) { nodes { id } } } }"
    [other] = (await house.data("agent-cna", strange, id="ptr_99990002000010"))[
        "partner"
    ]["affiliations"]["nodes"]
    [own] = await rows_of(house, "usr_lecteur-canal")
    await house.do(
        "gestionnaire-canal", "userSuspend", affiliationId=own, suspensionReason="Déjà"
    )
    chosen = await choose(visitor, [own, other["id"], "aff_rien"])

    forged = await step(visitor, chosen, "verifier", suspensionReason="Forgé")

    assert forged.status == 200
    assert ("_etape", "faire") not in {
        button for form in forged.parsed.forms for button in form.buttons
    }
    assert not [h for h in acts(forged) if not h.variables["input"]["dryRun"]]
    answers = [h.answer["data"]["userSuspend"]["errors"] for h in acts(forged)][1:]
    assert answers[0] == answers[1]
    assert answers[0][0]["code"] == "NOT_FOUND"
    await reinstate(house, "usr_lecteur-canal")


@pytest.mark.parametrize(
    ("address", "pairs"),
    [
        ("/lots/conventionClose", [("_page", "users"), ("_retour", "/"), ("ids", "x")]),
        ("/lots/userSuspend", [("_page", "partners"), ("_retour", "/"), ("ids", "x")]),
        ("/lots/userSuspend", [("_page", "users"), ("_retour", "/")]),
        ("/lots/inventé", [("_page", "users"), ("_retour", "/"), ("ids", "x")]),
        (
            "/lots/userSuspend",
            [
                ("_page", "users"),
                ("_retour", "/"),
                *[("ids", f"x{n}") for n in range(1001)],
            ],
        ),
        ("/lots/userSuspend", [("_page", "users"), ("_retour", "/"), ("ids", "x")]),
        ("/lots/userSuspend/ent_rien", [("_etape", "faire")]),
    ],
)
async def test_a_lot_that_no_list_offers_is_refused(
    house: House, address: str, pairs: list[tuple[str, str]]
) -> None:
    visitor = await house.visitor("gestionnaire-canal")

    visit = await visitor.post(
        address, [*pairs, ("_jeton", token_of(await visitor.get("/sessions")))]
    )

    assert visit.status in {400, 404}
    assert not acts(visit)


async def test_a_lot_whose_form_was_tampered_with_breaks_nothing(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    [own] = await rows_of(house, "usr_declarante-canal")
    plain = [
        ("_jeton", token_of(await visitor.get("/sessions"))),
        ("_page", "users"),
        ("ids", own),
    ]

    for more in (
        [],
        [("_retour", "//exemple.invalid")],
        [("_etape", "rapport"), ("lignes", "x")],
        [("_filtre", "%%%")],
    ):
        visit = await follow(
            visitor, await visitor.post("/lots/userSuspend", [*plain, *more])
        )
        assert visit.status == 200
        assert "exemple.invalid" not in str(re.findall(r'href="([^"]*)"', visit.text))
        for name in ("faire", "rapport", "recommencer", "inventé"):
            sent = await visitor.post(
                visit.answer.request.url.raw_path.decode(), [*plain, ("_etape", name)]
            )
            assert sent.status == 303
            assert not acts(sent)
