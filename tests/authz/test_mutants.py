"""Every lie in the policy or the scopes is found out: the proof of the proof."""

import pytest

from . import mutants
from .world import PAIRS

pytestmark = pytest.mark.slow


def test_the_policy_itself_survives() -> None:
    assert mutants.survives(mutants.POLICY, PAIRS)


def test_no_mutant_of_the_policy_survives() -> None:
    assert [
        mutant.name
        for mutant in mutants.of_the_policy()
        if mutants.survives(mutant.policy, mutant.pairs)
    ] == []


def test_no_mutant_of_the_scopes_survives() -> None:
    assert [
        name
        for name in mutants.of_the_scopes()
        if mutants.survives(mutants.POLICY, PAIRS)
    ] == []
