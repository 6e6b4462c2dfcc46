"""Who reads what is declared: the members of the place, the Caf that pays; headers alone for who administers."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from graphql import GraphQLError

from . import declared_documents
from .asked import Ids, cursor
from .declared_story import CANAL, CORRECTED, DRAFTED, SEINE, last_year
from .desk import Desk, code_of

PARTNER = "ptr_99990001200025"
WITHOUT_DECLARATIONS = (
    "centre-ressources",
    "gestionnaire-canal",
    "gestionnaire-horizons",
    "social-villefictive",
    "sociale-horizons",
    "suspendu-canal",
    "partie-canal",
    "personne-inconnue",
)
WITHOUT_LINES = (*WITHOUT_DECLARATIONS, "admin-national", "agent-cna")
LISTS = ("lines", "workers", "activityChanges", "batches")
ROWS = ("declaration_line", "worker", "activity_change", "batch", "batch_result")


async def rows(desk: Desk, table: str, **where: object) -> list[Any]:
    return [
        row
        for row in await desk.rows(table)
        if all(row[key] == value for key, value in where.items())
    ]


async def of_another_caf(desk: Desk) -> tuple[str, str]:
    """A received line of the Canal that Paris, who administers, does not pay; and its worker."""
    line = (
        await rows(
            desk,
            "declaration_line",
            paying_id="org_921",
            partner_id=PARTNER,
            deposited=True,
        )
    )[0]
    return line["id"], line["worker_id"]


async def raw(desk: Desk, who: str, text: str, **variables: object) -> bytes:
    """The answer as it is sent, or the refusal of a filter that names what `who` does not read."""
    try:
        return orjson.dumps(await desk.answer(who, text, variables))
    except GraphQLError as refused:
        if code_of(refused) != "NOT_FOUND":
            raise
        return orjson.dumps(refused.formatted)


# who reads nothing


@pytest.mark.parametrize("who", WITHOUT_LINES)
async def test_who_has_no_line_has_nothing_of_it_by_any_list(
    desk: Desk, who: str
) -> None:
    empty = {"nodes": [], "edges": [], "totalCount": 0, "totalCountCapped": False}
    shown = "nodes { id } edges { cursor } totalCount totalCountCapped"
    answer = await desk.answer(
        who, f"{{ {' '.join(f'{name} {{ {shown} }}' for name in LISTS)} }}"
    )

    assert answer == dict.fromkeys(LISTS, empty)


@pytest.mark.parametrize("who", WITHOUT_DECLARATIONS)
async def test_who_reads_no_declaration_is_told_of_none(desk: Desk, who: str) -> None:
    below = "establishments { nodes { declarations { totalCount nodes { id } } } }"
    answer = await desk.answer(
        who,
        f"{{ declarations {{ totalCount nodes {{ id }} }} partners {{ nodes {{ {below} }} }} }}",
    )

    assert answer["declarations"] == {"totalCount": 0, "nodes": []}
    places = [
        place
        for partner in answer["partners"]["nodes"]
        for place in partner["establishments"]["nodes"]
    ]
    assert all(
        place["declarations"] == {"totalCount": 0, "nodes": []} for place in places
    )


@pytest.mark.parametrize("who", ["admin-national", "agent-cna", "agent-paris"])
async def test_who_administers_reads_headers_and_counts_and_below_them_only_what_it_pays(
    desk: Desk, who: str
) -> None:
    text = """{ declarations(first: 100) { nodes { id status lineCount pendingCount takenCount
      lines(first: 100) { totalCount nodes { paidBy { code } } } batches { totalCount }
      removedWorkers { totalCount nodes { paidBy { code } } } } } }"""
    headers = (await desk.answer(who, text))["declarations"]["nodes"]

    assert headers
    assert {h["batches"]["totalCount"] for h in headers} == {0}
    for header in headers:
        counted = header["pendingCount"] + header["takenCount"]
        assert header["lineCount"] >= counted
        assert (counted > 0) is (header["status"] != "DRAFT")
    payers = {line["paidBy"]["code"] for h in headers for line in h["lines"]["nodes"]}
    assert payers == ({"751"} if who == "agent-paris" else set())
    assert all(h["lines"]["totalCount"] == len(h["lines"]["nodes"]) for h in headers)
    if who != "agent-paris":
        assert {h["removedWorkers"]["totalCount"] for h in headers} == {0}


@pytest.mark.thirds
@pytest.mark.parametrize(
    "who",
    [
        *WITHOUT_LINES,
        "agent-paris",
        "agent-hauts-de-seine",
        "agent-yvelines",
        "agent-rhone",
        "lectrice-saint-denis",
    ],
)
async def test_no_document_shows_a_number_of_a_worker_that_its_caller_may_not_read(
    desk: Desk, ids: Ids, who: str
) -> None:
    """By every document of what is declared: neither the ids nor the matricules of the others' workers and lines."""
    workers = await rows(desk, "worker")
    mine = set(await desk.ids(who, "workers"))
    lines = set(await desk.ids(who, "lines"))
    hidden = {row["id"] for row in workers} - mine | {
        row["id"] for row in await rows(desk, "declaration_line")
    } - lines
    hidden |= {row["matricule"] for row in workers} - {
        row["matricule"] for row in workers if row["id"] in mine
    }

    for name, asked in declared_documents.DOCUMENTS.items():
        said = (await raw(desk, who, asked.text, **asked.variables(ids))).decode()
        assert [secret for secret in hidden if f'"{secret}"' in said] == [], name
    assert len(hidden) > 50


# by an id, a filter, a cursor


@pytest.mark.parametrize(
    "who", [*WITHOUT_LINES, "agent-yvelines", "agent-rhone", "declarante-seine"]
)
@pytest.mark.parametrize("table", ROWS)
async def test_what_may_not_be_read_is_answered_byte_for_byte_like_what_does_not_exist(
    desk: Desk, who: str, table: str
) -> None:
    key = (await rows(desk, table, partner_id=PARTNER))[0]["id"]
    other = key[:-4] + "zzzz"
    one, many = (
        "query($i: ID!) { node(id: $i) { __typename id } }",
        "query($i: [ID!]!) { nodes(ids: $i) { id } }",
    )

    assert (
        await raw(desk, who, one, i=key)
        == await raw(desk, who, one, i=other)
        == b'{"node":null}'
    )
    assert await raw(desk, who, many, i=[key, other]) == b'{"nodes":[null,null]}'


@pytest.mark.parametrize(
    "who", [*WITHOUT_LINES, "agent-paris", "agent-yvelines", "lectrice-saint-denis"]
)
async def test_a_filter_finds_no_more_by_what_is_hidden_than_by_what_is_not_there(
    desk: Desk, who: str
) -> None:
    line, worker = await of_another_caf(desk)
    (card,) = await rows(desk, "worker", id=worker)
    (kept,) = await rows(desk, "declaration_line", id=line)
    shown = "{ nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage } }"
    for text, hidden, absent in (
        (f"query($v: ID) {{ lines(workerId: $v) {shown} }}", worker, "wrk_zzz"),
        (
            f"query($v: ID) {{ activityChanges(workerId: $v) {shown} }}",
            worker,
            "wrk_zzz",
        ),
        (
            f"query($v: String) {{ workers(search: $v) {shown} }}",
            card["sort_key"],
            "introuvable",
        ),
        (
            f"query($v: String) {{ workers(after: $v) {shown} }}",
            cursor("~", worker),
            cursor("~", "wrk_zzz"),
        ),
        (
            f"query($v: String) {{ lines(last: 3, before: $v) {shown} }}",
            cursor("!", line),
            cursor("!", "lin_zzz"),
        ),
    ):
        assert await raw(desk, who, text, v=hidden) == await raw(
            desk, who, text, v=absent
        ), text
    batches, place = (
        f"query($v: ID) {{ batches(establishmentId: $v) {shown} }}",
        kept["establishment_id"],
    )
    told = orjson.loads(await raw(desk, who, batches, v=place))
    if (await desk.answer(who, "query($i: ID!) { node(id: $i) { id } }", {"i": place}))[
        "node"
    ] is None:
        assert told == orjson.loads(await raw(desk, who, batches, v="est_zzz"))
    else:
        assert told["batches"]["totalCount"] == 0


@pytest.mark.parametrize(
    "who", ["agent-hauts-de-seine", "agent-paris", "lectrice-saint-denis"]
)
async def test_a_cursor_set_on_a_hidden_worker_steps_over_the_others_only(
    desk: Desk, who: str
) -> None:
    """Pages are told by what may be read: a hidden neighbour makes no next page and no previous one."""
    mine = await desk.ids(who, "workers")
    order = sorted(
        await rows(desk, "worker"),
        key=lambda row: (row["sort_key"].encode(), row["id"]),
    )
    text = "query($c: String) { workers(first: 100, after: $c) { nodes { id } pageInfo { hasNextPage } } }"
    for rank, hidden in enumerate(order):
        if hidden["id"] not in mine:
            page = (
                await desk.answer(
                    who, text, {"c": cursor(hidden["sort_key"], hidden["id"])}
                )
            )["workers"]
            assert [n["id"] for n in page["nodes"]] == [
                r["id"] for r in order[rank:] if r["id"] in mine
            ]
            assert not page["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize("who", [*WITHOUT_DECLARATIONS, "agent-hauts-de-seine"])
async def test_who_cannot_read_that_a_partner_has_declared_does_not_learn_it_by_the_filter(
    desk: Desk, who: str
) -> None:
    """Last year everybody had declared, in 2028 nobody has: the answer is the same."""
    text = "query($c: ID) { partners(undeclaredFor: $c) { nodes { id } totalCount } }"

    assert await raw(desk, who, text, c="cmp_2025") == await raw(
        desk, who, text, c="cmp_2028"
    )


async def test_a_member_of_one_establishment_is_told_of_that_one_alone(
    desk: Desk,
) -> None:
    """Last year hers has declared, in 2028 it has not; the others of the partner count for nothing."""
    text = "query($c: ID) { partners(undeclaredFor: $c) { totalCount } }"
    counts = [
        (await desk.answer("lectrice-saint-denis", text, {"c": c}))["partners"][
            "totalCount"
        ]
        for c in ("cmp_2025", "cmp_2028")
    ]

    assert counts == [0, 1]


async def test_who_administers_finds_by_the_filter_who_has_not_declared(
    desk: Desk,
) -> None:
    text = "query($c: ID) { partners(undeclaredFor: $c) { nodes { name } } }"

    late = {
        c: (await desk.answer("admin-national", text, {"c": c}))["partners"]["nodes"]
        for c in ("cmp_2025", "cmp_2026")
    }

    assert late["cmp_2025"] == []
    assert {partner["name"] for partner in late["cmp_2026"]} >= {
        "ESAT de la Seine Aval",
        "Fondation Horizons",
    }
    assert "ESAT du Canal Saint-Martin" not in {
        partner["name"] for partner in late["cmp_2026"]
    }


# who pays


async def test_the_caf_that_pays_reads_its_lines_without_the_partner_that_it_does_not_administer(
    desk: Desk,
) -> None:
    text = """{ lines(live: true, campaignId: "cmp_2026", processing: RETURNED) { nodes { establishmentSiret rate
      netRemuneration declaration { id } establishment { id } worker { nir birthName partner { id } paidBy { code }
      lines { totalCount } changes { nodes { kind source rateBefore rateAfter } } } } } }"""
    (line,) = (await desk.answer("agent-hauts-de-seine", text))["lines"]["nodes"]

    assert line == {
        "establishmentSiret": CANAL,
        "rate": "50.00",
        "netRemuneration": "568.43",
        "declaration": None,
        "establishment": None,
        "worker": {
            "nir": "1 88 02 ** *** *** **",
            "birthName": "Garnier",
            "partner": None,
            "paidBy": {"code": "921"},
            "lines": {"totalCount": 3},
            "changes": {
                "nodes": [
                    {
                        "kind": "RATE_INCREASE",
                        "source": "CHANGE",
                        "rateBefore": "50.00",
                        "rateAfter": "75.00",
                    },
                    {
                        "kind": "RATE_FOUND",
                        "source": "CERTIFICATE",
                        "rateBefore": None,
                        "rateAfter": "50.00",
                    },
                    {
                        "kind": "ADMISSION",
                        "source": "CERTIFICATE",
                        "rateBefore": None,
                        "rateAfter": None,
                    },
                ]
            },
        },
    }


async def test_the_caf_that_administers_reads_neither_line_nor_worker_of_the_caf_that_pays(
    desk: Desk,
) -> None:
    line, worker = await of_another_caf(desk)
    text = "query($i: [ID!]!) { nodes(ids: $i) { id } }"

    assert (await desk.answer("agent-paris", text, {"i": [line, worker]}))["nodes"] == [
        None,
        None,
    ]
    assert (await desk.answer("agent-hauts-de-seine", text, {"i": [line, worker]}))[
        "nodes"
    ] == [
        {"id": line},
        {"id": worker},
    ]


async def test_the_removed_are_shown_to_whom_their_lines_are(desk: Desk) -> None:
    text = """{ declarations(status: DEPOSITED, campaignId: "cmp_2026") { nodes { establishmentName
      removedWorkers { totalCount nodes { birthName givenNames paidBy { code } } } } } }"""
    seen = {}
    for who in ("declarante-canal", "paie-fictive", "agent-paris", "admin-national"):
        headers = (await desk.answer(who, text))["declarations"]["nodes"]
        (here,) = (
            h["removedWorkers"]
            for h in headers
            if h["establishmentName"] == "ESAT du Canal Saint-Martin"
        )
        assert here["totalCount"] == len(here["nodes"])
        seen[who] = {(w["givenNames"], w["paidBy"]["code"]) for w in here["nodes"]}

    everybody = {
        ("Søren", "751"),
        ("Yann", "751"),
        ("Chloé", "751"),
        ("Jean-Loup", "921"),
    }
    assert seen["declarante-canal"] == seen["paie-fictive"] == everybody
    assert seen["agent-paris"] == {
        (name, payer) for name, payer in everybody if payer == "751"
    }
    assert seen["admin-national"] == set()


# drafts


async def drafted(desk: Desk) -> list[str]:
    """The lines of the Canal's draft; of whom nothing but the draft knows, there is no card."""
    assert not await rows(desk, "worker", birth_name=DRAFTED["birthName"])
    (draft,) = await rows(desk, "declaration", partner_id=PARTNER, received_at=None)
    return [
        line["id"]
        for line in await rows(desk, "draft_line", declaration_id=draft["id"])
    ]


@pytest.mark.parametrize(
    "who", ["agent-hauts-de-seine", "agent-paris", "lecteur-paris"]
)
async def test_a_drafts_line_is_hidden_from_the_caf_that_would_pay_by_every_path(
    desk: Desk, who: str
) -> None:
    lines = await drafted(desk)
    text = "query($i: [ID!]!) { nodes(ids: $i) { id } }"
    answer = await desk.answer(who, text, {"i": lines})
    members = await desk.answer("declarante-canal", text, {"i": lines})

    assert answer["nodes"] == [None] * len(lines)
    assert members["nodes"] == [{"id": line} for line in lines]
    below = "{ declarations(status: DRAFT) { nodes { draftLines { totalCount } batches { nodes { results { totalCount } } } } } }"
    for draft in (await desk.answer(who, below))["declarations"]["nodes"]:
        assert draft["draftLines"]["totalCount"] == 0


async def test_a_draft_is_a_header_for_who_administers_and_lines_for_the_members(
    desk: Desk,
) -> None:
    text = """{ declarations(status: DRAFT, partnerId: "ptr_99990001200025") { nodes { lineCount
      draftLines { totalCount } batches { totalCount } } } }"""
    seen = {
        who: (await desk.answer(who, text))["declarations"]["nodes"]
        for who in ("agent-paris", "declarante-canal")
    }

    assert seen["agent-paris"] == [
        {"lineCount": 6, "draftLines": {"totalCount": 0}, "batches": {"totalCount": 0}}
    ]
    assert seen["declarante-canal"] == [
        {"lineCount": 6, "draftLines": {"totalCount": 6}, "batches": {"totalCount": 1}}
    ]


async def test_a_card_says_nothing_that_only_a_draft_has_said(desk: Desk) -> None:
    said = (
        await raw(
            desk,
            "agent-paris",
            "{ workers(first: 100) { nodes { givenNames matricule } } }",
        )
    ).decode()

    assert CORRECTED not in said
    assert "2000001" not in said


# establishments and services of one partner


async def test_a_member_of_one_establishment_reads_nothing_of_another(
    desk: Desk,
) -> None:
    text = """{ declarations { nodes { establishmentName } totalCount }
      batches { nodes { establishment { name } results { nodes { line { establishmentName } } } } }
      lines { nodes { establishmentName } totalCount }
      workers { nodes { givenNames lines { nodes { establishmentName } } } } }"""
    here = await desk.answer("lectrice-saint-denis", text)
    both = await desk.answer("declarant-horizons", text)

    assert "Argenteuil" not in orjson.dumps(here).decode()
    assert (here["declarations"]["totalCount"], here["lines"]["totalCount"]) == (2, 5)
    assert [worker["givenNames"] for worker in here["workers"]["nodes"]] == [
        "Lina",
        "Inês",
        "Aloïs",
    ]
    assert both["lines"]["totalCount"] > here["lines"]["totalCount"]
    moved = [
        w
        for w in both["workers"]["nodes"]
        if len({n["establishmentName"] for n in w["lines"]["nodes"]}) > 1
    ]
    assert [worker["givenNames"] for worker in moved] == ["Lina"]


async def test_an_act_is_refused_alike_for_a_hidden_object_and_an_unknown_one(
    desk: Desk,
) -> None:
    line, worker = await of_another_caf(desk)
    draft_line = (await drafted(desk))[0]
    for who in (
        "agent-paris",
        "agent-yvelines",
        "agent-cna",
        "admin-national",
        "centre-ressources",
        "gestionnaire-canal",
    ):
        for hidden in (worker, "wrk_zzz"):
            payload = await desk.act(
                who, "workerNirReveal", "nir", workerId=hidden, reason="Curiosité"
            )
            assert (payload["nir"], codes(payload)) == (None, ["NOT_FOUND"]), (
                who,
                hidden,
            )
        for hidden in (line, draft_line, "lin_zzz"):
            values = {"lineIds": [hidden], "outcome": "TAKEN_INTO_ACCOUNT"}
            assert codes(
                await desk.act(who, "remunerationsProcess", "lines { id }", **values)
            ) == ["NOT_FOUND"]
    values = {"lineIds": [draft_line], "outcome": "TAKEN_INTO_ACCOUNT"}
    assert codes(
        await desk.act(
            "agent-hauts-de-seine", "remunerationsProcess", "lines { id }", **values
        )
    ) == ["NOT_FOUND"]


async def test_a_reader_may_neither_process_nor_reveal(desk: Desk) -> None:
    line = (await rows(desk, "declaration_line", paying_id="org_751", deposited=True))[
        0
    ]
    for who in ("lecteur-paris", "preparatrice-canal", "paie-fictive"):
        values = {"lineIds": [line["id"]], "outcome": "TAKEN_INTO_ACCOUNT"}
        assert codes(
            await desk.act(who, "remunerationsProcess", "lines { id }", **values)
        ) == ["FORBIDDEN"], who
        revealed = await desk.act(
            who,
            "workerNirReveal",
            "nir",
            workerId=line["worker_id"],
            reason="Curiosité",
        )
        assert (revealed["nir"], codes(revealed)) == (None, ["FORBIDDEN"]), who


async def test_a_dry_run_does_not_tell_of_another_partners_worker(desk: Desk) -> None:
    """Neither by an id nor by a number: what is typed is met with the partner's own cards alone."""
    known, unknown = (
        (await rows(desk, "worker", partner_id=PARTNER))[0]["id"],
        "wrk_zzz",
    )
    of = {"establishment": {"siret": SEINE}, "dryRun": True}
    shows = "batch { received created rejected results { nodes { status errors { code path message } } } }"
    line = {"kind": "DEPARTURE", "effectiveOn": "2026-12-09", "departureReason": "MOVE"}
    said = [
        await desk.act(
            "declarante-seine",
            "activityChangesDeclare",
            shows,
            **of,
            lines=[line | {"workerId": key}],
            idempotencyKey="k",
        )
        for key in (known, unknown)
    ]
    assert said[0] == said[1]
    theirs = last_year()[CANAL][0] | {
        "siret": "",
        "payingOrganism": "",
        "matricule": "",
    }
    said = [
        await desk.act(
            "declarante-seine", "remunerationsDeclare", shows, **of, idempotencyKey="k", campaignYear=2026,
            deposit=True, lines=[theirs | {"nir": nir}],
        )
        for nir in (theirs["nir"], "170069399900223")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert "MATRICULE_MISSING" in codes(said[0])


# the journal


async def test_the_journal_says_neither_names_nor_amounts_nor_numbers(
    desk: Desk,
) -> None:
    said = (
        await raw(
            desk,
            "admin-national",
            "{ journal(first: 100) { nodes { act objectId before after reason } } }",
        )
    ).decode()
    told = set(strings(orjson.loads(said)))

    for card in await rows(desk, "worker"):
        secrets = {
            card[c]
            for c in (
                "birth_name",
                "given_names",
                "matricule",
                "nir_mask",
                "nir_index",
                "sort_key",
            )
        }
        assert not secrets & told
    assert "remunerationsDeclare" in said
    amounts = {
        row["net_remuneration"] for row in await rows(desk, "declaration_line")
    } - {None}
    assert not {str(amount) for amount in amounts} & told


def codes(payload: Any) -> list[str]:  # noqa: ANN401 JSON
    return [error["code"] for error in payload["errors"]]


def strings(answer: Any) -> Iterator[str]:  # noqa: ANN401 JSON
    """Every key and leaf that stands anywhere in an answer, as text."""
    match answer:
        case dict():
            for key, below in answer.items():
                yield key
                yield from strings(below)
        case list():
            for below in answer:
                yield from strings(below)
        case _:
            yield str(answer)
