"""The entry of a draft: its rows are kept as typed, and checked."""

from typing import Any

from .houses import House, Visit, Visitor
from .markup import Form
from .test_declaring import ROSTER, WHO, words

ENTRY = f"{ROSTER}/saisie"


def starting(page: Visit) -> Form:
    return page.parsed.form(button=("source", "LAST_YEAR"))


def table(page: Visit) -> Form:
    return next(
        form
        for form in page.parsed.forms
        if "line.0" in form.fields and "line.1" in form.fields
    )


async def begun(house: House) -> tuple[Visitor, Visit]:
    """A draft of everybody known, begun from the roster when there is none."""
    visitor = await house.visitor(WHO)
    page = await visitor.get(ROSTER)
    if "Commencer la saisie" in page.text:
        done = await visitor.submit(page, starting(page), ("source", "LAST_YEAR"))
        assert done.place == ENTRY
    return visitor, await visitor.get(ENTRY)


async def test_a_draft_begins_with_everybody_known_fifty_rows_at_a_time(
    house: House,
) -> None:
    _, page = await begun(house)

    assert "76 lignes" in words(page.text)
    assert page.text.count(">vide</span>") == 50
    assert "Suivants" in page.text
    assert len(page.answer.content) < 120_000


async def test_rows_are_kept_as_typed_with_each_error_beside_its_cell(
    house: House,
) -> None:
    visitor, page = await begun(house)
    form = table(page)

    cells: dict[str, Any] = {
        "netRemuneration__0": "1 012,50",
        "netAid__0": "douze",
        "esatShare__0": "17",
        "noPayReason__1": "PARENTAL_LEAVE",
    }
    done = await visitor.submit(page, form, None, **cells)

    assert done.status == 303
    after = await visitor.get(done.place)
    assert "Les lignes sont gardées et vérifiées." in words(after.text)
    assert 'value="1 012,50"' in after.text
    assert 'value="douze"' in after.text
    assert 'aria-describedby="netAid-0-said"' in after.text
    assert "Un montant s’écrit en euros" in words(after.text)
    assert after.text.count(">vide</span>") == 48
    for private in ("1012", "douze", "Lef"):
        assert private not in done.place


async def test_a_row_that_a_colleague_changed_shows_both_versions(
    house: House,
) -> None:
    visitor, page = await begun(house)
    mine, theirs = table(page), table(page)
    await visitor.submit(page, theirs, esatShare__2="11")

    done = await visitor.submit(page, mine, esatShare__2="12", esatShare__3="13")

    assert "reprise=" in done.place
    after = await visitor.get(done.place)
    assert 'value="12"' in after.text
    assert "gardé : 11" in words(after.text)
    assert "non gardée" in after.text
    assert 'value="13"' in after.text
    again = await visitor.submit(after, table(after))
    assert again.status == 303


async def test_a_line_is_shown_whole_and_taken_out(house: House) -> None:
    visitor, page = await begun(house)
    (line,) = [v for v in (table(page).filled({}, None)) if v[0] == "line.4"]

    whole = await visitor.get(f"{ENTRY}?ligne={line[1]}")
    form = whole.parsed.form(button=("_faire", "retirer"))
    done = await visitor.submit(whole, form, ("_faire", "retirer"))

    assert done.status == 303
    assert "75 lignes" in words((await visitor.get(done.place)).text)


async def test_a_stranger_enters_nothing(house: House) -> None:
    for who in ("agent-reunion", "gestionnaire-ateliers"):
        visitor = await house.visitor(who)
        assert (await visitor.get(ENTRY)).status == 404
