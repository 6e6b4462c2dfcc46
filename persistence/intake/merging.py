"""Two cards of one person become one: that of the true number absorbs the other.

Lines, changes and treatments keep the card that they were received with. The spans of
the life are those of the card that stays.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from persistence.records import (
    ActivityChange,
    Campaign,
    Declaration,
    DeclarationLine,
    DraftLine,
    Establishment,
    RosterAnswer,
    Treatment,
    Worker,
    WorkerNumber,
)
from persistence.records.activity_changes import ChangeKind
from persistence.records.base import Base
from persistence.records.histories import History, rate_before
from persistence.records.life import RATES, Contradiction, Life
from persistence.records.merges import MergedHistory, merge_histories
from persistence.records.rules import Refused, Rule, require
from persistence.records.workers import Card, is_of
from persistence.register import Register

from .declared_changes import naming
from .life_rows import LifeRows
from .withdrawals import unmark_person
from .worker_facts import histories_of

MOVES = RATES - {ChangeKind.RATE_FOUND}


class CardMerge:
    """The card `absorber` absorbs the card `duplicate`; their partner is locked.

    `histories`: by establishment, what both cards make of the life there.
    """

    def __init__(
        self,
        register: Register,
        absorber: Worker | Card,
        duplicate: Worker | Card,
        now: datetime,
    ) -> None:
        self.register = register
        self.absorber = absorber
        self.duplicate = duplicate
        self.now = now
        self.histories: dict[str, MergedHistory] = {}

    @property
    def ids(self) -> list[str]:
        return [self.absorber.id, self.duplicate.id]

    async def judge(self) -> None:
        """Refused: WORKER_MISMATCH, MERGE_DECLARED_TWICE, MERGE_CONTRADICTION."""
        words = (self.duplicate.birth_name, self.duplicate.birth_date)
        require(is_of(self.absorber, *words), Rule.WORKER_MISMATCH)
        await self._require_one_line()
        by_card = await histories_of(self.register, self.ids)
        absorber, duplicate = by_card[self.absorber.id], by_card[self.duplicate.id]
        for place_id in absorber.keys() | duplicate.keys():
            histories = (
                cards.get(place_id, History()) for cards in (absorber, duplicate)
            )
            try:
                self.histories[place_id] = merge_histories(*histories)
            except Contradiction as contradiction:
                detail = naming([contradiction.event])
                rule = Rule.MERGE_CONTRADICTION
                raise Refused(rule, detail=detail) from None

    async def _require_one_line(self) -> None:
        """No certificate in force says something of both."""
        line, head = DeclarationLine.__table__.c, Declaration.__table__.c
        place = Establishment.__table__.c
        lines = await self.register.session.execute(
            select(line.person_id, head.id, Campaign.year, place.siret)
            .select_from(DeclarationLine.__table__)
            .join(Declaration.__table__, head.id == line.declaration_id)
            .join(Campaign, Campaign.id == head.campaign_id)
            .join(Establishment.__table__, place.id == head.establishment_id)
            .where(
                line.person_id.in_(self.ids),
                Declaration.is_in_force.sql(Declaration.__table__),
            )
        )
        persons = defaultdict(set)
        for worker_id, *certificate in lines:
            persons[tuple(certificate)].add(worker_id)
        for (_, year, siret), workers in persons.items():
            if len(workers) > 1:
                detail = f"Certificat {year} de l'établissement {siret}."
                raise Refused(Rule.MERGE_DECLARED_TWICE, detail=detail)

    async def write(self) -> None:
        """The numbers and the answers follow; the spans are those of the card kept.

        What is redundant ends first: of a person, one event of a day is in force.
        """
        for place in await self._places():
            merge = self.histories[place.id]
            rows = LifeRows(self.register, place, self.now)
            rows.ended = {event.id: event.id for event in merge.redundant}
            events = merge.history.events
            for event in events:
                if event.kind in MOVES:
                    rows.rates_before[event.id] = rate_before(events, event.on)
            rows.note_life(self.duplicate.id, Life())
            rows.note_life(self.absorber.id, merge.history.life())
            await rows.write()
        await self._mark()
        await self._move_answers()

    async def unmark(self) -> None:
        """Once the lines are written: whoever is declared has left no Caf."""
        await unmark_person(self.register, self.absorber.id)

    async def _mark(self) -> None:
        connection = await self.register.session.connection()
        cards = Base.metadata.tables[Worker.__tablename__]
        absorption = {
            "merged_into_id": self.absorber.id,
            "person_id": self.absorber.id,
            "version": cards.c.version + 1,
        }
        duplicate = update(cards).where(cards.c.id == self.duplicate.id)
        await connection.execute(duplicate.values(**absorption))
        numbers = Base.metadata.tables[WorkerNumber.__tablename__]
        its_numbers = update(numbers).where(numbers.c.worker_id == self.duplicate.id)
        await connection.execute(its_numbers.values(worker_id=self.absorber.id))
        for record in (DeclarationLine, ActivityChange, Treatment):
            rows = Base.metadata.tables[record.__tablename__]
            its_rows = update(rows).where(rows.c.person_id == self.duplicate.id)
            await connection.execute(its_rows.values(person_id=self.absorber.id))
        drafts = Base.metadata.tables[DraftLine.__tablename__]
        of_drafts = update(drafts).where(drafts.c.worker_id == self.duplicate.id)
        await connection.execute(of_drafts.values(worker_id=self.absorber.id))

    async def _move_answers(self) -> None:
        """What the Esat has answered: of two answers to one question, the last one."""
        session = self.register.session
        answers = await session.scalars(
            select(RosterAnswer)
            .where(RosterAnswer.worker_id.in_(self.ids))
            .order_by(RosterAnswer.at)
        )
        last = {(one.establishment_id, one.campaign_id): one for one in answers.all()}
        for answer in last.values():
            await session.merge(answer.of_card(self.absorber.id))
        await session.flush()

    async def _places(self) -> Sequence[Establishment]:
        """Where something is known of either card."""
        ids = sorted(self.histories)
        places = await self.register.rows_of(Establishment, ids)
        return [place for place in places if place is not None]
