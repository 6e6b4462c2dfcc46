"""What the tests of the house count in the source: names, density, imports."""

import ast
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping

from tests.house.sources import (
    PACKAGES,
    Function,
    functions,
    lines_of,
    sources,
    text_of,
    tree_of,
)

PARTICIPLES = frozenset(
    [
        "told",
        "said",
        "found",
        "made",
        "asked",
        "known",
        "given",
        "held",
        "kept",
        "shown",
        "seen",
        "taken",
        "begun",
        "borne",
    ]
)
PREDICATES = ("is_", "has_", "can_")
BOOLEANS = {"bool", "ColumnElement[bool]", "sql.ColumnElement[bool]", "SqlTest"}
GUARDS = ("TypeGuard[", "TypeIs[")
NOTHING = {"None", "NoReturn", "Never"}


def public(name: str) -> str:
    return name.strip("_").lower()


def is_predicate(function: Function) -> bool:
    return function.name.lstrip("_").startswith(PREDICATES)


def is_requirement(function: Function) -> bool:
    return function.name.lstrip("_").startswith("require_")


def returns_of(function: Function) -> str:
    """The annotation of what a function returns; "" where there is none."""
    return (
        "" if function.returns is None else ast.unparse(function.returns).strip("'\"")
    )


def answers_bool(function: Function) -> bool:
    annotation = returns_of(function)
    return annotation in BOOLEANS or annotation.startswith(GUARDS)


# names


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Everything that the code names: classes, functions, arguments, variables, attributes, aliases."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
            ):
                yield name
            case (
                ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield name
            case ast.alias(asname=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def participles_defined() -> dict[str, int]:
    counts = {}
    for name in sources():
        names = [
            each for each in defined_names(tree_of(name)) if public(each) in PARTICIPLES
        ]
        counts[name] = len(names)
    return counts


def bad_requirements(tree: ast.Module) -> list[str]:
    """The functions named `require_` that give something back."""
    return [
        f.name
        for f in functions(tree)
        if is_requirement(f) and returns_of(f) not in NOTHING
    ]


def bad_predicates(tree: ast.Module) -> list[str]:
    """The functions named as questions whose answer is not a bool."""
    return [f.name for f in functions(tree) if is_predicate(f) and not answers_bool(f)]


def raising_predicates(tree: ast.Module) -> list[str]:
    """The functions named as questions that raise, or require something."""
    return [
        f.name
        for f in functions(tree)
        if is_predicate(f) and any(map(_raises, ast.walk(f)))
    ]


def _raises(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else getattr(node.func, "id", "")
    )
    return called.lstrip("_").startswith("require")


def other_booleans(tree: ast.Module) -> list[str]:
    """The functions that answer a bool under another name."""
    named = [
        f.name
        for f in functions(tree)
        if returns_of(f) == "bool" and not is_predicate(f)
    ]
    return [name for name in named if not name.startswith("__")]


def classes() -> Mapping[str, list[str]]:
    """The files that define each class, by its name."""
    homes: dict[str, list[str]] = defaultdict(list)
    for name in sources():
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name)
    return homes


# density


def files_of(package: str) -> list[str]:
    return [name for name in sources() if name.startswith(f"{package}/")]


def densities() -> dict[str, float]:
    """The nodes of the syntax tree for each line that is not blank, by package."""
    found = {}
    for package in PACKAGES:
        nodes = sum(1 for name in files_of(package) for _ in ast.walk(tree_of(name)))
        found[package] = round(
            nodes / sum(len(lines_of(name)) for name in files_of(package)), 2
        )
    return found


def shares_of_participles() -> dict[str, float]:
    """How many lines in a hundred hold a participle as a name, by package."""
    shares = {}
    for package in PACKAGES:
        files = files_of(package)
        lines = sum(len(lines_of(name)) for name in files)
        shares[package] = round(
            100 * sum(map(lines_with_participles, files)) / lines, 1
        )
    return shares


def lines_with_participles(name: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(text_of(name)).readline)
    return len(
        {
            t.start[0]
            for t in tokens
            if t.type == tokenize.NAME and public(t.string) in PARTICIPLES
        }
    )


# what imports what


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports() -> dict[str, set[str]]:
    """What each module imports of ours, wherever it says so: inside functions and for the type checker too."""
    modules = {module_of(name): name for name in sources()}
    return {
        module: set(_imported(module, name, modules)) - {module}
        for module, name in modules.items()
    }


def _imported(module: str, name: str, modules: Mapping[str, str]) -> Iterator[str]:
    package = module if name.endswith("__init__.py") else module.rpartition(".")[0]
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(node, package)
            for alias in node.names:
                inside = f"{origin}.{alias.name}"
                if inside in modules:
                    yield inside
                elif origin in modules:
                    yield origin


def _origin(node: ast.ImportFrom, package: str) -> str:
    if node.level == 0:
        return node.module or ""
    parts = package.split(".")
    above = ".".join(parts[: len(parts) - node.level + 1])
    return f"{above}.{node.module}" if node.module else above


def circular(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules that import themselves through others."""
    return [module for module in graph if module in _reached(module, graph)]


def _reached(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        new = graph.get(ahead.pop(), set()) - reached
        reached |= new
        ahead += new
    return reached


def imports_outside_records() -> dict[str, set[str]]:
    """The imports that may make no circle: records name each other, and `schema.refs` is lazy by design."""
    return {
        module: {other for other in others if not _excepted(module, other)}
        for module, others in imports().items()
    }


def _excepted(module: str, other: str) -> bool:
    records = "persistence.records"
    return module == "schema.refs" or (
        module.startswith(records) and other.startswith(records)
    )
