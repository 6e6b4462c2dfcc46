"""The terms of a bulletin: its roles, and the scope of the rights (R35)."""

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Select,
    Table,
    and_,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped

from persistence.types import Words

from .base import Base, table
from .establishments import Establishment
from .organisms import Department
from .periods import exists, predicate
from .rules import Rule, require
from .services import Role

if TYPE_CHECKING:
    from .accesses import ServiceAccess

bulletin_role = Table(
    "bulletin_role",
    Base.metadata,
    Column("bulletin_id", Words, primary_key=True),
    Column("role_id", Words, primary_key=True, index=True),
    Column("service_id", Words, nullable=False),
    ForeignKeyConstraint(
        ["bulletin_id", "service_id"], ["bulletin.id", "bulletin.service_id"]
    ),
    ForeignKeyConstraint(["role_id", "service_id"], ["role.id", "role.service_id"]),
)


bulletin_establishment = Table(
    "bulletin_establishment",
    Base.metadata,
    Column("bulletin_id", Words, primary_key=True),
    Column("establishment_id", Words, primary_key=True, index=True),
    Column("partner_id", Words, nullable=False),
    ForeignKeyConstraint(
        ["bulletin_id", "partner_id"], ["bulletin.id", "bulletin.partner_id"]
    ),
    ForeignKeyConstraint(
        ["establishment_id", "partner_id"],
        ["establishment.id", "establishment.partner_id"],
    ),
)


bulletin_department = Table(
    "bulletin_department",
    Base.metadata,
    Column("bulletin_id", ForeignKey("bulletin.id"), primary_key=True),
    Column("department", ForeignKey("department.code"), primary_key=True),
)


class BulletinTerms(NamedTuple):
    """What a bulletin says: the SIRET as written, the roles, the scope.

    The scope is establishments, or departments.
    """

    siret: str
    roles: list[Role]
    establishments: list[Establishment]
    departments: list[Department]


def gaps(
    *, roles: int, establishments: int, departments: int, needs_establishment: bool
) -> list[str]:
    """R7: the fields that a bulletin lacks, from the counts of what it names."""
    lacks = {
        "roles": not roles,
        "establishments": needs_establishment and not establishments,
        "scope": not needs_establishment and not establishments and not departments,
    }
    return [field for field, lacking in lacks.items() if lacking]


class WithTerms:
    """The roles and the scope of a bulletin, as a draft and once it is signed."""

    if TYPE_CHECKING:
        siret: Mapped[str]
        access: Mapped["ServiceAccess"]
        roles: Mapped[list[Role]]
        establishments: Mapped[list[Establishment]]
        departments: Mapped[list[Department]]

        @property
        def is_signed(self) -> bool: ...

    @property
    def covered_departments(self) -> frozenset[str]:
        """The departments of the establishments if some are named, or those written.

        See A11.
        """
        named = [e.department for e in self.establishments] or [
            d.code for d in self.departments
        ]
        return frozenset(named)

    @staticmethod
    def sql_covered_departments(row: FromClause) -> Select[Any]:
        """`covered_departments` of a row: each code once, in order."""
        scope = table("bulletin_establishment").alias()
        place = table("establishment").alias()
        written = table("bulletin_department").alias()
        of_places = (
            select(place.c.department)
            .join_from(scope, place, place.c.id == scope.c.establishment_id)
            .where(scope.c.bulletin_id == row.c.id)
            .correlate(row)
        )
        no_place = not_(exists(scope, where=[scope.c.bulletin_id == row.c.id]))
        as_written = (
            select(written.c.department)
            .where(written.c.bulletin_id == row.c.id, no_place)
            .correlate(row)
        )
        every = of_places.union(as_written).subquery()
        return select(every.c.department).order_by(every.c.department)

    def write(self, terms: BulletinTerms) -> None:
        """Fill the draft, or fill it again.

        A signed bulletin is replaced, never rewritten.
        """
        require(not self.is_signed, Rule.ALREADY_SIGNED)
        for role in terms.roles:
            require(
                role.service_id == self.access.service.id,
                Rule.ROLE_OF_OTHER_SERVICE,
                "role_ids",
                detail=role.code,
            )
        self.siret, self.roles = terms.siret, terms.roles
        # A11: with establishments, their departments count; two lists could disagree
        self.establishments, self.departments = (
            terms.establishments,
            [] if terms.establishments else terms.departments,
        )

    def missing(self) -> list[str]:
        """R7: the names of the fields that it lacks before it can be signed."""
        service = self.access.service
        return gaps(
            roles=len(self.roles),
            establishments=len(self.establishments),
            departments=len(self.departments),
            needs_establishment=service.needs_establishment,
        )

    @predicate
    def is_complete(self) -> bool:
        """R7: it lacks nothing before it can be signed."""
        return not self.missing()

    @is_complete.in_sql
    @staticmethod
    def _(row: FromClause, service: FromClause) -> ColumnElement[bool]:
        """`service`: the row of its service. See `gaps`."""

        def has(rows: str) -> ColumnElement[bool]:
            named = table(rows).alias()
            return exists(named, where=[named.c.bulletin_id == row.c.id])

        departments = and_(
            not_(service.c.needs_establishment), has("bulletin_department")
        )
        return and_(
            has("bulletin_role"), or_(has("bulletin_establishment"), departments)
        )
