"""Performing an act: one transaction. The effect, its journal entry and its idempotency row commit together."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from graphql import GraphQLResolveInfo
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from persistence import journal, replays
from persistence.facts.contacts import contacts
from persistence.parts import in_parts
from persistence.records import (
    Idempotency,
    JournalEntry,
    Notice,
    Partner,
    Record,
    Refused,
    Rule,
)
from persistence.register import Register, raise_version, rule_of_constraint
from resolvers import blanks, limits
from resolvers.graph import NOBODY, Context, subject_of

from .act import Act
from .act_types import Done, Loads
from .impact import impact
from .inputs import ActInput, PreviewInput
from .permission import Doing
from .refusal_paths import as_graph_notice

logger = logging.getLogger(__name__)
SECRETS = {"invitation", "nir"}
"""What an act tells once: it is not kept for a replay."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a payload shows: objects by response key, refusals, warnings, what else the act returns."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    replayed: bool = False


class DryRunDone(Exception):
    """A dry run has come to its end: its outcome is told, and nothing of it is kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def perform(
    name: str, doing: Doing, info: GraphQLResolveInfo[Any], input: ActInput
) -> Outcome:
    """Run an act; a rule that is not met, or a row that may not be seen or changed, comes back as data."""
    for attempt in (1, 2):
        try:
            return await _attempt(name, doing, info, input)
        except DryRunDone as tried:
            return tried.outcome
        except Refused as refused:
            if attempt == 1 and input.idempotency_key is not None:
                continue  # the refusal may be of the same key's own effect, committed meanwhile: then it is replayed
            logger.info(
                "refused %s %s in request %s",
                name,
                refused.rule.name,
                info.context.request_id,
            )
            return Outcome(
                errors=(
                    await with_contact(as_graph_notice(refused.notice), info.context),
                )
            )
        except IntegrityError as broken:
            if attempt == 1 and input.idempotency_key is not None:
                continue  # the same key may have just been served: then it is replayed
            return Outcome(
                errors=(
                    await with_contact(
                        Notice(rule_of_constraint(broken)), info.context
                    ),
                )
            )
    raise AssertionError


async def with_contact(notice: Notice, context: Context) -> Notice:
    """R60: the way to one's resource centre, on a refusal that one may not be able to mend alone."""
    if not notice.rule.needs_help:
        return notice
    graph = context.graph
    async with graph.database.looking() as session:
        subject = await graph.subject(
            context.identity, context.today, await graph.database.driver_of(session)
        )
        found = await contacts(session, subject.user, context.today)
        told = " ; ".join(
            f"{o.name} ({o.contact})" if o.contact else o.name for o in found
        )
    return replace(notice, contact=told or None)


async def _attempt(
    name: str, doing: Doing, info: GraphQLResolveInfo[Any], input: ActInput
) -> Outcome:
    blanks.require_key(input.idempotency_key)
    blanks.leave_out_blanks(input)
    limits.check(input)
    context: Context = info.context
    async with context.graph.database.transaction() as session:
        act = await start_act(
            name, doing, context, session, getattr(input, "expected_version", None)
        )
        if isinstance(input, PreviewInput):
            act.dry_run, act.effect_on = input.dry_run, input.effect_on(act.today)
        call = _call(act, input)
        former = (
            await replays.claim(session, context.graph.vault, call) if call else None
        )
        if call and former:
            return await _replayed(act, info, call, former)
        done = _done(await doing(act, input))
        if call is None and (
            call := _call(act, input)
        ):  # the act itself has made its caller known
            session.add(call.row(context.graph.vault))
        after = act.standing()
        await _record(act, done, input, call)
        values = done.values
        if (
            act.partner is not None
            and act.effect_on is not None
            and act.before is not None
            and after is not None
        ):
            names = act.timeline.names if act.timeline else {}
            values = {
                **values,
                "impact": await impact(
                    act.register, act.partner, act.effect_on, act.before, after, names
                ),
            }
        answers = await context.payload(info, _shown(done), act.subject, session)
        told = (
            tuple(map(as_graph_notice, act.errors)),
            tuple(map(as_graph_notice, act.warnings)),
        )
        outcome = Outcome(answers, *told, extra=values)
        if act.dry_run:
            raise DryRunDone(outcome)
        return outcome


def _done(result: Record | Sequence[Record] | Done) -> Done:
    """What an act returns: its record, its records, or all that it has to say."""
    if isinstance(result, Done):
        return result
    return Done([result]) if isinstance(result, Record) else Done(result)


def _shown(done: Done) -> list[str]:
    """The ids of the rows that the payload shows."""
    return [*(record.id for record in done.objects), *done.also_ids]


async def start_act(
    name: str,
    doing: Doing,
    context: Context,
    session: AsyncSession,
    expected: int | None = None,
) -> Act:
    """The act, with its caller as they are now."""
    register = Register(session, context.graph.database, context.today)
    holdings, caller = await register.begin(
        context.identity, context.graph.holdings(NOBODY, context)
    )
    permissions: tuple[str, ...] = doing.permissions  # type: ignore[attr-defined]
    loads: Loads = doing.loads  # type: ignore[attr-defined]
    act = Act(
        name,
        permissions,
        loads,
        context,
        register,
        subject_of(holdings),
        caller,
        expected,
    )
    if permissions:
        _ = act.actor
    return act


async def perform_internally(
    name: str,
    doing: Doing,
    context: Context,
    input: Any,  # noqa: ANN401 what the act takes
) -> Any:  # noqa: ANN401 what the act makes
    """An act that another door of the process brings: the same transaction, rights and journal, and no payload.

    Raises `Refused`. An act that changes nothing writes nothing.
    """
    async with context.graph.database.transaction() as session:
        act = await start_act(name, doing, context, session)
        done: Any = await doing(act, input)
        if not isinstance(done, Record | Done):
            return done
        done = _done(done)
        if done.is_change:
            await _record(act, done, ActInput(), None)
        return done.objects[0]


async def _record(
    act: Act, done: Done, input: ActInput, call: replays.Call | None
) -> None:
    """The journal entry, the version, the timeline and the idempotency row: with the effect or not at all."""
    session, made = act.register.session, next(iter(done.objects), None)
    if isinstance(made, Partner):
        act.partner, act.partner_id = made, made.id
    is_new = made in session.new
    matched = act.matched
    what = journal.ActContext(
        actor_id=act.actor.id,
        acting_for=act.acting_for,
        source=act.context.source,
        act=act.name,
        request_id=act.context.request_id,
        policy_hash=act.context.graph.policy.policy_hash,
        matched_rule=f"{matched.role} {act.checked[2]} {matched.scope}"
        if matched and act.checked
        else "everyone",
        reason=input.reason,
    )
    entries = await _entries(act, what, done, made.id if made is not None else None)
    changed = {
        r for r in session.dirty if isinstance(r, Record) and session.is_modified(r)
    }
    for record in changed.union(done.objects if done.is_change else ()):
        raise_version(record)
    await act.register.flush()
    if call is not None:
        outcome = {
            "objects": _shown(done),
            "extra": {
                name: value
                for name, value in done.values.items()
                if name not in SECRETS
            },
            "errors": [notice_to_json(notice) for notice in act.errors],
            "warnings": [notice_to_json(notice) for notice in act.warnings],
        }
        await replays.settle(
            session, act.context.graph.vault, call, outcome, done.objects
        )
    await act.register.write_all(entries)
    if act.partner is not None:
        stored = act.timeline.spans if act.timeline else [] if is_new else None
        await act.register.keep_timeline(act.partner, stored)


async def _entries(
    act: Act, what: journal.ActContext, done: Done, object_id: str | None
) -> list[JournalEntry]:
    """The act's own entry, then one for each partner that it makes, which tells of that partner alone."""
    session, when = act.register.session, (act.now, act.today)
    traced = {id(record) for _, _, records in done.traces for record in records}
    told = (
        [r for r in (*session.new, *session.dirty) if id(r) not in traced]
        if traced
        else None
    )
    own = journal.entry(session, what, object_id, act.about, *when, told)
    own.after = {**own.after, **done.notes}
    entries = [own]
    async for part in in_parts(done.traces):
        entries += [
            journal.entry(session, what, one, partner, *when, records)
            for one, partner, records in part
        ]
    return entries


def _call(act: Act, input: ActInput) -> replays.Call | None:
    """The call under its key; None without a key, or while nobody is known to call."""
    if input.idempotency_key is None or act.caller is None:
        return None
    return replays.Call(
        act.caller.id, act.name, input.idempotency_key, _digest(input), act.now
    )


async def _replayed(
    act: Act, info: GraphQLResolveInfo[Any], call: replays.Call, former: Idempotency
) -> Outcome:
    """The outcome of the same call, whatever its caller may do now; its objects are read by the rights of now."""
    if former.digest != call.digest:
        raise Refused(Rule.IDEMPOTENCY_CONFLICT, "idempotency_key")
    outcome = former.outcome
    answers = await act.context.payload(
        info, outcome["objects"], act.subject, act.register.session
    )
    errors, warnings = (
        tuple(as_graph_notice(notice_from_json(n)) for n in outcome[name])
        for name in ("errors", "warnings")
    )
    return Outcome(
        answers, errors, warnings, extra=outcome.get("extra", {}), replayed=True
    )


def notice_to_json(notice: Notice) -> list[Any]:
    return [notice.rule.name, list(notice.path), notice.detail]


def notice_from_json(stored: list[Any]) -> Notice:
    name, path, detail = stored
    return Notice(Rule[name], tuple(path), detail)


def _digest(input: ActInput) -> str:
    """SHA-256 of the canonical input: the order of its keys does not count."""
    return hashlib.sha256(
        orjson.dumps(input, option=orjson.OPT_SORT_KEYS, default=str)
    ).hexdigest()
