"""Taking lines costs as much for the last as for the first: statements and objects walked are counted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.identity import _WeakInstanceDict

from persistence import journal, parts
from persistence.records import Organism

from .sending import Desk, a_file, a_line

FEW, MANY = 40, 120


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """What is done meanwhile: statements, and how many objects each look at a whole session has walked."""
    done: Counter[str] = Counter()

    def counted(kind: type, name: str, walk: Any) -> None:  # noqa: ANN401 a function of SQLAlchemy
        def looked(of: Any) -> Any:  # noqa: ANN401 what it gives
            objects = list(walk(of))
            done["walked"] += len(objects)
            return objects

        monkeypatch.setattr(
            kind, name, property(looked) if name in {"new", "dirty"} else looked
        )

    counted(Session, "new", Session.new.fget)  # type: ignore[attr-defined]
    counted(Session, "dirty", Session.dirty.fget)  # type: ignore[attr-defined]
    counted(_WeakInstanceDict, "all_states", _WeakInstanceDict.all_states)

    def ran(*_: object) -> None:
        done["statements"] += 1

    event.listen(Engine, "before_cursor_execute", ran)
    yield done
    event.remove(Engine, "before_cursor_execute", ran)


async def taking(paris: Desk, work: Counter[str], lines: int) -> Counter[str]:
    sent = await paris.sends(a_file(*(a_line() for _ in range(lines))))
    work.clear()
    payload = await paris.applies(sent)
    assert payload["registered"] == lines
    return work.copy()


async def test_taking_three_times_as_many_lines_does_no_more_than_three_times_the_work(
    paris: Desk, work: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 20)
    few, many = await taking(paris, work, FEW), await taking(paris, work, MANY)

    assert many["walked"] <= few["walked"] * MANY / FEW
    assert many["statements"] <= few["statements"] * MANY / FEW


async def test_an_entry_that_is_given_what_it_tells_looks_at_nothing_else(
    work: Counter[str],
) -> None:
    organisms = [
        Organism(code=str(number), name="Caf", departments=[]) for number in range(50)
    ]
    async with AsyncSession() as session:
        session.add_all(organisms)

        _, after = journal.changes(session, organisms[:1])

        assert list(after) == [organisms[0].id]
        assert work["walked"] == 0


async def test_others_are_answered_between_the_parts_of_an_import(
    paris: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits meanwhile waits for a part: no more is written in one turn of the loop."""
    monkeypatch.setattr(parts, "PART", 20)
    sent = await paris.sends(a_file(*(a_line() for _ in range(MANY))))
    written: list[int] = []

    def noted(session: Session, *_: object) -> None:
        written.append(len(session.new))

    event.listen(Session, "before_flush", noted)
    await paris.applies(sent)
    event.remove(Session, "before_flush", noted)

    assert sum(written) > MANY * 5
    # a partner, its SIRET, its establishment, its origin and the organism that follows it
    assert max(written) == 20 * 5
