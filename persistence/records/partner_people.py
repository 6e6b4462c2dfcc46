"""The people of a partner: who joins it, who comes back, and who manages."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from persistence.types import FOREVER

from .affiliations import Affiliation
from .conventions import Convention
from .rules import Refused, Rule, require
from .users import User, UserKind


class WithPeople:
    """The people of a partner, and its machine clients."""

    if TYPE_CHECKING:
        affiliations: Mapped[list[Affiliation]]
        conventions: Mapped[list[Convention]]

    def invite(self, user: User, job_title: str | None, today: date) -> Affiliation:
        """A card of the person at this partner.

        An active card with the same address is refused.
        """
        same = [
            a
            for a in self.affiliations
            if a.user.email == user.email and a.is_active_on(today)
        ]
        require(not same, Rule.ALREADY_AFFILIATED, "email")
        affiliation = Affiliation(user=user, starts_on=today, job_title=job_title)
        self.affiliations.append(affiliation)
        return affiliation

    def mandate(self, client: User, until: date | None, today: date) -> Affiliation:
        """The affiliation of a machine client.

        The machine declares for the partner, in the groups that include it.
        """
        require(client.kind is UserKind.MACHINE, Rule.NOT_A_MACHINE, "client")
        require(until is None or until > today, Rule.DATE_PAST, "until")
        mandates = [
            a
            for a in self.affiliations
            if a.user_id == client.id and a.is_active_on(today)
        ]
        require(not mandates, Rule.ALREADY_AFFILIATED, "client")
        affiliation = Affiliation(
            user=client,
            user_id=client.id,
            starts_on=today,
            ends_on=until,
            accepted_on=today,
        )
        self.welcome(affiliation, client, today)
        self.affiliations.append(affiliation)
        return affiliation

    def welcome(self, affiliation: Affiliation, user: User, today: date) -> None:
        """Who comes back takes again what the organism had suspended.

        To leave and come back lifts nothing.
        """
        for former in self.affiliations:
            if former is not affiliation and former.user_id == user.id:
                affiliation.take_over(former, today)

    def ended_as_manager(self, user_id: str) -> bool:
        """Whether the organism has put an end to this person's post.

        Nobody else may end one.
        """
        posts = (m for c in self.conventions for m in c.contract.managers)
        return any(m.user_id == user_id and m.ends_on is not None for m in posts)

    def affiliation_of(self, user_id: str, day: date) -> Affiliation:
        affiliation = next(
            (
                a
                for a in self.affiliations
                if a.user_id == user_id and a.is_active_on(day)
            ),
            None,
        )
        if affiliation is None:
            raise Refused(Rule.STRANGER)
        return affiliation

    def keep_a_manager(self, leaving: Affiliation, today: date) -> None:
        """R39: a delegated partner does not lose its last manager by its own act.

        A manager whose departure is announced does not count as one who stays.
        """
        for convention in self.conventions:
            managers = convention.contract.managers_on(today)
            if convention.ends_after(today) and leaving.id in {
                m.affiliation_id for m in managers
            }:
                staying = {
                    m.affiliation_id for m in convention.contract.managers_on(FOREVER)
                } - {leaving.id}
                require(
                    staying & {m.affiliation_id for m in managers}, Rule.LAST_MANAGER
                )
