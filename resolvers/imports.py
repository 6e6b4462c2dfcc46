"""Imports of the Cnaf's extraction (R57).

An import is opened, its file comes, its lines are arbitrated, applied, purged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry import ID

from persistence.intake import import_reading
from persistence.intake.import_applying import ImportApplication
from persistence.intake.import_columns import ImportField
from persistence.intake.import_locks import hold, siblings
from persistence.intake.import_purging import purge_lines, sealed, waiting
from persistence.intake.import_reading import ParsedImport
from persistence.intake.import_words import Reference
from persistence.records import (
    Import,
    ImportDecision,
    ImportLine,
    Organism,
    Refused,
    Rule,
)
from resolvers.acting import Act, ActInput, ChangeInput, Done, permission

AT_ONCE = 1_000
UPLOAD = "Import:upload"


@strawberry.input(
    description="Ce que veut dire une colonne que ses mots n'expliquent pas."
)
class ImportColumnInput:
    header: str = strawberry.field(
        description="En-tête de la colonne, sans égard à la casse ni aux accents."
    )
    field: ImportField = strawberry.field(description="Ce qu'elle dit.")


@strawberry.input(
    description="Un import à ouvrir ; le fichier vient ensuite, par `PUT` à l'adresse "
    "rendue."
)
class ImportOpenInput(ActInput):
    filename: str = strawberry.field(
        description="Nom du fichier, tel qu'il se montre : il ne décide de rien."
    )
    organism_id: ID = strawberry.field(
        description="Organisme qui ouvre l'import : l'un des vôtres."
    )
    columns: list[ImportColumnInput] | None = strawberry.field(
        default=None,
        description="Les colonnes à comprendre autrement que par leurs mots.",
    )


@permission(UPLOAD)
async def import_open(act: Act, input: ImportOpenInput) -> Done:
    """R57."""
    act.require_permission_on({"administering": input.organism_id})
    act.organism = input.organism_id
    organism = await act.find(Organism, input.organism_id, "organism_id")
    columns = [
        {"header": one.header, "field": one.field.value} for one in input.columns or ()
    ]
    extract = Import.open(
        organism, input.filename, columns or None, act.actor, act.today
    )
    act.register.session.add(extract)
    return Done([extract], {"upload_path": f"/imports/{extract.id}"})


# the file, by PUT


@dataclass(frozen=True, slots=True)
class Expected:
    """What the bytes of an import are read with."""

    extract: Import
    columns: list[Mapping[str, str]]
    reference: Reference


@dataclass(frozen=True, slots=True)
class Upload:
    import_id: str
    content: bytes
    reading: ParsedImport


async def _take_import(act: Act, import_id: str) -> Import:
    """The import, for who may upload to it; for anybody else it does not exist."""
    extract = await act.register.session.get(Import, import_id, with_for_update=True)
    if extract is None:
        raise Refused(Rule.NOT_FOUND)
    try:
        act.require_permission_on({"administering": extract.organism_id}, UPLOAD)
    except Refused:
        raise Refused(Rule.NOT_FOUND) from None
    act.organism = extract.organism_id
    return extract


@permission(UPLOAD)
async def import_expected(
    act: Act,
    import_id: str,
) -> Any:  # noqa: ANN401 `Expected` is no record
    """Before the bytes are read: whether they may come."""
    extract = await _take_import(act, import_id)
    return Expected(
        extract,
        list(extract.column_meanings or ()),
        await import_reading.reference(act.register, extract),
    )


@permission(UPLOAD)
async def import_upload(act: Act, input: Upload) -> Done:
    """R57: the bytes, and the preview of their lines.

    The same bytes again change nothing.
    """
    extract = await _take_import(act, input.import_id)
    if extract.received_at is not None:  # meanwhile
        extract.require_same_file(input.content)
        return Done([extract], is_change=False)
    await import_reading.receive(
        act.register, extract, input.content, input.reading, act.now
    )
    return Done([extract])


# the lines


@strawberry.input(
    description="Le choix entre des lignes qui se contredisent, ou contre ce que dit "
    "le registre."
)
class ImportArbitrateInput(ChangeInput):
    line_id: ID = strawberry.field(description="La ligne.")
    decision: ImportDecision = strawberry.field(
        description="La retenir, ce qui écarte celles qui la contredisent, ou "
        "l'écarter."
    )
    arbitration_reason: str = strawberry.field(description="Motif de ce choix.")


@permission("Import:arbitrate", on=[ImportLine])
async def import_arbitrate(act: Act, input: ImportArbitrateInput) -> ImportLine:
    """R57: decide on what the file leaves open.

    A decision may change until the line is applied.
    """
    await hold(act.register)
    line = await act.take(ImportLine, input.line_id, "line_id")
    act.organism = line.organism_id
    others = await siblings(act.register, line)
    line.arbitrate(
        input.decision, others, input.arbitration_reason, act.actor, act.today
    )
    return line


@strawberry.input(
    description="Les lignes d'un organisme à prendre : chacune par un agent de son "
    "organisme."
)
class ImportApplyInput(ChangeInput):
    import_id: ID = strawberry.field(description="L'import.")
    organism_id: ID = strawberry.field(
        description="L'organisme dont les lignes sont prises : l'un des vôtres."
    )
    line_ids: list[ID] | None = strawberry.field(
        default=None,
        description="Les lignes à prendre, 1 000 au plus ; sinon toutes celles qui "
        "attendent.",
    )
    columns_confirmed: bool = strawberry.field(
        description="Le sens des colonnes, que montre `columns`, est le bon."
    )


@permission("Import:apply", on=[Import])
async def import_apply(act: Act, input: ImportApplyInput) -> Done:
    """R57: each line is judged again under the lock.

    A line that has changed since its preview is left, with a warning.
    """
    await hold(act.register)
    extract = await act.take(Import, input.import_id, "import_id")
    act.require_permission_on({"administering": input.organism_id})
    act.organism = input.organism_id
    extract.require_received()
    if not input.columns_confirmed:
        raise Refused(Rule.EXTRACT_COLUMNS, "columns_confirmed")
    if input.line_ids is not None and not 0 < len(input.line_ids) <= AT_ONCE:
        raise Refused(
            Rule.VALUE_INVALID, "line_ids", detail=f"De 1 à {AT_ONCE} lignes."
        )
    organism = await act.find(Organism, input.organism_id, "organism_id")
    taking = ImportApplication(act.register, extract, organism, act.actor, act.now)
    await taking.take(input.line_ids)
    act.warn(taking.warnings)
    counts = {
        "applied": taking.applied,
        "registered": len(taking.partners),
        "unchanged": await taking.unchanged(),
        "left": taking.left,
    }
    return Done([extract], counts, traces=taking.traces)


@strawberry.input(
    description="La purge d'une extraction, à la fin de la migration (R13)."
)
class ImportPurgeInput(ChangeInput):
    import_id: ID = strawberry.field(description="L'import.")
    purge_reason: str = strawberry.field(description="Motif.")
    force: bool = strawberry.field(
        default=False, description="Malgré des lignes qui attendent encore."
    )


@permission("Import:purge", on=[Import])
async def import_purge(act: Act, input: ImportPurgeInput) -> Import:
    """R13: delete the content and the lines.

    The header, its counts, the proof and what the lines have made stay.
    """
    await hold(act.register)
    extract = await act.take(Import, input.import_id, "import_id")
    extract.require_received()
    left = await waiting(act.register, extract)
    if left and not input.force:
        raise Refused(Rule.EXTRACT_WAITING, "force", detail=f"Nombre : {left}.")
    extract.purge(
        await sealed(act.register, extract), input.purge_reason, act.actor, act.today
    )
    await purge_lines(act.register, extract)
    return extract
