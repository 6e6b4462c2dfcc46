"""What a caller may do to a row, and what stands in the way: the same words for an act and for `viewerCan`.

Each act declares, beside its permissions, the records that it bears on (`acting.permission`).
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
from persistence.facts.states import At
from persistence.facts.visibility import GUARDED, Permit, visible
from persistence.reading.context import SqlContext
from persistence.reading.question import Expression, Table
from persistence.records import Record
from persistence.records.base import table

Permissions: TypeAlias = tuple[str, ...]
"""`Type:action`, any of which allows some form of the act."""

ACTS: dict[str, dict[str, Permissions]] = {}
"""By table, the acts that bear on a row of it."""

OF_PARTNER = "partner_administrator"
"""The role by which one acts on the partner's side; by any other, it is on the organism's."""
PROFILE = "Votre profil ne comporte pas cet acte."
PLACE = "Vos habilitations ne portent pas sur lui."
NOT_YOURS = "Il n'est pas dans votre ressort."
OTHER_ORGANISM = "Cet organisme n'est pas le vôtre."
DELEGATED = "Le contrat est délégué : c'est au gestionnaire des habilitations du partenaire d'agir (R40)."
NOT_CENTRALISED = "Aucune convention centralisée n'est en vigueur (R45)."
WHOSE = ("C'est à ", " d'agir : elle administre le partenaire.")


NEEDS: dict[str, Permissions] = {}
"""By act, what it needs, whatever it bears on: nothing for one that is open to every identity."""


def declare(
    act: str, permissions: Permissions, records: Iterable[type[Record]]
) -> None:
    NEEDS[act] = (*NEEDS.get(act, ()), *permissions)
    for record in records:
        ACTS.setdefault(record.__tablename__, {})[act] = permissions


def constant(name: str) -> str:
    """How an enum of the graph writes a name: `conventionSign` as `CONVENTION_SIGN`."""
    return "".join(f"_{c}" if c.isupper() else c for c in name).lstrip("_").upper()


def barrable(record: str, permission: str) -> tuple[str, ...]:
    """The acts by which one does this to a row of the record; none when no state forbids one of them."""
    acts = tuple(
        act
        for act, permissions in ACTS.get(record, {}).items()
        if permission in permissions
    )
    return acts if all((record, act) in BARS for act in acts) else ()


# why not, said without looking at the row, then by the state of its partner


def at_once(record: str, ways: Sequence[Permit]) -> str | None:
    if not ways:
        return PROFILE
    if all(way.scope == "granted_service" for way in ways):
        return PLACE
    return (
        None if record in GUARDED and GUARDED[record].partner is not None else NOT_YOURS
    )


def by_mode(ways: Sequence[Permit]) -> Mapping[str | None, str]:
    """What a mode in force says to whom only the centralised one would let act."""
    only = all(way.scope == "jurisdiction_centralised" for way in ways)
    return {"DELEGATED": DELEGATED, None: NOT_CENTRALISED} if only else {}


def by_state(ways: Sequence[Permit], organism: str, mode: str | None) -> str:
    return by_mode(ways).get(mode) or organism.join(WHOSE)


# the same in SQL, on the day of the caller's rights


def granted(record: str, permissions: Permissions) -> Expression:
    """By the policy."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[bool]:
        ways = _ways(terms, permissions)
        return terms.once(
            (row, "granted", ways),
            lambda: case((visible(record, row, ways, terms), true()), else_=false()),
        )

    return read


def allowed(record: str, act: str) -> Expression:
    """By the policy, and by the state of the row."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[bool]:
        permits = granted(record, ACTS[record][act])(row, terms)
        bars = [test for test, _ in _barred(record, act, row, terms)]
        if not bars:
            return permits
        return terms.once(
            (row, "allowed", act), lambda: case((or_(*bars), false()), else_=permits)
        )

    return read


def reason(record: str, act: str) -> Expression:
    """What the act would answer: the policy's refusal first, then the sentence of the rule that bars it."""

    def read(row: Table, terms: SqlContext) -> ColumnElement[Any]:
        ways = _ways(terms, ACTS[record][act])
        forbidden = terms.once(
            (row, "reason", ways), lambda: _reason(record, row, ways, terms)
        )
        bars = _barred(record, act, row, terms)
        if not bars:
            return forbidden
        permits = granted(record, ACTS[record][act])(row, terms)
        return terms.once(
            (row, "why", act),
            lambda: case((not_(permits), forbidden), *bars, else_=null()),
        )

    return read


def _barred(
    record: str, act: str, row: Table, terms: SqlContext
) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    """Each bar of the act on this row, today whatever day is asked, and its sentence."""
    return terms.once((row, "bars", act), lambda: _bars(record, act, row, terms))


def _bars(
    record: str, act: str, row: Table, terms: SqlContext
) -> list[tuple[ColumnElement[bool], ColumnElement[str]]]:
    own = tuple(
        way for way in _ways(terms, ACTS[record][act]) if way.role == OF_PARTNER
    )
    with terms.facts_on(None):
        by_partner = visible(record, row, own, terms) if own else false()
        at = At(row, terms, case((by_partner, true()), else_=false()))
        return [
            (test, literal(rule.sentence)) for test, rule in rules_of(record, act, at)
        ]


def _reason(
    record: str, row: Table, ways: Sequence[Permit], terms: SqlContext
) -> ColumnElement[Any]:
    said = at_once(record, ways)
    why = _told_by_state(record, row, ways, terms) if said is None else literal(said)
    return case((visible(record, row, ways, terms), null()), else_=why)


def _ways(terms: SqlContext, permissions: Permissions) -> Sequence[Permit]:
    assert terms.permits is not None
    return tuple(
        way
        for permission in permissions
        for way in terms.permits(*permission.split(":"))
    )


def _told_by_state(
    record: str, row: Table, ways: Sequence[Permit], terms: SqlContext
) -> ColumnElement[str]:
    now, organism = table("partner_state").alias(), table("organism").alias()
    before, after = WHOSE
    sentence: ColumnElement[str] = literal(before) + organism.c.name + literal(after)
    modes = [
        (now.c.mode.is_(mode) if mode is None else now.c.mode == mode, s)
        for mode, s in by_mode(ways).items()
    ]
    told = select(case(*modes, else_=sentence) if modes else sentence)
    today = (now.c.starts_on <= terms.today, now.c.ends_on > terms.today)
    mine = now.c.partner_id == row.c[GUARDED[record].partner or "partner_id"]
    made = told.join_from(now, organism, organism.c.id == now.c.administering_id).where(
        mine, *today
    )
    return made.correlate(row).scalar_subquery()
