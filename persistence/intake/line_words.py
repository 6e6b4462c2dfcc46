"""What a line says of its worker.

Its columns, their digest, and what a receipt repeats.
"""

import hashlib

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

    Amounts and rates as texts; what is not said is left out.
    """
    assert line.birth_date is not None
    assert line.entered_on is not None
    assert line.paying_id is not None
    since = line.dual_activity_since
    words = {
        "birth_date": line.birth_date.isoformat(),
        "birth_name": line.birth_name,
        "dual_activity": line.dual_activity,
        "dual_activity_employer": line.dual_activity_employer,
        "dual_activity_hours": _decimal(line.dual_activity_hours),
        "dual_activity_since": since and since.isoformat(),
        "entered_on": line.entered_on.isoformat(),
        "esat_share": _decimal(line.esat_share),
        "given_names": line.given_names,
        "matricule": line.matricule,
        "net_aid": _decimal(line.net_aid),
        "net_remuneration": _decimal(line.net_remuneration),
        "nir": nir_mask,
        "no_pay_reason": line.no_pay_reason,
        "paying_organism": line.paying_id.partition("_")[2],
        "rate": _decimal(line.rate),
        "used_name": line.used_name,
    }
    return canonical({name: word for name, word in words.items() if word is not None})


def _decimal(hundredths: int | None) -> str | None:
    """An amount as `1234.56`."""
    if hundredths is None:
        return None
    units, rest = divmod(hundredths, 100)
    return f"{units}.{rest:02}"
