"""What is known of an establishment is corrected; its FINESS names its department."""

import pytest

from persistence.records import Rule
from persistence.records.corrections import correct_establishment
from persistence.records.identifiers import Finess

from .build import partner_in, refused

SEINE = Finess.read("750000010")


@pytest.mark.parametrize("finess", [None, SEINE])
def test_an_establishment_is_corrected_with_its_finess_or_without(
    finess: Finess | None,
) -> None:
    [place] = partner_in("75").establishments
    correct_establishment(place, " Atelier du quai ", "75", finess, "01 00 00 00 00")

    assert (place.name, place.finess, place.department) == (
        "Atelier du quai",
        finess,
        "75",
    )
    assert place.contact == "01 00 00 00 00"


def test_a_finess_of_another_department_is_refused_and_nothing_changes() -> None:
    [place] = partner_in("75").establishments
    with refused(Rule.FINESS_DEPARTMENT, "finess"):
        correct_establishment(place, "Atelier du quai", "13", SEINE, None)

    assert (place.name, place.department) == ("Atelier 75", "75")
