"""The words of an import: lines of a file, the file sent by PUT, what the graph shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import Asker
from tests.journeys.story import EXPLAINED, ActRefused, a_siret

GIVEN = Path(__file__).with_name("extraction-mcp-habtiers.xlsx")
HEADER = "SIRET;Raison sociale;Département;Code Caf;Connu MCP;Connu Habtiers;Actif Habtiers;Dernière connexion;FINESS;Courriel"
COUNTS = "received new changed unchanged conflict rejected applied awaiting blankLines"
LINES = """lines(first: 100) { nodes { id number siret name department knownMcp knownHabtiers active lastSeenOn finess
  contact outcome reasons { code message } changes arbitration appliedOn organism { code } partner { id } raw } }"""


def a_line(siret: str | None = None, /, **said: str) -> str:
    """A line of the Caf de Paris, known in Habtiers and active, unless said otherwise."""
    known = {
        "name": "ESAT des Acacias", "department": "75", "caf": "751", "mcp": "N", "habtiers": "O", "active": "O",
        "seen": "", "finess": "", "contact": "",
    } | said  # fmt: skip
    return ";".join((a_siret() if siret is None else siret, *known.values()))


def a_file(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines, "")).encode()


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who handles imports for an organism."""

    asker: Asker
    who: str
    organism: str

    async def does(
        self, act: str, shows: str = "", /, **given: object
    ) -> dict[str, Any]:
        payload = await self.tries(act, shows, **given)
        if payload["errors"]:
            raise ActRefused(act, payload["errors"])
        return payload

    async def tries(
        self, act: str, shows: str = "", /, **given: object
    ) -> dict[str, Any]:
        kind = act[0].upper() + act[1:] + "Input!"
        query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ {shows} {EXPLAINED} warnings {{ code path message }} replayed }} }}"
        payload: dict[str, Any] = (await self.asker.ask(self.who, query, input=given))[
            "act"
        ]
        return payload

    async def opens(self, **more: object) -> str:
        given = {"filename": "extraction.csv", "organismId": self.organism} | more
        payload = await self.does(
            "importOpen", "import { id status } uploadPath", **given
        )
        assert payload["uploadPath"] == f"/imports/{payload['import']['id']}"
        assert payload["import"]["status"] == "OPEN"
        return str(payload["import"]["id"])

    async def puts(
        self, import_id: str, content: bytes, **headers: str
    ) -> httpx.Response:
        token = self.asker.issuer.issue(self.who, timedelta(minutes=30))
        known = {"Authorization": f"Bearer {token}"} | headers
        return await self.asker.client.put(
            f"/imports/{import_id}", content=content, headers=known
        )

    async def sends(self, content: bytes, **more: object) -> str:
        """An import with its file: its id."""
        opened = await self.opens(**more)
        answer = await self.puts(opened, content)
        assert answer.status_code == httpx.codes.OK, answer.text
        return opened

    async def sees(self, import_id: str, selection: str = COUNTS) -> Any:  # noqa: ANN401 JSON
        query = (
            f"query($id: ID!) {{ node(id: $id) {{ ... on Import {{ {selection} }} }} }}"
        )
        return (await self.asker.ask(self.who, query, id=import_id))["node"]

    async def lines(self, import_id: str) -> list[dict[str, Any]]:
        """Every line that this desk may read."""
        query = f"query($id: ID!, $after: String) {{ importLines(importId: $id, first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }} {LINES.partition('{')[2]} }}"
        found: list[dict[str, Any]] = []
        after = None
        while True:
            page = (await self.asker.ask(self.who, query, id=import_id, after=after))[
                "importLines"
            ]
            found.extend(page["nodes"])
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    async def applies(self, import_id: str, **more: object) -> dict[str, Any]:
        given = {
            "importId": import_id,
            "organismId": self.organism,
            "columnsConfirmed": True,
        } | more
        return await self.does(
            "importApply",
            f"import {{ {COUNTS} }} applied registered unchanged left",
            **given,
        )

    async def arbitrates(self, line_id: str, decision: str = "TAKEN") -> dict[str, Any]:
        given = {
            "lineId": line_id,
            "decision": decision,
            "arbitrationReason": "Vérifié au répertoire",
        }
        return await self.does("importArbitrate", "line { id arbitration }", **given)


def outcomes(lines: Sequence[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [
        (line["outcome"], [reason["code"] for reason in line["reasons"]])
        for line in lines
    ]
