"""The hooks into Casbin that are not part of its public interface.

`authz.enforcer.Enforcer` relies on them. `pyproject.toml` bounds the version of Casbin;
this file says what to check before the bound moves.
"""

import ast
from unittest.mock import patch

import casbin
from casbin.util import SimpleEval

from authz import Engine, Subject

MATCHER = "r_sub == p_sub && !(r_act == 'read' || r_act != p_act)"
MODEL = """
[request_definition]
r = sub, act
[policy_definition]
p = sub, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.act == p.act
"""


def test_get_expression_translates_the_matcher_and_stores_its_tree() -> None:
    expression = casbin.Enforcer._get_expression(MATCHER, {"f": len})  # noqa: SLF001

    assert isinstance(expression, SimpleEval)
    assert expression.functions["f"] is len
    assert ast.unparse(expression.ast_parsed_value) == (
        "r_sub == p_sub and (not (r_act == 'read' or r_act != p_act))"
    )


def test_an_evaluator_without_a_text_evaluates_the_tree_that_it_is_given() -> None:
    expression = SimpleEval("", {"double": lambda value: value * 2})
    expression.ast_parsed_value = ast.parse("double(x) == 4").body[0].value  # type: ignore[attr-defined]

    assert expression.eval({"x": 2}) is True
    assert expression.eval({"x": 3}) is False


def test_a_decision_calls_get_expression_once_on_the_enforcer_itself() -> None:
    model = casbin.Enforcer.new_model(text=MODEL)
    model.add_policies("p", "p", [["a", "read"], ["a", "write"]])
    enforcer = casbin.Enforcer(model)
    original = casbin.Enforcer._get_expression  # noqa: SLF001

    with patch.object(enforcer, "_get_expression", side_effect=original) as hook:
        assert enforcer.enforce("a", "write") is True
        assert enforcer.enforce_ex("a", "read") == (True, ["a", "read"])

    assert [call.args[0] for call in hook.call_args_list] == [
        "r_sub == p_sub && r_act == p_act",
        "r_sub == p_sub && r_act == p_act",
    ]


def test_the_matcher_is_parsed_once_for_all_decisions(engine: Engine) -> None:
    caller = Subject("usr_1")
    engine.allows(caller, "User", "read", {"owner": "usr_1"})

    with patch("ast.parse", side_effect=AssertionError("parsed again")):
        assert engine.allows(caller, "User", "read", {"owner": "usr_1"}) is not None
        assert engine.allows(caller, "User", "read", {"owner": "usr_2"}) is None
