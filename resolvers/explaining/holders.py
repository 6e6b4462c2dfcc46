"""Who may do this to this object, that day: people by name, agents by organism."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

from strawberry import ID

from authz import RoleScope, Subject, conditions_of
from authz.scopes import KIND_OF
from persistence.facts.inquiries import InquiryFacts
from persistence.records.base import french
from persistence.types import folded
from resolvers.context import Context
from resolvers.subjects import holder_of

from . import sentences, words
from .answers import Holder, HolderOffice, Holders
from .inquiries import Inquiry, inquiry_of

OF_ORGANISMS = {"agent", "resource_centre", "national"}
"""Kinds of holders who are counted by organism, not named."""

SubjectPermit: TypeAlias = tuple[Subject, RoleScope]
"""Who may, and by which line of the policy."""


async def who_can(
    context: Context, permission: str, object_id: str, on: date | None
) -> Holders | None:
    """Who may; of the people, those whom the asker reads. None without the object."""
    async with context.asking, context.graph.database.looking() as session:
        inquiry = await inquiry_of(context, session, permission, object_id, on)
        if inquiry is None:
            return None
        findings = await inquiry.findings()
    pairs = _who_may(inquiry, findings)
    by_name = {
        subject.user: permit
        for subject, permit in pairs
        if KIND_OF[permit.role] not in OF_ORGANISMS
    }
    agents = [pair for pair in pairs if pair[0].user not in by_name]
    people = _people(findings, by_name)
    act = words.doing(inquiry.type_, inquiry.action, findings.called)
    count = sentences.how_many_can(len(pairs))
    return Holders(
        on=inquiry.on,
        sentence=f"Le {french(inquiry.on)}, {count} {act}.",
        people=people,
        offices=_offices(inquiry, findings, agents),
        hidden=len(by_name) - len(people),
    )


def _who_may(inquiry: Inquiry, findings: InquiryFacts) -> list[SubjectPermit]:
    """By their rights, and by the state of the object."""
    pairs = []
    for row in findings.holders:
        subject = holder_of(row)
        permit = inquiry.allows(subject)
        if permit and inquiry.bar(permit, findings) is None:
            pairs.append((subject, permit))
    return pairs


def _people(findings: InquiryFacts, by_name: Mapping[str, RoleScope]) -> list[Holder]:
    """Those whom the asker reads, by name."""
    people = []
    for user_id, user in findings.people.items():
        if user_id in by_name:
            role = words.ROLES[by_name[user_id].role]
            people.append(Holder(user_id=ID(user_id), name=user.full_name, by=role))
    return sorted(people, key=lambda holder: (folded(holder.name), holder.user_id))


def _offices(
    inquiry: Inquiry, findings: InquiryFacts, agents: Sequence[SubjectPermit]
) -> list[HolderOffice]:
    """How many agents each organism has, by role."""
    counts: Counter[tuple[str, str]] = Counter()
    for subject, permit in agents:
        for organism_id in _organisms(inquiry, subject, permit):
            counts[organism_id, permit.role] += 1
    offices = []
    for (organism_id, role), count in sorted(counts.items()):
        name = findings.organisms[organism_id].name
        office = HolderOffice(organism=name, role=words.ROLES[role], count=count)
        offices.append(office)
    return offices


def _organisms(inquiry: Inquiry, subject: Subject, permit: RoleScope) -> list[str]:
    """The organisms of the posts by which this subject may, each once.

    Where none of them is one that the object names, the first post counts.
    """
    roles = inquiry.context.graph.policy.descendants(permit.role)
    posts = [post.organism for post in subject.posts if post.role in roles]
    conditions = conditions_of(permit.scope, inquiry.type_)
    concerned = {inquiry.facts.get(condition.fact) for condition in conditions}
    organisms = [organism for organism in posts if organism in concerned]
    return list(dict.fromkeys(organisms)) or posts[:1]
