"""The chains between a person and a right, for each kind of holder, on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from strawberry import ID

from authz import Engine, RoleScope, Subject
from authz.scopes import KIND_OF
from persistence.facts.object_facts import Facts
from persistence.records import (
    ContractManager,
    Convention,
    Membership,
    Mode,
    Organism,
    Partner,
    Path,
    ServiceAccess,
    Unblocker,
    UserKind,
    paths,
)

from .answers import ExplanationChain, ExplanationStep
from .words import PROFILES, SCOPES

Steps: TypeAlias = list[ExplanationStep]


def chain_of(steps: Steps) -> ExplanationChain:
    """Of several broken links, the highest is mended first: the rest hangs from it."""
    broken = [step for step in steps if step.broken is not None]
    highest = broken[-1] if broken else None
    return ExplanationChain(holds=not broken, steps=steps, broken=highest)


def step(
    kind: str, object_id: str | None, label: str, broken: str | None, mender: Unblocker
) -> ExplanationStep:
    return ExplanationStep(
        kind=kind,
        object_id=None if object_id is None else ID(object_id),
        label=label,
        broken=broken,
        mender=mender,
    )


def administering_step(organism: Organism | None) -> ExplanationStep:
    """The last link; without a name where the asker may not know who administers."""
    if organism is None:
        return step("ORGANISM", None, "Organisme", None, Unblocker.ORGANISM)
    return step("ORGANISM", organism.id, organism.name, None, Unblocker.ORGANISM)


# by a group


@dataclass(frozen=True)
class MemberChains:
    """The inclusions of a user; `roles` are those that the policy lets do the act."""

    policy: Engine
    partner: Partner
    user_id: str
    facts: Facts
    roles: set[str]
    on: date

    def all(self) -> list[Steps]:
        inclusions = paths(self.partner, self.on, self.concerns)
        return [self._steps(path) for path in inclusions if self._is_concerned(path)]

    def concerns(self, access: ServiceAccess, member: Membership) -> bool:
        service = _service_of(self.facts)
        is_theirs = member.affiliation_id in self._affiliation_ids
        return is_theirs and (not service or access.service.id == service)

    @cached_property
    def _affiliation_ids(self) -> set[str]:
        links = self.partner.affiliations
        return {link.id for link in links if link.user.id == self.user_id}

    def _is_concerned(self, path: Path) -> bool:
        """Whether it is of the group and of the establishment of the object."""
        # Skip replaced conventions: they cannot reopen; the person needs a group under
        # the one in force.
        in_force = self.partner.span_on(self.on).convention_id
        if in_force not in (None, path.links[-1].object_id):
            return False
        group = self.facts.get("group")
        if group and path.group.id != group:
            return False
        place = _establishment_of(self.facts)
        if not place or path.right is None:
            return True
        return path.right.establishment_id in ("", place)

    def _steps(self, path: Path) -> Steps:
        steps = [step(*link) for link in path.links]
        if path.group.role and not self._is_permitted_to(
            path.group.role.profile.lower()
        ):
            why = "ne comporte pas cet acte"
            steps = _change(steps, "ROLE", broken=why, mender=Unblocker.USERS_MANAGER)
        place = _establishment_of(self.facts)
        if place and path.right is not None and not path.right.establishment_id:
            steps = _change(
                steps,
                "ESTABLISHMENT",
                label=self._name_of(place),
                object_id=place,
                broken="n'est pas dans la portée du bulletin",
            )
        return steps

    def _is_permitted_to(self, profile: str) -> bool:
        """Whether the role of this profile has the act, or inherits it."""
        kind = self._kind()
        role = f"{kind}_{profile}"
        same_kind = [each for each in self.roles if KIND_OF[each] == kind]
        return any(role in self.policy.descendants(each) for each in same_kind)

    def _kind(self) -> str:
        for link in self.partner.affiliations:
            if link.user.id == self.user_id and link.user.kind is UserKind.MACHINE:
                return "machine"
        return "member"

    def _name_of(self, establishment_id: str) -> str:
        for establishment in self.partner.establishments:
            if establishment.id == establishment_id:
                return establishment.name
        return "Établissement"


def _change(steps: Steps, kind: str, **changes: Any) -> Steps:  # noqa: ANN401 fields
    """The same steps, where those of this kind are changed."""
    return [replace(each, **changes) if each.kind == kind else each for each in steps]


def _service_of(facts: Facts) -> str:
    """The service that the object is of; "" where it is of all."""
    key = facts.get("partner_service_establishment") or facts.get("partner_service")
    return key.split("|")[1] if key else ""


def _establishment_of(facts: Facts) -> str:
    """The establishment that the object is of; "" where it is of all."""
    key = facts.get("partner_service_establishment")
    return key.rpartition("|")[2] if key else ""


# as a manager


def of_manager(partner: Partner, user_id: str, name: str, on: date) -> list[Steps]:
    """Each appointment as a manager of the partner's users."""
    chains = []
    for convention in partner.conventions:
        for manager in convention.contract.managers:
            if manager.affiliation.user.id == user_id:
                user = step("USER", user_id, name, None, Unblocker.USERS_MANAGER)
                above = _manager_steps(partner, convention, manager, on)
                chains.append([user, *above])
    return chains


def _manager_steps(
    partner: Partner, convention: Convention, manager: ContractManager, on: date
) -> Steps:
    """The appointment, its contract, and their convention."""
    contract = convention.contract
    span = partner.span_on(on) if on >= partner.registered_on else None
    acts = manager in contract.managers_on(on)
    is_delegated = contract.mode is Mode.DELEGATED
    is_in_force = span is not None and span.convention_id == convention.id
    return [
        step(
            "MANAGER",
            manager.id,
            "Gestionnaire des habilitations",
            None if acts else "n'est pas en fonction",
            Unblocker.ORGANISM,
        ),
        step(
            "CONTRACT",
            convention.id,
            "Contrat de services",
            None if is_delegated else "n'est pas délégué",
            Unblocker.ORGANISM,
        ),
        step(
            "CONVENTION",
            convention.id,
            convention.number or "Convention",
            None if is_in_force else "n'est pas en vigueur",
            Unblocker.ORGANISM,
        ),
    ]


# as an agent


def of_agent(
    policy: Engine,
    subject: Subject,
    name: str,
    facts: Facts,
    permits: Sequence[RoleScope],
    organisms: Mapping[str, Organism],
) -> list[Steps]:
    """Each post, and whether its organism is the one that the act asks for."""
    throughs = [SCOPES[each.scope] for each in permits if each.scope in SCOPES]
    concerned = {facts.get(through.fact) for through in throughs}
    verbs = " et ".join(sorted({through.verb for through in throughs}))
    permitted = {role for each in permits for role in policy.descendants(each.role)}
    chains = []
    for post in subject.posts:
        if KIND_OF[post.role] != "agent":
            continue
        organism = organisms.get(post.organism)
        label = organism.name if organism else post.organism
        can_do = post.role in permitted
        is_concerned = post.organism in concerned
        steps = [
            step("USER", subject.user, name, None, Unblocker.NATIONAL),
            step(
                "POST",
                post.organism,
                f"{PROFILES[post.role]} de {label}",
                None if can_do else "ne comporte pas cet acte",
                Unblocker.NATIONAL,
            ),
            step(
                "ORGANISM",
                post.organism,
                label,
                None if is_concerned else f"{verbs} le partenaire",
                Unblocker.ORGANISM,
            ),
        ]
        chains.append(steps)
    return chains
