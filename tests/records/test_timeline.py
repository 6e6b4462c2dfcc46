"""The timeline: one row for every day, a pure function of the documents; the past never changes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, delete, insert, select, update

from persistence.engine import Database
from persistence.records import (
    FOREVER,
    Bulletin,
    CnaHandBack,
    Contract,
    Convention,
    Department,
    Mode,
    OrganismKind,
    Partner,
    PartnerState,
    Refused,
    ServiceAccess,
    Span,
    Suspension,
    timeline,
)
from persistence.records.bulletin_terms import BulletinTerms
from persistence.records.carrying import MembersAtSwitch
from persistence.records.conventions import ClosingReason
from persistence.records.identifiers import Siret
from persistence.records.siret_changes import change_siret
from persistence.records.successions import Papers, change_mode, in_force, switch
from persistence.records.suspensions import resume, suspend
from persistence.register import Register

from .build import (
    BY_ORGANISM,
    CAF,
    CANAL,
    CARE,
    CDAP,
    CONSULTANT,
    DECIDER,
    PAPER,
    REGISTERED,
    SIRETS,
    TODAY,
    convention_of,
    day,
    draft_bulletin,
    draft_of,
    find_eligible,
    organism,
    partner_in,
    sign_bulletin,
    signed,
)
from .daybook import Agreed, Daybook, Paper, assert_well_formed, spread
from .keys import CANAL as SEEDED
from .keys import OLIVIERS, accepted, broken

ANOTHER_CAF = organism("921", OrganismKind.CAF, "92")
OTHER_CAF = ANOTHER_CAF.id
DRAFTED = "ptr_99990003800012"
NARROW, WIDE = (["75"], ["75", "92"])
TERMINATED = ClosingReason.TERMINATED_BY_CAF

# sentences


def _who(partner: Partner, *offsets: int) -> list[str]:
    return [
        partner.span_on(day(o)).administering_id.removeprefix("org_") for o in offsets
    ]


def test_a_partner_without_convention_is_administered_by_the_organism_that_follows_it() -> (
    None
):
    assert timeline(partner_in()) == [
        Span(REGISTERED, FOREVER, None, None, "org_751", None)
    ]


def test_the_signing_organism_administers_while_its_convention_is_in_force() -> None:
    partner = partner_in()
    convention = draft_of(partner)
    convention.organism_id = OTHER_CAF
    signed(convention, TODAY, day(5))

    assert _who(partner, -1, 0, 4, 5) == ["751", "921", "921", "751"]


def test_a_suspended_convention_gives_no_right_and_keeps_its_administration() -> None:
    partner = partner_in()
    convention = convention_of(partner)
    suspend(convention.suspensions, TODAY, "Motif", BY_ORGANISM)
    resume(convention.suspensions, day(2), BY_ORGANISM)

    stopped, resumed = partner.span_on(day(1)), partner.span_on(day(2))

    assert (stopped.convention_id, stopped.mode, stopped.signing_id) == (
        None,
        None,
        "org_751",
    )
    assert resumed.convention_id == convention.id


def test_the_cna_administers_from_the_first_day_of_a_bulletin_over_two_departments() -> (
    None
):
    partner = partner_in("92", "93")
    bulletin = sign_bulletin(draft_bulletin(convention_of(partner)), day(3))

    assert bulletin.opened_on is None
    assert _who(partner, 0, 2, 3, 400) == ["751", "751", "CNA", "CNA"]
    assert partner.span_on(day(3)).signing_id == "org_751"


def test_custody_survives_the_bulletin_and_the_convention() -> None:
    partner = partner_in("92", "93")
    convention = convention_of(partner)
    sign_bulletin(draft_bulletin(convention), day(1), day(3))
    convention.close(day(5), TERMINATED, None, TODAY)
    signed(draft_of(partner), day(7))

    assert _who(partner, 0, 1, 4, 6, 8) == ["751", "CNA", "CNA", "CNA", "CNA"]


def test_custody_ends_by_a_hand_back_and_comes_again_with_another_bulletin() -> None:
    partner = partner_in("92", "93")
    convention = convention_of(partner)
    sign_bulletin(draft_bulletin(convention), day(1), day(3))
    partner.hand_backs.append(CnaHandBack(on_day=day(5), by_id="usr_x"))
    sign_bulletin(draft_bulletin(convention), day(8))

    assert _who(partner, 4, 5, 7, 8) == ["CNA", "751", "751", "CNA"]


def test_an_announced_custody_is_undone_with_its_bulletin() -> None:
    partner = partner_in("92", "93")
    bulletin = sign_bulletin(draft_bulletin(convention_of(partner)), day(3))

    bulletin.close(day(3), "Retrait", TODAY)

    assert _who(partner, 3, 10) == ["751", "751"]


@pytest.mark.parametrize("closes", ["bulletin", "convention"])
def test_a_custody_that_begins_and_ends_on_one_day_is_ended_by_the_hand_back_alone(
    closes: str,
) -> None:
    partner = partner_in("92", "93")
    convention = signed(draft_of(partner))
    bulletin = sign_bulletin(draft_bulletin(convention))
    assert _who(partner, 0) == ["CNA"]

    if closes == "bulletin":
        bulletin.close(TODAY, "Erreur", TODAY)
    else:
        convention.close(TODAY, TERMINATED, None, TODAY)

    assert _who(partner, 0, 1, 9) == ["CNA", "CNA", "CNA"]
    partner.hand_back(DECIDER, day(2))
    assert _who(partner, 1, 2, 9) == ["CNA", "751", "751"]


def test_a_custody_of_one_day_is_handed_back_on_that_day() -> None:
    partner = partner_in("92", "93")
    sign_bulletin(draft_bulletin(convention_of(partner))).close(TODAY, "Erreur", TODAY)

    partner.hand_back(DECIDER, TODAY)

    assert _who(partner, 0, 1) == ["751", "751"]


def test_an_organism_administers_by_custody_but_is_not_the_next_to_sign() -> None:
    partner = partner_in("92", "93")
    sign_bulletin(draft_bulletin(convention_of(partner)))

    assert partner.span_on(TODAY).administering_id == "org_CNA"
    assert draft_of(partner).organism_id == "org_751"


# any sequence of acts


@dataclass
class Telling:
    """A partner whose acts are told twice: by the verbs of the records, and in the day book."""

    partner: Partner = field(default_factory=lambda: partner_in("75", today=TODAY))
    book: Daybook = field(default_factory=lambda: Daybook(TODAY, "org_751"))
    today: date = TODAY
    papers: dict[str, Agreed] = field(default_factory=dict)
    bulletins: list[tuple[Bulletin, Paper | None]] = field(default_factory=list)

    def act(
        self, verb: str, which: int, start: int, length: int | None, *, flag: bool
    ) -> None:
        """What is refused is not done: the book says so by itself."""
        self.book.look(self.today)
        with suppress(Refused):
            getattr(self, f"_{verb}")(which, start, length, flag)
        self.book.look(self.today)

    def _convention(self, which: int) -> Convention:
        conventions = self.partner.conventions
        return (
            conventions[which % len(conventions)]
            if conventions
            else draft_of(self.partner)
        )

    def _after(self, offset: int) -> date:
        return self.today + timedelta(offset)

    def _prepare(
        self,
        which: int,
        _start: int,
        _length: int | None,
        flag: bool,  # noqa: FBT001 an act's shape
    ) -> None:
        made = self.partner.prepare_convention(
            (Mode.CENTRALISED, Mode.DELEGATED)[flag], [CARE], None, None, self.today
        )
        made.organism_id = (made.organism_id, OTHER_CAF)[which % 2]

    def _sign(self, which: int, start: int, length: int | None, _flag: bool) -> None:  # noqa: FBT001
        convention, first = self._convention(which), self._after(start)
        term = None if length is None else first + timedelta(length)
        convention.sign(PAPER, PAPER, first, term, self.today)
        agreed = Agreed(
            first,
            term,
            name=convention.id,
            mode=convention.contract.mode,
            organism=convention.organism_id,
        )
        self.papers[convention.id] = agreed
        self.book.agreed.append(agreed)

    def _close(self, which: int, start: int, _length: int | None, _flag: bool) -> None:  # noqa: FBT001
        convention = self._convention(which)
        convention.close(self._after(start), TERMINATED, None, self.today)
        if convention.id in self.papers:
            self.papers[convention.id].closed = self._after(start)

    def _cancel(
        self,
        which: int,
        _start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        convention = self._convention(which)
        convention.cancel_closing(self.today)
        if convention.id in self.papers:
            self.papers[convention.id].closed = None

    def _suspend(
        self,
        which: int,
        _start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        convention = self._convention(which)
        if convention.id in self.papers:
            suspend(convention.suspensions, self.today, "Motif", BY_ORGANISM)
            self.papers[convention.id].stops.append(Paper(self.today, None))

    def _resume(
        self,
        which: int,
        _start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        convention = self._convention(which)
        if convention.id in self.papers:
            resume(convention.suspensions, self.today, BY_ORGANISM)
            for stop in self.papers[convention.id].stops:
                stop.term = self.today if stop.runs(self.today) else stop.term

    def _bulletin(self, which: int, start: int, length: int | None, flag: bool) -> None:  # noqa: FBT001
        convention, first = self._convention(which), self._after(start)
        departments = [Department(code=code) for code in (NARROW, WIDE)[flag]]
        bulletin = ServiceAccess.of(convention, CDAP).prepare_bulletin(
            BulletinTerms(CANAL, [CONSULTANT], [], departments)
        )
        end = None if length is None else first + timedelta(length)
        bulletin.sign(PAPER, first, end, acknowledge_cna=True, today=self.today)
        paper = Paper(first, end) if flag else None
        self.bulletins.append((bulletin, paper))
        if paper:
            self.papers[convention.id].wide.append(paper)
        with suppress(Refused):
            bulletin.open_service(first, frozenset(), self.today)

    def _cancel_shut(
        self,
        which: int,
        _start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        if self.bulletins:
            bulletin, paper = self.bulletins[which % len(self.bulletins)]
            bulletin.cancel_closing(self.today)
            if paper:
                paper.closed = None

    def _shut(self, which: int, start: int, _length: int | None, _flag: bool) -> None:  # noqa: FBT001
        if self.bulletins:
            bulletin, paper = self.bulletins[which % len(self.bulletins)]
            bulletin.close(self._after(start), "Motif", self.today)
            if paper:
                paper.closed = self._after(start)

    def _hand_back(
        self,
        _which: int,
        _start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        """By the CNA, and while no bulletin over several departments is in force or announced."""
        held = self.partner.span_on(self.today).administering_id == "org_CNA"
        days = [self._after(n) for n in range(30)]
        coming = any(
            a.runs(d) and b.runs(d)
            for a in self.book.agreed
            for b in a.wide
            for d in days
        )
        done = False
        with suppress(Refused):
            self.partner.hand_back(DECIDER, self.today)
            done = True
            self.book.handed_back.append(self.today)
        assert done == (held and not coming)

    def _record(self, _which: int, _start: int, length: int | None, flag: bool) -> None:  # noqa: FBT001
        mode, term = (
            (Mode.CENTRALISED, Mode.DELEGATED)[flag],
            None if length is None else self._after(length),
        )
        made = self.partner.prepare_convention(mode, [CARE], None, None, self.today)
        made.record("75-1", PAPER, PAPER, REGISTERED, term, self.today)
        agreed = Agreed(
            self.today, term, name=made.id, mode=mode, organism=made.organism_id
        )
        self.papers[made.id] = agreed
        self.book.agreed.append(agreed)

    def _bear(self, which: int, _start: int, _length: int | None, flag: bool) -> None:  # noqa: FBT001
        """Where the partner is tells nothing of who administers it."""
        change_siret(
            self.partner, Siret.read(SIRETS[which]), ("75", "92")[flag], self.today
        )

    def _prepare_successor(
        self,
        _which: int,
        _start: int,
        _length: int | None,
        flag: bool,  # noqa: FBT001
    ) -> None:
        change_mode(self.partner, (Mode.CENTRALISED, Mode.DELEGATED)[flag], self.today)

    def _switch(
        self,
        _which: int,
        start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        former, on = in_force(self.partner, self.today), self._after(start)
        others = [
            c
            for c in self.partner.conventions
            if c is not former and c.ends_after(self.today)
        ]
        live = [
            b
            for a in former.accesses
            for b in a.bulletins
            if b.opened_on and b.ends_on > max(on, b.opened_on)
        ]
        if others or len(live) > 1 or former.closed_on is not None:
            return  # it is refused: a test of its own says so
        mode = (
            Mode.DELEGATED
            if former.contract.mode is Mode.CENTRALISED
            else Mode.CENTRALISED
        )
        successor = change_mode(self.partner, mode, self.today)
        papers = Papers(PAPER, PAPER, {CDAP.id: PAPER}, acknowledge_cna=True)
        try:
            switch(
                successor,
                papers,
                on,
                ClosingReason.DELEGATION_CHANGE,
                frozenset(),
                self.today,
                MembersAtSwitch.END,
            )
        except Refused:  # undone as a whole, as its transaction would be
            former.closed_on = former.closing_reason = successor.in_force_on = None
            raise
        self._tell_switch(former, successor, live, on)

    def _transfer(
        self,
        which: int,
        _start: int,
        _length: int | None,
        _flag: bool,  # noqa: FBT001
    ) -> None:
        """Without a convention; with one, its successor says who signs, as any other."""
        if not any(c.ends_after(self.today) for c in self.partner.conventions):
            organism = (CAF, ANOTHER_CAF)[which % 2]
            self.partner.transfer(organism, self.today)
            self.book.transfers[self.today] = organism.id

    def _tell_switch(
        self, former: Convention, successor: Convention, live: list[Bulletin], on: date
    ) -> None:
        old = self.papers[former.id]
        term = old.term if old.term and old.term > on else None
        new = Agreed(
            on,
            term,
            name=successor.id,
            mode=successor.contract.mode,
            organism=successor.organism_id,
        )
        new.stops = [Paper(on, stop.term) for stop in old.stops if stop.runs(on)]
        for bulletin, paper in list(self.bulletins):
            if bulletin in live:
                again = next(b for a in successor.accesses for b in a.bulletins)
                told = (
                    Paper(max(on, bulletin.opened_on or on), paper.term, paper.closed)
                    if paper
                    else None
                )
                new.wide += [told] if told else []
                self.bulletins.append((again, told))
        old.closed = on
        self.papers[successor.id] = new
        self.book.agreed.append(new)


VERBS = (
    "prepare", "sign", "sign", "close", "cancel", "suspend", "resume", "bulletin", "bulletin", "shut", "hand_back",
    "record", "bear", "prepare_successor", "switch", "switch", "switch", "cancel_shut", "transfer",
)  # fmt: skip
ACTS = st.tuples(
    st.integers(0, 3),
    st.sampled_from(VERBS),
    st.integers(0, 3),
    st.integers(0, 6),
    st.none() | st.integers(1, 6),
    st.booleans(),
)
"""Days later, verb, which document, days until it takes effect, how long it lasts, mode or breadth."""


def _assert_closed(partner: Partner, spans: list[Span]) -> None:
    """No span gives a convention that is not signed, in force and unsuspended from its first day to its last."""
    known = {c.id: c for c in partner.conventions}
    for span in spans:
        if span.convention_id is not None:
            convention = known[span.convention_id]
            assert convention.is_signed
            assert convention.contract.is_signed
            for on in (span.starts_on, span.ends_on - timedelta(1)):
                assert convention.holds_on(on)
                assert not any(s.runs_on(on) for s in convention.suspensions)


@settings(max_examples=300, deadline=None)
@given(st.lists(ACTS, min_size=4, max_size=14))
def test_any_sequence_of_acts_leaves_every_day_told_once_and_the_past_as_it_was(
    acts: list[Any],
) -> None:
    telling = Telling()
    find_eligible(telling.partner, CDAP)
    telling.act("prepare", 0, 0, None, flag=True)
    telling.act("sign", 0, 0, None, flag=True)

    for later, verb, which, start, length, flag in acts:
        before = timeline(telling.partner)
        telling.today += timedelta(later)
        telling.act(verb, which, start, length, flag=flag)
        spans, until = timeline(telling.partner), telling.today + timedelta(20)

        assert_well_formed(spans, TODAY)
        assert spread(spans, telling.today) == spread(before, telling.today)
        assert spread(spans, until) == telling.book.days(until)
        _assert_closed(telling.partner, spans)
        for former, latter in pairwise(spans):
            if former.administering_id == "org_CNA" != latter.administering_id:
                assert latter.starts_on in telling.book.handed_back


# every small set of documents


TERMS, CLOSINGS, BULLETINS, ENDS = (
    (None, 4),
    (None, 2, 4, 6),
    (None, 0, 2, 5),
    (None, 5, 7),
)
HAND_BACKS, STOPS = (None, 2, 3, 6), (None, (1, None), (1, 3), (3, 3))


def _at(offset: int | None) -> date | None:
    return None if offset is None else day(offset)


@pytest.mark.parametrize("in_force", [0, 2])
@pytest.mark.parametrize("successor", [None, 6])
def test_every_small_set_of_documents_is_told_as_by_hand(
    in_force: int, successor: int | None
) -> None:
    told = 0

    for term, closed, bulletin, end, back, stop in product(
        TERMS, CLOSINGS, BULLETINS, ENDS, HAND_BACKS, STOPS
    ):
        if (term == in_force) or (successor and term is None and closed is None):
            continue
        partner, book = partner_in(today=TODAY), Daybook(TODAY, "org_751")
        convention = Convention(
            in_force_on=day(in_force),
            term_on=_at(term),
            closed_on=_at(closed),
            organism_id="org_1",
        )
        convention.contract = Contract(mode=Mode.DELEGATED, partner=partner)
        partner.conventions.append(convention)
        agreed = Agreed(
            day(in_force),
            _at(term),
            _at(closed),
            name=convention.id,
            mode=Mode.DELEGATED,
            organism="org_1",
        )
        book.agreed.append(agreed)
        if stop is not None:
            convention.suspensions.append(
                Suspension(starts_on=day(stop[0]), ends_on=_at(stop[1]))
            )
            agreed.stops.append(Paper(day(stop[0]), _at(stop[1])))
        if bulletin is not None:
            signed_on = {"partner_signed_on": TODAY, "organism_signed_on": TODAY}
            wide = Bulletin(
                effective_from=day(bulletin),
                effective_to=_at(end),
                cna_acknowledged=True,
                **signed_on,
            )
            wide.departments = [Department(code=code) for code in WIDE]
            convention.accesses.append(ServiceAccess(bulletins=[wide]))
            agreed.wide.append(Paper(day(bulletin), _at(end)))
        if back is not None:
            partner.hand_backs.append(CnaHandBack(on_day=day(back), by_id="usr_x"))
            book.handed_back.append(day(back))
        if successor is not None:
            follows = Convention(in_force_on=day(successor), organism_id="org_2")
            follows.contract = Contract(mode=Mode.CENTRALISED, partner=partner)
            partner.conventions.append(follows)
            book.agreed.append(
                Agreed(day(successor), None, name=follows.id, organism="org_2")
            )

        spans = timeline(partner)

        assert_well_formed(spans, TODAY)
        assert spread(spans, day(12)) == book.days(day(12))
        told += 1

    assert told > 500


# the stored rows


async def _stored(database: Database, partner_id: str) -> list[Span]:
    columns = [getattr(PartnerState, name) for name in Span._fields]
    async with database.transaction() as session:
        rows = await session.execute(
            select(*columns)
            .where(PartnerState.partner_id == partner_id)
            .order_by(PartnerState.starts_on)
        )
        return [Span(*row) for row in rows]


async def _kept(
    database: Database, partner_id: str, today: date, act: Callable[[Partner], object]
) -> list[Span]:
    """The timeline after an act, kept as an act keeps it."""
    async with database.transaction() as session:
        register = Register(session, database, today)
        partner = await session.get_one(Partner, partner_id)
        act(partner)
        await session.flush()
        await register.keep_timeline(partner)
        return timeline(partner)


async def test_the_stored_rows_are_the_timeline_of_each_seeded_partner(
    database: Database,
) -> None:
    async with database.transaction() as session:
        partners = list(await session.scalars(select(Partner.id)))
    assert len(partners) >= 10

    for partner in partners:
        before = await _stored(database, partner)
        told = await _kept(database, partner, TODAY, timeline)

        assert before == told == await _stored(database, partner)
        assert_well_formed(told, told[0].starts_on)


async def test_an_act_rewrites_the_rows_from_today_on_and_leaves_the_past(
    database: Database,
) -> None:
    before = await _stored(database, OLIVIERS)

    def close(partner: Partner) -> None:
        partner.conventions[-1].close(day(5), TERMINATED, None, TODAY)

    told = await _kept(database, OLIVIERS, TODAY, close)

    after = await _stored(database, OLIVIERS)
    assert after == told != before
    assert spread(after, TODAY) == spread(before, TODAY)
    assert after[-1].convention_id is None


def _undone_suspension(partner: Partner) -> list[Callable[[], object]]:
    stops = partner.conventions[0].suspensions
    return [
        lambda: suspend(stops, TODAY, "Erreur", BY_ORGANISM),
        lambda: resume(stops, TODAY, BY_ORGANISM),
    ]


def _undone_convention(partner: Partner) -> list[Callable[[], object]]:
    draft = partner.conventions[0]
    return [
        lambda: signed(draft),
        lambda: draft.close(TODAY, ClosingReason.ABANDONED, None, TODAY),
    ]


@pytest.mark.parametrize(
    ("partner_id", "undone"),
    [(SEEDED, _undone_suspension), (DRAFTED, _undone_convention)],
)
async def test_an_act_undone_on_the_same_day_leaves_the_rows_as_they_were(
    database: Database,
    partner_id: str,
    undone: Callable[[Partner], list[Callable[[], object]]],
) -> None:
    before = await _stored(database, partner_id)

    await _kept(database, partner_id, TODAY, lambda partner: undone(partner)[0]())
    await _kept(database, partner_id, TODAY, lambda partner: undone(partner)[1]())

    assert await _stored(database, partner_id) == before


async def test_a_document_that_would_change_the_past_is_a_defect(
    database: Database,
) -> None:
    def rewrite(partner: Partner) -> None:
        partner.conventions[0].closed_on = day(-5)

    with pytest.raises(RuntimeError, match="the past of the timeline"):
        await _kept(database, SEEDED, TODAY, rewrite)


# the keys


def _row(starts_on: date, ends_on: date, chained: date | None) -> Executable:
    return insert(PartnerState).values(
        partner_id=SEEDED,
        starts_on=starts_on,
        ends_on=ends_on,
        chained=chained,
        administering_id="org_751",
    )


async def _three_spans(database: Database) -> list[Span]:
    first, second, third = day(-100), day(-50), day(-10)
    await accepted(
        database,
        delete(PartnerState).where(PartnerState.partner_id == SEEDED),
        _row(first, second, None),
        _row(second, third, second),
        _row(third, FOREVER, third),
    )
    return await _stored(database, SEEDED)


def _this(starts_on: date) -> Any:  # noqa: ANN401 a condition
    return (PartnerState.partner_id == SEEDED) & (PartnerState.starts_on == starts_on)


OVERLAPS = {
    "chained on a day that no span ends": _row(day(-70), day(-60), day(-70)),
    "chained on another day than its first": _row(day(-70), day(-60), day(-50)),
    "unchained beside the first": _row(day(-70), day(-60), None),
    "with the start of another": _row(day(-50), day(-40), day(-50)),
    "empty": _row(day(-50), day(-50), day(-50)),
    "backwards": _row(day(-10), day(-20), day(-10)),
}
GAPS = {
    "a span taken away": delete(PartnerState).where(_this(day(-50))),
    "a span shortened": update(PartnerState)
    .where(_this(day(-50)))
    .values(ends_on=day(-20)),
    "a span begun later": update(PartnerState)
    .where(_this(day(-50)))
    .values(starts_on=day(-40), chained=day(-40)),
}


@pytest.mark.parametrize(
    "change", [*OVERLAPS.values(), *GAPS.values()], ids=[*OVERLAPS, *GAPS]
)
async def test_the_keys_refuse(database: Database, change: Executable) -> None:
    before = await _three_spans(database)

    await broken(database, change)

    assert await _stored(database, SEEDED) == before
