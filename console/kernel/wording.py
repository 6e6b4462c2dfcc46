"""French words of the schema: the titles and hints that its descriptions give, the words of its enums."""

import re
from typing import Self

from graphql import GraphQLEnumType, GraphQLNamedType, GraphQLSchema

from .typography import spaced

_CLAUSE = re.compile(r" : | ; |\. |, ")
_PARAGRAPH = re.compile(r" \([§RAI][^)]*\)\.?$")
_ALONE = re.compile(r"\(([§RAI][^)]*)\)")


class EnumWord(str):
    """A value of an enum, with its French word."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, value: str, label: str) -> Self:
        made = super().__new__(cls, value)
        made.label = label
        return made


def words(type_: GraphQLNamedType) -> dict[str, str]:
    """The French words of an enum, by value."""
    assert isinstance(type_, GraphQLEnumType)
    return {name: word(type_, name) for name in type_.values}


def word(type_: GraphQLEnumType, value: str) -> str:
    """The French word of a value: its whole description."""
    return spaced((type_.values[value].description or value).strip().rstrip("."))


def label(description: str | None) -> str:
    """The title that a description begins with: its first clause, without the paragraph it refers to."""
    text = _PARAGRAPH.sub("", " ".join((description or "").split()))
    return _PARAGRAPH.sub("", _CLAUSE.split(text, maxsplit=1)[0]).rstrip(".")


def hint(description: str | None) -> str:
    """What a description says beyond its title; a paragraph that stands alone is introduced."""
    text = " ".join((description or "").split()).rstrip(".")
    rest = text[len(label(text)) :].strip(" .,:;")
    alone = _ALONE.fullmatch(rest)
    return f"Instruction : {alone[1]}" if alone else rest[:1].upper() + rest[1:]


def act_names(schema: GraphQLSchema) -> dict[str, str]:
    """The acts of the graph, by name, as the journal is read."""
    assert schema.mutation_type is not None
    return {name: label(field.description) for name, field in schema.mutation_type.fields.items()}
