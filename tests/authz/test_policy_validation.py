"""A policy that cannot be trusted does not start."""

import pytest

from authz import PolicyError, load
from authz.engine import HERE

MODEL = (HERE / "model.conf").read_text("utf-8")
POLICY = (HERE / "policy.csv").read_text("utf-8")
MATCHER = "m = r.res == p.res && r.act == p.act && holds(r.sub, p.role) && within(r.sub, r.obj, p.role, p.scope)"


def refusal(*, model: str = MODEL, policy: str = POLICY) -> str:
    with pytest.raises(PolicyError) as refused:
        load(model, policy)
    return str(refused.value)


def test_the_policy_that_ships_is_accepted() -> None:
    assert load().policy_hash == load(MODEL, POLICY).policy_hash


def test_the_hash_follows_every_change_of_the_rules() -> None:
    assert load(policy=POLICY + "# reviewed\n").policy_hash != load().policy_hash


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        (
            "p2, national, Organism, read, any",
            "dropped or altered at loading: p2, national",
        ),
        (
            "q, national, Organism, read, any",
            "dropped or altered at loading: q, national",
        ),
        (
            "national, Organism, write, any",
            "dropped or altered at loading: national, Organism",
        ),
        (
            "p, national, Role[a, b], read, any",
            "dropped or altered at loading: p, national, Role[a, b]",
        ),
        ("p, national, Role], read, any", "casbin cannot load the policy"),
        ("p, national, Group, read, any", "duplicate: p, national, Group, read, any"),
        ("p,national,Group,read,any", "duplicate: p, national, Group, read, any"),
        (
            "g, member_entering, member_reading",
            "duplicate: g, member_entering, member_reading",
        ),
        ("p, national, Group, read", "neither p, role, type, action, scope"),
        ("p, national, Group, read, any, deny", "neither p, role, type, action, scope"),
        ("g, agent_reading", "casbin cannot load the policy"),
        (
            "g, member_entering, member_reading, ESAT",
            "neither p, role, type, action, scope nor g, child, parent",
        ),
        ("p, director, Group, read, any", "unknown role director"),
        ("g, director, national", "unknown role director"),
        ("p, national, Payslip, read, any", "unknown type Payslip"),
        ("p, national, Group, erase, any", "unknown action Group:erase"),
        ("p, national, Group, close, everywhere", "unknown scope everywhere"),
        ("p, national, Group, close, any # later", "unknown scope any # later"),
        (
            "p, partner_administrator, Group, close, any",
            "the kind administrator may not use the scope any",
        ),
        (
            "p, resource_centre, Agent, read, jurisdiction",
            "the kind resource_centre may not use the scope",
        ),
        (
            "p, member_reading, Convention, read, own_partner",
            "service isolation: Convention has a service",
        ),
        (
            "p, machine_reading, Worker, update, own_partner",
            "service isolation: Worker has a service",
        ),
        (
            "g, agent_reading, agent_managing",
            "cycle of inheritance: agent_managing → agent_reading",
        ),
        ("g, national, national", "cycle of inheritance: national"),
        (
            "g, partner_administrator, member_reading",
            "inheritance across kinds: g, partner_administrator",
        ),
        (
            "g, machine_reading, member_reading",
            "inheritance across kinds: g, machine_reading",
        ),
    ],
)
def test_a_policy_line_is_refused_when(added: str, fault: str) -> None:
    assert fault in refusal(policy=f"{POLICY}{added}\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MATCHER, MATCHER.replace(" && within(r.sub, r.obj, p.role, p.scope)", "")),
        (MATCHER, MATCHER.replace("r.act == p.act", "regexMatch(r.act, p.act)")),
        (MATCHER, f"{MATCHER} || r.act == 'read'"),
        (MATCHER, f"{MATCHER}\nm2 = r.res == p.res"),
        ("some(where (p.eft == allow))", "!some(where (p.eft == deny))"),
        ("p = role, res, act, scope", "p = role, res, act, scope, eft"),
        ("r = sub, res, act, obj", "r = sub, res, obj, act"),
        ("g = _, _", "g = _, _, _"),
        ("g = _, _", "g = _, _, (_, _)"),
        ("[role_definition]\ng = _, _", ""),
        ("[matchers]", "[matched]"),
    ],
)
def test_a_model_is_refused_when_it_is_not_the_expected_one(
    before: str, after: str
) -> None:
    assert before in MODEL

    assert refusal(model=MODEL.replace(before, after))


def test_an_empty_policy_is_refused() -> None:
    assert "casbin cannot load the policy" in refusal(policy="")


def test_a_refusal_names_every_fault_at_once() -> None:
    added = "p, director, Group, read, any\np, national, Group, erase, any\n"

    assert len(refusal(policy=POLICY + added).splitlines()) == 2
