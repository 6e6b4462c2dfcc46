"""A file of a list is exactly what its filter shows, whatever the page.

It is journaled, and refused to who may not.
"""

import csv
import html
import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from console.kernel.page import Page
from console.site import PAGES
from tests.journeys.story import a_siret

from .houses import House, Visit, Visitor
from .places import BY_NAME, address_of

EXPORTED = [page for page in PAGES if page.listing and page.listing.export]
FORMULAS = ("=HYPERLINK(1)", "+33 Association", "@Esat", "－Esat", "  =1+1")
JOURNAL = '{ journal(first: 100, act: "listExport") { nodes { act reason after actor { id } } } }'
MANY = 130


@pytest.fixture(scope="module", autouse=True)
async def many(house: House) -> None:
    names = [*FORMULAS, *(f"Partenaire {index:03d}" for index in range(MANY))]
    for name in names:
        values = {
            "name": name,
            "siret": a_siret(),
            "kind": "OTHER",
            "organismId": "org_751",
        }
        await house.do("agent-paris", "partnerRegister", **values)


async def file(visitor: Visitor, address: str, kind: str = "csv") -> Visit:
    page = await visitor.get(address)
    return await visitor.submit(
        page, page.parsed.form(button=("format", kind)), ("format", kind)
    )


def rows(visit: Visit) -> list[list[str]]:
    assert visit.status == 200, visit.parsed.text
    return list(
        csv.reader(
            io.StringIO(visit.answer.content.decode("utf-8-sig"), newline=""),
            delimiter=";",
        )
    )


async def every(house: House, who: str, **filters: object) -> list[str]:
    query = """query($after: String, $kind: PartnerKind) {
      partners(first: 100, after: $after, kind: $kind) { nodes { name } pageInfo { hasNextPage endCursor } } }"""
    names: list[str] = []
    after = None
    while True:
        lines = (await house.data(who, query, after=after, **filters))["partners"]
        names += [n["name"] for n in lines["nodes"]]
        if not lines["pageInfo"]["hasNextPage"]:
            return names
        after = lines["pageInfo"]["endCursor"]


async def test_a_file_holds_every_row_of_the_filter_over_all_its_pages(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")

    lines = rows(await file(visitor, "/partenaires?kind=OTHER&taille=25"))[1:]

    names = await every(house, "agent-paris", kind="OTHER")
    assert len(names) == MANY + len(FORMULAS)
    assert [
        row[0].removeprefix("'") if row[0].startswith("'") else row[0] for row in lines
    ] == names


async def test_a_file_of_a_later_page_begins_at_the_first_row_all_the_same(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    page = await visitor.get("/partenaires?kind=OTHER&taille=50")
    [later] = re.findall(r'rel="next" href="([^"]*)"', page.text)

    lines = rows(await file(visitor, "/partenaires" + html.unescape(later)))[1:]

    assert len(lines) == MANY + len(FORMULAS)


async def test_a_file_has_the_columns_of_the_list_and_nothing_that_a_spreadsheet_runs(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    listing = BY_NAME["partners"].listing
    assert listing is not None

    [titles, *lines] = rows(await file(visitor, "/partenaires?kind=OTHER"))

    assert titles == [column.title for column in listing.columns]
    dangerous = [
        row[0]
        for row in lines
        if any(row[0].lstrip("'").strip() == f.strip() for f in FORMULAS)
    ]
    assert len(dangerous) == len(FORMULAS)
    assert all(name.startswith("'") for name in dangerous)
    assert all(len(row[1]) == 14 for row in lines)


async def test_a_workbook_holds_the_same_rows_and_the_filters_in_words(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    plain = rows(await file(visitor, "/partenaires?kind=OTHER"))

    book = load_workbook(
        io.BytesIO(
            (await file(visitor, "/partenaires?kind=OTHER", "xlsx")).answer.content
        )
    )

    sheet = book["Liste"]
    assert [[cell.value or "" for cell in row][:2] for row in sheet] == [
        row[:2] for row in plain
    ]
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert [cell.value for cell in book["Filtres appliqués"][1]] == ["Nature", "Autre"]


async def test_a_file_is_journaled_with_its_filters_and_never_with_a_name(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    place = (await visitor.search("/utilisateurs", "Dubois")).place

    lines = rows(await file(visitor, place))
    entries = (await house.data("admin-national", JOURNAL))["journal"]["nodes"]

    assert [row[0] for row in lines[1:]] == ["Dubois"]
    assert entries
    assert "ubois" not in str(entries)


@pytest.mark.thirds
@pytest.mark.parametrize("page", EXPORTED, ids=lambda page: page.document)
@pytest.mark.parametrize(
    "who", ["agent-paris", "lecteur-paris", "gestionnaire-canal", "declarante-canal"]
)
async def test_a_file_is_given_to_whom_the_graph_lets_and_to_nobody_else(
    house: House, page: Page, who: str
) -> None:
    assert page.listing is not None
    visitor = await house.visitor(who)
    listed = await visitor.get(address_of(page))
    token = next(v for f in listed.parsed.forms for n, v in f.values if n == "_jeton")
    may = page.listing.export_needs in listed.heard[0].answer["data"]["viewer"]["may"]

    visit = await visitor.post(
        address_of(page), [("_jeton", token), ("_faire", "export"), ("format", "csv")]
    )

    if may:
        assert len(rows(visit)) > 1 or page.document != "partners"
        assert visit.answer.headers["content-disposition"].endswith(
            f'{date(2026, 12, 10)}.csv"'
        )
        assert visit.answer.headers["cache-control"] == "no-store"
    else:
        assert visit.status == 400
        assert not visit.answer.headers.get("content-disposition")
        assert ("format", "csv") not in {
            b for f in listed.parsed.forms for b in f.buttons
        }


@pytest.mark.parametrize(
    ("address", "kind"), [("/organismes", "csv"), ("/partenaires", "exe"), ("/", "csv")]
)
async def test_no_file_is_made_of_what_is_not_offered(
    house: House, address: str, kind: str
) -> None:
    visitor = await house.visitor("agent-paris")
    token = next(
        v
        for f in (await visitor.get("/sessions")).parsed.forms
        for n, v in f.values
        if n == "_jeton"
    )

    visit = await visitor.post(
        address, [("_jeton", token), ("_faire", "export"), ("format", kind)]
    )

    assert visit.status == 404
