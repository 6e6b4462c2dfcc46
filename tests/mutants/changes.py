"""The changes that a mutation run makes: one place of a function, written otherwise."""

import ast
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, NamedTuple

OTHERWISE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
LONGEST = 90


class Mutant(NamedTuple):
    """One change, and the module that holds it, compiled."""

    function: str
    before: str
    after: str
    code: CodeType

    @property
    def name(self) -> str:
        return f"{self.function}: {self.before} → {self.after}"


class Change(NamedTuple):
    """How to write one place otherwise, and how to write it back."""

    node: ast.AST
    make: Callable[[], None]
    undo: Callable[[], None]


def mutants_of(source: str, file: str) -> Iterator[Mutant]:
    """Every change of the functions of a module, one at a time."""
    tree = ast.parse(source)
    places = Places()
    places.visit(tree)
    for function, node in places.inside:
        for change in changes_of(node):
            before = ast.unparse(change.node)
            change.make()
            mutated = ast.fix_missing_locations(tree)
            yield Mutant(
                function,
                short(before),
                short(ast.unparse(change.node)),
                compile(mutated, file, "exec"),
            )
            change.undo()


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


class Places(ast.NodeVisitor):
    """What stands inside the functions of a module, but for decorators, defaults and annotations."""

    def __init__(self) -> None:
        self.inside: list[tuple[str, ast.AST]] = []
        self._names: list[str] = []
        self._functions = 0

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._named(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def generic_visit(self, node: ast.AST) -> None:
        if self._functions:
            self.inside.append((".".join(self._names), node))
        super().generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._functions += 1
        self._named(node)
        self._functions -= 1

    def _named(
        self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    ) -> None:
        self._names.append(node.name)
        for statement in node.body:
            self.visit(statement)
        self._names.pop()


def changes_of(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=operators):
            for place, operator in enumerate(operators):
                if type(operator) in OTHERWISE:
                    yield replaced(node, operators, place, OTHERWISE[type(operator)]())
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if (
            type(operator) in OTHERWISE
        ):
            yield assigned(node, "op", OTHERWISE[type(operator)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield assigned(node, "operand", negated(operand))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if (
            is_plain(test)
        ):
            yield assigned(node, "test", negated(test))
        case ast.comprehension(ifs=tests):
            for place, test in enumerate(tests):
                if is_plain(test):
                    yield replaced(test, tests, place, negated(test))
        case ast.Constant(value=bool(value)):
            yield assigned(node, "value", not value)
        case ast.Constant(value=int(value)):
            yield assigned(node, "value", value + 1)
        case ast.Return(value=ast.expr() as value) if not is_nothing(value):
            yield assigned(node, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Await() as value):
            yield assigned(node, "value", ast.Constant(None))
    yield from unraised(node)


def unraised(node: ast.AST) -> Iterator[Change]:
    """The refusals that stand directly in a block, left out."""
    for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(body, list):
            for place, statement in enumerate(body):
                if isinstance(statement, ast.Raise):
                    yield replaced(statement, body, place, ast.Pass())


def is_plain(test: ast.expr) -> bool:
    """A condition without an operator of its own, which would be changed by itself."""
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)


def is_nothing(value: ast.expr) -> bool:
    """None, or what reads as None does where only its truth counts: the bool itself is changed besides."""
    return isinstance(value, ast.Constant) and (
        value.value is None or isinstance(value.value, bool)
    )


def negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def assigned(node: ast.AST, field: str, value: Any) -> Change:  # noqa: ANN401 a field of a node
    before = getattr(node, field)
    return Change(
        node, lambda: setattr(node, field, value), lambda: setattr(node, field, before)
    )


def replaced(node: ast.AST, siblings: list[Any], place: int, value: Any) -> Change:  # noqa: ANN401 a node
    before = siblings[place]

    def put(what: Any) -> None:  # noqa: ANN401 a node
        siblings[place] = what

    return Change(node, lambda: put(value), lambda: put(before))
