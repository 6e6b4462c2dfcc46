"""French words of the schema: titles and hints of its descriptions, words of its enums.

A description begins with a title; what follows is a hint. Either may name a paragraph
of the instruction or a rule: « SIRET du bulletin (§3.2). Quatorze chiffres. »
"""

import re
from typing import Self

from graphql import GraphQLEnumType, GraphQLNamedType, GraphQLSchema

from .typography import spaced

_END_OF_TITLE = re.compile(r" : | ; |\. |, ")
_PARAGRAPH = re.compile(r" \([§RAI][^)]*\)\.?$")
_PARAGRAPH_ALONE = re.compile(r"\(([§RAI][^)]*)\)")


class EnumWord(str):
    """A value of an enum, with its French word."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, value: str, label: str) -> Self:
        word = super().__new__(cls, value)
        word.label = label
        return word


def words(type_: GraphQLNamedType) -> dict[str, str]:
    """The French words of an enum, by value."""
    assert isinstance(type_, GraphQLEnumType)
    return {name: word(type_, name) for name in type_.values}


def word(type_: GraphQLEnumType, value: str) -> str:
    """The French word of a value: its whole description."""
    description = type_.values[value].description or value
    return spaced(description.strip().rstrip("."))


def label(description: str | None) -> str:
    """The title of a description, without the paragraph that it refers to."""
    text = _PARAGRAPH.sub("", _one_line(description))
    title = _END_OF_TITLE.split(text, maxsplit=1)[0]
    return _PARAGRAPH.sub("", title).rstrip(".")


def hint(description: str | None) -> str:
    """What a description says beyond its title.

    A paragraph that stands alone is introduced: « Instruction : §3.2 ».
    """
    text = _one_line(description).rstrip(".")
    rest = text[len(label(text)) :].strip(" .,:;")
    alone = _PARAGRAPH_ALONE.fullmatch(rest)
    if alone:
        return f"Instruction : {alone[1]}"
    return rest[:1].upper() + rest[1:]


def _one_line(description: str | None) -> str:
    return " ".join((description or "").split())


BESIDE_THE_GRAPH = {"importUpload": "Dépose le fichier d’un import"}
"""The acts that are no mutation: a file comes by an address of its own."""


def act_titles(schema: GraphQLSchema) -> dict[str, str]:
    """The French title of each act that the journal tells, by name."""
    assert schema.mutation_type is not None
    fields = schema.mutation_type.fields
    titles = {name: label(field.description) for name, field in fields.items()}
    return titles | BESIDE_THE_GRAPH
