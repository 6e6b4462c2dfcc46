"""Texts of an address or a form, cast to the types of the contract.

What does not fit is told, never repeated.
"""

from typing import Any

import pytest
from graphql import GraphQLInputType, build_schema

from console.kernel.answering import Console
from console.kernel.casting import InvalidValue, cast, whole
from console.kernel.library import Library
from console.kernel.page_errors import PageError, require_searchable

SCHEMA = build_schema(
    """
    scalar Date scalar Money scalar Percent scalar Siret
    enum Mode { DELEGATED CENTRALISED }
    input Person { givenName: String! born: Date tags: [String!] }
    input Line { number: Int! mode: Mode person: Person }
    input Paper { serviceId: ID! on: Date }
    input Switch { on: Date! papers: [Paper!]! }
    input Act { name: String! switch: Switch person: Person lines: [Line!] modes: [Mode!] ids: [ID!] on: Date sure: Boolean n: Int
                net: Money rate: Percent siret: Siret mode: Mode }
    type Query { ask(input: Act!): Int }
    """
)
ACT: Any = SCHEMA.type_map["Act"]


def of(name: str) -> GraphQLInputType:
    kind: GraphQLInputType = ACT.fields[name].type
    return kind


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("on", "30/06/2026", "2026-06-30"),
        ("on", " 1.7.2026 ", "2026-07-01"),
        ("on", "30-06-2026", "2026-06-30"),
        ("on", "2026-06-30", "2026-06-30"),
        ("on", "", None),
        ("sure", "oui", True),
        ("sure", "on", True),
        ("sure", "true", True),
        ("sure", "NON", False),
        ("sure", "0", False),
        ("n", "1 234", 1234),
        ("n", "1\u202f234", 1234),
        ("n", "-5", -5),
        ("mode", "DELEGATED", "DELEGATED"),
        ("net", "1 234,50 €", "1234.50"),
        ("rate", "12,5\u00a0%", "12.5"),
        ("name", "  Nadia  ", "Nadia"),
        ("name", "   ", None),
    ],
)
def test_a_text_becomes_the_value_of_its_type(
    name: str, text: str, value: object
) -> None:
    assert cast(of(name), {name: [text]}, name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("on", "31/06/2026"),
        ("on", "demain"),
        ("on", "2026-W50-4"),
        ("on", "20261210"),
        ("on", "2026-344"),
        ("on", "2026-12-10T08:00:00"),
        ("on", "06/30/2026"),
        ("sure", "peut-être"),
        ("n", "12,5"),
        ("n", "99999999999"),
        ("n", "١٢٣x"),
        ("mode", "delegated"),
        ("mode", "AUTRE"),
        ("modes", "DELEGATED\nAUTRE"),
    ],
)
def test_a_text_that_does_not_fit_is_told_by_its_path_and_never_repeated(
    name: str, text: str
) -> None:
    with pytest.raises(InvalidValue) as invalid:
        cast(of(name), {name: [text]}, name)

    assert invalid.value.path == name
    assert text.casefold() not in invalid.value.sentence.casefold()


def test_the_last_of_several_texts_counts() -> None:
    assert cast(of("on"), {"on": ["2026-01-01", "2026-02-02"]}, "on") == "2026-02-02"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (["a\nb;c"], ["a", "b", "c"]),
        ([" a ", ""], ["a"]),
        ([""], []),
    ],
)
def test_a_list_of_leaves_is_several_texts_or_one_text_of_several_lines(
    texts: list[str], expected: list[str]
) -> None:
    assert cast(of("ids"), {"ids": texts}, "ids") == expected
    assert cast(of("ids"), {}, "ids") is None


def test_an_object_is_built_from_dotted_names_and_is_nothing_when_nothing_was_typed() -> (
    None
):
    typed = {
        "person.givenName": ["Nadia"],
        "person.born": ["01/02/1990"],
        "person.tags": ["x;y"],
    }

    assert cast(of("person"), typed, "person") == {
        "givenName": "Nadia",
        "born": "1990-02-01",
        "tags": ["x", "y"],
    }
    assert cast(of("person"), {"person.givenName": [" "]}, "person") is None


def test_a_list_of_objects_is_built_by_index_in_the_order_of_the_numbers() -> None:
    typed = {
        "lines.10.number": ["10"],
        "lines.2.number": ["2"],
        "lines.2.person.givenName": ["Paul"],
        "lines.3.number": [""],
    }

    assert cast(of("lines"), typed, "lines") == [
        {"number": 2, "person": {"givenName": "Paul"}},
        {"number": 10},
    ]
    assert cast(of("lines"), {"linesx.1.number": ["1"]}, "lines") is None


def test_the_fault_of_a_nested_field_names_its_whole_path() -> None:
    with pytest.raises(InvalidValue) as invalid:
        cast(of("lines"), {"lines.1.person.born": ["hier"]}, "lines")

    assert invalid.value.path == "lines.1.person.born"


def test_an_input_object_as_a_whole_takes_the_fields_without_a_prefix() -> None:
    assert cast(ACT, {"name": ["A"], "person.givenName": ["B"]}, "") == {
        "name": "A",
        "person": {"givenName": "B"},
    }


def test_a_page_leaves_out_what_does_not_fit_and_says_so(console: Console) -> None:
    document = console.library.queries["partners"]

    values, warnings = console.variables(
        document, {"mode": ["INVENTED"], "search": ["canal"], "inconnue": ["x"]}
    )

    assert values == {"search": "canal"}
    assert len(warnings) == 1
    assert "INVENTED" not in warnings[0]
    assert console.title(document, "mode") in warnings[0]


def test_a_page_that_lacks_what_its_document_needs_is_nothing_at_that_address(
    console: Console,
) -> None:
    with pytest.raises(PageError) as failed:
        console.variables(
            console.library.queries["why"], {"user": ["usr_x"], "action": ["INVENTED"]}
        )

    assert failed.value.status == 404


def test_every_variable_of_every_document_can_be_cast(console: Console) -> None:
    library: Library = console.library
    for document in [
        *library.queries.values(),
        *library.forms.values(),
        *library.mutations.values(),
    ]:
        for name, type_ in document.variables.items():
            cast(type_, {}, name)


def test_a_text_that_no_page_takes_is_told_before_it_is_read() -> None:
    with pytest.raises(InvalidValue, match="10000 caractères au plus"):
        cast(of("name"), {"name": ["a" * 10_001]}, "name")


def test_a_search_that_is_too_long_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "console.kernel.page_errors.is_personal_number",
        lambda _text: pytest.fail("the text was read"),
    )

    with pytest.raises(PageError) as raised:
        require_searchable("a" * 251)

    assert (raised.value.status, "250 caractères" in raised.value.sentence) == (
        400,
        True,
    )


def test_a_row_of_a_number_without_end_is_no_row() -> None:
    rows = {
        "lines.0.number": ["1"],
        f"lines.{'9' * 5_000}.number": ["2"],
        "lines.².number": ["3"],
    }

    assert cast(of("lines"), rows, "lines") == [{"number": 1}]


@pytest.mark.parametrize("text", ["²", "", "-1", "1e3", "٣", "9" * 5_000, " 1", "1\n"])
def test_what_is_not_a_whole_number_in_plain_digits_is_none(text: str) -> None:
    assert whole(text) is None
    assert whole("20") == 20


def test_a_group_of_which_only_the_keys_of_rows_are_known_is_left_out() -> None:
    keys = {"switch.papers.0.serviceId": ["svc_ESAT"], "switch.on": [""]}
    begun = keys | {"switch.papers.0.on": ["01/02/2026"]}

    assert cast(of("switch"), keys, "switch") is None
    assert cast(of("switch"), begun, "switch") == {
        "papers": [{"serviceId": "svc_ESAT", "on": "2026-02-01"}]
    }
