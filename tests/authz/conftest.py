import pytest

from authz import Engine, load


@pytest.fixture(scope="session")
def engine() -> Engine:
    return load()
