"""A thousand lines deposited: the bodies that are sent, and the floor that copies the same rows and judges nothing."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import asyncpg
import orjson
from uuid_utils import uuid7

from persistence.engine import Database, Driver
from persistence.intake.batches import RESULT
from persistence.intake.declared_columns import LINE, NUMBER, WORKER
from persistence.intake.life_rows import EVENT, RATE, STAY

from .data import DECLARANT, nirs, siret

LINES = 1_000
DECLARE = """mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) {
  batch { id received created replaced unchanged rejected held } replayed errors { code message path } } }"""
DAY = date(2026, 12, 10)
DIGEST, SALT, WORDS = "0" * 64, "0" * 24, '{"nom":"Lefèvre","montant":"392.64"}' * 8
"""What the floor writes of a receipt: texts as long as those of a line."""


def bodies(desks: Sequence[int], seed: int, amount: int) -> Iterator[bytes]:
    """One deposit at each desk; the same seed gives the same people, another amount other lines."""
    for desk in desks:
        lines = [
            {
                "clientReference": f"L{i:05}", "nir": nir, "birthName": "Lefèvre", "givenNames": "Élodie",
                "birthDate": f"27/06/19{nir[1:3]}", "matricule": "1000000", "payingOrganism": "751",
                "siret": siret(desk), "enteredOn": "09/09/2012", "rate": "33,33", "netRemuneration": f"{amount},64",
                "netAid": "272,16", "esatShare": "22,00", "dualActivity": "N",
            }
            for i, nir in enumerate(islice(nirs(seed * 1000 + desk), LINES))
        ]  # fmt: skip
        given = {
            "establishment": {"id": f"est_{desk}"}, "campaignYear": 2026, "deposit": True, "lines": lines,
            "idempotencyKey": uuid7().hex,
        }  # fmt: skip
        yield json.dumps({"query": DECLARE, "variables": {"input": given}}).encode()


async def copy(
    body: bytes, run: str, *, new: bool, database: Database, pool: asyncpg.Pool | None
) -> bytes:
    """The floor: the rows of a deposit, in one transaction, from the same body; `run` names its people."""
    given = orjson.loads(body)["variables"]["input"]
    desk = int(given["establishment"]["id"].removeprefix("est_")) + 10_000
    people = [f"wrk_{run}_{desk}_{i:04}" for i in range(len(given["lines"]))]
    rows = _rows(given["lines"], people, desk, datetime.now(UTC), new=new)
    if pool is not None:
        async with pool.acquire() as connection, connection.transaction():
            for name, columns, made in rows:
                await connection.copy_records_to_table(
                    name, records=made, columns=columns.split()
                )
        return b"{}"
    async with database.transaction() as session:
        driver: Driver = await database.driver_of(session)
        for name, columns, made in rows:
            marks = ", ".join("?" * len(made[0]))
            text = (
                f'INSERT INTO "{name}" ({", ".join(columns.split())}) VALUES ({marks})'
            )
            await driver.executemany(text, [tuple(map(_plain, row)) for row in made])
    return b"{}"


def _plain(value: Any) -> Any:  # noqa: ANN401 a driver's value
    return value.isoformat() if isinstance(value, date) else value


def _rows(
    lines: Sequence[dict[str, Any]],
    people: Sequence[str],
    desk: int,
    now: datetime,
    *,
    new: bool,
) -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
    key, partner, place, by = (
        uuid7().hex,
        f"ptr_{desk}",
        f"est_{desk}",
        f"usr_{DECLARANT}",
    )
    # a declaration of its own each time: nothing is looked for, nothing is replaced
    sequence = int(key[:12], 16) % 2**31
    yield (
        "declaration",
        "id version partner_id establishment_id campaign_id siret sequence prepared_at received_at superseded_at "
        "line_count declared_by_id nothing_to_declare",
        [
            (
                f"dec_{key}",
                1,
                partner,
                place,
                "cmp_2026",
                siret(desk),
                sequence,
                now,
                now,
                now,
                len(lines),
                by,
                False,
            )
        ],
    )
    yield (
        "batch",
        "id version partner_id establishment_id kind mode campaign_id declaration_id received_at sent_by_id received "
        "created replaced unchanged rejected held removed",
        [
            (
                f"bat_{key}", 1, partner, place, "REMUNERATIONS", "ALL_OR_NOTHING", "cmp_2026", f"dec_{key}", now, by,
                len(lines), len(lines), 0, 0, 0, 0, 0,
            )
        ],
    )  # fmt: skip
    if new:
        yield (
            "worker",
            " ".join(WORKER),
            [
                (
                    person, 1, partner, os.urandom(54), person[4:], "1 00 00 ** *** *** **", line["birthName"], None,
                    line["givenNames"], "lefevre elodie", DAY, line["matricule"], "org_751", DAY, True, person,
                )
                for person, line in zip(people, lines, strict=True)
            ],
        )  # fmt: skip
        yield (
            "worker_number",
            " ".join(NUMBER),
            [(partner, person[4:], person, DAY) for person in people],
        )
    yield (
        "declaration_line",
        " ".join(LINE),
        [
            (
                f"lin_{key}{i:04}", 1, partner, place, f"dec_{key}", person, person, True, i, line["clientReference"],
                "org_751", line["matricule"], DAY, 3333, 39264, 27216, 2200, None, False, None, None, None, None, None,
                DIGEST, WORDS, SALT, DIGEST, 1, None, None, None, None,
            )
            for i, (person, line) in enumerate(zip(people, lines, strict=True))
        ],
    )  # fmt: skip
    if new:
        yield (
            "activity_change",
            " ".join(EVENT),
            [
                (
                    f"chg_{key}{i:04}{rank}", 1, partner, place, person, person, "org_751", "DECLARED", "CERTIFICATE",
                    f"lin_{key}{i:04}", kind, DAY, None, rate, None, None, None, None, None, now, None, None, None,
                )
                for i, person in enumerate(people)
                for rank, (kind, rate) in enumerate((("ADMISSION", None), ("RATE_FOUND", 3333)))
            ],
        )  # fmt: skip
        here = [(person, place, partner) for person in people]
        yield "worker_stay", " ".join(STAY), [(*one, DAY, None, None) for one in here]
        yield "worker_rate", " ".join(RATE), [(*one, DAY, 3333) for one in here]
    yield (
        "batch_result",
        " ".join(RESULT),
        [
            (
                f"res_{key}{i:04}",
                1,
                f"bat_{key}",
                partner,
                i,
                line["clientReference"],
                "CREATED",
                f"lin_{key}{i:04}",
                None,
                None,
            )
            for i, line in enumerate(lines)
        ],
    )
    yield (
        "journal",
        "id at day actor_id acting_for source act object_id partner_id before after request_id policy_hash matched_rule",
        [
            (
                f"jrn_{key}", now, DAY, by, partner, "API", "remunerationsDeclare", f"bat_{key}", partner, "{}", "{}", key,
                "floor", "floor",
            )
        ],
    )  # fmt: skip
    yield (
        "idempotency",
        "user_id operation key digest outcome at expires_at",
        [(by, "remunerationsDeclare", key, key * 2, "{}", now, now)],
    )
