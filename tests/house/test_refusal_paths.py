"""A refusal says where in the input it stands: by fields of the acts, as Python writes them."""

import ast
import re
from functools import cache

import pytest
from graphql import GraphQLInputObjectType
from strawberry.utils.str_converters import to_camel_case

from persistence.records import Notice, Rule
from resolvers.acting.refusal_paths import as_graph_notice
from schema.contract import types
from tests.house.sources import sources, tree_of

FOLDERS = ("persistence/records/", "persistence/intake/", "resolvers/")
READING = ("resolvers/reading/", "resolvers/explaining/", "resolvers/graph.py")
"""What reads has no input: its errors stand at a field of the answer."""
REFUSING = [
    name
    for name in sources()
    if name.startswith(FOLDERS) and not name.startswith(READING)
]
PATHS = {
    "Notice": slice(1, 2),
    "Refused": slice(1, None),
    "find": slice(2, None),
    "find_all": slice(2, None),
    "at": slice(0, None),
    "cleaned": slice(1, 2),
    "departments": slice(1, 2),
    "email_address": slice(1, 2),
    "refuse": slice(1, 2),
    "reject": slice(1, 2),
    "require": slice(2, None),
    "required_name": slice(1, 2),
    "sha256": slice(1, 2),
    "take": slice(2, None),
    "under": slice(0, 1),
    "warn": slice(1, 2),
}
"""The functions that take a path, and which of their arguments write it."""
GRAPH_NAME = re.compile(r"[a-z]+(?:[A-Z][a-z0-9]*)+")


@cache
def fields() -> frozenset[str]:
    """The graph's name of each field of each input."""
    return frozenset(
        field
        for kind in types().schema.type_map.values()
        if isinstance(kind, GraphQLInputObjectType)
        for field in kind.fields
    )


def acts() -> set[str]:
    mutation = types().schema.mutation_type
    assert mutation is not None
    return set(mutation.fields)


def steps_of(tree: ast.AST) -> set[str]:
    """The words with which paths are written in a file."""
    steps: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in node.args[PATHS.get(called(node), slice(0))]:
                steps |= words_of(argument)
    return steps


def called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_")
    return ""


def words_of(argument: ast.expr) -> set[str]:
    match argument:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.Tuple(elts=parts):
            return set().union(*map(words_of, parts))
        case ast.IfExp(body=one, orelse=other):
            return words_of(one) | words_of(other)
    return set()


@pytest.mark.parametrize("name", REFUSING)
def test_a_path_names_fields_of_the_inputs(name: str) -> None:
    steps = steps_of(tree_of(name))

    assert {step for step in steps if to_camel_case(step) not in fields()} == set()


@pytest.mark.parametrize("name", REFUSING)
def test_no_rule_writes_a_name_of_the_graph_but_that_of_an_act(name: str) -> None:
    words = {
        node.value
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(filter(GRAPH_NAME.fullmatch, words)) <= acts()


def test_the_graph_gives_a_path_in_its_own_names() -> None:
    paths = {
        ("campaign_year",): ("input", "campaignYear"),
        ("lines", "3", "net_aid"): ("input", "lines", "3", "netAid"),
        ("campaignYear",): ("input", "campaignYear"),
        (): (),
    }

    for path, answered in paths.items():
        assert as_graph_notice(Notice(Rule.VALUE_INVALID, path)).path == answered


def test_a_wrong_word_would_be_seen() -> None:
    tree = ast.parse(
        'require(x, Rule.X, "campaign_year")\n'
        'raise Refused(Rule.X, "lines", str(i), "month" if x else "net_aid")\n'
        'self._refuse(Rule.X, "nothing")\n'
        'Notice(Rule.X, ("deposit",), "Détail.")\n'
    )

    steps = steps_of(tree)

    assert {step for step in steps if to_camel_case(step) not in fields()} == {
        "month",
        "nothing",
    }
