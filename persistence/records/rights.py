"""What a partner's documents give to whom on a day.

A path leads from a person to a right, link by link.

`callers.py` asks the same of the register in SQL, for the caller and for today; a test
holds both equal.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from .accesses import ServiceAccess
from .affiliations import Affiliation
from .bulletins import Bulletin
from .chain_links import (
    ChainLink,
    bulletin_to_explain,
    establishment_link,
    links_above,
    links_below,
)
from .contracts import Mode
from .establishments import Establishment
from .groups import Group, Membership
from .partners import Partner


class Right(NamedTuple):
    """A role of a service on an establishment.

    The establishment is empty where the bulletin names none.
    """

    user_id: str
    service_id: str
    role_id: str
    establishment_id: str


class Path(NamedTuple):
    """From a person through one inclusion to one establishment."""

    user_id: str
    group: Group
    right: Right | None
    links: tuple[ChainLink, ...]

    @property
    def broken(self) -> ChainLink | None:
        """The last broken link from the person up.

        The highest one is to be mended first.
        """
        return next((link for link in reversed(self.links) if link.broken), None)

    @property
    def holds(self) -> bool:
        return self.right is not None and self.broken is None


class Standing(NamedTuple):
    """What the documents say of one day."""

    rights: frozenset[Right]
    managers: frozenset[str]
    services: frozenset[str]
    mode: Mode | None
    administering_id: str


def standing(partner: Partner, day: date) -> Standing:
    span = partner.span_on(day)
    conventions = [c for c in partner.conventions if c.id == span.convention_id]
    return Standing(
        rights=frozenset(
            p.right for p in paths(partner, day) if p.holds and p.right is not None
        ),
        managers=frozenset(
            m.affiliation.user.id
            for c in conventions
            if span.mode is Mode.DELEGATED
            for m in c.contract.managers_on(day)
        ),
        services=frozenset(
            a.service.id
            for c in conventions
            for a in c.accesses
            if a.opened_bulletin(day) and a.shows_on(day)
        ),
        mode=span.mode,
        administering_id=span.administering_id,
    )


def paths(
    partner: Partner,
    day: date,
    keep: Callable[[ServiceAccess, Membership], bool] = lambda _access, _member: True,
) -> Iterator[Path]:
    """Every path of every inclusion, holding or broken; `keep` narrows them."""
    affiliations = {a.id: a for a in partner.affiliations}
    in_force = partner.span_on(day).convention_id
    for convention in partner.conventions:
        for access in convention.accesses:
            bulletin = bulletin_to_explain(access, day)
            above = links_above(convention, access, bulletin, in_force, day)
            for group in access.groups:
                for member in group.memberships:
                    if keep(access, member):
                        person = affiliations[member.affiliation_id]
                        below = links_below(person, member, group, bulletin, day)
                        yield from _reached(
                            person, group, access, bulletin, below, above, day
                        )


def _reached(
    person: Affiliation,
    group: Group,
    access: ServiceAccess,
    bulletin: Bulletin | None,
    below: tuple[ChainLink, ...],
    above: tuple[ChainLink, ...],
    day: date,
) -> Iterator[Path]:
    """One path for each establishment of the bulletin, or one without."""
    user_id = person.user.id
    role_id = group.role.id if group.role else ""
    places: list[Establishment | None] = (
        [*bulletin.establishments] if bulletin is not None else []
    )
    for place in places or [None]:
        right = Right(user_id, access.service.id, role_id, place.id if place else "")
        link = establishment_link(group, bulletin, place, day)
        yield Path(user_id, group, right if role_id else None, (*below, link, *above))


# the links
