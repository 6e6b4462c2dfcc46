"""A template reads what its own document asks for, as its type says.

Anything else stops it.
"""

from datetime import UTC, date, datetime

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, build_schema, parse
from jinja2 import UndefinedError

from console.kernel.answering import Console
from console.kernel.documents import ConsoleDocument
from console.kernel.library import Library
from console.kernel.masking import Mask, NotSelected
from console.kernel.paths import nodes, path, values
from console.kernel.rendering import facts
from console.kernel.wording import EnumWord

SCHEMA = build_schema(
    """
    scalar Date scalar DateTime
    enum Mode { "Gestion déléguée" DELEGATED "Gestion centralisée" CENTRALISED BARE }
    interface Node { id: ID! }
    type Partner implements Node { "Identifiant" id: ID! "Raison sociale : celle du SIRET" name: String!
                                   "Mode" mode: Mode "Depuis" since: Date "Lu le" at: DateTime "Caf" office: Office
                                   "Groupes" groups(first: Int): GroupConnection!
                                   "Départements" departments: [String!]! }
    type Office implements Node { id: ID! "Nom" name: String! }
    type Group { id: ID! "Nom" name: String! }
    type GroupConnection { nodes: [Group!]! totalCount: Int }
    type Query { partner: Partner node: Node }
    """
)
ANSWER = {
    "partner": {
        "id": "ptr_1",
        "name": "Esat",
        "secret": "kept",
        "mode": "DELEGATED",
        "since": "2026-06-30",
        "at": "2026-06-30T08:00:00+00:00",
        "office": None,
        "groups": {
            "nodes": [{"id": "grp_1", "name": "A"}, {"id": "grp_2", "name": "B"}]
        },
        "departments": ["75", "93"],
    },
    "node": {"id": "ptr_1", "name": "Esat", "siret": None},
}


def document(text: str) -> ConsoleDocument:
    operation, *others = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    fragments = {
        fragment.name.value: fragment
        for fragment in others
        if isinstance(fragment, FragmentDefinitionNode)
    }
    return ConsoleDocument("one", SCHEMA, operation, fragments)


def test_an_id_is_shown_without_the_day_of_its_facts() -> None:
    """Addresses are made of it; a page on another day says so in `on`."""
    read = document("{ partner { id groups { nodes { id } } } node { id } }").selection
    data = {
        "partner": {
            "id": "ptr_1@2026-02-28",
            "groups": {"nodes": [{"id": "grp_1@2026-02-28"}]},
        },
        "node": None,
    }
    partner = Mask(data, read).partner

    assert partner.id == "ptr_1"
    assert [group.id for group in nodes(partner.groups)] == ["grp_1"]


def masked(below: str) -> Mask:
    return Mask(ANSWER, document(f"{{ partner {{ {below} }} }}").selection)


def test_a_field_that_the_document_does_not_ask_is_refused_though_the_answer_holds_it() -> (
    None
):
    partner = masked("id name").partner

    assert partner.name == "Esat"
    with pytest.raises(NotSelected, match=r"Partner\.mode"):
        partner.mode  # noqa: B018 the reading is the test
    with pytest.raises(NotSelected, match=r"Partner\.secret"):
        partner["secret"]
    with pytest.raises(NotSelected):
        masked("office { id }").name  # noqa: B018 the reading is the test


def test_a_field_of_another_depth_is_refused_too() -> None:
    group = masked("groups(first: 2) { nodes { name } }").partner.groups.nodes[0]

    with pytest.raises(NotSelected, match=r"Group\.id"):
        group.id  # noqa: B018 the reading is the test


@pytest.mark.parametrize(
    "wrong",
    ["{{ p.mode }}", "{{ p['mode'] }}", "{{ p.secret }}", "{% if p.mode %}{% endif %}"],
)
def test_a_template_that_reads_what_was_not_asked_fails(
    console: Console, wrong: str
) -> None:
    with pytest.raises(NotSelected):
        console.templates.from_string(wrong).render(p=masked("id name").partner)


@pytest.mark.parametrize(
    "wrong", ["{{ nobody }}", "{{ word.nothing }}", "{% for x in nobody %}{% endfor %}"]
)
def test_a_template_that_reads_what_it_was_not_given_fails(
    console: Console, wrong: str
) -> None:
    with pytest.raises(UndefinedError):
        console.templates.from_string(wrong).render(word="x")


def test_values_come_as_their_type_says() -> None:
    partner = masked("mode since at office { name } departments").partner

    assert (partner.mode, partner.mode.label) == ("DELEGATED", "Gestion déléguée")
    assert partner.since == date(2026, 6, 30)
    assert partner.at == datetime(2026, 6, 30, 8, tzinfo=UTC)
    assert partner.office is None
    assert partner.departments == ["75", "93"]


def test_a_word_is_its_value_and_prints_its_french() -> None:
    mode = masked("mode").partner.mode

    assert isinstance(mode, EnumWord)
    assert mode == "DELEGATED"
    assert hash(mode) == hash("DELEGATED")


def test_an_alias_is_the_name_under_which_a_field_is_read() -> None:
    partner = masked("called: name").partner

    assert partner.called is None  # the answer above has no such key
    with pytest.raises(NotSelected):
        partner.name  # noqa: B018 the reading is the test


def test_fragments_of_several_types_are_read_together_and_only_what_came_is_shown() -> (
    None
):
    node = Mask(
        ANSWER,
        document(
            "{ node { id ... on Partner { name } ... on Office { id } } }"
        ).selection,
    ).node

    assert [selected.key for selected, _ in node] == ["id", "name"]
    with pytest.raises(NotSelected):
        node.siret  # noqa: B018 the reading is the test


def test_the_facts_of_an_object_are_its_titles_kinds_and_values_in_the_order_of_the_document() -> (
    None
):
    partner = masked(
        "id name mode departments groups(first: 2) { nodes { name } } office { name }"
    ).partner

    assert [(title, kind) for title, kind, _ in facts(partner)] == [
        ("Raison sociale", "leaf"),
        ("Mode", "leaf"),
        ("Départements", "list"),
        ("Groupes", "connection"),
        ("Caf", "object"),
    ]


def test_a_path_goes_through_objects_lists_and_what_is_absent() -> None:
    data = masked("office { name } groups(first: 2) { nodes { name } }")

    assert path(data, "partner.groups.nodes.1.name") == "B"
    assert path(data, "partner.office.name") is None
    assert [group.name for group in nodes(data.partner.groups)] == ["A", "B"]
    assert list(values(data, ["partner", "groups", "nodes", "name"])) == ["A", "B"]
    assert list(values(data, ["partner", "office", "name"])) == []


def test_no_template_of_a_page_reads_past_its_library(library: Library) -> None:
    """The guard holds at every level of every page.

    The root object of each refuses an invented key.
    """
    for query in [*library.queries.values(), *library.forms.values()]:
        with pytest.raises(NotSelected):
            Mask({}, query.selection).invented  # noqa: B018 the reading is the test
