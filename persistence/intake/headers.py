"""What the columns of a file mean.

The words of a header say it, or whoever sends the file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from persistence.records.rules import Refused, Rule
from persistence.types import folded

F = TypeVar("F", bound=str)
Words = Sequence[tuple[F, tuple[str, ...]]]
"""Field, and the words that its column may have, the more telling first.

A field may come again further down.
"""
IGNORED = "IGNORED"
"""The field of a column that is not read."""
KNOWN_ENOUGH = 3
"""How many fields make a header."""
NUMBER = re.compile("[0-9]{9}")
NAMED_COLUMNS, LONGEST = 30, 80
BEFORE_WORDS = -1
"""The rank of a field that whoever sends the file has named: before any word."""


@dataclass(frozen=True, slots=True)
class Columns(Generic[F]):
    """The header of a sheet.

    The names of its columns, unique, and the field of each that is read.
    """

    names: tuple[str, ...]
    fields: Mapping[F, int]

    @property
    def recognised(self) -> list[dict[str, str]]:
        places = sorted((place, field) for field, place in self.fields.items())
        return [
            {"header": self.names[place], "field": str(field)}
            for place, field in places
        ]

    @property
    def ignored(self) -> list[str]:
        read = set(self.fields.values())
        return [name for place, name in enumerate(self.names) if place not in read]

    @property
    def meaning(self) -> dict[F, str]:
        """The header of each field: two sheets with the same one are read alike."""
        return {field: key(self.names[place]) for field, place in self.fields.items()}

    def require(self, needed: Mapping[F, str]) -> None:
        """R57: without these fields, a line says nothing."""
        missing = [words for field, words in needed.items() if field not in self.fields]
        if missing:
            names = ", ".join(f"« {name} »" for name in self.names[:NAMED_COLUMNS])
            absent = ", ".join(missing)
            detail = f"Il manque : {absent}. Colonnes trouvées : {names}."
            raise Refused(Rule.EXTRACT_HEADER, detail=detail)


def recognised(
    cells: Sequence[str], meanings: Mapping[str, F], words: Words[F]
) -> Columns[F] | None:
    """The columns of a row, if it is a header.

    EXTRACT_COLUMNS_TWICE when two mean the same as clearly.
    """
    if any("@" in name or NUMBER.search(re.sub(r"[\s.-]", "", name)) for name in cells):
        return None  # a line, whose names may have the same words
    places: dict[F, list[tuple[int, int]]] = {}
    for place, name in enumerate(cells):
        field, rank = _meaning(name, meanings, words)
        if field is not None and field != IGNORED:
            places.setdefault(field, []).append((rank, place))
    if len(places) < KNOWN_ENOUGH:
        return None
    names = _names(cells)
    return Columns(
        names, {field: _one(ranked, names) for field, ranked in places.items()}
    )


def key(header: str) -> str:
    """What two spellings of a header share."""
    return " ".join(folded("".join(c if c.isalnum() else " " for c in header)).split())


def _meaning(
    name: str, meanings: Mapping[str, F], words: Words[F]
) -> tuple[F | None, int]:
    """The field of a column, and how clearly its words say so.

    The smaller, the clearer.
    """
    bare = key(name)
    if bare in meanings:
        return meanings[bare], BEFORE_WORDS
    spoken = set(bare.split())
    for rank, (field, ways) in enumerate(words):
        if any(spoken >= set(way.split()) for way in ways):
            return field, rank
    return None, 0


def _one(ranked: list[tuple[int, int]], names: Sequence[str]) -> int:
    best = min(ranked)
    same = [place for rank, place in ranked if rank == best[0]]
    if len(same) > 1:
        raise Refused(
            Rule.EXTRACT_COLUMNS_TWICE,
            detail=", ".join(f"« {names[place]} »" for place in same) + ".",
        )
    return best[1]


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column, none twice: what a cell is shown under."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        bare = " ".join(cell.split())[:LONGEST]
        name = bare or f"colonne {place + 1}"
        names.append(name if name not in names else f"{name} ({place + 1})")
    return tuple(names)
