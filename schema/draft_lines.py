"""Les lignes d'un brouillon : ce qui a été écrit, bon ou à corriger."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import ID
from strawberry.utils.str_converters import to_camel_case

from persistence import records
from persistence.draft_cells import draft_sealer, legible_cells, open_cells
from persistence.facts.columns import equal
from persistence.facts.drafts import is_incomplete, last_year_line, live_line
from persistence.reading.question import Expression, Order
from persistence.records.draft_lines import DraftOrigin
from persistence.vault import Vault
from resolvers.reading.bindings import Computed, FilterArgument

from .binding import bound_field, column, derived, mirrors, one
from .nodes import IDENTIFIER, VERSION, Node
from .notices import notices
from .orders import orders
from .payloads import Notice, Refusal
from .refs import LineRef, WorkerRef
from .scalars import MaskedNir

DraftLineOrder = orders(
    "DraftLineOrder",
    "Dans l'ordre des lignes du brouillon.",
    RANK=Order((), "pk_draft_line"),
)
DRAFT_LINE_FILTERS = {
    "incomplete": FilterArgument(bool, is_incomplete, "À corriger, ou non."),
    "client_reference": FilterArgument(
        str, equal("client_reference"), "Référence de l'appelant."
    ),
}


@strawberry.type(description="Une cellule, comme elle a été écrite.")
class DraftCell:
    field: str = strawberry.field(
        description="Le champ, comme le nomme la ligne envoyée."
    )
    text: str = strawberry.field(description="Son texte ; un numéro y est masqué.")


SEALED: Mapping[str, Expression] = {
    "cipher": lambda row, _: row.c.cells_cipher,
    "line_id": lambda row, _: row.c.id,
}


def _cells(*, cipher: str, line_id: str, vault: Vault) -> list[DraftCell]:
    cells = []
    for name, text in _legible(cipher, line_id, vault).items():
        cells.append(DraftCell(field=to_camel_case(name), text=text))
    return cells


def _nir(*, cipher: str, line_id: str, vault: Vault) -> str | None:
    return _legible(cipher, line_id, vault).get("nir")


def _legible(cipher: str, line_id: str, vault: Vault) -> dict[str, str]:
    return legible_cells(open_cells(draft_sealer(vault), cipher, line_id))


def _opened(description: str, compute: Any) -> Any:  # noqa: ANN401 a strawberry field
    return bound_field(Computed(SEALED, compute, opens=True), description)


@mirrors(
    records.DraftLine,
    "Ligne de brouillon : ce qu'on prépare de déclarer d'une personne, que lit le seul"
    " Esat (R17).",
)
class DraftLine(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    position: int = column("Rang dans le brouillon.")
    origin: DraftOrigin = column("D'où elle vient.")
    client_reference: str | None = column("Référence de l'appelant.")
    nir: MaskedNir | None = _opened("Le numéro de sécurité sociale, masqué.", _nir)
    cells: list[DraftCell] = _opened(
        "Ses cellules, comme elles ont été écrites.", _cells
    )
    errors: list[Refusal] = derived(
        "Ce qui est à corriger.", {"stored": lambda row, _: row.c.errors}, notices
    )
    warnings: list[Notice] = derived(
        "Ce qui est à savoir.", {"stored": lambda row, _: row.c.warnings}, notices
    )
    worker: WorkerRef | None = one("La personne, si elle a une fiche.", "worker_id")
    live: LineRef | None = one("Sa ligne dans le certificat en vigueur.", live_line)
    last_year: LineRef | None = one("Sa ligne de l'an dernier.", last_year_line)
