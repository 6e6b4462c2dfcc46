"""The graph asked below HTTP, over one register: as an identity, on the day of the tests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, execute
from sqlalchemy import Text, cast, select

from persistence.engine import Database
from persistence.facts.callers import Identity
from persistence.facts.model import MODEL
from persistence.facts.roster import roster
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import compiled
from persistence.records.base import table as of
from persistence.seeds.fiction import fictional_vault
from resolvers.context import Context
from server.app import compose
from server.settings import DEMO_ISSUER

from .asked import Asked, Ids

TODAY = date(2026, 12, 10)
NOW = datetime(2026, 12, 10, 8, tzinfo=UTC)

CALLERS = (
    "agent-paris",
    "lecteur-paris",
    "agent-hauts-de-seine",
    "agent-cna",
    "centre-ressources",
    "admin-national",
    "gestionnaire-canal",
    "declarante-canal",
    "suspendu-canal",
    "paie-fictive",
    "lectrice-saint-denis",
    "sociale-horizons",
    "personne-inconnue",
)


class Desk:
    """One register behind its graph; `answer` gives data, and raises what the graph refuses."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.dialect = database.dialect
        self.graph = compose(database, fictional_vault())

    def context(self, who: str) -> Context:
        return Context(
            self.graph, Identity(DEMO_ISSUER, who), NOW, TODAY, "API", "req_test"
        )

    async def answer(
        self,
        who: str,
        text: str,
        variables: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        completing: bool = False,
    ) -> Any:  # noqa: ANN401 JSON
        """The data, through the way out that the document takes, or through graphql-core's."""
        document = self.graph.documents.get(text)
        if document.errors:
            raise document.errors[0]
        operation = document.operation(name)
        said = await self.context(who).answer(
            document, operation, variables or {}, completing=completing
        )
        if isinstance(said, ExecutionResult):
            if said.errors:
                raise said.errors[0]
            return said.data
        return orjson.loads(said)

    async def outcome(
        self, who: str, asked: Asked, ids: Ids, *, completing: bool = False
    ) -> Any:  # noqa: ANN401 JSON
        """The answer to a document; or where its first refused filter stands, since it names what `who` may not see."""
        try:
            return await self.answer(
                who,
                asked.text,
                asked.variables(ids),
                name=asked.name,
                completing=completing,
            )
        except GraphQLError as refused:
            if code_of(refused) != "NOT_FOUND":
                raise
            return {"refused": refused.message, "path": refused.path}

    async def do(self, who: str, name: str, shows: str, /, **values: object) -> Any:  # noqa: ANN401 JSON
        """The payload of an act that must be done."""
        payload = await self.act(who, name, shows, **values)
        assert not payload["errors"], payload["errors"]
        return payload

    async def act(self, who: str, name: str, shows: str, /, **values: object) -> Any:  # noqa: ANN401 JSON
        """The payload of an act, whatever it refuses."""
        kind = name[0].upper() + name[1:] + "Input!"
        text = f"mutation($input: {kind}) {{ act: {name}(input: $input) {{ {shows} errors {{ code message path }} }} }}"
        document = self.graph.documents.get(text)
        assert document.tree is not None, document.errors
        running: Any = execute(
            self.graph.schema,
            document.tree,
            context_value=self.context(who),
            variable_values={"input": values},
        )
        result = await running
        assert not result.errors, result.errors
        return result.data["act"]

    async def ids(self, who: str, connection: str, page: int = 100) -> list[str]:
        """Every id of a root list, page after page."""
        text = (
            f"query($n: Int, $a: String) {{ all: {connection}(first: $n, after: $a) "
            "{ nodes { id } pageInfo { hasNextPage endCursor } } }"
        )
        found: list[str] = []
        after = None
        while True:
            answer = (await self.answer(who, text, {"n": page, "a": after}))["all"]
            found += [node["id"] for node in answer["nodes"]]
            if not answer["pageInfo"]["hasNextPage"]:
                return found
            after = answer["pageInfo"]["endCursor"]

    async def rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        """Every row of a table, as Python values; an onboarding has none, and stands for a partner and a service.

        Nor has a right: in the small world, each membership under a convention in force gives one.
        """
        if table == "onboarding":
            partners, services = await self.rows("partner"), await self.rows("service")
            return [
                {"partner_id": p["id"], "service_id": s["id"]}
                for p in partners
                for s in services
            ]
        if table == "right":
            spans = [
                s
                for s in await self.rows("partner_state")
                if s["starts_on"] <= TODAY < s["ends_on"]
            ]
            in_force = {
                s["partner_id"] for s in spans if s["convention_id"] is not None
            }
            works = {
                a["id"] for a in await self.rows("affiliation") if a["ends_on"] is None
            }
            members = [
                m for m in await self.rows("membership") if m["affiliation_id"] in works
            ]
            return [
                {**m, "membership_id": m["id"]}
                for m in members
                if m["partner_id"] in in_force
            ]
        if table == "campaign_place":
            return await self._places()
        query = roster() if table == "roster" else of(table).select()
        async with self.database.reader.connect() as connection:
            found = await connection.execute(query)
            return [dict(row) for row in found.mappings()]

    async def _places(self) -> Sequence[Mapping[str, Any]]:
        """Every establishment that a campaign expects, whoever asks."""
        terms = SqlContext(MODEL, self.dialect)
        row = terms.alias("campaign_place")
        names = ("partner_id", "establishment_id", "campaign_id")
        key = row.c.campaign_id + "|" + row.c.establishment_id
        columns = [key, *(row.c[name] for name in names)]
        listed = terms.spelling.listed(terms.spelling.array(columns), [key])
        statement = compiled(select(cast(listed, Text)), terms)
        binds = statement.binds({}, Holdings(TODAY, NOW, lambda _a, _r: ()))
        async with self.database.reading() as driver:
            said = await self.database.value(statement.text, binds, driver)
        return [
            dict(zip(("key", *names), each, strict=True)) for each in orjson.loads(said)
        ]


def code_of(error: GraphQLError) -> str:
    return str((error.extensions or {}).get("code"))
