"""The opening of a service by its bulletin, and the closing."""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.orm import Mapped

from .conventions import Convention
from .establishments import Establishment
from .identifiers import differing
from .onboarding import (
    require_onboarding_before_opening,
)
from .periods import Period
from .rules import Refused, Rule, require

if TYPE_CHECKING:
    from .accesses import ServiceAccess
    from .bulletins import Bulletin


class WithOpening:
    """When the service is open under a bulletin."""

    if TYPE_CHECKING:
        siret: Mapped[str]
        opened_on: Mapped[date | None]
        closed_on: Mapped[date | None]
        closing_reason: Mapped[str | None]
        closing_recorded_on: Mapped[date | None]
        effect: ClassVar[Period]
        access: Mapped["ServiceAccess"]
        establishments: Mapped[list[Establishment]]

        @property
        def is_signed(self) -> bool: ...
        @property
        def ends_on(self) -> date: ...
        @property
        def covered_departments(self) -> frozenset[str]: ...

    def open_service(
        self,
        on: date,
        contracting_elsewhere: frozenset[str],
        today: date,
        *,
        continues: bool = False,
    ) -> None:
        """Open the service as the bulletin says (R55).

        The conditions of the instruction are required in its order.

        `contracting_elsewhere`: the SIRETs of the scope that have their own convention
        in force. `continues`: the service was open before this bulletin, under it or
        its predecessor's convention.
        """
        convention, service, partner = (
            self.access.convention,
            self.access.service,
            self.access.convention.partner,
        )
        require(on >= today, Rule.DATE_PAST, "on")
        require(self.opened_on is None, Rule.BULLETIN_OPENED)
        convention.require_no_announced_successor(today)
        require(
            self.is_signed and convention.is_signed and convention.contract.is_signed,
            Rule.SIGNATURE_MISSING,
        )
        require(convention.holds_on(on), Rule.CONVENTION_NOT_IN_FORCE, "on")
        require(self.effect.holds(self, on), Rule.DATE_ORDER, "on")
        service.require_available_on(on)
        service.require_departments(self.covered_departments)
        partner.require_eligibility(service, today)
        convention.require_mission_for(service)
        self.require_siret_of(convention)
        if not continues:
            require_onboarding_before_opening(convention, service, today)
        require(
            not contracting_elsewhere,
            Rule.ESTABLISHMENT_CONTRACTS,
            detail=", ".join(sorted(contracting_elsewhere)),
        )
        for other in self.access.bulletins:
            if other is not self and other.opened_on is not None:
                require(other.ends_on <= max(on, other.opened_on), Rule.BULLETIN_OPENED)
                if other.closed_on is None:  # its term is passed: it gives way
                    other.close(on, "EXPIRED", today)
        self.opened_on = on

    def require_siret_of(self, convention: Convention) -> None:
        """R58, A3: the same fourteen digits.

        When only the SIREN agrees, say what can be done.
        """
        broken = differing(self.siret, convention.siret)
        if broken is not None:
            raise Refused(broken)

    def close(self, on: date, reason: str, today: date) -> None:
        require(on >= today, Rule.DATE_PAST, "on")
        require(self.closed_on is None, Rule.ALREADY_ENDED, "on")
        self.access.convention.require_no_announced_successor(today)
        if self.opened_on is not None and on < self.opened_on:
            raise Refused(Rule.DATE_ORDER, "on")
        self.closed_on, self.closing_reason, self.closing_recorded_on = (
            on,
            reason,
            today,
        )

    def cancel_closing(self, today: date) -> None:
        """Undo a closing still to come, unless another bulletin has taken the place."""
        require(
            self.closed_on is not None and self.closed_on > today, Rule.CLOSING_PASSED
        )
        others = [
            b
            for b in self.access.bulletins
            if b is not self and b.opened_on is not None
        ]
        require(
            all(b.ends_on <= (self.closed_on or today) for b in others),
            Rule.BULLETIN_OPENED,
        )
        self.closed_on = self.closing_reason = self.closing_recorded_on = None

    def replace_with(
        self,
        successor: "Bulletin",
        on: date,
        contracting_elsewhere: frozenset[str],
        today: date,
    ) -> None:
        """A change of roles or scope.

        The signed successor opens on the day when this one closes.
        """
        require(self.opened_on is not None, Rule.BULLETIN_NOT_OPEN)
        require(
            successor.access is self.access, Rule.ROLE_OF_OTHER_SERVICE, "successor_id"
        )
        self.close(on, "REPLACED", today)
        successor.open_service(on, contracting_elsewhere, today, continues=True)
