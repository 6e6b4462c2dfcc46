"""The cases and the steps: computed from facts, the same in SQL, and each step to do is one that the act accepts."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import Text, cast, select

from persistence.engine import Database
from persistence.facts.model import MODEL
from persistence.facts.onboardings import onboardings
from persistence.reading.binds import Holdings
from persistence.reading.context import SqlContext
from persistence.reading.statement import compiled
from persistence.records import (
    Affiliation,
    Convention,
    Department,
    Mode,
    Partner,
    Rule,
    Service,
)
from persistence.records.accesses import ServiceAccess
from persistence.records.amendments import MISSION
from persistence.records.bulletin_terms import BulletinTerms as Written
from persistence.records.cases import Case, case_of
from persistence.records.contracts import ManagerKind
from persistence.records.decisions import Decision
from persistence.records.imports import Import
from persistence.records.onboarding_steps import Situation, StepCode, StepState, steps
from persistence.records.services import Migration
from persistence.register import Register

from .asked import BEGUN, PLAIN, READY, asking, every_two, situation
from .build import (
    CAF,
    CARE,
    CDAP,
    CONSULTANT,
    DECIDER,
    DECLARANT,
    PAPER,
    READER,
    TODAY,
    WORK,
    colleague,
    day,
    refused,
)
from .lives import Reference
from .reference import reference_of

DAYS = (-6, -2, 0, 4)
ESAT = Service(
    id="svc_ESAT", code="ESAT", label="Esat", tab_label="Esat", available_from=date(2025, 7, 1),
    bulletins_from=date(2025, 3, 20), needs_establishment=True, needs_eligibility_form=True, excluded=[],
)  # fmt: skip
ESAT.migration = Migration(
    label="Esat",
    opens_on=date(2025, 3, 20),
    deadline=date(2025, 6, 30),
    source="IT 2025-061",
)
WORKING, CARING = (
    type(m)(id=m.id, code=m.code, label=m.label, services=s)
    for m, s in ((WORK, [ESAT]), (CARE, [CDAP]))
)
OURS = Reference(
    CAF, Department(code="75"), {"ESAT": ESAT, "CDAP": CDAP},
    {"ESAT": [DECLARANT, READER], "CDAP": [CONSULTANT]}, [WORKING, CARING], DECIDER,
)  # fmt: skip

# the cases


@pytest.mark.parametrize(
    ("chosen", "case"),
    [
        ({}, Case.CASE_1),
        ({"origin": "Habtiers"}, Case.CASE_2),
        ({"origin": "MCP"}, Case.CASE_3),
        ({"origin": "both"}, Case.CASE_3_AND_LEGACY),
        ({"origin": "MCP, then Habtiers"}, Case.CASE_2),
        ({"convention": "in force"}, Case.CASE_1),
        (
            {"convention": "in force", "other": "before", "bulletin": "signed"},
            Case.CASE_3,
        ),
        (
            {"convention": "in force", "other": "same day", "bulletin": "signed"},
            Case.CASE_1,
        ),
        ({"convention": "recorded"}, Case.CASE_3),
        ({"convention": "recorded", "origin": "Habtiers"}, Case.CASE_3_AND_LEGACY),
        ({"convention": "closed", "origin": "MCP"}, Case.CASE_1),
        ({"convention": "past its term", "origin": "both"}, Case.CASE_2),
        ({"convention": "withdrawn", "origin": "MCP"}, Case.CASE_3),
    ],
)
def test_the_case_is_computed_from_what_is_known_and_nobody_chooses_it(
    chosen: dict[str, str], case: Case
) -> None:
    """R51 to R55, A5, A6."""
    assert case_of(asking(OURS, PLAIN | chosen), ESAT, TODAY) is case


# the opening


def opening(chosen: dict[str, str]) -> Callable[[], None]:
    partner = asking(OURS, READY | {"bulletin": "signed"} | chosen)
    (bulletin,) = [
        b
        for a in partner.conventions[0].accesses
        if a.service is ESAT
        for b in a.bulletins
    ]
    return lambda: bulletin.open_service(TODAY, frozenset(), TODAY)


@pytest.mark.parametrize("origin", ["Habtiers", "both"])
def test_who_comes_from_habtiers_is_attested_active_before_the_opening(
    origin: str,
) -> None:
    """R53, A5: before anything is signed, and again should the file speak of them afterwards."""
    signing = (
        asking(OURS, READY | {"origin": origin, "bulletin": "draft"})
        .conventions[0]
        .accesses[0]
        .bulletins[0]
    )
    with refused(Rule.ATTESTATION_MISSING):
        signing.sign(PAPER, TODAY, None, acknowledge_cna=False, today=TODAY)
    late = asking(OURS, READY | {"bulletin": "signed", "amendment": "mission"})
    late.origins.extend(asking(OURS, {**READY, "origin": origin}).origins)
    with refused(Rule.ATTESTATION_MISSING):
        late.conventions[0].accesses[0].bulletins[0].open_service(
            TODAY, frozenset(), TODAY
        )
    opening({"origin": origin, "amendment": "mission", "attested": "yes"})()


@pytest.mark.parametrize(
    "known", [{"origin": "MCP"}, {"convention": "recorded"}, {"other": "before"}]
)
def test_who_is_known_has_its_mission_verified_by_an_amendment_before_the_opening(
    known: dict[str, str],
) -> None:
    """R55, A4."""
    for amendment in ("none", "siret"):
        with refused(Rule.AMENDMENT_MISSING):
            opening(known | {"amendment": amendment})()
    opening(known | {"amendment": "mission"})()


def test_a_partner_known_nowhere_opens_with_its_three_documents() -> None:
    """R52."""
    opening({})()


def test_a_service_without_a_migration_asks_for_neither() -> None:
    partner = asking(OURS, READY | {"origin": "both", "bulletin": "none"})
    partner.decide_eligibility(CDAP, Decision.ELIGIBLE, "Motif", None, DECIDER, TODAY)
    made = ServiceAccess.of(partner.conventions[0], CDAP)
    bulletin = made.prepare_bulletin(
        Written(partner.siret, [CONSULTANT], [*partner.establishments], [])
    )
    bulletin.sign(PAPER, TODAY, None, acknowledge_cna=False, today=TODAY)

    bulletin.open_service(TODAY, frozenset(), TODAY)

    assert made.opened_bulletin(TODAY) is bulletin


def test_a_replacement_asks_for_neither() -> None:
    partner = asking(OURS, READY)
    partner.origins.extend(asking(OURS, READY | {"origin": "both"}).origins)
    (access,) = partner.conventions[0].accesses
    former = access.bulletins[0]
    made = access.prepare_bulletin(
        Written(partner.siret, [READER], [*partner.establishments], [])
    )
    made.sign(PAPER, TODAY, None, acknowledge_cna=False, today=TODAY)

    former.replace_with(made, TODAY, frozenset(), TODAY)

    assert access.opened_bulletin(TODAY) is made


# the steps


def test_every_step_to_do_is_accepted_by_its_act_and_then_done() -> None:
    tried: dict[StepCode, int] = {}
    for chosen in every_two():
        for step in steps(situation(asking(OURS, chosen), ESAT, TODAY)):
            if step.state is StepState.TODO:
                partner = asking(OURS, chosen)

                ACTS[step.code](partner)

                after = {
                    s.code: s.state for s in steps(situation(partner, ESAT, TODAY))
                }
                assert after.get(step.code, StepState.DONE) is StepState.DONE, (
                    step.code,
                    chosen,
                )
                tried[step.code] = tried.get(step.code, 0) + 1
    assert set(tried) == set(StepCode)


def test_the_steps_lead_to_the_service_in_their_order() -> None:
    for chosen in every_two():
        partner = asking(OURS, chosen)
        while (step := _first(partner)) is not None:
            ACTS[step](partner)

        states = {s.state for s in steps(situation(partner, ESAT, TODAY))}
        waits = chosen["convention"] == "announced" or chosen["bulletin"] == "to open"
        assert states == {StepState.DONE} or waits, chosen


def _first(partner: Partner) -> StepCode | None:
    return next(
        (
            s.code
            for s in steps(situation(partner, ESAT, TODAY))
            if s.state is StepState.TODO
        ),
        None,
    )


def test_a_step_is_blocked_by_steps_that_are_there_come_first_and_are_not_done() -> (
    None
):
    for chosen in every_two():
        told = steps(situation(asking(OURS, chosen), ESAT, TODAY))
        order = [step.code for step in told]
        waiting = {step.code for step in told if step.state is not StepState.DONE}
        for index, step in enumerate(told):
            assert set(step.blocked_by) <= waiting & set(order[:index]), chosen
            assert not step.blocked_by or step.state is StepState.BLOCKED, chosen
        assert order == sorted(order, key=list(StepCode).index)


def _contract(partner: Partner) -> None:
    made = next(
        (
            c
            for c in partner.conventions
            if c.in_force_on is None and c.closed_on is None
        ),
        None,
    )
    made = made or partner.prepare_convention(
        Mode.CENTRALISED, [WORKING, CARING], None, None, TODAY
    )
    made.sign(PAPER, PAPER, TODAY, None, TODAY)


def _record(partner: Partner) -> None:
    made = partner.prepare_convention(Mode.CENTRALISED, [WORKING], None, None, TODAY)
    made.record("75-2", PAPER, PAPER, date(2024, 1, 1), None, TODAY)


def _access(partner: Partner) -> ServiceAccess:
    return ServiceAccess.of(
        next(c for c in partner.conventions if c.holds_on(TODAY)), ESAT
    )


def _write(partner: Partner) -> None:
    _access(partner).prepare_bulletin(
        Written(partner.siret, [DECLARANT], [*partner.establishments], [])
    )


def _sign(partner: Partner) -> None:
    _access(partner).bulletins[-1].sign(
        PAPER, TODAY, None, acknowledge_cna=False, today=TODAY
    )


def _open(partner: Partner) -> None:
    signed = next(
        b
        for b in reversed(_access(partner).bulletins)
        if b.is_signed and b.closed_on is None
    )
    signed.open_service(TODAY, frozenset(), TODAY)


def _attach(partner: Partner) -> None:
    live = [g for g in _access(partner).groups if g.is_live_on(TODAY)]
    _access(partner).attach_role(live[0], DECLARANT, TODAY)


def _include(partner: Partner) -> None:
    group = next(g for g in _access(partner).groups if g.is_live_on(TODAY) and g.role)
    group.include(_someone(partner), TODAY)


def _someone(partner: Partner) -> Affiliation:
    return colleague(partner, f"Nouveau{len(partner.affiliations)}")


ACTS: Mapping[StepCode, Callable[[Partner], object]] = {
    StepCode.CONVENTION_RECORD: _record,
    StepCode.ACTIVITY_ATTEST: lambda p: p.attest_activity("Répertoire", DECIDER, TODAY),
    StepCode.ELIGIBILITY_DECIDE: lambda p: p.decide_eligibility(
        ESAT, Decision.ELIGIBLE, "Motif", "1" * 64, DECIDER, TODAY
    ),
    StepCode.CONVENTION_SIGN: _contract,
    StepCode.CONVENTION_AMEND: lambda p: _convention(p).amend(
        [MISSION], [WORKING, CARING], None, TODAY
    ),
    StepCode.BULLETIN_COMPLETE: _write,
    StepCode.BULLETIN_SIGN: _sign,
    StepCode.SIRET_COMPARE: _write,
    StepCode.SERVICE_OPEN: _open,
    StepCode.MANAGER_APPOINT: lambda p: _convention(p).contract.appoint(
        _someone(p), ManagerKind.MANAGER, TODAY
    ),
    StepCode.GROUP_CREATE: lambda p: _access(p).create_group("Déclarants", None, TODAY),
    StepCode.ROLE_ATTACH: _attach,
    StepCode.USERS_INCLUDE: _include,
}
"""The act of each step, as its form would fill it."""


def _convention(partner: Partner) -> Convention:
    return next(c for c in partner.conventions if c.holds_on(TODAY))


def of_a_service(case: Case, **facts: Any) -> dict[StepCode, StepState]:  # noqa: ANN401 facts of any type
    """The steps of a service of which nothing but this is true."""
    nothing = Situation(case.value, *[False] * (len(Situation._fields) - 1))
    return {step.code: step.state for step in steps(nothing._replace(**facts))}


def test_a_convention_that_is_not_signed_yet_is_not_amended() -> None:
    assert StepCode.CONVENTION_AMEND not in of_a_service(Case.CASE_1)
    assert StepCode.CONVENTION_AMEND in of_a_service(Case.CASE_1, in_force=True)
    assert StepCode.CONVENTION_AMEND not in of_a_service(
        Case.CASE_1, in_force=True, covered=True
    )


def test_a_bulletin_waits_for_the_amendment_that_gives_its_mission_and_not_for_one_that_verifies_it() -> (
    None
):
    verified = of_a_service(Case.CASE_3, migrates=True, in_force=True, covered=True)
    missing = of_a_service(Case.CASE_1, in_force=True)

    assert verified[StepCode.CONVENTION_AMEND] is StepState.TODO
    assert verified[StepCode.BULLETIN_COMPLETE] is StepState.TODO
    assert missing[StepCode.BULLETIN_COMPLETE] is StepState.BLOCKED


@pytest.mark.parametrize("case", Case)
@pytest.mark.parametrize("in_file", [True, False])
def test_a_convention_is_recorded_where_the_file_and_mcp_both_know_the_partner(
    case: Case, *, in_file: bool
) -> None:
    steps_to_do = of_a_service(case, known_by_file=in_file)
    is_recorded = in_file and case.is_known

    assert (StepCode.CONVENTION_RECORD in steps_to_do) == is_recorded
    assert (StepCode.CONVENTION_SIGN in steps_to_do) == (not is_recorded)


# the register says the same


@pytest.mark.slow
async def test_every_fact_of_an_onboarding_is_what_the_records_say_on_any_day(
    database: Database,
) -> None:
    async with database.transaction() as session:
        reference = await reference_of(session)
        extract = Import.open(reference.caf, "f.csv", None, reference.decider, BEGUN)
        session.add(extract)
        await session.flush()
        worlds = list(every_two())
        partners = [
            asking(reference, chosen, n, extract.id) for n, chosen in enumerate(worlds)
        ]
        session.add_all(partners)
        await session.flush()
        register = Register(session, database, BEGUN)
        for partner in partners:
            await register.keep_timeline(partner)

    async with database.looking() as session:
        known = {
            p.id: p
            for p in await session.scalars(
                select(Partner).where(Partner.id.in_([p.id for p in partners]))
            )
        }
        services = [
            await session.get_one(Service, service.id)
            for service in reference.services.values()
        ]
        for offset in DAYS:
            said = await _said(database, day(offset))
            for chosen, made in zip(worlds, partners, strict=True):
                for service in services:
                    told = situation(known[made.id], service, day(offset))
                    assert said[made.id, service.id] == told, (
                        offset,
                        service.code,
                        chosen,
                    )


async def _said(database: Database, on: date) -> dict[tuple[str, str], Situation]:
    """Where each partner stands, as the view of the register says."""
    terms = SqlContext(MODEL, database.dialect)
    row, spelling = onboardings(terms).subquery(), terms.spelling
    names = [
        field if field != "case" else "onboarding_case" for field in Situation._fields
    ]
    facts = [
        row.c.partner_id,
        row.c.service_id,
        *(spelling.value(row.c[name]) for name in names),
    ]
    statement = compiled(
        select(cast(spelling.listed(spelling.array(facts), facts[:2]), Text)), terms
    )
    binds = statement.binds(
        {},
        Holdings(
            on, datetime(2026, 12, 10, 8, tzinfo=UTC), lambda _attribute, _role: ()
        ),
    )
    async with database.reading() as driver:
        rows = orjson.loads(await database.value(statement.text, binds, driver))
    return {(partner, service): Situation(*facts) for partner, service, *facts in rows}
