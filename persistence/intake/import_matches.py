"""What the register knows of the SIRETs of an extraction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from persistence.records import (
    Establishment,
    ImportDecision,
    ImportLine,
    Organism,
    Origin,
    PartnerFollower,
    PartnerSiret,
)
from persistence.register import Register

from .import_words import FIELDS

LINES = ImportLine.__table__.c
ORIGIN_FACTS = ("known_mcp", "known_habtiers", "active")
"""What an origin says once the extraction is purged."""
HIDDEN = "«modifié»"


class AppliedLine(NamedTuple):
    """The word taken for a SIRET.

    All that its line said, or what an origin keeps of it.
    """

    values: Mapping[str, Any]
    fingerprint: str | None
    on: date

    def changes(self, line: Any) -> dict[str, Any]:  # noqa: ANN401 a word or a stored line
        """What the line says otherwise, before and after.

        Who to write to is not told again.
        """
        changes = {}
        for name, before in self.values.items():
            after = getattr(line, name)
            if before == after:
                continue
            if name == "contact":
                changes[name] = {"before": HIDDEN, "after": HIDDEN}
            else:
                changes[name] = {"before": before, "after": after}
        return changes


@dataclass(slots=True)
class RegisterMatch:
    """What the register knows of a SIRET today."""

    partner_id: str | None = None
    follower_id: str | None = None
    follower: str = ""
    elsewhere: bool = False
    applied: AppliedLine | None = None
    set_aside: set[str] = field(default_factory=set)

    def has_heard(self, fingerprint: str) -> bool:
        """Whether these very words were taken, or set aside."""
        return fingerprint in self.set_aside or (
            self.applied is not None and self.applied.fingerprint == fingerprint
        )


async def matches_of(
    register: Register, sirets: Iterable[str]
) -> dict[str, RegisterMatch]:
    """What the register knows of each of these SIRETs."""
    matches = {siret: RegisterMatch() for siret in sirets}
    wanted = sorted(matches)
    await _find_partners(register, matches, wanted)
    await _find_establishments(register, matches, wanted)
    await _hear(register, matches, wanted)
    await _remember(register, matches)
    return matches


async def _find_partners(
    register: Register, matches: Mapping[str, RegisterMatch], wanted: Sequence[str]
) -> None:
    """The partner of each SIRET, and the organism that follows it."""
    sirets, follower = PartnerSiret.__table__.c, PartnerFollower.__table__
    columns = (
        sirets.siret,
        follower.c.partner_id,
        follower.c.organism_id,
        Organism.name,
        Organism.code,
    )
    partners = (
        select(*columns)
        .join(follower, follower.c.partner_id == sirets.partner_id)
        .join(Organism, Organism.id == follower.c.organism_id)
        .where(
            register.among(sirets.siret, wanted),
            sirets.ends_on.is_(None),
            PartnerFollower.period.sql(follower, register.today),
        )
    )
    for siret, partner_id, follower_id, name, code in await register.session.execute(
        partners
    ):
        match = matches[siret]
        match.partner_id = partner_id
        match.follower_id = follower_id
        match.follower = f"{name} ({code})"


async def _find_establishments(
    register: Register, matches: Mapping[str, RegisterMatch], wanted: Sequence[str]
) -> None:
    """Whether an establishment of another partner has the SIRET."""
    places = Establishment.__table__.c
    open_places = select(places.siret, places.partner_id).where(
        register.among(places.siret, wanted), places.ended_on.is_(None)
    )
    for siret, partner_id in await register.session.execute(open_places):
        match = matches[siret]
        match.elsewhere = partner_id != match.partner_id


async def _hear(
    register: Register, matches: Mapping[str, RegisterMatch], wanted: Sequence[str]
) -> None:
    """The lines applied, the last one last, and those set aside.

    A purged import says nothing any more.
    """
    columns = [LINES[c] for c in FIELDS]
    lines = select(
        *columns, LINES.fingerprint, LINES.arbitration, LINES.applied_on
    ).where(
        register.among(LINES.siret, wanted),
        LINES.applied_on.is_not(None) | LINES.arbitration.is_not(None),
    )
    for row in await register.session.execute(
        lines.order_by(LINES.applied_at, LINES.id)
    ):
        if row.applied_on is not None:
            matches[row.siret].applied = AppliedLine(
                {name: getattr(row, name) for name in FIELDS},
                row.fingerprint,
                row.applied_on,
            )
        elif row.arbitration is ImportDecision.SET_ASIDE:
            matches[row.siret].set_aside.add(row.fingerprint)


async def _remember(register: Register, matches: Mapping[str, RegisterMatch]) -> None:
    """What the origins of the partners say, where no line says it any more."""
    registered = {
        match.partner_id: match
        for match in matches.values()
        if match.partner_id is not None
    }
    if not registered:
        return
    origins = Origin.__table__.c
    rows = await register.session.execute(
        select(
            origins.partner_id, origins.taken_on, *(origins[c] for c in ORIGIN_FACTS)
        )
        .where(register.among(origins.partner_id, sorted(registered)))
        .order_by(origins.id)
    )
    for row in rows:
        match = registered[row.partner_id]
        if (
            match.applied is None
            or match.applied.on < row.taken_on
            or match.applied.fingerprint is None
        ):
            match.applied = AppliedLine(
                {name: getattr(row, name) for name in ORIGIN_FACTS}, None, row.taken_on
            )
