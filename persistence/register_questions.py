"""What an act asks of the register beside the file of its partner."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from persistence.records.base import table
from persistence.records.bulletin_terms import bulletin_establishment

from .act_session import ActSession
from .records import (
    Affiliation,
    Agent,
    BoundIdentity,
    Bulletin,
    Convention,
    Establishment,
    Organism,
    Partner,
    PartnerFollower,
    PartnerSiret,
    PartnerState,
    Profile,
    Record,
    User,
)


class RegisterQuestions(ActSession):
    """Who else bears a SIRET, who administers, who remains."""

    async def contracting_elsewhere(
        self, partner: Partner, sirets: Sequence[str], on: date
    ) -> frozenset[str]:
        """Among these SIRETs, those of another partner that contracts itself.

        Its convention is in force that day or later.
        """
        await self._lock_sirets(sirets)
        rows = await self.session.scalars(
            select(PartnerSiret.siret)
            .join(PartnerState, PartnerState.partner_id == PartnerSiret.partner_id)
            .where(
                PartnerSiret.siret.in_(sirets),
                PartnerSiret.ends_on.is_(None),
                PartnerSiret.partner_id != partner.id,
                PartnerState.signing_id.is_not(None),
                PartnerState.ends_on > on,
            )
        )
        return frozenset(rows)

    async def _lock_sirets(self, sirets: Sequence[str]) -> None:
        """Lock these SIRETs: one act at a time looks at another partner's.

        Two would each find that nothing stands in the way.
        """
        rows = select(PartnerSiret.siret).where(
            PartnerSiret.siret.in_(sirets), PartnerSiret.ends_on.is_(None)
        )
        await self.session.execute(rows.order_by(PartnerSiret.siret).with_for_update())

    async def in_scope_elsewhere(self, partner: Partner, on: date) -> bool:
        """Whether the partner's SIRET is in the scope of another partner's bulletin.

        The bulletin is open that day or later.
        """
        await self._lock_sirets([partner.siret])
        place, scope = Establishment, bulletin_establishment
        ends = (
            Bulletin.closed_on,
            Bulletin.effective_to,
            Convention.closed_on,
            Convention.term_on,
        )
        lasts = [or_(end.is_(None), end > on) for end in ends]
        rows = (
            select(Bulletin.id)
            .join(scope, scope.c.bulletin_id == Bulletin.id)
            .join(place, place.id == scope.c.establishment_id)
            .join(Convention, Convention.id == Bulletin.convention_id)
            .where(
                place.siret == partner.siret,
                Bulletin.partner_id != partner.id,
                Bulletin.opened_on.is_not(None),
                *lasts,
            )
            .limit(1)
        )
        return (await self.session.scalars(rows)).first() is not None

    async def state_of(
        self, record: type[Record], record_id: str
    ) -> tuple[str, str | None]:
        """Who administers the row's partner today, by name, and the mode in force."""
        row = table(record.__tablename__)
        partner = row.c.id if record is Partner else row.c.partner_id
        rows = await self.session.execute(
            select(Organism.name, PartnerState.mode)
            .join(PartnerState, PartnerState.administering_id == Organism.id)
            .join(row, partner == PartnerState.partner_id)
            .where(
                row.c.id == record_id,
                PartnerState.starts_on <= self.today,
                PartnerState.ends_on > self.today,
            )
        )
        name, mode = rows.one()
        return name, mode

    async def follower_of(self, siret: str) -> Organism | None:
        """Who follows the partner that bears this SIRET today."""
        return await self.session.scalar(
            select(Organism)
            .join(PartnerFollower, PartnerFollower.organism_id == Organism.id)
            .join(PartnerSiret, PartnerSiret.partner_id == PartnerFollower.partner_id)
            .where(
                PartnerSiret.siret == siret,
                PartnerSiret.ends_on.is_(None),
                PartnerFollower.period.sql(PartnerFollower.__table__, self.today),
            )
        )

    async def administrator_of_establishment(self, siret: str) -> Organism | None:
        """Who administers today the partner of this establishment.

        An establishment whose end is only announced still has one.
        """
        place, state = Establishment, PartnerState
        return await self.session.scalar(
            select(Organism)
            .join(state, state.administering_id == Organism.id)
            .join(place, place.partner_id == state.partner_id)
            .where(
                place.siret == siret,
                or_(place.ended_on.is_(None), place.ended_on > self.today),
                state.starts_on <= self.today,
                state.ends_on > self.today,
            )
        )

    async def is_last_national(self, agent: Agent) -> bool:
        """Whether no other national administrator would remain."""
        others = select(Agent.id).where(
            Agent.profile == Profile.NATIONAL,
            Agent.id != agent.id,
            Agent.ends_on.is_(None),
        )
        locked = await self.session.scalars(others.with_for_update())
        return agent.profile is Profile.NATIONAL and locked.first() is None

    async def invitation(self, digest: str) -> tuple[str, str] | None:
        """The affiliation that an invitation awaits, and its partner."""
        columns = select(Affiliation.id, Affiliation.partner_id)
        rows = columns.where(Affiliation.invitation_digest == digest)
        row = (await self.session.execute(rows)).first()
        return None if row is None else (row.id, row.partner_id)

    async def establishment_of(self, siret: str) -> str | None:
        """The establishment that bears this SIRET today."""
        place = Establishment
        lasts = or_(place.ended_on.is_(None), place.ended_on > self.today)
        rows = select(place.id).where(place.siret == siret, lasts)
        return await self.session.scalar(rows)

    async def user_of(self, issuer: str, subject: str) -> User | None:
        """Whose identity this is."""
        identity = BoundIdentity
        users = select(User).join(identity, identity.user_id == User.id)
        rows = users.where(identity.issuer == issuer, identity.subject == subject)
        return await self.session.scalar(rows)
