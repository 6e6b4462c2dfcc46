"""`viewerCan` says no where the state of the row forbids: whichever input is given, the act is refused by that rule.

Every act is tried on rows in every state of the told world, by who may do it, and undone before it is recorded.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeAlias

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from persistence.facts.bars import BARS
from persistence.records import Rule
from resolvers.acting import performing
from resolvers.acting.outcome import DryRunDone, Outcome
from resolvers.permissions import ACTS
from schema.acts import MUTATIONS
from tests.journeys.payroll import a_line
from tests.journeys.story import a_siret

from .desk import Desk
from .story import PAPER
from .test_viewer_can import (
    MUTATION,
    NAMES,
    TYPES,
    an_input,
    judged,
    the_row,
    told,
)

DAYS = ("2026-12-10", "2026-12-11", "2027-03-01", "2031-01-01")
MISSIONS = ["mis_ACCOMPAGNEMENT_TRAVAIL", "mis_ACCOMPAGNEMENT_SOCIAL"]
PERSON = {"givenName": "Ada", "familyName": "Nouvelle", "email": "ada@nouvelle.invalid"}
SIGNED = {"convention": PAPER, "contract": PAPER}
OTHERWISE = {
    "remunerationsDeclare",
    "activityChangesDeclare",
    "workerNirReveal",
    "workerLetterOpen",
    "establishmentAdd",
    "beneficiaryAnswer",
    "draftOpen",
    "declarationRemind",
}
"""Acts that no state of the row that they take forbids, or whose state is that of a campaign, said by the input."""
MOST, AT_ONCE = 1, 20
WHO = {
    "import": ("agent-paris", "admin-national"),
    "import_line": ("agent-paris",),
    "agent": ("admin-national",),
    "declaration": ("declarante-canal", "declarante-seine"),
    "declaration_line": ("agent-paris", "agent-hauts-de-seine"),
    "treatment": ("agent-paris", "agent-hauts-de-seine"),
    "activity_change": ("declarante-canal", "agent-hauts-de-seine"),
    "worker": ("declarante-canal",),
}
EVERYBODY = (
    "agent-paris",
    "agent-cna",
    "agent-yvelines",
    "gestionnaire-canal",
    "gestionnaire-oliviers",
)
RULES = {rule.sentence: rule for rule in Rule}


Row: TypeAlias = dict[str, Any]


def on(name: str, **more: object) -> Callable[[Row], list[Row]]:
    """The same input on several days."""
    return lambda _: [{name: day} | more for day in DAYS]


def once(**values: object) -> Callable[[Row], list[Row]]:
    return lambda _: [values]


FORMS: Mapping[str, Callable[[Row], list[Row]]] = {
    "conventionSign": on("inForceOn", **SIGNED),
    "conventionRecord": once(
        **SIGNED, number="1", missionIds=MISSIONS, originallyInForceOn="2020-01-01"
    ),
    "conventionAmend": once(verifiedFields=["mission"], missionIds=MISSIONS),
    "delegationChange": lambda _: [
        {"mode": mode} for mode in ("CENTRALISED", "DELEGATED")
    ],
    "partnerSiretChange": once(siret=a_siret(9001)),
    "partnerTransfer": lambda _: [
        {"organismId": organism} for organism in ("org_751", "org_781", "org_921")
    ],
    "bulletinPrepare": lambda row: [
        {"serviceId": f"svc_{one}", "siret": row["siret"]} for one in ("ESAT", "CDAP")
    ],
    "bulletinSign": on("effectiveFrom", signature=PAPER, acknowledgeCna=True),
    "bulletinReplace": lambda row: [
        {"successorId": one} for one in row["beside"] or [row["id"]]
    ],
    "managerAppoint": lambda _: [
        {"kind": kind, "person": PERSON} for kind in ("MANAGER", "DEPUTY")
    ],
    "userInvite": once(person=PERSON),
    "establishmentUpdate": lambda row: [
        {"name": row["name"], "department": row["department"]}
    ],
    "eligibilityDecide": once(serviceId="svc_CDAP", formDigest="0" * 64),
    "groupRoleAttach": lambda row: [{"roleId": row["role_id"] or "rol_ESAT_DECLARANT"}],
    "groupMembersAdd": lambda row: [{"userIds": row["colleagues"]}],
    "importApply": once(organismId="org_751", columnsConfirmed=True),
    "importPurge": once(purgeReason="Fin", force=True),
    "userUpdate": lambda row: [{"person": row["person"]}],
    "mandateGrant": once(
        client={"issuer": "x", "subject": "y", "name": "Z", "email": "z@z.invalid"}
    ),
    "remunerationsProcess": lambda _: [
        {"outcome": outcome} for outcome in ("TAKEN_INTO_ACCOUNT", "WITHDRAWAL_NOTED")
    ],
    "treatmentsReopen": once(),
    "activityChangesProcess": once(outcome="TAKEN_INTO_ACCOUNT"),
    "activityChangeCancel": once(),
    "workerUpdate": once(givenNames="Ada"),
    "workerMerge": lambda row: [{"intoWorkerId": one} for one in row["beside"]],
    "invitationRenew": once(),
    "draftLinesRemove": once(lines=[]),
    "remunerationsCorrect": once(put=[a_line(500)]),
    "draftDiscard": once(),
}
"""Good inputs of an act: one of them passes unless the state forbids it. The others take a day."""


def forms(act: str, row: Row) -> list[Row]:
    return FORMS.get(act, on("on"))(row)


async def chosen(desk: Desk, who: str, kind: Any) -> list[tuple[Row, list[Row]]]:  # noqa: ANN401 a type of the graph
    """Rows that somebody reads, each with what it says that they can: some of every verdict."""
    table = TYPES.records[kind.name]
    rows = {str(row["id"]): dict(row) for row in await desk.rows(table)}
    alike: dict[str, list[tuple[Row, list[Row]]]] = defaultdict(list)
    for some in batched(sorted(rows), AT_ONCE):
        for key, permissions in (await told(desk, who, some, kind)).items():
            alike[str(permissions)].append((rows[key], permissions))
    picked = [pair for pairs in alike.values() for pair in pairs[-MOST:]]
    await _complete(desk, table, [row for row, _ in picked])
    return picked


def batched(ids: list[str], size: int) -> list[list[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


async def _complete(desk: Desk, table: str, rows: list[Row]) -> None:
    """What the good input of a row needs of the rows around."""
    people = {row["id"]: row for row in await desk.rows("user")}
    links, members = await desk.rows("affiliation"), await desk.rows("membership")
    stopped = {row["affiliation_id"] for row in await desk.rows("suspension")}
    bulletins = await desk.rows("bulletin")
    for row in rows:
        if table == "affiliation":
            one = people[row["user_id"]]
            row["person"] = {
                "givenName": one["given_name"],
                "familyName": one["family_name"],
                "email": one["email"],
            }
        elif table == "worker":
            cards = await desk.rows("worker")
            row["beside"] = [
                card["id"]
                for card in cards
                if card["partner_id"] == row["partner_id"] and card["nir_mask"][0] < "7"
            ][:3]
        elif table == "bulletin":
            row["beside"] = [
                b["id"]
                for b in bulletins
                if b["access_id"] == row["access_id"] and b["id"] != row["id"]
            ]
        elif table == "group":
            inside = {
                m["affiliation_id"] for m in members if m["group_id"] == row["id"]
            }
            mine = (
                a
                for a in links
                if a["partner_id"] == row["partner_id"] and a["ends_on"] is None
            )
            row["colleagues"] = [
                a["user_id"] for a in mine if a["id"] not in inside | stopped
            ][:1]


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An act that passes every rule ends before it is recorded."""

    async def record(*_: object) -> NoReturn:
        raise DryRunDone(Outcome())

    monkeypatch.setattr(performing, "record", record)


async def refusals(
    desk: Desk, who: str, act: str, table: str, row: Row
) -> list[list[Rule]]:
    """What each good input meets, until one meets nothing."""
    assert MUTATION is not None
    kind = get_named_type(MUTATION.fields[act].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    mine = the_row(kind, table, str(row["id"]))
    inputs: list[Row] = []
    for form in forms(act, row):
        values = an_input(
            kind,
            mine | {name: value for name, value in form.items() if name in kind.fields},
        )
        if values not in inputs:
            inputs.append(values)
    met: list[list[Rule]] = []
    for values in inputs:
        payload = await desk.act(who, act, "", **values)
        met.append([Rule[error["code"]] for error in payload["errors"]])
        if not met[-1]:
            break
    return met


@pytest.mark.parametrize("kind", list(judged()), ids=lambda kind: kind.name)
@pytest.mark.usefixtures("undone")
async def test_an_act_is_allowed_unless_the_state_of_its_row_refuses_every_input(
    desk: Desk,
    kind: Any,  # noqa: ANN401 a type of the graph
) -> None:
    table = TYPES.records[kind.name]
    if table not in NAMES:
        pytest.skip("judged by its establishment")
    for who in WHO.get(table, EVERYBODY):
        for row, permissions in await chosen(desk, who, kind):
            for permission in permissions:
                act, rule = (
                    MUTATIONS[permission["act"]],
                    RULES.get(permission["reason"]),
                )
                if act in OTHERWISE or not (permission["allowed"] or rule):
                    continue
                met = await refusals(desk, who, act, table, row)
                if permission["allowed"]:
                    bars = {bar.rule for bar in BARS.get((table, act), ())}
                    assert any(bars.isdisjoint(rules) for rules in met), (
                        who,
                        act,
                        row["id"],
                        met,
                    )
                    assert act in UNSURE or [] in met, (who, act, row["id"], met)
                else:
                    refused = [
                        rules for rules in met if rules != [Rule.FORBIDDEN]
                    ]  # some forms are another's
                    assert refused, (who, act, row["id"], rule)
                    assert [] not in refused, (who, act, row["id"], rule, met)
                    assert any(rule in rules for rules in refused), (
                        who,
                        act,
                        row["id"],
                        rule,
                        met,
                    )


UNSURE = {"bulletinReplace", "workerMerge"}
"""Acts that name another row, which may not be there: only that no bar refuses them is held."""


def test_every_bar_is_of_an_act_that_bears_on_the_table() -> None:
    assert {key for key in BARS if key[1] not in ACTS.get(key[0], {})} == set()
