"""The page of an import names the sheets of its workbook, and the one of a line."""

from tests.imports.sending import a_line
from tests.imports.test_reading_files import NAMES
from tests.imports.test_sheets import named_workbook
from tests.journeys.story import a_siret

from .houses import House


async def test_the_page_of_an_import_tells_the_sheets_that_were_read_and_the_others(
    house: House,
) -> None:
    siret = a_siret()
    one, other = (a_line(siret, name=name).split(";") for name in ("Un", "Deux"))
    content = named_workbook(
        ("Nord", "visible", [NAMES, one]),
        ("Sud", "visible", [NAMES, other]),
        ("Ancien", "hidden", [NAMES]),
    )
    paris = await house.visitor("agent-paris")
    answer = await house.data("agent-paris", '{ organism(code: "751") { id } }')
    opening = {"filename": "deux.xlsx", "organismId": answer["organism"]["id"]}
    opened = await house.do("agent-paris", "importOpen", "import { id }", **opening)
    place = f"/imports/{opened['import']['id']}"
    form = (await paris.get(place)).parsed.form(field="fichier")

    token = dict(form.filled({}, None))["_jeton"]
    sent = await paris.visit(
        "POST",
        f"{place}/fichier",
        data={"_jeton": token},
        files={"fichier": ("x.xlsx", content)},
    )

    assert sent.status in (200, 303)
    text = (await paris.get(place)).parsed.text
    assert "Nord : Lue, 1 ligne" in text
    assert "Ancien : Masquée : non lue" in text
    assert "Ligne 2 de « Sud » : Deux" in text
    journal = (await paris.get("/journal")).parsed.text
    assert "Dépose le fichier d’un import" in journal
    assert "importUpload" not in journal
