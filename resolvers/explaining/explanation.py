"""Why, why not, and when: what a person holds on a day, against each line of the policy, link by link.

The answer is enforcement's own: the same statement resolves what a user holds, the same engine decides. The links
only explain it. The asker's rights are always today's; `on` moves the facts and what the other person holds.
Today, what the state of the object forbids is told as `viewerCan` tells it; on another day, rights alone are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from authz import Permit, Subject, atoms
from authz.scopes import KIND_OF
from persistence.facts.inquiries import InquiryFacts
from persistence.records import Partner, Unblocker
from persistence.records.base import french
from persistence.types import folded
from resolvers.graph import Context, holder_of

from . import words
from .chains import Step, of_agent, of_manager, of_member
from .inquiries import Inquiry, inquiry_of

MOST_PATHS = 20
OF_ORGANISMS = {"agent", "resource_centre", "national"}
"""Kinds of holders who are counted by organism, not named."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a scope on one fact of the object."""

    fact: str
    expected: str
    met: bool


@dataclass(frozen=True, slots=True)
class PermitVerdict:
    """One line of the policy: whether the role is held that day, and the scope's conditions met."""

    role: str
    scope: str
    held: bool
    met: bool
    conditions: list[Condition]

    @property
    def label(self) -> str:
        return words.ROLES[self.role]


@dataclass(frozen=True, slots=True)
class Chain:
    """From the person to the organism; `broken` is the link to be mended first."""

    holds: bool
    steps: list[Step]
    broken: Step | None


@dataclass(frozen=True, slots=True)
class Explanation:
    allowed: bool
    on: date
    sentence: str
    chains: list[Chain]
    grounds: list[PermitVerdict]
    menders: list[str]


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who may, and by which line of the policy."""

    user_id: str
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class HolderOffice:
    """An organism some of whose agents may."""

    organism: str
    role: str
    count: int


@dataclass(frozen=True, slots=True)
class Holders:
    on: date
    sentence: str
    people: list[Holder]
    offices: list[HolderOffice]
    hidden: int


async def explain(
    context: Context, user_id: str, permission: str, object_id: str, on: date | None
) -> Explanation | None:
    """Whether this user may do this to this object that day, and why; None unless the asker reads both."""
    async with context.asking, context.graph.database.looking() as session:
        inquiry = await inquiry_of(context, session, permission, object_id, on)
        if inquiry is None:
            return None
        found = await inquiry.found(user_id)
    if user_id not in found.people:
        return None
    [subject] = map(holder_of, found.holders)
    file = found.file
    if file is not None and inquiry.on < file.registered_on:
        file = None  # no document speaks of that day
    links = file if inquiry.knows("Membership", user_id) else None
    told = inquiry.told(subject)
    chains = hide_unreadable(found, _chains(inquiry, told, found, links)[:MOST_PATHS])
    return _explained(inquiry, inquiry.allows(subject), told, found, chains)


def _explained(
    inquiry: Inquiry,
    permit: Permit | None,
    subject: Subject,
    found: InquiryFacts,
    chains: list[Chain],
) -> Explanation:
    grounds = [_ground(inquiry, subject, rule) for rule in inquiry.permits]
    done, name = (
        words.doing(inquiry.type_, inquiry.action, found.called),
        found.people[subject.user].full_name,
    )
    day = french(inquiry.on)
    administering = found.organisms.get(inquiry.administering)
    menders: list[str] = []
    bar = inquiry.bar(permit, found) if permit is not None else None
    if bar is not None:
        menders = words.lifters(bar, administering)
        sentence = f"Le {day}, {name} ne peut pas {done}. {bar.sentence}"
    elif permit is not None:
        best = next((c for c in chains if c.holds), None)
        why = words.because(permit, best.steps if best else None, administering)
        sentence = f"Le {day}, {name} peut {done} : {why}."
    else:
        chains = [chain for chain in chains if not chain.holds]
        broken = next((c.broken for c in chains if c.broken is not None), None)
        why = words.why_not(
            inquiry.type_, broken, grounds, inquiry.facts, administering
        )
        # without a group, nothing is broken: one is to be found by whom manages the users
        grouped = not subject.posts and {"member", "machine"} & {
            KIND_OF[rule.role] for rule in inquiry.permits
        }
        missing = Unblocker.USERS_MANAGER if grouped else Unblocker.ORGANISM
        menders = words.menders(broken, inquiry.facts, administering, missing)
        sentence = f"Le {day}, {name} ne peut pas {done} : {why}."
    allowed = permit is not None and bar is None
    return Explanation(allowed, inquiry.on, sentence, chains, grounds, menders)


def _chains(
    inquiry: Inquiry, subject: Subject, found: InquiryFacts, file: Partner | None
) -> list[Chain]:
    """The links of each way that the policy knows for this act: by a group, as a manager, as an agent."""
    kinds = {KIND_OF[rule.role] for rule in inquiry.permits}
    name, administering = (
        found.people[subject.user].full_name,
        found.organisms.get(inquiry.administering),
    )
    made: list[Sequence[Step]] = []
    if file is not None and kinds & {"member", "machine"}:
        roles = {rule.role for rule in inquiry.permits}
        made += of_member(
            inquiry.context.graph.policy,
            file,
            subject.user,
            inquiry.facts,
            roles,
            inquiry.on,
            administering,
        )
    if file is not None and "administrator" in kinds:
        made += of_manager(file, subject.user, name, inquiry.on, administering)
    if "agent" in kinds:
        permits = [rule for rule in inquiry.permits if KIND_OF[rule.role] == "agent"]
        made += of_agent(
            inquiry.context.graph.policy,
            subject,
            name,
            inquiry.facts,
            permits,
            found.organisms,
        )
    chains = [
        Chain(all(s.broken is None for s in c), list(c), words.to_mend(c)) for c in made
    ]
    return sorted(
        chains,
        key=lambda chain: (
            not chain.holds,
            sum(step.broken is not None for step in chain.steps),
        ),
    )


def hide_unreadable(found: InquiryFacts, chains: Sequence[Chain]) -> list[Chain]:
    """The chains without the names and ids of what the asker does not read."""
    read = found.readable | found.people.keys()

    def veiled(step: Step) -> Step:
        hidden = (
            step.kind in words.UNTOLD
            and step.object_id is not None
            and step.object_id not in read
        )
        return (
            step._replace(object_id=None, label=words.UNTOLD[step.kind])
            if hidden
            else step
        )

    told = [list(map(veiled, chain.steps)) for chain in chains]
    return [
        Chain(chain.holds, steps, words.to_mend(steps))
        for chain, steps in zip(chains, told, strict=True)
    ]


def _ground(inquiry: Inquiry, subject: Subject, rule: Permit) -> PermitVerdict:
    policy = inquiry.context.graph.policy
    held = not policy.descendants(rule.role).isdisjoint(subject.roles)
    values = partial(policy.values, subject, role=rule.role)
    conditions = [
        Condition(
            words.FACTS[atom.fact],
            words.expected(atom),
            atom.admits(inquiry.facts.get(atom.fact), values),
        )
        for atom in atoms(rule.scope, inquiry.type_)
    ]
    return PermitVerdict(
        rule.role, rule.scope, held, held and all(c.met for c in conditions), conditions
    )


async def who_can(
    context: Context, permission: str, object_id: str, on: date | None
) -> Holders | None:
    """Who may do this to this object that day: people that the asker reads, agents counted by organism."""
    async with context.asking, context.graph.database.looking() as session:
        inquiry = await inquiry_of(context, session, permission, object_id, on)
        if inquiry is None:
            return None
        found = await inquiry.found()
    permits = (
        (subject, inquiry.allows(subject)) for subject in map(holder_of, found.holders)
    )
    allowed = [
        (subject, permit)
        for subject, permit in permits
        if permit and inquiry.bar(permit, found) is None
    ]
    themselves = {
        s.user: permit
        for s, permit in allowed
        if KIND_OF[permit.role] not in OF_ORGANISMS
    }
    read = {id_: user for id_, user in found.people.items() if id_ in themselves}
    people = [
        Holder(id_, user.full_name, words.ROLES[themselves[id_].role])
        for id_, user in read.items()
    ]
    people.sort(key=lambda holder: (folded(holder.name), holder.user_id))
    offices = Counter(
        (organism, permit.role)
        for subject, permit in allowed
        if subject.user not in themselves
        for organism in _offices(inquiry, subject, permit)
    )
    named = found.organisms
    counted = [
        HolderOffice(named[one].name, words.ROLES[role], count)
        for (one, role), count in sorted(offices.items())
    ]
    done = words.doing(inquiry.type_, inquiry.action, found.called)
    sentence = f"Le {french(inquiry.on)}, {words.people(len(allowed))} {done}."
    return Holders(inquiry.on, sentence, people, counted, len(themselves) - len(people))


def _offices(inquiry: Inquiry, subject: Subject, permit: Permit) -> list[str]:
    """The posts by which this subject may."""
    policy = inquiry.context.graph.policy
    through = [
        p.organism for p in subject.posts if p.role in policy.descendants(permit.role)
    ]
    named = {
        inquiry.facts.get(atom.fact) for atom in atoms(permit.scope, inquiry.type_)
    }
    return list(dict.fromkeys(o for o in through if o in named)) or through[:1]
