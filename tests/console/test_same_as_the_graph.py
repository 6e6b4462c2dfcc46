"""Whatever the console shows, the graph answers to the same person.

And what it does not answer, no page tells.
"""

import html
import json
import re
from collections.abc import Sequence

import pytest

from console.kernel.page import Page
from console.kernel.paths import path
from console.site import ACTS, PAGES
from persistence.records import Import

from .addresses import form, world_ids
from .houses import House, Visit
from .markup import steady
from .places import PERSONAS, addresses, extraction

pytestmark = (
    pytest.mark.both_databases
)  # every document of the desk becomes SQL of its own

MOST_STATEMENTS = 3
"""The session, the caller, the page's own query."""
BESIDES = {"why": 2, "who_can": 2}
"""The facts of an object, and what the register says of who may."""


@pytest.fixture(scope="module", autouse=True)
async def furnished(house: House) -> None:
    await extraction(house)


def root_of(page: Page, visit: Visit) -> object:
    """What must be there for the page to exist."""
    data = visit.heard[0].answer["data"]
    return path({**data}, page.root) if page.root else data


def whose(house: House) -> Sequence[str]:
    """Everyone on SQLite.

    An agent, a national administrator and a manager on PostgreSQL, which answers alike.
    """
    return (
        PERSONAS
        if house.dialect == "sqlite"
        else ("agent-paris", "admin-national", "gestionnaire-canal")
    )


async def answered(house: House, page: Page) -> set[int]:
    statuses = set()
    for who in whose(house):
        visitor = await house.visitor(who)
        for address in await addresses(house, page):
            visit = await visitor.get(address)
            question = visit.heard[0]  # a page that is refused asks its frame besides
            assert question.who == who
            assert question.answer == await house.api(
                who, question.query, question.variables
            ), (who, address)
            assert visit.status == (404 if root_of(page, visit) is None else 200), (
                who,
                address,
                visit.parsed.text,
            )
            statuses.add(visit.status)
    return statuses


@pytest.mark.thirds
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_a_page_is_given_what_the_graph_answers_to_the_same_person(
    house: House, page: Page
) -> None:
    statuses = await answered(house, page)

    assert 200 in statuses
    assert 404 in statuses or not page.root


@pytest.mark.thirds
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_a_page_shows_its_own_request_and_it_is_the_one_it_asked(
    house: House, page: Page
) -> None:
    visitor = await house.visitor("agent-paris")
    for address in await addresses(house, page):
        visit = await visitor.get(
            address + ("&" if "?" in address else "?") + "requete=1"
        )
        if visit.status == 404:
            continue
        question = visit.heard[0]
        answers = dict(
            re.findall(r'<pre [^>]*id="code-(\w+)">(.*?)</pre>', visit.text, re.DOTALL)
        )

        assert html.unescape(answers["document"]) == question.query
        variables = json.loads(html.unescape(answers["variables"]))
        assert variables == {
            k: v for k, v in question.variables.items() if v is not None
        }
        assert (
            await house.api("agent-paris", question.query, variables) == question.answer
        )


@pytest.mark.thirds
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.document)
async def test_a_page_is_a_few_statements_for_whoever_asks(
    house: House, page: Page
) -> None:
    for who in ("agent-paris", "admin-national", "gestionnaire-canal"):
        visitor = await house.visitor(who)
        for address in await addresses(house, page):
            await visitor.get(address)
            with house.overheard() as statements:
                visit = await visitor.get(address)

            assert visit.status in {200, 404}
            assert len(statements) <= MOST_STATEMENTS + BESIDES.get(page.document, 0), [
                one[:150] for one in statements
            ]
            assert "BEGIN" not in statements


async def test_a_form_is_a_few_statements(house: House) -> None:
    ids = await world_ids(house.data) | {
        "importId": (await house.ids(Import))[0],
        "lineId": "exl_rien",
    }
    visible = []
    for act in ACTS.values():
        visitor = await house.visitor(
            "admin-national"
            if act.section in {"/referentiel", "/agents"}
            else "agent-paris"
        )
        address = form(act.name, ids)
        await visitor.get(address)
        with house.overheard() as statements:
            visit = await visitor.get(address)
        visible += [act.name] if visit.status == 200 else []

        assert len(statements) <= MOST_STATEMENTS, (
            act.name,
            [one[:150] for one in statements],
        )
    assert len(visible) > len(ACTS) - 3


@pytest.mark.thirds
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "{id}" in page.path],
    ids=lambda page: page.document,
)
async def test_what_may_not_be_read_answers_as_what_does_not_exist(
    house: House, page: Page
) -> None:
    """The same answer, byte for byte.

    The address differs, and what each answer makes anew.
    """
    compared = 0
    for who in whose(house):
        visitor = await house.visitor(who)
        bodies = {}
        for address in await addresses(house, page):
            visit = await visitor.get(address)
            if visit.status == 404:
                headers = sorted(
                    k for k in visit.answer.headers if k != "content-length"
                )
                bodies[address] = (steady(visit.text, address), headers)
        compared += len(bodies)
        assert len({str(body) for body in bodies.values()}) <= 1, who

    assert compared >= len(whose(house))


async def test_a_person_whom_the_register_does_not_know_reads_no_page(
    house: House,
) -> None:
    visitor = await house.visitor("leo-sans-droit")
    answers = set()
    for page in PAGES:
        for address in await addresses(house, page):
            visit = await visitor.get(address)
            answers.add((visit.status, steady(visit.text, "/")))

    assert len(answers) == 1
    [(status, text)] = answers
    assert status == 403
    assert "Compte inconnu" in text


async def test_the_menu_offers_no_page_that_answers_nothing(house: House) -> None:
    for who in PERSONAS:
        visitor = await house.visitor(who)
        home = await visitor.get("/")
        menu = re.search(r'<nav class="wrap menu".*?</nav>', home.text, re.DOTALL)
        assert menu
        for address in re.findall(r'href="([^"]+)"', menu[0]):
            visit = await visitor.get(html.unescape(address))
            if visit.status == 303:
                visit = await visitor.get(visit.place)
            assert visit.status == 200, (who, address)
