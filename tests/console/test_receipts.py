"""The printed receipt, and the letter to the worker, in easy-to-read French."""

import html
import re
from typing import NamedTuple

import pytest

from persistence.sealing import JournalSealer
from persistence.seeds.fiction import fictional_signer
from tests.acting.ledger import rows
from tests.journeys.payroll import a_deposit, a_line, a_nir

from .houses import House, Visit

CANAL, WHO = "99990001200025", "declarante-canal"
MOST_WORDS = 15
ACRONYM = re.compile(r"\b(?:[A-ZÀ-Ý]{2,}|Esat|Caf)\b")


class Deposit(NamedTuple):
    """A declaration, its line of somebody paid and its line of somebody not paid."""

    declaration: str
    paid: str
    unpaid: str


@pytest.fixture(scope="module")
async def deposit(house: House) -> Deposit:
    unpaid = {"netRemuneration": None, "netAid": None, "esatShare": None, "noPayReason": "PARENTAL_LEAVE"}  # fmt: skip
    dual = {"dualActivity": "O", "dualActivitySince": "01/09/2026", "rate": "80"}
    values = a_deposit(
        CANAL, "letter", a_line(1, usedName="Zinnia", **dual), a_line(2, **unpaid)
    )
    shown = "batch { declaration { id lines { nodes { id } } } errors: results { nodes { errors { code } } } }"
    batch = (await house.do(WHO, "remunerationsDeclare", shown, **values))["batch"]
    assert batch["declaration"], batch
    paid, unpaid_line = batch["declaration"]["lines"]["nodes"]
    return Deposit(batch["declaration"]["id"], paid["id"], unpaid_line["id"])


async def seal(house: House) -> None:
    sealer = JournalSealer(house.database, house.machine.now, fictional_signer())
    while await sealer.seal():
        pass


async def the_letter(house: House, line: str, who: str = WHO) -> Visit:
    visitor = await house.visitor(who)
    page = await visitor.get(f"/lignes/{line}/lettre")
    assert page.status == 200
    (form,) = (
        f
        for f in page.parsed.forms
        if f.fields == {"_jeton"} and "deconnexion" not in f.action
    )
    return await visitor.submit(page, form)


async def opened_letters(house: House) -> list[str]:
    found = await rows(house.database, "SELECT object_id FROM journal WHERE act = 'workerLetterOpen' ORDER BY seq")  # fmt: skip
    return [row["object_id"] for row in found]


async def test_a_receipt_is_being_made_until_it_is_signed(
    house: House, deposit: Deposit
) -> None:
    visitor = await house.visitor(WHO)
    address = f"/declarations/{deposit.declaration}"
    assert "Reçu en cours d’établissement" in (await visitor.get(address)).text

    await seal(house)
    visit = await visitor.get(address)

    (receipt,) = await rows(house.database, f"SELECT document FROM receipt WHERE declaration_id = '{deposit.declaration}'")  # noqa: S608 our own word  # fmt: skip
    assert html.escape(receipt["document"]).replace("&quot;", "&#34;") in visit.text
    assert "en cours d’établissement" not in visit.text
    assert f'href="/lignes/{deposit.paid}/lettre"' in visit.text


async def test_a_letter_is_opened_by_its_button_and_the_journal_says_so(
    house: House, deposit: Deposit
) -> None:
    before = await opened_letters(house)
    visitor = await house.visitor(WHO)
    page = await visitor.get(f"/lignes/{deposit.paid}/lettre")
    assert "833,01" not in page.text
    assert await opened_letters(house) == before

    letter = await the_letter(house, deposit.paid)

    assert "1\u202f112,32\u00a0€" in letter.text
    assert "Ariel Zinnia" in letter.text
    assert await opened_letters(house) == [*before, deposit.paid]


@pytest.mark.parametrize("who", [WHO, "agent-paris"])
@pytest.mark.parametrize("line", ["paid", "unpaid"])
async def test_a_letter_is_easy_to_read_and_holds_no_number(
    house: House, deposit: Deposit, line: str, who: str
) -> None:
    """Also as the Caf that pays opens it, which does not read the whole declaration."""
    await seal(house)
    letter = await the_letter(house, getattr(deposit, line), who)

    blocks = re.findall(r"<(h1|h2|p|li)\b[^>]*>(.*?)</\1>", article(letter), re.DOTALL)
    sentences = []
    for _, block in blocks:
        plain = html.unescape(re.sub(r"<[^>]*>", "", block))
        sentences += [s for s in re.split(r"(?<=[.?!])\s+", plain.strip()) if s]
    assert len(sentences) > 25
    assert [s for s in sentences if len(s.split()) > MOST_WORDS] == []
    words = " ".join(sentences)
    own_words = re.sub(r"<strong>.*?</strong>", "", article(letter), flags=re.DOTALL)
    for acronym in set(ACRONYM.findall(re.sub(r"<[^>]*>", "", own_words))):
        assert f"{acronym} veut dire" in words, acronym
    for number in (1, 2):
        assert a_nir(number)[:13] not in letter.text
    assert "1 85 05" not in words.replace("\u00a0", " ")
    assert "dual" not in words


def article(letter: Visit) -> str:
    return letter.text[letter.text.index("<article") : letter.text.index("</article>")]


async def test_a_letter_of_a_line_that_one_does_not_read_is_not_there(
    house: House, deposit: Deposit
) -> None:
    stranger = await house.visitor("agent-reunion")

    assert (await stranger.get(f"/lignes/{deposit.paid}/lettre")).status == 404
    assert (await stranger.get(f"/declarations/{deposit.declaration}")).status == 404
