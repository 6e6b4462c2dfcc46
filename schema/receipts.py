"""Les reçus : ce qui a été reçu, signé, et vérifiable sans nous."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import strawberry
from strawberry import ID

from persistence.facts.receipts import leaves, receipt_of
from persistence.receipts import line_document
from resolvers.reading.bindings import Computed

from .binding import GraphField, bound_field, derived

ROWS_READ = 100
"""What the receipt of a line costs: the leaves of its whole certificate are read."""


@strawberry.type(
    description="Reçu : ce qui a été reçu, quand, et son empreinte, signés. N'importe"
    " qui le vérifie hors ligne, avec les clés publiées à `/keys`."
)
class Receipt:
    number: ID = strawberry.field(description="Son numéro.")
    received_at: datetime = strawberry.field(description="Instant de la réception.")
    lines: int = strawberry.field(description="Nombre de lignes reçues.")
    root: str = strawberry.field(
        description="Empreinte de ces lignes : la racine de leur arbre (RFC 6962)."
    )
    position: int = strawberry.field(description="Rang de l'acte au journal.")
    entry: str = strawberry.field(
        description="Empreinte de la chaîne du journal à ce rang."
    )
    proof: str | None = strawberry.field(
        description="Pour une ligne, son chemin jusqu'à la racine ; vide une fois la"
        " ligne effacée."
    )
    document: str | None = strawberry.field(
        description="Le texte à garder et à vérifier ; vide comme `proof`."
    )


def receipt(own: str, key: str) -> GraphField:
    """The receipt of a declaration, or of a batch."""
    needs = {"document": receipt_of(own, key)}
    return derived(
        "Son reçu signé ; vide jusqu'à deux secondes après l'acte, et pour ce qui est"
        " antérieur aux reçus.",
        needs,
        _receipt,
    )


def receipt_of_line() -> GraphField:
    """The receipt of one line, which tells nothing of the others."""
    needs = {
        "document": receipt_of("declaration_id", "declaration_id"),
        "words": lambda row, _: row.c.words,
        "salt": lambda row, _: row.c.salt,
        "leaves": leaves,
    }
    return bound_field(
        Computed(needs, _receipt_of_line, ROWS_READ),
        "Le reçu de cette seule ligne, pour la personne : il ne dit rien des autres.",
    )


def _receipt(*, document: str | None) -> Receipt | None:
    return None if document is None else _read(document, document)


def _receipt_of_line(
    *,
    document: str | None,
    words: str | None,
    salt: str | None,
    leaves: Sequence[str],
) -> Receipt | None:
    if document is None:
        return None
    if words is None or salt is None:
        return _read(document, None)
    return _read(document, line_document(document, words, salt, leaves))


def _read(signed: str, document: str | None) -> Receipt:
    statement: dict[str, Any] = orjson.loads(signed)["statement"]
    line = orjson.loads(document).get("line") if document is not None else None
    return Receipt(
        number=ID(str(statement["number"])),
        received_at=datetime.fromisoformat(statement["reception"]),
        lines=statement["lines"],
        root=statement["root"],
        position=statement["position"],
        entry=statement["entry"],
        proof=line["path"] if line is not None else None,
        document=document,
    )
