"""The documents of the console: read and checked at the start, each closed over the fragments that it uses."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Self

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NoDeprecatedCustomRule,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    VariableNode,
    Visitor,
    get_named_type,
    is_leaf_type,
    parse,
    print_ast,
    specified_rules,
    type_from_ast,
    validate,
    visit,
)

from .selection import SelectedField, Selection

FOLDER = Path(__file__).parent.parent
SHARED_ANSWERS = {"errors", "warnings", "replayed"}
"""What every payload holds; the console does not ask whether an act was replayed."""


class DocumentError(Exception):
    """A document that does not fit the schema: the start is refused."""


@dataclass(frozen=True)
class ConsoleDocument:
    """One operation with its fragments, as it is sent."""

    name: str
    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @cached_property
    def text(self) -> str:
        used = sorted(self._used(self.operation.selection_set))
        return "\n\n".join(print_ast(node) for node in (self.operation, *(self.fragments[name] for name in used)))

    @cached_property
    def selection(self) -> Selection:
        return self._read[0]

    @cached_property
    def arguments(self) -> dict[str, GraphQLArgument]:
        """The argument that each variable is given to: its description is the label of a filter."""
        return self._read[1]

    @cached_property
    def variables(self) -> dict[str, GraphQLInputType]:
        found = {}
        for definition in self.operation.variable_definitions or ():
            type_ = type_from_ast(self.schema, definition.type)
            assert type_ is not None
            found[definition.variable.name.value] = type_
        return found  # type: ignore[return-value]

    @cached_property
    def needed(self) -> frozenset[str]:
        """The variables without which the document does not run."""
        given = self.operation.variable_definitions or ()
        return frozenset(
            d.variable.name.value for d in given if isinstance(d.type, NonNullTypeNode) and d.default_value is None
        )

    @cached_property
    def _read(self) -> tuple[Selection, dict[str, GraphQLArgument]]:
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None
        arguments: dict[str, GraphQLArgument] = {}
        return self._selection(root, arguments, self.operation.selection_set), arguments

    def _used(self, selection: SelectionSetNode) -> set[str]:
        found: set[str] = set()
        for node in selection.selections:
            match node:
                case FragmentSpreadNode():
                    name = node.name.value
                    found |= {name} | self._used(self.fragments[name].selection_set)
                case FieldNode() | InlineFragmentNode() if node.selection_set:
                    found |= self._used(node.selection_set)
        return found

    def _selection(
        self, type_: GraphQLNamedType, arguments: dict[str, GraphQLArgument], *sets: SelectionSetNode
    ) -> Selection:
        """What these selections ask of the type; the arguments that take variables are noted on the way."""
        made, below = Selection(type_), dict[str, list[SelectionSetNode]]()
        for owner, node in (pair for each in sets for pair in self._fields(type_, each)):
            key = node.alias.value if node.alias else node.name.value
            if node.name.value == "__typename":
                continue
            selected = made.fields.setdefault(key, SelectedField(key, owner.fields[node.name.value], None))
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    arguments[argument.value.name.value] = selected.field.args[argument.name.value]
            if node.selection_set:
                below.setdefault(key, []).append(node.selection_set)
        for key, sets_below in below.items():
            made.fields[key].below = self._selection(made.fields[key].named, arguments, *sets_below)
        return made

    def _fields(
        self, type_: GraphQLNamedType, selection: SelectionSetNode
    ) -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, FieldNode]]:
        for node in selection.selections:
            match node:
                case FieldNode():
                    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
                    yield type_, node
                case InlineFragmentNode():
                    named = node.type_condition.name.value if node.type_condition else type_.name
                    yield from self._fields(self.schema.type_map[named], node.selection_set)
                case FragmentSpreadNode():
                    fragment = self.fragments[node.name.value]
                    kind = self.schema.type_map[fragment.type_condition.name.value]
                    yield from self._fields(kind, fragment.selection_set)


@dataclass(frozen=True)
class Library:
    """Every document of the console: its queries by the name of their file, its forms and mutations by their act."""

    schema: GraphQLSchema
    queries: Mapping[str, ConsoleDocument]
    forms: Mapping[str, ConsoleDocument]
    mutations: Mapping[str, ConsoleDocument]

    @classmethod
    def load(cls, schema: GraphQLSchema, roots: Mapping[str, str], folder: Path = FOLDER) -> Self:
        """Read the files, and print what follows from the schema.

        `roots` names the acts, each with the object that its form is about, or "" for none. The query of a form is
        `<act in snake case>.form.graphql`, where there is such a file. Raises `DocumentError` for anything that the
        schema does not offer, or that it deprecates.
        """
        shared = [_source(file) for file in sorted(folder.glob("layout/fragments/*.graphql"))]
        written: dict[str, Source] = {}
        for file in sorted(folder.glob("*/*.graphql")):
            if file.stem in written:
                raise DocumentError(f"{file.name}: two documents of this name")
            written[file.stem] = _source(file)
        form_files = {act: f"{snake_case(act)}.form" for act in roots}
        forms = {
            act: written.pop(name) if name in written else Source(form_text(act, roots[act]), name)
            for act, name in form_files.items()
        }
        mutations = {act: Source(mutation_text(schema, act), f"the mutation {act}") for act in roots}

        sources = (*shared, *written.values(), *forms.values(), *mutations.values())
        trees = {source: parse(source) for source in sources}
        definitions = [definition for tree in trees.values() for definition in tree.definitions]
        check(schema, definitions)
        fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}

        def documents(sources: Mapping[str, Source]) -> dict[str, ConsoleDocument]:
            operations = {name: _operation(source, trees[source]) for name, source in sources.items()}
            return {name: ConsoleDocument(name, schema, each, fragments) for name, each in operations.items() if each}

        return cls(schema, documents(written), documents(forms), documents(mutations))


def _source(file: Path) -> Source:
    return Source(file.read_text("utf-8"), file.name)


def _operation(source: Source, tree: DocumentNode) -> OperationDefinitionNode | None:
    """The operation of a document, or None when it only holds fragments."""
    operations = [each for each in tree.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) > 1:
        raise DocumentError(f"{source.name}: one operation at most")
    return operations[0] if operations else None


def mutation_text(schema: GraphQLSchema, act: str) -> str:
    """The mutation of an act: its whole payload, the objects of it by their id alone."""
    assert schema.mutation_type is not None
    field = schema.mutation_type.fields[act]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    answers = [
        _answer_text(name, get_named_type(answer.type))
        for name, answer in payload.fields.items()
        if name not in SHARED_ANSWERS
    ]
    return f"""
        mutation {act[0].upper()}{act[1:]}($input: {field.args["input"].type}) {{
          {act}(input: $input) {{
            {" ".join(answers)}
            errors {{ ...Refused }}
            warnings {{ ...Noticed }}
          }}
        }}
    """


def _answer_text(name: str, type_: GraphQLNamedType) -> str:
    if is_leaf_type(type_):
        return name
    return f"{name} {{ ...Consequences }}" if type_.name == "Impact" else f"{name} {{ id }}"


def form_text(act: str, root: str) -> str:
    """The query of a form that has no file: the facts of the object it is about, or nothing but the frame."""
    operation = f"{act[0].upper()}{act[1:]}Form"
    if not root:
        return f"query {operation} {{ ...Frame }}"
    facts = f"{root[0].upper()}{root[1:]}Facts"
    return f"""
        query {operation}(${root}Id: ID!) {{
          ...Frame
          {root}: node(id: ${root}Id) {{ ...{facts} }}
        }}
    """


def snake_case(name: str) -> str:
    """`conventionSign` as `convention_sign`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@cache
def library(schema: GraphQLSchema, acts: tuple[tuple[str, str], ...]) -> Library:
    """The console's own documents, read once for a schema; `acts` pairs each act with the root of its form."""
    return Library.load(schema, dict(acts))


def check(schema: GraphQLSchema, definitions: Sequence[DefinitionNode]) -> None:
    """All the documents in one pass: what they share is looked at once."""
    tree = DocumentNode(definitions=tuple(definitions))
    faults = [
        _told(error) for error in validate(schema, tree, [*specified_rules, NoDeprecatedCustomRule], max_errors=20)
    ]
    visit(tree, unbounded := _Unbounded())
    if faults or unbounded.found:
        raise DocumentError(" ; ".join(faults + unbounded.found))


def _told(error: GraphQLError) -> str:
    place = error.nodes[0].loc if error.nodes else None
    return f"{place.source.name if place else '?'}: {error.message}"


class _Unbounded(Visitor):
    """A list of nodes says how many it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        below = node.selection_set.selections if node.selection_set else ()
        asked = {child.name.value for child in below if isinstance(child, FieldNode)}
        given = {argument.name.value for argument in node.arguments or ()}
        if asked & {"nodes", "edges"} and not given & {"first", "last"}:
            self.found.append(f"{node.name.value} without a size")
