"""The three cases of the instruction and the one that it forgot: from a line of the extraction to the declarants."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from tests.conftest import World
from tests.imports.sending import Desk, a_file
from tests.imports.sending import a_line as a_row

from .story import (
    CENTRALISED,
    DELEGATED,
    ROLES,
    SOCIAL,
    WORK,
    Partner,
    Person,
    a_siret,
    another_siret_of,
    paper,
    refused,
    somebody,
)

ONBOARDING = """query($p: ID!) { onboarding(partner: $p, service: "svc_ESAT") { case late deadline openedOn
  evidence { source sentence objectId line digest } steps { code label state blockedBy whoActs act rule } } }"""
BOTH = (*WORK, *SOCIAL)
CAF, MANAGER = "Caf de Paris", "Le gestionnaire des habilitations du partenaire"
NEXT_DAY = "2026-12-11"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, "agent-paris", "org_751")


async def onboarding(agent: Person, partner: str) -> Any:  # noqa: ANN401 JSON
    return (await agent.asks(ONBOARDING, p=partner))["onboarding"]


async def todo(agent: Person, partner: str) -> list[str]:
    """The steps still to do, in their order, with the act of each."""
    found = (await onboarding(agent, partner))["steps"]
    return [step["code"] for step in found if step["state"] == "TODO"]


async def states(agent: Person, partner: str) -> dict[str, str]:
    return {
        step["code"]: step["state"]
        for step in (await onboarding(agent, partner))["steps"]
    }


async def taken(desk: Desk, siret: str, /, **said: str) -> tuple[str, str, bytes]:
    """The extraction, from its opening to the taking of its lines: the import, the partner that it made, the file."""
    file = a_file(a_row(active="N"), a_row(siret, **said))
    sent = await desk.sends(file)
    await desk.applies(sent)
    seen = await desk.asker.ask(
        desk.who, "query($s: String!) { partner(by: {siret: $s}) { id } }", s=siret
    )
    return sent, seen["partner"]["id"], file


async def establishments(agent: Person, partner: str) -> tuple[str, ...]:
    seen = await agent.asks(
        "query($id: ID!) { partner(by: {id: $id}) { establishments { nodes { id } } } }",
        id=partner,
    )
    return tuple(e["id"] for e in seen["partner"]["establishments"]["nodes"])


@dataclass(slots=True)
class Opening:
    """One opening under way: what each step, when it is the first to do, does with the act that it names."""

    agent: Person
    partner: Partner
    mode: str = CENTRALISED
    missions: tuple[str, ...] = WORK
    convention: str = ""
    bulletin: str = ""
    access: str = ""
    group: str = ""
    invited: str = ""
    keeper: Person | None = None
    done: list[str] = field(default_factory=list)

    async def walks(self, until: str = "") -> list[str]:
        """Do the first step to do, until none is left, or `until` is the next; each act named is the act accepted."""
        while True:
            steps = (await onboarding(self.agent, self.partner.id))["steps"]
            first = next((step for step in steps if step["state"] == "TODO"), None)
            if first is None or first["code"] == until:
                return self.done
            assert first["act"] == ACTS[first["code"]][0]
            await ACTS[first["code"]][1](self)
            assert (await states(self.agent, self.partner.id))[
                first["code"]
            ] == "DONE", first
            self.done.append(first["code"])

    async def records(self) -> None:
        self.convention = await self.agent.records_convention(
            self.partner.id, self.mode, self.missions
        )

    async def attests(self) -> None:
        await self.agent.attests(self.partner.id)

    async def decides(self) -> None:
        await self.agent.decides_eligibility(self.partner.id)

    async def signs(self) -> None:
        self.convention = await self.agent.prepares_convention(
            self.partner.id, self.mode, self.missions
        )
        await self.agent.signs_convention(self.convention, self.today)

    async def amends(self) -> None:
        await self.agent.amends(self.convention, BOTH)

    async def completes(self) -> None:
        self.bulletin = await self.agent.prepares_bulletin(
            self.convention, self.partner.siret, self.partner.establishments
        )

    async def signs_bulletin(self) -> None:
        await self.agent.signs_bulletin(
            self.bulletin,
            self.today,
            signature=paper(
                "c", partnerSignedOn=self.today, organismSignedOn=self.today
            ),
        )

    async def opens(self) -> None:
        self.access = await self.agent.opens(self.bulletin, self.today)

    async def appoints(self) -> None:
        appointed = await self.agent.appoints(
            self.convention, "MANAGER", person=somebody("Mona", "Mimosa")
        )
        self.keeper = Person(self.agent.asker, "mona")
        await self.keeper.accepts(appointed["invitation"])

    async def groups(self) -> None:
        self.group = await self.agent.creates_group(self.access)

    async def attaches(self) -> None:
        await self.agent.attaches(self.group)

    async def includes(self) -> None:
        keeper = self.keeper or self.agent
        invited = await keeper.invites(self.partner.id, "Jo", "Jonquille")
        await keeper.includes(self.group, invited.user)
        await Person(self.agent.asker, "jo").accepts(invited.secret)

    @property
    def today(self) -> str:
        return str(self.agent.asker.clock.today())  # type: ignore[attr-defined]


ACTS: dict[str, tuple[str, Callable[[Opening], Awaitable[None]]]] = {
    "CONVENTION_RECORD": ("conventionRecord", Opening.records),
    "ACTIVITY_ATTEST": ("activityAttest", Opening.attests),
    "ELIGIBILITY_DECIDE": ("eligibilityDecide", Opening.decides),
    "CONVENTION_SIGN": ("conventionSign", Opening.signs),
    "CONVENTION_AMEND": ("conventionAmend", Opening.amends),
    "BULLETIN_COMPLETE": ("bulletinPrepare", Opening.completes),
    "BULLETIN_SIGN": ("bulletinSign", Opening.signs_bulletin),
    "SERVICE_OPEN": ("serviceOpen", Opening.opens),
    "MANAGER_APPOINT": ("managerAppoint", Opening.appoints),
    "GROUP_CREATE": ("groupCreate", Opening.groups),
    "ROLE_ATTACH": ("groupRoleAttach", Opening.attaches),
    "USERS_INCLUDE": ("groupMembersAdd", Opening.includes),
}
LAST = ["SERVICE_OPEN", "GROUP_CREATE", "ROLE_ATTACH", "USERS_INCLUDE"]


async def test_case_1_known_in_neither_list_contracts_the_three_documents(
    paris: Person,
) -> None:
    """R52."""
    opening = Opening(paris, await paris.registers(a_siret()))
    before = await onboarding(paris, opening.partner.id)

    walked = await opening.walks()

    assert (before["case"], before["late"], before["deadline"]) == (
        "CASE_1",
        False,
        "2027-01-09",
    )
    assert before["evidence"] == [
        {"source": "REGISTER", "sentence": "Aucune convention en vigueur au registre.", "objectId": None, "line": None, "digest": None}
    ]  # fmt: skip
    assert {step["whoActs"] for step in before["steps"]} == {CAF}
    assert walked == [
        "ELIGIBILITY_DECIDE",
        "CONVENTION_SIGN",
        "BULLETIN_COMPLETE",
        "BULLETIN_SIGN",
        *LAST,
    ]
    assert await Person(paris.asker, "jo").tabs() == ["Esat"]
    after = await onboarding(paris, opening.partner.id)
    assert (after["case"], after["late"], after["openedOn"]) == (
        "CASE_1",
        False,
        "2026-12-10",
    )  # R59: flagged, then not
    assert after["evidence"][0]["objectId"] == opening.convention


async def test_what_a_step_waits_for_is_refused_before_it(paris: Person) -> None:
    """R56, R30, R28: each blocked step names what comes first, and its act says the same."""
    partner = await paris.registers(a_siret())
    draft = await paris.prepares_convention(partner.id)
    bulletin = await paris.prepares_bulletin(
        draft, partner.siret, partner.establishments
    )
    steps = {s["code"]: s for s in (await onboarding(paris, partner.id))["steps"]}
    assert steps["BULLETIN_SIGN"]["blockedBy"] == [
        "CONVENTION_SIGN",
        "BULLETIN_COMPLETE",
    ]

    with refused("CONVENTION_NOT_IN_FORCE", "R29"):
        await paris.signs_bulletin(bulletin)
    with refused("SIGNATURE_MISSING", "R30"):
        await paris.opens(bulletin)
    await paris.signs_convention(draft)
    with refused("SIGNATURE_MISSING", "R30"):
        await paris.opens(bulletin)
    with refused("SERVICE_NOT_OPEN", "R48"):
        await paris.creates_group(await _access_of(paris, bulletin))
    await paris.signs_bulletin(bulletin)
    assert (await onboarding(paris, partner.id))["steps"][-4]["blockedBy"] == [
        "ELIGIBILITY_DECIDE"
    ]
    with refused("ELIGIBILITY_MISSING", "R28"):
        await paris.opens(bulletin)
    # R10: from the signature on, groups are prepared before the opening, as their step says
    assert await todo(paris, partner.id) == ["ELIGIBILITY_DECIDE", "GROUP_CREATE"]
    group = await paris.creates_group(await _access_of(paris, bulletin))
    await paris.decides_eligibility(partner.id)
    await paris.opens(bulletin)
    someone = await paris.invites(partner.id, "Jo", "Jonquille")
    with refused("ROLE_FIRST", "R56"):
        await paris.includes(group, someone.user)
    await paris.attaches(group)
    await paris.includes(group, someone.user)


async def _access_of(agent: Person, bulletin: str) -> str:
    seen = await agent.reads(bulletin, "... on MembershipBulletin { access { id } }")
    return str(seen["access"]["id"])


async def test_case_2_known_in_habtiers_alone_is_attested_active_first(
    paris: Person, desk: Desk
) -> None:
    """R53, R54."""
    siret = a_siret()
    sent, made, file = await taken(desk, siret, mcp="N", habtiers="O", active="")
    opening = Opening(paris, Partner(made, siret, await establishments(paris, made)))
    before = await onboarding(paris, made)

    assert before["case"] == "CASE_2"
    (word, register) = before["evidence"]
    assert (word["source"], word["line"], word["objectId"]) == ("EXTRACTION", 3, sent)
    assert word["digest"] == hashlib.sha256(file).hexdigest()
    assert (
        word["sentence"]
        == "Extraction « extraction.csv », ligne 3 : connu de Mon Compte Partenaire : non, connu de Habtiers : oui, actif : non dit."
    )
    assert register["sentence"] == "Aucune convention en vigueur au registre."
    assert (before["steps"][0]["code"], before["steps"][0]["rule"]) == (
        "ACTIVITY_ATTEST",
        "R53",
    )

    # without the attestation nothing is signed: the act refuses what the steps tell as blocked, for every service
    await opening.decides()
    assert await todo(paris, made) == ["ACTIVITY_ATTEST"]
    other = (await paris.asks(ONBOARDING.replace("svc_ESAT", "svc_CDAP"), p=made))[
        "onboarding"
    ]["steps"]
    for steps in (before["steps"], other):
        (signing,) = (step for step in steps if step["code"] == "CONVENTION_SIGN")
        assert (signing["state"], signing["blockedBy"]) == (
            "BLOCKED",
            ["ACTIVITY_ATTEST"],
        )
    with refused("ATTESTATION_MISSING", "R53"):
        await opening.signs()

    walked = [
        "ACTIVITY_ATTEST",
        "CONVENTION_SIGN",
        "BULLETIN_COMPLETE",
        "BULLETIN_SIGN",
        *LAST,
    ]
    assert await opening.walks() == walked
    assert (await onboarding(paris, made))["case"] == "CASE_2"
    assert await Person(paris.asker, "jo").tabs() == ["Esat"]


async def _serves_cdap(agent: Person, mode: str = CENTRALISED) -> tuple[Partner, str]:
    """A partner whose convention serves CDAP since the day before."""
    partner = await agent.registers(a_siret(), kind="OPERATING_BODY")
    convention = await agent.prepares_convention(partner.id, mode, SOCIAL)
    await agent.signs_convention(convention)
    bulletin = await agent.prepares_bulletin(
        convention, partner.siret, (), ("CDAP_T1",), "CDAP", departments=["75"]
    )
    await agent.signs_bulletin(bulletin)
    await agent.decides_eligibility(partner.id, service="CDAP")
    await agent.opens(bulletin)
    agent.asker.clock.move_to(date.fromisoformat(NEXT_DAY))  # type: ignore[attr-defined]
    return partner, convention


async def test_case_3_known_in_mcp_signs_the_bulletin_alone_and_the_caf_amends(
    paris: Person,
) -> None:
    """R37, R55, A4: the service opens with the roles and the scope of the bulletin."""
    partner, convention = await _serves_cdap(paris)
    opening = Opening(paris, partner, convention=convention)
    before = await onboarding(paris, partner.id)
    assert before["case"] == "CASE_3"
    assert before["evidence"][0]["objectId"] == convention
    assert "CONVENTION_RECORD" not in [s["code"] for s in before["steps"]]
    assert {s["code"]: s["state"] for s in before["steps"]}["CONVENTION_SIGN"] == "DONE"
    # its mission does not cover Esat: even the bulletin waits for the amendment
    with refused("MISSION_DOES_NOT_COVER", "R9"):
        await opening.completes()

    assert await opening.walks() == ["ELIGIBILITY_DECIDE", "CONVENTION_AMEND", "BULLETIN_COMPLETE", "BULLETIN_SIGN", *LAST]  # fmt: skip

    seen = await paris.reads(
        opening.access,
        "... on ServiceAccess { openedBulletin { roles { code } establishments { id } } groups { nodes { role { code } } } }",
    )
    assert [r["code"] for r in seen["openedBulletin"]["roles"]] == list(ROLES)
    assert [e["id"] for e in seen["openedBulletin"]["establishments"]] == list(
        partner.establishments
    )
    group = await paris.creates_group(opening.access, "Préparateurs")
    with refused("ROLE_NOT_GRANTED", "R35"):
        await paris.attaches(group, "ESAT_PREPARATEUR")
    assert (await onboarding(paris, partner.id))["case"] == "CASE_3"


async def test_in_case_3_a_mission_that_covers_is_still_verified_by_an_amendment(
    paris: Person,
) -> None:
    """R55: covered already, the amendment is asked for all the same."""
    partner, convention = await _serves_cdap(paris)
    await paris.amends(convention, BOTH, "conditions")
    opening = Opening(paris, partner, convention=convention)
    for step in (opening.decides, opening.completes, opening.signs_bulletin):
        await step()

    assert await todo(paris, partner.id) == ["CONVENTION_AMEND", "GROUP_CREATE"]
    with refused("AMENDMENT_MISSING", "R55"):
        await opening.opens()
    await opening.amends()
    await opening.opens()


async def test_case_3_by_the_word_of_the_file_records_the_existing_convention_first(
    paris: Person, desk: Desk
) -> None:
    """A6, R57: its number and dates are kept, and it gives no right before today."""
    siret = a_siret()
    _, made, _ = await taken(desk, siret, mcp="O", habtiers="N", active="")
    opening = Opening(
        paris, Partner(made, siret, await establishments(paris, made)), mode=DELEGATED
    )
    before = await onboarding(paris, made)
    assert (before["case"], before["steps"][0]["code"]) == (
        "CASE_3",
        "CONVENTION_RECORD",
    )
    assert "CONVENTION_SIGN" not in [s["code"] for s in before["steps"]]
    with refused("DATE_FUTURE"):
        await paris.records_convention(made, originallyInForceOn="2026-12-11")

    walked = await opening.walks()

    assert walked == [
        "CONVENTION_RECORD", "ELIGIBILITY_DECIDE", "CONVENTION_AMEND", "BULLETIN_COMPLETE", "BULLETIN_SIGN",
        "SERVICE_OPEN", "MANAGER_APPOINT", *LAST[1:],
    ]  # fmt: skip
    after = await onboarding(paris, made)
    assert after["case"] == "CASE_3"
    assert (
        after["evidence"][1]["sentence"]
        == "Convention CV-2019-0042 en vigueur depuis le 01/04/2019, d'avant le registre."
    )
    assert (
        after["steps"][-1]["whoActs"] == MANAGER
    )  # R39: the users are the partner's, once it has a manager
    seen = await paris.reads(
        opening.convention, "... on Convention { inForceOn originallyInForceOn number }"
    )
    assert (seen["inForceOn"], seen["originallyInForceOn"]) == (
        "2026-12-10",
        "2019-04-01",
    )
    spans = (
        await paris.asks(
            "query($id: ID!) { partner(by: {id: $id}) { timeline { startsOn convention { id } } } }",
            id=made,
        )
    )["partner"]["timeline"]
    assert spans == [
        {"startsOn": "2026-12-10", "convention": {"id": opening.convention}}
    ]


async def test_known_in_both_lists_is_case_3_and_the_attestation_of_case_2(
    paris: Person, desk: Desk
) -> None:
    """A5: labelled as not foreseen by the instruction; nobody chooses."""
    siret = a_siret()
    _, made, _ = await taken(desk, siret, mcp="O", habtiers="O", active="O")
    opening = Opening(paris, Partner(made, siret, await establishments(paris, made)))
    before = await onboarding(paris, made)
    assert before["case"] == "CASE_3_AND_LEGACY"
    assert (
        before["evidence"][-1]["sentence"]
        == "Connu des deux : l'instruction n'a pas prévu ce cas (A5)."
    )
    for step in (opening.records, opening.decides, opening.completes):
        await step()

    with refused("ATTESTATION_MISSING", "R53"):
        await opening.signs_bulletin()
    for step in (opening.attests, opening.signs_bulletin):
        await step()
    with refused("AMENDMENT_MISSING", "R55"):
        await opening.opens()
    await opening.amends()
    await opening.opens()

    assert (await onboarding(paris, made))["case"] == "CASE_3_AND_LEGACY"


async def test_a_convention_that_is_closed_makes_nobody_known(
    paris: Person, desk: Desk
) -> None:
    """A6: closed only, it is case 1 or 2 again, and the evidence says since when."""
    siret = a_siret()
    _, made, _ = await taken(desk, siret, mcp="O", habtiers="O", active="O")
    convention = await paris.records_convention(made)

    await paris.closes_convention(convention)

    seen = await onboarding(paris, made)
    assert seen["case"] == "CASE_2"
    assert (
        seen["evidence"][1]["sentence"]
        == "Plus de convention en vigueur depuis le 10/12/2026 (A6)."
    )


async def test_a_siret_that_differs_blocks_the_opening_and_is_compared_again(
    paris: Person,
) -> None:
    """R58, A3: side by side, position by position; what can be done is said when only the SIREN agrees."""
    opening = Opening(paris, await paris.registers(a_siret()))
    partner, twin = opening.partner, another_siret_of(opening.partner.siret)
    for step in (opening.decides, opening.signs):
        await step()
    compared = "... on MembershipBulletin { siretMatches siretDifferences siretAdvice }"

    for siret, code, same_siren in (
        (a_siret(), "SIRET_DIFFERS", False),
        (twin, "SIRET_DIFFERS_SAME_SIREN", True),
    ):
        wrong = await paris.prepares_bulletin(
            opening.convention, siret, partner.establishments
        )
        await paris.signs_bulletin(wrong)
        assert await todo(paris, partner.id) == ["SIRET_COMPARE", "GROUP_CREATE"]
        with refused(code, "R58") as told:
            await paris.opens(wrong)
        seen = await paris.reads(wrong, compared)
        assert seen["siretDifferences"] == [
            i
            for i, (a, b) in enumerate(zip(siret, partner.siret, strict=True), 1)
            if a != b
        ]
        assert (seen["siretMatches"], seen["siretAdvice"]) == (False, told.message)
        assert ("même SIREN" in told.message) is same_siren

    right = await paris.prepares_bulletin(
        opening.convention, partner.siret, partner.establishments
    )
    await paris.signs_bulletin(right)
    assert (await paris.reads(right, compared))["siretDifferences"] == []
    await paris.opens(right)


async def test_the_siret_is_compared_again_after_the_partner_has_changed_its_own(
    paris: Person,
) -> None:
    """R58, A2: what was signed on the former SIRET no longer opens."""
    opening = Opening(paris, await paris.registers(a_siret()))
    for step in (
        opening.decides,
        opening.signs,
        opening.completes,
        opening.signs_bulletin,
    ):
        await step()
    old, new = opening.partner.siret, another_siret_of(opening.partner.siret)
    papers = {"convention": paper("1"), "contract": paper("2"), "bulletins": []}
    await paris.does(
        "partnerSiretChange", partnerId=opening.partner.id, siret=new, switch=papers
    )

    with refused("CONVENTION_NOT_IN_FORCE", "R29"):
        await opening.opens()
    seen = await paris.asks(
        "query($id: ID!) { partner(by: {id: $id}) { conventionInForce { id siret } establishments { nodes { id } } } }",
        id=opening.partner.id,
    )
    successor = seen["partner"]["conventionInForce"]
    assert successor["siret"] == new
    places = tuple(e["id"] for e in seen["partner"]["establishments"]["nodes"])
    stale = await paris.prepares_bulletin(successor["id"], old, places)
    await paris.signs_bulletin(stale)
    with refused("SIRET_DIFFERS_SAME_SIREN", "R58"):
        await paris.opens(stale)


# the board


BOARD = (
    "{ migrations { board { organismCode case total done remaining late doneLate } } }"
)


async def board(person: Person) -> dict[tuple[str, str], tuple[int, ...]]:
    (migration,) = (await person.asks(BOARD))["migrations"]
    names = ("total", "done", "remaining", "late", "doneLate")
    return {
        (row["organismCode"], row["case"]): tuple(row[n] for n in names)
        for row in migration["board"]
    }


def moved(
    before: tuple[int, ...] | None, after: tuple[int, ...] | None
) -> tuple[int, ...]:
    nothing = (0,) * 5
    return tuple(
        b - a for a, b in zip(before or nothing, after or nothing, strict=True)
    )


async def test_the_board_of_the_migration_moves_with_each_opening_and_each_sees_their_own(
    paris: Person, desk: Desk, world: World
) -> None:
    """R59: late is flagged, never refused."""
    hauts, rhone, national, centre = (Person(world, n) for n in ("agent-hauts-de-seine", "agent-rhone", "admin-national", "centre-ressources"))  # fmt: skip
    key = ("751", "CASE_2")
    before, others = await board(paris), await board(rhone)

    siret = a_siret()
    _, made, _ = await taken(desk, siret, mcp="N", habtiers="O", active="O")
    waiting = await board(paris)
    await Opening(
        paris, Partner(made, siret, await establishments(paris, made))
    ).walks()
    after = await board(paris)

    assert moved(before.get(key), waiting.get(key)) == (
        1,
        0,
        1,
        0,
        0,
    )  # registered today: not late
    assert moved(waiting.get(key), after.get(key)) == (0, 1, -1, 0, 1)
    assert {code for code, _ in after} == {"751"}
    assert await board(rhone) == others
    assert {code for code, _ in others} == {"691"}
    assert {code for code, _ in await board(hauts)} <= {"921"}
    everywhere = await board(national)
    assert {("751", "CASE_2"), ("691", "CASE_1")} <= everywhere.keys()
    assert everywhere[key] == after[key]
    assert (await board(centre))[key] == after[key]
    assert await board(Person(world, "declarante-canal")) == {}
    # the lists agree with the board
    listed = "query($s: MigrationState!) { partners(migrationCase: CASE_2, migrationState: $s, first: 100) { nodes { id } } }"
    done = (await paris.asks(listed, s="DONE"))["partners"]["nodes"]
    late = (await paris.asks(listed, s="LATE"))["partners"]["nodes"]
    assert {"id": made} in done
    assert (len(done), len(late)) == (after[key][1], after[key][3])


async def test_the_extract_is_purged_with_its_proof_and_the_cases_stay(
    paris: Person, desk: Desk, world: World
) -> None:
    """R13."""
    national, siret = Desk(world, "admin-national", "org_CNAF"), a_siret()
    sent, made, _ = await taken(desk, siret, mcp="O", habtiers="O", active="O")
    before, counted = await onboarding(paris, made), await board(paris)

    await national.does("importPurge", importId=sent, purgeReason="Fin de la migration")

    head = await desk.sees(sent, "status proof received lines { totalCount }")
    assert (head["status"], head["received"], head["lines"]["totalCount"]) == (
        "PURGED",
        2,
        0,
    )
    assert len(head["proof"]) == 64
    assert (await onboarding(paris, made), await board(paris)) == (before, counted)


async def test_a_conflict_is_arbitrated_before_its_line_makes_a_partner(
    paris: Person, desk: Desk
) -> None:
    """R57: the line that is kept says the case."""
    siret = a_siret()
    sent = await desk.sends(
        a_file(
            a_row(siret, mcp="O", habtiers="N", active=""),
            a_row(siret, mcp="N", habtiers="O"),
        )
    )
    first, second = await desk.lines(sent)
    assert (await desk.applies(sent))["registered"] == 0

    await desk.arbitrates(second["id"])
    await desk.applies(sent)

    made = (
        await paris.asks(
            "query($s: String!) { partner(by: {siret: $s}) { id } }", s=siret
        )
    )["partner"]["id"]
    seen = await onboarding(paris, made)
    assert (seen["case"], seen["evidence"][0]["line"]) == ("CASE_2", 3)
    assert first["outcome"] == "CONFLICT"


async def test_who_may_not_read_a_partner_is_told_nothing_of_its_case(
    paris: Person, world: World
) -> None:
    partner = await paris.registers(a_siret())

    told = [
        await onboarding(Person(world, who), partner.id)
        for who in ("agent-rhone", "agent-cna", "declarante-canal")
    ]

    assert told == [None, None, None]
    assert (await onboarding(Person(world, "lecteur-paris"), partner.id))[
        "case"
    ] == "CASE_1"
    with refused("NOT_FOUND"):
        await Person(world, "agent-rhone").attests(partner.id)
    with refused("FORBIDDEN"):
        await Person(world, "lecteur-paris").attests(partner.id)
