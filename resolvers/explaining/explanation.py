"""Why, why not, and when: what a person holds, against each line of the policy.

The answer is enforcement's own: the same statement reads what a user holds, the same
engine decides. The chains only explain it. The asker's rights are always today's; `on`
moves the facts and what the other person holds. On the day itself, the answer also says
what the state of the object forbids, as `viewerCan` does; on another day, only rights.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from authz import RoleScope, Subject, conditions_of
from authz.scopes import KIND_OF
from persistence.facts.inquiries import InquiryFacts
from persistence.records import Partner, Unblocker
from persistence.records.base import french
from resolvers.context import Context
from resolvers.subjects import holder_of

from . import sentences, words
from .answers import (
    Explanation,
    ExplanationChain,
    ExplanationCondition,
    ExplanationStep,
    PermitVerdict,
)
from .chains import (
    MemberChains,
    Steps,
    administering_step,
    chain_of,
    of_agent,
    of_manager,
)
from .inquiries import Inquiry, inquiry_of

MOST_PATHS = 20
MEMBERS = {"member", "machine"}
"""The kinds of roles that a group gives."""


async def explain(
    context: Context, user_id: str, permission: str, object_id: str, on: date | None
) -> Explanation | None:
    """Whether this user may do this to this object that day, and why.

    None unless the asker reads both.
    """
    async with context.asking, context.graph.database.looking() as session:
        inquiry = await inquiry_of(context, session, permission, object_id, on)
        if inquiry is None:
            return None
        findings = await inquiry.findings(user_id)
    if user_id not in findings.people:
        return None
    [subject] = map(holder_of, findings.holders)
    visible = inquiry.visible_holdings(subject)
    chains = _chains(inquiry, visible, findings)[:MOST_PATHS]
    chains = hide_unreadable(findings, chains)
    return _explanation(inquiry, inquiry.allows(subject), visible, findings, chains)


def _explanation(
    inquiry: Inquiry,
    permit: RoleScope | None,
    subject: Subject,
    findings: InquiryFacts,
    chains: list[ExplanationChain],
) -> Explanation:
    verdicts = [_verdict(inquiry, subject, each) for each in inquiry.permits]
    act = words.doing(inquiry.type_, inquiry.action, findings.called)
    name = findings.people[subject.user].full_name
    start = f"Le {french(inquiry.on)}, {name}"
    administering = findings.organisms.get(inquiry.administering)
    menders: list[str] = []
    bar = inquiry.bar(permit, findings) if permit is not None else None
    if bar is not None:
        menders = sentences.lifters(bar, administering)
        sentence = f"{start} ne peut pas {act}. {bar.sentence}"
    elif permit is not None:
        steps = next((chain.steps for chain in chains if chain.holds), [])
        why = sentences.because(permit, steps, administering)
        sentence = f"{start} peut {act} : {why}."
    else:
        chains = [chain for chain in chains if not chain.holds]
        broken = next((c.broken for c in chains if c.broken is not None), None)
        why = sentences.why_not(
            inquiry.type_, broken, verdicts, inquiry.facts, administering
        )
        mender = _first_mender(inquiry, subject) if broken is None else broken.mender
        menders = sentences.menders(mender, inquiry.facts, administering)
        sentence = f"{start} ne peut pas {act} : {why}."
    return Explanation(
        allowed=permit is not None and bar is None,
        on=inquiry.on,
        sentence=sentence,
        chains=chains,
        grounds=verdicts,
        menders=menders,
    )


def _first_mender(inquiry: Inquiry, subject: Subject) -> Unblocker:
    """Who can act where no link is broken.

    In no group, so no link is broken: whoever manages the users can add the person to
    one.
    """
    kinds = {KIND_OF[permit.role] for permit in inquiry.permits}
    if not subject.posts and kinds & MEMBERS:
        return Unblocker.USERS_MANAGER
    return Unblocker.ORGANISM


def _verdict(inquiry: Inquiry, subject: Subject, permit: RoleScope) -> PermitVerdict:
    """What a line of the policy answers for this subject."""
    policy = inquiry.context.graph.policy
    has_role = not policy.descendants(permit.role).isdisjoint(subject.roles)
    values = partial(policy.values, subject, role=permit.role)
    conditions = []
    for condition in conditions_of(permit.scope, inquiry.type_):
        fact = inquiry.facts.get(condition.fact)
        verdict = ExplanationCondition(
            fact=words.FACTS[condition.fact],
            expected=sentences.expected(condition),
            met=condition.admits(fact, values),
        )
        conditions.append(verdict)
    return PermitVerdict(
        role=permit.role,
        label=words.ROLES[permit.role],
        scope=permit.scope,
        has_role=has_role,
        met=has_role and all(condition.met for condition in conditions),
        conditions=conditions,
    )


# the chains


def _chains(
    inquiry: Inquiry, subject: Subject, findings: InquiryFacts
) -> list[ExplanationChain]:
    """By a group, as a manager, as an agent: those that the policy has for this act.

    The chain that holds is first, then those with the fewest broken links.
    """
    file = _readable_file(inquiry, subject, findings)
    lists = [] if file is None else _of_partner(inquiry, subject, findings, file)
    permits = [each for each in inquiry.permits if KIND_OF[each.role] == "agent"]
    if permits:
        name = findings.people[subject.user].full_name
        policy = inquiry.context.graph.policy
        lists += of_agent(
            policy, subject, name, inquiry.facts, permits, findings.organisms
        )
    chains = list(map(chain_of, lists))
    return sorted(chains, key=_distance)


def _of_partner(
    inquiry: Inquiry, subject: Subject, findings: InquiryFacts, file: Partner
) -> list[Steps]:
    """By a group and as a manager, up to the organism that administers the partner."""
    roles = {permit.role for permit in inquiry.permits}
    kinds = {KIND_OF[role] for role in roles}
    lists: list[Steps] = []
    if kinds & MEMBERS:
        policy = inquiry.context.graph.policy
        facts, day = inquiry.facts, inquiry.on
        lists += MemberChains(policy, file, subject.user, facts, roles, day).all()
    if "administrator" in kinds:
        name = findings.people[subject.user].full_name
        lists += of_manager(file, subject.user, name, inquiry.on)
    last = administering_step(findings.organisms.get(inquiry.administering))
    return [[*steps, last] for steps in lists]


def _readable_file(
    inquiry: Inquiry, subject: Subject, findings: InquiryFacts
) -> Partner | None:
    """The file, if the asker reads the memberships, and if it speaks of that day."""
    file = findings.file
    if file is None or inquiry.on < file.registered_on:
        return None
    return file if inquiry.knows("Membership", subject.user) else None


def _distance(chain: ExplanationChain) -> tuple[bool, int]:
    broken = sum(step.broken is not None for step in chain.steps)
    return not chain.holds, broken


def hide_unreadable(
    findings: InquiryFacts, chains: Sequence[ExplanationChain]
) -> list[ExplanationChain]:
    """The chains without the names and ids of what the asker does not read."""
    readable = findings.readable | findings.people.keys()

    def hide(step: ExplanationStep) -> ExplanationStep:
        is_public = step.kind not in words.ANONYMOUS or step.object_id is None
        if is_public or step.object_id in readable:
            return step
        return replace(step, object_id=None, label=words.ANONYMOUS[step.kind])

    return [chain_of([hide(step) for step in chain.steps]) for chain in chains]
