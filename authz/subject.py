"""The caller, as plain data that is read again at each request."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from .scopes import KINDS

ADMINISTRATOR = "partner_administrator"
POST_KINDS = ("agent", "resource_centre", "national")
POST_ROLES = frozenset(role for kind in POST_KINDS for role in KINDS[kind].roles)


class Grant(NamedTuple):
    """What a group gives its member today on one establishment.

    `role` is the role of the policy that it amounts to.
    """

    role: str
    group: str
    partner: str
    service: str
    establishment: str


class Post(NamedTuple):
    """An appointment at an organism.

    A resource centre has one for each Caf it supports; a national post has no organism.
    """

    role: str
    organism: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who calls: a person, or a machine, which has machine grants and nothing else.

    `administered` are the partners where the person is an active habilitation manager.
    Raises ValueError when the holdings do not fit together.
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
        if any(post.role not in POST_ROLES for post in self.posts):
            raise ValueError("a post is an agent's, a resource centre's or national")
        if self.machine and (self.posts or self.administered):
            raise ValueError("a machine holds no post and administers no partner")

    @property
    def roles(self) -> frozenset[str]:
        """The roles held directly: `everyone`, then grants, posts, administration."""
        roles = {"everyone"}
        roles.update(grant.role for grant in self.grants)
        roles.update(post.role for post in self.posts)
        if self.administered:
            roles.add(ADMINISTRATOR)
        return frozenset(roles)

    def values(self, attribute: str, holders: AbstractSet[str]) -> tuple[str, ...]:
        """Return the sorted distinct bind values of an attribute.

        Only what is held through one of `holders` counts: a role and its descendants.
        Raises KeyError on an unknown attribute.
        """
        grants = [grant for grant in self.grants if grant.role in holders]
        match attribute:
            case "users":
                values = {self.user}
            case "partners":
                values = {grant.partner for grant in grants}
                if ADMINISTRATOR in holders:
                    values.update(self.administered)
            case "organisms":
                posts = (post for post in self.posts if post.role in holders)
                values = {post.organism for post in posts} - {""}
            case "groups":
                values = {grant.group for grant in grants}
            case "partner_services":
                values = {f"{grant.partner}|{grant.service}" for grant in grants}
            case "partner_service_establishments":
                values = {"|".join(grant[2:]) for grant in grants}
            case _:
                raise KeyError(attribute)
        return tuple(sorted(values))
