"""The engine against an oracle written by hand, over the whole of a small world; then what must hold without one."""

from importlib import metadata

import pytest

from authz import Engine, Subject

from . import oracle
from .world import (
    ADMINISTRATOR,
    CALLER,
    MACHINES,
    MEMBERS,
    NATIONAL,
    PAIRS,
    RESOURCE_CENTRE,
    SUBJECTS,
    cases,
    selected,
    things,
)


def test_casbin_comes_from_its_living_distribution() -> None:
    assert metadata.packages_distributions()["casbin"] == ["pycasbin"]


def test_every_decision_is_the_oracles(engine: Engine) -> None:
    wrong = [
        case
        for case in cases()
        if (engine.allows(*case[:3], case[3].facts) is not None) != oracle.may(*case)
    ]

    assert not wrong


def test_every_plan_selects_what_the_oracle_allows(engine: Engine) -> None:
    for subject in SUBJECTS:
        for pair in PAIRS:
            expected = {
                thing for thing in things(pair[0]) if oracle.may(subject, *pair, thing)
            }

            assert selected(engine, subject, *pair) == expected, (subject, pair)


@pytest.mark.parametrize("subject", [*MEMBERS, *MACHINES])
def test_a_member_never_sees_another_service(engine: Engine, subject: Subject) -> None:
    visible = {
        thing
        for pair in PAIRS
        if pair[0] not in {"Group", "Membership"}
        for thing in selected(engine, subject, *pair)
    }

    assert {thing.service for thing in visible} == {None, "ESAT"}
    assert {thing.partner for thing in visible if thing.owner is None} == {"ptr_own"}


def test_a_member_never_sees_another_group(engine: Engine) -> None:
    visible = {
        thing.group
        for subject in MEMBERS
        for thing in selected(engine, subject, "Group", "read")
    }

    assert visible == {"grp_1"}


@pytest.mark.parametrize("type_", ["Worker", "DeclarationLine", "ActivityChange"])
def test_a_national_administrator_never_reads_a_worker_nor_a_line(
    engine: Engine, type_: str
) -> None:
    assert not any(
        engine.plan(NATIONAL.roles, *pair) for pair in PAIRS if pair[0] == type_
    )


def test_a_habilitation_manager_reads_neither_workers_nor_declarations(
    engine: Engine,
) -> None:
    closed = {"Worker", "Declaration", "DeclarationLine", "ActivityChange", "Batch"}

    assert not any(
        engine.plan(ADMINISTRATOR.roles, *pair) for pair in PAIRS if pair[0] in closed
    )


def test_a_resource_centre_never_writes(engine: Engine) -> None:
    done = {
        action
        for type_, action in PAIRS
        if engine.plan(frozenset({"resource_centre"}), type_, action)
    }

    assert done == {"read", "export"}
    assert not engine.plan(RESOURCE_CENTRE.roles, "Declaration", "read")


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_never_reveals_a_nir(engine: Engine, machine: Subject) -> None:
    assert engine.plan(machine.roles, "Worker", "reveal_nir") == ()


def test_a_caller_without_any_right_is_left_with_what_is_their_own(
    engine: Engine,
) -> None:
    nobody = Subject(CALLER)

    permits = {permit for pair in PAIRS for permit in engine.plan(nobody.roles, *pair)}

    assert {tuple(permit) for permit in permits} == {("everyone", "self")}
    assert {
        thing.owner for pair in PAIRS for thing in selected(engine, nobody, *pair)
    } == {CALLER}


def test_only_the_agents_of_an_organism_open_a_service(engine: Engine) -> None:
    """R38: neither a partner's people, nor a centre, nor a machine."""
    opening = {line.role for line in engine.rules("ServiceAccess", "open")}

    assert opening == {"agent_managing"}
    assert engine.descendants("agent_managing") == {"agent_managing"}


def test_without_a_convention_a_partners_people_see_nothing_of_it(
    engine: Engine,
) -> None:
    visible = {
        thing
        for subject in (*MEMBERS, ADMINISTRATOR)
        for type_ in ("Partner", "Establishment")
        for thing in selected(engine, subject, type_, "read")
    }

    assert None not in {thing.convention for thing in visible}


@pytest.mark.parametrize(
    "subject", [subject for subject in SUBJECTS if "national" not in subject.roles]
)
def test_an_object_without_facts_is_open_to_nobody(
    engine: Engine, subject: Subject
) -> None:
    assert not any(engine.allows(subject, *pair, {}) for pair in PAIRS)
