"""What an act is given: its input, its caller, and the rows that it may take.

A function of `resolvers/` receives an `Act`, takes what it changes through its permission, calls the
verb on the record, and returns the record; `performing.py` does everything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import orjson

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
from persistence.records.identifiers import Siret
from persistence.records.rules import require
from persistence.records.services import ESAT
from persistence.records.suspensions import Author, SuspensionSide
from resolvers import permissions as permitted

from .act_rows import ActRows
from .inputs import EstablishmentBy
from .refusal_paths import at

R = TypeVar("R", bound=Record)


SOMEWHERE = "*"
"""Stands for the record of an act that was judged on no row."""
AGENTS = ("agent_reading", "agent_managing", "resource_centre", "national")


@dataclass(slots=True)
class Act(ActRows):
    """One act under way: what its function calls."""

    def set_effect_day(self, day: date | None) -> None:
        """The day of effect, for an act whose row says it rather than its input."""
        if day is not None and self.effect_on is not None:
            self.effect_on = max(day, self.today)
            self.before = self.standing()

    def require_permission_on(
        self, facts: Mapping[str, str | None], needs: str | None = None
    ) -> None:
        """Judge a creation on its candidate's facts, before anything is written."""
        needed = needs or self.permissions[0]
        type_, action = needed.split(":")
        permit = self.context.graph.policy.allows(self.subject, type_, action, facts)
        if permit is None:
            plan = self.context.graph.policy.plan(self.subject.roles, type_, action)
            placed = all(way.scope == "granted_service" for way in plan)
            why = (
                permitted.PROFILE
                if not plan
                else permitted.PLACE
                if placed
                else permitted.OTHER_ORGANISM
            )
            raise Refused(Rule.FORBIDDEN, detail=why)
        self.matched, self.checked = (
            Permit(permit.role, permit.scope, ()),
            ("", orjson.dumps(facts).decode(), needed),
        )

    def require_permission_anywhere(self, needed: str) -> None:
        """Judge an act that bears on a whole list: a role of today allows it, on some of its rows."""
        ways = self.context.graph.permits(self.subject.roles)(*needed.split(":"))
        if not ways:
            raise Refused(Rule.FORBIDDEN, detail=permitted.PROFILE)
        self.matched, self.checked = ways[0], (SOMEWHERE, "", needed)

    async def find(self, record: type[R], record_id: str, *path: str) -> R:
        """A row of the public reference data."""
        (found,) = await self.register.rows_of(record, [record_id])
        if found is None:
            raise Refused(Rule.NOT_FOUND, *path)
        return found

    async def find_all(self, record: type[R], ids: list[Any], *path: str) -> list[R]:
        """Rows of the public reference data, in order; the first that is not there is refused at its rank."""
        found = []
        for index, row in enumerate(await self.register.rows_of(record, ids)):
            if row is None:
                raise Refused(Rule.NOT_FOUND, *path, str(index))
            found.append(row)
        return found

    async def to_write(self, record: type[R], record_id: str) -> R | None:
        """A row of the reference data to be written anew or again, once the act is allowed."""
        self.require_permission_on({})
        found = await self.register.session.get(record, record_id, with_for_update=True)
        if found is not None:
            self._change(found)
        return found

    async def departments(
        self, codes: list[str], path: str = "departments"
    ) -> list[Department]:
        found = await self.register.rows_of(Department, codes)
        known = [department for department in found if department is not None]
        if len(known) < len(codes):
            raise Refused(Rule.DEPARTMENT_UNKNOWN, path, str(found.index(None)))
        return known

    async def at_establishment(self, by: EstablishmentBy) -> Establishment:
        """Where one declares, named by its id or its SIRET, its partner locked; it is itself not changed."""
        path, key = ("establishment", "id"), str(by.id)
        if isinstance(by.siret, str):
            path = ("establishment", "siret")
            with at(*path):
                key = await self.register.establishment_of(Siret.read(by.siret)) or ""
        return await self.take(
            Establishment, key, *path, needs="Establishment:read", is_change=False
        )

    def require_permission_to_declare_at(
        self, place: Establishment, needs: str
    ) -> None:
        """Judge a declaration of this establishment, before anything is written."""
        there = f"{place.partner_id}|{ESAT}|{place.id}"
        self.require_permission_on(
            {"partner": place.partner_id, "partner_service_establishment": there}, needs
        )

    def establishments(self, ids: list[Any]) -> list[Establishment]:
        """Establishments that the partner under way still has, at the input's `establishmentIds`."""
        assert self.partner is not None
        mine = {e.id: e for e in self.partner.establishments}
        for index, one in enumerate(ids):
            require(one in mine, Rule.NOT_FOUND, "establishment_ids", str(index))
            require(
                not mine[one].is_ended_on(self.today),
                Rule.ALREADY_ENDED,
                "establishment_ids",
                str(index),
            )
        return [mine[one] for one in ids]

    def warn(self, notices: list[Notice]) -> None:
        self.warnings.extend(notices)

    @property
    def is_by_partner(self) -> bool:
        """Whether the partner itself acts, and not an agent."""
        return self.matched is not None and self.matched.role not in AGENTS

    @property
    def author(self) -> Author:
        """Who acts, and on which side."""
        return Author(
            SuspensionSide.PARTNER if self.is_by_partner else SuspensionSide.ORGANISM,
            self.actor.id,
        )

    # what the journal says

    @property
    def about(self) -> str | None:
        """The partner whose act it is: the one under way, or the only one for which the caller may do this."""
        if self.partner_id is not None or self.matched is None:
            return self.partner_id
        partners = self.context.graph.policy.values(
            self.subject, "partners", self.matched.role
        )
        return partners[0] if len(partners) == 1 else None

    @property
    def acting_for(self) -> str | None:
        """The organism, or the partner, on behalf of which the caller acts."""
        if self.matched is None or self.matched.role not in AGENTS:
            return self.about if self.matched else None
        organisms = self.context.graph.policy.values(
            self.subject, "organisms", self.matched.role
        )
        if self.organism in organisms:
            return self.organism
        span = self._span()
        if span is not None:
            for organism in (span.administering_id, span.signing_id):
                if organism in organisms:
                    return organism
        return organisms[0] if organisms else None

    def _span(self) -> Span | None:
        """What is in force today and who administers: by the partner's file, else by its stored timeline."""
        if self.partner is not None:
            return self.partner.span_on(self.today)
        if self.timeline is None:
            return None
        return next(
            span
            for span in self.timeline.spans
            if span.starts_on <= self.today < span.ends_on
        )
