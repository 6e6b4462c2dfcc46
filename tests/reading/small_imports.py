"""Extractions in the small world: opened by each organism, with lines of some of them, and the origins of partners."""

from typing import Any, TypeAlias

from .desk import NOW, TODAY
from .small_declarations import CAFS

Rows: TypeAlias = dict[str, list[dict[str, Any]]]

PARIS, HAUTS_DE_SEINE, CNA = CAFS
OPENED = (
    (PARIS, ()),
    (PARIS, (PARIS, HAUTS_DE_SEINE)),
    (HAUTS_DE_SEINE, (PARIS, PARIS)),
    (CNA, (CNA, CNA, PARIS)),
)
"""Who opened, and who treats the lines."""


def extract(rows: Rows) -> None:
    for index, (opener, treating) in enumerate(OPENED):
        rows["import"].append(_extract(f"imp_{index}", opener, len(treating)))
        for number, organism in enumerate(treating, 2):
            rows["import_line"].append(_line(f"imp_{index}", number, organism))
    for partner in rows["partner"]:
        rows["partner_origin"].append(_origin(partner["id"]))


def _extract(key: str, opener: str, lines: int) -> dict[str, Any]:
    counted = dict.fromkeys(
        (
            "changed_count",
            "unchanged_count",
            "conflict_count",
            "rejected_count",
            "applied",
        ),
        0,
    )
    received = {
        "received_at": NOW,
        "digest": "0" * 64,
        "received": lines,
        "new_count": lines,
        "blank_lines": 0,
    }
    opened = {
        "organism_id": opener,
        "opened_by_id": "usr_nobody",
        "opened_on": TODAY,
        "filename": "x.csv",
    }
    return {"id": key, "version": 1} | opened | received | counted


def _line(extract_id: str, number: int, organism: str) -> dict[str, Any]:
    key = f"exl_{extract_id}_{number}"
    said = {"raw": {}, "fingerprint": key, "outcome": "NEW", "reasons": []}
    return {
        "id": key,
        "version": 1,
        "import_id": extract_id,
        "number": number,
        "organism_id": organism,
    } | said


def _origin(partner: str) -> dict[str, Any]:
    said = {
        "known_mcp": True,
        "known_habtiers": False,
        "filename": "x.csv",
        "digest": "0" * 64,
        "line_number": 2,
    }
    return {
        "id": f"ori_{partner}",
        "version": 1,
        "partner_id": partner,
        "import_id": "imp_0",
        "taken_on": TODAY,
    } | said
