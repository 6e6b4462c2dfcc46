"""The lines of a certificate, written again as the cells of a draft.

A person is named by their card, with their number hidden: nobody has to type it again.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, func, or_, select

from persistence.records import (
    Campaign,
    Declaration,
    DeclarationLine,
    Establishment,
    Organism,
    Worker,
    WorkerRate,
    WorkerStay,
)
from persistence.register import Register

from .line_words import IDENTITY, WORDS

HUNDREDTHS = (
    "rate",
    "net_remuneration",
    "net_aid",
    "esat_share",
    "dual_activity_hours",
)


class CarriedLine(NamedTuple):
    """The person of a line, and its cells."""

    worker_id: str
    nir_index: str
    client_reference: str | None
    cells: dict[str, str]


async def lines_of_certificate(
    register: Register, declaration: Declaration
) -> list[CarriedLine]:
    """The lines of a certificate, as it states them."""
    line, card, payer = _tables()
    states = [line.c[name] for name in (*WORDS, "confirmation", "comment")]
    rows = _select(line, card, payer, states, line.c.paying_id)
    is_own = line.c.declaration_id == declaration.id
    result = await register.session.execute(rows.where(is_own))
    return [_carried(row._mapping) for row in result]  # noqa: SLF001 it is public


async def lines_of_last_year(
    register: Register, place: Establishment, campaign: Campaign
) -> list[CarriedLine]:
    """The lines of last year's certificate in force, without what it says of its pay.

    The rate is the one that is known in November; who has left before, and who is no
    beneficiary, has no line.
    """
    line, card, payer = _tables()
    head = Declaration.__table__
    rate = func.coalesce(_known_rate(line, card, campaign), line.c.rate).label("rate")
    states = [
        card.c.matricule,
        card.c.entered_on,
        rate,
        line.c.dual_activity,
        line.c.dual_activity_since,
        line.c.dual_activity_hours,
        line.c.dual_activity_employer,
    ]
    rows = _select(line, card, payer, states, card.c.paying_id)
    rows = rows.join(head, head.c.id == line.c.declaration_id).where(
        head.c.establishment_id == place.id,
        head.c.campaign_id == f"cmp_{campaign.year - 1}",
        Declaration.is_in_force.sql(head),
        card.c.aah_beneficiary,
        or_(
            ~_has_stay(line, card),
            _has_stay(line, card, since=campaign.reference_starts_on),
        ),
    )
    result = await register.session.execute(rows)
    return [_carried(row._mapping) for row in result]  # noqa: SLF001 it is public


def _tables() -> tuple[FromClause, FromClause, FromClause]:
    return (
        DeclarationLine.__table__,
        Worker.__table__.alias("card"),
        Organism.__table__,
    )


def _select(
    line: FromClause,
    card: FromClause,
    payer: FromClause,
    states: Sequence[ColumnElement[Any]],
    paying_id: ColumnElement[Any],
) -> Select[Any]:
    """The columns of the lines, in their order; the card is the one that counts now."""
    identity = [card.c[name] for name in ("nir_index", "nir_mask", *IDENTITY)]
    return (
        select(
            card.c.id.label("worker_id"),
            *identity,
            payer.c.code,
            line.c.client_reference,
            *states,
        )
        .select_from(line)
        .join(card, card.c.id == line.c.person_id)
        .join(payer, payer.c.id == paying_id)
        .order_by(line.c.position)
    )


def _known_rate(
    line: FromClause, card: FromClause, campaign: Campaign
) -> ColumnElement[Any]:
    rates = WorkerRate.__table__
    return (
        select(rates.c.rate)
        .where(
            rates.c.worker_id == card.c.id,
            rates.c.establishment_id == line.c.establishment_id,
            rates.c.starts_on < campaign.reference_ends_on,
        )
        .order_by(rates.c.starts_on.desc())
        .limit(1)
        .correlate(line, card)
        .scalar_subquery()
    )


def _has_stay(
    line: FromClause, card: FromClause, since: date | None = None
) -> ColumnElement[bool]:
    """Whether the worker has been here; on a day from `since` on, or ever."""
    stay = WorkerStay.__table__
    stays = select(stay.c.worker_id).where(
        stay.c.worker_id == card.c.id,
        stay.c.establishment_id == line.c.establishment_id,
    )
    if since is not None:
        stays = stays.where(or_(stay.c.ends_on.is_(None), stay.c.ends_on > since))
    return stays.correlate(line, card).exists()


def _carried(row: Any) -> CarriedLine:  # noqa: ANN401 a mapping
    return CarriedLine(
        row["worker_id"],
        row["nir_index"],
        row["client_reference"],
        dict(_cells(row)),
    )


def _cells(row: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 a mapping
    yield "worker_id", row["worker_id"]
    yield "nir", row["nir_mask"]
    yield "paying_organism", row["code"]
    for name in ("client_reference", *IDENTITY, *WORDS, "confirmation", "comment"):
        value = row.get(name)
        if name != "paying_id" and value is not None:
            yield name, _text(name, value)


def _text(name: str, value: Any) -> str:  # noqa: ANN401 of a column
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name in HUNDREDTHS:
        units, rest = divmod(value, 100)
        return f"{units}.{rest:02}"
    return str(value)
