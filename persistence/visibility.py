"""From scopes to SQL: which rows a caller may see, as one look at the timeline per node.

A permit comes from the policy as plain data: a role and its atoms. An atom compares one fact of the
row with what the subject holds under that role. Facts of the state (administering, signing,
convention, mode) are read on the partner's row of the timeline of today.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Table, and_, false, or_, select, true

from .records import (
    ActivityAttestation,
    Affiliation,
    Agent,
    Amendment,
    Bulletin,
    Contract,
    ContractManager,
    Convention,
    Eligibility,
    Establishment,
    Group,
    JournalEntry,
    Membership,
    Partner,
    ServiceAccess,
    User,
)
from .records.base import Base

STATE = {"administering": "administering_id", "signing": "signing_id", "convention": "convention_id", "mode": "mode"}


class Atom(Protocol):
    """`op` among | equals | known; the fact of the object; the subject's attribute or the constant."""

    @property
    def op(self) -> str: ...
    @property
    def fact(self) -> str: ...
    @property
    def of(self) -> str: ...


class Allowed(NamedTuple):
    """One way in: whoever holds `role`, where the atoms are met."""

    role: str
    scope: str
    atoms: Sequence[Atom]


Permits: TypeAlias = Callable[[str, str], Sequence[Allowed]]
"""(policy type, action) → the ways in, for the caller's set of roles."""

Fact: TypeAlias = Callable[[FromClause], ColumnElement[Any]]


class Binder(Protocol):
    """What visibility needs of the statement under way: today, and arrays of what the subject holds."""

    @property
    def day(self) -> ColumnElement[Any]: ...
    def holds(self, term: ColumnElement[Any], attribute: str, role: str) -> ColumnElement[bool]: ...
    def among_rows(self, term: ColumnElement[Any], rows: Any) -> ColumnElement[bool]: ...  # noqa: ANN401 a select


@dataclass(frozen=True, slots=True)
class Guarded:
    """How a record is seen by the policy: its type, where its partner is, its other facts."""

    type: str
    partner: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    through: bool = False


def _owner(column: str) -> dict[str, Fact]:
    return {"owner": lambda t: t.c[column]}


def _service(t: FromClause) -> ColumnElement[Any]:
    return t.c.partner_id + "|" + t.c.service_id


GUARDED: dict[str, Guarded] = {
    record.__tablename__: guarded
    for record, guarded in {
        Partner: Guarded("Partner", "id"),
        Establishment: Guarded("Establishment", "partner_id"),
        Convention: Guarded("Convention", "partner_id"),
        Contract: Guarded("ServiceContract", "partner_id"),
        ContractManager: Guarded("Manager", "partner_id"),
        Amendment: Guarded("Amendment", "partner_id"),
        ServiceAccess: Guarded("ServiceAccess", "partner_id", {"partner_service": _service}),
        Bulletin: Guarded("MembershipBulletin", "partner_id", {"partner_service": _service}),
        Eligibility: Guarded("Eligibility", "partner_id"),
        ActivityAttestation: Guarded("ActivityAttestation", "partner_id"),
        Group: Guarded("Group", "partner_id", {"group": lambda t: t.c.id}),
        Membership: Guarded("Membership", "partner_id", _owner("user_id")),
        Affiliation: Guarded("User", "partner_id", _owner("user_id")),
        User: Guarded("User", "partner_id", _owner("id"), through=True),
        JournalEntry: Guarded("JournalEntry", "partner_id"),
        Agent: Guarded("Agent", None, _owner("user_id")),
    }.items()
}
"""The records that are not for everybody."""

PUBLIC = frozenset({"organism", "service", "role", "mission", "campaign", "parameter"})
"""The reference data, open to any signed-in caller; a record in neither list is read by nobody."""


def table(record: str) -> Table:
    return Base.metadata.tables[record]


def class_of(record: str) -> Any:  # noqa: ANN401 the mapped class
    """The class of a record by the name of its table."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == record)


def visible(
    record: str, row: FromClause, permits: Sequence[Allowed], binder: Binder, *, anchored: bool = True
) -> ColumnElement[bool]:
    """The predicate that `permits` put on a row: object facts apart, one EXISTS for all that asks the state.

    `anchored` is false for a root list that no argument narrows: it then starts from the caller's partners.
    """
    guarded = GUARDED[record]
    ways: list[ColumnElement[bool]] = []
    stateful: list[Allowed] = []
    for allowed in permits:
        if not allowed.atoms:
            return true()
        if all(atom.fact in guarded.facts for atom in allowed.atoms):
            ways.append(
                and_(*(_met(atom, allowed.role, guarded.facts[atom.fact](row), binder) for atom in allowed.atoms))
            )
        elif guarded.partner and all(atom.fact in STATE or atom.fact == "partner" for atom in allowed.atoms):
            stateful.append(allowed)
    if stateful:
        ways.append(_by_state(guarded, row, stateful, binder, anchored=anchored))
    return or_(*ways) if ways else false()


def _by_state(
    guarded: Guarded, row: FromClause, permits: Sequence[Allowed], binder: Binder, *, anchored: bool
) -> ColumnElement[bool]:
    state = table("partner_state").alias()
    met = or_(
        *(
            and_(*(_met(atom, p.role, state.c[STATE.get(atom.fact, "partner_id")], binder) for atom in p.atoms))
            for p in permits
        )
    )
    today = and_(state.c.starts_on <= binder.day, state.c.ends_on > binder.day, met)
    if guarded.through:
        link = table("affiliation").alias()
        users = (
            select(link.c.user_id).select_from(link.join(state, state.c.partner_id == link.c.partner_id)).where(today)
        )
        return users.where(link.c.user_id == row.c.id).exists() if anchored else binder.among_rows(row.c.id, users)
    partner = row.c[guarded.partner or "partner_id"]
    rows = select(state.c.partner_id).where(today)
    return rows.where(state.c.partner_id == partner).exists() if anchored else binder.among_rows(partner, rows)


def _met(atom: Atom, role: str, term: ColumnElement[Any], binder: Binder) -> ColumnElement[bool]:
    match atom.op:
        case "among":
            return binder.holds(term, atom.of, role)
        case "equals":
            return term == atom.of
        case _:
            return term.is_not(None)
