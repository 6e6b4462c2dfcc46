"""The links of a path from a person to a right: what breaks each of them on a day."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from .accesses import ServiceAccess
from .affiliations import Affiliation
from .base import french
from .bulletins import Bulletin
from .conventions import Convention
from .establishments import Establishment
from .groups import Group, Membership
from .link_words import away, mode_word, outside, suspended, why_not_in_force, why_shut


class LinkKind(StrEnum):
    USER = "USER"
    GROUP = "GROUP"
    ROLE = "ROLE"
    SERVICE = "SERVICE"
    BULLETIN = "BULLETIN"
    ESTABLISHMENT = "ESTABLISHMENT"
    CONTRACT = "CONTRACT"
    CONVENTION = "CONVENTION"


class Unblocker(StrEnum):
    """Who can mend a broken link."""

    USERS_MANAGER = "USERS_MANAGER"
    ORGANISM = "ORGANISM"
    NATIONAL = "NATIONAL"


class ChainLink(NamedTuple):
    """One link of a path: an object, and what breaks it that day.

    `broken` is None while it holds.
    """

    kind: LinkKind
    object_id: str | None
    label: str
    broken: str | None
    mender: Unblocker


def links_below(
    person: Affiliation,
    member: Membership,
    group: Group,
    bulletin: Bulletin | None,
    day: date,
) -> tuple[ChainLink, ...]:
    """The person, the group, its role."""
    return (
        _person_link(person, day),
        _group_link(member, group, day),
        _role_link(group, bulletin),
    )


def _person_link(person: Affiliation, day: date) -> ChainLink:
    gone = outside(
        person.starts_on,
        person.ends_on,
        day,
        "n'est pas encore rattaché",
        "n'est plus rattaché",
    )
    suspension, by_organism = away(person.suspensions, day)
    mender = Unblocker.USERS_MANAGER
    if by_organism and not gone:
        mender = Unblocker.ORGANISM
    return ChainLink(
        LinkKind.USER,
        person.user.id,
        person.user.full_name,
        gone or suspension,
        mender,
    )


def _group_link(member: Membership, group: Group, day: date) -> ChainLink:
    """The group first: nobody is in a group that is not there."""
    closed = outside(
        group.created_on,
        group.closed_on,
        day,
        "n'est pas encore créé",
        "est clôturé",
    )
    out = outside(
        member.starts_on,
        member.ends_on,
        day,
        "n'y est pas encore inclus",
        "n'y est plus inclus",
    )
    return ChainLink(
        LinkKind.GROUP,
        group.id,
        group.name,
        closed or out,
        Unblocker.USERS_MANAGER,
    )


def _role_link(group: Group, bulletin: Bulletin | None) -> ChainLink:
    role = group.role
    if role is None:
        return ChainLink(
            LinkKind.ROLE,
            None,
            "Rôle",
            "n'est pas rattaché au groupe",
            Unblocker.USERS_MANAGER,
        )
    broken, mender = None, Unblocker.USERS_MANAGER
    if bulletin is not None and role not in bulletin.roles:
        broken = "n'est pas accordé par le bulletin"
        mender = Unblocker.ORGANISM
    return ChainLink(LinkKind.ROLE, role.id, role.label, broken, mender)


def establishment_link(
    group: Group, bulletin: Bulletin | None, place: Establishment | None, day: date
) -> ChainLink:
    """The establishment, or the scope where the bulletin names none."""
    if place is None:
        broken = None
        if bulletin is not None and not group.all_establishments:
            broken = "n'est plus dans la portée du bulletin"
        return ChainLink(
            LinkKind.ESTABLISHMENT, None, "Portée", broken, Unblocker.ORGANISM
        )
    return ChainLink(
        LinkKind.ESTABLISHMENT,
        place.id,
        place.name,
        _why_out_of_reach(group, place, day),
        Unblocker.ORGANISM,
    )


def _why_out_of_reach(group: Group, place: Establishment, day: date) -> str | None:
    places = {establishment.id for establishment in group.establishments}
    if not group.all_establishments and place.id not in places:
        return "n'est pas dans la portée du groupe"
    if place.ended_on is not None and place.ended_on <= day:
        return f"n'est plus rattaché depuis le {french(place.ended_on)}"
    return None


def links_above(
    convention: Convention,
    access: ServiceAccess,
    bulletin: Bulletin | None,
    in_force: str | None,
    day: date,
) -> tuple[ChainLink, ...]:
    """The bulletin, the service, the contract, the convention.

    `in_force`: the id of the convention in force that day.
    """
    return (
        _bulletin_link(access, bulletin, day),
        _service_link(access, day),
        _contract_link(convention),
        _convention_link(convention, in_force, day),
    )


def _bulletin_link(
    access: ServiceAccess, bulletin: Bulletin | None, day: date
) -> ChainLink:
    is_open = bulletin is not None and bulletin.is_open_on(day)
    return ChainLink(
        LinkKind.BULLETIN,
        bulletin.id if bulletin else None,
        f"Bulletin {access.service.code}",
        None if is_open else why_shut(bulletin, day),
        Unblocker.ORGANISM,
    )


def _service_link(access: ServiceAccess, day: date) -> ChainLink:
    """The organism lifts its suspension; the Cnaf decides when a service is there."""
    service = access.service
    broken, mender = suspended(access.suspensions, day), Unblocker.ORGANISM
    if broken is None and service.available_from > day:
        broken = f"n'est pas disponible avant le {french(service.available_from)}"
        mender = Unblocker.NATIONAL
    return ChainLink(LinkKind.SERVICE, access.id, service.tab_label, broken, mender)


def _contract_link(convention: Convention) -> ChainLink:
    contract = convention.contract
    return ChainLink(
        LinkKind.CONTRACT,
        convention.id,
        f"Contrat de services ({mode_word(contract.mode)})",
        None if contract.is_signed else "n'est pas signé",
        Unblocker.ORGANISM,
    )


def _convention_link(
    convention: Convention, in_force: str | None, day: date
) -> ChainLink:
    dated = french(convention.in_force_on or convention.prepared_on)
    broken = None
    if convention.id != in_force:
        broken = why_not_in_force(convention, day)
    return ChainLink(
        LinkKind.CONVENTION,
        convention.id,
        convention.number or f"Convention du {dated}",
        broken,
        Unblocker.ORGANISM,
    )


def bulletin_to_explain(access: ServiceAccess, day: date) -> Bulletin | None:
    """The bulletin open that day, or else the one that explains why none is.

    That is the last one to be opened, or prepared.
    """
    for bulletin in access.bulletins:
        if bulletin.is_open_on(day):
            return bulletin
    opened = [b for b in access.bulletins if b.opened_on and b.opened_on <= day]
    return max(opened or access.bulletins, key=_opening_order, default=None)


def _opening_order(bulletin: Bulletin) -> tuple[date, str]:
    return bulletin.opened_on or date.min, bulletin.id
