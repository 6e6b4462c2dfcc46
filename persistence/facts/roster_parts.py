"""The three parts of a roster: declared now, last year alone, or only present."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    case,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from persistence.records.base import table
from persistence.records.declarations import Declaration
from persistence.records.establishments import Establishment
from persistence.records.periods import exists
from persistence.records.rosters import BeneficiaryAnswer, RosterStanding

from .presence import departed_on, is_away_in_november, stays_in_november

Narrowing: TypeAlias = Callable[[FromClause, FromClause], list[ColumnElement[bool]]]
"""(establishment, campaign) → the conditions that narrow a roster to some of them."""


class _Part:
    """The persons of one part of the roster, and what is said of each."""

    def __init__(self) -> None:
        self.place = table("establishment").alias()
        self.campaign = table("campaign").alias()
        self.worker = table("worker").alias()

    def query(self, narrowed: Narrowing) -> Select[Any]:
        query = select(*self._columns()).select_from(self._rows())
        return query.where(*self._tests(), *narrowed(self.place, self.campaign))

    # what each part has of its own

    def _rows(self) -> FromClause:
        raise NotImplementedError

    def _tests(self) -> list[ColumnElement[bool]]:
        raise NotImplementedError

    def _line(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """The line in force of the campaign, and who pays according to it."""
        return null(), self.worker.c.paying_id

    def _before(self) -> ColumnElement[Any]:
        """Last year's line in force."""
        return null()

    def _standing(self) -> ColumnElement[Any]:
        """Where a person stands of whom no line is in force."""
        stand = RosterStanding
        return case(
            (self._is_no_beneficiary(), _word(stand.NOT_BENEFICIARY)),
            (self._is_departed(), _word(stand.DEPARTED)),
            (self._is_declared_elsewhere(), _word(stand.DECLARED_ELSEWHERE)),
            else_=_word(stand.MISSING),
        )

    # the columns

    def _columns(self) -> list[ColumnElement[Any]]:
        place, campaign, worker = self.place.c, self.campaign.c, self.worker.c
        line_id, paying_id = self._line()
        return [
            worker.id.label("id"),
            place.partner_id.label("partner_id"),
            place.id.label("establishment_id"),
            campaign.id.label("campaign_id"),
            worker.id.label("worker_id"),
            paying_id.label("paying_id"),
            type_coerce(line_id, String).label("line_id"),
            type_coerce(self._before(), String).label("before_id"),
            self._standing().label("standing"),
            departed_on(self.worker, self.place).label("departed_on"),
        ]

    # what is known of the person

    def _is_no_beneficiary(self) -> ColumnElement[bool]:
        """By what the Caf has answered, or the Esat for this campaign."""
        answer = table("beneficiary_answer").alias()
        is_answered = exists(
            answer,
            where=[
                answer.c.establishment_id == self.place.c.id,
                answer.c.campaign_id == self.campaign.c.id,
                answer.c.worker_id == self.worker.c.id,
                answer.c.answer != BeneficiaryAnswer.NONE.value,
            ],
        )
        return or_(~self.worker.c.aah_beneficiary, is_answered)

    def _is_departed(self) -> ColumnElement[bool]:
        return is_away_in_november(self.worker, self.place, self.campaign)

    def _is_declared_elsewhere(self) -> ColumnElement[bool]:
        """Whether another establishment of the partner declares the person."""
        line, head = table("declaration_line").alias(), table("declaration").alias()
        return exists(
            line,
            head,
            where=[
                line.c.person_id == self.worker.c.id,
                head.c.id == line.c.declaration_id,
                head.c.campaign_id == self.campaign.c.id,
                head.c.establishment_id != self.place.c.id,
                Declaration.is_in_force.sql(head),
            ],
        )

    # the other certificate

    def _line_id(self, campaign: FromClause) -> ColumnElement[Any]:
        """The line in force of the person here, for a campaign."""
        line, head = table("declaration_line").alias(), table("declaration").alias()
        query = (
            select(line.c.id)
            .select_from(head, line)
            .where(
                head.c.establishment_id == self.place.c.id,
                head.c.campaign_id == campaign.c.id,
                Declaration.is_in_force.sql(head),
                line.c.declaration_id == head.c.id,
                line.c.person_id == self.worker.c.id,
            )
        )
        return query.correlate_except(head, line).scalar_subquery()

    def _is_expected_here(self) -> ColumnElement[bool]:
        """The establishment has not ended: nobody else could declare for it."""
        december = self.campaign.c.reference_ends_on
        return Establishment.period.sql_not_ended(self.place, december)


class _Certified(_Part):
    """The persons of a certificate in force."""

    def __init__(self) -> None:
        super().__init__()
        self.head = table("declaration").alias()
        self.line = table("declaration_line").alias()
        self.other_campaign = table("campaign").alias()

    def _of_certificate(self, campaign: FromClause) -> FromClause:
        """The lines of the certificates of a campaign, each with its person."""
        head, line = self.head, self.line
        is_of_campaign = and_(
            head.c.campaign_id == campaign.c.id, Declaration.is_in_force.sql(head)
        )
        return (
            campaign.join(head, is_of_campaign)
            .join(self.place, self.place.c.id == head.c.establishment_id)
            .join(line, line.c.declaration_id == head.c.id)
            .join(self.worker, self.worker.c.id == line.c.person_id)
        )


class Declared(_Certified):
    """Who is in the certificate in force."""

    def _rows(self) -> FromClause:
        year_before = self.other_campaign.c.year == self.campaign.c.year - 1
        rows = self._of_certificate(self.campaign)
        return rows.outerjoin(self.other_campaign, year_before)

    def _tests(self) -> list[ColumnElement[bool]]:
        return []

    def _line(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        return self.line.c.id, self.line.c.paying_id

    def _before(self) -> ColumnElement[Any]:
        return self._line_id(self.other_campaign)

    def _standing(self) -> ColumnElement[Any]:
        was_declared = (
            self._before().is_not(None),
            _word(RosterStanding.DECLARED),
        )
        return case(was_declared, else_=_word(RosterStanding.NEW))


class LastYear(_Certified):
    """Who is in last year's certificate alone."""

    def _rows(self) -> FromClause:
        year_after = self.campaign.c.year == self.other_campaign.c.year + 1
        rows = self._of_certificate(self.other_campaign)
        return rows.join(self.campaign, year_after)

    def _tests(self) -> list[ColumnElement[bool]]:
        return [self._is_expected_here(), self._line_id(self.campaign).is_(None)]

    def _before(self) -> ColumnElement[Any]:
        return self.line.c.id


class Present(_Part):
    """Who was present in November, and is in neither certificate."""

    def __init__(self) -> None:
        super().__init__()
        self.other_campaign = table("campaign").alias()
        self.stay = stays_in_november(self.campaign)

    def _rows(self) -> FromClause:
        year_before = self.other_campaign.c.year == self.campaign.c.year - 1
        stay, rows = self.stay.row, self.campaign
        return (
            rows.join(stay, self.stay.is_the_first)
            .join(self.place, self.place.c.id == stay.c.establishment_id)
            .join(self.worker, self.worker.c.id == stay.c.worker_id)
            .outerjoin(self.other_campaign, year_before)
        )

    def _tests(self) -> list[ColumnElement[bool]]:
        return [
            self._is_expected_here(),
            self._line_id(self.campaign).is_(None),
            self._line_id(self.other_campaign).is_(None),
        ]


def _word(standing: RosterStanding) -> ColumnElement[str]:
    return literal(standing.value)
