"""How many SQL statements an act sends: those of the mapping, those of compiled text, and bulk copies, each once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import event
from sqlalchemy.engine import Engine

from persistence.engine import Database
from persistence.register import Register
from tests.conftest import Asker
from tests.journeys.story import Person

from .generated_inputs import TYPES

TRANSACTION = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
BESIDE = ("errors", "warnings", "replayed")


@dataclass(slots=True)
class Statements:
    """The texts sent since the counter was last emptied."""

    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        if not text.startswith(TRANSACTION):
            self.texts.append(text)


@contextmanager
def statements_sent() -> Iterator[Statements]:
    """Count what every connection of the process sends, whichever way it takes to the driver."""
    sent = Statements()

    def execute(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401 SQLAlchemy's own
        sent.add(statement)

    with pytest.MonkeyPatch.context() as patch:
        value, copy = Database.value, Register.copy

        async def counted_value(database: Database, text: str, *rest: Any) -> Any:  # noqa: ANN401 JSON text or None
            sent.add(text)
            return await value(database, text, *rest)

        async def counted_copy(
            register: Register,
            record: Any,  # noqa: ANN401 as `copy`
            columns: Any,  # noqa: ANN401 as `copy`
            rows: Any,  # noqa: ANN401 as `copy`
        ) -> None:
            if rows:
                sent.add(f"COPY {record.__tablename__}")
            await copy(register, record, columns, rows)

        patch.setattr(Database, "value", counted_value)
        patch.setattr(Register, "copy", counted_copy)
        event.listen(Engine, "before_cursor_execute", execute)
        try:
            yield sent
        finally:
            event.remove(Engine, "before_cursor_execute", execute)


def payload_of(act: str) -> str:
    """The selection of a whole payload: its objects by their id, its scalars, the day of its impact."""
    mutation = TYPES.schema.mutation_type
    assert mutation is not None
    payload = get_named_type(mutation.fields[act].type)
    assert isinstance(payload, GraphQLObjectType)
    parts = []
    for name, each in payload.fields.items():
        if name in BESIDE:
            continue
        below = get_named_type(each.type)
        if not isinstance(below, GraphQLObjectType):
            parts.append(name)
        elif name == "impact":
            parts.append("impact { on }")
        else:
            parts.append(f"{name} {{ id }}")
    return " ".join(parts)


@dataclass(slots=True)
class Ledger:
    """The statements of each act that was done, by its name and what is particular to it."""

    asker: Asker
    sent: Statements
    texts: dict[str, list[str]] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        return Person(self.asker, name)

    async def does(
        self, who: str, act: str, particular: str = "", /, **values: object
    ) -> dict[str, Any]:
        """The act by this persona, its statements written down; its payload."""
        self.sent.texts.clear()
        payload = await self.person(who).does(act, payload_of(act), **values)
        name = f"{act} {particular}".strip()
        assert name not in self.texts, name
        self.texts[name] = list(self.sent.texts)
        return payload

    async def object_id(
        self, who: str, act: str, name: str, particular: str = "", /, **values: object
    ) -> str:
        """The id of the object that the act answers under this name."""
        return str((await self.does(who, act, particular, **values))[name]["id"])

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(texts) for name, texts in self.texts.items()}
