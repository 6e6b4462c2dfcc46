"""What a line says of its worker.

Its columns, their digest, and what a draft keeps until its deposit.
"""

import hashlib
from datetime import date
from typing import Any

import orjson

from persistence.records.canonical import canonical

from .remuneration_lines import Remuneration

WORDS = (
    "paying_id",
    "matricule",
    "entered_on",
    "rate",
    "net_remuneration",
    "net_aid",
    "esat_share",
    "no_pay_reason",
    "dual_activity",
    "dual_activity_since",
    "dual_activity_hours",
    "dual_activity_employer",
)
"""The columns of a line that say something of its worker."""
STATEMENTS = (*WORDS, "confirmation", "comment")
"""The columns of a line that it is read into."""
IDENTITY = ("birth_name", "used_name", "given_names", "birth_date")


def words_digest(line: Remuneration) -> str:
    """SHA-256 of what the line says of the person, names included.

    Canonical JSON, sorted keys.

    Not the reference, the rank, the comment nor a confirmation: a treatment follows
    what is said of the person.
    """
    words = {name: getattr(line, name) for name in (*IDENTITY, *WORDS)}
    return hashlib.sha256(orjson.dumps(words, option=orjson.OPT_SORT_KEYS)).hexdigest()


def receipt_words(line: Remuneration, nir_mask: str) -> bytes:
    """What the line says of the person, as the receipt repeats it: canonical JSON.

    The names of the graph; amounts and rates as texts; what is not said is left out.
    """
    assert line.birth_date is not None
    assert line.entered_on is not None
    assert line.paying_id is not None
    since = line.dual_activity_since
    words = {
        "birthDate": line.birth_date.isoformat(),
        "birthName": line.birth_name,
        "dualActivity": line.dual_activity,
        "dualActivityEmployer": line.dual_activity_employer,
        "dualActivityHours": _decimal(line.dual_activity_hours),
        "dualActivitySince": since and since.isoformat(),
        "enteredOn": line.entered_on.isoformat(),
        "esatShare": _decimal(line.esat_share),
        "givenNames": line.given_names,
        "matricule": line.matricule,
        "netAid": _decimal(line.net_aid),
        "netRemuneration": _decimal(line.net_remuneration),
        "nir": nir_mask,
        "noPayReason": line.no_pay_reason,
        "payingOrganism": line.paying_id.partition("_")[2],
        "rate": _decimal(line.rate),
        "usedName": line.used_name,
    }
    return canonical({name: word for name, word in words.items() if word is not None})


def _decimal(hundredths: int | None) -> str | None:
    """An amount as `1234.56`."""
    if hundredths is None:
        return None
    units, rest = divmod(hundredths, 100)
    return f"{units}.{rest:02}"


OF_THE_WORKER = (
    "birth_name",
    "used_name",
    "given_names",
    "birth_date",
    "aah_beneficiary",
    "dual_activity_until",
    "paying_organism_changed",
)


def drafted_words(line: Remuneration) -> str:
    """What a draft says of its worker, kept with its line until the deposit."""
    return orjson.dumps({name: getattr(line, name) for name in OF_THE_WORKER}).decode()


def undrafted(text: str) -> dict[str, Any]:
    words: dict[str, Any] = orjson.loads(text)
    words = {name: words.get(name) for name in OF_THE_WORKER}
    for name in ("birth_date", "dual_activity_until"):
        words[name] = words[name] and date.fromisoformat(words[name])
    return words
