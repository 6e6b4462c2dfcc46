"""What an act works with: its caller, the rows that it may take, and what it answers.

A function of `resolvers/` receives an `Act` and its input. It takes what it changes
through its permission, calls the verb on the record, and returns the record.
`performing.py` does everything else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from persistence.facts.visibility import Permit
from persistence.records import (
    Department,
    Establishment,
    Notice,
    Record,
    Refused,
    Rule,
    Span,
)
from persistence.records.base import Base
from persistence.records.identifiers import Siret
from persistence.records.rules import require
from persistence.records.services import ESAT
from persistence.records.suspensions import Author, SuspensionSide
from resolvers import permissions as permitted

from .act_many_rows import ActManyRows
from .act_types import Authorisation
from .inputs import EstablishmentBy
from .refusal_paths import at

B = TypeVar("B", bound=Base)
R = TypeVar("R", bound=Record)


AGENTS = ("agent_reading", "agent_managing", "resource_centre", "national")
"""The roles by which one acts for an organism; by any other, it is for a partner."""


@dataclass(slots=True)
class Act(ActManyRows):
    """One act under way: what its function calls."""

    def set_effect_day(self, day: date | None) -> None:
        """Move the day of effect to one that only the row knows.

        Cancelling a departure takes effect on its day, which the input does not say.
        """
        if day is not None and self.effect_on is not None:
            self.effect_on = max(day, self.today)
            self.before = self.standing()

    def warn(self, notices: list[Notice]) -> None:
        self.warnings.extend(notices)

    # permits of what has no row yet

    def require_permission_on(
        self, facts: Mapping[str, str | None], needs: str | None = None
    ) -> None:
        """Judge a creation on its candidate's facts, before anything is written."""
        needed = needs or self.permissions[0]
        type_, action = needed.split(":")
        policy = self.context.graph.policy
        permit = policy.allows(self.subject, type_, action, facts)
        if permit is None:
            raise Refused(Rule.FORBIDDEN, detail=self._why_not_here(type_, action))
        conditions = ()  # the policy has looked at the facts, not at a row
        self.authorisation = Authorisation(
            Permit(permit.role, permit.scope, conditions), needed
        )

    def _why_not_here(self, type_: str, action: str) -> str:
        """What stands between the caller and a creation."""
        permits = self.context.graph.policy.plan(self.subject.roles, type_, action)
        if not permits:
            return permitted.PROFILE
        if all(permit.scope == "granted_service" for permit in permits):
            return permitted.PLACE
        return permitted.OTHER_ORGANISM

    def require_permission_anywhere(self, needed: str) -> None:
        """Judge an act on a whole list: the caller may do it to some of its rows."""
        permits_of = self.context.graph.permits(self.subject.roles)
        permits = permits_of(*needed.split(":"))
        if not permits:
            raise Refused(Rule.FORBIDDEN, detail=permitted.PROFILE)
        self.authorisation = Authorisation(permits[0], needed)

    def require_permission_to_declare_at(
        self, place: Establishment, needs: str
    ) -> None:
        """Judge a declaration of this establishment, before anything is written."""
        facts = {
            "partner": place.partner_id,
            "partner_service_establishment": f"{place.partner_id}|{ESAT}|{place.id}",
        }
        self.require_permission_on(facts, needs)

    # reference data

    async def find(self, record: type[B], record_id: str, *path: str) -> B:
        """A row that anybody may name: mostly of the reference data. Else NOT_FOUND."""
        (row,) = await self.register.rows_of(record, [record_id])
        if row is None:
            raise Refused(Rule.NOT_FOUND, *path)
        return row

    async def find_all(
        self,
        record: type[B],
        ids: list[Any],
        *path: str,
        rule: Rule = Rule.NOT_FOUND,
    ) -> list[B]:
        """The rows in order; the first that does not exist is refused at its rank."""
        rows = []
        for rank, row in enumerate(await self.register.rows_of(record, ids)):
            if row is None:
                raise Refused(rule, *path, str(rank))
            rows.append(row)
        return rows

    async def departments(
        self, codes: list[str], path: str = "departments"
    ) -> list[Department]:
        rule = Rule.DEPARTMENT_UNKNOWN
        return await self.find_all(Department, codes, path, rule=rule)

    async def department(self, code: str) -> Department:
        """The one that the input's `department` names."""
        (department,) = await self.departments([code], "department")
        return department

    async def to_write(self, record: type[R], record_id: str) -> R | None:
        """A row of the reference data to be written; None for a new one."""
        self.require_permission_on({})
        row = await self.register.session.get(record, record_id, with_for_update=True)
        if row is not None:
            self._change(row)
        return row

    # establishments

    async def at_establishment(self, by: EstablishmentBy) -> Establishment:
        """Where one declares, its partner locked; it is itself not changed."""
        if isinstance(by.siret, str):
            path = ("establishment", "siret")
            with at(*path):
                siret = Siret.read(by.siret)
                row_id = await self.register.establishment_of(siret) or ""
        else:
            path, row_id = ("establishment", "id"), str(by.id)
        needs = "Establishment:read"
        return await self.take(
            Establishment, row_id, *path, needs=needs, is_change=False
        )

    def establishments(self, ids: list[Any]) -> list[Establishment]:
        """Those of the partner under way, at the input's `establishment_ids`."""
        assert self.partner is not None
        mine = {e.id: e for e in self.partner.establishments}
        rows = []
        for rank, row_id in enumerate(ids):
            path = ("establishment_ids", str(rank))
            require(row_id in mine, Rule.NOT_FOUND, *path)
            place = mine[row_id]
            require(not place.is_ended_on(self.today), Rule.ALREADY_ENDED, *path)
            rows.append(place)
        return rows

    # for whom

    @property
    def is_by_partner(self) -> bool:
        """Whether the partner itself acts, and not an agent."""
        role = self._role()
        return role is not None and role not in AGENTS

    @property
    def author(self) -> Author:
        """Who acts, and on which side."""
        side = SuspensionSide.ORGANISM
        if self.is_by_partner:
            side = SuspensionSide.PARTNER
        return Author(side, self.actor.id)

    @property
    def about(self) -> str | None:
        """The partner that the act is about, for the journal.

        It is the one under way, or the only one for which the caller may do this.
        """
        role = self._role()
        if self.partner_id is not None or role is None:
            return self.partner_id
        partners = self._scopes("partners", role)
        return partners[0] if len(partners) == 1 else None

    @property
    def acting_for(self) -> str | None:
        """The organism, or the partner, on behalf of which the caller acts."""
        role = self._role()
        if role is None:
            return None
        if role not in AGENTS:
            return self.about
        organisms = self._scopes("organisms", role)
        for organism in self._organisms_in_charge():
            if organism in organisms:
                return organism
        return organisms[0] if organisms else None

    def _role(self) -> str | None:
        """The role by which the caller acts; None when everyone may."""
        return self.authorisation.permit.role if self.authorisation else None

    def _scopes(self, kind: str, role: str) -> Sequence[str]:
        """The partners, or the organisms, for which the caller has this role."""
        return self.context.graph.policy.values(self.subject, kind, role)

    def _organisms_in_charge(self) -> list[str | None]:
        """Those for which an agent acts, the first of which it is one."""
        span = self._span()
        if span is None:
            return [self.organism]
        return [self.organism, span.administering_id, span.signing_id]

    def _span(self) -> Span | None:
        """What is in force today, by the partner's file or by its stored timeline."""
        if self.partner is not None:
            return self.partner.span_on(self.today)
        if self.timeline is None:
            return None
        for span in self.timeline.spans:
            if span.starts_on <= self.today < span.ends_on:
                return span
        raise AssertionError
