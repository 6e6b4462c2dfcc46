"""Papers that two parties sign outside; their scans are known by digest."""

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Mapped

from .base import untold
from .identifiers import sha256
from .rules import Rule, require


class Signature(NamedTuple):
    """Both signatures of one paper: their days, who signed, the scan (R30).

    The scan is known by its SHA-256.
    """

    partner_signed_on: date
    organism_signed_on: date
    partner_signatory: str
    organism_signatory: str
    digest: str

    def check(self, path: str, today: date) -> None:
        for day, field in (
            (self.partner_signed_on, "partner_signed_on"),
            (self.organism_signed_on, "organism_signed_on"),
        ):
            require(day <= today, Rule.DATE_FUTURE, path, field)
        for name, field in (
            (self.partner_signatory, "partner_signatory"),
            (self.organism_signatory, "organism_signatory"),
        ):
            require(name.strip(), Rule.SIGNATURE_MISSING, path, field)
        sha256(self.digest, path, "digest")


class Signed:
    """A paper that two parties sign outside; its managing agent records both dates."""

    partner_signed_on: Mapped[date | None]
    organism_signed_on: Mapped[date | None]
    partner_signatory: Mapped[str | None] = untold()
    organism_signatory: Mapped[str | None] = untold()
    digest: Mapped[str | None]

    @property
    def is_signed(self) -> bool:
        return (
            self.partner_signed_on is not None and self.organism_signed_on is not None
        )

    def record_signature(self, signature: Signature, path: str, today: date) -> None:
        require(not self.is_signed, Rule.ALREADY_SIGNED, path)
        signature.check(path, today)
        for name, value in signature._asdict().items():
            setattr(self, name, value.strip() if isinstance(value, str) else value)
