"""Who has not declared: partners with an establishment in the open Esat service that deposited nothing (R17)."""

from datetime import date

import pytest

from persistence.engine import Database
from persistence.records import Bulletin, Partner
from persistence.records.identifiers import Siret
from tests.records.lives import a_siret

from .desk import Desk

CANAL = "ptr_99990001200025"
LATE = 'query { partners(undeclaredFor: "cmp_2025") { nodes { id } } }'


@pytest.mark.parametrize(
    ("term", "is_late"), [(date(2026, 12, 10), False), (date(2026, 12, 11), True)]
)
async def test_an_establishment_whose_bulletin_is_past_its_term_is_not_waited_for(
    database: Database, term: date, *, is_late: bool
) -> None:
    """Its closing is recorded for a later day, and the service is open on the others."""
    desk = Desk(database)
    assert {"id": CANAL} not in (await desk.answer("admin-national", LATE))["partners"][
        "nodes"
    ]
    await _add_bulletin_on_a_new_establishment(database, term)

    late = (await desk.answer("admin-national", LATE))["partners"]["nodes"]

    assert ({"id": CANAL} in late) is is_late


async def _add_bulletin_on_a_new_establishment(database: Database, term: date) -> None:
    opened, closed = date(2026, 9, 1), date(2027, 1, 1)
    async with database.transaction() as session:
        partner = await session.get_one(Partner, CANAL)
        (access,) = (
            a
            for c in partner.conventions
            for a in c.accesses
            if a.service_id == "svc_ESAT"
        )
        place = partner.add_establishment(
            Siret.read(a_siret(0, 1)),
            "Atelier",
            "75",
            None,
            opened,
            acknowledge_other_siren=True,
        )
        bulletin = Bulletin(
            siret=access.convention.siret,
            roles=list(access.bulletins[0].roles),
            establishments=[place],
            partner_signed_on=opened,
            organism_signed_on=opened,
            effective_from=opened,
            opened_on=opened,
            effective_to=term,
            closed_on=closed,
            closing_reason="Retrait",
            closing_recorded_on=opened,
        )
        access.bulletins.append(bulletin)
