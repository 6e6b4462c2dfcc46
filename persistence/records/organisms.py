"""Organisms, and their agents.

Organisms are the Caf, the multi-branch bodies, the CNA, the resource centres and the
Cnaf.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Dated, Record, name_key, named, unique_where
from .names import clean_name
from .rules import Rule, require
from .users import User


class OrganismKind(StrEnum):
    CAF = "CAF"
    MULTI_BRANCH = "MULTI_BRANCH"
    CNA = "CNA"
    RESOURCE_CENTRE = "RESOURCE_CENTRE"
    NATIONAL = "NATIONAL"


class NetworkRole(StrEnum):
    """What a Caf is in the network; it changes no right."""

    PIVOT = "PIVOT"
    ADHERENTE = "ADHERENTE"


CONTRACTING = (OrganismKind.CAF, OrganismKind.MULTI_BRANCH, OrganismKind.CNA)


class Department(Base):
    """Département: a code, `01` to `976`."""

    __tablename__ = "department"
    code: Mapped[str] = mapped_column(primary_key=True)


organism_department = Table(
    "organism_department",
    Base.metadata,
    Column("organism_id", ForeignKey("organism.id"), primary_key=True),
    Column("department", ForeignKey("department.code"), primary_key=True, index=True),
)

organism_support = Table(
    "organism_support",
    Base.metadata,
    Column("centre_id", ForeignKey("organism.id"), primary_key=True),
    Column("organism_id", ForeignKey("organism.id"), primary_key=True),
)


class Organism(Record):
    """Organisme: who contracts with partners, supports or steers (R2).

    The code is opaque.
    """

    __tablename__ = "organism"
    prefix = "org"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OrganismKind] = mapped_column(named(OrganismKind))
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    contact: Mapped[str | None]
    network_role: Mapped[str | None]
    piloted_by_id: Mapped[str | None] = mapped_column(ForeignKey("organism.id"))
    departments: Mapped[list[Department]] = relationship(
        secondary=organism_department, lazy="selectin"
    )
    supports: Mapped[list["Organism"]] = relationship(
        secondary=organism_support,
        primaryjoin=lambda: Organism.id == organism_support.c.centre_id,
        secondaryjoin=lambda: Organism.id == organism_support.c.organism_id,
    )

    def rename(self, name: str, contact: str | None) -> None:
        self.name, self.contact = clean_name(name, "name"), contact
        self.sort_key = name_key(self.name)

    def takes_part(self, role: NetworkRole | None) -> None:
        """Pivot or adhérente is said of a Caf."""
        require(
            role is None or self.kind is OrganismKind.CAF,
            Rule.VALUE_INVALID,
            "network_role",
            detail="D'une Caf.",
        )
        self.network_role = role.value if role is not None else None

    def support(self, organisms: list["Organism"]) -> None:
        """R60: a resource centre supports a Caf, a multi-branch body, or the CNA.

        It supports the CNA for what the CNA administers.
        """
        is_centre = self.kind is OrganismKind.RESOURCE_CENTRE
        require(
            is_centre,
            Rule.VALUE_INVALID,
            "centre_id",
            detail="Un Centre de ressources.",
        )
        for rank, organism in enumerate(organisms):
            contracts = organism.kind in CONTRACTING
            detail = "Une Caf, une caisse multibranche ou le CNA."
            require(
                contracts, Rule.VALUE_INVALID, "organism_ids", str(rank), detail=detail
            )
        self.supports = list(dict.fromkeys(organisms))

    def require_contracting_body(self) -> None:
        """R2: a Caf, a multi-branch body or the CNA."""
        require(self.kind in CONTRACTING, Rule.ORGANISM_KIND, "organism_id")

    def is_in_charge_of(self, department: str) -> bool:
        return any(d.code == department for d in self.departments)


class Profile(StrEnum):
    READING = "READING"
    MANAGING = "MANAGING"
    RESOURCE_CENTRE = "RESOURCE_CENTRE"
    NATIONAL = "NATIONAL"


PROFILES_BY_KIND = {
    OrganismKind.RESOURCE_CENTRE: (Profile.RESOURCE_CENTRE,),
    OrganismKind.NATIONAL: (Profile.NATIONAL,),
}


class Agent(Dated, Record):
    """Agent: a person who works for an organism, with a profile, over dates.

    The end is exclusive.
    """

    __tablename__ = "agent"
    prefix = "agt"
    __table_args__ = (
        unique_where(
            "uq_agent_active", "user_id", "organism_id", where="ends_on IS NULL"
        ),
    )

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    organism_id: Mapped[str] = mapped_column(ForeignKey("organism.id"), index=True)
    profile: Mapped[Profile] = mapped_column(named(Profile))
    user: Mapped[User] = relationship(lazy="selectin")

    @classmethod
    def appoint(
        cls, user: User, organism: Organism, profile: Profile, today: date
    ) -> "Agent":
        """An agent of `organism` from today.

        The profile is one of those of the organism's kind.
        """
        profiles = PROFILES_BY_KIND.get(
            organism.kind, (Profile.READING, Profile.MANAGING)
        )
        require(profile in profiles, Rule.VALUE_INVALID, "profile")
        return cls(
            user=user,
            user_id=user.id,
            organism_id=organism.id,
            profile=profile,
            starts_on=today,
        )
