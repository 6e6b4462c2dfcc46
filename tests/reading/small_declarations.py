"""What each partner of the small world has declared: in the establishment that a member is granted, and in another."""

from datetime import date
from typing import Any, NamedTuple, TypeAlias

from .desk import NOW, TODAY

Rows: TypeAlias = dict[str, list[dict[str, Any]]]

CAFS = ("org_751", "org_921", "org_CNA")
SINCE = date(2026, 1, 1)
HERE, THERE = "", "x"


class Declared(NamedTuple):
    """A declaration by its letter, where it was made, whether it was received."""

    letter: str
    place: str
    campaign: str
    received: bool = True
    superseded: bool = False


DECLARATIONS = (
    Declared("a", HERE, "cmp_2025"),
    Declared("b", THERE, "cmp_2025"),
    Declared("c", HERE, "cmp_2024", superseded=True),
    Declared("d", HERE, "cmp_2026", received=False),
    Declared("e", THERE, "cmp_2026", received=False),
)
LINES = tuple(
    (pair[0], pair[1])
    for pair in ("aa", "bb", "cc", "dd", "ee", "ta", "tb", "ua", "ud", "fb")
)
"""By worker then declaration: `t` in both establishments, `u` received then drafted again, `n` nowhere."""
WORKERS = "abcdentuf"
ABSORBED = {"f": "n"}
"""A card that another one has absorbed."""
CHANGES = (("a", HERE, 0), ("b", THERE, 1), ("n", HERE, 2))
"""Whose, where, who is told: a change of a worker without any line opens the card."""
BATCHES = ((HERE, 2), (THERE, 1))


def person(n: int, letter: str) -> str:
    """The card that stands for the person of a card."""
    return f"wrk_{n:02}{ABSORBED.get(letter, letter)}"


def payer(number: int, which: int) -> str:
    """Who pays does not follow who administers: it changes with the partner, and within it."""
    return CAFS[(number + which) % len(CAFS)]


def declare(rows: Rows, n: int) -> None:
    partner = {"partner_id": f"ptr_{n:02}"}
    one = partner | {"version": 1}
    placed = {
        place: one | {"establishment_id": f"est_{n:02}{place}"}
        for place in (HERE, THERE)
    }
    for letter in WORKERS:
        rows["worker"].append(one | _worker(n, letter))
        if letter in ABSORBED:
            continue  # its life is that of the card that stands
        here = {"establishment_id": f"est_{n:02}{HERE}"}
        worker = partner | here | {"worker_id": f"wrk_{n:02}{letter}"}
        rows["worker_stay"].append(worker | {"starts_on": SINCE})
        rows["worker_rate"].append(worker | {"starts_on": SINCE, "rate": 8000})
        rows["dual_activity"].append(worker | {"starts_on": SINCE})
    of = {made.letter: made for made in DECLARATIONS}
    for made in DECLARATIONS:
        rows["declaration"].append(placed[made.place] | _declaration(n, made))
        if not made.received:
            rows["draft_line"].append(placed[made.place] | _draft_line(n, made))
    for position, (letter, into) in enumerate(LINES):
        rows["declaration_line"].append(
            placed[of[into].place]
            | _line(n, letter, into, position)
            | {"deposited": of[into].received, "paying_id": payer(n, position)}
        )
    for letter, place, which in CHANGES:
        facts = {
            "kind": "DEPARTURE",
            "effective_on": TODAY,
            "received_at": NOW,
            "paying_id": payer(n, which),
        }
        ids = {
            "id": f"chg_{n:02}{letter}",
            "worker_id": f"wrk_{n:02}{letter}",
            "person_id": person(n, letter),
        }
        rows["activity_change"].append(placed[place] | ids | facts)
    for place, results in BATCHES:
        batch = f"bat_{n:02}{place}"
        rows["batch"].append(placed[place] | _batch(batch, results))
        rows["batch_result"] += [
            one
            | {
                "id": f"res_{n:02}{place}{i}",
                "batch_id": batch,
                "position": i,
                "status": "HELD",
            }
            for i in range(results)
        ]


def _worker(n: int, letter: str) -> dict[str, Any]:
    key = f"wrk_{n:02}{letter}"
    names = {
        "birth_name": "N",
        "given_names": "P",
        "sort_key": key,
        "birth_date": SINCE,
        "matricule": "1",
    }
    secret = {"nir_cipher": b"", "nir_index": key, "nir_mask": "*"}
    return (
        {
            "id": key,
            "paying_id": payer(n, 0),
            "person_id": person(n, letter),
            "merged_into_id": person(n, letter) if letter in ABSORBED else None,
            "entered_on": SINCE,
            "aah_beneficiary": True,
        }
        | names
        | secret
    )


def _declaration(n: int, made: Declared) -> dict[str, Any]:
    return {
        "id": f"dec_{n:02}{made.letter}",
        "campaign_id": made.campaign,
        "siret": f"{n:014}",
        "sequence": 1,
        "prepared_at": NOW,
        "received_at": NOW if made.received else None,
        "superseded_at": NOW if made.superseded else None,
        "line_count": 1,
        "declared_by_id": "usr_nobody",
    }


def _draft_line(n: int, made: Declared) -> dict[str, Any]:
    return {
        "id": f"drl_{n:02}{made.letter}",
        "declaration_id": f"dec_{n:02}{made.letter}",
        "position": 0,
        "origin": "PUT",
        "cells_cipher": "",
    }


def _line(n: int, letter: str, into: str, position: int) -> dict[str, Any]:
    return {
        "id": f"lin_{n:02}{letter}{into}",
        "declaration_id": f"dec_{n:02}{into}",
        "worker_id": f"wrk_{n:02}{letter}",
        "person_id": person(n, letter),
        "position": position,
        "matricule": "1",
        "entered_on": SINCE,
        "rate": 8000,
        "dual_activity": False,
        "changed_sequence": 1,
    }


def _batch(key: str, results: int) -> dict[str, Any]:
    counts = dict.fromkeys(
        ("created", "replaced", "unchanged", "rejected", "removed"), 0
    )
    head = {
        "id": key,
        "kind": "REMUNERATIONS",
        "mode": "ACCEPT_VALID",
        "received_at": NOW,
        "sent_by_id": "usr_nobody",
    }
    return head | counts | {"received": results, "held": results}
