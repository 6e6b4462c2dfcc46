"""Where the pages and the forms stand in the demonstration's world.

Addresses with real identifiers.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from graphql import get_named_type

from console.site import PAGES, SITE
from schema.contract import types

from .browsing import Chromium

FILE = Path(__file__).parents[2] / "persistence/seeds/extraction-fictive.csv"
CANAL, BASSIN, ATELIERS, HORIZONS = (
    f"ptr_{siret}"
    for siret in (
        "99990001200025",
        "99990001200033",
        "99990001200017",
        "99990002000010",
    )
)
IDS = f"""{{
  canal: partner(by: {{id: "{CANAL}"}}) {{
    conventions {{ nodes {{ id contract {{ managers {{ id }} }} services {{ id }} bulletins {{ id }} }} }}
    groups(first: 1) {{ nodes {{ id }} }} establishments {{ nodes {{ id }} }}
    affiliations {{ nodes {{ id user {{ id }} }} }}
  }}
  bassin: partner(by: {{id: "{BASSIN}"}}) {{ conventions {{ nodes {{ id bulletins {{ id }} }} }} }}
  paris: organisms(search: "Caf de Paris", first: 1) {{ nodes {{ id }} }}
  centres: organisms(kind: RESOURCE_CENTRE, first: 1) {{ nodes {{ id }} }}
  missions {{ id }} services {{ id roles {{ id }} }}
  declarations(first: 1) {{ nodes {{ id }} }} lines(first: 1) {{ nodes {{ id worker {{ id }} }} }}
}}"""
AGENTS = '{ organisms(search: "Caf de Paris", first: 1) { nodes { agents { nodes { id } } } } }'
Ids = Mapping[str, str]


async def world_ids(ask: Callable[[str, str], Awaitable[Any]]) -> dict[str, str]:
    """The identifiers that the world draws by lot.

    They are by the name of the variable that asks for them.
    """
    data = await ask("agent-paris", IDS)
    agents = await ask("admin-national", AGENTS)
    [convention] = data["canal"]["conventions"]["nodes"]
    people = {a["user"]["id"]: a["id"] for a in data["canal"]["affiliations"]["nodes"]}
    [signed] = data["bassin"]["conventions"]["nodes"]
    return {
        "partnerId": CANAL,
        "conventionId": convention["id"],
        "bulletinId": convention["bulletins"][0]["id"],
        "accessId": convention["services"][0]["id"],
        "managerId": convention["contract"]["managers"][0]["id"],
        "groupId": data["canal"]["groups"]["nodes"][0]["id"],
        "establishmentId": data["canal"]["establishments"]["nodes"][0]["id"],
        "affiliationId": people["usr_declarante-canal"],
        "suspendedId": people["usr_suspendu-canal"],
        "bassinConvention": signed["id"],
        "bassinBulletin": signed["bulletins"][0]["id"],
        "organismId": data["paris"]["nodes"][0]["id"],
        "centreId": data["centres"]["nodes"][0]["id"],
        "agentId": agents["organisms"]["nodes"][0]["agents"]["nodes"][0]["id"],
        "missionId": data["missions"][0]["id"],
        "serviceId": "svc_ESAT",
        "roleId": data["services"][0]["roles"][0]["id"],
        "userId": "usr_suspendu-canal",
        "declarationId": data["declarations"]["nodes"][0]["id"],
        "declaredLineId": data["lines"]["nodes"][0]["id"],
        "workerId": data["lines"]["nodes"][0]["worker"]["id"],
    }


async def world(chromium: Chromium) -> dict[str, str]:
    """Everything that has an address, with an extraction that waits for somebody."""
    ids = await world_ids(chromium.server.ask)
    await imported(chromium, ids)
    return ids


async def imported(chromium: Chromium, ids: dict[str, str]) -> None:
    """An extraction of the Caf de Paris, announced then given.

    Its lines wait for somebody.
    """
    opened = await chromium.server.do(
        "agent-paris",
        "importOpen",
        "import { id }",
        filename=FILE.name,
        organismId=ids["organismId"],
    )
    ids["importId"] = opened["import"]["id"]
    page = await chromium.page("agent-paris", f"/imports/{ids['importId']}")
    await page.set_input_files("#fichier", FILE)
    await page.click("text=Déposer et comparer")
    query = "query($id: ID!) { importLines(importId: $id, outcome: CONFLICT) { nodes { id } } }"
    lines = await chromium.server.ask("agent-paris", query, id=ids["importId"])
    ids["lineId"] = lines["importLines"]["nodes"][0]["id"]


RECORD = {
    "partner": "partnerId",
    "bulletin": "bulletinId",
    "convention": "conventionId",
    "establishment": "establishmentId",
    "user": "userId",
    "group": "groupId",
    "import": "importId",
    "organism": "organismId",
    "receipt": "declarationId",
    "letter": "declaredLineId",
}
QUESTIONS = {
    "why": f"?user=usr_suspendu-canal&action=PARTNER_READ&object={CANAL}",
    "who_can": f"?action=PARTNER_READ&object={CANAL}",
}


def place(document: str, ids: Ids) -> str:
    """The address of a page of the site."""
    [page] = [p for p in PAGES if p.document == document]
    record = next(
        (key for name, key in RECORD.items() if document.startswith(name)), "partnerId"
    )
    path = page.path.format(
        id=ids.get(record, ""),
        service=ids["serviceId"],
        establishment=ids["establishmentId"],
        year=2026,
    )
    return path + QUESTIONS.get(document, "")


def form(act: str, ids: Ids, **other: str) -> str:
    """The address of the form of an act.

    Its own variables, with the identifiers of the world.
    """
    variables = SITE.library(types().schema).forms[act].variables
    names = [
        name for name, type_ in variables.items() if get_named_type(type_).name == "ID"
    ]
    return f"/actes/{act}?{urlencode({name: {**ids, **other}[name] for name in names})}"
