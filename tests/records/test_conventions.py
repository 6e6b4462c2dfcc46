"""Conventions and contracts: signed by both (R30), missions (R32), one at a time (R36), one mode (R41 to R46)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Update, delete, insert, update

from persistence.engine import Database
from persistence.records import (
    Base,
    Contract,
    ContractManager,
    Convention,
    Mode,
    OrganismKind,
    Partner,
    Rule,
)
from persistence.records.contracts import ManagerKind
from persistence.records.conventions import ClosingReason
from persistence.records.papers import Signature

from .build import (
    CAF,
    CARE,
    DECIDER,
    PAPER,
    REGISTERED,
    TODAY,
    WORK,
    convention_of,
    day,
    draft_bulletin,
    draft_of,
    esat_access,
    opened,
    organism,
    partner_in,
    ready_bulletin,
    refused,
    sign_bulletin,
    signed,
)
from .keys import ATELIERS, CANAL, OLIVIERS, accepted, broken, convention_in_force, one

TERMINATED = ClosingReason.TERMINATED_BY_CAF

# preparing


def test_a_convention_binds_one_organism_and_one_partner() -> None:
    partner = partner_in()

    convention = draft_of(partner)

    assert (convention.organism_id, convention.partner) == (CAF.id, partner)
    assert not Convention.__table__.c.organism_id.nullable
    assert not Convention.__table__.c.partner_id.nullable


def test_a_draft_takes_no_place_and_names_its_predecessor() -> None:
    partner = partner_in()
    former = convention_of(partner)

    draft = draft_of(partner, Mode.DELEGATED)

    assert draft.predecessor_id == former.id
    assert partner.span_on(TODAY).convention_id == former.id


def test_the_conditions_of_exercise_and_of_administration_are_written() -> None:
    convention = draft_of(partner_in())

    assert (
        convention.conditions_of_exercise,
        convention.conditions_of_administration,
    ) == (
        "exercice",
        "administration",
    )


# signing


@pytest.mark.parametrize(
    ("unsigned", "field"),
    [
        (PAPER._replace(partner_signatory=" "), "partner_signatory"),
        (PAPER._replace(organism_signatory=" "), "organism_signatory"),
    ],
)
def test_both_sign_the_convention_and_the_contract(
    unsigned: Signature, field: str
) -> None:
    with refused(Rule.SIGNATURE_MISSING, "convention", field):
        draft_of(partner_in()).sign(unsigned, PAPER, TODAY, None, TODAY)
    with refused(Rule.SIGNATURE_MISSING, "contract", field):
        draft_of(partner_in()).sign(PAPER, unsigned, TODAY, None, TODAY)


@pytest.mark.parametrize(
    ("paper", "rule", "field"),
    [
        (
            PAPER._replace(partner_signed_on=day(1)),
            Rule.DATE_FUTURE,
            "partner_signed_on",
        ),
        (
            PAPER._replace(organism_signed_on=day(1)),
            Rule.DATE_FUTURE,
            "organism_signed_on",
        ),
        (PAPER._replace(digest="0" * 63), Rule.VALUE_INVALID, "digest"),
    ],
)
def test_a_signature_is_a_fact_of_the_past_with_its_scan(
    paper: Signature, rule: Rule, field: str
) -> None:
    with refused(rule, "convention", field):
        draft_of(partner_in()).sign(paper, PAPER, TODAY, None, TODAY)


def test_a_signed_convention_is_not_signed_again() -> None:
    convention = convention_of(partner_in())

    with refused(Rule.ALREADY_SIGNED, "convention"):
        signed(convention)


def test_an_abandoned_draft_is_not_signed() -> None:
    draft = draft_of(partner_in())
    draft.close(TODAY, ClosingReason.ABANDONED, None, TODAY)

    with refused(Rule.CONVENTION_CLOSED):
        signed(draft)


def test_a_convention_has_a_mission() -> None:
    with refused(Rule.MISSIONS_MISSING):
        signed(draft_of(partner_in(), missions=[]))


def test_a_convention_does_not_take_force_before_today() -> None:
    with refused(Rule.DATE_PAST, "in_force_on"):
        signed(draft_of(partner_in()), day(-1))


def test_a_term_follows_the_first_day() -> None:
    with refused(Rule.DATE_ORDER, "term_on"):
        signed(draft_of(partner_in()), day(1), day(1))


@pytest.mark.parametrize("last", ["term", "closing"])
def test_the_end_is_the_first_day_without_the_right(last: str) -> None:
    convention = signed(
        draft_of(partner_in()), TODAY, day(9) if last == "term" else None
    )
    if last == "closing":
        convention.close(day(9), TERMINATED, None, TODAY)

    held = [d for d in range(-1, 11) if convention.holds_on(day(d))]

    assert held == list(range(9))


# one at a time


def test_a_second_convention_is_refused_and_the_first_is_named() -> None:
    partner = partner_in()
    first = convention_of(partner)

    with refused(Rule.ONE_CONVENTION) as refusal:
        signed(draft_of(partner))

    assert refusal.value.notice.detail == first.id


def test_an_announced_convention_has_the_place() -> None:
    partner = partner_in()
    signed(draft_of(partner), day(30))

    with refused(Rule.ONE_CONVENTION):
        signed(draft_of(partner), TODAY, day(30))


def test_a_successor_takes_force_on_the_day_the_other_closes() -> None:
    partner = partner_in()
    former = convention_of(partner)
    former.close(day(5), ClosingReason.DELEGATION_CHANGE, None, TODAY)

    with refused(Rule.ONE_CONVENTION):
        signed(draft_of(partner), day(4))
    successor = signed(draft_of(partner), day(5))

    assert [
        c.id for d in (4, 5) for c in partner.conventions if c.holds_on(day(d))
    ] == [former.id, successor.id]


def test_a_passed_term_keeps_its_place_until_a_successor_closes_it() -> None:
    partner = partner_in()
    former = signed(draft_of(partner), TODAY, day(3))

    with refused(Rule.ONE_CONVENTION):
        signed(draft_of(partner), day(2))
    signed(draft_of(partner), day(4))

    assert (former.closed_on, former.closing_reason) == (day(4), ClosingReason.EXPIRED)
    assert partner.span_on(day(3)).convention_id is None


def test_a_convention_closed_after_its_term_gives_way_from_the_term_on() -> None:
    partner = partner_in()
    former = signed(draft_of(partner), TODAY, day(3))
    former.close(day(20), TERMINATED, None, TODAY)

    signed(draft_of(partner), day(3))

    assert former.closed_on == day(20)


def test_a_convention_closed_on_its_first_day_leaves_the_place_at_once() -> None:
    partner = partner_in()
    announced = signed(draft_of(partner), day(30))
    announced.close(day(30), ClosingReason.ABANDONED, None, TODAY)

    convention = signed(draft_of(partner), TODAY)

    assert partner.span_on(day(30)).convention_id == convention.id


# closing


def test_a_closing_is_written_once() -> None:
    convention = convention_of(partner_in())
    convention.close(day(5), TERMINATED, "motif", TODAY)

    with refused(Rule.CONVENTION_CLOSED):
        convention.close(day(9), TERMINATED, None, TODAY)

    assert convention.closed_on == day(5)


def test_a_convention_does_not_close_in_the_past_nor_before_it_begins() -> None:
    convention = signed(draft_of(partner_in()), day(3))

    with refused(Rule.DATE_PAST, "on"):
        convention.close(day(-1), TERMINATED, None, TODAY)
    with refused(Rule.DATE_ORDER, "on"):
        convention.close(day(2), TERMINATED, None, TODAY)


def test_a_closing_to_come_is_cancelled_and_all_is_as_before() -> None:
    access = esat_access()
    access.convention.close(day(5), TERMINATED, "motif", TODAY)
    assert access.opened_bulletin(day(5)) is None

    access.convention.cancel_closing(day(4))

    assert access.opened_bulletin(day(5)) is not None
    assert access.convention.closing_reason is access.convention.closing_comment is None


def test_a_closing_that_has_come_is_not_cancelled() -> None:
    convention = convention_of(partner_in())

    with refused(Rule.CLOSING_PASSED):
        convention.cancel_closing(TODAY)
    convention.close(day(5), TERMINATED, None, TODAY)
    with refused(Rule.CLOSING_PASSED):
        convention.cancel_closing(day(5))


@pytest.mark.parametrize("successor_closes", [None, 40])
def test_a_closing_is_not_cancelled_once_a_successor_is_announced(
    successor_closes: int | None,
) -> None:
    partner = partner_in()
    former = convention_of(partner)
    former.close(day(5), TERMINATED, None, TODAY)
    successor = signed(draft_of(partner), day(5))
    if successor_closes is not None:
        successor.close(day(successor_closes), TERMINATED, None, TODAY)

    with refused(Rule.ONE_CONVENTION):
        former.cancel_closing(TODAY)


def test_a_closing_is_cancelled_when_the_successor_is_withdrawn() -> None:
    partner = partner_in()
    former = convention_of(partner)
    former.close(day(5), TERMINATED, None, TODAY)
    successor = signed(draft_of(partner), day(5))
    successor.close(day(5), ClosingReason.ABANDONED, None, TODAY)

    former.cancel_closing(TODAY)

    assert former.closed_on is None


def test_a_draft_whose_abandon_is_cancelled_takes_no_place() -> None:
    partner = partner_in()
    convention_of(partner)
    draft = draft_of(partner)
    draft.close(day(5), ClosingReason.ABANDONED, None, TODAY)

    draft.cancel_closing(TODAY)

    assert draft.closed_on is None


# amending


def test_an_amendment_says_what_was_verified_and_the_missions_before_and_after() -> (
    None
):
    convention = convention_of(partner_in())

    amendment = convention.amend(["mission"], [WORK], None, TODAY)

    assert (amendment.number, amendment.verified_fields) == (1, ["mission"])
    assert (amendment.missions_before, amendment.missions_after) == (
        sorted([WORK.code, CARE.code]),
        [WORK.code],
    )
    assert convention.amend(["siret"], [WORK], None, TODAY).number == 2


def test_an_amendment_leaves_a_mission() -> None:
    with refused(Rule.MISSIONS_MISSING, "mission_ids"):
        convention_of(partner_in()).amend(["mission"], [], None, TODAY)


def test_an_amendment_keeps_open_services_covered() -> None:
    convention = esat_access().convention

    with refused(Rule.MISSION_DOES_NOT_COVER, "mission_ids"):
        convention.amend(["mission"], [CARE], None, TODAY)

    assert convention.missions == [WORK, CARE]


def test_an_amendment_keeps_covered_the_services_that_are_to_open() -> None:
    convention = opened(ready_bulletin(convention_of(partner_in())), day(5)).convention

    with refused(Rule.MISSION_DOES_NOT_COVER, "mission_ids"):
        convention.amend(["mission"], [CARE], None, TODAY)


def test_an_amendment_is_of_a_convention_in_force() -> None:
    with refused(Rule.CONVENTION_NOT_IN_FORCE):
        signed(draft_of(partner_in()), day(1)).amend(["mission"], [WORK], None, TODAY)


# one mode


def test_the_mode_is_written_on_the_contract_and_nowhere_else() -> None:
    columns = (column for table in Base.metadata.tables.values() for column in table.c)
    homes = {
        column.table.name
        for column in columns
        if getattr(column.type, "enum_class", None) is Mode
    }

    assert homes == {"contract", "partner_state"}
    assert not Contract.__table__.c.mode.nullable


def test_the_mode_of_the_convention_is_the_mode_of_the_partner() -> None:
    partner = partner_in()
    former = convention_of(partner, Mode.CENTRALISED)
    former.close(day(5), ClosingReason.DELEGATION_CHANGE, None, TODAY)
    signed(draft_of(partner, Mode.DELEGATED), day(5))

    assert [partner.span_on(day(d)).mode for d in (4, 5)] == [
        Mode.CENTRALISED,
        Mode.DELEGATED,
    ]


# recording


def recorded(partner: Partner, **facts: object) -> Convention:
    given: dict[str, Any] = {
        "number": " 75-0042 ",
        "originally": date(2024, 1, 1),
        "term_on": None,
    }
    given |= facts
    convention = draft_of(partner, Mode.DELEGATED)
    convention.record(
        given["number"], PAPER, PAPER, given["originally"], given["term_on"], TODAY
    )
    return convention


def test_a_recorded_convention_keeps_its_number_and_date_and_gives_no_right_before_today() -> (
    None
):
    """R55, R57."""
    partner = partner_in()

    convention = recorded(partner, term_on=day(9))

    assert (convention.number, convention.originally_in_force_on) == (
        "75-0042",
        date(2024, 1, 1),
    )
    assert (convention.in_force_on, convention.term_on) == (TODAY, day(9))
    assert [partner.span_on(day(d)).convention_id for d in (-1, 0, 9)] == [
        None,
        convention.id,
        None,
    ]


def test_a_recorded_convention_began_in_the_past_has_a_number_and_is_not_over() -> None:
    for facts, rule, field in (
        ({"number": " "}, Rule.VALUE_INVALID, "number"),
        ({"originally": day(1)}, Rule.DATE_FUTURE, "originally_in_force_on"),
        ({"term_on": TODAY}, Rule.DATE_ORDER, "term_on"),
    ):
        with refused(rule, field):
            recorded(partner_in(), **facts)


def test_a_partner_with_a_convention_in_force_or_announced_has_none_to_record() -> None:
    """R36."""
    announced = partner_in()
    signed(draft_of(announced), day(5))
    held = partner_in()
    convention_of(held)

    for partner in (announced, held):
        with refused(Rule.ONE_CONVENTION):
            recorded(partner)


# the CNA hands back


def wide(until: int | None = None) -> Partner:
    """A partner in the custody of the CNA since its registration."""
    partner = partner_in("92", "93")
    bulletin = draft_bulletin(convention_of(partner))
    end = None if until is None else day(until)
    bulletin.sign(PAPER, REGISTERED, end, acknowledge_cna=True, today=REGISTERED)
    return partner


def test_the_cna_hands_back_to_the_signing_organism_once_no_bulletin_is_wide() -> None:
    """R47, A13."""
    partner = wide(until=0)
    assert partner.span_on(day(400)).administering_id == "org_CNA"

    partner.hand_back(DECIDER, TODAY)

    assert [partner.span_on(day(d)).administering_id for d in (-1, 0, 400)] == [
        "org_CNA",
        CAF.id,
        CAF.id,
    ]


@pytest.mark.parametrize("until", [None, 1])
def test_the_cna_does_not_hand_back_while_a_wide_bulletin_is_in_force(
    until: int | None,
) -> None:
    with refused(Rule.CNA_STILL_WIDE):
        wide(until).hand_back(DECIDER, TODAY)


def test_the_cna_does_not_hand_back_while_a_wide_bulletin_is_announced() -> None:
    partner = wide(until=0)
    sign_bulletin(draft_bulletin(partner.conventions[0]), day(5))

    with refused(Rule.CNA_STILL_WIDE):
        partner.hand_back(DECIDER, TODAY)


def test_only_what_the_cna_holds_in_custody_is_handed_back() -> None:
    partner, own = partner_in(), partner_in()
    convention_of(partner)
    own.transfer(organism("CNA", OrganismKind.CNA), REGISTERED)
    convention_of(own)

    for other in (partner, own):
        with refused(Rule.CNA_NOT_ADMINISTERING):
            other.hand_back(DECIDER, TODAY)


def test_two_caf_of_one_department_are_not_two_departments() -> None:
    """A12: Bayonne and Pau are both of the 64."""
    partner = partner_in("64", "64")

    bulletin = draft_bulletin(convention_of(partner))
    notices = bulletin.sign(PAPER, TODAY, None, acknowledge_cna=False, today=TODAY)

    assert (notices, bulletin.cna_acknowledged) == ([], False)
    assert partner.span_on(TODAY).administering_id == CAF.id


# the keys


def _row(partner: str, siret: str, **dates: date | None) -> dict[str, object]:
    return {
        "id": "cnv_again",
        "version": 1,
        "partner_id": partner,
        "siret": siret,
        "organism_id": "org_751",
        "prepared_on": REGISTERED,
        **dates,
    }


async def test_the_keys_refuse_a_second_convention_in_force(database: Database) -> None:
    row = _row(CANAL, "99990001200025", in_force_on=day(30))

    said = await broken(database, insert(Convention).values(**row))
    await accepted(database, insert(Convention).values(**row, closed_on=day(60)))

    assert "convention.partner_id" in said or "uq_convention_one_per_partner" in said


async def test_the_keys_refuse_to_change_a_mode_in_use(database: Database) -> None:
    in_use = await convention_in_force(database, CANAL)
    draft = await one(database, Convention.id, Convention.in_force_on.is_(None))

    def changed(convention: str) -> Update:
        return (
            update(Contract)
            .where(Contract.convention_id == convention)
            .values(mode=Mode.CENTRALISED)
        )

    said = await broken(database, changed(in_use))
    await accepted(database, changed(draft))

    assert "foreign key" in said.casefold()


async def test_the_keys_refuse_a_contract_without_its_convention(
    database: Database,
) -> None:
    row = {"convention_id": "cnv_none", "partner_id": CANAL, "mode": Mode.DELEGATED}

    said = await broken(database, insert(Contract).values(**row))
    draft = insert(Convention).values(**_row(CANAL, "99990001200025"))
    await accepted(
        database, draft, insert(Contract).values(**row | {"convention_id": "cnv_again"})
    )

    assert "foreign key" in said.casefold()


async def test_the_keys_refuse_a_second_contract_on_a_convention(
    database: Database,
) -> None:
    convention = await convention_in_force(database, CANAL)

    said = await broken(
        database,
        insert(Contract).values(
            convention_id=convention, partner_id=CANAL, mode=Mode.CENTRALISED
        ),
    )

    assert "unique" in said.casefold()


async def test_the_keys_refuse_a_manager_who_is_a_stranger(database: Database) -> None:
    manager = await one(
        database, ContractManager, ContractManager.partner_id == ATELIERS
    )
    row = {"version": 1, "kind": ManagerKind.DEPUTY, "starts_on": TODAY}
    theirs = {"affiliation_id": manager.affiliation_id, "user_id": manager.user_id}
    here = {
        "convention_id": await convention_in_force(database, CANAL),
        "partner_id": CANAL,
    }
    there = {"convention_id": manager.convention_id, "partner_id": ATELIERS}

    said = await broken(
        database, insert(ContractManager).values(id="mgr_1", **row, **theirs, **here)
    )
    await accepted(
        database, insert(ContractManager).values(id="mgr_1", **row, **theirs, **there)
    )

    assert "foreign key" in said.casefold()


async def test_the_keys_refuse_two_successors_of_one_convention(
    database: Database,
) -> None:
    closed = await one(
        database,
        Convention.id,
        Convention.closed_on.is_not(None),
        Convention.partner_id == OLIVIERS,
    )
    row = _row(OLIVIERS, "99990004600015") | {"predecessor_id": closed}

    said = await broken(database, insert(Convention).values(**row))
    await accepted(
        database, insert(Convention).values(**row | {"predecessor_id": None})
    )

    assert "predecessor_id" in said


async def test_a_convention_in_use_is_not_deleted(database: Database) -> None:
    in_use = await convention_in_force(database, CANAL)

    said = await broken(database, delete(Convention).where(Convention.id == in_use))

    assert "foreign key" in said.casefold()
