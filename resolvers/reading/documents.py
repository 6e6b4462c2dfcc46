"""The documents that were asked lately, by their text: parsed and validated once."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValuesOfCorrectTypeRule,
    parse,
    specified_rules,
    validate,
)
from graphql.language import Source

from resolvers.places import refuse

MOST_DOCUMENTS = 500
VALUES = (ValuesOfCorrectTypeRule,)
STRUCTURE = tuple(rule for rule in specified_rules if rule not in VALUES)
LONGEST = 30_000
TOKENS = 4_000
DEPTH = 16
FIELDS = 1_500
ROOTS = 20
INTROSPECTED = 6
"""How many fields one of an introspection counts for.

It is answered once for each of a hundred types: the usual query has 220 of them.
"""
NUL = re.compile(r"\\u(0000|\{0+\})")
ONE_OPERATION = (
    "Nommez l'opération : le document en contient plusieurs, ou aucune de ce nom."
)


@dataclass(frozen=True, slots=True)
class GraphDocument:
    """A document and what is wrong with it."""

    text: str
    tree: DocumentNode | None
    errors: tuple[GraphQLError, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of this name, or the only one; several need a name."""
        assert self.tree is not None
        operations = []
        for definition in self.tree.definitions:
            if isinstance(definition, OperationDefinitionNode):
                own = definition.name.value if definition.name else None
                if name in (None, own):
                    operations.append(definition)
        if len(operations) != 1:
            raise refuse("OPERATION", ONE_OPERATION)
        return operations[0]


def fragments_of(document: DocumentNode) -> list[FragmentDefinitionNode]:
    return [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]


class Documents:
    """The last documents that were asked.

    A text that is refused is remembered too, so that it is refused cheaply; not one
    that is too long.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._documents: OrderedDict[str, GraphDocument] = OrderedDict()

    def get(self, text: str) -> GraphDocument:
        if len(text) > LONGEST:
            limit = f"Un document compte au plus {LONGEST} caractères."
            return _refused(text, refuse("TOO_LONG", limit))
        document = self._documents.get(text)
        if document is None:
            document = self._documents[text] = self._read(text)
            if len(self._documents) > MOST_DOCUMENTS:
                self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(text)
        return document

    def _read(self, text: str) -> GraphDocument:
        if NUL.search(text):
            return _refused(text, refuse("MALFORMED", "Le caractère NUL est refusé."))
        try:
            tree = parse(Source(text), max_tokens=TOKENS)
            measure(tree)
        except GraphQLSyntaxError as error:
            return _refused(text, _unreadable(error))
        except GraphQLError as error:
            return _refused(text, error)
        except RecursionError:
            return _refused(text, refuse("TOO_DEEP", "Le document est trop profond."))
        return GraphDocument(text, tree, tuple(self._faults(tree)))

    def _faults(self, tree: DocumentNode) -> list[GraphQLError]:
        """What validation says; a literal of another type is never echoed."""
        faults = []
        for error in validate(self._schema, tree, STRUCTURE, max_errors=5):
            message = f"Le document ne suit pas le schéma : {error.message}"
            faults.append(graph_error(error, message))
        if faults:
            return faults
        errors = validate(self._schema, tree, VALUES, max_errors=5)
        message = "Cette valeur ne convient pas à son type."
        return [graph_error(error, message) for error in errors]


def _refused(text: str, error: GraphQLError) -> GraphDocument:
    return GraphDocument(text, None, (error,))


def graph_error(error: GraphQLError, message: str) -> GraphQLError:
    return GraphQLError(
        message, error.nodes, extensions={"code": "GRAPHQL_VALIDATION_FAILED"}
    )


def _unreadable(error: GraphQLError) -> GraphQLError:
    """Where the syntax fails, without the text that stands there."""
    where = error.locations[0] if error.locations else None
    place = f" ligne {where.line}, colonne {where.column}" if where else ""
    return refuse("GRAPHQL_PARSE_FAILED", f"Erreur de syntaxe{place}.")


class Size(NamedTuple):
    """Of a selection, fragments opened: its levels, its fields, its first fields."""

    depth: int = 0
    fields: int = 0
    roots: int = 0

    def beside(self, other: "Size") -> "Size":
        """Of the two selections as one."""
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.roots + other.roots,
        )


def measure(tree: DocumentNode) -> None:
    """Refuse an operation that has too many levels, fields or root fields."""
    sizes = Sizes({each.name.value: each for each in fragments_of(tree)})
    for definition in tree.definitions:
        if isinstance(definition, OperationDefinitionNode):
            depth, fields, roots = sizes.of(definition.selection_set, ())
            if depth > DEPTH:
                message = f"La requête a {depth} niveaux, la limite est {DEPTH}."
                raise refuse("TOO_DEEP", message)
            if fields > FIELDS or roots > ROOTS:
                message = "La requête compte trop de champs : coupez-la."
                raise refuse("TOO_COMPLEX", message)


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of selections; each fragment is measured once, however often spread.

    `path` is the way to a selection, through the fragments that it stands in.
    """

    fragments: Mapping[str, FragmentDefinitionNode]
    by_fragment: dict[str, Size] = field(default_factory=dict)

    def of(self, selections: SelectionSetNode | None, path: tuple[str, ...]) -> Size:
        size = Size()
        for selection in selections.selections if selections else ():
            size = size.beside(self._of_one(selection, path))
        return size

    def _of_one(self, selection: SelectionNode, path: tuple[str, ...]) -> Size:
        match selection:
            case FragmentSpreadNode():
                return self._of_fragment(selection.name.value, path)
            case FieldNode():
                below = self.of(selection.selection_set, path)
                is_introspection = selection.name.value in ("__schema", "__type")
                weight = INTROSPECTED if is_introspection else 1
                return Size(below.depth + 1, below.fields * weight + 1, 1)
            case InlineFragmentNode():
                return self.of(selection.selection_set, path)
        raise AssertionError(selection)

    def _of_fragment(self, name: str, path: tuple[str, ...]) -> Size:
        """Nothing for a circle or an unknown fragment: validation refuses them."""
        if name in path or name not in self.fragments:
            return Size()
        if name not in self.by_fragment:
            selections = self.fragments[name].selection_set
            self.by_fragment[name] = self.of(selections, (*path, name))
        return self.by_fragment[name]
