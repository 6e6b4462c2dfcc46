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
}
KEYS = {"contract": "convention_id"}
OWNERS = {"membership": "user_id", "affiliation": "user_id", "user": "id", "agent": "user_id"}
SERVICED = {"service_access", "bulletin"}


@dataclass(frozen=True)
class Rows:
    """Every row of the register, by table, and the day on which rights are read."""

    tables: Mapping[str, Sequence[Row]]
    day: date

    def objects(self, table: str) -> Iterator[tuple[str, list[Facts]]]:
        """Each id of a guarded table with its facts; a person has those of each partner they were affiliated to."""
        for row in self.tables[table]:
            key = str(row[KEYS.get(table, "id")])
            owner = {"owner": row[OWNERS[table]]} if table in OWNERS else {}
            if table == "user":
                homes = [link["partner_id"] for link in self.tables["affiliation"] if link["user_id"] == row["id"]]
                yield key, [owner | self.state(home) for home in [None, *homes]]
                continue
            partner = row["id"] if table == "partner" else row.get("partner_id")
            more: Facts = {"group": row["id"]} if table == "group" else {}
            if table in SERVICED:
                more["partner_service"] = f"{partner}|{row['service_id']}"
            yield key, [owner | self.state(partner) | more]

    def state(self, partner: str | None) -> Facts:
        """The one span of the partner's timeline that holds today."""
        if partner is None:
            return {}
        (today,) = (
            span
            for span in self.tables["partner_state"]
            if span["partner_id"] == partner and span["starts_on"] <= self.day < span["ends_on"]
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
            if any(engine.allows(subject, type_, "read", facts) is not None for facts in every)
        }
