"""The certificate of a November: what each of its lines is read and checked against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from persistence.records.identifiers import MATRICULE, whole
from persistence.records.rules import Refused, Rule
from persistence.types import folded

from .batch_lines import refuse_numbers, texts
from .bounds import Bounds
from .cells import FULL, siret
from .remuneration_lines import CELLS, REQUIRED, Remuneration, repeated

NET_LEAST, NET_MOST = 70, 105
"""Amounts are net and the texts speak of gross ones: percents of the gross figure within which nothing is told."""
LONGEST_WEEK = 35_00
ONE = 1_00


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the lines of one establishment and one campaign are read against; `payers` gives a Caf's id by its code."""

    year: int
    siret: str
    bounds: Bounds
    payers: Mapping[str, str]

    @property
    def first_day(self) -> date:
        """The first day of the reference month (R18)."""
        return date(self.year, 11, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 11, 30)

    def read_all(self, lines: Iterable[Mapping[str, Any]]) -> list[Remuneration]:
        """Each line, in order; the same NIR twice rejects both, each naming the other."""
        rows = list(lines)
        read = [self.read(index, line) for index, line in enumerate(rows)]
        refuse_numbers(read, rows)
        repeated(read)
        return read

    def read(self, index: int, raw: Mapping[str, Any]) -> Remuneration:
        """One line; what cannot be read is an error at its field, and what depends on it is not judged."""
        line, row = Remuneration(index), texts(raw)
        line.take_all(row, CELLS)
        for field, missing in REQUIRED.items():
            if field not in row:
                line.reject(missing, field)
        line.paying_id = line.take(
            row.get("paying_organism"), self._payer, "paying_organism"
        )
        line.take(row.get("siret"), self._require_workplace, "siret")
        line.take(row.get("reference_month"), self._require_november, "reference_month")
        self._tell_identity(line, row.get("nir", ""))
        self._check_dates(line)
        self._check_amounts(line)
        _check_dual_activity(line)
        if not line.errors:
            self._compare(line)
        return line

    # fields

    def _payer(self, code: str) -> str:
        organism_id = self.payers.get(whole(code).upper().zfill(3))
        if organism_id is None:
            raise Refused(Rule.PAYING_ORGANISM_UNKNOWN)
        return organism_id

    def _require_workplace(self, text: str) -> None:
        if text != self.siret and siret(text) != self.siret:
            raise Refused(Rule.ESTABLISHMENT_MISMATCH)

    def _require_november(self, text: str) -> None:
        if folded(text) not in (
            f"{self.year}-11",
            f"11/{self.year}",
            f"novembre {self.year}",
        ):
            raise Refused(Rule.PERIOD_NOT_NOVEMBER)

    # between fields

    def _tell_identity(self, line: Remuneration, written: str) -> None:
        if line.nir is not None:
            if sum(c.isalnum() for c in written) == len("SAAMMDDCCCOOO"):
                line.warn(Rule.NIR_COMPLETED, "nir")
            if line.nir.is_temporary:
                line.warn(Rule.NIR_TEMPORARY, "nir")
            if line.birth_date is not None and line.nir.contradicts(line.birth_date):
                line.warn(Rule.NIR_YEAR_MISMATCH, "nir")
            if line.birth_date is not None and line.nir.is_of_another_month(
                line.birth_date
            ):
                line.warn(Rule.NIR_MONTH_MISMATCH, "nir")
        if line.matricule is not None and len(line.matricule) < MATRICULE:
            line.warn(Rule.MATRICULE_SHORT, "matricule")

    def _check_dates(self, line: Remuneration) -> None:
        born, entered = line.birth_date, line.entered_on
        if born is not None and born > self.last_day:
            line.reject(Rule.DAY_INVALID, "birth_date")
        elif born is not None and entered is not None and entered <= born:
            line.reject(
                Rule.DAY_INVALID, "entered_on", "L'entrée précède la naissance."
            )
        if entered is not None and entered > self.last_day:
            line.reject(Rule.ENTRY_AFTER_REFERENCE_MONTH, "entered_on")

    def _check_amounts(self, line: Remuneration) -> None:
        """Amounts or a reason for none; the aid is a part of the remuneration."""
        net, aid = line.net_remuneration, line.net_aid
        if line.no_pay_reason is not None or line.missed("no_pay_reason"):
            for amount, at in ((net, "net_remuneration"), (aid, "net_aid")):
                if amount:
                    line.reject(Rule.NO_PAY_WITH_AMOUNT, at)
            return
        if not net and not line.missed("net_remuneration"):
            line.reject(Rule.AMOUNT_MISSING, "net_remuneration")
        if aid is None and not line.missed("net_aid"):
            line.reject(Rule.AMOUNT_MISSING, "net_aid")
        if line.esat_share is None and not line.missed("esat_share"):
            line.reject(Rule.SHARE_RANGE, "esat_share")
        if net and aid is not None and aid > net:
            line.reject(Rule.AID_EXCEEDS_RG, "net_aid")
        if (
            net
            and line.rate is not None
            and net > self.bounds.gross(self.bounds.most, line.rate)
        ):
            (line.warn if line.confirmation else line.reject)(
                Rule.RG_ABOVE_MAX, "net_remuneration"
            )

    def _compare(self, line: Remuneration) -> None:
        """What is only strange in a line: docs/business/declarations.md."""
        if line.rate is not None and line.rate < ONE:
            line.warn(Rule.RATE_BELOW_1, "rate")
        _compare_dual_activity(line)
        net, aid, part, at = (
            line.net_remuneration,
            line.net_aid,
            line.esat_share,
            line.rate,
        )
        if not net or aid is None or part is None or at is None:
            return
        bounds = self.bounds
        if part < bounds.share_least:
            line.warn(Rule.ESAT_SHARE_BELOW_5, "esat_share")
        elif not _near(net - aid, bounds.gross(part, at)):
            line.warn(Rule.ESAT_SHARE_DIFFERS, "esat_share")
        if not _near(aid, bounds.gross(bounds.aid(part), at)):
            line.warn(Rule.AID_DIFFERS, "net_aid")
        if net * 100 < bounds.gross(bounds.least, at) * NET_LEAST:
            line.warn(Rule.RG_BELOW_MIN, "net_remuneration")


def _check_dual_activity(line: Remuneration) -> None:
    """R16: a first day, hours and an employer go with « oui », an end with « non »."""
    stated = {
        "dual_activity_since": line.dual_activity_since,
        "dual_activity_hours": line.dual_activity_hours,
        "dual_activity_employer": line.dual_activity_employer,
    }
    if line.dual_activity is False:
        for at in (name for name, value in stated.items() if value):
            line.reject(Rule.VALUE_INVALID, at, "Sans cumul, ce champ reste vide.")
    elif line.dual_activity and line.dual_activity_until is not None:
        line.reject(
            Rule.VALUE_INVALID, "dual_activity_until", "Une fin se dit avec « non »."
        )


def _compare_dual_activity(line: Remuneration) -> None:
    """R16: the answer is kept on the line; what it lacks, and what is strange in it, is told."""
    if line.dual_activity and line.dual_activity_since is None:
        line.warn(Rule.DUAL_ACTIVITY_SINCE_MISSING, "dual_activity_since")
    if line.dual_activity and line.dual_activity_hours is None:
        line.warn(Rule.DUAL_ACTIVITY_QUOTA_MISSING, "dual_activity_hours")
    if line.dual_activity and line.rate == FULL:
        line.warn(Rule.DUAL_ACTIVITY_FULL_RATE, "dual_activity")
    if line.dual_activity_hours is not None and line.dual_activity_hours > LONGEST_WEEK:
        line.warn(Rule.DUAL_ACTIVITY_OVER_35H, "dual_activity_hours")


def _near(net: int, gross: int) -> bool:
    return gross * NET_LEAST <= net * 100 <= gross * NET_MOST
