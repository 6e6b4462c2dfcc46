"""Who appears in the journeys."""

import pytest

from tests.conftest import World

from .story import Person


@pytest.fixture
def paris(world: World) -> Person:
    """The managing agent of the Caf de Paris."""
    return Person(world, "agent-paris")
