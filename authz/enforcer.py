"""Casbin's enforcer, with the matcher parsed once.

`tests/authz/test_casbin_hooks.py` checks the private hooks that this relies on.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import casbin
from casbin.util import SimpleEval


class Enforcer(casbin.Enforcer):  # type: ignore[misc]  # it is untyped
    """An enforcer that parses the matcher once.

    Casbin parses it again at each decision, which is half of the time of a decision.
    The parsed tree is the only thing that decisions share.
    """

    @staticmethod
    def _get_expression(
        expr: str, functions: Mapping[str, Any] | None = None
    ) -> SimpleEval:
        expression = SimpleEval("", functions)
        expression.ast_parsed_value = _parse_matcher(expr)
        return expression


@cache
def _parse_matcher(expr: str) -> Any:  # noqa: ANN401 a tree of Python's grammar
    expression = casbin.Enforcer._get_expression(expr)  # noqa: SLF001
    return expression.ast_parsed_value
