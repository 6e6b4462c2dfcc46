"""A deposit: verified, ticked, received; what each Caf did with it; and « néant »."""

import re
from typing import Any

import pytest

from .houses import House, Visit, Visitor
from .markup import Form
from .test_declaring import PLACE, ROSTER, WHO, words
from .test_entering import ENTRY, starting, table

CHECK, OUTCOMES, NOBODY = (f"{ROSTER}/{tab}" for tab in ("verifier", "suites", "neant"))
PAID = {"netRemuneration": "380,10", "netAid": "266,00", "esatShare": "22"}


def depositing(page: Visit) -> Form:
    return next(form for form in page.parsed.forms if "verifie" in form.fields)


async def entered(house: House, *ranks: int) -> Visitor:
    """A draft of everybody known, whose lines of these ranks are good."""
    visitor = await house.visitor(WHO)
    page = await visitor.get(ROSTER)
    if "Partir de l’effectif connu" in page.text:
        await visitor.submit(page, starting(page), ("source", "LAST_YEAR"))
    entry = await visitor.get(ENTRY)
    cells: dict[str, Any] = {
        f"{name}__{rank}": text for rank in ranks for name, text in PAID.items()
    }
    cells |= {f"rate__{rank}": "33,33" for rank in ranks}
    await visitor.submit(entry, table(entry), None, **cells)
    return visitor


async def test_nothing_is_deposited_without_the_ticks(house: House) -> None:
    visitor = await entered(house, 0, 1)
    page = await visitor.get(CHECK)

    told = words(page.text)
    assert "76 lignes" in told
    assert "760,20 €" in told
    assert "532 €" in told
    assert "Déposer 2 lignes" in told
    unticked = await visitor.submit(page, depositing(page))
    assert unticked.place == f"{CHECK}?erreur=coche"
    assert "Cochez" in words((await visitor.get(unticked.place)).text)
    unanswered = await visitor.submit(page, depositing(page), verifie="oui")
    assert unanswered.place == f"{CHECK}?erreur=absentes"
    assert "rien n’est déposé" in words((await visitor.get("/")).text)


async def test_a_draft_that_moved_is_verified_again(house: House) -> None:
    visitor = await entered(house, 0, 1)
    page = await visitor.get(CHECK)
    await entered(house, 2)

    done = await visitor.submit(page, depositing(page), verifie="oui", sans_ligne="oui")

    assert done.place == f"{CHECK}?erreur=change"


async def test_a_deposit_leads_to_its_receipt_and_its_outcomes(house: House) -> None:
    visitor = await entered(house, 0, 1, 2)
    page = await visitor.get(CHECK)

    done = await visitor.submit(page, depositing(page), verifie="oui", sans_ligne="oui")

    assert done.status == 303
    receipt = words((await visitor.get(done.place)).text)
    assert "Accusé d’enregistrement" in receipt
    assert "Nombre de lignes 3" in receipt
    assert re.search(r"n° \d Déposée", words((await visitor.get(OUTCOMES)).text))
    again = await visitor.submit(
        page, depositing(page), verifie="oui", sans_ligne="oui"
    )
    assert again.place == f"{CHECK}?erreur=change"
    home = words((await visitor.get("/")).text)
    assert re.search(r"\(n° \d\), 3 personnes", home)


async def test_a_line_that_the_caf_returned_is_said_and_corrected(
    house: House,
) -> None:
    visitor = await house.visitor(WHO)
    query = 'query($id: ID!) { node(id: $id) { ... on Establishment { declarations(campaignId: "cmp_2026", status: DEPOSITED, first: 1) { nodes { id lines(first: 5) { nodes { id } } } } } } }'
    data = await house.data(WHO, query, id=PLACE)
    line = data["node"]["declarations"]["nodes"][0]["lines"]["nodes"][0]["id"]
    await house.do(
        "agent-paris",
        "remunerationsProcess",
        lineIds=[line],
        outcome="RETURNED",
        processingReason="Le taux ne correspond pas",
    )

    home = await visitor.get("/")
    assert "1 ligne renvoyée par la Caf" in words(home.text)
    assert f'href="{OUTCOMES}"' in home.text
    page = await visitor.get(OUTCOMES)
    assert "Le taux ne correspond pas" in words(page.text)


async def test_nobody_to_declare_is_confirmed_then_received(house: House) -> None:
    visitor = await house.visitor(WHO)
    page = await visitor.get(NOBODY)
    assert "personnes sont attendues" in words(page.text)
    assert (
        await visitor.submit(page, depositing(page))
    ).place == f"{NOBODY}?erreur=coche"

    done = await visitor.submit(
        page, depositing(page), verifie="oui", motif="Plus aucun bénéficiaire"
    )

    assert done.status == 303
    assert "Néant" in words((await visitor.get(done.place)).text)


@pytest.mark.parametrize("address", [CHECK, OUTCOMES, NOBODY])
async def test_a_stranger_deposits_nothing(house: House, address: str) -> None:
    for who in ("agent-reunion", "gestionnaire-ateliers"):
        assert (await (await house.visitor(who)).get(address)).status == 404
