"""What is decided on a partner: that it may use a service, that it is still active."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named


class Decision(StrEnum):
    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"


class Eligibility(Record):
    """Décision d'éligibilité of a partner to a service: who, when, on which ground (R28, R50)."""

    __tablename__ = "eligibility"
    prefix = "elg"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    decision: Mapped[Decision] = mapped_column(named(Decision), info=UNTOLD)
    ground: Mapped[str] = mapped_column(info=UNTOLD)
    form_digest: Mapped[str | None] = mapped_column(info=UNTOLD)
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    decided_on: Mapped[date]


class ActivityAttestation(Record):
    """Attestation that the partner is still active: by whom, when, how (R53)."""

    __tablename__ = "activity_attestation"
    prefix = "att"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    attested_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    attested_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(info=UNTOLD)
