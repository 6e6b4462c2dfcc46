"""What is decided on a partner: that it may use a service, that it is still active."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, FromClause, and_, not_, or_
from sqlalchemy.orm import Mapped, mapped_column

from .base import UNTOLD, Record, named
from .periods import predicate
from .services import Service


class Decision(StrEnum):
    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"


class Eligibility(Record):
    """Décision d'éligibilité of a partner to a service.

    Who, when, on which ground (R28, R50).
    """

    __tablename__ = "eligibility"
    prefix = "elg"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    decision: Mapped[Decision] = mapped_column(named(Decision), info=UNTOLD)
    ground: Mapped[str] = mapped_column(info=UNTOLD)
    form_digest: Mapped[str | None] = mapped_column(info=UNTOLD)
    decided_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    decided_on: Mapped[date]

    @predicate
    def is_favourable_for(self, service: Service) -> bool:
        """R28; R50: with the form, where the service needs one."""
        has_form = self.form_digest is not None or not service.needs_eligibility_form
        return self.decision is Decision.ELIGIBLE and has_form

    @is_favourable_for.in_sql
    @staticmethod
    def _(row: FromClause, service: FromClause) -> ColumnElement[bool]:
        has_form = or_(
            row.c.form_digest.is_not(None), not_(service.c.needs_eligibility_form)
        )
        return and_(row.c.decision == Decision.ELIGIBLE.value, has_form)


class ActivityAttestation(Record):
    """Attestation that the partner is still active: by whom, when, how (R53)."""

    __tablename__ = "activity_attestation"
    prefix = "att"

    partner_id: Mapped[str] = mapped_column(ForeignKey("partner.id"), index=True)
    attested_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    attested_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(info=UNTOLD)
