"""A name tells what its thing is: what requires, what answers a bool, what is a class of its own.

What does not meet a rule yet is counted in `remaining.json`: a file does no worse than what stands there. Whoever
mends a file writes the new figures with `python -m tests.house.remaining`.
"""

import ast

from tests.house import measures
from tests.house.measures import (
    bad_predicates,
    bad_requirements,
    classes,
    defined_names,
    other_booleans,
    participles_defined,
    raising_predicates,
)
from tests.house.sources import exceeding, sources, tree_of

BOOLEANS_BY_ANOTHER_NAME = {
    "_asks_ends",
    "_boolean",
    "_centralised",
    "_closed_on_the_day",
    "_differs",
    "_down",
    "_dual",
    "_flag",
    "_gives_declaring",
    "_identifies",
    "_in_custody",
    "lead",
    "_must_fetch",
    "_near",
    "_precedes",
    "_redeem",
    "_refuse",
    "_served_before",
    "_serves",
    "accepts",
    "acts_on",
    "additive",
    "admits",
    "agrees_with",
    "belongs_to",
    "boolean",
    "can",
    "concerns",
    "contradicts",
    "covers",
    "current",
    "ended_as_manager",
    "ends_after",
    "expired",
    "flag",
    "holds",
    "holds_nir",
    "holds_on",
    "in_scope_elsewhere",
    "keep",
    "knows",
    "lacks_an_option",
    "lasts",
    "lives",
    "luhn",
    "makes_partner",
    "may_read",
    "missed",
    "needs_help",
    "needs_page_info",
    "on_records",
    "recognises",
    "runs_on",
    "same_origin",
    "save_draft",
    "says",
    "shows_on",
    "varies",
    "works_on",
}
"""What answers a bool and reads better as a verb: `if user.works_on(day)`."""

SAME_NAMES: dict[str, str] = {}
"""The classes that share a name, and why they may."""

EXAMPLE = """
class Told:
    def is_open(self) -> bool:
        raise ValueError

    def is_shut(self) -> bool:
        return require_door(self)

    def has_key(self): ...

    def require_door(self) -> str: ...

    def opens(self) -> bool:
        self.made = known = 1
"""


def counted(rule: str) -> dict[str, float]:
    return {name: len(getattr(measures, rule)(tree_of(name))) for name in sources()}


def test_what_requires_raises_or_gives_nothing_back() -> None:
    assert exceeding("bad_requirements", counted("bad_requirements")) == {}


def test_what_is_named_as_a_question_answers_a_bool() -> None:
    assert exceeding("bad_predicates", counted("bad_predicates")) == {}


def test_no_question_raises() -> None:
    assert exceeding("raising_predicates", counted("raising_predicates")) == {}


def test_what_answers_a_bool_is_named_as_a_question_or_listed() -> None:
    assert exceeding("other booleans", dict.fromkeys(unlisted_booleans(), 1)) == {}


def unlisted_booleans() -> list[str]:
    return [
        f"{name}: {function}"
        for name in sources()
        for function in other_booleans(tree_of(name))
        if function not in BOOLEANS_BY_ANOTHER_NAME
    ]


def test_nothing_is_named_by_a_participle() -> None:
    assert exceeding("participles", participles_defined()) == {}


def test_no_two_classes_share_a_name_but_a_record_and_its_type() -> None:
    assert (
        exceeding(
            "shared class names",
            {name: 1 for name in shared_class_names() if name not in SAME_NAMES},
        )
        == {}
    )


def shared_class_names() -> list[str]:
    return [
        name
        for name, homes in classes().items()
        if len(homes) > 1 and not is_a_record_s(homes)
    ]


def is_a_record_s(homes: list[str]) -> bool:
    """The record in the register, and its type in the graph."""
    rooms = sorted(home.split("/")[0] for home in homes)
    return rooms == ["persistence", "schema"] and any(
        home.startswith("persistence/records/") for home in homes
    )


def test_each_of_these_would_be_seen() -> None:
    tree = ast.parse(EXAMPLE)

    assert bad_requirements(tree) == ["require_door"]
    assert bad_predicates(tree) == ["has_key"]
    assert raising_predicates(tree) == ["is_open", "is_shut"]
    assert other_booleans(tree) == ["opens"]
    assert sorted(
        each for each in defined_names(tree) if each.lower() in measures.PARTICIPLES
    ) == [
        "Told",
        "known",
        "made",
    ]
