"""A declarant: what there is to declare, of whom, and what they answer."""

import re

import pytest

from .houses import House, Visit
from .markup import Form

WHO, PLACE = "declarante-canal", "est_99990001200025"
ROSTER = f"/declarations/{PLACE}/2026"


def words(text: str) -> str:
    """The text of a page, its spaces plain."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))


async def test_home_says_what_to_declare_for_how_many_and_until_when(
    house: House,
) -> None:
    home = await (await house.visitor(WHO)).get("/")

    page = words(home.text)
    assert page.count("Novembre 2026 : rien n’est déposé.") == 1
    assert "À déposer jusqu’au 15 janvier 2027 inclus" in page
    assert re.search(r"7\d personnes attendues", page)
    assert "Rien à faire" not in page
    assert f'href="{ROSTER}"' in home.text
    assert '<a href="/declarer">Déclarer</a>' in home.text


async def test_declaring_lists_each_establishment_once(house: House) -> None:
    page = await (await house.visitor(WHO)).get("/declarer")

    assert page.text.count(f'href="{ROSTER}"') == 1
    assert words(page.text).count("rien n’est déposé") == 1


async def test_a_roster_is_filtered_and_shows_each_person(house: House) -> None:
    visitor = await house.visitor(WHO)
    everybody = words((await visitor.get(ROSTER)).text)
    assert "Lefèvre" in everybody
    assert "33,33 %" in everybody
    assert "Manquante" in everybody

    departed = words((await visitor.get(f"{ROSTER}?standing=DEPARTED")).text)
    assert "Partie avant novembre" in departed
    assert "Manquante" not in departed


async def test_an_answer_moves_a_person_out_of_the_roster_and_back(
    house: House,
) -> None:
    visitor = await house.visitor(WHO)
    page = await visitor.get(f"{ROSTER}?standing=MISSING")
    before = length(page)
    form = answering(page)

    done = await visitor.submit(page, form, answers(form)[0])

    assert done.status == 303
    after = await visitor.get(done.place)
    assert "La réponse est enregistrée." in words(after.text)
    assert length(after) == before - 1
    beside = await visitor.get(f"{ROSTER}?standing=NOT_BENEFICIARY")
    taken_back = next(b for b in answers(answering(beside)) if b[1].startswith("NONE"))
    again = await visitor.submit(beside, answering(beside), taken_back)
    assert "est attendue" in words((await visitor.get(again.place)).text)
    assert length(await visitor.get(f"{ROSTER}?standing=MISSING")) == before


def answering(page: Visit) -> Form:
    """The form of the roster, whose buttons are the answers."""
    return next(form for form in page.parsed.forms if answers(form))


def answers(form: Form) -> list[tuple[str, str]]:
    return [button for button in form.buttons if button[0] == "reponse"]


def length(page: Visit) -> int:
    """How many persons the roster holds, by its caption."""
    caption = re.search(r"<caption[^>]*>(\d+)", page.text)
    assert caption
    return int(caption[1])


@pytest.mark.parametrize("who", ["agent-reunion", "gestionnaire-ateliers"])
async def test_a_stranger_reads_no_roster(house: House, who: str) -> None:
    visitor = await house.visitor(who)

    assert (await visitor.get(ROSTER)).status == 404


@pytest.mark.parametrize("year", ["2019", "abc", "9" * 30])
async def test_a_campaign_that_is_not_there_is_not_found(
    house: House, year: str
) -> None:
    visitor = await house.visitor(WHO)

    assert (await visitor.get(f"/declarations/{PLACE}/{year}")).status == 404
