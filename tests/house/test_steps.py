"""Each step of the register says whether a process of the step before may go on beside it."""

from alembic.script import ScriptDirectory

from persistence.migrations import config


def test_each_migration_declares_whether_it_is_additive() -> None:
    steps = ScriptDirectory.from_config(config()).walk_revisions()

    assert [
        step.path
        for step in steps
        if not isinstance(getattr(step.module, "additive", None), bool)
    ] == []


def test_the_steps_are_one_chain() -> None:
    scripts = ScriptDirectory.from_config(config())

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
