"""The desk's documents: what a start refuses, and the titles and hints that the contract's descriptions give."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, build_schema

from console.acts import ACTS
from console.documents import DocumentError, Library, Selection, hint, label, words
from console.kernel import Desk
from console.site import PAGES
from schema.contract import types

SCHEMA = types().schema
FRAME = "fragment Who on Viewer { may }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("pages", "acts", "fragments"):
        (tmp_path / name).mkdir()
    return tmp_path


def loaded(folder: Path, text: str, *, schema: GraphQLSchema = SCHEMA) -> Library:
    (folder / "pages" / "one.graphql").write_text(text, "utf-8")
    return Library.load(schema, folder)


def test_every_document_of_the_desk_suits_the_contract(library: Library) -> None:
    assert {page.document for page in PAGES} <= set(library.queries)
    assert {act.document for act in ACTS.values()} <= set(library.mutations)
    assert {act.document for act in ACTS.values()} <= set(library.queries)


def test_every_document_serves_a_page_or_an_act(library: Library) -> None:
    served = {page.document for page in PAGES} | {act.document for act in ACTS.values()} | {"frame", "lot"}

    assert set(library.queries) - served == set()
    assert set(library.mutations) - served <= {"list_export"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("query Q { partners(first: 1) { nodes { colour } } }", "colour"),
        ("query Q { partners { nodes { name } } }", "without a size"),
        ("query Q { partners { edges { node { name } } } }", "without a size"),
        ("query Q($n: Date) { partners(first: $n) { nodes { name } } }", "type"),
        ("query Q($n: Int) { partners(first: 1) { nodes { name } } }", "never used"),
        ("query Q { viewer } ", "must have a selection"),
        ("query A { viewer { may } } query B { viewer { may } }", "one query and one mutation at most"),
    ],
)
def test_a_start_refuses_a_document_that_does_not_suit(folder: Path, text: str, fault: str) -> None:
    with pytest.raises(DocumentError, match=fault):
        loaded(folder, text)


def test_a_start_refuses_a_deprecated_field_even_inside_a_fragment(folder: Path) -> None:
    schema = build_schema('type Query { a: A! } type A { new: Int! old: Int! @deprecated(reason: "new says more") }')
    loaded(folder, "query Q { a { ...F } } fragment F on A { new }", schema=schema)

    with pytest.raises(DocumentError, match="old is deprecated"):
        loaded(folder, "query Q { a { ...F } } fragment F on A { new old }", schema=schema)


def test_a_list_inside_a_fragment_says_its_size_too(folder: Path) -> None:
    with pytest.raises(DocumentError, match="groups without a size"):
        loaded(
            folder,
            "query Q($id: ID!) { partner(by: {id: $id}) { ...F } } fragment F on Partner { groups { nodes { name } } }",
        )


def test_a_fragment_that_serves_no_document_is_refused(folder: Path) -> None:
    (folder / "fragments" / "who.graphql").write_text("fragment Other on Partner { name }", "utf-8")

    with pytest.raises(DocumentError, match=r"who\.graphql: Fragment 'Other' is never used"):
        loaded(folder, "query Q { viewer { may } }")


def test_a_file_of_an_act_holds_one_query_and_one_mutation(folder: Path) -> None:
    mutation = "mutation M($input: GroupCloseInput!) { groupClose(input: $input) { replayed } }"
    (folder / "acts" / "group_close.graphql").write_text("query Q { viewer { may } } " + mutation, "utf-8")

    library = Library.load(SCHEMA, folder)

    assert set(library.queries) == set(library.mutations) == {"group_close"}


def test_a_document_is_sent_with_the_fragments_that_it_uses_and_no_other(folder: Path) -> None:
    (folder / "fragments" / "who.graphql").write_text(FRAME + " fragment Other on Partner { name }", "utf-8")
    (folder / "pages" / "other.graphql").write_text(
        "query P($id: ID!) { partner(by: {id: $id}) { ...Other } }", "utf-8"
    )

    text = loaded(folder, "query Q { viewer { ...Who } }").queries["one"].text

    assert "fragment Who" in text
    assert "Other" not in text


def test_a_variable_without_default_is_needed_and_the_others_are_not(library: Library) -> None:
    assert library.queries["why"].needed == {"user", "action", "object"}
    assert library.queries["partners"].needed == set()


def test_the_title_of_a_filter_is_the_description_of_the_argument_it_is_given_to(desk: Desk) -> None:
    document = desk.library.queries["partners"]

    assert set(document.arguments) == set(document.variables)
    assert desk.title(document, "mode") == label(SCHEMA.query_type.fields["partners"].args["mode"].description)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("description", "title", "more"),
    [
        ("Raison sociale.", "Raison sociale", ""),
        (
            "Dernier jour : le jour de la fin est le premier sans droit.",
            "Dernier jour",
            "Le jour de la fin est le premier sans droit",
        ),
        ("SIRET du bulletin (§3.2). Quatorze chiffres.", "SIRET du bulletin", "(§3.2). Quatorze chiffres"),
        ("Motif (R22)", "Motif", "Instruction : R22"),
        ("Code (facultatif). Suite", "Code (facultatif)", "Suite"),
        ("Mode de gestion ; délégué ou centralisé", "Mode de gestion", "Délégué ou centralisé"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_a_description_is_cut_into_a_title_and_what_it_says_more(
    description: str | None, title: str, more: str
) -> None:
    assert (label(description), hint(description)) == (title, more)


def test_every_value_of_an_enum_has_a_french_word() -> None:
    enums = [kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLEnumType) and kind.name[0] != "_"]

    assert enums
    assert [f"{e.name}.{v}" for e in enums for v, value in e.values.items() if not label(value.description)] == []
    assert words(SCHEMA.type_map["BulletinStatus"])["OPEN"] != "OPEN"


def test_every_field_that_a_page_shows_has_a_title(library: Library) -> None:
    untitled = {name for document in library.queries.values() for name in _untitled(document.selection)}

    assert untitled == set()


def _untitled(selection: Selection) -> Iterator[str]:
    for key, selected in selection.fields.items():
        if not label(selected.field.description):
            yield f"{selection.type.name}.{key}"
        if selected.below:
            yield from _untitled(selected.below)
