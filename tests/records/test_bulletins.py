"""Bulletins d'adhésion: complete (R7), dated (R8), signed (R30), one per service (R34), one SIRET (R58)."""

import re
from datetime import date

import pytest
from sqlalchemy import insert, update

from persistence.engine import Database
from persistence.records import Bulletin, Convention, Mode, Rule, ServiceAccess
from persistence.records.bulletin_terms import BulletinTerms, bulletin_role, gaps
from persistence.records.conventions import ClosingReason
from persistence.records.suspensions import resume, suspend

from .build import (
    BY_ORGANISM,
    CANAL,
    CARE,
    CDAP,
    CONSULTANT,
    DECLARANT,
    ELSEWHERE,
    ESAT,
    PAPER,
    READER,
    SAME_UNIT,
    TODAY,
    convention_of,
    day,
    draft_bulletin,
    draft_of,
    esat_access,
    find_eligible,
    group_of,
    opened,
    partner_in,
    ready_bulletin,
    refused,
    sign_bulletin,
    signed,
)
from .keys import CANAL as PARTNER
from .keys import accepted, broken, convention_in_force, one

CLOSED = ClosingReason.TERMINATED_BY_CAF

# completeness


@pytest.mark.parametrize(
    ("roles", "establishments", "departments", "needs", "missing"),
    [
        (0, 0, 0, True, ["roles", "establishments"]),
        (1, 0, 1, True, ["establishments"]),
        (0, 1, 0, True, ["roles"]),
        (1, 1, 0, True, []),
        (0, 0, 0, False, ["roles", "scope"]),
        (1, 0, 1, False, []),
        (1, 1, 0, False, []),
    ],
)
def test_what_is_missing_is_computed(
    roles: int,
    establishments: int,
    departments: int,
    *,
    needs: bool,
    missing: list[str],
) -> None:
    lacks = gaps(
        roles=roles,
        establishments=establishments,
        departments=departments,
        needs_establishment=needs,
    )

    assert lacks == missing


def test_an_incomplete_bulletin_is_not_signed_and_says_what_it_lacks() -> None:
    bulletin = draft_bulletin(convention_of(partner_in()), roles=())

    with refused(Rule.BULLETIN_INCOMPLETE) as refusal:
        sign_bulletin(bulletin)

    assert refusal.value.notice.detail == "roles"
    assert not bulletin.is_signed


# preparing


def test_a_mission_of_the_convention_covers_the_service() -> None:
    convention = signed(draft_of(partner_in(), missions=[CARE]))

    with refused(Rule.MISSION_DOES_NOT_COVER):
        ServiceAccess.of(convention, ESAT)

    assert ServiceAccess.of(convention, CDAP) is ServiceAccess.of(convention, CDAP)


def test_a_bulletin_names_roles_of_its_own_service() -> None:
    with refused(Rule.ROLE_OF_OTHER_SERVICE, "role_ids"):
        draft_bulletin(convention_of(partner_in()), roles=(DECLARANT, CONSULTANT))


def test_a_draft_is_filled_again_and_a_signed_bulletin_is_not() -> None:
    convention = convention_of(partner_in())
    draft = draft_bulletin(convention)

    assert draft_bulletin(convention, roles=(READER,)) is draft
    assert draft.roles == [READER]
    sign_bulletin(draft)
    with refused(Rule.ALREADY_SIGNED):
        draft.write(BulletinTerms(CANAL, [DECLARANT], [], []))
    assert draft_bulletin(convention) is not draft


# signing


def test_no_bulletin_takes_effect_before_the_instruction() -> None:
    before, applies = date(2025, 3, 19), date(2025, 3, 20)
    bulletin = draft_bulletin(
        signed(draft_of(partner_in(today=before)), before, None, before)
    )

    with refused(Rule.BULLETIN_TOO_EARLY, "effective_from"):
        bulletin.sign(PAPER, before, None, acknowledge_cna=False, today=before)
    bulletin.sign(PAPER, applies, None, acknowledge_cna=False, today=before)

    assert bulletin.effective_from == applies


def test_a_service_without_instruction_takes_bulletins_from_any_day() -> None:
    CDAP.require_bulletins_from(date(2019, 1, 1))

    with refused(Rule.BULLETIN_TOO_EARLY, "effective_from"):
        ESAT.require_bulletins_from(date(2019, 1, 1))


def test_mayotte_is_out_of_the_scope_of_the_service() -> None:
    bulletin = draft_bulletin(convention_of(partner_in("974", "976")))

    with refused(Rule.DEPARTMENT_EXCLUDED) as refusal:
        sign_bulletin(bulletin)

    assert refusal.value.notice.detail == "976"


def test_reunion_is_in_the_scope_of_the_service() -> None:
    assert sign_bulletin(draft_bulletin(convention_of(partner_in("974")))).is_signed


@pytest.mark.parametrize(
    ("first", "end", "rule", "field"),
    [
        (-1, None, Rule.DATE_PAST, "effective_from"),
        (5, 5, Rule.DATE_ORDER, "effective_to"),
        (1, None, Rule.BULLETIN_OUTSIDE_CONVENTION, "effective_from"),
        (10, None, Rule.BULLETIN_OUTSIDE_CONVENTION, "effective_from"),
        (5, 11, Rule.BULLETIN_OUTSIDE_CONVENTION, "effective_from"),
    ],
)
def test_a_bulletin_stays_inside_its_convention(
    first: int, end: int | None, rule: Rule, field: str
) -> None:
    bulletin = draft_bulletin(signed(draft_of(partner_in()), day(2), day(10)))

    with refused(rule, field):
        sign_bulletin(bulletin, day(first), None if end is None else day(end))


def test_a_bulletin_may_last_as_long_as_its_convention() -> None:
    bulletin = draft_bulletin(signed(draft_of(partner_in()), day(2), day(10)))

    sign_bulletin(bulletin, day(2), day(10))

    assert (bulletin.effective_from, bulletin.ends_on) == (day(2), day(10))


def test_the_bulletin_of_a_draft_or_of_a_closed_convention_is_not_signed() -> None:
    draft, closed = draft_of(partner_in()), convention_of(partner_in())
    bulletins = draft_bulletin(draft), draft_bulletin(closed)
    closed.close(TODAY, CLOSED, None, TODAY)

    with refused(Rule.CONVENTION_NOT_IN_FORCE):
        sign_bulletin(bulletins[0])
    with refused(Rule.CONVENTION_CLOSED):
        sign_bulletin(bulletins[1])


def test_a_closed_bulletin_is_not_signed() -> None:
    bulletin = draft_bulletin(convention_of(partner_in()))
    bulletin.close(TODAY, "Abandon", TODAY)

    with refused(Rule.ALREADY_ENDED):
        sign_bulletin(bulletin)


# several departments


def test_the_cna_is_announced_and_acknowledged_before_it_takes_over() -> None:
    bulletin = draft_bulletin(convention_of(partner_in("92", "93")))

    with refused(Rule.CNA_ACKNOWLEDGE, "acknowledge_cna"):
        sign_bulletin(bulletin, cna=False)
    notices = bulletin.sign(PAPER, TODAY, None, acknowledge_cna=True, today=TODAY)

    assert [n.rule for n in notices] == [Rule.CNA_TAKES_OVER]
    assert bulletin.cna_acknowledged


@pytest.mark.parametrize("departments", [("64",), ("64", "64")])
def test_one_department_is_not_several_even_with_two_establishments(
    departments: tuple[str, ...],
) -> None:
    bulletin = draft_bulletin(convention_of(partner_in(*departments)))

    assert bulletin.sign(PAPER, TODAY, None, acknowledge_cna=False, today=TODAY) == []
    assert not bulletin.cna_acknowledged


# opening


def test_opening_takes_the_roles_and_the_scope_of_the_bulletin() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()))

    access = opened(bulletin)

    assert access.opened_bulletin(TODAY) is bulletin
    group = access.create_group("Tous", bulletin.establishments, TODAY)
    with refused(Rule.ROLE_NOT_GRANTED, "role_id"):
        access.attach_role(group, READER, TODAY)
    access.attach_role(group, DECLARANT, TODAY)


def test_a_service_opens_only_for_a_partner_found_eligible() -> None:
    bulletin = sign_bulletin(draft_bulletin(convention_of(partner_in())))

    with refused(Rule.ELIGIBILITY_MISSING):
        opened(bulletin)
    find_eligible(bulletin.access.convention.partner)

    assert opened(bulletin).opened_bulletin(TODAY) is bulletin


def test_the_three_documents_are_signed_before_a_service_opens() -> None:
    unsigned = draft_bulletin(convention_of(partner_in()))
    find_eligible(unsigned.access.convention.partner)
    without_contract = ready_bulletin(convention_of(partner_in()))
    without_contract.access.convention.contract.organism_signed_on = None

    for bulletin in (unsigned, without_contract):
        with refused(Rule.SIGNATURE_MISSING):
            opened(bulletin)


def test_a_service_does_not_open_before_it_is_available_but_is_prepared() -> None:
    today, available = date(2025, 6, 1), date(2025, 7, 1)
    bulletin = draft_bulletin(
        signed(draft_of(partner_in(today=today)), today, None, today)
    )
    bulletin.sign(PAPER, today, None, acknowledge_cna=False, today=today)
    find_eligible(bulletin.access.convention.partner, today=today)

    with refused(Rule.SERVICE_NOT_AVAILABLE, "on"):
        bulletin.open_service(date(2025, 6, 30), frozenset(), today)
    bulletin.open_service(available, frozenset(), today)

    assert [bulletin.is_open_on(d) for d in (date(2025, 6, 30), available)] == [
        False,
        True,
    ]


def test_a_service_does_not_open_in_the_past_nor_outside_the_bulletin() -> None:
    convention = convention_of(partner_in())
    find_eligible(convention.partner)
    bulletin = sign_bulletin(draft_bulletin(convention), day(2), day(5))

    with refused(Rule.DATE_PAST, "on"):
        opened(bulletin, day(-1))
    for outside in (1, 5):
        with refused(Rule.DATE_ORDER, "on"):
            opened(bulletin, day(outside))


def test_a_service_opens_under_a_convention_that_holds_that_day() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()))
    bulletin.access.convention.close(day(5), CLOSED, None, TODAY)

    with refused(Rule.CONVENTION_NOT_IN_FORCE, "on"):
        opened(bulletin, day(5))
    opened(bulletin, day(4))

    assert bulletin.opened_on == day(4)


def test_a_service_that_lost_its_mission_does_not_open() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()))
    bulletin.access.convention.amend(["mission"], [CARE], None, TODAY)

    with refused(Rule.MISSION_DOES_NOT_COVER):
        opened(bulletin)


def test_a_bulletin_records_any_siret_and_opens_on_the_convention_s() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()), siret=ELSEWHERE)

    with refused(Rule.SIRET_DIFFERS) as refusal:
        opened(bulletin)

    assert bulletin.siret == ELSEWHERE
    assert refusal.value.notice.message.startswith(
        "Le SIRET du bulletin n'est pas celui de la convention"
    )


def test_a_draft_beside_a_bulletin_does_not_keep_its_closing_from_being_cancelled() -> (
    None
):
    access = opened(ready_bulletin(convention_of(partner_in())))
    bulletin = access.bulletins[0]
    bulletin.close(day(5), "Motif", TODAY)
    draft_bulletin(access.convention)

    bulletin.cancel_closing(TODAY)

    assert bulletin.is_open_on(day(5))


def test_a_bulletin_is_not_replaced_by_one_of_another_service_access() -> None:
    bulletin = opened(ready_bulletin(convention_of(partner_in()))).bulletins[0]
    stranger = ready_bulletin(convention_of(partner_in()))

    with refused(Rule.ROLE_OF_OTHER_SERVICE, "successor_id"):
        bulletin.replace_with(stranger, day(1), frozenset(), TODAY)

    assert bulletin.closed_on is None


def test_a_bulletin_opens_beside_one_that_was_signed_and_never_opened() -> None:
    never = ready_bulletin(convention_of(partner_in()))
    bulletin = sign_bulletin(draft_bulletin(never.access.convention))

    assert opened(bulletin).opened_bulletin(TODAY) is bulletin
    assert (never.opened_on, never.closed_on) == (None, None)


def test_a_service_does_not_open_on_an_establishment_that_has_moved_out_of_its_departments() -> (
    None
):
    bulletin = ready_bulletin(convention_of(partner_in()))
    bulletin.establishments[0].department = "976"

    with refused(Rule.DEPARTMENT_EXCLUDED):
        opened(bulletin)


def test_a_siret_of_the_same_legal_unit_is_refused_with_what_can_be_done() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()), siret=SAME_UNIT)

    with refused(Rule.SIRET_DIFFERS_SAME_SIREN) as refusal:
        opened(bulletin)

    assert {"portée", "convention"} <= set(
        re.findall(r"\w+", refusal.value.notice.message)
    )


def test_an_establishment_that_contracts_by_itself_is_in_no_scope() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()))

    with refused(Rule.ESTABLISHMENT_CONTRACTS) as refusal:
        bulletin.open_service(TODAY, frozenset({SAME_UNIT}), TODAY)

    assert refusal.value.notice.detail == SAME_UNIT


# one at a time


def test_a_second_bulletin_does_not_open_beside_the_first() -> None:
    access = esat_access()
    second = ready_bulletin(access.convention)

    for on in (TODAY, day(30)):
        with refused(Rule.BULLETIN_OPENED):
            opened(second, on)
    with refused(Rule.BULLETIN_OPENED):
        opened(access.bulletins[0])


def test_a_bulletin_that_is_to_open_has_the_place_unless_it_is_withdrawn() -> None:
    convention = convention_of(partner_in())
    announced = ready_bulletin(convention)
    opened(announced, day(30))
    second = ready_bulletin(convention)

    with refused(Rule.BULLETIN_OPENED):
        opened(second)
    announced.close(day(30), "Retrait", TODAY)

    assert opened(second).opened_bulletin(day(30)) is second


def test_a_bulletin_past_its_term_gives_way() -> None:
    convention = convention_of(partner_in())
    find_eligible(convention.partner)
    former = sign_bulletin(draft_bulletin(convention), TODAY, day(3))
    opened(former)
    second = sign_bulletin(draft_bulletin(convention), day(3))

    with refused(Rule.DATE_ORDER, "on"):
        opened(second, day(2))
    access = opened(second, day(3))

    assert former.closed_on == day(3)
    assert [access.opened_bulletin(day(d)) for d in (2, 3)] == [former, second]


def test_a_change_of_roles_is_a_new_bulletin_from_a_day() -> None:
    access = esat_access()
    former, successor = (
        access.bulletins[0],
        sign_bulletin(draft_bulletin(access.convention, roles=(READER,))),
    )

    former.replace_with(successor, day(5), frozenset(), TODAY)

    assert [access.opened_bulletin(day(d)) for d in (4, 5)] == [former, successor]
    group = group_of(access)
    with refused(Rule.ROLE_NOT_GRANTED, "role_id"):
        access.attach_role(group, DECLARANT, day(5))


def test_a_bulletin_that_is_not_open_is_not_replaced() -> None:
    convention = convention_of(partner_in())
    first, second = ready_bulletin(convention), ready_bulletin(convention)

    with refused(Rule.BULLETIN_NOT_OPEN):
        first.replace_with(second, day(5), frozenset(), TODAY)


# closing, access


def test_a_bulletin_closes_once_from_today_on_and_after_its_opening() -> None:
    bulletin = ready_bulletin(convention_of(partner_in()))
    access = opened(bulletin, day(2))

    with refused(Rule.DATE_PAST, "on"):
        bulletin.close(day(-1), "Motif", TODAY)
    with refused(Rule.DATE_ORDER, "on"):
        bulletin.close(day(1), "Motif", TODAY)
    bulletin.close(day(4), "Motif", TODAY)
    with refused(Rule.ALREADY_ENDED, "on"):
        bulletin.close(day(5), "Motif", TODAY)

    assert [d for d in range(6) if access.opened_bulletin(day(d))] == [2, 3]


def test_what_is_above_closes_what_is_below() -> None:
    access = esat_access()

    access.convention.close(day(3), CLOSED, None, TODAY)

    assert [d for d in range(6) if access.opened_bulletin(day(d))] == [0, 1, 2]
    assert access.bulletins[0].closed_on is None


@pytest.mark.parametrize("convention", [True, False])
@pytest.mark.parametrize("bulletin", [True, False])
def test_the_tab_needs_a_convention_and_a_bulletin(
    *, convention: bool, bulletin: bool
) -> None:
    access = esat_access()
    if not convention:
        access.convention.close(TODAY, CLOSED, None, TODAY)
    if not bulletin:
        access.bulletins[0].close(TODAY, "Motif", TODAY)

    assert access.shows_on(TODAY) is (convention and bulletin)


@pytest.mark.parametrize("what", ["service", "convention"])
def test_the_tab_is_hidden_while_something_is_suspended(what: str) -> None:
    access = esat_access()
    suspensions = (
        access.suspensions if what == "service" else access.convention.suspensions
    )

    suspend(suspensions, TODAY, "À vérifier", BY_ORGANISM)
    resume(suspensions, day(3), BY_ORGANISM)

    assert [d for d in range(5) if access.shows_on(day(d))] == [3, 4]
    assert access.opened_bulletin(TODAY) is not None


def test_a_service_that_is_not_open_is_not_suspended() -> None:
    access = ready_bulletin(convention_of(partner_in())).access

    with refused(Rule.SERVICE_NOT_OPEN):
        access.suspend(TODAY, "À vérifier", BY_ORGANISM)


def test_a_service_opened_later_inherits_the_mode() -> None:
    access = esat_access(Mode.DELEGATED)

    later = ServiceAccess.of(access.convention, CDAP)

    assert later.convention.contract.mode is Mode.DELEGATED


# the keys


async def test_the_keys_open_a_bulletin_on_the_siret_of_its_convention_alone(
    database: Database,
) -> None:
    bassin = "ptr_99990001200033"
    bulletin = await one(database, Bulletin.id, Bulletin.partner_id == bassin)
    this = update(Bulletin).where(Bulletin.id == bulletin)

    said = await broken(database, this.values(opened_on=TODAY))
    await accepted(
        database, this.values(opened_on=TODAY, siret=bassin.removeprefix("ptr_"))
    )

    assert "foreign key" in said.casefold()


async def test_the_keys_freeze_the_siret_of_a_convention_once_a_bulletin_is_opened(
    database: Database,
) -> None:
    in_use = await convention_in_force(database, PARTNER)
    draft = await one(database, Convention.id, Convention.in_force_on.is_(None))

    said = await broken(
        database,
        update(Convention).where(Convention.id == in_use).values(siret=ELSEWHERE),
    )
    await accepted(
        database,
        update(Convention).where(Convention.id == draft).values(siret=ELSEWHERE),
    )

    assert "foreign key" in said.casefold()


async def test_the_keys_refuse_two_opened_bulletins_of_one_service(
    database: Database,
) -> None:
    known = await one(database, Bulletin, Bulletin.partner_id == PARTNER)
    names = ("access_id", "convention_id", "partner_id", "service_id", "siret")
    row = {name: getattr(known, name) for name in names} | {
        "id": "bul_again",
        "version": 1,
        "cna_acknowledged": False,
    }

    said = await broken(database, insert(Bulletin).values(**row, opened_on=TODAY))
    await accepted(
        database, insert(Bulletin).values(**row, opened_on=TODAY, closed_on=day(1))
    )

    assert "bulletin.access_id" in said or "uq_bulletin_one_open" in said


async def test_the_keys_refuse_a_role_of_another_service_on_a_bulletin(
    database: Database,
) -> None:
    cdap = await one(
        database,
        Bulletin.id,
        Bulletin.service_id == "svc_CDAP",
        Bulletin.partner_id == "ptr_99990005300011",
    )
    await accepted(
        database, bulletin_role.delete().where(bulletin_role.c.bulletin_id == cdap)
    )
    row = {"bulletin_id": cdap, "service_id": "svc_CDAP"}

    said = await broken(
        database, insert(bulletin_role).values(**row, role_id="rol_ESAT_LECTEUR")
    )
    await accepted(database, insert(bulletin_role).values(**row, role_id="rol_CDAP_T1"))

    assert "foreign key" in said.casefold()
