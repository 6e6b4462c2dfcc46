"""What a bulletin tells before it is signed and opened: how its SIRET differs, and which departments it covers."""

from typing import Any

import pytest

from persistence.records import Rule
from tests.conftest import World
from tests.journeys.story import (
    Person,
    a_signed_esat,
    a_siret,
    another_siret_of,
    refused,
)

from .desk import Desk

TOLD = "siret conventionSiret siretMatches siretDifferences siretAdvice departments coversSeveralDepartments status"
BASSIN, HORIZONS, CANAL = (
    "ptr_99990001200033",
    "ptr_99990002000010",
    "ptr_99990001200025",
)


@pytest.fixture
def paris(world: World) -> Person:
    return Person(world, "agent-paris")


async def bulletins(desk: Desk, partner: str) -> dict[str, Any]:
    """The bulletins of a partner by service, those of the convention in force."""
    text = f"query($p: ID!) {{ bulletins(partnerId: $p) {{ nodes {{ service {{ code }} {TOLD} }} }} }}"
    nodes = (await desk.answer("admin-national", text, {"p": partner}))["bulletins"][
        "nodes"
    ]
    return {node.pop("service")["code"]: node for node in nodes}


async def test_two_sirets_that_differ_are_compared_digit_by_digit(desk: Desk) -> None:
    told = (await bulletins(desk, BASSIN))["ESAT"]

    assert (told["siret"], told["conventionSiret"]) == (
        "99990001200025",
        "99990001200033",
    )
    assert told["siretDifferences"] == [13, 14]
    assert told["siretAdvice"] == Rule.SIRET_DIFFERS_SAME_SIREN.sentence
    assert told["siretMatches"] is False


async def test_two_sirets_that_are_equal_have_no_difference_and_no_advice(
    desk: Desk,
) -> None:
    told = (await bulletins(desk, CANAL))["ESAT"]

    assert (told["siretMatches"], told["siretDifferences"], told["siretAdvice"]) == (
        True,
        [],
        None,
    )


async def test_the_departments_are_those_of_the_establishments_else_those_written(
    desk: Desk,
) -> None:
    told = await bulletins(desk, HORIZONS)

    assert (told["ESAT"]["departments"], told["ESAT"]["coversSeveralDepartments"]) == (
        ["92", "93", "95"],
        True,
    )
    assert (told["CDAP"]["departments"], told["CDAP"]["coversSeveralDepartments"]) == (
        ["92"],
        False,
    )


async def test_the_siret_of_another_unit_has_the_its_own_advice(paris: Person) -> None:
    partner, convention = await a_signed_esat(paris)
    for siret, rule in (
        (another_siret_of(partner.siret), Rule.SIRET_DIFFERS_SAME_SIREN),
        (a_siret(), Rule.SIRET_DIFFERS),
    ):
        bulletin = await paris.prepares_bulletin(
            convention, siret, partner.establishments
        )
        told = await paris.reads(bulletin, f"... on MembershipBulletin {{ {TOLD} }}")

        assert told["siretAdvice"] == rule.sentence
        assert (
            told["siretDifferences"]
            == [n for n in range(1, 15) if siret[n - 1] != partner.siret[n - 1]]
            != []
        )


async def test_the_advice_of_a_bulletin_is_the_sentence_that_refuses_its_opening(
    paris: Person,
) -> None:
    partner, convention = await a_signed_esat(paris)
    bulletin = await paris.prepares_bulletin(
        convention, a_siret(), partner.establishments
    )
    told = await paris.reads(bulletin, f"... on MembershipBulletin {{ {TOLD} }}")
    await paris.signs_bulletin(bulletin)
    await paris.decides_eligibility(partner.id)

    with refused(Rule.SIRET_DIFFERS.name, "R58") as refusal:
        await paris.opens(bulletin)

    assert refusal.message == told["siretAdvice"]


async def test_several_departments_are_announced_before_the_signature_that_asks_to_confirm_them(
    paris: Person,
) -> None:
    partner, convention = await a_signed_esat(paris)
    annex = await paris.adds_establishment(partner.id, a_siret(), "92")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )

    told = await paris.reads(bulletin, f"... on MembershipBulletin {{ {TOLD} }}")

    assert (told["status"], told["departments"], told["coversSeveralDepartments"]) == (
        "DRAFT",
        ["75", "92"],
        True,
    )
    with refused(Rule.CNA_ACKNOWLEDGE.name, "R47"):
        await paris.signs_bulletin(bulletin)


async def test_two_establishments_of_the_pyrenees_atlantiques_are_in_one_department(
    paris: Person,
) -> None:
    """64 has two Caf and is one department: nothing to announce, nothing to confirm."""
    partner, convention = await a_signed_esat(paris, department="64")
    annex = await paris.adds_establishment(partner.id, a_siret(), "64")
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )

    told = await paris.reads(bulletin, f"... on MembershipBulletin {{ {TOLD} }}")

    assert (told["departments"], told["coversSeveralDepartments"]) == (["64"], False)
    await paris.signs_bulletin(bulletin)


async def test_written_departments_are_covered_where_no_establishment_is_named(
    paris: Person,
) -> None:
    partner = await paris.registers(a_siret(), kind="SOCIAL_CENTRE", department=None)
    convention = await paris.prepares_convention(
        partner.id, missions=("mis_ACCOMPAGNEMENT_SOCIAL",)
    )
    written = {"departments": ["92", "75"]}
    bulletin = await paris.prepares_bulletin(
        convention, partner.siret, (), ("CDAP_T1",), "CDAP", **written
    )

    told = await paris.reads(bulletin, f"... on MembershipBulletin {{ {TOLD} }}")

    assert (told["departments"], told["coversSeveralDepartments"]) == (
        ["75", "92"],
        True,
    )
