"""Addresses of every page, with identifiers of the demonstration.

For some people readable, for others not.
"""

from urllib.parse import urlencode

from console.kernel.page import Page
from console.site import PAGES
from persistence.records import (
    Bulletin,
    Convention,
    Declaration,
    DeclarationLine,
    Establishment,
    Group,
    Import,
    Organism,
    Service,
    User,
)

from .houses import House

PERSONAS = (
    "agent-paris",
    "lecteur-paris",
    "agent-cna",
    "centre-ressources",
    "admin-national",
    "gestionnaire-canal",
    "declarante-canal",
    "suspendu-canal",
    "agent-reunion",
)
PEOPLE = ("usr_declarante-canal", "usr_declarant-horizons", "usr_agent-rhone")
FILTERS = {
    "partners": (
        "mode=DELEGATED&taille=50",
        "migrationState=LATE",
        "kind=ESAT&first=1",
        "mode=INVENTED",
    ),
    "bulletins": ("status=OPEN", "siretMatches=false&status=SIGNED"),
    "users": ("suspended=true", "pending=true"),
    "journal": ("since=2026-01-01&until=31/12/2026",),
    "organisms": ("kind=CAF",),
    "partner": ("on=2025-12-10",),
    "campaign_establishments": (
        "declared=false&taille=50",
        "atRisk=true&order=AT_RISK",
        "standing=INVENTED",
    ),
    "campaign_deposits": ("receivedOn=2026-12-10",),
    "partner_contracts": ("on=2027-03-01",),
}

RECORDS = {
    "bulletin": Bulletin,
    "convention": Convention,
    "establishment": Establishment,
    "group": Group,
    "import": Import,
    "letter": DeclarationLine,
    "organism": Organism,
    "receipt": Declaration,
    "user": User,
}


async def extraction(house: House) -> None:
    """An import of the Caf de Paris, for its page to show something."""
    [paris] = [
        o["id"]
        for o in (
            await house.data(
                "agent-paris", "{ organisms(first: 100) { nodes { id code } } }"
            )
        )["organisms"]["nodes"]
        if o["code"] == "751"
    ]
    await house.do(
        "agent-paris",
        "importOpen",
        "import { id }",
        filename="extraction.csv",
        organismId=paris,
    )


def address_of(page: Page) -> str:
    """Where a page stands that is of no object: of a campaign, that of 2026."""
    return page.path.replace("{year}", "2026")


async def addresses(house: House, page: Page) -> list[str]:
    """Where this page stands: for each of some records, or once; and with filters."""
    if page.document == "why":
        questions = [
            {"user": u, "action": "PARTNER_READ", "object": "ptr_99990001200025"}
            for u in PEOPLE
        ]
        return [f"/pourquoi?{urlencode(a)}" for a in questions]
    if page.document == "who_can":
        questions = [
            {"action": "PARTNER_READ", "object": o}
            for o in ("ptr_99990001200025", "ptr_99990003800012")
        ]
        return [f"/qui?{urlencode(a)}" for a in questions]
    [service] = [s for s in await house.ids(Service) if "ESAT" in s.upper()][:1]
    addresses = [
        page.path.format(id=i, service=service, establishment=i, year=2026)
        for i in await identifiers(house, page)
    ]
    addresses = addresses or [address_of(page)]
    if "{year}" in page.path and "{establishment}" not in page.path:
        addresses.append(page.path.replace("{year}", "1999"))
    return addresses + [
        f"{addresses[0]}?{words}" for words in FILTERS.get(page.document, ())
    ]


async def identifiers(house: House, page: Page) -> list[str]:
    if page.path.startswith("/partenaires/"):
        return [
            "ptr_99990001200025",
            "ptr_99990002000010",
            "ptr_99990003800012",
            "ptr_rien",
        ]
    if "{establishment}" in page.path:
        return ["est_99990001200025", "est_99990002000010", "est_rien"]
    if page.document == "user":
        return [*PEOPLE, "usr_rien"]
    if page.document not in RECORDS:
        return []
    ids = await house.ids(RECORDS[page.document])
    assert ids, page.document
    return [*ids[:: max(1, len(ids) // 4)][:4], f"{ids[0].partition('_')[0]}_rien"]


BY_NAME = {page.document: page for page in PAGES}
