"""The certificate of a November: what each of its lines is read and checked against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from persistence.draft_cells import is_mask
from persistence.records.identifiers import MATRICULE
from persistence.records.nir import Nir
from persistence.records.rules import Refused, Rule
from persistence.types import folded

from .batch_lines import refuse_numbers, texts
from .bounds import Bounds
from .cells import FULL, siret
from .payers import payer_code
from .remuneration_lines import CELLS, REQUIRED, Remuneration, repeated

NET_LEAST, NET_MOST = 70, 105
"""Amounts are net, and the texts speak of gross ones.

Within these percents of the gross figure, nothing is told.
"""
LONGEST_WEEK = 35_00
ONE = 1_00


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the lines of one establishment and one campaign are read against.

    `payers` gives the id of a Caf by its code.
    """

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

    def read_all(
        self, lines: Iterable[Mapping[str, Any]], of: str = "lines"
    ) -> list[Remuneration]:
        """Each line, in order; `of` is the list of the input that has them.

        The same NIR twice rejects both, each naming the other.
        """
        rows = list(lines)
        read = [self.read(index, line, of) for index, line in enumerate(rows)]
        refuse_numbers(read, rows)
        repeated(read)
        return read

    def read(
        self, index: int, raw: Mapping[str, Any], of: str = "lines"
    ) -> Remuneration:
        """One line.

        What cannot be read is an error at its field; what depends on it is not judged.
        """
        line = Remuneration(index, of=of)
        row = texts(raw)
        if "worker_id" in row and is_mask(row.get("nir")):
            del row["nir"]  # a person who is named is shown with their number hidden
        line.take_all(row, CELLS)
        for field, missing in REQUIRED.items():
            is_named = field == "nir" and "worker_id" in row
            if field not in row and not is_named:
                line.reject(missing, field)
        payer = row.get("paying_organism")
        line.paying_id = line.take(payer, self._payer, "paying_organism")
        workplace = row.get("siret")
        line.take(workplace, self._require_workplace, "siret")
        month = row.get("reference_month")
        line.take(month, self._require_november, "reference_month")
        _tell_identity(line, row.get("nir", ""))
        self._check_dates(line)
        self._check_amounts(line)
        _check_dual_activity(line)
        if not line.errors:
            self._compare(line)
        return line

    # fields

    def _payer(self, code: str) -> str:
        full_code = payer_code(code)
        organism_id = self.payers.get(full_code)
        if organism_id is None:
            raise Refused(Rule.PAYING_ORGANISM_UNKNOWN)
        return organism_id

    def _require_workplace(self, text: str) -> None:
        if text != self.siret and siret(text) != self.siret:
            raise Refused(Rule.ESTABLISHMENT_MISMATCH)

    def _require_november(self, text: str) -> None:
        november = (
            f"{self.year}-11",
            f"11/{self.year}",
            f"novembre {self.year}",
        )
        if folded(text) not in november:
            raise Refused(Rule.PERIOD_NOT_NOVEMBER)

    # between fields

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
        if line.no_pay_reason is not None or line.missed("no_pay_reason"):
            _refuse_amounts(line)
            return
        net = line.net_remuneration
        aid = line.net_aid
        _require_amounts(line)
        if net and aid is not None and aid > net:
            line.reject(Rule.AID_EXCEEDS_RG, "net_aid")
        if not net or line.rate is None:
            return
        highest = self.bounds.gross(self.bounds.most, line.rate)
        if net > highest:
            tell = line.warn if line.confirmation else line.reject
            tell(Rule.RG_ABOVE_MAX, "net_remuneration")

    def _compare(self, line: Remuneration) -> None:
        """What is only strange in a line: docs/business/declarations.md."""
        if line.rate is not None and line.rate < ONE:
            line.warn(Rule.RATE_BELOW_1, "rate")
        _compare_dual_activity(line)
        net = line.net_remuneration
        aid = line.net_aid
        part = line.esat_share
        at = line.rate
        if not net or aid is None or part is None or at is None:
            return
        bounds = self.bounds
        if part < bounds.share_least:
            line.warn(Rule.ESAT_SHARE_BELOW_5, "esat_share")
        elif not _near(net - aid, bounds.gross(part, at)):
            line.warn(Rule.ESAT_SHARE_DIFFERS, "esat_share")
        expected_aid = bounds.gross(bounds.aid(part), at)
        if not _near(aid, expected_aid):
            line.warn(Rule.AID_DIFFERS, "net_aid")
        lowest = bounds.gross(bounds.least, at)
        if net * 100 < lowest * NET_LEAST:
            line.warn(Rule.RG_BELOW_MIN, "net_remuneration")


def _tell_identity(line: Remuneration, written: str) -> None:
    if line.nir is not None:
        _tell_number(line, line.nir, written)
    matricule = line.matricule
    if matricule is not None and len(matricule) < MATRICULE:
        line.warn(Rule.MATRICULE_SHORT, "matricule")


def _tell_number(line: Remuneration, nir: Nir, written: str) -> None:
    """What is strange in a number: as it is `written`, and beside the day of birth."""
    characters = sum(c.isalnum() for c in written)
    if characters == len("SAAMMDDCCCOOO"):
        line.warn(Rule.NIR_COMPLETED, "nir")
    if nir.is_temporary:
        line.warn(Rule.NIR_TEMPORARY, "nir")
    birth = line.birth_date
    if birth is None:
        return
    if nir.contradicts(birth):
        line.warn(Rule.NIR_YEAR_MISMATCH, "nir")
    if nir.is_of_another_month(birth):
        line.warn(Rule.NIR_MONTH_MISMATCH, "nir")


def _refuse_amounts(line: Remuneration) -> None:
    """A line that says why nothing is paid has no amount."""
    if line.net_remuneration:
        line.reject(Rule.NO_PAY_WITH_AMOUNT, "net_remuneration")
    if line.net_aid:
        line.reject(Rule.NO_PAY_WITH_AMOUNT, "net_aid")


def _require_amounts(line: Remuneration) -> None:
    """Whoever is paid has both amounts and a share; one that cannot be read is told."""
    if not line.net_remuneration and not line.missed("net_remuneration"):
        line.reject(Rule.AMOUNT_MISSING, "net_remuneration")
    if line.net_aid is None and not line.missed("net_aid"):
        line.reject(Rule.AMOUNT_MISSING, "net_aid")
    if line.esat_share is None and not line.missed("esat_share"):
        line.reject(Rule.SHARE_RANGE, "esat_share")


def _check_dual_activity(line: Remuneration) -> None:
    """R16: a first day, hours and an employer go with « oui », an end with « non »."""
    stated = {
        "dual_activity_since": line.dual_activity_since,
        "dual_activity_hours": line.dual_activity_hours,
        "dual_activity_employer": line.dual_activity_employer,
    }
    if line.dual_activity is False:
        detail = "Sans cumul, ce champ reste vide."
        for at, value in stated.items():
            if value:
                line.reject(Rule.VALUE_INVALID, at, detail)
    elif line.dual_activity and line.dual_activity_until is not None:
        detail = "Une fin se dit avec « non »."
        line.reject(Rule.VALUE_INVALID, "dual_activity_until", detail)


def _compare_dual_activity(line: Remuneration) -> None:
    """R16: what the answer lacks, and what is strange in it, is told."""
    hours = line.dual_activity_hours
    if line.dual_activity:
        if line.dual_activity_since is None:
            line.warn(Rule.DUAL_ACTIVITY_SINCE_MISSING, "dual_activity_since")
        if hours is None:
            line.warn(Rule.DUAL_ACTIVITY_QUOTA_MISSING, "dual_activity_hours")
        if line.rate == FULL:
            line.warn(Rule.DUAL_ACTIVITY_FULL_RATE, "dual_activity")
    if hours is not None and hours > LONGEST_WEEK:
        line.warn(Rule.DUAL_ACTIVITY_OVER_35H, "dual_activity_hours")


def _near(net: int, gross: int) -> bool:
    return gross * NET_LEAST <= net * 100 <= gross * NET_MOST
