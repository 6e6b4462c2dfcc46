"""What an act changes in who may do what: before and after it, on the day of effect.

The act and its preview run the same code: a preview is the act, then undone.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

import strawberry
from sqlalchemy import select
from strawberry import ID

from persistence.intake.drafts import drafts_of
from persistence.records import (
    Mode,
    Organism,
    Partner,
    Right,
    ServiceAccess,
    Standing,
)
from persistence.register import Register
from persistence.types import folded


@strawberry.type(description="Ce qu'une personne a de plus, ou de moins.")
class RightChange:
    user_id: ID = strawberry.field(description="La personne.")
    name: str = strawberry.field(description="Son nom.")
    service: str = strawberry.field(description="Le service.")
    role: str = strawberry.field(description="Le rôle.")
    establishments: list[str] = strawberry.field(
        description="Les établissements ; vide pour un service sans établissement."
    )


@strawberry.type(description="Une personne, nommée.")
class NamedPerson:
    user_id: ID = strawberry.field(description="La personne.")
    name: str = strawberry.field(description="Son nom.")


@strawberry.type(description="Un certificat en brouillon.")
class OpenDraft:
    declaration_id: ID = strawberry.field(description="Le brouillon.")
    establishment_id: ID = strawberry.field(description="L'établissement.")
    establishment: str = strawberry.field(description="Son nom.")
    campaign_year: int = strawberry.field(description="L'année de la campagne.")
    lines: int = strawberry.field(description="Ses lignes.")


@strawberry.type(
    description="Les conséquences d'un acte, le jour où il prend effet : le même calcul"
    " pour l'essai et pour l'acte."
)
class Impact:
    on: date = strawberry.field(description="Jour d'effet.")
    lost: list[RightChange] = strawberry.field(description="Qui perd quoi.")
    gained: list[RightChange] = strawberry.field(description="Qui gagne quoi.")
    managers_lost: list[NamedPerson] = strawberry.field(
        description="Qui n'est plus gestionnaire des habilitations."
    )
    managers_gained: list[NamedPerson] = strawberry.field(description="Qui le devient.")
    services_lost: list[str] = strawberry.field(
        description="Les services qui se ferment."
    )
    services_gained: list[str] = strawberry.field(
        description="Les services qui s'ouvrent."
    )
    administered_before: str = strawberry.field(
        description="L'organisme qui administre sans l'acte."
    )
    administered_after: str = strawberry.field(
        description="L'organisme qui administre après lui (R47)."
    )
    mode_before: Mode | None = strawberry.field(
        description="Le mode de gestion sans l'acte ; vide sans convention en vigueur."
    )
    mode_after: Mode | None = strawberry.field(
        description="Le mode de gestion après lui."
    )
    drafts: list[OpenDraft] = strawberry.field(
        description="Les certificats en brouillon, là où quelqu'un perd un droit."
    )


Words: TypeAlias = dict[str, str]
"""The name or the label of each object of a partner, by its id."""


async def impact(
    register: Register,
    partner: Partner,
    on: date,
    before: Standing,
    after: Standing,
    names: Mapping[str, str],
) -> Impact:
    """The difference between the two standings; `names` are those of some organisms."""
    words = _words(partner)
    lost, gained = before.rights - after.rights, after.rights - before.rights
    places = {right.establishment_id for right in lost}

    async def name_of(organism_id: str) -> str:
        return names.get(organism_id) or await _name_of(register, organism_id)

    return Impact(
        on=on,
        lost=_changes(lost, words),
        gained=_changes(gained, words),
        managers_lost=_people(before.managers - after.managers, words),
        managers_gained=_people(after.managers - before.managers, words),
        services_lost=_labels(before.services - after.services, words),
        services_gained=_labels(after.services - before.services, words),
        administered_before=await name_of(before.administering_id),
        administered_after=await name_of(after.administering_id),
        mode_before=before.mode,
        mode_after=after.mode,
        drafts=await _drafts(register, partner, places) if places else [],
    )


async def _drafts(
    register: Register, partner: Partner, places: set[str]
) -> list[OpenDraft]:
    """The certificates that are still drafts in these establishments."""
    drafts = await drafts_of(register, partner.id)
    here = [draft for draft in drafts if draft.establishment_id in places]
    return [OpenDraft(**draft._asdict()) for draft in here]


async def _name_of(register: Register, organism_id: str) -> str:
    rows = select(Organism.name).where(Organism.id == organism_id)
    return (await register.session.scalars(rows)).one()


def _words(partner: Partner) -> Words:
    words = {}
    for affiliation in partner.affiliations:
        words[affiliation.user.id] = affiliation.user.full_name
    for establishment in partner.establishments:
        words[establishment.id] = establishment.name
    for convention in partner.conventions:
        for access in convention.accesses:
            words[access.service.id] = access.service.label
            words |= _role_labels(access)
    return words


def _role_labels(access: ServiceAccess) -> Words:
    """The roles that the bulletins of a service grant, and those of its groups."""
    roles = [role for bulletin in access.bulletins for role in bulletin.roles]
    roles += [group.role for group in access.groups if group.role is not None]
    return {role.id: role.label for role in roles}


def _changes(rights: frozenset[Right], words: Words) -> list[RightChange]:
    """One for each person, service and role, with its establishments."""
    places: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for right in rights:
        names = places[right.user_id, right.service_id, right.role_id]
        if right.establishment_id:
            names.append(words[right.establishment_id])
    changes = []
    for (user_id, service_id, role_id), names in places.items():
        change = RightChange(
            user_id=ID(user_id),
            name=words[user_id],
            service=words[service_id],
            role=words[role_id],
            establishments=sorted(names),
        )
        changes.append(change)
    return sorted(changes, key=_order_of_change)


def _order_of_change(change: RightChange) -> tuple[str, str, str, str]:
    return folded(change.name), change.service, change.role, change.user_id


def _people(ids: frozenset[str], words: Words) -> list[NamedPerson]:
    people = [NamedPerson(user_id=ID(each), name=words[each]) for each in ids]
    return sorted(people, key=lambda person: (folded(person.name), person.user_id))


def _labels(ids: frozenset[str], words: Words) -> list[str]:
    return sorted(words[each] for each in ids)
