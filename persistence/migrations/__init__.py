"""The register's schema, step by step.

`check` proves that the records and the last step agree.

Each step declares whether it is `additive`: whether a process of the step before may go
on beside it. Whoever migrates writes it down in the register, for the processes that do
not have the newer scripts.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, select

from persistence.engine import Database
from persistence.faults import register_faults
from persistence.records import SchemaStep
from persistence.vault import Vault

SCRIPTS = Path(__file__).parent
BEHIND = "Le registre n'est pas à la dernière étape : `habilitations migrate`."
AHEAD = (
    "Le registre a passé une étape que ce programme ne connaît pas : "
    "installez une version plus récente."
)


class OtherStep(Exception):
    """A register that stands at a step where this process cannot serve.

    The sentence says what to do.
    """


def _nothing(_: Connection) -> None:
    """What most runs of Alembic do after the steps."""


def config(
    connection: Connection | None = None,
    afterwards: Callable[[Connection], None] = _nothing,
    vault: Vault | None = None,
) -> Config:
    """Alembic's settings. `afterwards` is part of the transaction of the steps.

    `vault`: what a step seals is sealed with.
    """
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    settings.attributes["afterwards"] = afterwards
    settings.attributes["vault"] = vault
    return settings


async def migrate(database: Database, vault: Vault | None = None) -> None:
    """Bring the register to the last step.

    One that is further is left as it is, where this process can serve it. Raises
    `VaultError` without a `vault` where there is something to seal.
    """
    database.lay()
    with register_faults():
        async with database.writer.connect() as connection:
            if not await connection.run_sync(_serves):
                await connection.run_sync(_upgrade, vault)
                await connection.commit()


async def check(database: Database) -> None:
    """Raise when a record has no migration."""
    async with database.writer.connect() as connection:
        await connection.run_sync(lambda sync: command.check(config(sync)))


async def is_current(database: Database) -> bool:
    """Whether the register stands at the last step."""
    async with database.reader.connect() as connection:
        return await connection.run_sync(_revision) == head()


async def require_step(database: Database) -> None:
    """Raise `OtherStep` unless this process can serve the register.

    It can at our last step, and when only additive ones were passed since.
    """
    with register_faults():
        async with database.reader.connect() as connection:
            if not await connection.run_sync(_serves):
                raise OtherStep(BEHIND)


def head() -> str | None:
    """The last step of the scripts that this process was started with."""
    return _scripts(SCRIPTS).get_current_head()


def additive(revision: str) -> bool:
    """What the script of a step declares."""
    declared: bool = _scripts(SCRIPTS).get_revision(revision).module.additive
    return declared


@cache
def _scripts(_place: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _serves(connection: Connection) -> bool:
    """False for a register that is behind.

    Raises `OtherStep` for one that is too far ahead.
    """
    revision, last = _revision(connection), head()
    if revision in (
        None,
        *(step.revision for step in _scripts(SCRIPTS).walk_revisions()),
    ):
        return revision == last
    passed = select(SchemaStep.revision, SchemaStep.previous, SchemaStep.additive)
    steps = {step.revision: step for step in connection.execute(passed).all()}
    while revision != last:
        step = steps.get(revision)
        if step is None or not step.additive:
            raise OtherStep(AHEAD)
        revision = step.previous
    return True


def _upgrade(connection: Connection, vault: Vault | None) -> None:
    command.upgrade(config(connection, _note_steps, vault), "head")


def _note_steps(connection: Connection) -> None:
    """Write down the steps, for the processes that do not have the newer scripts."""
    passed = [
        {
            "revision": step.revision,
            "previous": step.down_revision,
            "additive": step.module.additive,
        }
        for step in _scripts(SCRIPTS).walk_revisions()
    ]
    connection.execute(delete(SchemaStep))
    connection.execute(insert(SchemaStep), passed)
