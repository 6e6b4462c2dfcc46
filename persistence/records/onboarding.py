"""What an opening requires before it: attestation and verified mission (R53, R55)."""

from datetime import date, timedelta

from .cases import is_known, is_legacy
from .conventions import Convention
from .partners import Partner
from .rules import Rule, require
from .services import Service

GRACE = timedelta(days=30)
"""The least time between a registration and a late opening (R59)."""


def require_onboarding_before_signing(
    convention: Convention, service: Service, today: date
) -> None:
    """R53: a partner of Habtiers is attested to be active before the first signature.

    Once is enough for each service.
    """
    partner = convention.partner
    served = (
        b.opened_on
        for c in partner.conventions
        for a in c.accesses
        if a.service.id == service.id
        for b in a.bulletins
    )
    if service.migration is None or any(served):
        return
    _require_attestation(partner, today)


def require_onboarding_before_contract(partner: Partner, today: date) -> None:
    """R53: a partner of Habtiers is attested to be active before the papers are made.

    A switch is no first paper.
    """
    _require_attestation(partner, today)


def require_onboarding_before_opening(
    convention: Convention, service: Service, today: date
) -> None:
    """R53 again: the file may have spoken since.

    R55: the mission is verified for who is known in MCP.
    """
    if service.migration is None:
        return
    _require_attestation(convention.partner, today)
    verified = convention.is_amended_by(today)
    require(
        verified or not is_known(convention.partner, service, today),
        Rule.AMENDMENT_MISSING,
    )


def _require_attestation(partner: Partner, today: date) -> None:
    """R53: who comes from Habtiers is still active."""
    require(
        partner.is_attested_by(today) or not is_legacy(partner, today),
        Rule.ATTESTATION_MISSING,
    )


# the steps
