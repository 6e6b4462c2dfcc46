"""Performing an act: one transaction. The effect, its journal entry and its idempotency row commit together."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from graphql import GraphQLResolveInfo
from sqlalchemy.exc import IntegrityError

from persistence import journal
from persistence.records import Notice, Partner, Record, Refused, Rule, User
from persistence.register import Register, judged
from persistence.visibility import class_of

from . import sizes
from .acting import Act, ActInput, Doing
from .context import Context

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a payload shows: objects by response key, refusals, warnings, what else the act returns."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False


async def perform(name: str, doing: Doing, info: GraphQLResolveInfo[Any], given: ActInput) -> Outcome:
    """Run an act; a rule that is not met, or a row that may not be seen or changed, comes back as data."""
    for attempt in (1, 2):
        try:
            return await _attempt(name, doing, info, given)
        except Refused as refused:
            if attempt == 1 and given.idempotency_key is not None:
                continue  # the refusal may be of the same key's own effect, committed meanwhile: then it is replayed
            logger.info("refused %s %s in request %s", name, refused.rule.name, info.context.request_id)
            return Outcome(errors=(_under_input(refused.notice),))
        except IntegrityError as broken:
            if attempt == 1 and given.idempotency_key is not None:
                continue  # the same key may have just been served: then it is replayed
            return Outcome(errors=(Notice(judged(broken)),))
    raise AssertionError


async def _attempt(name: str, doing: Doing, info: GraphQLResolveInfo[Any], given: ActInput) -> Outcome:
    sizes.check(asdict(given))
    context: Context = info.context
    graph = context.graph
    async with graph.database.transaction() as session:
        driver = await graph.database.driver_of(session)
        subject = await graph.subject(context.identity, context.today, driver)
        caller = await session.get(User, subject.user) if subject.user else None
        permissions: tuple[str, ...] = doing.permissions  # type: ignore[attr-defined]
        register = Register(session, graph.database, context.today)
        expected = getattr(given, "expected_version", None)
        act = Act(name, permissions, context, register, subject, caller, expected)
        if permissions:
            _ = act.actor
        replayed = await _replayed(act, info, given)
        if replayed is not None:
            return replayed
        done = await doing(act, given)
        made, extra = done if isinstance(done, tuple) else (done, {})
        await _record(act, made, given)
        await act.resolve()
        answers = await context.payload(info, made.id, act.subject, session)
        return Outcome(answers=answers, warnings=tuple(map(_under_input, act.warnings)), extra=extra)


async def _record(act: Act, made: Record, given: ActInput) -> None:
    """The journal entry, the version, the timeline and the idempotency row: with the effect or not at all."""
    session = act.register.session
    if isinstance(made, Partner):
        act.partner = made
    matched = act.matched
    what = journal.Circumstances(
        actor_id=act.actor.id,
        acting_for=act.acting_for,
        source=act.context.source,
        act=act.name,
        request_id=act.context.request_id,
        policy_hash=act.context.graph.policy.policy_hash,
        matched_rule=f"{matched.role} {act.checked[2]} {matched.scope}" if matched and act.checked else "everyone",
        reason=given.reason,
    )
    entry = journal.entry(session, what, made.id, act.partner.id if act.partner else None, act.now, act.today)
    changed = {r for r in session.dirty if isinstance(r, Record) and session.is_modified(r)}
    for record in changed | {r for r in (act.target, made) if r is not None and r not in session.new}:
        record.version += 1
    if given.idempotency_key is not None:
        outcome = {"object": made.id, "checked": act.checked, "warnings": [w.rule.name for w in act.warnings]}
        act.register.remember(act.actor.id, act.name, given.idempotency_key, _digest(given), outcome, act.now)
    await act.register.close_first()
    await session.flush()
    session.add(entry)
    await session.flush()
    if act.partner is not None:
        await act.register.keep_timeline(act.partner)


async def _replayed(act: Act, info: GraphQLResolveInfo[Any], given: ActInput) -> Outcome | None:
    """The stored outcome of the same key and input, after judging the caller's rights as they are now."""
    if given.idempotency_key is None or act.caller is None:
        return None
    known = await act.register.replayed(act.caller.id, act.name, given.idempotency_key)
    if known is None:
        return None
    if known.digest != _digest(given):
        raise Refused(Rule.IDEMPOTENCY_CONFLICT, "idempotencyKey")
    if known.outcome["checked"]:
        record, target, needed = known.outcome["checked"]
        if record:
            await act.judge(class_of(record), target, (), needed)
        else:
            act.may_create(orjson.loads(target), needed)
    answers = await act.context.payload(info, known.outcome["object"], act.subject, act.register.session)
    warnings = tuple(Notice(Rule[name]) for name in known.outcome["warnings"])
    return Outcome(answers=answers, warnings=warnings, replayed=True)


def _digest(given: ActInput) -> str:
    """SHA-256 of the canonical input: the order of its keys does not count."""
    return hashlib.sha256(orjson.dumps(asdict(given), option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def _under_input(notice: Notice) -> Notice:
    return Notice(notice.rule, ("input", *notice.path) if notice.path else (), notice.detail)
