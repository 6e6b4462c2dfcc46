"""Scopes as data: the relations between a caller and an object that a permit requires.

An object is described by its *facts*, all `str | None`: partner, owner, administering,
signing, convention, mode, signatory, paying, group, partner_service
("partner|service"), partner_service_establishment ("partner|service|establishment").
"""

from collections.abc import Callable, Container
from typing import Literal, NamedTuple


class ScopeCondition(NamedTuple):
    """One condition on one fact of the object; a scope requires all of its conditions.

    `of` is an attribute of the subject for "among", a constant for "equals", and empty
    for "known".
    """

    op: Literal["among", "equals", "known"]
    fact: str
    of: str = ""

    def admits(self, fact: str | None, values: Callable[[str], Container[str]]) -> bool:
        """Return whether this value of the fact satisfies the condition.

        An unknown fact (None) never does. `values` gives the caller's values for an
        attribute; it is called for "among" only.
        """
        if fact is None:
            return False
        match self.op:
            case "among":
                return fact in values(self.of)
            case "equals":
                return fact == self.of
            case "known":
                return True


class Kind(NamedTuple):
    """Roles that are obtained in one way, and the only scopes that they may use."""

    roles: tuple[str, ...]
    scopes: tuple[str, ...]


_PARTNER = ScopeCondition("among", "partner", "partners")
_ADMINISTERING = ScopeCondition("among", "administering", "organisms")
_GROUP = ScopeCondition("among", "group", "groups")
_SERVICE = ScopeCondition("among", "partner_service", "partner_services")
_PLACE = ScopeCondition(
    "among", "partner_service_establishment", "partner_service_establishments"
)

SCOPES: dict[str, tuple[ScopeCondition, ...]] = {
    "self": (ScopeCondition("among", "owner", "users"),),
    "own_partner": (_PARTNER, ScopeCondition("known", "convention")),
    "own_partner_delegated": (_PARTNER, ScopeCondition("equals", "mode", "DELEGATED")),
    "granted_service": (_PLACE,),
    "jurisdiction": (_ADMINISTERING,),
    "jurisdiction_centralised": (
        _ADMINISTERING,
        ScopeCondition("equals", "mode", "CENTRALISED"),
    ),
    "signing_caf": (ScopeCondition("among", "signing", "organisms"),),
    "own_signature": (ScopeCondition("among", "signatory", "organisms"),),
    "paying_organism": (ScopeCondition("among", "paying", "organisms"),),
    "supported_organism": (_ADMINISTERING,),
    "any": (),
}

GRAINS: dict[tuple[str, str], tuple[ScopeCondition, ...]] = {
    ("granted_service", "Group"): (_GROUP,),
    ("granted_service", "MembershipBulletin"): (_SERVICE,),
    ("granted_service", "ServiceAccess"): (_SERVICE,),
}

KINDS: dict[str, Kind] = {
    "everyone": Kind(("everyone",), ("self",)),
    "member": Kind(
        ("member_reading", "member_entering", "member_validating"),
        ("own_partner", "granted_service"),
    ),
    "machine": Kind(
        ("machine_reading", "machine_entering", "machine_validating"),
        ("own_partner", "granted_service"),
    ),
    "administrator": Kind(("partner_administrator",), ("own_partner_delegated",)),
    "agent": Kind(
        ("agent_reading", "agent_managing"),
        (
            "jurisdiction",
            "jurisdiction_centralised",
            "signing_caf",
            "own_signature",
            "paying_organism",
        ),
    ),
    "resource_centre": Kind(("resource_centre",), ("supported_organism",)),
    "national": Kind(("national",), ("any",)),
}

KIND_OF: dict[str, str] = {
    role: name for name, kind in KINDS.items() for role in kind.roles
}


def conditions_of(scope: str, type_: str) -> tuple[ScopeCondition, ...]:
    """Return the conditions of a scope on a type.

    `granted_service` follows the type's own grain: a group, a service, or (by default)
    an establishment.
    """
    return GRAINS.get((scope, type_), SCOPES[scope])
