"""What goes on under a successor convention: groups, people, suspensions, managers."""

from datetime import date
from enum import StrEnum

from .bulletins import Bulletin
from .contracts import ContractManager
from .conventions import Convention
from .groups import Group, Membership
from .partners import Partner
from .suspensions import Suspension


class MembersAtSwitch(StrEnum):
    """What becomes of the people in the groups under the successor.

    CARRY includes them anew; END leaves them out.
    """

    CARRY = "CARRY"
    END = "END"


def copy_for_successor(group: Group, bulletin: Bulletin, on: date) -> Group:
    """The same name, role and establishments, from the day of the switch on."""
    places = [e for e in group.establishments if e in bulletin.establishments]
    copy = Group.of(group.name, None if group.all_establishments else places, on)
    copy.closed_on, copy.former_id = group.closed_on, group.id
    if group.role in bulletin.roles:
        copy.role, copy.role_id = group.role, group.role_id
    return copy


def included_on(convention: Convention, on: date) -> list[Membership]:
    """Who is in a group on that day, or will be."""
    groups = (g for a in convention.accesses for g in a.groups if g.is_live_on(on))
    return [m for g in groups for m in g.memberships if m.lasts(on)]


def carry_members(group: Group, partner: Partner, on: date) -> None:
    """A7: include the same people anew, where the new bulletin grants the role."""
    formers = (
        g
        for c in partner.conventions
        for a in c.accesses
        for g in a.groups
        if g.id == group.former_id
    )
    people = {a.id: a for a in partner.affiliations}
    for member in (m for former in formers for m in former.memberships if m.lasts(on)):
        starts = max(on, member.starts_on)
        if group.role_id is None or not people[member.affiliation_id].is_active_on(
            starts
        ):
            continue
        group.memberships.append(
            Membership(
                role_id=group.role_id,
                partner_id=member.partner_id,
                affiliation_id=member.affiliation_id,
                user_id=member.user_id,
                starts_on=starts,
                ends_on=member.ends_on,
            )
        )


def carried_suspensions(suspensions: list[Suspension], on: date) -> list[Suspension]:
    """What is suspended that day stays so: a switch gives no right back."""
    return [s.again(on) for s in suspensions if s.runs_on(on)]


def carry_managers(former: Convention, successor: Convention, on: date) -> None:
    already_there = {m.affiliation_id for m in successor.contract.managers}
    for manager in former.contract.managers:
        if manager.is_active_on(on) and manager.affiliation_id not in already_there:
            successor.contract.managers.append(
                ContractManager(
                    kind=manager.kind,
                    starts_on=on,
                    ends_on=manager.ends_on,
                    partner_id=manager.partner_id,
                    affiliation_id=manager.affiliation_id,
                    user_id=manager.user_id,
                    affiliation=manager.affiliation,
                )
            )
