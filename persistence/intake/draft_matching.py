"""Which line of a draft a put takes the place of.

The line that it names, else that of the same person, else that of the same reference.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from persistence.records.base import name_key
from persistence.records.rules import Refused, Rule

from .batch_lines import texts
from .cards import WorkerCards
from .cells import day
from .draft_rows import PersonOfLine, StoredLine, person_of
from .remuneration_lines import Remuneration, refuse_same

Cells = Mapping[str, Mapping[str, str]]
"""By the id of a line."""


@dataclass(slots=True)
class Matches:
    """The lines that a put takes the place of, by the rank of theirs.

    `misplaced`: the lines that name another line than the caller believes, which are
    not put.
    """

    stored: Sequence[StoredLine]
    by_rank: dict[int, StoredLine] = field(default_factory=dict)
    misplaced: set[int] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)

    def claim(self, rank: int, stored: StoredLine) -> None:
        self.by_rank[rank] = stored
        self.claimed.add(stored.id)

    def by_id(self, raws: Sequence[Mapping[str, Any]]) -> None:
        """The lines that are named, before any other."""
        lines = {stored.id: stored for stored in self.stored}
        names = Counter(raw.get("draft_line_id") for raw in raws)
        for rank, raw in enumerate(raws):
            name = raw.get("draft_line_id")
            if name is None:
                continue
            stored = lines.get(name)
            if stored is None or names[name] > 1:
                self.misplaced.add(rank)
            else:
                self.claim(rank, stored)

    def refuse_misplaced(
        self, read: Sequence[Remuneration], raws: Sequence[Mapping[str, Any]]
    ) -> None:
        """A key that names no line, or the same as another; a line that has changed."""
        for rank in self.misplaced:
            read[rank].reject(Rule.LINE_AMBIGUOUS, "draft_line_id")
        for rank, stored in list(self.by_rank.items()):
            version = raws[rank].get("draft_line_version")
            if version not in (None, stored.version):
                detail = f"Version actuelle : {stored.version}."
                read[rank].reject(Rule.VERSION_CONFLICT, "draft_line_version", detail)
                self.misplaced.add(rank)

    def by_person(self, read: Sequence[Remuneration], cards: WorkerCards) -> None:
        """Of several lines of one person, first the one with the same reference."""
        of_person = self._of_persons()
        for rank, line in enumerate(read):
            if rank in self.by_rank or rank in self.misplaced:
                continue
            free = [
                stored
                for name in _names(person_of(line, cards))
                for stored in of_person[name]
                if stored.id not in self.claimed
            ]
            free.sort(key=lambda one: one.client_reference != line.reference)
            if free:
                self.claim(rank, free[0])

    def by_reference(self, read: Sequence[Remuneration]) -> dict[int, StoredLine]:
        """The one line of the same reference, not claimed yet: it may be another's."""
        of_reference = defaultdict(list)
        for stored in self.stored:
            if stored.id not in self.claimed:
                of_reference[stored.client_reference].append(stored)
        candidates = {}
        for rank, line in enumerate(read):
            same = of_reference[line.reference] if line.reference else []
            is_placed = rank in self.by_rank or rank in self.misplaced
            if len(same) == 1 and not is_placed:
                candidates[rank] = same[0]
        return candidates

    def take_references(
        self,
        read: Sequence[Remuneration],
        candidates: Mapping[int, StoredLine],
        cells: Cells,
    ) -> None:
        """A reference that serves for somebody else takes nobody's place."""
        for rank, stored in candidates.items():
            line = read[rank]
            is_other = _is_of_another(line, cells[stored.id])
            if is_other or stored.id in self.claimed:
                line.warn(Rule.REFERENCE_DUPLICATE, "client_reference")
            else:
                self.claim(rank, stored)

    def refuse_doubles(self, read: Sequence[Remuneration], cards: WorkerCards) -> None:
        """A person who has another line in the draft, which the put leaves alone."""
        of_person = self._of_persons()
        for rank, line in enumerate(read):
            if rank in self.misplaced:
                continue
            for name in _names(person_of(line, cards)):
                others = [
                    Remuneration(stored.position, stored.client_reference)
                    for stored in of_person[name]
                    if stored.id not in self.claimed
                ]
                if others:
                    refuse_same([line, *others])
                    break

    def _of_persons(self) -> dict[str, list[StoredLine]]:
        of_person = defaultdict(list)
        for stored in self.stored:
            person = PersonOfLine(stored.worker_id, stored.nir_index)
            for name in _names(person):
                of_person[name].append(stored)
        return of_person


def _names(person: PersonOfLine) -> Collection[str]:
    return [name for name in person if name is not None]


def _is_of_another(line: Remuneration, cells: Mapping[str, str]) -> bool:
    """Whether both the name and the day of birth are another person's."""
    former = texts(cells)
    try:
        born = day(former.get("birth_date", ""))
    except Refused:
        return False
    name = former.get("birth_name")
    if name is None or line.birth_date is None or not line.birth_name:
        return False
    return born != line.birth_date and name_key(name) != name_key(line.birth_name)
