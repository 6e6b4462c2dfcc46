"""A small world, exhaustive: every state of a partner × who administers it × who signed, each with one of all."""

from datetime import date, timedelta
from itertools import product
from typing import Any

from authz import Grant, Post, Subject
from persistence.types import FOREVER

from .desk import NOW, TODAY
from .facts import TYPES
from .small_declarations import CAFS, HERE, SINCE, THERE, declare
from .small_imports import extract

STATES = ((None, None), ("cnv", "CENTRALISED"), ("cnv", "DELEGATED"))
SERVICES = ("svc_ESAT", "svc_CDAP")
ROLES = {"svc_ESAT": "rol_ESAT_DECLARANT", "svc_CDAP": "rol_CDAP_T1"}
DAY = timedelta(days=1)


def spans(
    number: int,
    convention: str,
    state: tuple[str | None, str | None],
    caf: str,
    signing: str | None,
) -> list[dict[str, Any]]:
    """Today's span, between a past and a future that say something else: only today's may be read."""
    key, mode = state
    other_mode = None if mode == "DELEGATED" else "DELEGATED"
    other_caf = CAFS[(CAFS.index(caf) + 1) % len(CAFS)]
    now = {
        "convention_id": convention if key else None,
        "mode": mode,
        "administering_id": caf,
        "signing_id": signing,
    }
    other = {
        "convention_id": f"{convention}_other" if other_mode else None,
        "mode": other_mode,
        "administering_id": other_caf,
        "signing_id": other_caf,
    }
    first, last = (TODAY, TODAY + DAY) if number % 2 else (TODAY - 5 * DAY, FOREVER)
    cuts = [
        (SINCE, first, other),
        (first, last, now),
        *([(last, FOREVER, other)] if last < FOREVER else []),
    ]
    return [
        {
            "starts_on": starts,
            "ends_on": ends,
            "chained": starts if index else None,
            **facts,
        }
        for index, (starts, ends, facts) in enumerate(cuts)
    ]


def world() -> dict[str, list[dict[str, Any]]]:
    """Every state × administering × signing, each with one of all that a partner may have, in each service."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (*TYPES, "partner_state", "partner_follower", "bulletin_role")
    }
    cases = product(STATES, CAFS, (*CAFS, None))
    for number, (state, caf, signing) in enumerate(cases):
        _partner(rows, number, state, caf, signing)
    for name in ("nobody", "caller"):
        rows["user"].append(_user(f"usr_{name}"))
    # one person at three partners, of which one ended; one agent, one entry of nobody's partner
    for number, ends in ((0, None), (9, TODAY - DAY), (20, None)):
        rows["affiliation"].append(
            _affiliation(f"aff_w{number}", f"ptr_{number:02}", "usr_caller", ends)
        )
    rows["agent"] += [
        {
            "id": f"agt_{who}",
            "version": 1,
            "user_id": f"usr_{who}",
            "organism_id": "org_751",
            "profile": "READING",
            "starts_on": SINCE,
            "ends_on": None,
        }
        for who in ("caller", "nobody")
    ]
    rows["journal"].append(_entry(1_000, None))
    extract(rows)
    return rows


def _user(key: str) -> dict[str, Any]:
    return {
        "id": key,
        "version": 1,
        "kind": "PERSON",
        "given_name": "A",
        "family_name": key,
        "sort_key": key,
        "email": None,
    }


def _affiliation(
    key: str, partner: str, user: str, ends: date | None = None
) -> dict[str, Any]:
    named = {"user_id": user, "sort_key": user}
    return {
        "id": key,
        "version": 1,
        "partner_id": partner,
        "starts_on": SINCE,
        "ends_on": ends,
        **named,
    }


def _entry(seq: int, partner: str | None) -> dict[str, Any]:
    return {
        "seq": seq,
        "id": f"jrn_{seq}",
        "at": NOW,
        "day": TODAY,
        "actor_id": "usr_nobody",
        "source": "CLI",
        "act": "test",
        "partner_id": partner,
        "before": {},
        "after": {},
        "request_id": "r",
        "policy_hash": "h",
        "matched_rule": "m",
    }


def _partner(
    rows: dict[str, list[dict[str, Any]]],
    n: int,
    state: tuple[str | None, str | None],
    caf: str,
    signing: str | None,
) -> None:
    p, c, version = f"ptr_{n:02}", f"cnv_{n:02}", {"version": 1}
    one = version | {"partner_id": p}
    rows["partner"].append(
        version
        | {
            "id": p,
            "siren": f"{n:09}",
            "kind": "ESAT",
            "name": p,
            "sort_key": p,
            "registered_on": SINCE,
        }
    )
    rows["partner_follower"].append(
        {"partner_id": p, "starts_on": SINCE, "organism_id": caf}
    )
    for place, siret in ((HERE, f"{n:014}"), (THERE, f"9{n:013}")):
        named = {"id": f"est_{n:02}{place}", "name": p, "sort_key": p, "siret": siret}
        rows["establishment"].append(
            one | named | {"department": "75", "added_on": SINCE}
        )
    declare(rows, n)
    for key, mode in ((c, state[1] or "CENTRALISED"), (f"{c}_other", "DELEGATED")):
        rows["convention"].append(
            one
            | {"id": key, "siret": f"{n:014}", "organism_id": caf, "prepared_on": SINCE}
        )
        rows["contract"].append({"convention_id": key, "partner_id": p, "mode": mode})
    rows["partner_state"] += [
        {"partner_id": p, **span} for span in spans(n, c, state, caf, signing)
    ]
    rows["amendment"].append(
        one
        | {
            "id": f"amd_{n:02}",
            "convention_id": c,
            "number": 1,
            "verified_fields": [],
            "missions_before": [],
            "missions_after": [],
            "recorded_on": SINCE,
        }
    )
    rows["eligibility"].append(
        one
        | {
            "id": f"elg_{n:02}",
            "service_id": "svc_ESAT",
            "decision": "ELIGIBLE",
            "ground": "g",
            "decided_by_id": "usr_nobody",
            "decided_on": SINCE,
        }
    )
    rows["activity_attestation"].append(
        one
        | {
            "id": f"att_{n:02}",
            "attested_by_id": "usr_nobody",
            "attested_on": SINCE,
            "evidence": "e",
        }
    )
    rows["journal"].append(_entry(n + 1, p))
    for service in SERVICES:
        k, user, serviced = (
            f"{n:02}{service[4:]}",
            f"usr_{n:02}{service[4:]}",
            one | {"service_id": service},
        )
        rows["user"].append(_user(user))
        rows["affiliation"].append(
            _affiliation(f"aff_{k}", p, user, TODAY if n % 3 == 0 else None)
        )
        rows["service_access"].append(serviced | {"id": f"acc_{k}", "convention_id": c})
        rows["bulletin"].append(
            serviced
            | {
                "id": f"bul_{k}",
                "access_id": f"acc_{k}",
                "convention_id": c,
                "siret": f"{n:014}",
                "cna_acknowledged": False,
                "opened_on": SINCE,
            }
        )
        rows["bulletin_role"].append(
            {
                "bulletin_id": f"bul_{k}",
                "role_id": ROLES[service],
                "service_id": service,
            }
        )
        rows["group"].append(
            serviced
            | {
                "id": f"grp_{k}",
                "access_id": f"acc_{k}",
                "role_id": ROLES[service],
                "name": k,
                "sort_key": k,
                "all_establishments": True,
                "created_on": SINCE,
            }
        )
        rows["membership"].append(
            one
            | {
                "id": f"mbr_{k}",
                "group_id": f"grp_{k}",
                "role_id": ROLES[service],
                "affiliation_id": f"aff_{k}",
                "user_id": user,
                "starts_on": SINCE,
            }
        )
        rows["contract_manager"].append(
            one
            | {
                "id": f"mgr_{k}",
                "convention_id": c,
                "affiliation_id": f"aff_{k}",
                "user_id": user,
                "kind": "MANAGER",
                "starts_on": SINCE,
            }
        )


ORDER = (
    "user",
    "partner",
    "partner_follower",
    "establishment",
    "convention",
    "contract",
    "partner_state",
    "amendment",
    "eligibility",
    "activity_attestation",
    "service_access",
    "bulletin",
    "bulletin_role",
    "group",
    "affiliation",
    "membership",
    "contract_manager",
    "agent",
    "journal",
    "worker",
    "worker_stay",
    "worker_rate",
    "dual_activity",
    "declaration",
    "declaration_line",
    "draft_line",
    "activity_change",
    "batch",
    "batch_result",
    "import",
    "import_line",
    "partner_origin",
)


def member(
    role: str, number: int, service: str = "svc_ESAT", place: str = HERE
) -> Grant:
    return Grant(
        role,
        f"grp_{number:02}{service[4:]}",
        f"ptr_{number:02}",
        service,
        f"est_{number:02}{place}",
    )


HOMES = range(0, 36, 5)
CALLER = "usr_caller"
SUBJECTS: dict[str, Subject] = {
    "nobody": Subject(""),
    "everyone": Subject(CALLER),
    **{
        f"member {level}": Subject(
            CALLER, grants=tuple(member(f"member_{level}", n) for n in HOMES)
        )
        for level in ("reading", "validating")
    },
    "member of two services": Subject(
        CALLER,
        grants=(
            member("member_reading", 13),
            member("member_entering", 14, "svc_CDAP"),
        ),
    ),
    "member in the other establishment": Subject(
        CALLER, grants=tuple(member("member_validating", n, place=THERE) for n in HOMES)
    ),
    "machine": Subject(
        CALLER, machine=True, grants=tuple(member("machine_entering", n) for n in HOMES)
    ),
    "administrator": Subject(
        CALLER, administered=tuple(f"ptr_{n:02}" for n in range(36))
    ),
    **{
        f"{role} of {caf}": Subject(CALLER, posts=(Post(role, caf),))
        for role in ("agent_reading", "agent_managing", "resource_centre")
        for caf in CAFS
    },
    "two posts": Subject(
        CALLER, posts=(Post("agent_reading", CAFS[0]), Post("resource_centre", CAFS[2]))
    ),
    "national": Subject(CALLER, posts=(Post("national", "org_CNAF"),)),
    "all at once": Subject(
        CALLER,
        grants=(member("member_entering", 13),),
        posts=(Post("agent_managing", CAFS[1]),),
        administered=("ptr_26",),
    ),
}
