"""What is not seen is refused in the names of every act; a person's name and address are kept in one form."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
)
from strawberry.utils.str_converters import to_camel_case

from resolvers.limits import PROSE
from tests.conftest import World
from tests.journeys.story import Person, a_signed_esat, a_siret, somebody

from .generated_inputs import acts, input_of, least

UNSEEN = "Du\u202ebois"
APART = {"idempotencyKey", *map(to_camel_case, PROSE)}
"""The key is opaque, and prose may have lines."""


def texts(kind: GraphQLInputObjectType) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """The least input with one text of each field in turn, and where it stands."""
    for name, field in kind.fields.items():
        plain, named = get_nullable_type(field.type), get_named_type(field.type)
        if isinstance(named, GraphQLInputObjectType):
            if not isinstance(plain, GraphQLList):
                yield from (
                    (least(kind) | {name: inner}, [name, *path])
                    for inner, path in texts(named)
                )
        elif named.name == "String" and name not in APART:
            listed = isinstance(plain, GraphQLList)
            yield (
                least(kind) | {name: [UNSEEN] if listed else UNSEEN},
                [name, "0"] if listed else [name],
            )


async def test_what_is_not_seen_is_refused_in_the_names_of_every_act(
    world: World,
) -> None:
    tried = 0
    for act in acts():
        for values, path in texts(input_of(act)):
            payload = await world.act("admin-national", act, "", **values)

            (error,) = payload["errors"]
            assert (error["code"], error["path"]) == (
                "VALUE_INVALID",
                ["input", *path],
            ), act
            assert error["message"].endswith(
                "Ni saut de ligne, ni caractère invisible."
            ), act
            tried += 1
    assert tried > 50


@pytest.mark.parametrize(
    "unseen", ["ESAT\ndu Lac", "ESAT\u200bdu Lac", "ESAT \u202edu Lac", "ESAT\u2066"]
)
async def test_a_line_feed_or_a_bidirectional_override_is_refused_in_the_name_of_a_partner(
    world: World, unseen: str
) -> None:
    values = {
        "siret": a_siret(),
        "name": unseen,
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }

    payload = await world.act("agent-paris", "partnerRegister", "", **values)

    assert [(e["code"], e["path"]) for e in payload["errors"]] == [
        ("VALUE_INVALID", ["input", "name"])
    ]


async def test_a_person_is_kept_under_one_form_of_their_name_and_is_found_by_any(
    world: World, paris: Person
) -> None:
    partner, _ = await a_signed_esat(paris)
    for typed, address in (
        ("O'Brien", "zoe\u0301@stra\u00dfe.example"),
        ("Martin–Dupont", "nfc@x.example"),
    ):
        person = somebody("Adébọ̀wálé", typed) | {"email": address}
        await paris.does("userInvite", partnerId=partner.id, person=person)
    again = somebody("Zoé", "Autre") | {"email": "ZO\u00c9@STRA\u00dfE.example"}
    refused = await world.act(
        "agent-paris", "userInvite", "", partnerId=partner.id, person=again
    )

    assert [e["code"] for e in refused["errors"]] == ["ALREADY_AFFILIATED"]
    for search in (
        "o'brien",
        "O’Brien",
        "brien o",
        "adebowale O-BRIEN",
        "zo\u00e9@straße",
        "ZOE\u0301@STR",
    ):
        found = await paris.asks(
            "query($s: String) { users(search: $s) { nodes { familyName email } } }",
            s=search,
        )
        assert found["users"]["nodes"] == [
            {"familyName": "O’Brien", "email": "zo\u00e9@straße.example"}
        ], search
    found = await paris.asks(
        '{ affiliations(search: "dupont martin") { nodes { user { familyName } } } }'
    )
    assert found["affiliations"]["nodes"] == [{"user": {"familyName": "Martin-Dupont"}}]
