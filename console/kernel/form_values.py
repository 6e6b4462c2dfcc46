"""What was typed in a form: what is missing, the input it gives, its errors."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLInputObjectType

from .casting import InvalidValue, Texts, cast
from .forms import FormField


def missing(form: Sequence[FormField]) -> dict[str, str]:
    """A sentence for each field that must be filled in and is not, by its path."""
    sentences = {}
    for top in form:
        for leaf in _empty_leaves(top):
            sentences[leaf.name] = _missing_sentence(leaf)
    return sentences


def _missing_sentence(leaf: FormField) -> str:
    must = [option.label for option in leaf.options if option.must]
    box = leaf.label if leaf.kind == "checkbox" else ", ".join(must)
    if box:
        return f"Cochez « {box} » pour continuer."
    return f"« {leaf.label} » est à renseigner."


def _empty_leaves(field: FormField) -> Iterator[FormField]:
    """An optional group may stay empty; once it is begun, it must be whole."""
    if field.below:
        leaves = [leaf for leaf in field.leaves() if leaf.kind != "hidden"]
        is_begun = any(leaf.value.strip() for leaf in leaves)
        if field.required or is_begun:
            for child in field.below:
                yield from _empty_leaves(child)
    elif field.lacks_an_option or (field.required and field.is_empty):
        yield field


def read(
    kind: GraphQLInputObjectType,
    names: Iterable[str],
    texts: Texts,
    faults: dict[str, str],
) -> dict[str, Any]:
    """These fields of an input, as the graph takes them.

    The sentence of each value that does not fit is added to `faults`, by its path.
    """
    values = {}
    for name in names:
        try:
            value = cast(kind.fields[name].type, texts, name)
        except InvalidValue as invalid:
            faults.setdefault(invalid.path, invalid.sentence)
            continue
        if value is not None:
            values[name] = value
    return values


def place_errors(
    form: Sequence[FormField], errors: Iterable[Mapping[str, Any]]
) -> None:
    """Set each error beside its field; one without a field is left to the page."""
    by_name = {}
    for top in form:
        for each in (top, *top.leaves()):
            if each.kind != "hidden":
                by_name[each.name] = each
    for error in errors:
        # The path of an error of a scalar begins at the argument.
        name = ".".join(error["path"]).removeprefix("input.")
        while name and name not in by_name:
            name = name.rpartition(".")[0]
        if name:
            by_name[name].errors.append(str(error["message"]))


def as_errors(sentences: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Our own sentences, in the shape of the errors of the graph."""
    return [
        {"path": name.split("."), "message": sentence}
        for name, sentence in sentences.items()
    ]
