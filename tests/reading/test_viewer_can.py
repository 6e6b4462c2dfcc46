"""`viewerCan` says what happens when the act is tried, in the words of its refusal; always by the rights of today."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_input_field,
)

from persistence.facts.bars import BARS
from persistence.facts.visibility import Permit
from persistence.reading.dated_ids import key_of
from persistence.reading.question import ViewerCan
from persistence.records import Rule
from resolvers.permissions import ACTS, at_once, constant
from resolvers.reading.bindings import bound
from resolvers.variables import Invalid
from schema.acts import MUTATIONS
from schema.contract import types

from .desk import Desk, code_of
from .story import CANAL, OLIVIERS, SEINE

TYPES = types()
MUTATION = TYPES.schema.mutation_type
NAMES = {
    "partner": "partnerId",
    "establishment": "establishmentId",
    "convention": "conventionId",
    "bulletin": "bulletinId",
    "service_access": "accessId",
    "group": "groupId",
    "affiliation": "affiliationId",
    "contract_manager": "managerId",
    "declaration": "declarationId",
    "declaration_line": "lineId",
    "treatment": "treatmentId",
    "activity_change": "changeId",
    "worker": "workerId",
    "agent": "agentId",
    "import": "importId",
    "import_line": "lineId",
}
"""How the input of an act names the row that it takes, by table; several rows with an s."""
FORMS: dict[str, list[dict[str, Any]]] = {
    "managerAppoint": [
        {"expectedVersion": -1, "kind": kind} for kind in ("MANAGER", "DEPUTY")
    ],
    "remunerationsDeclare": [
        {"campaignYear": 2028, "deposit": deposit, "lines": []}
        for deposit in (True, False)
    ],
    "activityChangesProcess": [{"outcome": "RETURNED", "processingReason": ""}],
    "draftOpen": [{"campaignYear": 2028}],
    "declarationRemind": [{"campaignYear": 2027}],
}
"""What is said besides the row, so that no rule but one of rights lets the act through."""
WITNESSED = {"workerNirReveal", "workerLetterOpen"}
"""Acts that only read, and of which the journal keeps that they were done."""
APART = {"agent": 2, "import": 2, "import_line": 6}
"""Rows that are no partner's, and how many of them are tried."""
VALUES: dict[str, Any] = {
    "Date": "2026-12-10",
    "Int": 1,
    "Boolean": False,
    "DateTime": "2026-12-10T08:00:00Z",
}
HORIZONS, PASSERELLE = "ptr_99990002000010", "ptr_99990003800012"
WHO = (
    "agent-paris",
    "lecteur-paris",
    "agent-yvelines",
    "agent-hauts-de-seine",
    "agent-cna",
    "centre-ressources",
    "admin-national",
    "gestionnaire-canal",
    "declarante-canal",
    "preparatrice-canal",
    "paie-fictive",
    "gestionnaire-horizons",
    "lectrice-saint-denis",
    "sociale-horizons",
)
SENTENCES = {bar.rule.sentence for bars in BARS.values() for bar in bars}
REFUSED = {Rule.FORBIDDEN.name, Rule.NOT_FOUND.name}
CAN = "viewerCan { act allowed reason }"


def judged() -> Iterator[GraphQLObjectType]:
    for kind in TYPES.by_prefix.values():
        if "viewerCan" in kind.fields:
            assert isinstance(bound(kind.fields["viewerCan"]), ViewerCan)
            yield kind


def test_every_record_that_an_act_bears_on_tells_what_its_viewer_can() -> None:
    assert {TYPES.records[kind.name] for kind in judged()} == set(ACTS)


# what is told is what happens


async def rows(desk: Desk) -> dict[str, list[str]]:
    """Some rows of each table: of delegated and centralised partners, the CNA's, and one without a convention."""
    found: dict[str, list[str]] = {}
    for name in {*NAMES, "declaration"} - {"partner", *APART}:
        every = await desk.rows(name)
        for partner in (CANAL, SEINE, HORIZONS, PASSERELLE, OLIVIERS):
            found.setdefault(name, []).extend(
                sorted(r["id"] for r in every if r["partner_id"] == partner)[-2:]
            )
    for name, most in APART.items():
        found[name] = sorted(r["id"] for r in await desk.rows(name))[:most]
    return found | {"partner": [CANAL, SEINE, HORIZONS, PASSERELLE, OLIVIERS]}


async def told(
    desk: Desk, who: str, ids: list[str], kind: GraphQLObjectType, day: str = ""
) -> dict[str, Any]:
    """What each row says that its viewer can, by id; nothing of those that are not read."""
    text = f"query($i: [ID!]!) {{ nodes(ids: $i) {{ id ... on {kind.name} {{ {CAN} }} }} }}"
    nodes = (await desk.answer(who, text, {"i": [f"{one}{day}" for one in ids]}))[
        "nodes"
    ]
    return {key_of(node["id"]): node["viewerCan"] for node in nodes if node}


def an_input(kind: GraphQLInputObjectType, values: dict[str, Any]) -> dict[str, Any]:
    """The required members of an input, with any value that its types take."""
    made = dict(values)
    for name, member in kind.fields.items():
        if name not in made and is_required_input_field(member):
            named = get_named_type(member.type)
            value: Any = VALUES.get(named.name, "x")
            if isinstance(named, GraphQLInputObjectType):
                value = an_input(named, {})
            elif isinstance(named, GraphQLEnumType):
                value = next(iter(named.values))
            made[name] = [] if is_list_type(get_nullable_type(member.type)) else value
    return made


def the_row(kind: GraphQLInputObjectType, table: str, row: str) -> dict[str, Any]:
    """How an input names the row, or the only one of several."""
    name = NAMES[table]
    return {f"{name}s": [row]} if f"{name}s" in kind.fields else {name: row}


async def tried(
    desk: Desk, who: str, act: str, table: str, row: str
) -> dict[str, Any] | None:
    """Try an act without any effect: the version that it expects is nobody's, the window of its campaign is closed."""
    assert MUTATION is not None
    kind = get_named_type(MUTATION.fields[act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    values = the_row(kind, table, row)
    if "establishment" in kind.fields:
        values = {"establishment": {"id": row}}
    forms: list[dict[str, Any]] = [
        {"expectedVersion": -1} if "expectedVersion" in kind.fields else {}
    ]
    if act in FORMS:
        forms = FORMS[act]
    elif act == "beneficiaryAnswer":
        homes = {
            place["id"]: place["partner_id"]
            for place in await desk.rows("establishment")
        }
        workers = await desk.rows("worker")
        (worker, *_) = [w["id"] for w in workers if w["partner_id"] == homes[row]] or [
            "x"
        ]
        forms = [{"campaignYear": 2028, "workerId": worker}]
    elif act == "workerMerge":
        forms = [{"dryRun": True, "intoWorkerId": row}]
    elif "dryRun" in kind.fields and "expectedVersion" not in kind.fields:
        forms = [{"dryRun": True}]
    refusal = None
    for form in forms:
        payload = await desk.act(who, act, "", **an_input(kind, values | form))
        codes = [error for error in payload["errors"] if error["code"] in REFUSED]
        if not codes:
            return None
        refusal = refusal or codes[0]
    return refusal


@pytest.mark.parametrize("who", WHO)
async def test_what_the_viewer_can_is_what_happens_when_it_is_tried(
    desk: Desk, who: str
) -> None:
    found, seen, journal = (
        await rows(desk),
        {True: 0, False: 0},
        len(await desk.rows("journal")),
    )
    for kind in judged():
        table = TYPES.records[kind.name]
        known = await told(desk, who, found[table], kind)
        for row, permissions in known.items():
            assert [p["act"] for p in permissions] == [
                constant(act) for act in ACTS[table]
            ]
            if table == "declaration":
                continue  # judged below, beside its establishment
            for permission in permissions:
                act = MUTATIONS[permission["act"]]
                if act in WITNESSED and permission["allowed"]:
                    continue  # the journal keeps it: tests/acting tells who may
                refusal = await tried(desk, who, act, table, row)

                barred = (
                    permission["reason"] in SENTENCES
                )  # by the state of the row: test_viewer_can_state.py
                assert (permission["allowed"] or barred) is (refusal is None), (
                    act,
                    row,
                    refusal,
                )
                if refusal is None:
                    assert (permission["reason"] is None) is permission["allowed"]
                else:
                    assert refusal["code"] == "FORBIDDEN"
                    assert (
                        refusal["message"]
                        == f"{Rule.FORBIDDEN.sentence} {permission['reason']}"
                    ), (act, row)
                seen[permission["allowed"]] += 1
        for row in set(found[table]) - set(known):
            for act in ACTS[table] if table != "declaration" else ():
                refusal = await tried(desk, who, act, table, row)
                assert refusal is not None, (act, row)
                assert refusal["code"] == "NOT_FOUND"
                break

    assert seen[False] > 0
    assert (
        len(await desk.rows("journal")) == journal
    )  # nothing that was tried has been done


async def test_a_declaration_says_what_its_establishment_says(desk: Desk) -> None:
    text = f"""{{ declarations(first: 50) {{ nodes {{ {CAN} establishment {{
      viewerCan(acts: [REMUNERATIONS_DECLARE]) {{ act allowed reason }} }} }} }} }}"""
    said = set()
    for who in (
        "declarante-canal",
        "preparatrice-canal",
        "lecteur-canal",
        "agent-paris",
        "lectrice-saint-denis",
    ):
        nodes = (await desk.answer(who, text))["declarations"]["nodes"]
        assert nodes, who
        for node in nodes:
            same = [can for can in node["viewerCan"] if can["act"] == "REMUNERATIONS_DECLARE"]  # fmt: skip
            assert same == node["establishment"]["viewerCan"], who
            said.add(node["viewerCan"][0]["allowed"])

    assert said == {True, False}


# why not


async def test_the_reason_says_whose_it_is(desk: Desk) -> None:
    can = "viewerCan(acts: [USER_INVITE, CONVENTION_PREPARE]) { reason }"
    text = f"query($p: ID!) {{ partner(by: {{id: $p}}) {{ {can} }} }}"

    async def reasons(who: str, partner: str) -> list[str | None]:
        answer = await desk.answer(who, text, {"p": partner})
        return [permission["reason"] for permission in answer["partner"]["viewerCan"]]

    delegated = "Le contrat est délégué : c'est au gestionnaire des habilitations du partenaire d'agir (R40)."
    profile = "Votre profil ne comporte pas cet acte."
    whose = "C'est à Centre national d'appui d'agir : elle administre le partenaire."
    assert await reasons("agent-paris", CANAL) == [delegated, None]
    assert await reasons("gestionnaire-canal", CANAL) == [None, profile]
    assert await reasons("declarante-canal", CANAL) == [profile, profile]
    assert (await reasons("agent-hauts-de-seine", HORIZONS))[1] == whose
    assert await reasons("agent-rhone", PASSERELLE) == [
        "Aucune convention centralisée n'est en vigueur (R45).",
        None,
    ]


def test_a_role_elsewhere_and_no_role_are_two_reasons() -> None:
    elsewhere = Permit("member_validating", "granted_service", ())

    assert (
        at_once("establishment", [elsewhere])
        == "Vos habilitations ne portent pas sur lui."
    )
    assert at_once("establishment", []) == "Votre profil ne comporte pas cet acte."
    assert (
        at_once("agent", [Permit("national", "self", ())])
        == "Il n'est pas dans votre ressort."
    )


async def test_another_day_changes_nothing_of_what_one_can(desk: Desk) -> None:
    """Centralised then, delegated now: the Caf could include people in February, and cannot today."""
    kinds = {kind.name: kind for kind in judged()}
    for who in (
        "agent-bouches-du-rhone",
        "gestionnaire-oliviers",
        "declarante-seine",
        "agent-yvelines",
    ):
        for name in ("Partner", "Convention", "Group", "Affiliation", "Establishment"):
            ids = (await rows(desk))[TYPES.records[name]]
            now = await told(desk, who, ids, kinds[name])
            for day in ("2026-02-28", "2027-03-01"):
                assert await told(desk, who, ids, kinds[name], f"@{day}") == now, (
                    who,
                    name,
                )


# which acts


async def asked(
    desk: Desk,
    argument: str,
    variables: dict[str, Any] | None = None,
    declared: str = "",
) -> Any:  # noqa: ANN401 JSON
    can = f"viewerCan{argument} {{ a: act __typename allowed }}"
    text = f'query{declared} {{ partner(by: {{id: "{CANAL}"}}) {{ {can} }} }}'
    return (await desk.answer("agent-paris", text, variables))["partner"]["viewerCan"]


async def test_the_acts_asked_for_are_told_in_their_order_and_no_other(
    desk: Desk,
) -> None:
    two = ["USER_INVITE", "CONVENTION_PREPARE"]
    answer = [
        {"a": "USER_INVITE", "__typename": "Permission", "allowed": False},
        {"a": "CONVENTION_PREPARE", "__typename": "Permission", "allowed": True},
    ]

    assert (
        await asked(desk, "(acts: [USER_INVITE, CONVENTION_PREPARE, USER_INVITE])")
        == answer
    )
    assert (
        await asked(
            desk, "(acts: [$a, $b])", {"a": two[0], "b": two[1]}, "($a: Act!, $b: Act!)"
        )
        == answer
    )
    declared = "($a: [Act!])"
    for variables in (two, two[:1], [], two):  # the same document, in whatever order
        shown = await asked(desk, "(acts: $a)", {"a": variables}, declared)
        assert shown == answer[: len(variables)]
    for every in ({"a": None}, {}):
        told = [p["a"] for p in await asked(desk, "(acts: $a)", every, declared)]
        assert told == [constant(act) for act in ACTS["partner"]]


@pytest.mark.parametrize(
    "words", [["GROUP_CLOSE"], ["CONVENTION_PREPARE", "GROUP_CLOSE"]]
)
async def test_an_act_of_another_object_is_refused_with_those_of_this_one(
    desk: Desk, words: list[str]
) -> None:
    literal = f"(acts: [{', '.join(words)}])"
    for argument, variables, declared in (
        (literal, {}, ""),
        ("(acts: $a)", {"a": words}, "($a: [Act!]!)"),
    ):
        with pytest.raises(GraphQLError) as refused:
            await asked(desk, argument, variables, declared)

        assert code_of(refused.value) == "ARGUMENTS"
        assert "CONVENTION_PREPARE, " in refused.value.message
        assert refused.value.path == ["partner", "viewerCan"]


@pytest.mark.parametrize(
    "word", ["conventionprepare", "conventionPrepare", "185057599904209"]
)
async def test_a_word_that_is_no_act_is_refused_and_not_echoed(
    desk: Desk, word: str
) -> None:
    with pytest.raises(GraphQLError) as refused:
        await asked(desk, f'(acts: ["{word}"])')
    with pytest.raises(Invalid):
        await asked(desk, "(acts: $a)", {"a": [word]}, "($a: [Act!]!)")

    assert code_of(refused.value) == "GRAPHQL_VALIDATION_FAILED"
    assert word not in refused.value.message
