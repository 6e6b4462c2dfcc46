"""Exports: whoever hands a list over as a file records it first."""

import strawberry

from persistence.records import Refused, Rule
from resolvers.acting import Act, ActInput, Done, permission

from .lists import TYPES, ExportedList


@strawberry.input(
    description="Une liste remise en fichier. Le motif, gardé au journal, est `reason`."
)
class ListExportInput(ActInput):
    list: ExportedList = strawberry.field(description="La liste.")
    rows: int = strawberry.field(description="Nombre de lignes remises.")
    filter: str | None = strawberry.field(
        default=None,
        description="Les filtres appliqués, en clair : aucune donnée personnelle.",
    )


EXPORTS = [f"{type_}:export" for type_ in dict.fromkeys(TYPES.values())]


@permission(*EXPORTS)
async def list_export(act: Act, input: ListExportInput) -> Done:
    act.require_permission_anywhere(f"{TYPES[input.list]}:export")
    if input.rows < 0:
        raise Refused(Rule.VALUE_INVALID, "rows")
    export = {
        "list": input.list.value,
        "rows": input.rows,
        "filter": input.filter,
    }
    return Done(notes={"export": export})
