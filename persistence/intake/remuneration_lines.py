"""What a line of the November certificate says, read and checked field by field.

A field comes as the payroll writes it: decimal commas, spaces, days in French. What
blocks is an error, what is only strange is a warning; a line tells all of its own,
never a value.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from persistence.records.declaration_lines import NoPayReason
from persistence.records.identifiers import matricule
from persistence.records.nir import Nir
from persistence.records.rules import Refused, Rule
from persistence.types import folded

from .batch_lines import ParsedLine, cells
from .cells import (
    cents,
    day,
    flag,
    identifier,
    name,
    prose,
    rate,
    reference,
    share,
    siret,
)

NAMED = 5
"""How many of the other lines of a same number are named.

A thousand lines would name a million.
"""


WORDS = {
    "absence non remuneree": NoPayReason.UNPAID_ABSENCE,
    "absence": NoPayReason.UNPAID_ABSENCE,
    "conge parental": NoPayReason.PARENTAL_LEAVE,
    "non encore paye": NoPayReason.NOT_YET_PAID,
    "autre": NoPayReason.OTHER,
}


@dataclass(slots=True)
class Remuneration(ParsedLine):
    """One line of the certificate.

    Amounts in cents, rate and share in hundredths of a percent.
    """

    nir: Nir | None = None
    former_nir: Nir | None = None
    worker_id: str | None = None
    birth_name: str = ""
    used_name: str | None = None
    given_names: str = ""
    birth_date: date | None = None
    matricule: str | None = None
    paying_id: str | None = None
    entered_on: date | None = None
    rate: int | None = None
    net_remuneration: int | None = None
    net_aid: int | None = None
    esat_share: int | None = None
    no_pay_reason: NoPayReason | None = None
    dual_activity: bool | None = None
    dual_activity_since: date | None = None
    dual_activity_hours: int | None = None
    dual_activity_employer: str | None = None
    dual_activity_until: date | None = None
    paying_organism_changed: bool | None = None
    aah_beneficiary: bool | None = None
    confirmation: str | None = None
    comment: str | None = None


def repeated(lines: Sequence[Remuneration]) -> None:
    """The same NIR twice rejects all its lines.

    A reference that serves twice is told.
    """
    by_nir: dict[Nir, list[Remuneration]] = {}
    for line in lines:
        if line.nir is not None:
            by_nir.setdefault(line.nir, []).append(line)
    for same in by_nir.values():
        refuse_same(same)
    references = Counter(line.reference for line in lines)
    for line in lines:
        if line.reference is not None and references[line.reference] > 1:
            line.warn(Rule.REFERENCE_DUPLICATE, "client_reference")


def refuse_same(lines: Sequence[Remuneration]) -> None:
    """Refuse lines that are of one person, each naming the others."""
    for line in lines if len(lines) > 1 else ():
        others = islice((other for other in lines if other is not line), NAMED)
        names = [other.reference or f"au rang {other.index}" for other in others]
        more = ", …" if len(lines) > NAMED + 1 else ""
        detail = f"Voir : {', '.join(names)}{more}."
        line.reject(Rule.WORKER_DUPLICATE_IN_BATCH, "nir", detail)


def _dual(text: str) -> bool:
    try:
        return flag(text)
    except Refused:
        raise Refused(Rule.DUAL_ACTIVITY_MISSING) from None


def hours(text: str) -> int:
    """Weekly hours, in hundredths. Refused: VALUE_INVALID."""
    try:
        return cents(text)
    except Refused:
        raise Refused(
            Rule.VALUE_INVALID,
            detail="Un nombre d'heures, avec deux décimales au plus.",
        ) from None


def _no_pay(text: str) -> NoPayReason:
    reason = NoPayReason.__members__.get(text) or WORDS.get(folded(text))
    if reason is None:
        raise Refused(
            Rule.NO_PAY_REASON_UNKNOWN, detail=f"Connus : {', '.join(NoPayReason)}."
        )
    return reason


CELLS = cells(
    client_reference=reference,
    worker_id=identifier,
    nir=Nir.read,
    former_nir=Nir.read,
    birth_name=name,
    used_name=name,
    given_names=name,
    birth_date=day,
    matricule=matricule,
    entered_on=day,
    rate=rate,
    net_remuneration=cents,
    net_aid=cents,
    esat_share=share,
    no_pay_reason=_no_pay,
    dual_activity=_dual,
    dual_activity_since=day,
    dual_activity_hours=hours,
    dual_activity_employer=siret,
    dual_activity_until=day,
    paying_organism_changed=flag,
    aah_beneficiary=flag,
    confirmation=prose,
    comment=prose,
)
REQUIRED = {
    "nir": Rule.NIR_FORMAT,
    "birth_name": Rule.NAME_INVALID,
    "given_names": Rule.NAME_INVALID,
    "birth_date": Rule.DAY_INVALID,
    "entered_on": Rule.DAY_INVALID,
    "rate": Rule.RATE_RANGE,
    "dual_activity": Rule.DUAL_ACTIVITY_MISSING,
}
