"""Why, why not, and when: what a person holds on a day, against each line of the policy, link by link.

The answer is enforcement's own: the same statement resolves what a user holds, the same engine decides. The links
only explain it. The asker's rights are always today's; `on` moves the facts and what the other person holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from authz import Permit, Subject, atoms
from authz.scopes import KIND_OF
from persistence.facts import candidates, partner_file
from persistence.records import Mender, Organism, Partner, User
from persistence.records.base import folded, french
from persistence.visibility import GUARDED, class_of

from . import words
from .context import Context
from .inquiries import Inquiry, inquiry_of
from .links import Step, of_agent, of_manager, of_member
from .plans import prefix_of

MOST_PATHS = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a scope on one fact of the object."""

    fact: str
    expected: str
    met: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """One line of the policy: whether the role is held that day, and the scope's conditions met."""

    role: str
    scope: str
    held: bool
    met: bool
    conditions: list[Condition]


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
    grounds: list[Ground]
    menders: list[str]


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who may, and by which line of the policy."""

    user_id: str
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Office:
    """An organism some of whose agents may."""

    organism: str
    role: str
    count: int


@dataclass(frozen=True, slots=True)
class Holders:
    on: date
    sentence: str
    people: list[Holder]
    offices: list[Office]
    hidden: int


async def explain(
    context: Context, user_id: str, permission: str, object_id: str, on: date | None
) -> Explanation | None:
    """Whether this user may do this to this object that day, and why; None unless the asker reads both."""
    async with context.asking, context.graph.database.looking() as session:
        inquiry = await inquiry_of(context, session, permission, object_id, on)
        if inquiry is None or not await inquiry.reads(User, user_id):
            return None
        subject = (await inquiry.holders([user_id])).get(user_id) or Subject(user_id)
        name = (await session.get_one(User, user_id)).full_name
        file = await partner_file(session, inquiry.home)
        if file is not None and inquiry.on < file.registered_on:
            file = None  # no document speaks of that day
        links = file if await inquiry.knows("Membership", user_id) else None
        told = await inquiry.told(subject)
        chains = _chains(inquiry, told, name, links, organisms := await _organisms(inquiry, told))
        chains = await _told(inquiry, chains[:MOST_PATHS])
        return _explained(inquiry, inquiry.allows(subject), told, name, file, chains, organisms)


def _explained(
    inquiry: Inquiry,
    permit: Permit | None,
    subject: Subject,
    name: str,
    file: Partner | None,
    chains: list[Chain],
    organisms: Mapping[str, Organism],
) -> Explanation:
    grounds = [_ground(inquiry, subject, rule) for rule in inquiry.permits]
    done = words.doing(inquiry.type_, inquiry.action, _called(inquiry, file))
    day = french(inquiry.on)
    administering = organisms.get(inquiry.administering)
    menders: list[str] = []
    if permit is not None:
        best = next((c for c in chains if c.holds), None)
        why = words.because(permit, best.steps if best else None, administering)
        sentence = f"Le {day}, {name} peut {done} : {why}."
    else:
        chains = [chain for chain in chains if not chain.holds]
        broken = next((c.broken for c in chains if c.broken is not None), None)
        why = words.why_not(inquiry.type_, broken, grounds, inquiry.facts, administering)
        # without a group, nothing is broken: one is to be found by whom manages the users
        grouped = not subject.posts and {"member", "machine"} & {KIND_OF[rule.role] for rule in inquiry.permits}
        missing = Mender.USERS_MANAGER if grouped else Mender.ORGANISM
        menders = words.menders(broken, inquiry.facts, administering, missing)
        sentence = f"Le {day}, {name} ne peut pas {done} : {why}."
    return Explanation(permit is not None, inquiry.on, sentence, chains, grounds, menders)


def _chains(
    inquiry: Inquiry, subject: Subject, name: str, file: Partner | None, organisms: Mapping[str, Organism]
) -> list[Chain]:
    """The links of each way that the policy knows for this act: by a group, as a manager, as an agent."""
    kinds = {KIND_OF[rule.role] for rule in inquiry.permits}
    administering = organisms.get(inquiry.administering)
    made: list[Sequence[Step]] = []
    if file is not None and kinds & {"member", "machine"}:
        roles = {rule.role for rule in inquiry.permits}
        made += of_member(
            inquiry.context.graph.policy, file, subject.user, inquiry.facts, roles, inquiry.on, administering
        )
    if file is not None and "administrator" in kinds:
        made += of_manager(file, subject.user, name, inquiry.on, administering)
    if "agent" in kinds:
        permits = [rule for rule in inquiry.permits if KIND_OF[rule.role] == "agent"]
        made += of_agent(inquiry.context.graph.policy, subject, name, inquiry.facts, permits, organisms)
    chains = [Chain(all(s.broken is None for s in c), list(c), words.to_mend(c)) for c in made]
    return sorted(chains, key=lambda chain: (not chain.holds, sum(step.broken is not None for step in chain.steps)))


async def _told(inquiry: Inquiry, chains: Sequence[Chain]) -> list[Chain]:
    """The chains without the names and ids of what the asker does not read."""
    types, hidden = inquiry.context.graph.types, set()
    for one in {step.object_id for chain in chains for step in chain.steps if step.object_id}:
        kind = types.by_prefix.get(prefix_of(one, types.prefixes))
        record = types.records.get(kind.name) if kind else None
        if record in GUARDED and not await inquiry.reads(class_of(record), one):
            hidden.add(one)

    def veiled(step: Step) -> Step:
        return step._replace(object_id=None, label=words.UNTOLD[step.kind]) if step.object_id in hidden else step

    told = [list(map(veiled, chain.steps)) for chain in chains]
    return [Chain(chain.holds, steps, words.to_mend(steps)) for chain, steps in zip(chains, told, strict=True)]


def _ground(inquiry: Inquiry, subject: Subject, rule: Permit) -> Ground:
    policy = inquiry.context.graph.policy
    held = not policy.descendants(rule.role).isdisjoint(subject.roles)
    values = partial(policy.values, subject, role=rule.role)
    conditions = [
        Condition(words.FACTS[atom.fact], words.expected(atom), atom.admits(inquiry.facts.get(atom.fact), values))
        for atom in atoms(rule.scope, inquiry.type_)
    ]
    return Ground(rule.role, rule.scope, held, held and all(c.met for c in conditions), conditions)


def _called(inquiry: Inquiry, file: Partner | None) -> str:
    """What the object is about, in a word."""
    if file is None:
        return ""
    return next((e.name for e in file.establishments if e.id == inquiry.object_id), file.name)


async def _organisms(inquiry: Inquiry, subject: Subject) -> Mapping[str, Organism]:
    named = {inquiry.administering, *(post.organism for post in subject.posts)} - {""}
    found = [await inquiry.session.get(Organism, one) for one in sorted(named)]
    return {organism.id: organism for organism in found if organism is not None}


async def who_can(context: Context, permission: str, object_id: str, on: date | None) -> Holders | None:
    """Who may do this to this object that day: people that the asker reads, agents counted by organism."""
    async with context.asking, context.graph.database.looking() as session:
        inquiry = await inquiry_of(context, session, permission, object_id, on)
        if inquiry is None:
            return None
        holders = await inquiry.holders(await candidates(session, inquiry.facts, inquiry.on))
        allowed = [(s, permit) for s in holders.values() if (permit := inquiry.allows(s)) is not None]
        people: list[Holder] = []
        offices: dict[tuple[str, str], int] = {}
        hidden = 0
        for subject, permit in allowed:
            if KIND_OF[permit.role] in {"agent", "resource_centre", "national"}:
                for organism in _offices(inquiry, subject, permit):
                    offices[organism, permit.role] = offices.get((organism, permit.role), 0) + 1
            elif await inquiry.reads(User, subject.user):
                user = await session.get_one(User, subject.user)
                people.append(Holder(user.id, user.full_name, words.ROLES[permit.role]))
            else:
                hidden += 1
        people.sort(key=lambda holder: (folded(holder.name), holder.user_id))
        file = await partner_file(session, inquiry.home)
        done = words.doing(inquiry.type_, inquiry.action, _called(inquiry, file))
        counted = [
            Office((await session.get_one(Organism, organism)).name, words.ROLES[role], count)
            for (organism, role), count in sorted(offices.items())
        ]
        sentence = f"Le {french(inquiry.on)}, {words.people(len(allowed))} {done}."
        return Holders(inquiry.on, sentence, people, counted, hidden)


def _offices(inquiry: Inquiry, subject: Subject, permit: Permit) -> list[str]:
    """The posts by which this subject may."""
    policy = inquiry.context.graph.policy
    through = [p.organism for p in subject.posts if p.role in policy.descendants(permit.role)]
    named = {inquiry.facts.get(atom.fact) for atom in atoms(permit.scope, inquiry.type_)}
    return list(dict.fromkeys(o for o in through if o in named)) or through[:1]
