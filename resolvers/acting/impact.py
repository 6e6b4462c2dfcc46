"""What an act changes in who may do what: the standing of its partner on the day of effect, before and after.

The act and its preview run the same code: a preview is the act, undone once it is told.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy import select

from persistence.intake.certificates import Draft, drafts_of
from persistence.records import Mode, Organism, Partner, Right, Standing
from persistence.register import Register
from persistence.types import folded


@dataclass(frozen=True, slots=True)
class RightChange:
    """What one person has more, or less: a role of a service, on establishments."""

    user_id: str
    name: str
    service: str
    role: str
    establishments: list[str]


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Impact:
    """Before and after an act, on the day when it takes effect."""

    on: date
    lost: list[RightChange]
    gained: list[RightChange]
    managers_lost: list[Person]
    managers_gained: list[Person]
    services_lost: list[str]
    services_gained: list[str]
    administered_before: str
    administered_after: str
    mode_before: Mode | None
    mode_after: Mode | None
    drafts: list[Draft]


Words: TypeAlias = dict[str, str]


async def impact(
    register: Register,
    partner: Partner,
    on: date,
    before: Standing,
    after: Standing,
    names: Mapping[str, str],
) -> Impact:
    """The difference, in words; `drafts` are those of the places where somebody loses something.

    `names`: those of the organisms that are known already.
    """
    words = _words(partner)
    lost, gained = before.rights - after.rights, after.rights - before.rights
    places = {right.establishment_id for right in lost}
    drafts = (
        [
            d
            for d in await drafts_of(register, partner.id)
            if d.establishment_id in places
        ]
        if places
        else []
    )
    organisms = [
        names.get(s.administering_id) or await _name_of(register, s.administering_id)
        for s in (before, after)
    ]
    return Impact(
        on=on,
        lost=_changes(lost, words),
        gained=_changes(gained, words),
        managers_lost=_people(before.managers - after.managers, words),
        managers_gained=_people(after.managers - before.managers, words),
        services_lost=sorted(words[s] for s in before.services - after.services),
        services_gained=sorted(words[s] for s in after.services - before.services),
        administered_before=organisms[0],
        administered_after=organisms[1],
        mode_before=before.mode,
        mode_after=after.mode,
        drafts=drafts,
    )


async def _name_of(register: Register, organism_id: str) -> str:
    rows = select(Organism.name).where(Organism.id == organism_id)
    return (await register.session.scalars(rows)).one()


def _words(partner: Partner) -> Words:
    """How each object of the partner is called."""
    words = {a.user.id: a.user.full_name for a in partner.affiliations}
    words |= {e.id: e.name for e in partner.establishments}
    for access in (a for c in partner.conventions for a in c.accesses):
        words[access.service.id] = access.service.label
        words |= {role.id: role.label for b in access.bulletins for role in b.roles}
        words |= {g.role.id: g.role.label for g in access.groups if g.role is not None}
    return words


def _changes(rights: frozenset[Right], words: Words) -> list[RightChange]:
    places: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for user_id, service_id, role_id, establishment_id in rights:
        places[user_id, service_id, role_id] += (
            [words[establishment_id]] if establishment_id else []
        )
    made = [
        RightChange(u, words[u], words[s], words[r], sorted(where))
        for (u, s, r), where in places.items()
    ]
    return sorted(
        made,
        key=lambda change: (
            folded(change.name),
            change.service,
            change.role,
            change.user_id,
        ),
    )


def _people(ids: frozenset[str], words: Words) -> list[Person]:
    return sorted(
        (Person(one, words[one]) for one in ids),
        key=lambda person: (folded(person.name), person.user_id),
    )
