"""An explanation is enforcement's own answer, told to whom it may be told, and of nothing that they may not read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from graphql import GraphQLError
from sqlalchemy.ext.asyncio import AsyncSession

from authz import ACTIONS, Subject
from authz.scopes import conditions_of
from persistence.facts.callers import Identity
from persistence.facts.guards import GUARDED, STATE
from persistence.facts.object_facts import facts_of
from persistence.records import Rule
from resolvers.explaining import holders, inquiries
from resolvers.permissions import ACTS, barrable
from resolvers.subjects import holder_of
from schema.acts import MUTATIONS
from schema.contract import types
from server.settings import DEMO_ISSUER
from tests.holding import held

from .desk import TODAY, Desk, code_of
from .facts import TYPES as NAMED
from .facts import Rows
from .small_declarations import CAFS
from .small_world import SUBJECTS, member
from .story import BASSIN, CANAL, SEINE

DAY = timedelta(days=1)
DAYS = (TODAY - DAY, TODAY, TODAY + DAY, date(2028, 6, 1))
HORIZONS = "ptr_99990002000010"
TYPES = types()
EXPLAINED = {
    name
    for kind in TYPES.by_prefix.values()
    if (name := TYPES.records[kind.name]) in GUARDED
    and not GUARDED[name].via
    and GUARDED[name].also is None
    and not GUARDED[name].through
}
"""The records whose rows bear their own facts."""
PERMISSIONS = [
    f"{type_}:{action}" for type_, actions in ACTIONS.items() for action in actions
]
EXPLAIN = """query($u: ID!, $a: Action!, $o: ID!, $d: Date) { explain(user: $u, action: $a, object: $o, on: $d) {
  allowed on sentence menders chains { holds steps { kind objectId label broken } broken { label } }
  grounds { role scope held met conditions { fact expected met } } } }"""
WHO_CAN = """query($a: Action!, $o: ID!, $d: Date) { whoCan(action: $a, object: $o, on: $d) {
  on sentence people { userId name by } offices { organism role count } hidden } }"""


def named(permission: str) -> str:
    """`ServiceAccess:open` as the graph names it."""
    type_, action = permission.split(":")
    return (
        "".join(f"_{c}" if c.isupper() else c for c in type_).lstrip("_").upper()
        + f"_{action.upper()}"
    )


async def explain(
    desk: Desk, who: str, user: str, permission: str, about: str, on: date | None = None
) -> Any:  # noqa: ANN401 JSON
    variables = {
        "u": user,
        "a": named(permission),
        "o": about,
        "d": on and on.isoformat(),
    }
    return (await desk.answer(who, EXPLAIN, variables))["explain"]


async def who_can(
    desk: Desk, who: str, permission: str, about: str, on: date | None = None
) -> Any:  # noqa: ANN401 JSON
    variables = {"a": named(permission), "o": about, "d": on and on.isoformat()}
    return (await desk.answer(who, WHO_CAN, variables))["whoCan"]


async def unless_asked_elsewhere(answer: Awaitable[Any]) -> Any:  # noqa: ANN401 JSON
    """The answer, or nothing where the action is asked of another object."""
    try:
        return await answer
    except GraphQLError as refused:
        if code_of(refused) != "ARGUMENTS":
            raise
        return None


# the decision


async def everybody(desk: Desk, day: date) -> dict[str, Subject]:
    """What each user of the register holds that day."""
    users = [row["id"] for row in await desk.rows("user")]
    return {
        subject.user: subject
        for subject in map(holder_of, await held(desk.database, users, day))
    }


async def objects(desk: Desk, most: int = 6) -> list[tuple[str, str]]:
    """(record, id) of some rows of each record, of partners in every state."""
    found: list[tuple[str, str]] = []
    for record in sorted(EXPLAINED):
        rows = sorted(
            (str(r.get("partner_id", r["id"])), r["id"])
            for r in await desk.rows(record)
        )
        step = max(1, len(rows) // most)
        found += [(record, key) for _, key in rows[::step][:most]]
    return found


def asked_of(desk: Desk, facts: Mapping[str, str | None]) -> Iterator[str]:
    """The permissions whose conditions all speak of facts that the object bears."""
    for permission in PERMISSIONS:
        type_, action = permission.split(":")
        rules = desk.graph.policy.rules(type_, action)
        if {
            condition.fact
            for rule in rules
            for condition in conditions_of(rule.scope, type_)
        } <= facts.keys():
            yield permission


def decided_apart(desk: Desk, permissions: Iterable[str]) -> list[str]:
    """One of the permissions that the same permits give: they are decided alike."""
    by_permits: dict[Any, str] = {}
    for permission in permissions:
        type_, action = permission.split(":")
        permits = tuple(
            (rule.role, conditions_of(rule.scope, type_))
            for rule in desk.graph.policy.rules(type_, action)
        )
        by_permits.setdefault(permits, permission)
    return list(by_permits.values())


@pytest.mark.parametrize("day", DAYS[::2])
async def test_nobody_who_can_is_forgotten(desk: Desk, day: date) -> None:
    """The people looked at are those of the partner and of a few organisms: nobody else of the register may."""
    users, counted = await everybody(desk, day), 0
    for record, key in await objects(desk, 3):
        async with desk.database.looking() as session:
            [facts] = await facts_of(session, record, key, day)
            asked = inquiries.Inquiry(
                desk.context("x"), session, Subject("x"), key, "", "", day, facts, facts
            )
            looked_at = {row["user"] for row in (await asked.findings()).holders}
        for permission in decided_apart(desk, asked_of(desk, facts)):
            type_, action = permission.split(":")
            may = {
                u
                for u, s in users.items()
                if desk.graph.policy.allows(s, type_, action, facts)
            }
            counted += len(may)

            assert may <= looked_at, (record, key, permission)

    assert counted > 500


@pytest.mark.parametrize("day", DAYS[1::2])
async def test_who_can_counts_everybody_and_each_once(desk: Desk, day: date) -> None:
    users = await everybody(desk, day)
    for record, key in await objects(desk, 2):
        async with desk.database.looking() as session:
            [facts] = await facts_of(session, record, key, day)
        type_ = GUARDED[record].type
        for action in ACTIONS[type_][:2]:
            for who in ("admin-national", "declarante-canal"):
                told = await unless_asked_elsewhere(
                    who_can(desk, who, f"{type_}:{action}", key, day)
                )
                if told is None:
                    continue
                may = {
                    u
                    for u, s in users.items()
                    if desk.graph.policy.allows(s, type_, action, facts)
                }
                if day == TODAY and barrable(record, f"{type_}:{action}"):
                    asked = f"{type_}:{action}"
                    why = {
                        u: await explain(desk, u.removeprefix("usr_"), u, asked, key)
                        for u in may
                    }
                    may = {u for u in may if why[u]["allowed"]}
                shown = {person["userId"] for person in told["people"]}
                agents = sum(office["count"] for office in told["offices"])

                assert shown <= may
                assert len(shown) + agents + told["hidden"] == len(may), (
                    record,
                    key,
                    action,
                    who,
                )


@pytest.mark.parametrize("who", ["gestionnaire-canal", "agent-paris", "agent-cna"])
async def test_an_explanation_today_is_what_the_viewer_can(
    desk: Desk, who: str
) -> None:
    """One may do what an act that one can do performs, and can an act of which one may do something; for one reason."""
    seen, some = set(), await objects(desk, 4)
    for kind in TYPES.by_prefix.values():
        record = TYPES.records[kind.name]
        if record not in EXPLAINED or "viewerCan" not in kind.fields:
            continue
        ids = [key for name, key in some if name == record]
        can = "viewerCan { act allowed reason }"
        text = f"query($i: [ID!]!) {{ nodes(ids: $i) {{ id ... on {kind.name} {{ {can} }} }} }}"
        for node in filter(None, (await desk.answer(who, text, {"i": ids}))["nodes"]):
            acts = {MUTATIONS[told["act"]]: told for told in node["viewerCan"]}
            whys: dict[str, Any] = {}
            for permission in dict.fromkeys(
                p for act in acts for p in ACTS[record][act]
            ):
                why = await unless_asked_elsewhere(
                    explain(desk, who, f"usr_{who}", permission, node["id"])
                )
                if why is None:
                    continue
                whys[permission] = why
                by = [
                    told
                    for act, told in acts.items()
                    if permission in ACTS[record][act]
                ]
                assert not why["allowed"] or any(told["allowed"] for told in by), (
                    node["id"],
                    permission,
                )
                if not why["allowed"] and any(
                    ground["met"] for ground in why["grounds"]
                ):
                    seen.add("barred")
                    assert why["sentence"].endswith(f". {by[0]['reason']}"), (
                        node["id"],
                        permission,
                    )
            for act, told in acts.items():
                answers = [whys[p]["allowed"] for p in ACTS[record][act] if p in whys]
                seen.add(told["allowed"])
                assert not told["allowed"] or not answers or any(answers), (
                    node["id"],
                    told,
                )

    assert seen == {True, False, "barred"}


async def test_another_day_is_explained_by_rights_alone(desk: Desk) -> None:
    """The state is that of today: what an accepted card forbids now says nothing of tomorrow."""
    link = next(
        r["id"]
        for r in await desk.rows("affiliation")
        if r["user_id"] == "usr_declarante-canal"
    )
    who = "gestionnaire-canal"

    told = {
        day: await explain(desk, who, f"usr_{who}", "User:invite", link, day)
        for day in (None, TODAY, TODAY + DAY)
    }
    held = {day: await who_can(desk, who, "User:invite", link, day) for day in told}

    assert [why["allowed"] for why in told.values()] == [False, False, True]
    assert [bool(some["people"]) for some in held.values()] == [False, False, True]
    assert told[None]["sentence"].endswith(f". {Rule.INVITATION_ACCEPTED.sentence}")
    assert told[None]["menders"] == []


async def test_an_explanation_is_the_decision_of_each_day(desk: Desk) -> None:
    """Of the rights of another: everyone's, on the day asked about, by the asker's rights of today."""
    for partner, asker in (
        (CANAL, "gestionnaire-canal"),
        (SEINE, "agent-yvelines"),
        (HORIZONS, "agent-cna"),
    ):
        links = [
            r["user_id"]
            for r in await desk.rows("affiliation")
            if r["partner_id"] == partner
        ]
        for day in DAYS[1::2]:
            users = await everybody(desk, day)
            async with desk.database.looking() as session:
                [facts] = await facts_of(session, "partner", partner, day)
            for user in links:
                for permission in (
                    "Partner:read",
                    "User:invite",
                    "Membership:add",
                    "Convention:close",
                ):
                    why = await explain(desk, asker, user, permission, partner, day)
                    type_, action = permission.split(":")
                    allowed = (
                        desk.graph.policy.allows(users[user], type_, action, facts)
                        is not None
                    )

                    assert why["allowed"] is allowed, (user, permission, day)
                    assert bool(why["menders"]) is not allowed
                    assert all(
                        chain["holds"] is (chain["broken"] is None)
                        for chain in why["chains"]
                    )
                    assert any(ground["met"] for ground in why["grounds"]) is allowed


async def test_an_agent_with_two_posts_in_one_organism_is_one_agent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(row: Mapping[str, Any]) -> Subject:
        return holder_of({**row, "posts": [*row["posts"], *row["posts"]]})

    signed = next(
        r["id"]
        for r in await desk.rows("convention")
        if r["partner_id"] == CANAL and r["organism_signed_on"]
    )
    before = await who_can(desk, "agent-paris", "Convention:read", signed)
    monkeypatch.setattr(holders, "holder_of", twice)
    after = await who_can(desk, "agent-paris", "Convention:read", signed)

    assert after["offices"] == before["offices"] != []


async def test_a_convention_is_read_by_who_signed_it_and_not_of_its_partner(
    desk: Desk,
) -> None:
    """Who signed is a fact of each paper: of the partner, the question has no answer."""
    for permission in ("Convention:read", "Amendment:read", "ServiceContract:read"):
        with pytest.raises(GraphQLError) as refused:
            await who_can(desk, "agent-paris", permission, CANAL)
        assert code_of(refused.value) == "ARGUMENTS"


async def test_a_line_of_an_extraction_is_explained_by_who_treats_it(
    desk: Desk,
) -> None:
    lines = [r for r in await desk.rows("import_line") if r["organism_id"] == "org_751"]
    line = next(r for r in lines if r["outcome"] == "CONFLICT")
    plain = next(r for r in lines if r["outcome"] != "CONFLICT")

    assert (
        await explain(
            desk, "agent-paris", "usr_agent-paris", "Import:arbitrate", line["id"]
        )
    )["allowed"]
    barred = await explain(
        desk, "agent-paris", "usr_agent-paris", "Import:arbitrate", plain["id"]
    )
    assert barred["sentence"].endswith(f". {Rule.EXTRACT_NOT_CONFLICT.sentence}")
    assert (await who_can(desk, "agent-paris", "Import:arbitrate", plain["id"]))[
        "offices"
    ] == []
    told = await who_can(desk, "agent-paris", "Import:arbitrate", line["id"])
    assert told["offices"] == [
        {"organism": "Caf de Paris", "role": "agent gestionnaire", "count": 1}
    ]
    for kind in ("import", "user", "worker"):
        key = (await desk.rows(kind))[0]["id"]
        with pytest.raises(GraphQLError) as refused:
            await who_can(desk, "admin-national", "Import:read", key)
        assert code_of(refused.value) == "ARGUMENTS"


# to whom


async def test_what_one_may_not_read_is_answered_as_what_does_not_exist(
    desk: Desk,
) -> None:
    """Every asker, on rows of every record: either both are read, or the answer is that of an unknown id."""
    for who in (
        "declarante-canal",
        "lectrice-saint-denis",
        "suspendu-canal",
        "personne-inconnue",
    ):
        for record, key in await objects(desk, 2):
            type_, unknown = GUARDED[record].type, key.partition("_")[0] + "_inconnu"
            text = "query($i: ID!) { node(id: $i) { id } }"
            read = (await desk.answer(who, text, {"i": key}))["node"] is not None
            answers = [
                await _said(desk, who, f"{type_}:{action}", about)
                for action in ACTIONS[type_][:3]
                for about in (key, unknown)
            ]
            for known, nothing in zip(answers[::2], answers[1::2], strict=True):
                assert nothing == (None, None)
                assert read or known == nothing, (who, key)


async def _said(desk: Desk, who: str, permission: str, about: str) -> tuple[Any, Any]:
    try:
        return await explain(desk, who, f"usr_{who}", permission, about), await who_can(
            desk, who, permission, about
        )
    except GraphQLError as refused:
        return code_of(refused), None


async def test_a_person_whom_one_may_not_read_is_not_explained(desk: Desk) -> None:
    for user in (
        "usr_gestionnaire-canal",
        "usr_agent-paris",
        "usr_admin-national",
        "usr_inconnu",
        "",
        "usr",
        "%",
    ):
        assert (
            await explain(desk, "declarante-canal", user, "Partner:read", CANAL) is None
        )
    for user in ("usr_agent-paris", "usr_sociale-horizons"):
        assert (
            await explain(desk, "gestionnaire-canal", user, "Partner:read", CANAL)
            is None
        )
    assert await explain(
        desk, "declarante-canal", "usr_declarante-canal", "Partner:read", CANAL
    )
    assert await explain(
        desk, "admin-national", "usr_agent-paris", "Partner:read", CANAL
    )


async def test_another_day_opens_nothing_to_the_asker(desk: Desk) -> None:
    """The Caf of the Hauts-de-Seine administered Horizons once; it does not explain its people of then."""
    users = [
        r["user_id"]
        for r in await desk.rows("affiliation")
        if r["partner_id"] == HORIZONS
    ]
    for day in (date(2025, 9, 30), date(2026, 6, 1), *DAYS):
        for user in users:
            assert (
                await explain(
                    desk, "agent-hauts-de-seine", user, "Partner:read", HORIZONS, day
                )
                is None
            )
        assert (
            await explain(
                desk, "suspendu-canal", "usr_suspendu-canal", "Partner:read", CANAL, day
            )
            is None
        )


# what is told


async def test_the_paying_caf_is_told_nothing_of_the_partner(desk: Desk) -> None:
    """It reads a line, and neither the partner's name, nor who administers it, nor under which mode."""
    who = "agent-hauts-de-seine"
    text = "{ lines(first: 50) { nodes { id declaration { establishment { id } } } } }"
    nodes = (await desk.answer(who, text))["lines"]["nodes"]
    line = next(n["id"] for n in nodes if n["declaration"] is None)
    row = next(r for r in await desk.rows("declaration_line") if r["id"] == line)
    partner = next(
        r for r in await desk.rows("partner") if r["id"] == row["partner_id"]
    )

    told = await explain(desk, who, f"usr_{who}", "DeclarationLine:read", line)
    refused = await explain(desk, who, f"usr_{who}", "Declaration:prepare", line)
    held = await who_can(desk, who, "DeclarationLine:read", line)

    assert (told["allowed"], refused["allowed"]) == (True, False)
    for said in (told, refused, held):
        assert partner["name"] not in orjson.dumps(said).decode()
        assert partner["id"] not in orjson.dumps(said).decode()
    assert refused["menders"] == []
    assert held["people"] == []
    for permission in (
        "Partner:read",
        "Declaration:read",
        "Membership:add",
        "Convention:close",
    ):
        with pytest.raises(GraphQLError) as error:
            await explain(desk, who, f"usr_{who}", permission, line)
        assert code_of(error.value) == "ARGUMENTS"


async def test_what_a_person_holds_elsewhere_is_told_to_them_and_to_national_administrators_only(
    desk: Desk,
) -> None:
    """A declarant of one Esat who joined another: neither learns what they hold in the other."""
    links = await desk.rows("affiliation")
    at_canal, at_seine = (
        {r["user_id"] for r in links if r["partner_id"] == p} for p in (CANAL, SEINE)
    )
    both = min(at_canal & at_seine)

    async def roles(who: str, partner: str) -> set[str]:
        why = await explain(desk, who, both, "Partner:read", partner)
        return {ground["role"] for ground in why["grounds"] if ground["held"]}

    itself = both.removeprefix("usr_")
    assert await roles("agent-yvelines", SEINE) == set()
    assert await roles("admin-national", SEINE) != set()
    assert (
        await roles("gestionnaire-canal", CANAL) == await roles(itself, CANAL) != set()
    )


async def test_the_posts_of_a_person_are_not_told_to_their_partner(desk: Desk) -> None:
    agents = {r["user_id"] for r in await desk.rows("agent")}
    assert "usr_agent-paris" in agents
    async with desk.database.looking() as session:
        inquiry = await inquiries.inquiry_of(
            desk.context("gestionnaire-canal"), session, "Partner:read", CANAL, None
        )
        assert inquiry is not None
        [posted] = map(holder_of, (await inquiry.findings("usr_agent-paris")).holders)

        assert inquiry.visible_holdings(posted).posts == ()
        assert posted.posts


# attacks


async def test_the_questions_of_one_request_take_one_connection_at_a_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now, most, plain = 0, 0, desk.database.looking

    @asynccontextmanager
    async def counted() -> AsyncIterator[AsyncSession]:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        async with plain() as session:
            yield session
        open_now -= 1

    monkeypatch.setattr(desk.database, "looking", counted)
    asked = f'user: "usr_declarante-canal", action: PARTNER_READ, object: "{CANAL}"'
    text = (
        "{" + " ".join(f"e{i}: explain({asked}) {{ allowed }}" for i in range(20)) + "}"
    )

    answers = await asyncio.gather(
        *(desk.answer("gestionnaire-canal", text) for _ in range(3))
    )

    assert all(
        answer == {f"e{i}": {"allowed": True} for i in range(20)} for answer in answers
    )
    assert most <= len(answers)


async def test_an_explanation_stands_anywhere_in_a_document(desk: Desk) -> None:
    text = f"""query($yes: Boolean!, $no: Boolean!, $d: Date) {{
      ...Why partners(first: 1) {{ nodes {{ name }} }}
      skipped: explain(user: "usr_agent-paris", action: PARTNER_READ, object: "{CANAL}") @skip(if: $yes) {{ allowed }}
      absent: whoCan(action: PARTNER_READ, object: "{CANAL}") @include(if: $no) {{ hidden }}
      whoCan(action: MEMBERSHIP_ADD, object: "{CANAL}", on: $d) {{
        __typename by: people {{ name }} ... on Holders {{ hidden }} }}
    }}
    fragment Why on Query {{ explain(user: "usr_agent-paris", action: GROUP_CREATE, object: "{CANAL}") {{
      ...Told __typename }} }}
    fragment Told on Explanation {{ allowed @include(if: $yes) on @skip(if: $yes) }}"""
    for day in ("2026-12-10", "2026-12-11"):
        answer = await desk.answer(
            "admin-national", text, {"yes": True, "no": False, "d": day}
        )
        plain = await desk.answer(
            "admin-national",
            text,
            {"yes": True, "no": False, "d": day},
            completing=True,
        )

        assert orjson.dumps(answer) == orjson.dumps(plain)
        assert list(answer) == ["explain", "partners", "whoCan"]
        assert answer["explain"] == {"allowed": True, "__typename": "Explanation"}
    plans = [key for key in desk.graph._plans if key[0] == text]  # noqa: SLF001 one for each way out
    assert len(plans) == 2


@pytest.mark.parametrize(
    "about",
    [
        "",
        "_",
        "ptr",
        "ptr_",
        "PTR_99990001200025",
        "nimporte_quoi",
        "ptr_%",
        "'",
        "é" * 250,
    ],
)
async def test_an_odd_id_is_nobodys(desk: Desk, about: str) -> None:
    assert (
        await explain(desk, "admin-national", "usr_agent-paris", "Partner:read", about)
        is None
    )
    assert await who_can(desk, "admin-national", "Partner:read", about) is None
    assert await explain(desk, "admin-national", about, "Partner:read", CANAL) is None


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
async def test_a_day_out_of_the_calendar_is_refused_before_anything_is_read(
    desk: Desk, day: date
) -> None:
    for about in (CANAL, "ptr_inconnu"):
        with pytest.raises(GraphQLError) as refused:
            await who_can(desk, "personne-inconnue", "Partner:read", about, day)
        assert code_of(refused.value) == "DAY"


async def test_a_day_before_the_partner_was_registered_gives_nothing_to_its_people(
    desk: Desk,
) -> None:
    why = await explain(
        desk,
        "declarante-canal",
        "usr_declarante-canal",
        "Partner:read",
        CANAL,
        date(2001, 1, 1),
    )

    assert (why["allowed"], why["chains"]) == (False, [])


async def test_a_machine_and_an_unknown_identity_ask_for_what_is_theirs(
    desk: Desk,
) -> None:
    assert (
        await explain(desk, "paie-fictive", "usr_paie-fictive", "Partner:read", CANAL)
    )["allowed"]
    assert (
        await explain(
            desk, "paie-fictive", "usr_declarante-canal", "Partner:read", CANAL
        )
        is None
    )
    for about in (CANAL, BASSIN, "mbr_x"):
        assert (
            await explain(desk, "personne-inconnue", "", "Partner:read", about) is None
        )
        assert await who_can(desk, "personne-inconnue", "Partner:read", about) is None


def test_the_facts_of_a_state_are_those_of_the_partner() -> None:
    """A row that is no partner's says itself by whom it is treated."""
    own = {
        name
        for name, guarded in GUARDED.items()
        for fact in guarded.facts
        if fact in STATE
    }

    assert own == {"import", "import_line"}
    assert all(GUARDED[name].partner is None for name in own)
    assert Identity(DEMO_ISSUER, "x").subject == "x"


# the small world


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY, TODAY + DAY])
async def test_the_facts_of_an_explanation_are_those_of_the_rows(
    small_worlds: dict[str, Desk], dialect: str, day: date
) -> None:
    """Every row of every record, in every state of its partner, against facts worked out by hand."""
    desk = small_worlds[dialect]
    rows = Rows(
        {name: await desk.rows(name) for name in (*NAMED, "partner_state")}, day
    )
    async with desk.database.looking() as session:
        for record in EXPLAINED:
            for key, every in rows.objects(record):
                [found] = await facts_of(session, record, key, day)

                assert {name: found.get(name) for name in every[0]} == every[0], (
                    record,
                    key,
                )


async def test_the_caf_that_signed_learns_no_inclusion_of_a_person_whom_it_reads_elsewhere(
    small_worlds: dict[str, Desk], dialect: str
) -> None:
    """Paris follows the person's first partner, and only signed with the second, which the CNA administers."""
    desk, signed = small_worlds[dialect], "ptr_20"
    here = Subject(
        "usr_20ESAT", grants=(member("member_reading", 20), member("member_reading", 0))
    )
    kept = {}
    for caf in CAFS:
        asker = SUBJECTS[f"agent_managing of {caf}"]
        async with desk.database.looking() as session:
            [facts] = await facts_of(session, "partner", signed, TODAY)
            inquiry = inquiries.Inquiry(
                desk.context("x"),
                session,
                asker,
                signed,
                "Partner",
                "read",
                TODAY,
                facts,
                facts,
                signed,
            )
            kept[caf] = inquiry.visible_holdings(here).grants
            assert ("cnv_20" in (await inquiry.findings("usr_20ESAT")).readable) is (
                caf != "org_921"
            )

    assert kept == {"org_751": (), "org_921": (), "org_CNA": here.grants[:1]}
