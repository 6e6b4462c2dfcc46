"""One reader, two ways out, two databases: the same question has one answer, as JSON and in the same order."""

import orjson
import pytest

from persistence.records.base import Base
from schema.contract import types

from . import generated
from .asked import Asked, Ids
from .desk import CALLERS, Desk
from .documents import DOCUMENTS

EVERY: dict[str, Asked] = {**DOCUMENTS, **generated.documents(types())}
SOME = (
    "agent-cna",
    "admin-national",
    "gestionnaire-canal",
    "declarante-canal",
    "personne-inconnue",
)
REFERENCE = ("Campaign", "Migration", "Mission", "Parameter", "Role", "Service")
PUBLIC = {
    "reference data",
    "typenames",
    "one of two",
    *(f"all of {kind}" for kind in REFERENCE),
}
DRAWN_AT_RANDOM = {
    ("affiliation", "invitation_digest"),
    ("worker", "nir_cipher"),
    ("draft_line", "cells_cipher"),
    ("key_canary", "cipher"),
}


@pytest.mark.thirds
@pytest.mark.parametrize("name", EVERY)
async def test_a_question_has_one_answer_both_ways_out_and_on_both_databases(
    desks: dict[str, Desk], ids: Ids, name: str
) -> None:
    asked = EVERY[name]
    known: list[bytes] = []

    for who in callers_of(name):
        answers = {
            _written(await desk.outcome(who, asked, ids, completing=completing))
            for desk in desks.values()
            for completing in (False, True)
        }

        assert len(answers) == 1, (who, *answers)
        known += answers
    # equal answers prove nothing when they are empty: somebody sees more than an identity bound to nobody
    assert name in PUBLIC or len(max(known, key=len)) > len(known[-1])


async def test_the_same_acts_leave_the_same_rows_on_both_databases(
    desks: dict[str, Desk],
) -> None:
    for name, table in Base.metadata.tables.items():
        columns = [
            c.name for c in table.columns if (name, c.name) not in DRAWN_AT_RANDOM
        ]
        embedded, production = [
            sorted(repr([row[c] for c in columns]) for row in await desks[d].rows(name))
            for d in ("sqlite", "postgresql")
        ]

        assert embedded == production, name


async def test_journal_entries_name_missions_by_their_codes(desk: Desk) -> None:
    answer = await desk.answer(
        "agent-paris", '{ journal(act: "conventionAmend") { nodes { before after } } }'
    )

    (entry,) = answer["journal"]["nodes"]
    (before,) = (
        facts["missions"] for facts in entry["before"].values() if "missions" in facts
    )
    assert before == ["ACCOMPAGNEMENT_SOCIAL", "ACCOMPAGNEMENT_TRAVAIL", "LOGEMENT"]


def callers_of(name: str) -> tuple[str, ...]:
    """Everyone, but for the documents made from the schema: theirs have fewer shapes."""
    return CALLERS if name in DOCUMENTS else SOME


def _written(data: object) -> bytes:
    """The answer with its keys in their order: GraphQL answers in the order of the selection."""
    return orjson.dumps(data)
