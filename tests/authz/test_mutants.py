"""Every lie in the policy or the scopes is found out: the proof of the proof."""

from itertools import islice

import pytest

from tests.conftest import PARTS

from . import mutants
from .world import PAIRS

pytestmark = pytest.mark.slow


def test_the_policy_itself_survives() -> None:
    assert mutants.survives(mutants.POLICY, PAIRS)


@pytest.mark.thirds
@pytest.mark.parametrize("part", PARTS)
def test_no_mutant_of_the_policy_survives(part: int) -> None:
    assert [
        mutant.name
        for mutant in islice(mutants.of_the_policy(), part, None, 3)
        if mutants.survives(mutant.policy, mutant.pairs)
    ] == []


def test_no_mutant_of_the_scopes_survives() -> None:
    assert [
        name
        for name in mutants.of_the_scopes()
        if mutants.survives(mutants.POLICY, PAIRS)
    ] == []
