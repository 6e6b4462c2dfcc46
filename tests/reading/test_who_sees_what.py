"""Four ways to say who sees what agree: the engine on facts, its plan, and the SQL of both databases."""

from datetime import date
from itertools import product
from typing import Any

import orjson
import pytest
from sqlalchemy import ColumnElement, Text, cast, select

from authz import Engine, Subject, load
from persistence.facts.guards import GUARDED
from persistence.facts.model import MODEL
from persistence.facts.visibility import visible
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import compiled
from tests.authz import oracle
from tests.authz.world import Thing

from .desk import NOW, TODAY, Desk
from .facts import ENTRY, KEYS, PLACE, TYPES, Facts, Rows
from .small_declarations import CAFS
from .small_world import DAY, SUBJECTS

DECLARED = (
    "declaration",
    "declaration_line",
    "worker",
    "worker_stay",
    "worker_rate",
    "dual_activity",
    "batch",
    "batch_result",
)


COMPOSED = {"roster": ENTRY, "campaign_place": PLACE}
"""The columns that tell the rows of a select apart."""


@pytest.fixture(scope="session")
def engine() -> Engine:
    return load()


async def rows_of(desk: Desk) -> Rows:
    return Rows(
        {name: await desk.rows(name) for name in (*TYPES, "partner_state")}, TODAY
    )


async def seen(
    desk: Desk,
    subject: Subject,
    record: str,
    *,
    anchored: bool,
    told_on: date | None = None,
) -> list[str]:
    """The ids that the predicate lets through, straight from the database; under a field that tells another day."""
    terms = SqlContext(MODEL, desk.dialect)
    row = terms.alias(record)
    permits = desk.graph.permits(subject.roles)(GUARDED[record].type, "read")
    with terms.facts_on(told_on):
        condition = visible(record, row, permits, terms, anchored=anchored)
    first, *others = COMPOSED.get(record, (KEYS.get(record, "id"),))
    key: ColumnElement[Any] = row.c[first]
    for column in others:
        key = key + "|" + row.c[column]
    listed = terms.spelling.listed(terms.spelling.array([key]), [key])
    statement = compiled(select(cast(listed, Text)).where(condition), terms)
    held = Holdings(
        TODAY,
        NOW,
        lambda attribute, role: desk.graph.policy.values(subject, attribute, role),
    )
    async with desk.database.reading() as driver:
        said = await desk.database.value(
            statement.text, statement.binds({}, held), driver
        )
    return [key for (key,) in orjson.loads(said or "[]")]


def each(rows: Rows, engine: Engine, subject: Subject, record: str) -> list[str]:
    """The keys that the engine allows, once a row: a partner's spans share theirs."""
    allowed = rows.allowed(engine, subject, record)
    return sorted(key for key, _ in rows.objects(record) if key in allowed)


def test_every_guarded_record_is_looked_at() -> None:
    assert {name: guarded.type for name, guarded in GUARDED.items()} == TYPES


@pytest.mark.thirds
@pytest.mark.parametrize("who", SUBJECTS)
async def test_the_sql_lets_through_what_the_engine_allows(
    small_worlds: dict[str, Desk], engine: Engine, who: str
) -> None:
    subject = SUBJECTS[who]
    rows = await rows_of(small_worlds["sqlite"])

    for record in GUARDED:
        allowed = each(rows, engine, subject, record)
        for desk, anchored in product(small_worlds.values(), (True, False)):
            found = await seen(desk, subject, record, anchored=anchored)

            assert sorted(found) == allowed, (record, desk.dialect, anchored)


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + DAY])
async def test_the_day_of_the_facts_is_nothing_to_the_sql_of_rights(
    small_worlds: dict[str, Desk], engine: Engine, day: date
) -> None:
    """The days beside today say something else of every partner: `on:` must not read them for rights."""
    rows = await rows_of(small_worlds["sqlite"])
    for subject, record in product(SUBJECTS.values(), GUARDED):
        allowed = each(rows, engine, subject, record)
        for desk in small_worlds.values():
            assert (
                sorted(await seen(desk, subject, record, anchored=True, told_on=day))
                == allowed
            ), record


async def test_the_hand_written_table_of_rights_says_the_same(
    small_worlds: dict[str, Desk],
) -> None:
    """The oracle of tests/authz, on these rows: it knows neither the policy file nor the scopes."""
    desk = [*small_worlds.values()][-1]
    rows = await rows_of(desk)

    for who, subject in SUBJECTS.items():
        for record, type_ in TYPES.items():
            expected = {
                k
                for k, every in rows.objects(record)
                if any(oracle.may(subject, type_, "read", _thing(f)) for f in every)
            }

            assert set(await seen(desk, subject, record, anchored=True)) == expected, (
                who,
                record,
            )


def _thing(facts: Facts) -> Thing:
    plain = {k: v for k, v in facts.items() if not k.startswith("partner_service")}
    placed = (
        facts.get("partner_service_establishment") or facts.get("partner_service") or ""
    )
    _, service, establishment, *_ = [*placed.split("|"), "", ""]
    return Thing(**plain, service=service or None, establishment=establishment or None)


async def test_the_small_world_tells_its_callers_apart(
    small_worlds: dict[str, Desk], engine: Engine
) -> None:
    """Four equal answers prove nothing in a world where everything, or nothing, is allowed."""
    rows = await rows_of(small_worlds["sqlite"])
    shares = {
        (who, record): len(rows.allowed(engine, subject, record))
        / len(rows.tables[record])
        for who, subject in SUBJECTS.items()
        for record in (
            "partner",
            "bulletin",
            "user",
            "convention",
            "import",
            "import_line",
            *DECLARED,
        )
    }

    assert len({round(share, 3) for share in shares.values()}) > 12
    assert all(
        shares["national", record] == 1
        for record in ("partner", "bulletin", "convention", "user")
    )
    assert not any(
        shares["nobody", record]
        for record in ("partner", "bulletin", "convention", "user")
    )
    assert 0 < shares["administrator", "partner"] < 1
    for record in ("import", "import_line"):
        shares_of = {caf: shares[f"agent_reading of {caf}", record] for caf in CAFS}
        assert len(set(shares_of.values())) == len(CAFS), record
        assert (shares["national", record], shares["administrator", record]) == (1, 0)
    for record in DECLARED:
        assert not any(
            shares[who, record] for who in ("nobody", "everyone", "administrator")
        ), record
        assert not any(shares[f"resource_centre of {caf}", record] for caf in CAFS), (
            record
        )
        assert shares["national", record] == (record == "declaration")
        here, there = (
            shares[who, record]
            for who in ("member validating", "member in the other establishment")
        )
        assert 0 < there <= here < 0.2, record
    assert (
        0
        < shares["agent_reading of org_751", "worker"]
        < shares["agent_reading of org_751", "partner"]
        < 1
    )
