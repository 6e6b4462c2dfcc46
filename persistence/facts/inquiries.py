"""What a question of rights looks at: what people hold, what the asker may read.

One statement answers it (`inquiry_statement.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from persistence.engine import Database
from persistence.reading.binds import Holdings
from persistence.reading.tree_objects import objects_from_json
from persistence.records import Organism, Partner, User

from .inquiry_statement import Acts, ReadPermits, inquiry_statement


class InquiryFacts(NamedTuple):
    """What the register answers to a question.

    What people hold is that of the day asked about. What the asker reads is of today.
    """

    holders: Sequence[Mapping[str, Any]]
    """What each person holds (`callers.holders`)."""
    people: Mapping[str, User]
    """Those of them whom the asker reads, without what hangs from them."""
    organisms: Mapping[str, Organism]
    """Those that are theirs or the object's, without what hangs from them."""
    called: str
    """The name of the establishment that the object is, else of its partner.

    It is empty for an object without a partner.
    """
    bars: Sequence[Mapping[str, str | None]] = ()
    """Of each act in question, the rule that bars it today, for either side."""
    readable: frozenset[str] = frozenset()
    """The ids of the partner's rows that the asker reads."""
    file: Partner | None = None
    """The partner with its whole file."""


async def inquiry_facts(
    session: AsyncSession,
    database: Database,
    permits: Mapping[str, ReadPermits],
    acts: Acts,
    request: Mapping[str, Any],
    holdings: Holdings,
) -> InquiryFacts:
    """The answer to a question, by one statement.

    `permits` are those of the asker's reads, by record. `request` holds the `day`, the
    `object`, and as `home` its partner if the asker reads it. Then either the `user`
    about whom the home's file is read; or the `partner`, the `organisms` and the
    `owner`, whose people may be concerned.
    """
    is_one = request["user"] is not None
    reads = tuple((name, tuple(each)) for name, each in permits.items())
    statement = inquiry_statement(database.dialect, reads, acts, is_one)
    binds = statement.binds(request, holdings)
    driver = await database.driver_of(session)
    text = await database.value(statement.text, binds, driver)
    return _facts_of_answer(orjson.loads(text), request["organisms"])


def _facts_of_answer(
    answer: Sequence[Any], organisms_of_object: Sequence[str]
) -> InquiryFacts:
    """The objects of an answer.

    Readable ids and a file are there for one user's alone.
    """
    holders, people, organisms, label, bars, *of_one_user = answer
    users = objects_from_json(User, people)
    organism_ids = {*organisms_of_object, *_organisms_of(holders)}
    facts = InquiryFacts(
        holders=holders,
        people={user.id: user for user in users},
        organisms=_organisms(organisms, organism_ids),
        called=label or "",
        bars=bars or (),
    )
    if not of_one_user:
        return facts
    readable, files = of_one_user
    file = next(iter(objects_from_json(Partner, files)), None)
    return facts._replace(readable=frozenset(readable), file=file)


def _organisms_of(holders: Sequence[Mapping[str, Any]]) -> set[str]:
    """The organisms where these people have a post."""
    return {organism for holder in holders for _, organism in holder["posts"]}


def _organisms(rows: Sequence[Any], wanted: set[str]) -> Mapping[str, Organism]:
    """The organisms of these ids."""
    arrays = [array for organism_id, array in rows if organism_id in wanted]
    organisms = objects_from_json(Organism, arrays)
    return {organism.id: organism for organism in organisms}
