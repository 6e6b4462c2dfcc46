"""A partner's file read by one statement is the file that the mapping loads, object by object."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import Text, cast, inspect, select
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import DetachedInstanceError

from persistence.facts.model import MODEL
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import compiled
from persistence.reading.tree_objects import loaded, objects_from_json
from persistence.reading.trees import row_json
from persistence.records import Organism, Partner
from persistence.records.base import Base, table

from .desk import NOW, TODAY, Desk


async def read(desk: Desk, kind: type[Base], *, alone: bool = False) -> list[Any]:
    """Every object of this kind, by one statement."""
    terms, row = SqlContext(MODEL, desk.dialect), table(kind.__tablename__).alias()
    item = row_json(kind, row, terms.spelling, alone=alone)
    made = compiled(select(cast(terms.spelling.listed(item, [row.c.id]), Text)), terms)
    async with desk.database.reading() as driver:
        held = Holdings(TODAY, NOW, lambda _attribute, _role: ())
        return objects_from_json(
            kind,
            orjson.loads(
                await desk.database.value(made.text, made.binds({}, held), driver)
            ),
        )


def told(one: Base, seen: set[tuple[Any, ...]]) -> Iterator[Any]:
    """The values of an object and of all that hangs from it, each object once."""
    mapper = inspect(type(one))
    identity = (mapper, *mapper.primary_key_from_instance(one))
    yield identity
    if identity in seen:
        return
    seen.add(identity)
    yield {c.key: getattr(one, c.key) for c in mapper.column_attrs if not c.deferred}
    for relation in mapper.relationships:
        if relation.lazy == "selectin":
            value = getattr(one, relation.key)
            several = (
                value if relation.uselist else [value] if value is not None else []
            )
            key = inspect(relation.mapper).primary_key_from_instance
            yield relation.key, len(several)
            for below in several if relation.order_by else sorted(several, key=key):
                yield list(told(below, seen))


async def test_a_file_is_the_same_objects_as_the_mapping_loads(desk: Desk) -> None:
    found = {partner.id: partner for partner in await read(desk, Partner)}
    async with desk.database.looking() as session:
        mapped = (await session.scalars(select(Partner))).all()
        assert mapped
        assert {partner.id for partner in mapped} == found.keys()
        for partner in mapped:
            assert list(told(found[partner.id], set())) == list(told(partner, set())), (
                partner.id
            )
            assert type(found[partner.id].conventions) is type(partner.conventions)


async def test_an_object_told_twice_is_one_and_knows_what_it_hangs_from(
    desk: Desk,
) -> None:
    for partner in await read(desk, Partner):
        links = {link.id: link for link in partner.affiliations}
        for convention in partner.conventions:
            assert convention.partner is partner
            assert convention.contract.convention is convention
            for manager in convention.contract.managers:
                assert manager.affiliation is links[manager.affiliation.id]
            for access in convention.accesses:
                assert all(bulletin.access is access for bulletin in access.bulletins)
                granted = {
                    role.id: role
                    for bulletin in access.bulletins
                    for role in bulletin.roles
                }
                for group in access.groups:
                    if group.role is not None and group.role.id in granted:
                        assert group.role is granted[group.role.id]


async def test_what_was_not_read_is_not_taken_for_nothing(desk: Desk) -> None:
    for organism in await read(desk, Organism, alone=True):
        assert organism.name
        with pytest.raises(DetachedInstanceError):
            _ = organism.departments


# the loader of acts


async def arrays(desk: Desk, kind: type[Base]) -> list[Any]:
    """Every row of this kind with what hangs from it, as an act reads them."""
    terms, row = SqlContext(MODEL, desk.dialect), table(kind.__tablename__).alias()
    made = compiled(
        select(
            cast(
                terms.spelling.listed(
                    row_json(kind, row, terms.spelling),
                    [row.c[c.name] for c in inspect(kind).primary_key],
                ),
                Text,
            )
        ),
        terms,
    )
    async with desk.database.reading() as driver:
        held = Holdings(TODAY, NOW, lambda _attribute, _role: ())
        text = await desk.database.value(made.text, made.binds({}, held), driver)
    rows: list[Any] = orjson.loads(text)
    return rows


UNREAD = ("journal", "session")
"""The journal and the sessions of browsers are read by no act."""
LOADED: dict[str, type[Base]] = {
    mapper.class_.__name__: mapper.class_
    for mapper in Base.registry.mappers
    if mapper.class_.__tablename__ not in UNREAD
}


@pytest.fixture
def small(small_worlds: dict[str, Desk], dialect: str) -> Desk:
    return small_worlds[dialect]


@pytest.mark.parametrize("name", sorted(LOADED))
async def test_the_loader_gives_the_session_what_the_mapping_loads(
    small: Desk, name: str
) -> None:
    kind = LOADED[name]
    rows = await arrays(small, kind)
    key = inspect(kind).primary_key_from_instance
    async with small.database.looking() as session, small.database.looking() as other:
        found = {tuple(key(one)): one for one in loaded(session, kind, rows)}
        mapped = {tuple(key(one)): one for one in await other.scalars(select(kind))}

        assert found.keys() == mapped.keys()
        for identity, one in mapped.items():
            assert list(told(found[identity], set())) == list(told(one, set())), (
                identity
            )
            assert inspect(found[identity]).persistent
        assert not session.dirty
        assert not session.new


async def test_an_object_that_the_session_has_is_itself_and_is_refreshed_when_asked(
    small: Desk,
) -> None:
    rows = await arrays(small, Partner)
    async with small.database.looking() as session:
        partners = list(await session.scalars(select(Partner)))
        set_committed_value(partners[0], "name", "Ancien nom")

        kept = {one.id: one for one in loaded(session, Partner, rows)}
        assert all(kept[partner.id] is partner for partner in partners)
        assert partners[0].name == "Ancien nom"
        refreshed = {
            one.id: one for one in loaded(session, Partner, rows, refresh=True)
        }

        assert all(refreshed[partner.id] is partner for partner in partners)
        assert partners[0].name != "Ancien nom"
        assert not session.dirty
