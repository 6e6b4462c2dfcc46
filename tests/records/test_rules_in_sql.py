"""Each rule says the same of a record in Python and of its row in SQL, on every day around its bounds.

Periods are compared over every combination of their columns. Predicates are compared over generated partners, on each
day of their lives. Rules are found where they are written: one that cannot be compared here fails.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    and_,
    literal,
    not_,
    select,
    union_all,
)
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.ext.asyncio import AsyncSession

from persistence import records
from persistence.engine import Database
from persistence.records import (
    Bulletin,
    Convention,
    Import,
    ImportDecision,
    ImportLine,
    ImportOutcome,
    Partner,
    Service,
)
from persistence.records.base import Base, Dated, table
from persistence.records.cases import (
    case_of,
    file_says,
    is_known,
    is_legacy,
    last_origin,
    sql_case,
    sql_last_origin,
)
from persistence.records.import_lines import WITHOUT_EFFECT
from persistence.records.periods import Period, predicate
from tests.conftest import PARTS

from .asked import BEGUN, asking, every_two
from .build import TODAY, day
from .lives import ACCIDENTS, SHAPES, a_life
from .reference import reference_of

DAYS = [day(offset) for offset in (*range(-10, 8), 60)]
SERVICES = ("svc_ESAT", "svc_CDAP")
MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.iter_modules(records.__path__, f"{records.__name__}.")
]


def rules(kind: type) -> dict[str, Any]:
    """The rules of a kind, by the class or the module where each is written.

    A rule of a part of a record (`WithMissions`) is that of the record.
    """
    written: dict[str, Any] = {}
    owners: list[Any] = [
        Dated,
        *(mapper.class_ for mapper in Base.registry.mappers),
        *MODULES,
    ]
    for owner in owners:
        label = owner.__name__.removeprefix("persistence.records.")
        for part in _parts_of(owner):
            for name, rule in vars(part).items():
                is_rule = isinstance(rule, kind) and name != "_"
                is_half = any(rule is other for other in written.values())
                if is_rule and not is_half and _is_written_in(owner, rule):
                    written[f"{label}.{name}"] = rule
    return written


def _parts_of(owner: Any) -> Sequence[Any]:  # noqa: ANN401 a class or a module
    """A module, or a class with the parts that are written apart, but for Dated."""
    if not inspect.isclass(owner):
        return [owner]
    if owner is Dated:
        return [Dated]
    return [part for part in owner.__mro__ if part not in Dated.__mro__]


def _is_written_in(owner: Any, rule: object) -> bool:  # noqa: ANN401 a class or a module
    """A module holds what it imports, too."""
    return inspect.isclass(owner) or getattr(rule, "__module__", None) == owner.__name__


# periods

PERIODS: Mapping[str, Period] = rules(Period)
BOUNDS: Sequence[date | None] = (None, day(-1), day(0), day(1))


@pytest.mark.parametrize("name", sorted(PERIODS))
async def test_a_period_holds_lasts_and_ends_alike_whatever_its_bounds(
    name: str, database: Database
) -> None:
    period, days = PERIODS[name], [day(offset) for offset in range(-2, 3)]
    columns = (period.first, *period.ends)
    bounds = list(product(BOUNDS, repeat=len(columns)))
    row = _literal_rows(columns, bounds)
    each = [
        SimpleNamespace(**dict(zip(columns, dates, strict=True))) for dates in bounds
    ]
    halves: Sequence[tuple[Callable[..., bool], Callable[..., ColumnElement[bool]]]] = (
        (period.holds, period.sql),
        (period.lasts, period.sql_lasts),
        (lambda record, on: not period.has_ended(record, on), period.sql_not_ended),
    )
    async with database.looking() as session:
        for (in_python, in_sql), on in product(halves, days):
            expected = {
                rank for rank, record in enumerate(each) if in_python(record, on)
            }
            ranks = await session.scalars(select(row.c.rank).where(in_sql(row, on)))

            assert set(ranks) == expected, (in_python, on)
            assert bool(expected) is (on >= day(-1) or in_python != period.holds)


def _literal_rows(
    columns: Sequence[str], rows: Sequence[Sequence[date | None]]
) -> FromClause:
    """Rows of these days, numbered in the column `rank`."""
    each = (
        select(
            literal(rank, Integer).label("rank"),
            *(
                literal(on, Date).label(column)
                for column, on in zip(columns, dates, strict=True)
            ),
        )
        for rank, dates in enumerate(rows)
    )
    return union_all(*each).subquery()


# predicates

PREDICATES: Mapping[str, predicate[Any, Any]] = rules(predicate)


COMPUTED = {"cases.is_known"}
"""Compared below, with the values that hang from them."""


def subject_of(name: str) -> Any:  # noqa: ANN401 a mapped class
    """The class of the records that the rule is asked of."""
    owner = getattr(records, name.split(".", maxsplit=1)[0])
    first, *_ = inspect.signature(PREDICATES[name].half).parameters.values()
    return owner if inspect.isclass(owner) else first.annotation


def wanted(half: Callable[..., object], facts: Mapping[str, Any]) -> list[Any]:
    """The facts that a half takes beside its record, or its row."""
    parameters = list(inspect.signature(half).parameters.values())[1:]
    return [
        facts[parameter.name]
        for parameter in parameters
        if parameter.default is parameter.empty
    ]


def holding(
    name: str, objects: Sequence[Any], services: Sequence[Service], on: date
) -> set[tuple[str, str]]:
    """The records and services of which the rule holds, in Python."""
    half = PREDICATES[name].half
    each = [
        (record, service)
        for record in objects
        for service in services_of(record, services)
    ]
    return {
        (_key(record), service.id)
        for record, service in each
        if half(record, *wanted(half, {"service": service, "day": on}))
    }


def services_of(record: object, services: Sequence[Service]) -> Sequence[Service]:
    """A bulletin is of one service."""
    return [record.access.service] if isinstance(record, Bulletin) else services


def _key(record: object) -> str:
    return str(inspect_mapped(record).identity[0])


async def holding_in_sql(
    session: AsyncSession, name: str, on: date, *, holds: bool
) -> set[tuple[str, str]]:
    """The rows and services of which the rule holds, or does not hold, in SQL."""
    subject = subject_of(name)
    row, service = table(subject.__tablename__).alias(), table("service").alias()
    of_row = (
        service.c.id == row.c.service_id
        if subject is Bulletin
        else service.c.id.in_(SERVICES)
    )
    rule = PREDICATES[name]
    test = rule.sql(row, *wanted(rule.sql, {"service": service, "day": on}))
    key = row.c[inspect_mapped(subject).primary_key[0].name]
    rows = await session.execute(
        select(key, service.c.id)
        .join_from(row, service, of_row)
        .where(test if holds else not_(test))
    )
    return {(record, service_id) for record, service_id in rows}


async def lived(database: Database, part: int) -> None:
    """Partners of every shape with each accident; and some who ask for a service, by every two of their choices.

    Of the three parts of them, one.
    """
    async with database.transaction() as session:
        reference = await reference_of(session)
        extract = Import.open(reference.caf, "f.csv", None, reference.decider, BEGUN)
        session.add(extract)
        await session.flush()
        session.add_all(lines_of(extract))
        lives = [(shape, accident) for shape in SHAPES for accident in ("", *ACCIDENTS)]
        session.add_all(
            a_life(reference, shape, n, accident).partner
            for n, (shape, accident) in list(enumerate(lives))[part::3]
        )
        some = list(every_two())[::5]
        session.add_all(
            asking(reference, chosen, len(lives) + n, extract.id)
            for n, chosen in list(enumerate(some))[part::3]
        )


def lines_of(extract: Import) -> Iterator[ImportLine]:
    """A line of each outcome, with each decision, applied or not."""
    states = product(ImportOutcome, (None, *ImportDecision), (None, TODAY))
    for number, (outcome, decision, applied_on) in enumerate(states):
        if applied_on is None or outcome not in WITHOUT_EFFECT:
            yield ImportLine(
                import_id=extract.id,
                number=number,
                organism_id=extract.organism_id,
                raw={},
                fingerprint="",
                outcome=outcome,
                reasons=[],
                arbitration=decision,
                applied_on=applied_on,
            )


@pytest.mark.thirds
@pytest.mark.parametrize("part", PARTS)
async def test_every_predicate_says_the_same_of_a_record_and_of_its_row(
    database: Database, part: int
) -> None:
    await lived(database, part)
    async with database.looking() as session:
        services = [await session.get_one(Service, service) for service in SERVICES]
        partners = (await session.scalars(select(Partner))).all()
        for name in PREDICATES.keys() - COMPUTED:
            objects = (await session.scalars(select(subject_of(name)))).all()
            outcomes: set[bool] = set()
            for on in DAYS:
                expected = holding(name, objects, services, on)
                held = await holding_in_sql(session, name, on, holds=True)
                not_held = await holding_in_sql(session, name, on, holds=False)

                assert held == expected, (name, on)
                assert not held & not_held
                assert len(held | not_held) == sum(
                    len(services_of(record, services)) for record in objects
                )
                outcomes |= {bool(held), not not_held}
            assert outcomes, name
        assert partners


@pytest.mark.thirds
@pytest.mark.parametrize("part", PARTS)
async def test_what_is_computed_of_a_partner_and_a_service_is_the_same_in_sql(
    database: Database, part: int
) -> None:
    """Known in MCP, the case, the line of the file that speaks."""
    await lived(database, part)
    partner, service, convention = (
        table(name).alias() for name in ("partner", "service", "convention")
    )
    async with database.looking() as session:
        partners = (await session.scalars(select(Partner))).all()
        services = [
            await session.get_one(Service, service_id) for service_id in SERVICES
        ]
        for on in DAYS:
            named = file_says("known_mcp", partner, on)
            known = is_known.sql(partner, service, convention, named, on)
            in_force = and_(
                convention.c.partner_id == partner.c.id,
                Convention.period.sql(convention, on),
            )
            columns = (
                partner.c.id,
                service.c.id,
                known,
                sql_case(known, is_legacy.sql(partner, on)),
            )
            rows = await session.execute(
                select(*columns, sql_last_origin(partner, on)).select_from(
                    partner.join(service, service.c.id.in_(SERVICES)).outerjoin(
                        convention, in_force
                    )
                )
            )

            assert sorted(map(tuple, rows)) == sorted(
                _computed(p, s, on) for p in partners for s in services
            ), on


def _computed(
    partner: Partner, service: Service, on: date
) -> tuple[str, str, bool, str, str | None]:
    origin, case = last_origin(partner, on), case_of(partner, service, on)
    return (
        partner.id,
        service.id,
        is_known(partner, service, on),
        case.value,
        origin.id if origin else None,
    )


@pytest.mark.thirds
@pytest.mark.parametrize("part", PARTS)
async def test_a_bulletin_covers_the_same_departments_in_sql(
    database: Database, part: int
) -> None:
    """A11: those of the establishments that it names, else those written."""
    await lived(database, part)
    async with database.looking() as session:
        bulletins = (await session.scalars(select(Bulletin))).all()
        widths: set[int] = set()
        for bulletin in bulletins:
            row = (
                select(table("bulletin"))
                .where(table("bulletin").c.id == bulletin.id)
                .subquery()
            )
            departments = list(
                await session.scalars(Bulletin.sql_covered_departments(row))
            )

            assert departments == sorted(bulletin.covered_departments)
            widths.add(len(departments))
        assert {0, 1} <= widths


def test_every_rule_has_its_half_in_sql_and_is_compared() -> None:
    assert [name for name, rule in PREDICATES.items() if not hasattr(rule, "sql")] == []
    assert set(PREDICATES) >= COMPUTED | {
        "Affiliation.works_on",
        "ContractManager.acts_on",
        "Declaration.is_in_force",
        "ImportLine.is_unsettled",
        "cases.is_legacy",
    }
