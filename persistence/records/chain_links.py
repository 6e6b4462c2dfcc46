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
from .link_words import _away, _mode, _outside, _suspended, _why_not_in_force, _why_shut


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


def _below(
    person: Affiliation,
    member: Membership,
    group: Group,
    bulletin: Bulletin | None,
    day: date,
) -> tuple[ChainLink, ...]:
    """The person, the group, its role."""
    name = person.user.full_name
    gone = _outside(
        person.starts_on,
        person.ends_on,
        day,
        "n'est pas encore rattaché",
        "n'est plus rattaché",
    )
    away, by_organism = _away(person.suspensions, day)
    out = _outside(
        member.starts_on,
        member.ends_on,
        day,
        "n'y est pas encore inclus",
        "n'y est plus inclus",
    )
    closed = _outside(
        group.created_on, group.closed_on, day, "n'est pas encore créé", "est clôturé"
    )
    ungranted = (
        group.role is not None
        and bulletin is not None
        and group.role not in bulletin.roles
    )
    without = (
        "n'est pas rattaché au groupe"
        if group.role is None
        else "n'est pas accordé par le bulletin"
    )
    return (
        ChainLink(
            LinkKind.USER,
            person.user.id,
            name,
            gone or away,
            Unblocker.ORGANISM if by_organism and not gone else Unblocker.USERS_MANAGER,
        ),
        ChainLink(
            LinkKind.GROUP, group.id, group.name, closed or out, Unblocker.USERS_MANAGER
        ),
        ChainLink(
            LinkKind.ROLE,
            group.role.id if group.role else None,
            group.role.label if group.role else "Rôle",
            without if group.role is None or ungranted else None,
            Unblocker.ORGANISM if ungranted else Unblocker.USERS_MANAGER,
        ),
    )


def _place(
    group: Group, bulletin: Bulletin | None, place: Establishment | None, day: date
) -> ChainLink:
    if place is None:
        named = bulletin is not None and not group.all_establishments
        why = "n'est plus dans la portée du bulletin" if named else None
        return ChainLink(
            LinkKind.ESTABLISHMENT, None, "Portée", why, Unblocker.ORGANISM
        )
    broken = None
    if not group.all_establishments and place.id not in {
        e.id for e in group.establishments
    }:
        broken = "n'est pas dans la portée du groupe"
    elif place.ended_on is not None and place.ended_on <= day:
        broken = f"n'est plus rattaché depuis le {french(place.ended_on)}"
    return ChainLink(
        LinkKind.ESTABLISHMENT, place.id, place.name, broken, Unblocker.ORGANISM
    )


def _above(
    convention: Convention,
    access: ServiceAccess,
    bulletin: Bulletin | None,
    in_force: str | None,
    day: date,
) -> tuple[ChainLink, ...]:
    """The bulletin, the service, the contract, the convention."""
    service, contract = access.service, convention.contract
    early = (
        f"n'est pas disponible avant le {french(service.available_from)}"
        if service.available_from > day
        else None
    )
    shut = (
        None
        if bulletin is not None and bulletin.is_open_on(day)
        else _why_shut(bulletin, day)
    )
    unsigned = None if contract.is_signed else "n'est pas signé"
    return (
        ChainLink(
            LinkKind.BULLETIN,
            bulletin.id if bulletin else None,
            f"Bulletin {service.code}",
            shut,
            Unblocker.ORGANISM,
        ),
        ChainLink(
            LinkKind.SERVICE,
            access.id,
            service.tab_label,
            _suspended(access.suspensions, day) or early,
            Unblocker.NATIONAL
            if early and not _suspended(access.suspensions, day)
            else Unblocker.ORGANISM,
        ),
        ChainLink(
            LinkKind.CONTRACT,
            convention.id,
            f"Contrat de services ({_mode(contract.mode)})",
            unsigned,
            Unblocker.ORGANISM,
        ),
        ChainLink(
            LinkKind.CONVENTION,
            convention.id,
            convention.number
            or f"Convention du {french(convention.in_force_on or convention.prepared_on)}",
            None if convention.id == in_force else _why_not_in_force(convention, day),
            Unblocker.ORGANISM,
        ),
    )


def _bulletin(access: ServiceAccess, day: date) -> Bulletin | None:
    """The bulletin open that day, or else the one that explains why none is.

    That is the last one to be opened, or prepared.
    """
    opened = next((b for b in access.bulletins if b.is_open_on(day)), None)
    if opened is not None:
        return opened
    candidates = [
        b for b in access.bulletins if b.opened_on is not None and b.opened_on <= day
    ] or access.bulletins
    return max(candidates, key=lambda b: (b.opened_on or date.min, b.id), default=None)
