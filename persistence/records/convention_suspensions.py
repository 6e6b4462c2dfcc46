"""A convention is suspended, with what is signed to take its place."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from .rules import Notice, Rule, require
from .suspensions import Announced, Author, Suspension, resume, suspend

if TYPE_CHECKING:
    from .conventions import Convention


class WithSuspensions:
    """The suspensions of a convention, and the successors that they reach."""

    if TYPE_CHECKING:
        id: Mapped[str]
        suspensions: Mapped[list[Suspension]]

        def holds_on(self, day: date) -> bool: ...
        def _others(self) -> list[Convention]: ...

    def suspend(self, today: date, reason: str, author: Author) -> None:
        """R29: no right of the convention while it is suspended; its dates stay."""
        require(self.holds_on(today), Rule.CONVENTION_NOT_IN_FORCE)
        suspend(self.suspensions, today, reason, author, self._suspended_later(today))

    def resume(self, today: date, author: Author) -> list[Notice]:
        later = self._suspended_later(today)
        return resume(self.suspensions, today, author, later)

    def _suspended_later(self, today: date) -> Announced:
        return [(on, c.suspensions) for on, c in self.announced_successors(today)]

    def announced_successors(self, today: date) -> "list[tuple[date, Convention]]":
        """What takes the place of this one by a switch already signed, with its day."""
        successors = []
        for convention in self._others():
            is_after = convention.predecessor_id == self.id
            if is_after and convention.is_announced_on(today):
                assert convention.in_force_on is not None
                successors.append((convention.in_force_on, convention))
        return successors
