"""An association with thirty Esat, whose November is declared by one vendor: in parts, mended, deposited, corrected, and proved.

Over a real server. One of the Esat has 1,500 persons, more than a call holds; the others have a dozen.
"""

import asyncio
from typing import Any

import pytest

from persistence.receipts import verified
from persistence.records.nir import Nir
from persistence.seeds.fiction import fictional_signer
from tests.conftest import Running

from .payroll import a_deposit, a_line, counts
from .story import Person
from .test_declaring_remunerations import Association, an_association

ESAT, LARGE, SMALL, FIRST_PART = 30, 1500, 12, 1000
MISTAKES = {0: {"birthDate": "27 mai 85"}, 1: {"rate": "plein"}, 2: {"matricule": "?"}}
"""What a payroll writes badly, in every third Esat."""
BAD = """query($siret: String!) { partner(by: {siret: $siret}) { establishments(first: 50) { nodes { siret
  declarations(status: DRAFT, first: 2) { nodes { id lineCount draftLines(incomplete: true, first: 5) { nodes {
    id version nir cells { field text } errors { code path } } } } } } } } }"""
HEADS = """query($siret: String!) { partner(by: {siret: $siret}) { establishments(first: 50) { nodes { siret
  declarations(first: 10) { nodes { id status conformity lineCount draftLines { totalCount } } } } } } }"""
BOARD = '{ campaigns { year board(organismId: "org_751") { figures { declared drafts conform pending } } } }'
RECEIPT = """... on Declaration { receipt { document root } lines(first: 1) { nodes { worker { birthName nir }
  receipt { document proof } } } }"""
EVERYBODY = LARGE + (ESAT - 1) * SMALL
KEYS = fictional_signer().keys
SECONDS = 10


def a_person(number: int) -> dict[str, object]:
    """Somebody's November; no two persons of the association have one number."""
    place, order = divmod(number, 1000)
    nir = Nir.read(f"1850575{999 - place:03}{order:03}").reveal()
    words = {"nir": nir, "matricule": f"{1_000_000 + number}", "clientReference": f"P{number:04}"}  # fmt: skip
    return a_line(number % 1000, "921" if number % 2 else "751", **words)


def payroll(rank: int) -> list[dict[str, object]]:
    """The lines of an Esat; in every third one, one of them is badly written."""
    first = rank * SMALL if rank else 2000
    lines = [a_person(first + n) for n in range(SMALL if rank else LARGE)]
    if rank % 3 == 1:
        lines[5] |= MISTAKES[rank // 3 % 3]
    return lines


async def puts(vendor: Person, siret: str, lines: list[dict[str, object]]) -> None:
    """An Esat in two parts, each under its key."""
    cut = FIRST_PART if len(lines) > FIRST_PART else SMALL // 2
    for part, some in enumerate((lines[:cut], lines[cut:])):
        sent = a_deposit(siret, f"{siret} {part}", *some, deposit=False)
        done = await vendor.declares(**sent)
        assert done["batch"]["received"] == len(some)


async def figures(paris: Person) -> dict[str, int]:
    """The board of 2026 of the Caf of Paris."""
    campaigns = (await paris.asks(BOARD))["campaigns"]
    (board,) = [one["board"] for one in campaigns if one["year"] == 2026]
    figures: dict[str, int] = board["figures"]
    return figures


def difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {n: after[n] - before[n] for n in after if after[n] != before[n]}


async def drafts_to_mend(person: Person, head: str) -> dict[str, dict[str, Any]]:
    """By SIRET, the drafts with their bad lines."""
    places = (await person.asks(BAD, siret=head))["partner"]["establishments"]["nodes"]
    drafts = {}
    for place in places:
        for draft in place["declarations"]["nodes"]:
            drafts[place["siret"]] = draft
    return drafts


def mended(line: dict[str, Any]) -> dict[str, object]:
    """The line as it was read, its number hidden, with the right words at the bad cells."""
    good = {"birthDate": "27/05/1985", "rate": "100,00", "matricule": "1234567"}
    cells = {cell["field"]: cell["text"] for cell in line["cells"]}
    for error in line["errors"]:
        if error["path"][-1] in good:
            cells[error["path"][-1]] = good[error["path"][-1]]
    return cells | {"draftLineId": line["id"], "draftLineVersion": line["version"]}


async def receipt_of(person: Person, declaration: str) -> Any:  # noqa: ANN401 JSON
    """The declaration with its receipt, which is there within two seconds."""
    async with asyncio.timeout(SECONDS):
        while True:
            seen = await person.reads(declaration, RECEIPT)
            if seen["receipt"] is not None:
                return seen
            await asyncio.sleep(0.1)


def bad_lines(drafts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The one bad line of each draft that has one."""
    lines = {}
    for siret, draft in drafts.items():
        for line in draft["draftLines"]["nodes"]:
            assert siret not in lines
            lines[siret] = line
    return lines


async def the_association(paris: Person) -> Association:
    """Its vendor declares for all its Esat."""
    association = await an_association(paris, ESAT)
    manager, places = association.manager, list(association.establishments)
    group = await manager.creates_group(association.access, "Paie de tous", establishmentIds=places)  # fmt: skip
    await manager.attaches(group)
    await manager.includes(group, association.mandate.user)
    return association


@pytest.mark.slow
async def test_a_vendor_declares_the_november_of_thirty_esat(
    serve: Any,  # noqa: ANN401 a starter
) -> None:
    running: Running = await serve()
    paris = Person(running, "agent-paris")
    association = await the_association(paris)
    vendor, head = association.vendor, association.sirets[0]
    before = await figures(paris)

    # the payroll is sent in parts, with ten mistakes: everything is kept
    for rank, siret in enumerate(association.sirets):
        await puts(vendor, siret, payroll(rank))
    drafts = await drafts_to_mend(vendor, head)
    assert len(drafts) == ESAT
    assert sum(draft["lineCount"] for draft in drafts.values()) == EVERYBODY
    bad = bad_lines(drafts)
    assert len(bad) == ESAT // 3
    assert difference(before, await figures(paris)) == {"drafts": ESAT}

    # one is deposited as it is: its bad line stays; the others are mended first
    early = next(iter(bad))
    part = await vendor.declares(**a_deposit(early, "early") | {"lines": None})
    assert counts(part["batch"]) == {"received": SMALL, "created": SMALL - 1, "rejected": 1}  # fmt: skip
    bad = bad_lines(await drafts_to_mend(vendor, head))
    assert early in bad
    for siret, line in bad.items():
        sent = a_deposit(siret, f"{siret} mended", mended(line), deposit=False)
        assert (await vendor.declares(**sent))["errors"] == []

    # every draft is one deposit, though the largest one came in two parts
    made = {}
    for siret in association.sirets:
        sent = a_deposit(siret, f"{siret} deposit", mode="ALL_OR_NOTHING")
        done = await vendor.declares(**sent | {"lines": None})
        assert done["errors"] == []
        made[siret] = done["batch"]
    assert counts(made[head]) == {"received": LARGE, "created": LARGE}
    assert counts(made[early]) == {"received": SMALL, "created": 1, "unchanged": SMALL - 1}  # fmt: skip
    after = difference(before, await figures(paris))
    assert after == {"declared": ESAT, "conform": ESAT, "pending": EVERYBODY}

    last = made[association.sirets[-1]]["declaration"]["id"]
    corrected = await _correct(vendor, last)
    await _prove(vendor, corrected, made[head]["declaration"]["id"])
    await _leave_nothing_to_prepare(paris, head)


async def _correct(vendor: Person, declaration: str) -> str:
    """A person was forgotten, another is not there any more; what it makes, once."""
    correction = {
        "declarationId": declaration,
        "idempotencyKey": "correction",
        "put": [a_person(1999)],
        "remove": [{"clientReference": payroll(ESAT - 1)[0]["clientReference"]}],
    }
    shows = "batch { created removed declaration { id lineCount } }"
    done = await vendor.does("remunerationsCorrect", shows, **correction)
    again = await vendor.does("remunerationsCorrect", shows, **correction)
    batch = done["batch"]
    assert (batch["created"], batch["removed"]) == (1, 1)
    assert batch["declaration"]["lineCount"] == SMALL
    assert (again["replayed"], again["batch"]) == (True, batch)
    return str(batch["declaration"]["id"])


async def _prove(vendor: Person, *declarations: str) -> None:
    """Each certificate without us, and the line of one person too."""
    for declaration in declarations:
        seen = await receipt_of(vendor, declaration)
        statement = verified(seen["receipt"]["document"].encode(), KEYS)["statement"]
        assert statement["root"] == seen["receipt"]["root"]
        (line,) = seen["lines"]["nodes"]
        own = verified(line["receipt"]["document"].encode(), KEYS)
        assert own["statement"] == statement
        assert own["line"]["words"]["birth_name"] == line["worker"]["birthName"]


async def _leave_nothing_to_prepare(paris: Person, head: str) -> None:
    """Who administers reads the headers of all, and no line of a draft."""
    seen = await paris.asks(HEADS, siret=head)
    heads = []
    for place in seen["partner"]["establishments"]["nodes"]:
        heads += place["declarations"]["nodes"]
    statuses = [one["status"] for one in heads]
    assert statuses.count("DRAFT") == 0
    assert statuses.count("DEPOSITED") == ESAT
    assert {one["draftLines"]["totalCount"] for one in heads} == {0}
