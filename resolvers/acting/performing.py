"""Performing an act: one transaction.

The effect, its journal entry and its idempotency key are committed together.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql import GraphQLResolveInfo
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from persistence import replays
from persistence.constraints import rule_of_constraint
from persistence.facts.contacts import contacts
from persistence.records import Notice, Record, Refused, Standing
from persistence.register import Register
from resolvers import blanks, limits
from resolvers.context import Context
from resolvers.subjects import NOBODY, subject_of

from .act import Act
from .act_types import Done, Loads
from .impact import impact
from .inputs import ActInput, PreviewInput
from .keys import call_of, replayed
from .outcome import DryRunDone, Outcome, ids_of
from .permission import Doing
from .recording import record
from .refusal_paths import as_graph_notice

logger = logging.getLogger(__name__)


async def perform(
    name: str, doing: Doing, info: GraphQLResolveInfo[Any], input: ActInput
) -> Outcome:
    """Run an act; what a rule or a right refuses comes back as data.

    With a key, a refusal may come from the first call of the same key, which has just
    been committed: a second attempt then answers as that call did.
    """
    if info.context.lines is not None:
        input.lines = info.context.lines  # type: ignore[attr-defined]
    attempts = 1 if input.idempotency_key is None else 2
    for attempt in range(1, attempts + 1):
        is_last = attempt == attempts
        try:
            return await _attempt(name, doing, info, input)
        except DryRunDone as done:
            return done.outcome
        except Refused as refused:
            if is_last:
                return await _refusal(name, refused, info.context)
        except IntegrityError as broken:
            if is_last:
                notice = Notice(rule_of_constraint(broken))
                return Outcome(errors=(await with_contact(notice, info.context),))
    raise AssertionError


async def _refusal(name: str, refused: Refused, context: Context) -> Outcome:
    request_id = context.request_id
    logger.info("refused %s %s in request %s", name, refused.rule.name, request_id)
    notice = as_graph_notice(refused.notice)
    return Outcome(errors=(await with_contact(notice, context),))


async def with_contact(notice: Notice, context: Context) -> Notice:
    """R60: how to reach one's resource centre, on what one may not mend alone."""
    if not notice.rule.needs_help:
        return notice
    graph = context.graph
    async with graph.database.looking() as session:
        driver = await graph.database.driver_of(session)
        subject = await graph.subject(context.identity, context.today, driver)
        centres = await contacts(session, subject.user, context.today)
    words = []
    for centre in centres:
        address = f" ({centre.contact})" if centre.contact else ""
        words.append(f"{centre.name}{address}")
    return replace(notice, contact=" ; ".join(words) or None)


async def _attempt(
    name: str, doing: Doing, info: GraphQLResolveInfo[Any], input: ActInput
) -> Outcome:
    """Run an act in a transaction of its own, unless its key has been served."""
    blanks.require_key(input.idempotency_key)
    blanks.leave_out_blanks(input)
    limits.check(input)
    context: Context = info.context
    expected = getattr(input, "expected_version", None)
    async with context.graph.database.transaction() as session:
        act = await start_act(name, doing, context, session, expected)
        if isinstance(input, PreviewInput):
            act.dry_run = input.dry_run
            act.effect_on = input.effect_on(act.today)
        call = call_of(act, input)
        if call is not None:
            former = await replays.claim(session, context.graph.vault, call)
            if former is not None:
                return await replayed(act, info, call, former)
        outcome = await _do(act, doing, info, input, call)
        if act.dry_run:
            raise DryRunDone(outcome)
        return outcome


async def _do(
    act: Act,
    doing: Doing,
    info: GraphQLResolveInfo[Any],
    input: ActInput,
    call: replays.Call | None,
) -> Outcome:
    """Run the act itself, write what goes with it, and read what its payload shows."""
    session = act.register.session
    done = _done(await doing(act, input))
    if call is None:
        call = call_of(act, input)  # an invitation has just given its caller an account
        if call is not None:
            session.add(call.row(act.context.graph.vault))
    after = act.standing()
    await record(act, done, input.reason, call)
    consequences = await _consequences(act, after)
    answers = await act.context.payload(info, ids_of(done), act.subject, session)
    return Outcome(
        answers,
        tuple(map(as_graph_notice, act.errors)),
        tuple(map(as_graph_notice, act.warnings)),
        extra={**done.values, **consequences},
    )


def _done(result: Record | Sequence[Record] | Done) -> Done:
    """What an act returns: its record, its records, or all that it has to say."""
    if isinstance(result, Done):
        return result
    return Done([result]) if isinstance(result, Record) else Done(result)


async def _consequences(act: Act, after: Standing | None) -> Mapping[str, Any]:
    """The payload's `impact`, for an act that has a day of effect."""
    on, before = act.effect_on, act.before
    if act.partner is None or on is None or before is None or after is None:
        return {}
    names = act.timeline.names if act.timeline else {}
    return {"impact": await impact(act.register, act.partner, on, before, after, names)}


async def start_act(
    name: str,
    doing: Doing,
    context: Context,
    session: AsyncSession,
    expected: int | None = None,
) -> Act:
    """The act, with its caller as they are now. UNKNOWN_CALLER."""
    register = Register(session, context.graph.database, context.today)
    nobody = context.holdings(NOBODY)
    holdings, caller = await register.begin(context.identity, nobody)
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
    act.moves_roster = doing.moves_roster  # type: ignore[attr-defined]
    if permissions:
        _ = act.actor
    return act


async def perform_internally(
    name: str,
    doing: Doing,
    context: Context,
    input: Any,  # noqa: ANN401 what the act takes
) -> Any:  # noqa: ANN401 what the act makes
    """An act that comes by another door of the process than the graph.

    The transaction, the rights and the journal are the same; there is no payload.
    Raises `Refused`. An act that changes nothing writes nothing.
    """
    async with context.graph.database.transaction() as session:
        act = await start_act(name, doing, context, session)
        result: Any = await doing(act, input)
        if not isinstance(result, Record | Done):
            return result
        done = _done(result)
        if done.is_change:
            await record(act, done, None, None)
        return done.objects[0]
