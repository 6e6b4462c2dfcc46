"""A form is made from the input of its act: its labels are those of the schema."""

from collections.abc import Iterator, Mapping, Sequence
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

from .casting import Texts
from .wording import hint, label, words

PLUMBING = {"idempotencyKey", "expectedVersion", "dryRun"}
"""Fields of an input that the console fills by itself."""
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
"""Fields that hold several lines."""
OWN_REASON = {
    "closingReason",
    "suspensionReason",
    "arbitrationReason",
    "purgeReason",
    "ground",
    "evidence",
}
"""Where one of these is asked, the common `reason` is not asked too."""
KIND_OF_TYPE = {"Boolean": "checkbox", "Date": "date", "Int": "number"}
KINDS_BY_ENDING = ("digest", "siret")
MOST_RADIOS = 5
OPTIONAL = "facultatif"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a field; when it `must` be chosen, the form waits for it."""

    value: str
    label: str
    hint: str = ""
    must: bool = False


@dataclass(slots=True)
class FormField:
    """One field: `name` is the path of the input, and the path of its errors.

    `note` is what stands beside a field that may stay empty.
    """

    name: str
    label: str
    hint: str
    kind: str
    required: bool
    values: Sequence[str] = ()
    note: str = OPTIONAL
    options: Sequence[Option] = ()
    below: Sequence["FormField"] = ()
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def first(self) -> str:
        """The id of the first control that the focus can reach.

        A group of choices takes no focus itself.
        """
        if self.below:
            visible = [leaf for leaf in self.leaves() if leaf.kind != "hidden"]
            return visible[0].first if visible else self.id
        is_group = self.kind in {"radios", "checkboxes"} and self.options
        return f"{self.id}-1" if is_group else self.id

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def text(self) -> str:
        """The value in words, for the review of a form."""
        if self.kind == "checkbox":
            return "oui" if self.value else "non"
        labels = {option.value: option.label for option in self.options}
        texts = [labels.get(value, value) for value in self.values if value]
        return ", ".join(texts)

    @property
    def is_empty(self) -> bool:
        return not any(value.strip() for value in self.values)

    @property
    def lacks_an_option(self) -> bool:
        """Whether an option that must be chosen is not."""
        return any(
            option.must and option.value not in self.values for option in self.options
        )

    def leaves(self) -> Iterator["FormField"]:
        if not self.below:
            yield self
        for child in self.below:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class FormOverrides:
    """What an act changes in the form that its input gives; all is by path.

    `rows` holds the rows of a list of objects. `required` holds fields that a rule
    asks for, though the input cannot say so. `notes` stand in place of « facultatif ».
    """

    choices: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    omit: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)


def fields(
    kind: GraphQLInputObjectType,
    texts: Texts,
    overrides: FormOverrides,
    path: str = "",
) -> list[FormField]:
    """The fields of an input, with what was typed, the reason last."""
    form = []
    for name, input_field in kind.fields.items():
        where = f"{path}.{name}" if path else name
        is_plumbing = not path and name in PLUMBING
        if is_plumbing or where in overrides.omit:
            continue
        if where == "reason" and _has_own_reason(kind):
            continue
        form.append(_field(where, input_field, texts, overrides))
    return sorted(form, key=lambda each: each.name == "reason")


def _has_own_reason(kind: GraphQLInputObjectType) -> bool:
    is_optional = not is_required_input_field(kind.fields["reason"])
    return is_optional and bool(OWN_REASON & kind.fields.keys())


def _field(
    where: str,
    input_field: GraphQLInputField,
    texts: Texts,
    overrides: FormOverrides,
) -> FormField:
    type_ = get_nullable_type(input_field.type)
    description = input_field.description
    is_required = is_required_input_field(input_field) or where in overrides.required
    form_field = FormField(
        name=where,
        label=overrides.labels.get(where) or label(description),
        hint=overrides.hints.get(where, hint(description)),
        kind="text",
        required=is_required,
        values=texts.get(where, ()),
        note=overrides.notes.get(where, OPTIONAL),
    )
    if where in overrides.hidden:
        form_field.kind = "hidden"
    elif where in overrides.rows:
        form_field.kind = "rows"
        form_field.below = _rows(where, type_, texts, overrides)
    elif isinstance(type_, GraphQLInputObjectType):
        form_field.kind = "group"
        form_field.below = fields(type_, texts, overrides, where)
    else:
        form_field.options = tuple(overrides.choices.get(where, ())) or _options(type_)
        form_field.kind = _kind(where.rpartition(".")[2], type_, form_field.options)
    if form_field.kind == "digest":
        form_field.label = "Document numérisé"
        form_field.hint = ""
    return form_field


def _rows(
    where: str,
    type_: Any,  # noqa: ANN401 a list type
    texts: Texts,
    overrides: FormOverrides,
) -> list[FormField]:
    """One group a row; the first field of a row says what the row is about."""
    item = get_nullable_type(type_.of_type)
    key = next(iter(item.fields))
    rows = []
    for index, row in enumerate(overrides.rows[where]):
        path = f"{where}.{index}"
        with_key = {**texts, f"{path}.{key}": [row.value]}
        below = fields(item, with_key, overrides, path)
        below[0].kind = "hidden"
        group = FormField(path, row.label, row.hint, "group", required=True)
        group.below = below
        rows.append(group)
    return rows


def _options(type_: Any) -> tuple[Option, ...]:  # noqa: ANN401 an input type
    is_list = isinstance(type_, GraphQLList)
    item = get_nullable_type(type_.of_type) if is_list else type_
    if not isinstance(item, GraphQLEnumType):
        return ()
    return tuple(Option(value, word) for value, word in words(item).items())


def _kind(name: str, type_: Any, options: Sequence[Option]) -> str:  # noqa: ANN401
    if isinstance(type_, GraphQLList):
        return "checkboxes" if options else "lines"
    if options:
        return "radios" if len(options) <= MOST_RADIOS else "select"
    if type_.name in KIND_OF_TYPE:
        return KIND_OF_TYPE[type_.name]
    for kind in KINDS_BY_ENDING:
        if name.lower().endswith(kind):
            return kind
    if name == "email":
        return "email"
    return "long" if name in LONG else "text"
