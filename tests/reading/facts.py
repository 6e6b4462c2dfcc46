"""What the policy says of each row of the register, worked out in plain Python: no SQL, no timeline function."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from authz import Engine, Subject

Row: TypeAlias = Mapping[str, Any]
Facts: TypeAlias = dict[str, str | None]

TYPES = {
    "partner": "Partner",
    "partner_state": "Partner",
    "establishment": "Establishment",
    "convention": "Convention",
    "contract": "ServiceContract",
    "contract_manager": "Manager",
    "amendment": "Amendment",
    "service_access": "ServiceAccess",
    "bulletin": "MembershipBulletin",
    "eligibility": "Eligibility",
    "activity_attestation": "ActivityAttestation",
    "group": "Group",
    "membership": "Membership",
    "affiliation": "User",
    "user": "User",
    "journal": "JournalEntry",
    "agent": "Agent",
    "partner_origin": "Partner",
    "import": "Import",
    "import_line": "Import",
    "declaration": "Declaration",
    "declaration_line": "DeclarationLine",
    "draft_line": "DraftLine",
    "treatment": "DeclarationLine",
    "activity_change": "ActivityChange",
    "batch": "Batch",
    "batch_result": "Batch",
    "worker": "Worker",
    "worker_stay": "Worker",
    "worker_rate": "Worker",
    "dual_activity": "Worker",
    "roster": "RosterEntry",
    "campaign_place": "Declaration",
    "onboarding": "Eligibility",
    "right": "Membership",
}
KEYS = {
    "onboarding": "partner_id",
    "campaign_place": "key",
    "right": "membership_id",
    "contract": "convention_id",
    "partner_state": "partner_id",
    "worker_stay": "worker_id",
    "worker_rate": "worker_id",
    "dual_activity": "worker_id",
}
PLACE = ("campaign_id", "establishment_id")
ENTRY = ("establishment_id", "campaign_id", "worker_id")
OWNERS = {
    "membership": "user_id",
    "right": "user_id",
    "affiliation": "user_id",
    "user": "id",
    "agent": "user_id",
}
SERVICED = {"service_access", "bulletin"}
PLACED = {
    "declaration",
    "declaration_line",
    "draft_line",
    "treatment",
    "activity_change",
    "batch",
    "roster",
    "campaign_place",
}
PAPERS = {"convention", "amendment", "contract", "bulletin"}
IF_SIGNED = PAPERS - {"amendment"}
"""Papers that their organism reads once it has signed them; an amendment is always signed."""
STANDING = {
    "batch_result": ("batch", "id", "batch_id"),
}
"""Rows that are read by whoever reads one of these: (table, its key, our column)."""
OF_WORKER = {
    "worker": "person_id",
    "worker_stay": "worker_id",
    "worker_rate": "worker_id",
    "dual_activity": "worker_id",
}
"""Rows that are read by whoever reads a line or a change of the person, by our column."""
TREATED = {"import", "import_line"}
ALSO = {"import": ("import_line", "import_id", "id")}
"""Rows that are read for themselves, and by whoever reads one of these."""


def entry_key(row: Row) -> str:
    """Of an entry of a roster, whose id is its person's, in every roster that has it."""
    return "|".join(row[column] for column in ENTRY)


@dataclass(frozen=True)
class Rows:
    """Every row of the register, by table, and the day on which rights are read."""

    tables: Mapping[str, Sequence[Row]]
    day: date

    def objects(self, table: str) -> Iterator[tuple[str, list[Facts]]]:
        """Each id of a guarded table with its facts: of each partner of a person, of each row that it hangs from."""
        for row in self.tables[table]:
            key = (
                entry_key(row) if table == "roster" else str(row[KEYS.get(table, "id")])
            )
            if table in OF_WORKER:
                ours = OF_WORKER[table]
                yield (
                    key,
                    [
                        self._placed(other, r)
                        for other in ("declaration_line", "activity_change")
                        for r in self.tables[other]
                        if r["person_id"] == row[ours]
                    ],
                )
                continue
            if table in STANDING:
                other, its, ours = STANDING[table]
                yield (
                    key,
                    [
                        self._placed(other, r)
                        for r in self.tables[other]
                        if r[its] == row[ours]
                    ],
                )
                continue
            if table in TREATED:
                other, its, ours = ALSO.get(table, (table, "id", "id"))
                under = [r for r in self.tables[other] if r[its] == row[ours]]
                yield key, [{"administering": r["organism_id"]} for r in (row, *under)]
                continue
            if table in PLACED:
                yield key, [self._placed(table, row)]
                continue
            owner = {"owner": row[OWNERS[table]]} if table in OWNERS else {}
            if table == "user":
                homes = [
                    link["partner_id"]
                    for link in self.tables["affiliation"]
                    if link["user_id"] == row["id"]
                ]
                yield key, [owner | self.state(home) for home in [None, *homes]]
                continue
            partner = row["id"] if table == "partner" else row.get("partner_id")
            more: Facts = {"group": row["id"]} if table == "group" else {}
            if table in SERVICED:
                more["partner_service"] = f"{partner}|{row['service_id']}"
            if table in PAPERS:
                more["signatory"] = self._signatory(table, row)
            yield key, [owner | self.state(partner) | more]

    def _placed(self, table: str, row: Row) -> Facts:
        """What is declared is the Esat's, at an establishment; who pays is known of what has been received."""
        received = row["deposited"] if table == "declaration_line" else True
        payer = self._payer_of_entry(row) if table == "roster" else row.get("paying_id")
        return self.state(row["partner_id"]) | {
            "partner_service_establishment": f"{row['partner_id']}|svc_ESAT|{row['establishment_id']}",
            "paying": payer if received else None,
        }

    def _payer_of_entry(self, row: Row) -> str:
        """Of who is expected: the payer of the line in force, else of the card."""
        named = (
            *self._named("declaration_line", row["line_id"]),
            *self._named("worker", row["worker_id"]),
        )
        return str(named[0]["paying_id"])

    def _named(self, table: str, key: str | None) -> list[Row]:
        return [row for row in self.tables[table] if row["id"] == key]

    def _signatory(self, table: str, row: Row) -> str | None:
        """The organism of a paper's convention, where it has signed the paper."""
        key = row["id" if table == "convention" else "convention_id"]
        if table in IF_SIGNED and row["organism_signed_on"] is None:
            return None
        (organism,) = {
            convention["organism_id"]
            for convention in self.tables["convention"]
            if convention["id"] == key
        }
        return str(organism)

    def state(self, partner: str | None) -> Facts:
        """The one span of the partner's timeline that holds today."""
        if partner is None:
            return {}
        (today,) = (
            span
            for span in self.tables["partner_state"]
            if span["partner_id"] == partner
            and span["starts_on"] <= self.day < span["ends_on"]
        )
        return {
            "partner": partner,
            "convention": today["convention_id"],
            "mode": None if today["mode"] is None else str(today["mode"].value),
            "administering": today["administering_id"],
            "signing": today["signing_id"],
        }

    def allowed(self, engine: Engine, subject: Subject, table: str) -> set[str]:
        """The ids that the engine lets this subject read."""
        type_ = TYPES[table]
        return {
            key
            for key, every in self.objects(table)
            if any(
                engine.allows(subject, type_, "read", facts) is not None
                for facts in every
            )
        }
