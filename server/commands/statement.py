"""What a query becomes.

The roles of its caller, its tree, its SQL, its values, and how the database runs it.
"""

import argparse
import asyncio
import os
from collections.abc import Iterator
from typing import Any

from graphql import OperationType

from persistence.engine import Database
from persistence.facts.callers import Identity
from persistence.migrations import require_step
from persistence.reading.binds import Bind
from persistence.reading.question import (
    AsOf,
    ById,
    Find,
    Object,
    Paged,
    Selected,
    ToMany,
    ToOne,
)
from persistence.reading.statement import Statement
from persistence.seeds.stories import personas
from resolvers.context import Context
from resolvers.reading.plans import Plan
from resolvers.variables import Invalid, variables_of
from server.app import compose, create_clock, create_vault
from server.settings import DEMO_ISSUER, Settings
from server.variables import SettingsError

from .environment import demo_environ

OURS = {"today", "now", "of today", "holding", "limit"}
"""The sources of values that are not personal.

They are the day, the caller's organisms, and the size of a page.
"""


def sql(arguments: argparse.Namespace) -> int:
    """Print what a query becomes for a persona of the demonstration."""
    persona = arguments.subject
    subjects = [one.subject for one in personas()]
    if persona not in subjects:
        raise SettingsError(f"Personnage inconnu. Connus : {', '.join(subjects)}.")
    settings = Settings.from_environ(demo_environ(os.environ))
    for line in asyncio.run(lines_of(settings, persona, arguments.query)):
        print(line)
    return 0


async def lines_of(settings: Settings, persona: str, text: str) -> list[str]:
    database, clock = Database(settings.database_url), create_clock(settings)
    try:
        await require_step(database)
        graph = compose(database, create_vault(settings))
        context = Context(
            graph, Identity(DEMO_ISSUER, persona), clock.now(), clock.today(), "CLI", ""
        )
        async with database.reading() as driver:
            subject = await context.caller(driver)
            plan = _plan(context, text, subject.roles)
            lines = [
                "# Rôles",
                *sorted(subject.roles),
                "",
                "# Arbre",
                *_tree(plan.question, ""),
            ]
            if plan.statement is None:
                return [*lines, "", "Rien n'est demandé au registre."]
            binds = plan.statement.binds({}, context.holdings(subject))
            explanation = await database.explanation(plan.statement.text, binds, driver)
    finally:
        await database.close()
    values = list(_values(plan.statement, binds))
    return [
        *lines,
        "",
        "# SQL",
        plan.statement.text,
        "",
        "# Valeurs",
        *values,
        "",
        "# Plan",
        *explanation,
    ]


def _plan(context: Context, text: str, roles: frozenset[str]) -> Plan:
    """Return the plan of a query without variables. Raises what the graph refuses."""
    document = context.graph.documents.get(text)
    if document.errors:
        raise document.errors[0]
    operation = document.operation(None)
    if operation.operation is not OperationType.QUERY:
        raise SettingsError(
            "Seule une requête se montre : un acte est fait de plusieurs instructions."
        )
    try:
        values = variables_of(context.graph.schema, operation, {})
    except Invalid:
        raise SettingsError(
            "La requête attend des variables : écrivez leurs valeurs dans son texte."
        ) from None
    return context.plan(document, operation, values, roles, completing=False)


def _tree(tree: Object, indent: str) -> Iterator[str]:
    """What is selected, field by field, with what each reads."""
    for field in tree.fields:
        day = " (au jour demandé)" if isinstance(field, AsOf) else ""
        selected = field
        while isinstance(selected, AsOf):
            selected = selected.field
        if isinstance(selected, Selected):
            yield f"{indent}{selected.key}{_reading(selected)}{day}"
            yield from _tree(selected.below, indent + "  ")
        else:
            yield f"{indent}{selected.key}"


def _reading(selected: Selected) -> str:
    """How the rows of a field are found."""
    record, kind = selected.below.record, selected.kind
    match kind:
        case Paged():
            return f" : page de {record}, {_page(kind, selected)}"
        case ToMany():
            return f" : liste de {record}"
        case ToOne() | Find() | ById():
            return f" : {record}"
    return ""


def _page(kind: Paged, selected: Selected) -> str:
    """The index of a page, whether it starts from a row, and its filters."""
    order = kind.orders[str(selected.values["order"])]
    filters = [name for name in kind.filters if name in selected.values]
    is_anchored = kind.link is not None
    for name in filters:
        is_anchored = is_anchored or kind.filters[name].is_anchor
    anchor = "ancrée" if is_anchored else "sans ancre"
    names = ", ".join(filters) or "aucun"
    return f"index {order.index}, {anchor}, filtres : {names}"


def _values(
    statement: Statement,
    binds: Any,  # noqa: ANN401 the driver's own
) -> Iterator[str]:
    """Describe each value of the statement.

    A text of the request may be personal: only its kind is printed.
    """
    values = binds if statement.positional else binds.values()
    for parameter, value in zip(statement.parameters, values, strict=True):
        name, bind = parameter.name, parameter.bind
        yield f"{name} ({bind.kind}) {_value(bind, value)}"


def _value(bind: Bind, value: object) -> str:
    source = bind.source[0]
    if source in OURS or value is None or isinstance(value, bool | int):
        return f"= {value} ({' '.join(str(part) for part in bind.source)})"
    return f"({source})"
