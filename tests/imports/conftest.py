"""Who acts."""

import pytest

from tests.conftest import World

from .sending import Desk


@pytest.fixture
def paris(world: World) -> Desk:
    """The managing agent of the Caf de Paris."""
    return Desk(world, "agent-paris", "org_751")


@pytest.fixture
def hauts_de_seine(world: World) -> Desk:
    return Desk(world, "agent-hauts-de-seine", "org_921")


@pytest.fixture
def national(world: World) -> Desk:
    return Desk(world, "admin-national", "org_CNAF")
