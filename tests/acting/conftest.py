"""Who acts."""

import pytest

from tests.conftest import World
from tests.journeys.story import Person


@pytest.fixture
def paris(world: World) -> Person:
    """The managing agent of the Caf de Paris."""
    return Person(world, "agent-paris")
