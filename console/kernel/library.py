"""Every document of the console, checked against the schema at the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    Source,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)

from .documents import ConsoleDocument
from .printing import form_text, mutation_text, snake_case

FOLDER = Path(__file__).parent.parent
RULES = (*specified_rules, NoDeprecatedCustomRule)
MOST_ERRORS = 20


class DocumentError(Exception):
    """A document that does not fit the schema: the process does not start."""


@dataclass(frozen=True)
class Library:
    """The documents of the console.

    Queries are by the name of their file; forms and mutations by the name of their act.
    """

    schema: GraphQLSchema
    queries: Mapping[str, ConsoleDocument]
    forms: Mapping[str, ConsoleDocument]
    mutations: Mapping[str, ConsoleDocument]

    @classmethod
    def load(
        cls, schema: GraphQLSchema, roots: Mapping[str, str], folder: Path = FOLDER
    ) -> Self:
        """Read the files, and print what follows from the schema.

        `roots` names the acts, each with the object that its form is about, or "" for
        none. The query of a form is `<act in snake case>.form.graphql`, where there is
        such a file. Raises `DocumentError` for anything that the schema does not offer,
        or that it deprecates.
        """
        shared = [_source(file) for file in folder.glob("layout/fragments/*.graphql")]
        queries = _sources(folder)
        forms = {}
        mutations = {}
        for act, root in roots.items():
            file = f"{snake_case(act)}.form"
            if file in queries:
                forms[act] = queries.pop(file)
            else:
                forms[act] = Source(form_text(act, root), file)
            mutations[act] = Source(mutation_text(schema, act), f"mutation {act}")

        sources = (*shared, *queries.values(), *forms.values(), *mutations.values())
        trees = {source.name: parse(source) for source in sources}
        definitions = [each for tree in trees.values() for each in tree.definitions]
        require_valid(schema, definitions)
        fragments = {
            each.name.value: each
            for each in definitions
            if isinstance(each, FragmentDefinitionNode)
        }

        def documents(sources: Mapping[str, Source]) -> dict[str, ConsoleDocument]:
            """The documents of these files; a file of fragments alone is none."""
            by_name = {}
            for name, source in sources.items():
                operation = _operation(source.name, trees[source.name])
                if operation is not None:
                    document = ConsoleDocument(name, schema, operation, fragments)
                    by_name[name] = document
            return by_name

        return cls(schema, documents(queries), documents(forms), documents(mutations))


@cache
def library(schema: GraphQLSchema, acts: tuple[tuple[str, str], ...]) -> Library:
    """The console's own documents, read once for a schema.

    `acts` pairs the name of each act with the root of its form.
    """
    return Library.load(schema, dict(acts))


def _sources(folder: Path) -> dict[str, Source]:
    """The documents of the features and of the layout, by the name of their file."""
    sources: dict[str, Source] = {}
    for file in sorted(folder.glob("*/*.graphql")):
        if file.stem in sources:
            raise DocumentError(f"{file.name}: two documents of this name")
        sources[file.stem] = _source(file)
    return sources


def _source(file: Path) -> Source:
    name = f"{file.parent.name}/{file.name}"
    return Source(file.read_text("utf-8"), name)


def _operation(name: str, tree: DocumentNode) -> OperationDefinitionNode | None:
    """The operation of a document; None for one that only holds fragments."""
    operations = [
        definition
        for definition in tree.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    if len(operations) > 1:
        raise DocumentError(f"{name}: one operation at most")
    return operations[0] if operations else None


def require_valid(schema: GraphQLSchema, definitions: Sequence[DefinitionNode]) -> None:
    """Check all the documents in one pass: what they share is read once.

    Raises `DocumentError` with every fault.
    """
    tree = DocumentNode(definitions=tuple(definitions))
    errors = validate(schema, tree, RULES, max_errors=MOST_ERRORS)
    faults = [_fault(error) for error in errors]
    unbounded = _UnboundedLists()
    visit(tree, unbounded)
    faults += unbounded.faults
    if faults:
        raise DocumentError(" ; ".join(faults))


def _fault(error: GraphQLError) -> str:
    place = error.nodes[0].loc if error.nodes else None
    name = place.source.name if place else "?"
    return f"{name}: {error.message}"


class _UnboundedLists(Visitor):
    """The lists of nodes that do not say how many they ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        selections = node.selection_set.selections if node.selection_set else ()
        fields = {each.name.value for each in selections if isinstance(each, FieldNode)}
        arguments = {argument.name.value for argument in node.arguments or ()}
        is_list = bool(fields & {"nodes", "edges"})
        if is_list and not arguments & {"first", "last"}:
            self.faults.append(f"{node.name.value} without a size")
