"""What a page becomes on the way is for everybody too.

Empty, refused, in conflict, done, and the door itself.
"""

import pytest

from .addresses import Ids, world
from .audit import defects
from .browsing import Chromium
from .reaching import STATES, State

ids = pytest.fixture(world, scope="module")


@pytest.mark.thirds
@pytest.mark.parametrize("reached", STATES, ids=[state.__name__ for state in STATES])
async def test_a_state_of_the_console_is_for_everybody(
    chromium: Chromium, ids: Ids, reached: State
) -> None:
    page = await reached(chromium, ids)

    assert await defects(chromium, page) == ""
