"""A form is made from the input of its act: its labels are the descriptions of the schema."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    get_nullable_type,
    is_required_input_field,
)

from .casting import InvalidValue, Texts, cast
from .wording import hint, label, words

PLUMBING = {"idempotencyKey", "expectedVersion", "dryRun"}
LONG = {
    "conditionsOfExercise",
    "conditionsOfAdministration",
    "evidence",
    "ground",
    "reason",
    "comment",
    "closingReason",
    "suspensionReason",
    "purpose",
    "arbitrationReason",
}
OWN_REASON = {"closingReason", "suspensionReason", "arbitrationReason", "purgeReason", "ground", "evidence"}
BY_TYPE = {"Boolean": "checkbox", "Date": "date", "Int": "number"}
FEW = 5


@dataclass(frozen=True, slots=True)
class Option:
    """`must`: the form is not whole until it is chosen."""

    value: str
    label: str
    hint: str = ""
    must: bool = False


@dataclass(slots=True)
class FormField:
    """One field: `name` is the path of the input, and the path of its errors."""

    name: str
    label: str
    hint: str
    kind: str
    required: bool
    values: Sequence[str] = ()
    note: str = "facultatif"
    """What is said beside a field that may stay empty."""
    options: Sequence[Option] = ()
    below: Sequence["FormField"] = ()
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def first(self) -> str:
        """The id of the first control that the focus can reach: a group of choices takes none itself."""
        if self.below:
            return next((leaf.first for leaf in self.leaves() if leaf.kind != "hidden"), self.id)
        return f"{self.id}-1" if self.kind in {"radios", "checkboxes"} and self.options else self.id

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def said(self) -> str:
        """The value in words, for the review of a form."""
        known = {option.value: option.label for option in self.options}
        if self.kind == "checkbox":
            return "oui" if self.value else "non"
        return ", ".join(known.get(value, value) for value in self.values if value)

    def leaves(self) -> Iterator["FormField"]:
        if not self.below:
            yield self
        for child in self.below:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class FormOverrides:
    """What an act says of its form beyond its input: choices by path, rows of a list, fields left out, own words.

    `required`: fields that its rule asks for, though its input cannot say so. `notes`: what is said in place of
    « facultatif ».
    """

    choices: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    omit: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)


def fields(kind: GraphQLInputObjectType, texts: Texts, shape: FormOverrides, path: str = "") -> list[FormField]:
    """The fields of an input, with what was typed; the plumbing of the act is the console's own affair."""
    made = []
    for name, given in kind.fields.items():
        where = f"{path}.{name}" if path else name
        if (not path and name in PLUMBING) or where in shape.omit:
            continue
        if where == "reason" and not is_required_input_field(given) and OWN_REASON & kind.fields.keys():
            continue  # the act asks why by itself
        made.append(_field(where, given, texts, shape))
    return sorted(made, key=lambda f: f.name == "reason")  # why, at the end


def _field(where: str, given: GraphQLInputField, texts: Texts, shape: FormOverrides) -> FormField:
    type_ = get_nullable_type(given.type)
    title = shape.labels.get(where) or label(given.description)
    aside = shape.hints.get(where, hint(given.description))
    required = is_required_input_field(given) or where in shape.required
    made = FormField(where, title, aside, "text", required, texts.get(where, ()), shape.notes.get(where, "facultatif"))
    if where in shape.hidden:
        made.kind = "hidden"
    elif where in shape.rows:
        made.kind, made.below = "rows", _rows(where, type_, texts, shape)
    elif isinstance(type_, GraphQLInputObjectType):
        made.kind, made.below = "group", fields(type_, texts, shape, where)
    else:
        made.options = tuple(shape.choices.get(where, ())) or _options(type_)
        made.kind = _kind(where.rpartition(".")[2], type_, made.options)
        if made.kind == "digest":
            made.label, made.hint = "Document numérisé", ""
    return made


def _rows(where: str, type_: Any, texts: Texts, shape: FormOverrides) -> list[FormField]:  # noqa: ANN401 a list type
    item = get_nullable_type(type_.of_type)
    made = []
    for index, row in enumerate(shape.rows[where]):
        path = f"{where}.{index}"
        key = next(iter(item.fields))  # the first field of a row says what it is about
        below = fields(item, {**texts, f"{path}.{key}": [row.value]}, shape, path)
        below[0].kind = "hidden"
        made.append(FormField(path, row.label, row.hint, "group", required=True, below=below))
    return made


def _options(type_: Any) -> tuple[Option, ...]:  # noqa: ANN401 an input type
    item = get_nullable_type(type_.of_type) if isinstance(type_, GraphQLList) else type_
    return tuple(Option(*pair) for pair in words(item).items()) if isinstance(item, GraphQLEnumType) else ()


def _kind(name: str, type_: Any, options: Sequence[Option]) -> str:  # noqa: ANN401 an input type
    if isinstance(type_, GraphQLList):
        return "checkboxes" if options else "lines"
    if options:
        return "radios" if len(options) <= FEW else "select"
    if type_.name in BY_TYPE:
        return BY_TYPE[type_.name]
    for kind in ("digest", "siret"):
        if name.lower().endswith(kind):
            return kind
    if name == "email":
        return "email"
    return "long" if name in LONG else "text"


def missing(made: Sequence[FormField]) -> dict[str, str]:
    """The sentence of each field that must be filled in and is not; an optional group is whole once it is begun."""
    return {leaf.name: _lacks(leaf) for top in made for leaf in _empty(top)}


def _lacks(leaf: FormField) -> str:
    box = leaf.label if leaf.kind == "checkbox" else ", ".join(o.label for o in leaf.options if o.must)
    return f"Cochez « {box} » pour continuer." if box else f"« {leaf.label} » est à renseigner."


def read(kind: GraphQLInputObjectType, names: Iterable[str], texts: Texts, wrong: dict[str, str]) -> dict[str, Any]:
    """These fields of an input as the graph takes them; the sentence of what does not fit is added to `wrong`."""
    found = {}
    for name in names:
        try:
            value = cast(kind.fields[name].type, texts, name)
        except InvalidValue as uncast:
            wrong.setdefault(uncast.path, uncast.sentence)
            continue
        if value is not None:
            found[name] = value
    return found


def place(made: Sequence[FormField], errors: Iterable[Mapping[str, Any]]) -> None:
    """Each error beside its field; what has no field of its own stands above."""
    leaves = {leaf.name: leaf for top in made for leaf in (top, *top.leaves()) if leaf.kind != "hidden"}
    for error in errors:
        name = ".".join(error["path"]).removeprefix("input.")  # a scalar's path begins at the argument
        while name and name not in leaves:
            name = name.rpartition(".")[0]
        if name:
            leaves[name].errors.append(str(error["message"]))


def told(wrong: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Our own errors in the shape of the graph's."""
    return [{"path": name.split("."), "message": said} for name, said in wrong.items()]


def _empty(field: FormField) -> Iterator[FormField]:
    if field.below:
        if field.required or any(leaf.kind != "hidden" and leaf.value.strip() for leaf in field.leaves()):
            for child in field.below:
                yield from _empty(child)
    elif any(option.must and option.value not in field.values for option in field.options) or (
        field.required and not any(value.strip() for value in field.values)
    ):
        yield field
