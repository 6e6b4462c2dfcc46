"""A filter that names a row that is unknown, or that its caller does not read, is refused: both alike."""

from typing import Any

import pytest
from graphql import GraphQLError, get_named_type, is_required_argument

from persistence.reading.question import Paged
from resolvers.reading.bindings import bound
from schema.contract import types

from .desk import Desk, code_of
from .story import CANAL, SEINE

SCHEMA = types().schema
QUERY = SCHEMA.query_type
assert QUERY is not None
NAMED = [
    (field, name)
    for field, definition in QUERY.fields.items()
    if isinstance(bound(definition), Paged)
    for name, argument in definition.args.items()
    if get_named_type(argument.type).name == "ID"
]
UNSEEN = {
    "partnerId": SEINE,
    "establishmentId": "est_99990001200041",
    "actorId": "usr_admin-national",
}
"""What the manager of another partner does not read."""


REQUIRED = {"campaignId": '"cmp_2026"'}
"""What a list asks for beside the filter."""


def required(field: str, filtering: str) -> list[str]:
    assert QUERY is not None
    arguments = QUERY.fields[field].args.items()
    return [n for n, a in arguments if is_required_argument(a) and n != filtering]


async def refusal(desk: Desk, text: str, variables: dict[str, Any]) -> GraphQLError:
    with pytest.raises(GraphQLError) as refused:
        await desk.answer("gestionnaire-canal", text, variables)
    return refused.value


@pytest.mark.parametrize(("field", "argument"), NAMED)
async def test_a_filter_that_names_nothing_is_not_found(
    desk: Desk, field: str, argument: str
) -> None:
    others = "".join(
        f", {name}: {REQUIRED[name]}" for name in required(field, argument)
    )
    text = (
        f"query($i: ID!) {{ found: {field}({argument}: $i{others}) {{ totalCount }} }}"
    )
    unread = [UNSEEN[argument]] if argument in UNSEEN else []
    told = set()
    for named in ("ptr_unknown", "svc_unknown", "unreadable", "grp_a@soon", *unread):
        for literal in (False, True):
            asked = (
                text.replace("query($i: ID!)", "query").replace("$i", f'"{named}"')
                if literal
                else text
            )
            error = await refusal(desk, asked, {} if literal else {"i": named})

            assert (code_of(error), error.path) == ("NOT_FOUND", ["found"]), named
            assert error.locations
            told.add(error.message)
    assert len(told) == 1  # what is not read is told as what does not exist


async def test_a_filter_that_names_a_row_of_another_type_is_not_found(
    desk: Desk,
) -> None:
    for field, argument, other in (
        ("partners", "serviceId", CANAL),
        ("groups", "partnerId", "svc_ESAT"),
    ):
        error = await refusal(
            desk,
            f"query($i: ID!) {{ {field}({argument}: $i) {{ totalCount }} }}",
            {"i": other},
        )

        assert code_of(error) == "NOT_FOUND"


async def test_a_filter_under_another_object_is_refused_at_its_place(
    desk: Desk,
) -> None:
    text = f"""query($i: ID!) {{ partner(by: {{id: "{CANAL}"}}) {{
      ours: groups(roleId: "rol_ESAT_LECTEUR") {{ totalCount }} theirs: groups(roleId: $i) {{ nodes {{ id }} }} }} }}"""
    error = await refusal(desk, text, {"i": "rol_UNKNOWN"})

    assert (code_of(error), error.path) == ("NOT_FOUND", ["partner", "theirs"])
    assert "`roleId`" in error.message


async def test_a_filter_that_names_what_one_reads_is_answered(desk: Desk) -> None:
    text = (
        'query($i: ID) { groups(partnerId: $i, serviceId: "svc_ESAT") { totalCount } }'
    )
    every = (await desk.answer("gestionnaire-canal", text, {}))["groups"]["totalCount"]

    assert (
        (await desk.answer("gestionnaire-canal", text, {"i": CANAL}))["groups"][
            "totalCount"
        ]
        == every
        > 0
    )
    assert (await desk.answer("gestionnaire-canal", text, {"i": None}))["groups"][
        "totalCount"
    ] == every
