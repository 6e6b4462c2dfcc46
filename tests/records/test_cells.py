"""The text of a cell: how long it may be, and what is said of one that a spreadsheet has spoiled."""

import pytest

from persistence.intake.cells import LONGEST_TEXT, bounded, siret
from persistence.records import Refused, Rule
from persistence.records.identifiers import SCIENTIFIC


def test_the_longest_text_is_read_and_one_more_character_is_refused() -> None:
    longest = "x" * LONGEST_TEXT

    assert bounded(longest) == longest
    with pytest.raises(Refused) as refused:
        bounded(longest + "x")
    assert refused.value.rule is Rule.VALUE_INVALID


def test_a_siret_that_a_spreadsheet_wrote_in_powers_of_ten_is_refused_with_its_cause() -> (
    None
):
    with pytest.raises(Refused) as refused:
        siret("9,99900E+13")

    assert refused.value.rule is Rule.SIRET_FORMAT
    assert refused.value.notice.detail == SCIENTIFIC
