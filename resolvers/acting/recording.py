"""What is written with an act: journal entries, versions, its key, the timeline."""

from persistence import journal, replays
from persistence.parts import in_parts
from persistence.records import JournalEntry, Partner, Record, Span
from persistence.records.base import Base
from persistence.register import raise_version
from persistence.standings import keep_standings

from .act import Act
from .act_types import Done
from .outcome import stored_outcome


async def record(
    act: Act, done: Done, reason: str | None, call: replays.Call | None
) -> None:
    """Write all that goes with the act's effect: with it, or not at all."""
    session = act.register.session
    main = next(iter(done.objects), None)
    is_new = main in session.new
    if isinstance(main, Partner):
        act.partner = main
        act.partner_id = main.id
    entries = await _entries(act, done, _context(act, reason))
    _raise_versions(act, done)
    await act.register.flush()
    if act.moves_roster and act.partner_id is not None and not act.dry_run:
        for partner_id in (act.partner_id, *act.other_partner_ids):
            await keep_standings(session, partner_id)
    if call is not None:
        vault = act.context.graph.vault
        outcome = stored_outcome(act, done)
        await replays.settle(session, vault, call, outcome, done.objects)
    await act.register.write_all(entries)
    if act.partner is not None:
        await act.register.keep_timeline(act.partner, _stored_spans(act, is_new=is_new))


def _stored_spans(act: Act, *, is_new: bool) -> list[Span] | None:
    """The timeline as the act has read it; None when it is to be read."""
    if act.timeline is not None:
        return act.timeline.spans
    return [] if is_new else None


def _context(act: Act, reason: str | None) -> journal.ActContext:
    """Who acts, for whom, from where, by which rule: what each entry says."""
    rule = act.authorisation.rule if act.authorisation else "everyone"
    return journal.ActContext(
        actor_id=act.actor.id,
        acting_for=act.acting_for,
        source=act.context.source,
        act=act.name,
        request_id=act.context.request_id,
        policy_hash=act.context.graph.policy.policy_hash,
        matched_rule=rule,
        reason=reason,
    )


async def _entries(
    act: Act, done: Done, what: journal.ActContext
) -> list[JournalEntry]:
    """The act's own entry, then one for each other partner, of it alone."""
    session = act.register.session
    now, today = act.now, act.today
    object_id = done.objects[0].id if done.objects else None
    rows = _rows_of_own_entry(act, done)
    own = journal.entry(session, what, object_id, act.about, now, today, rows)
    own.after = {**own.after, **done.notes}
    entries = [own]
    async for part in in_parts(done.traces):
        for made_id, partner, rows_of_it in part:
            entry = journal.entry(
                session, what, made_id, partner, now, today, rows_of_it
            )
            entries.append(entry)
    return entries


def _rows_of_own_entry(act: Act, done: Done) -> list[Base] | None:
    """The rows that no other entry is about; None for all that has changed."""
    elsewhere: set[int] = set()
    for _, _, rows in done.traces:
        elsewhere.update(map(id, rows))
    if not elsewhere:
        return None
    session = act.register.session
    changed = [*session.new, *session.dirty]
    return [row for row in changed if id(row) not in elsewhere]


def _raise_versions(act: Act, done: Done) -> None:
    """Each record that the act shows or changes gets its next version, once."""
    session = act.register.session
    changed: set[Record] = set()
    if done.is_change:
        changed.update(done.objects)
    for row in session.dirty:
        if isinstance(row, Record) and session.is_modified(row):
            changed.add(row)
    for row in changed:
        raise_version(row)
