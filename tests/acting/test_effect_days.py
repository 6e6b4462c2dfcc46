"""The day on which an act takes effect, when its input names one: the day that its preview is told of."""

from datetime import date, timedelta
from typing import Any

import pytest
from strawberry import ID

from persistence.records import Mode
from resolvers.successions import DelegationChangeInput, SwitchInput

TODAY = date(2026, 12, 10)


def changing(on: date | None) -> DelegationChangeInput:
    papers: Any = None  # no signature changes the day
    switch = None
    if on is not None:
        switch = SwitchInput(on=on, convention=papers, contract=papers, bulletins=[])
    return DelegationChangeInput(
        partner_id=ID("ptr_1"), mode=Mode.DELEGATED, switch=switch
    )


@pytest.mark.parametrize(
    ("on", "effect"),
    [
        (None, TODAY),
        (TODAY + timedelta(days=5), TODAY + timedelta(days=5)),
        (TODAY - timedelta(days=5), TODAY),
    ],
)
def test_a_change_of_mode_takes_effect_on_the_day_of_its_switch_and_never_before_today(
    on: date | None, effect: date
) -> None:
    assert changing(on).effect_on(TODAY) == effect
