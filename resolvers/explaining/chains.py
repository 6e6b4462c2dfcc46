"""The links between a person and a right, for each kind of holder, as the documents say them on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from authz import Engine, Permit, Subject
from authz.scopes import KIND_OF
from persistence.facts.inquiries import Facts
from persistence.records import (
    Membership,
    Mode,
    Organism,
    Partner,
    ServiceAccess,
    Unblocker,
    UserKind,
    paths,
)

from .words import PROFILES, SCOPES


class Step(NamedTuple):
    """One link: what it is, the object, what breaks it, who mends it."""

    kind: str
    object_id: str | None
    label: str
    broken: str | None
    mender: Unblocker


def of_member(
    policy: Engine,
    partner: Partner,
    user_id: str,
    facts: Facts,
    roles: set[str],
    on: date,
    administering: Organism | None,
) -> list[Sequence[Step]]:
    """Each inclusion in a group of the service that the object is of, up to the organism."""
    place = (facts.get("partner_service_establishment") or "").rpartition("|")[2]
    service = (
        facts.get("partner_service_establishment")
        or facts.get("partner_service")
        or "||"
    ).split("|")[1]

    theirs = {a.id: a.user for a in partner.affiliations if a.user.id == user_id}
    kind = (
        "machine"
        if any(u.kind is UserKind.MACHINE for u in theirs.values())
        else "member"
    )

    def concerns(access: ServiceAccess, member: Membership) -> bool:
        return member.affiliation_id in theirs and (
            not service or access.service.id == service
        )

    found: list[Sequence[Step]] = []
    in_force = partner.span_on(on).convention_id
    for path in paths(partner, on, concerns):
        if in_force not in (None, path.links[-1].object_id):
            continue  # nobody opens a convention again that another one has replaced: there is a group to find there
        if (
            place
            and path.right is not None
            and path.right.establishment_id not in ("", place)
        ):
            continue
        steps = [Step(*link) for link in path.links]
        profile = path.group.role and f"{kind}_{path.group.role.profile.lower()}"
        if profile and not any(
            profile in policy.descendants(role)
            for role in roles
            if KIND_OF[role] == kind
        ):
            role = next(i for i, step in enumerate(steps) if step.kind == "ROLE")
            steps[role] = steps[role]._replace(
                broken="ne comporte pas cet acte", mender=Unblocker.USERS_MANAGER
            )
        if facts.get("group") and path.group.id != facts.get("group"):
            continue
        if place and path.right is not None and not path.right.establishment_id:
            why = "n'est pas dans la portée du bulletin"
            where = next(
                (e.name for e in partner.establishments if e.id == place),
                "Établissement",
            )
            steps = [
                s._replace(label=where, object_id=place, broken=why)
                if s.kind == "ESTABLISHMENT"
                else s
                for s in steps
            ]
        found.append([*steps, _administering(administering)])
    return found


def of_manager(
    partner: Partner, user_id: str, name: str, on: date, administering: Organism | None
) -> list[Sequence[Step]]:
    """Each appointment as a manager of the partner's users."""
    span = partner.span_on(on) if on >= partner.registered_on else None
    found: list[Sequence[Step]] = []
    for convention in partner.conventions:
        for manager in convention.contract.managers:
            if manager.affiliation.user.id != user_id:
                continue
            acts = manager in convention.contract.managers_on(on)
            in_force = span is not None and span.convention_id == convention.id
            delegated = convention.contract.mode is Mode.DELEGATED
            found.append(
                [
                    Step("USER", user_id, name, None, Unblocker.USERS_MANAGER),
                    Step(
                        "MANAGER",
                        manager.id,
                        "Gestionnaire des habilitations",
                        None if acts else "n'est pas en fonction",
                        Unblocker.ORGANISM,
                    ),
                    Step(
                        "CONTRACT",
                        convention.id,
                        "Contrat de services",
                        None if delegated else "n'est pas délégué",
                        Unblocker.ORGANISM,
                    ),
                    Step(
                        "CONVENTION",
                        convention.id,
                        convention.number or "Convention",
                        None if in_force else "n'est pas en vigueur",
                        Unblocker.ORGANISM,
                    ),
                    _administering(administering),
                ]
            )
    return found


def of_agent(
    policy: Engine,
    subject: Subject,
    name: str,
    facts: Facts,
    permits: Sequence[Permit],
    organisms: Mapping[str, Organism],
) -> list[Sequence[Step]]:
    """Each post, and whether its organism is the one that the act asks for."""
    found: list[Sequence[Step]] = []
    scopes = {permit.scope for permit in permits if permit.scope in SCOPES}
    asked = {facts.get(SCOPES[scope].fact) for scope in scopes}
    away = " et ".join(sorted({SCOPES[scope].verb for scope in scopes}))
    for post in subject.posts:
        if KIND_OF[post.role] != "agent":
            continue
        organism = organisms.get(post.organism)
        label = organism.name if organism else post.organism
        able = any(post.role in policy.descendants(permit.role) for permit in permits)
        found.append(
            [
                Step("USER", subject.user, name, None, Unblocker.NATIONAL),
                Step(
                    "POST",
                    post.organism,
                    f"{PROFILES[post.role]} de {label}",
                    None if able else "ne comporte pas cet acte",
                    Unblocker.NATIONAL,
                ),
                Step(
                    "ORGANISM",
                    post.organism,
                    label,
                    None if post.organism in asked else f"{away} le partenaire",
                    Unblocker.ORGANISM,
                ),
            ]
        )
    return found


def _administering(organism: Organism | None) -> Step:
    if organism is None:
        return Step("ORGANISM", None, "Organisme", None, Unblocker.ORGANISM)
    return Step("ORGANISM", organism.id, organism.name, None, Unblocker.ORGANISM)
