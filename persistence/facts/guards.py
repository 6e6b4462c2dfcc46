"""How the policy sees the rows of each record: type, partner, other facts.

A permit compares such a fact with what the caller holds (`visibility.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, String, literal_column, select

from persistence import records
from persistence.records.base import Base, table
from persistence.records.services import ESAT

STATE = {
    "administering": "administering_id",
    "signing": "signing_id",
    "convention": "convention_id",
    "mode": "mode",
}
"""The facts that the timeline says, by the columns of the partner's row of a day."""

Fact: TypeAlias = Callable[[FromClause], ColumnElement[Any]]
"""A fact of a row, as an expression over it."""


class Proxy(NamedTuple):
    """Rows of another `record` that give their facts to a row of ours.

    Their column `key` is our `column`.
    """

    record: str
    key: str
    column: str


@dataclass(frozen=True, slots=True)
class Guard:
    """How a record is seen by the policy: its `type`, and the facts of its rows.

    `partner` is the column of the row's partner, whose facts the timeline says.
    `only` are conditions without which a fact does not hold.
    `through` reaches the partner by the affiliations of the row, which is a user.
    `via` takes all the facts from rows of other records: of any of them.
    `also` adds such rows to the record's own facts.
    """

    type: str
    partner: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    only: Mapping[str, Fact] = field(default_factory=dict)
    through: bool = False
    also: Proxy | None = None
    via: tuple[Proxy, ...] = ()


def _owner(column: str) -> dict[str, Fact]:
    """The person whose row it is."""
    return {"owner": lambda row: row.c[column]}


def _service(row: FromClause) -> ColumnElement[Any]:
    """The service of a partner: both ids, as holdings write them."""
    return row.c.partner_id + "|" + row.c.service_id


def _place(column: str) -> dict[str, Fact]:
    """Where a right of the Esat service bears: declarations have no other service."""

    def fact(row: FromClause) -> ColumnElement[Any]:
        service = literal_column(f"'|{ESAT}|'", String)
        return row.c.partner_id + service + row.c[column]

    return {"partner_service_establishment": fact}


def _of_worker(column: str) -> tuple[Proxy, ...]:
    """Whoever reads a line or a change of a worker reads the worker.

    Where it was declared, who pays.
    """
    tables = ("declaration_line", "activity_change")
    return tuple(Proxy(table, "person_id", column) for table in tables)


def _signatory(row: FromClause) -> ColumnElement[Any]:
    """The organism of the convention of a paper."""
    convention = table("convention").alias()
    query = select(convention.c.organism_id)
    query = query.where(convention.c.id == row.c.convention_id)
    return query.correlate(row).scalar_subquery()


def _is_signed(row: FromClause) -> ColumnElement[bool]:
    return row.c.organism_signed_on.is_not(None)


SIGNED_HERE: dict[str, Fact] = {"signatory": _signatory}
"""Of a paper of a convention: the organism that signs it."""
IF_SIGNED: dict[str, Fact] = {"signatory": _is_signed}
OF_SERVICE: dict[str, Fact] = {"partner_service": _service}
AT_PLACE = _place("establishment_id")
PAYER: dict[str, Fact] = {"paying": lambda row: row.c.paying_id}
TREATED: dict[str, Fact] = {"administering": lambda row: row.c.organism_id}
"""Who opened an import, who treats a line of it."""

BY_RECORD: dict[type[Base], Guard] = {
    records.Partner: Guard("Partner", "id"),
    records.PartnerState: Guard("Partner", "partner_id"),
    records.Establishment: Guard("Establishment", "partner_id", _place("id")),
    records.Convention: Guard(
        "Convention",
        "partner_id",
        {"signatory": lambda row: row.c.organism_id},
        only=IF_SIGNED,
    ),
    records.Contract: Guard(
        "ServiceContract", "partner_id", SIGNED_HERE, only=IF_SIGNED
    ),
    records.ContractManager: Guard("Manager", "partner_id"),
    records.Amendment: Guard("Amendment", "partner_id", SIGNED_HERE),
    records.ServiceAccess: Guard("ServiceAccess", "partner_id", OF_SERVICE),
    records.Bulletin: Guard(
        "MembershipBulletin",
        "partner_id",
        OF_SERVICE | SIGNED_HERE,
        only=IF_SIGNED,
    ),
    records.Eligibility: Guard("Eligibility", "partner_id"),
    records.ActivityAttestation: Guard("ActivityAttestation", "partner_id"),
    records.Group: Guard("Group", "partner_id", {"group": lambda row: row.c.id}),
    records.Membership: Guard("Membership", "partner_id", _owner("user_id")),
    records.Affiliation: Guard("User", "partner_id", _owner("user_id")),
    records.User: Guard("User", "partner_id", _owner("id"), through=True),
    records.JournalEntry: Guard("JournalEntry", "partner_id"),
    records.Agent: Guard("Agent", None, _owner("user_id")),
    records.Origin: Guard("Partner", "partner_id"),
    records.Import: Guard(
        "Import",
        facts=TREATED,
        also=Proxy("import_line", "import_id", "id"),
    ),
    records.ImportLine: Guard("Import", None, TREATED),
    records.Declaration: Guard("Declaration", "partner_id", AT_PLACE),
    records.DeclarationLine: Guard(
        "DeclarationLine",
        "partner_id",
        AT_PLACE | PAYER,
        only={"paying": lambda row: row.c.deposited},
    ),
    records.DraftLine: Guard("DraftLine", "partner_id", AT_PLACE),
    # an answer is read, and reopened, by whoever may do so with the line it answers
    records.Treatment: Guard("DeclarationLine", "partner_id", AT_PLACE | PAYER),
    records.ActivityChange: Guard("ActivityChange", "partner_id", AT_PLACE | PAYER),
    records.Batch: Guard("Batch", "partner_id", AT_PLACE),
    records.BatchResult: Guard("Batch", via=(Proxy("batch", "id", "batch_id"),)),
    records.Worker: Guard("Worker", "partner_id", via=_of_worker("person_id")),
    records.WorkerStay: Guard("Worker", via=_of_worker("worker_id")),
    records.WorkerRate: Guard("Worker", via=_of_worker("worker_id")),
    records.DualActivity: Guard("Worker", via=_of_worker("worker_id")),
}

GUARDED: dict[str, Guard] = {
    record.__tablename__: guard for record, guard in BY_RECORD.items()
}
"""The records that are not for everybody, by the name of their table."""

# Records without a table: who is expected, which establishment is, where a partner
# stands with a service, a right.
GUARDED |= {
    "campaign_place": Guard("Declaration", "partner_id", AT_PLACE),
    "roster": Guard("RosterEntry", "partner_id", AT_PLACE | PAYER),
    "onboarding": Guard("Eligibility", "partner_id"),
    "right": Guard("Membership", "partner_id", _owner("user_id")),
}

PUBLIC = frozenset(
    {
        "organism",
        "service",
        "role",
        "mission",
        "campaign",
        "campaign_board",
        "parameter",
        "migration",
    }
)
"""The reference data, open to any signed-in caller.

A record that is neither here nor in `GUARDED` is read by nobody.
"""
