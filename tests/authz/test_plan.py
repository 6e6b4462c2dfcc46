"""What the recorder hears, and what is left of it."""

import pytest

from authz import Engine, Grant, Post, RoleScope, Subject, conditions_of, load
from authz.engine import HERE


def plan(engine: Engine, *roles: str, of: str) -> list[RoleScope]:
    type_, action = of.split(":")
    return [*engine.plan(frozenset(roles), type_, action)]


def test_an_agent_reads_a_partner_through_two_relations(engine: Engine) -> None:
    assert plan(engine, "agent_reading", of="Partner:read") == [
        ("agent_reading", "jurisdiction"),
        ("agent_reading", "signing_caf"),
    ]


def test_a_permit_is_that_of_the_role_of_its_rule_whoever_inherits_it(
    engine: Engine,
) -> None:
    assert plan(engine, "member_validating", of="Declaration:read") == [
        ("member_reading", "granted_service")
    ]


def test_roles_of_several_kinds_add_their_permits_up(engine: Engine) -> None:
    roles = ("everyone", "partner_administrator", "agent_managing")

    assert plan(engine, *roles, of="User:invite") == [
        ("partner_administrator", "own_partner_delegated"),
        ("agent_managing", "jurisdiction_centralised"),
    ]


def test_a_role_without_the_action_has_no_permit(engine: Engine) -> None:
    assert plan(engine, "everyone", "resource_centre", of="Worker:read") == []


def test_an_unknown_role_has_no_permit(engine: Engine) -> None:
    assert plan(engine, "director", of="Partner:read") == []


@pytest.mark.parametrize("unknown", ["Payslip:read", "Partner:erase"])
def test_an_unknown_action_is_a_defect_not_a_refusal(
    engine: Engine, unknown: str
) -> None:
    with pytest.raises(KeyError):
        plan(engine, "everyone", of=unknown)


def test_a_plan_is_made_once_for_a_set_of_roles(engine: Engine) -> None:
    first = engine.plan(frozenset({"agent_reading", "everyone"}), "Partner", "read")

    assert (
        engine.plan(frozenset({"everyone", "agent_reading"}), "Partner", "read")
        is first
    )


def test_a_permit_that_another_one_covers_is_dropped() -> None:
    line = "p, agent_managing, Group, read, jurisdiction_centralised\n"
    engine = load(policy=(HERE / "policy.csv").read_text("utf-8") + line)

    assert plan(engine, "agent_managing", of="Group:read") == [
        ("agent_reading", "jurisdiction")
    ]


@pytest.mark.parametrize(
    "covered",
    [
        pytest.param(
            "agent_managing, Group, read, jurisdiction", id="the same of an heir"
        ),
        pytest.param(
            "agent_reading, Group, read, jurisdiction_centralised",
            id="a narrower one of the same role",
        ),
    ],
)
def test_what_a_permit_covers_is_dropped_whoever_has_it(covered: str) -> None:
    engine = load(policy=(HERE / "policy.csv").read_text("utf-8") + f"p, {covered}\n")

    assert plan(engine, "agent_managing", of="Group:read") == [
        ("agent_reading", "jurisdiction")
    ]


def test_the_rules_of_an_unknown_action_are_a_defect_too(engine: Engine) -> None:
    assert engine.rules("Group", "read")
    with pytest.raises(KeyError):
        engine.rules("Group", "erase")


def test_a_policy_is_identified_by_sixteen_digits(engine: Engine) -> None:
    other = load(
        policy=(HERE / "policy.csv").read_text("utf-8")
        + "p, agent_managing, Group, read, jurisdiction\n"
    )

    assert len(bytes.fromhex(engine.policy_hash)) == 8
    assert other.policy_hash != engine.policy_hash


def test_a_wider_permit_of_the_stronger_role_keeps_the_weaker_roles_own() -> None:
    line = "p, agent_reading, Group, close, jurisdiction_centralised\n"
    engine = load(policy=(HERE / "policy.csv").read_text("utf-8") + line)

    assert plan(engine, "agent_managing", of="Group:close") == [
        ("agent_managing", "jurisdiction"),
        ("agent_reading", "jurisdiction_centralised"),
    ]


def test_an_act_allowed_names_its_permit(engine: Engine) -> None:
    agent = Subject("usr_1", posts=(Post("agent_managing", "caf_a"),))

    permit = engine.allows(agent, "Partner", "register", {"administering": "caf_a"})

    assert permit == RoleScope(role="agent_managing", scope="jurisdiction")
    assert engine.allows(agent, "Partner", "register", {"administering": "cna"}) is None


def test_a_fact_that_is_missing_or_unknown_opens_nothing(engine: Engine) -> None:
    agent = Subject("usr_1", posts=(Post("agent_managing", "caf_a"),))

    assert engine.allows(agent, "Partner", "update", {}) is None
    assert engine.allows(agent, "Partner", "update", {"administering": None}) is None


def test_granted_service_has_the_grain_of_its_type() -> None:
    types = ("Group", "ServiceAccess", "Worker", "Declaration")
    grains = [conditions_of("granted_service", type_)[0].fact for type_ in types]

    assert grains == [
        "group",
        "partner_service",
        "partner_service_establishment",
        "partner_service_establishment",
    ]


def test_values_are_those_of_the_holdings_that_carry_the_role(engine: Engine) -> None:
    subject = Subject(
        "usr_1",
        grants=(
            Grant("member_reading", "grp_1", "ptr_1", "ESAT", "est_2"),
            Grant("member_reading", "grp_1", "ptr_1", "ESAT", "est_1"),
            Grant("member_validating", "grp_2", "ptr_2", "ESAT", "est_3"),
        ),
        posts=(
            Post("agent_reading", "caf_a"),
            Post("agent_managing", "cna"),
            Post("national", ""),
        ),
        administered=("ptr_3",),
    )

    assert engine.values(subject, "users", "everyone") == ("usr_1",)
    assert engine.values(subject, "partners", "member_reading") == ("ptr_1", "ptr_2")
    assert engine.values(subject, "partners", "partner_administrator") == ("ptr_3",)
    assert engine.values(subject, "partner_services", "member_entering") == (
        "ptr_2|ESAT",
    )
    assert engine.values(
        subject, "partner_service_establishments", "member_reading"
    ) == (
        "ptr_1|ESAT|est_1",
        "ptr_1|ESAT|est_2",
        "ptr_2|ESAT|est_3",
    )
    assert engine.values(subject, "groups", "member_validating") == ("grp_2",)
    assert engine.values(subject, "organisms", "agent_reading") == ("caf_a", "cna")
    assert engine.values(subject, "organisms", "agent_managing") == ("cna",)
    assert engine.values(subject, "organisms", "national") == ()
    with pytest.raises(KeyError):
        engine.values(subject, "departments", "national")


def test_a_caller_holds_roles_directly_and_always_everyones() -> None:
    assert Subject("usr_1").roles == {"everyone"}
    assert Subject("usr_1", administered=("ptr_1",)).roles == {
        "everyone",
        "partner_administrator",
    }
    assert Subject("usr_1", posts=(Post("agent_managing", "cna"),)).roles == {
        "everyone",
        "agent_managing",
    }


@pytest.mark.parametrize(
    ("machine", "grants", "posts", "administered"),
    [
        (
            True,
            (Grant("member_validating", "grp_1", "ptr_1", "ESAT", "est_1"),),
            (),
            (),
        ),
        (False, (Grant("machine_reading", "grp_1", "ptr_1", "ESAT", "est_1"),), (), ()),
        (False, (Grant("national", "grp_1", "ptr_1", "ESAT", "est_1"),), (), ()),
        (True, (), (Post("national", ""),), ()),
        (True, (), (), ("ptr_1",)),
        (False, (), (Post("partner_administrator", "caf_a"),), ()),
    ],
)
def test_holdings_that_do_not_fit_together_make_no_caller(
    machine: bool,  # noqa: FBT001 - pytest gives it by name
    grants: tuple[Grant, ...],
    posts: tuple[Post, ...],
    administered: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match=r"machine|post"):
        Subject("usr_1", machine, grants, posts, administered)
