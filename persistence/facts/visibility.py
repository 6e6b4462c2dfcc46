"""From scopes to SQL: which rows a caller may see, as one look at the timeline per node.

A permit comes from the policy as plain data: a role and its atoms. An atom compares one fact of the
row with what the subject holds under that role. Facts of the state (administering, signing,
convention, mode) are read on the partner's row of the timeline of today.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    and_,
    false,
    literal_column,
    or_,
    select,
    true,
)

from persistence.records import (
    ActivityAttestation,
    ActivityChange,
    Affiliation,
    Agent,
    Amendment,
    Batch,
    BatchResult,
    Bulletin,
    Contract,
    ContractManager,
    Convention,
    Declaration,
    DeclarationLine,
    DualActivity,
    Eligibility,
    Establishment,
    Group,
    Import,
    ImportLine,
    JournalEntry,
    Membership,
    Origin,
    Partner,
    PartnerState,
    ServiceAccess,
    User,
    Worker,
    WorkerRate,
)
from persistence.records.base import table
from persistence.records.services import ESAT

STATE = {
    "administering": "administering_id",
    "signing": "signing_id",
    "convention": "convention_id",
    "mode": "mode",
}


class Condition(Protocol):
    """`op` among | equals | known; the fact of the object; the subject's attribute or the constant."""

    @property
    def op(self) -> str: ...
    @property
    def fact(self) -> str: ...
    @property
    def of(self) -> str: ...


class Permit(NamedTuple):
    """One way in: whoever holds `role`, where the atoms are met."""

    role: str
    scope: str
    atoms: Sequence[Condition]


Permits: TypeAlias = Callable[[str, str], Sequence[Permit]]
"""(policy type, action) → the ways in, for the caller's set of roles."""

Fact: TypeAlias = Callable[[FromClause], ColumnElement[Any]]


class Binder(Protocol):
    """What visibility needs of the statement under way: today, never another day, and what the subject holds."""

    @property
    def today(self) -> ColumnElement[Any]: ...
    def holds(
        self, term: ColumnElement[Any], attribute: str, role: str
    ) -> ColumnElement[bool]: ...
    def among_rows(
        self,
        term: ColumnElement[Any],
        rows: Any,  # noqa: ANN401 a select
    ) -> ColumnElement[bool]: ...


@dataclass(frozen=True, slots=True)
class Guard:
    """How a record is seen by the policy: its type, where its partner is, its other facts.

    `only` says where a fact holds at all. `via` gives the facts to rows of another record: (record, its key, our
    column); for a record whose own facts are the timeline's, `through` does. `also` adds those rows to its own facts.
    """

    type: str
    partner: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    only: Mapping[str, Fact] = field(default_factory=dict)
    through: bool = False
    also: tuple[str, str, str] | None = None
    via: tuple[str, str, str] | None = None


def _owner(column: str) -> dict[str, Fact]:
    return {"owner": lambda t: t.c[column]}


def _service(t: FromClause) -> ColumnElement[Any]:
    return t.c.partner_id + "|" + t.c.service_id


# where a right of the Esat service bears: declarations have no other service
_PLACE: dict[str, Fact] = {
    "partner_service_establishment": lambda t: (
        t.c.partner_id + literal_column(f"'|{ESAT}|'", String) + t.c.establishment_id
    )
}
_HERE: dict[str, Fact] = {
    "partner_service_establishment": lambda t: (
        t.c.partner_id + literal_column(f"'|{ESAT}|'", String) + t.c.id
    )
}
_PAYER: dict[str, Fact] = {"paying": lambda t: t.c.paying_id}

# who opened an import, who treats a line of it
_TREATED: dict[str, Fact] = {"administering": lambda t: t.c.organism_id}

GUARDED: dict[str, Guard] = {
    record.__tablename__: guarded
    for record, guarded in {
        Partner: Guard("Partner", "id"),
        PartnerState: Guard("Partner", "partner_id"),
        Establishment: Guard("Establishment", "partner_id", _HERE),
        Convention: Guard("Convention", "partner_id"),
        Contract: Guard("ServiceContract", "partner_id"),
        ContractManager: Guard("Manager", "partner_id"),
        Amendment: Guard("Amendment", "partner_id"),
        ServiceAccess: Guard(
            "ServiceAccess", "partner_id", {"partner_service": _service}
        ),
        Bulletin: Guard(
            "MembershipBulletin", "partner_id", {"partner_service": _service}
        ),
        Eligibility: Guard("Eligibility", "partner_id"),
        ActivityAttestation: Guard("ActivityAttestation", "partner_id"),
        Group: Guard("Group", "partner_id", {"group": lambda t: t.c.id}),
        Membership: Guard("Membership", "partner_id", _owner("user_id")),
        Affiliation: Guard("User", "partner_id", _owner("user_id")),
        User: Guard("User", "partner_id", _owner("id"), through=True),
        JournalEntry: Guard("JournalEntry", "partner_id"),
        Agent: Guard("Agent", None, _owner("user_id")),
        Origin: Guard("Partner", "partner_id"),
        Import: Guard(
            "Import", None, _TREATED, also=("import_line", "import_id", "id")
        ),
        ImportLine: Guard("Import", None, _TREATED),
        Declaration: Guard("Declaration", "partner_id", _PLACE),
        DeclarationLine: Guard(
            "DeclarationLine",
            "partner_id",
            _PLACE | _PAYER,
            only={"paying": lambda t: t.c.deposited},
        ),
        ActivityChange: Guard("ActivityChange", "partner_id", _PLACE | _PAYER),
        Batch: Guard("Batch", "partner_id", _PLACE),
        BatchResult: Guard("Batch", via=("batch", "id", "batch_id")),
        # a card is read by whom a line of its worker is: where it was declared, and who pays
        Worker: Guard(
            "Worker", "partner_id", via=("declaration_line", "worker_id", "id")
        ),
        WorkerRate: Guard("Worker", via=("declaration_line", "worker_id", "worker_id")),
        DualActivity: Guard(
            "Worker", via=("declaration_line", "worker_id", "worker_id")
        ),
    }.items()
}
"""The records that are not for everybody."""

# no table: what is decided on a partner, and is left to do; what a membership gives
GUARDED |= {
    "onboarding": Guard("Eligibility", "partner_id"),
    "right": Guard("Membership", "partner_id", _owner("user_id")),
}

PUBLIC = frozenset(
    {"organism", "service", "role", "mission", "campaign", "parameter", "migration"}
)
"""The reference data, open to any signed-in caller; a record in neither list is read by nobody."""


def visible(
    record: str,
    row: FromClause,
    permits: Sequence[Permit],
    binder: Binder,
    *,
    anchored: bool = True,
) -> ColumnElement[bool]:
    """The predicate that `permits` put on a row: object facts apart, one EXISTS for all that asks the state.

    `anchored` is false for a root list that no argument narrows: it then starts from the caller's partners.
    """
    guarded = GUARDED[record]
    if guarded.via is not None:
        return _via(guarded.via, row, permits, binder, anchored=anchored)
    ways: list[ColumnElement[bool]] = []
    stateful: list[Permit] = []
    for allowed in permits:
        if not allowed.atoms:
            return true()
        if all(atom.fact in guarded.facts for atom in allowed.atoms):
            ways.append(
                and_(*_by_facts(guarded, row, allowed, binder, anchored=anchored))
            )
        elif guarded.partner and all(
            atom.fact in STATE or atom.fact == "partner" for atom in allowed.atoms
        ):
            stateful.append(allowed)
    if stateful:
        ways.append(_by_state(guarded, row, stateful, binder, anchored=anchored))
    if guarded.also is not None and permits:
        ways.append(_via(guarded.also, row, permits, binder, anchored=anchored))
    return or_(*ways) if ways else false()


def _by_facts(
    guarded: Guard, row: FromClause, allowed: Permit, binder: Binder, *, anchored: bool
) -> list[ColumnElement[bool]]:
    conditions = []
    for atom in allowed.atoms:
        conditions.append(
            _met(atom, allowed.role, guarded.facts[atom.fact](row), binder)
        )
        if atom.fact in guarded.only:
            conditions.append(guarded.only[atom.fact](row))
        if (
            guarded.partner
            and not anchored
            and atom.of == "partner_service_establishments"
        ):
            # a root list starts from the caller's partners: an index has them, and none has the three together
            conditions.append(
                binder.holds(row.c[guarded.partner], "partners", allowed.role)
            )
    return conditions


def _via(
    via: tuple[str, str, str],
    row: FromClause,
    permits: Sequence[Permit],
    binder: Binder,
    *,
    anchored: bool,
) -> ColumnElement[bool]:
    """Whether a row of the other record, that stands for this one, may be seen."""
    record, key, column = via
    other = table(record).alias()
    is_visible = visible(record, other, permits, binder, anchored=anchored)
    rows = select(other.c[key]).where(is_visible)
    if not anchored:
        return binder.among_rows(row.c[column], rows)
    return rows.where(other.c[key] == row.c[column]).correlate(row).exists()


def _by_state(
    guarded: Guard,
    row: FromClause,
    permits: Sequence[Permit],
    binder: Binder,
    *,
    anchored: bool,
) -> ColumnElement[bool]:
    state = table("partner_state").alias()
    met = or_(
        *(
            and_(
                *(
                    _met(
                        atom,
                        p.role,
                        state.c[STATE.get(atom.fact, "partner_id")],
                        binder,
                    )
                    for atom in p.atoms
                )
            )
            for p in permits
        )
    )
    today = and_(state.c.starts_on <= binder.today, state.c.ends_on > binder.today, met)
    if guarded.through:
        link = table("affiliation").alias()
        users = (
            select(link.c.user_id)
            .select_from(link.join(state, state.c.partner_id == link.c.partner_id))
            .where(today)
        )
        return (
            users.where(link.c.user_id == row.c.id).correlate(row).exists()
            if anchored
            else binder.among_rows(row.c.id, users)
        )
    partner = row.c[guarded.partner or "partner_id"]
    rows = select(state.c.partner_id).where(today)
    return (
        rows.where(state.c.partner_id == partner).correlate(row).exists()
        if anchored
        else binder.among_rows(partner, rows)
    )


def _met(
    atom: Condition, role: str, term: ColumnElement[Any], binder: Binder
) -> ColumnElement[bool]:
    match atom.op:
        case "among":
            return binder.holds(term, atom.of, role)
        case "equals":
            return term == atom.of
        case _:
            return term.is_not(None)
