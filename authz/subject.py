"""The caller, as plain data resolved at each request. Source: authorization.md 4."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from authz.scopes import KINDS

ADMINISTRATOR = "partner_administrator"
POSTED = frozenset(role for kind in ("agent", "resource_centre", "national") for role in KINDS[kind].roles)


class Grant(NamedTuple):
    """What a group gives its member today on one establishment, with the policy role it amounts to."""

    role: str
    group: str
    partner: str
    service: str
    establishment: str


class Post(NamedTuple):
    """An appointment; a resource centre has one for each Caf it supports, a national one no organism."""

    role: str
    organism: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who calls: a person, or a machine that holds machine grants and nothing else.

    `administered` are the partners where the person is an active habilitation manager.
    ValueError when the holdings do not fit together.
    """

    user: str
    machine: bool = False
    grants: tuple[Grant, ...] = ()
    posts: tuple[Post, ...] = ()
    administered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kind = KINDS["machine" if self.machine else "member"]
        if any(grant.role not in kind.roles for grant in self.grants):
            raise ValueError("a machine holds machine grants, a person member grants")
        if any(post.role not in POSTED for post in self.posts):
            raise ValueError("a post is an agent's, a resource centre's or national")
        if self.machine and (self.posts or self.administered):
            raise ValueError("a machine holds no post and administers no partner")

    @property
    def roles(self) -> frozenset[str]:
        """The roles held directly: `everyone`, then grants, posts and administration."""
        held = {grant.role for grant in self.grants} | {post.role for post in self.posts}
        return frozenset(held | {"everyone"} | ({ADMINISTRATOR} if self.administered else set()))

    def values(self, attribute: str, holders: AbstractSet[str]) -> tuple[str, ...]:
        """Give the sorted distinct bind values of an attribute.

        Only what is held through one of `holders` counts: a role and those that inherit it.
        """
        grants = [grant for grant in self.grants if grant.role in holders]
        match attribute:
            case "users":
                found = {self.user}
            case "partners":
                found = {grant.partner for grant in grants}
                found |= set(self.administered if ADMINISTRATOR in holders else ())
            case "organisms":
                found = {post.organism for post in self.posts if post.role in holders} - {""}
            case "groups":
                found = {grant.group for grant in grants}
            case "partner_services":
                found = {f"{grant.partner}|{grant.service}" for grant in grants}
            case "partner_service_establishments":
                found = {f"{grant.partner}|{grant.service}|{grant.establishment}" for grant in grants}
            case _:
                raise KeyError(attribute)
        return tuple(sorted(found))
