"""Groups: service, group, role, users, in that order (R56), inside the bulletin (R35), one's own staff only (R40)."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from persistence.engine import Database
from persistence.records import Group, Membership, Rule

from .build import (
    BY_ORGANISM,
    CONSULTANT,
    DECLARANT,
    READER,
    TODAY,
    colleague,
    convention_of,
    day,
    draft_bulletin,
    esat_access,
    group_of,
    opened,
    partner_in,
    ready_bulletin,
    refused,
)
from .keys import CANAL, SEINE, accepted, broken, one

# the order


def test_a_group_comes_after_the_service() -> None:
    """R10: once a bulletin is signed, everything may be prepared."""
    access = draft_bulletin(convention_of(partner_in())).access

    with refused(Rule.SERVICE_NOT_OPEN):
        access.create_group("Déclarants", None, TODAY)


def test_a_member_comes_after_the_role() -> None:
    access = esat_access()
    group, member = group_of(access, role=None), colleague(access.convention.partner)

    with refused(Rule.ROLE_FIRST):
        group.include(member, TODAY)
    access.attach_role(group, DECLARANT, TODAY)

    assert group.include(member, TODAY).role_id == DECLARANT.id


def test_a_role_is_attached_while_the_service_is_open() -> None:
    access = esat_access()
    group = group_of(access, role=None)
    access.bulletins[0].close(day(1), "Motif", TODAY)

    access.attach_role(group, DECLARANT, TODAY)
    with refused(Rule.SERVICE_NOT_OPEN):
        access.attach_role(group, DECLARANT, day(1))


# the bulletin bounds the group


@pytest.mark.parametrize("role", [READER, CONSULTANT])
def test_a_role_that_the_bulletin_does_not_grant_is_refused(role: Any) -> None:  # noqa: ANN401 a role
    access = esat_access()
    group = group_of(access, role=None)

    with refused(Rule.ROLE_NOT_GRANTED, "role_id"):
        access.attach_role(group, role, TODAY)

    assert group.role_id is None


def test_a_group_has_one_role_the_last_attached() -> None:
    convention = convention_of(partner_in())
    bulletin = draft_bulletin(convention, roles=(DECLARANT, READER))
    ready_bulletin(convention, roles=(DECLARANT, READER))
    access = opened(bulletin)

    group = group_of(access, DECLARANT)
    access.attach_role(group, READER, TODAY)

    assert (group.role, group.role_id) == (READER, READER.id)


def test_an_establishment_outside_the_bulletin_is_refused() -> None:
    partner = partner_in("75", "75")
    inside, outside = partner.establishments
    bulletin = draft_bulletin(convention_of(partner))
    bulletin.establishments = [inside]
    ready_bulletin(bulletin.access.convention)
    bulletin.establishments = [inside]
    access = opened(bulletin)

    with refused(Rule.OUT_OF_SCOPE, "establishment_ids") as refusal:
        access.create_group("Déclarants", [inside, outside], TODAY)
    group = access.create_group("Déclarants", [inside], TODAY)

    assert refusal.value.notice.detail == outside.siret
    assert not group.all_establishments


def test_a_group_names_an_establishment_or_takes_them_all() -> None:
    access = esat_access()

    with refused(Rule.GROUP_NEEDS_ESTABLISHMENT, "establishment_ids"):
        access.create_group("Déclarants", [], TODAY)
    with refused(Rule.VALUE_INVALID, "name"):
        access.create_group(" ", None, TODAY)

    assert access.create_group("Déclarants", None, TODAY).all_establishments


# the members


def test_someone_whose_affiliation_is_over_is_a_stranger() -> None:
    access = esat_access()
    gone = colleague(access.convention.partner)
    gone.end(day(2), TODAY)

    with refused(Rule.STRANGER):
        group_of(access).include(gone, day(2))


def test_a_suspended_person_is_not_included() -> None:
    access = esat_access()
    suspended = colleague(access.convention.partner)
    suspended.suspend(TODAY, "Absence", BY_ORGANISM)

    with refused(Rule.AFFILIATION_SUSPENDED):
        group_of(access).include(suspended, TODAY)


def test_a_removal_still_to_come_is_undone_by_including_again() -> None:
    access = esat_access()
    group, member = group_of(access), colleague(access.convention.partner)
    included = group.include(member, TODAY)
    group.exclude(member, day(3), TODAY)

    again = group.include(member, day(1))

    assert (again, included.ends_on, group.memberships) == (included, None, [included])


def test_a_person_is_in_a_group_once_at_a_time() -> None:
    access = esat_access()
    group, member = group_of(access), colleague(access.convention.partner)
    group.include(member, TODAY)

    with refused(Rule.ALREADY_MEMBER):
        group.include(member, TODAY)
    group.exclude(member, day(2), TODAY)

    assert group.include(member, day(2)).starts_on == day(2)


def test_the_end_of_a_membership_is_the_first_day_without_it() -> None:
    access = esat_access()
    group, member = group_of(access), colleague(access.convention.partner)
    membership = group.include(member, TODAY)

    with refused(Rule.DATE_PAST, "on"):
        group.exclude(member, day(-1), TODAY)
    group.exclude(member, day(2), TODAY)

    assert [d for d in range(-1, 4) if membership.is_active_on(day(d))] == [0, 1]


def test_a_removal_does_not_prolong_a_membership() -> None:
    access = esat_access()
    group, member = group_of(access), colleague(access.convention.partner)
    membership = group.include(member, TODAY)
    group.exclude(member, day(2), TODAY)

    for on in (2, 3):
        with refused(Rule.ALREADY_ENDED, "on"):
            group.exclude(member, day(on), TODAY)
    group.exclude(member, day(1), TODAY)

    assert membership.ends_on == day(1)


def test_someone_who_is_not_a_member_is_not_removed() -> None:
    access = esat_access()

    with refused(Rule.NOT_MEMBER):
        group_of(access).exclude(colleague(access.convention.partner), TODAY, TODAY)


def test_a_closed_group_takes_neither_role_nor_member() -> None:
    access = esat_access()
    group = group_of(access)

    with refused(Rule.DATE_PAST, "on"):
        group.close(day(-1), TODAY)
    group.close(day(1), TODAY)

    group.include(colleague(access.convention.partner), TODAY)
    for act in (
        lambda: group.include(colleague(access.convention.partner, "Perrin"), day(1)),
        lambda: access.attach_role(group, DECLARANT, day(1)),
        lambda: group.close(day(2), day(1)),
    ):
        with refused(Rule.GROUP_CLOSED):
            act()


# the keys


async def _facts(database: Database) -> dict[str, Any]:
    """A membership to insert: a colleague in a group of the seeded Esat."""
    group = await one(
        database, Group, Group.partner_id == CANAL, Group.role_id == "rol_ESAT_LECTEUR"
    )
    known = await one(
        database,
        Membership,
        Membership.partner_id == CANAL,
        Membership.role_id == "rol_ESAT_DECLARANT",
    )
    person = {
        "affiliation_id": known.affiliation_id,
        "user_id": known.user_id,
        "partner_id": CANAL,
    }
    return {
        "id": "mbr_1",
        "version": 1,
        "group_id": group.id,
        "role_id": group.role_id,
        "starts_on": TODAY,
        **person,
    }


@pytest.mark.parametrize(
    "wrong", ["before the role", "another role", "a stranger", "of another partner"]
)
async def test_the_keys_refuse_a_member(database: Database, wrong: str) -> None:
    row = await _facts(database)
    stranger = await one(database, Membership, Membership.partner_id == SEINE)
    theirs = {"affiliation_id": stranger.affiliation_id, "user_id": stranger.user_id}
    bare = {
        "id": "grp_bare",
        "version": 1,
        "name": "Sans rôle",
        "sort_key": "sans role",
        "created_on": TODAY,
    }
    like = await one(database, Group, Group.id == row["group_id"])
    names = ("access_id", "partner_id", "service_id")
    await accepted(
        database,
        insert(Group).values(
            all_establishments=True,
            **bare,
            **{name: getattr(like, name) for name in names},
        ),
    )
    mended = {
        "before the role": {"group_id": "grp_bare"},
        "another role": {"role_id": "rol_ESAT_DECLARANT"},
        "a stranger": theirs,
        "of another partner": theirs | {"partner_id": SEINE},
    }[wrong]

    said = await broken(database, insert(Membership).values(**row | mended))
    await accepted(database, insert(Membership).values(**row))

    assert "foreign key" in said.casefold()


async def test_the_keys_refuse_a_role_of_another_service_on_a_group(
    database: Database,
) -> None:
    group = await one(
        database,
        Group.id,
        Group.partner_id == CANAL,
        Group.role_id == "rol_ESAT_LECTEUR",
    )
    this = update(Group).where(Group.id == group)

    said = await broken(database, this.values(role_id="rol_CDAP_T1"))
    await accepted(database, this.values(role_id="rol_ESAT_PREPARATEUR"))

    assert "foreign key" in said.casefold()
    members = await one(database, Membership.role_id, Membership.group_id == group)
    assert members == "rol_ESAT_PREPARATEUR"


async def test_the_keys_refuse_a_member_twice(database: Database) -> None:
    row = await _facts(database)
    await accepted(database, insert(Membership).values(**row))

    said = await broken(database, insert(Membership).values(**row | {"id": "mbr_2"}))
    await accepted(
        database, insert(Membership).values(**row | {"id": "mbr_2", "ends_on": day(1)})
    )

    assert "membership.group_id" in said or "uq_membership_active" in said
