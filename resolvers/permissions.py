"""What a caller may do to a row, and what stands in the way.

An act and `viewerCan` answer with the same words. Each act declares, beside its
permissions, the records that it bears on (`acting.permission`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    case,
    false,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)

from persistence.facts.bars import BARS, rules_of
from persistence.facts.guards import GUARDED
from persistence.facts.states import At
from persistence.facts.visibility import Permit, visible
from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, Table
from persistence.records import Record
from persistence.records.base import table

Forbidden: TypeAlias = tuple[ColumnElement[bool], ColumnElement[str]]
"""When an act is forbidden, and the sentence of the rule that forbids it."""
Permissions: TypeAlias = tuple[str, ...]
"""`Type:action`, any of which allows some form of the act."""

ACTS: dict[str, dict[str, Permissions]] = {}
"""By table, the acts that bear on a row of it."""

OF_PARTNER = "partner_administrator"
"""The role of those who act for the partner; all others act for an organism."""
PROFILE = "Votre profil ne comporte pas cet acte."
PLACE = "Vos habilitations ne portent pas sur lui."
NOT_YOURS = "Il n'est pas dans votre ressort."
OTHER_ORGANISM = "Cet organisme n'est pas le vôtre."
DELEGATED = (
    "Le contrat est délégué : c'est au gestionnaire des habilitations du partenaire"
    " d'agir (R40)."
)
NOT_CENTRALISED = "Aucune convention centralisée n'est en vigueur (R45)."
WHOSE = ("C'est à ", " d'agir : elle administre le partenaire.")


NEEDS: dict[str, Permissions] = {}
"""By act, what it needs, on whatever record; nothing where it is open to everyone."""


def declare(
    act: str, permissions: Permissions, records: Iterable[type[Record]]
) -> None:
    NEEDS[act] = (*NEEDS.get(act, ()), *permissions)
    for record in records:
        ACTS.setdefault(record.__tablename__, {})[act] = permissions


def constant(name: str) -> str:
    """How an enum of the graph writes a name: `conventionSign` as `CONVENTION_SIGN`."""
    words = "".join(f"_{c}" if c.isupper() else c for c in name)
    return words.lstrip("_").upper()


def barrable(record: str, permission: str) -> tuple[str, ...]:
    """The acts on a row of this record that need the permission.

    None, where the state of the row forbids none of them.
    """
    acts = []
    for act, permissions in ACTS.get(record, {}).items():
        if permission in permissions:
            acts.append(act)
    if all((record, act) in BARS for act in acts):
        return tuple(acts)
    return ()


# why not: the permits first, then the state of the partner of the row


def at_once(record: str, permits: Sequence[Permit]) -> str | None:
    """Why not, whatever the row; None where the state of its partner says."""
    if not permits:
        return PROFILE
    scopes = {permit.scope for permit in permits}
    if scopes == {"granted_service"}:
        return PLACE
    if record not in GUARDED or GUARDED[record].partner is None:
        return NOT_YOURS
    return None


def by_mode(permits: Sequence[Permit]) -> Mapping[str | None, str]:
    """Why not, by the mode in force, where only the centralised one would let act."""
    scopes = {permit.scope for permit in permits}
    if scopes != {"jurisdiction_centralised"}:
        return {}
    return {"DELEGATED": DELEGATED, None: NOT_CENTRALISED}


def by_state(permits: Sequence[Permit], organism: str, mode: str | None) -> str:
    return by_mode(permits).get(mode) or organism.join(WHOSE)


# the same in SQL, on the day of the caller's rights


def granted(record: str, permissions: Permissions) -> Expression:
    """Whether the policy lets the caller."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[bool]:
        permits = _permits(terms, permissions)
        return terms.once(
            (row, "granted", permits),
            lambda: _boolean(visible(record, row, permits, terms)),
        )

    return read


def allowed(record: str, act: str) -> Expression:
    """Whether the policy and the state of the row let the caller."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[bool]:
        is_granted = granted(record, ACTS[record][act])(row, terms)
        tests = [test for test, _ in _bars(record, act, row, terms)]
        if not tests:
            return is_granted
        return terms.once(
            (row, "allowed", act),
            lambda: case((or_(*tests), false()), else_=is_granted),
        )

    return read


def reason(record: str, act: str) -> Expression:
    """What the act would answer: the policy's refusal, else the rule that bars it."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[Any]:
        permissions = ACTS[record][act]
        permits = _permits(terms, permissions)
        forbidden = terms.once(
            (row, "reason", permits), lambda: _reason(record, row, permits, terms)
        )
        bars = _bars(record, act, row, terms)
        if not bars:
            return forbidden
        is_granted = granted(record, permissions)(row, terms)
        return terms.once(
            (row, "why", act),
            lambda: case((not_(is_granted), forbidden), *bars, else_=null()),
        )

    return read


def _bars(record: str, act: str, row: Table, terms: SqlContext) -> list[Forbidden]:
    """The bars of the act on this row, today, whatever day the query is about."""
    return terms.once((row, "bars", act), lambda: _bars_of(record, act, row, terms))


def _bars_of(record: str, act: str, row: Table, terms: SqlContext) -> list[Forbidden]:
    permits = _permits(terms, ACTS[record][act])
    of_partner = tuple(each for each in permits if each.role == OF_PARTNER)
    with terms.facts_on(None):
        by_partner = visible(record, row, of_partner, terms) if of_partner else false()
        rules = rules_of(record, act, At(row, terms, _boolean(by_partner)))
        return [(test, literal(rule.sentence)) for test, rule in rules]


def _permits(terms: SqlContext, permissions: Permissions) -> tuple[Permit, ...]:
    assert terms.permits is not None
    permits: list[Permit] = []
    for permission in permissions:
        type_, action = permission.split(":")
        permits += terms.permits(type_, action)
    return tuple(permits)


def _reason(
    record: str, row: Table, permits: Sequence[Permit], terms: SqlContext
) -> ColumnElement[Any]:
    sentence = at_once(record, permits)
    if sentence is not None:
        why: ColumnElement[str] = literal(sentence)
    else:
        why = _by_state(record, row, permits, terms)
    return case((visible(record, row, permits, terms), null()), else_=why)


def _by_state(
    record: str, row: Table, permits: Sequence[Permit], terms: SqlContext
) -> ColumnElement[str]:
    """The sentence of `by_state`, from the partner's row of the timeline of today."""
    now, organism = table("partner_state").alias(), table("organism").alias()
    before, after = WHOSE
    sentence: ColumnElement[str] = literal(before) + organism.c.name + literal(after)
    modes = []
    for mode, words in by_mode(permits).items():
        is_mode = now.c.mode.is_(mode) if mode is None else now.c.mode == mode
        modes.append((is_mode, words))
    administering = organism.c.id == now.c.administering_id
    sentences = (
        select(case(*modes, else_=sentence) if modes else sentence)
        .join_from(now, organism, administering)
        .where(
            now.c.partner_id == row.c[GUARDED[record].partner or "partner_id"],
            now.c.starts_on <= terms.today,
            now.c.ends_on > terms.today,
        )
    )
    return sentences.correlate(row).scalar_subquery()


def _boolean(test: ColumnElement[bool]) -> ColumnElement[bool]:
    """True or false; false where the test is null."""
    return case((test, true()), else_=false())
