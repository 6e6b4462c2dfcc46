"""Documents known by their text: parsed and validated once, within limits, never hashed again as trees."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionSetNode,
    ValuesOfCorrectTypeRule,
    parse,
    specified_rules,
    validate,
)
from graphql.language import Source

from resolvers.places import refuse

KNOWN = 500
VALUES = (ValuesOfCorrectTypeRule,)
STRUCTURE = tuple(rule for rule in specified_rules if rule not in VALUES)
LONGEST = 30_000
TOKENS = 4_000
DEPTH = 16
FIELDS = 1_500
ROOTS = 20
INTROSPECTED = 6
"""What a field of an introspection weighs, answered once for each of a hundred types: the usual query has 220."""
NUL = re.compile(r"\\u(0000|\{0+\})")


@dataclass(frozen=True, slots=True)
class GraphDocument:
    """A document and what is wrong with it."""

    text: str
    tree: DocumentNode | None
    errors: tuple[GraphQLError, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation named, or the only one; several need a name."""
        assert self.tree is not None
        found = [
            d for d in self.tree.definitions if isinstance(d, OperationDefinitionNode)
        ]
        if name is not None:
            found = [d for d in found if d.name is not None and d.name.value == name]
        if len(found) != 1:
            raise refuse(
                "OPERATION",
                "Nommez l'opération : le document en contient plusieurs, ou aucune de ce nom.",
            )
        return found[0]


def fragments_of(document: DocumentNode) -> list[FragmentDefinitionNode]:
    return [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]


class Documents:
    """The last documents seen. A text that is refused is remembered too, unless by its length: refusing stays cheap."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: OrderedDict[str, GraphDocument] = OrderedDict()

    def get(self, text: str) -> GraphDocument:
        if len(text) > LONGEST:
            return GraphDocument(
                text,
                None,
                (
                    refuse(
                        "TOO_LONG", f"Un document compte au plus {LONGEST} caractères."
                    ),
                ),
            )
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._read(text)
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(text)
        return known

    def _read(self, text: str) -> GraphDocument:
        if NUL.search(text):
            return GraphDocument(
                text, None, (refuse("MALFORMED", "Le caractère NUL est refusé."),)
            )
        try:
            tree = parse(Source(text), max_tokens=TOKENS)
            measure(tree)
        except GraphQLSyntaxError as error:
            return GraphDocument(text, None, (_unreadable(error),))
        except GraphQLError as error:
            return GraphDocument(text, None, (error,))
        except RecursionError:
            return GraphDocument(
                text, None, (refuse("TOO_DEEP", "Le document est trop profond."),)
            )
        return GraphDocument(text, tree, tuple(self._faults(tree)))

    def _faults(self, tree: DocumentNode) -> list[GraphQLError]:
        """What validation says; a literal that does not fit its type is never echoed."""
        structure = validate(self._schema, tree, STRUCTURE, max_errors=5)
        values = [] if structure else validate(self._schema, tree, VALUES, max_errors=5)
        return [
            *(
                graph_error(e, f"Le document ne suit pas le schéma : {e.message}")
                for e in structure
            ),
            *(
                graph_error(e, "Cette valeur ne convient pas à son type.")
                for e in values
            ),
        ]


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
    """Of a selection: its levels, its fields, and the fields of its first level, fragments opened."""

    depth: int
    fields: int
    roots: int


def measure(tree: DocumentNode) -> None:
    """One pass, each fragment measured once: depth, fields and root fields, however often it is spread."""
    fragments = {
        d.name.value: d
        for d in tree.definitions
        if isinstance(d, FragmentDefinitionNode)
    }
    measured: dict[str, Size] = {}

    def size(selections: SelectionSetNode | None, path: tuple[str, ...]) -> Size:
        depth = fields = roots = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FragmentSpreadNode):
                below = spread(selection.name.value, path)
            else:
                inner: Any = selection
                below = size(inner.selection_set, path)
            if isinstance(selection, FieldNode):
                weight = (
                    INTROSPECTED
                    if selection.name.value in ("__schema", "__type")
                    else 1
                )
                below = Size(below.depth + 1, below.fields * weight + 1, 1)
            depth, fields, roots = (
                max(depth, below.depth),
                fields + below.fields,
                roots + below.roots,
            )
        return Size(depth, fields, roots)

    def spread(name: str, path: tuple[str, ...]) -> Size:
        if name in path or name not in fragments:
            return Size(0, 0, 0)  # validation says so
        if name not in measured:
            measured[name] = size(fragments[name].selection_set, (*path, name))
        return measured[name]

    for definition in tree.definitions:
        if isinstance(definition, OperationDefinitionNode):
            depth, fields, roots = size(definition.selection_set, ())
            if depth > DEPTH:
                raise refuse(
                    "TOO_DEEP", f"La requête a {depth} niveaux, la limite est {DEPTH}."
                )
            if fields > FIELDS or roots > ROOTS:
                raise refuse(
                    "TOO_COMPLEX", "La requête compte trop de champs : coupez-la."
                )
