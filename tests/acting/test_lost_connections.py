"""A server that drops its connections costs the requests under way, and nothing after them."""

import pytest

from persistence.engine import Database


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_dropped_connection_is_replaced_at_the_next_request(
    database: Database,
) -> None:
    for _ in range(3):
        async with database.reading() as driver:
            process = await database.value("SELECT pg_backend_pid()", (), driver)
        async with database.transaction() as session:
            other = await database.driver_of(session)
            if other.get_server_pid() != process:
                await database.value(
                    "SELECT pg_terminate_backend($1)", (process,), other
                )

        async with database.reading() as driver:
            assert await database.value("SELECT 1", (), driver) == 1
