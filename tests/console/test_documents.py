"""The console's documents.

What a start refuses, and the titles and hints that the contract's descriptions give.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, build_schema, parse, print_ast

from console.declarations.declaration_acts import MUTATIONS as DECLARING
from console.kernel.answering import Console
from console.kernel.library import FOLDER, DocumentError, Library
from console.kernel.selection import Selection
from console.kernel.wording import hint, label, words
from console.processing.queues import MUTATIONS
from console.site import ACTS, PAGES
from schema.contract import types

SCHEMA = types().schema
FRAME = "fragment Who on Viewer { may }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("groups", "layout/fragments"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


BULK = {act for page in PAGES if page.listing for act in page.listing.bulk}


def loaded(folder: Path, text: str, *, schema: GraphQLSchema = SCHEMA) -> Library:
    (folder / "groups" / "one.graphql").write_text(text, "utf-8")
    return Library.load(schema, {}, folder)


def test_every_document_of_the_console_suits_the_contract(library: Library) -> None:
    assert {page.document for page in PAGES} <= set(library.queries)
    assert set(ACTS) <= set(library.mutations)
    assert set(ACTS) <= set(library.forms)


def test_every_document_serves_a_page_or_an_act(library: Library) -> None:
    reports = {f"{act.file}.report" for act in ACTS.values() if act.name in BULK}
    others = set(library.queries) - {page.document for page in PAGES}
    assert others - reports == {
        "frame",
        "lot",
        "answer_rows",
        "answer_late",
        "declaring_absent",
        "declaring_batch",
        "declaring_lines",
        "declaring_lines_page",
        "declaring_worker",
    }
    assert set(library.mutations) - set(ACTS) == {
        "listExport",
        "workerLetterOpen",
        *MUTATIONS,
        *DECLARING,
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("query Q { partners(first: 1) { nodes { colour } } }", "colour"),
        ("query Q { partners { nodes { name } } }", "without a size"),
        ("query Q { partners { edges { node { name } } } }", "without a size"),
        ("query Q($n: Date) { partners(first: $n) { nodes { name } } }", "type"),
        ("query Q($n: Int) { partners(first: 1) { nodes { name } } }", "never used"),
        ("query Q { viewer } ", "must have a selection"),
        (
            "query A { viewer { may } } query B { viewer { may } }",
            "one operation at most",
        ),
    ],
)
def test_a_start_refuses_a_document_that_does_not_suit(
    folder: Path, text: str, fault: str
) -> None:
    with pytest.raises(DocumentError, match=fault):
        loaded(folder, text)


def test_a_start_refuses_a_deprecated_field_even_inside_a_fragment(
    folder: Path,
) -> None:
    schema = build_schema(
        'type Query { a: A! } type A { new: Int! old: Int! @deprecated(reason: "new says more") }'
    )
    loaded(folder, "query Q { a { ...F } } fragment F on A { new }", schema=schema)

    with pytest.raises(DocumentError, match="old is deprecated"):
        loaded(
            folder, "query Q { a { ...F } } fragment F on A { new old }", schema=schema
        )


def test_a_list_inside_a_fragment_says_its_size_too(folder: Path) -> None:
    with pytest.raises(DocumentError, match="groups without a size"):
        loaded(
            folder,
            "query Q($id: ID!) { partner(by: {id: $id}) { ...F } } fragment F on Partner { groups { nodes { name } } }",
        )


def test_a_fragment_that_serves_no_document_is_refused(folder: Path) -> None:
    (folder / "layout/fragments" / "who.graphql").write_text(
        "fragment Other on Partner { name }", "utf-8"
    )

    with pytest.raises(
        DocumentError, match=r"who\.graphql: Fragment 'Other' is never used"
    ):
        loaded(folder, "query Q { viewer { may } }")


def test_the_form_of_an_act_is_its_file_and_its_mutation_is_printed(
    folder: Path,
) -> None:
    (folder / "layout/fragments" / "acts.graphql").write_text(
        (FOLDER / "layout/fragments" / "acts.graphql").read_text(), "utf-8"
    )
    (folder / "groups" / "group_close.form.graphql").write_text(
        "query Q { viewer { may } }", "utf-8"
    )

    library = Library.load(SCHEMA, {"groupClose": "group"}, folder)

    assert set(library.queries) == set()
    assert set(library.forms) == set(library.mutations) == {"groupClose"}
    assert library.forms["groupClose"].text == "query Q {\n  viewer {\n    may\n  }\n}"


@pytest.mark.parametrize(
    ("act", "answers"),
    [
        ("groupClose", "group { id } impact { ...Consequences }"),
        ("importApply", "import { id } applied registered unchanged left"),
        ("userInvite", "affiliation { id } invitation"),
        ("listExport", ""),
    ],
)
def test_a_mutation_asks_for_its_whole_payload_and_the_ids_of_its_objects(
    library: Library, act: str, answers: str
) -> None:
    name = act[0].upper() + act[1:]
    expected = f"""
        mutation {name}($input: {name}Input!) {{
          {act}(input: $input) {{ {answers} errors {{ ...Refused }} warnings {{ ...Noticed }} }}
        }}
    """

    assert print_ast(library.mutations[act].operation) == print_ast(parse(expected))


def test_a_form_without_a_file_asks_for_the_facts_of_its_object(
    library: Library,
) -> None:
    expected = "query UserSuspendForm($affiliationId: ID!) { ...Frame affiliation: node(id: $affiliationId) { ...F } }"

    assert print_ast(library.forms["userSuspend"].operation) == print_ast(
        parse(expected.replace("...F }", "...AffiliationFacts }"))
    )
    assert print_ast(library.forms["invitationAccept"].operation) == print_ast(
        parse("query InvitationAcceptForm { ...Frame }")
    )


def test_a_start_refuses_two_documents_of_one_name(folder: Path) -> None:
    (folder / "layout" / "one.graphql").write_text(
        "query P { viewer { may } }", "utf-8"
    )

    with pytest.raises(DocumentError, match="two documents of this name"):
        loaded(folder, "query Q { viewer { may } }")


def test_a_start_refuses_an_act_whose_facts_are_written_nowhere(folder: Path) -> None:
    with pytest.raises(
        DocumentError, match=r"group_close\.form: Unknown fragment 'GroupFacts'"
    ):
        Library.load(SCHEMA, {"groupClose": "group"}, folder)


def test_a_document_is_sent_with_the_fragments_that_it_uses_and_no_other(
    folder: Path,
) -> None:
    (folder / "layout/fragments" / "who.graphql").write_text(
        FRAME + " fragment Other on Partner { name }", "utf-8"
    )
    (folder / "groups" / "other.graphql").write_text(
        "query P($id: ID!) { partner(by: {id: $id}) { ...Other } }", "utf-8"
    )

    text = loaded(folder, "query Q { viewer { ...Who } }").queries["one"].text

    assert "fragment Who" in text
    assert "Other" not in text


def test_a_variable_without_default_is_needed_and_the_others_are_not(
    library: Library,
) -> None:
    assert library.queries["why"].needed == {"user", "action", "object"}
    assert library.queries["partners"].needed == set()


def test_the_title_of_a_filter_is_the_description_of_the_argument_it_is_given_to(
    console: Console,
) -> None:
    document = console.library.queries["partners"]

    assert set(document.arguments) == set(document.variables)
    query = SCHEMA.query_type
    assert query is not None
    mode = query.fields["partners"].args["mode"]
    assert console.title(document, "mode") == label(mode.description)


@pytest.mark.parametrize(
    ("description", "title", "more"),
    [
        ("Raison sociale.", "Raison sociale", ""),
        (
            "Dernier jour : le jour de la fin est le premier sans droit.",
            "Dernier jour",
            "Le jour de la fin est le premier sans droit",
        ),
        (
            "SIRET du bulletin (§3.2). Quatorze chiffres.",
            "SIRET du bulletin",
            "(§3.2). Quatorze chiffres",
        ),
        ("Motif (R22)", "Motif", "Instruction : R22"),
        ("Code (facultatif). Suite", "Code (facultatif)", "Suite"),
        (
            "Mode de gestion ; délégué ou centralisé",
            "Mode de gestion",
            "Délégué ou centralisé",
        ),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_a_description_is_cut_into_a_title_and_what_it_says_more(
    description: str | None, title: str, more: str
) -> None:
    assert (label(description), hint(description)) == (title, more)


def test_every_value_of_an_enum_has_a_french_word() -> None:
    enums = [
        kind
        for kind in SCHEMA.type_map.values()
        if isinstance(kind, GraphQLEnumType) and kind.name[0] != "_"
    ]

    assert enums
    assert [
        f"{e.name}.{v}"
        for e in enums
        for v, value in e.values.items()
        if not label(value.description)
    ] == []
    assert words(SCHEMA.type_map["BulletinStatus"])["OPEN"] != "OPEN"


def test_every_field_that_a_page_shows_has_a_title(library: Library) -> None:
    documents = [*library.queries.values(), *library.forms.values()]
    untitled = {
        name for document in documents for name in _untitled(document.selection)
    }

    assert untitled == set()


def _untitled(selection: Selection) -> Iterator[str]:
    for key, selected in selection.fields.items():
        if not label(selected.field.description):
            yield f"{selection.type.name}.{key}"
        if selected.below:
            yield from _untitled(selected.below)
