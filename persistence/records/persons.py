"""The person of a row that names a card.

The row keeps the card that it was received with. Its person is the card that stands
for it now: the same one, until another card absorbs it.
"""

from typing import Any

from sqlalchemy.orm import MappedColumn, mapped_column

from .base import UNTOLD


def person_column(card: str = "worker_id") -> MappedColumn[str]:
    """The person of the row's `card`: that card itself, for a new row."""

    def own_card(context: Any) -> str:  # noqa: ANN401 the context of an insert
        return str(context.get_current_parameters()[card])

    return mapped_column(default=own_card, info=UNTOLD)
