"""Whom a person asks for help (R60): the nearest organism that can answer."""

import pytest

from persistence.engine import Database
from persistence.facts.contacts import contacts
from tests.conftest import TODAY

CENTRE, CAF, CNAF = "CR1", "751", "CNAF"
NEAREST = {
    "usr_agent-paris": CENTRE,
    "usr_gestionnaire-canal": CAF,
    "usr_centre-ressources": CNAF,
    "usr_admin-national": CNAF,
    "usr_partie-canal": CNAF,
}
"""An agent asks the resource centre; a partner's people, who administers them; others, the Cnaf."""


@pytest.mark.parametrize("user", NEAREST)
async def test_a_question_goes_to_the_nearest_organism_and_else_to_the_cnaf(
    database: Database, user: str
) -> None:
    async with database.looking() as session:
        organisms = await contacts(session, user, TODAY)

    assert [organism.code for organism in organisms] == [NEAREST[user]]
