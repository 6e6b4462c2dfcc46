"""What the paying Caf does: it processes declared lines, and may read a number."""

import strawberry
from strawberry import ID

from persistence.records import (
    Declaration,
    DeclarationLine,
    Processing,
    Refused,
    Rule,
    Worker,
)
from resolvers.acting import ROW, Act, ActInput, ChangeInput, Done, at, permission

PROCESSED_AT_ONCE = 100


@strawberry.input(
    description="Ce que la Caf qui paie fait de lignes d'une même déclaration."
)
class RemunerationsProcessInput(ChangeInput):
    line_ids: list[ID] = strawberry.field(description="Les lignes, 100 au plus.")
    outcome: Processing = strawberry.field(description="Ce qui en est fait.")
    processing_reason: str | None = strawberry.field(
        default=None,
        description="Motif, montré à l'Esat : requis sauf pour une prise en compte.",
    )


@permission("DeclarationLine:process", on=[DeclarationLine], loads=ROW)
async def remunerations_process(
    act: Act, input: RemunerationsProcessInput
) -> list[DeclarationLine]:
    """R20: all the lines or none; applied, not of a beneficiary, or returned."""
    count = len(input.line_ids)
    if not 0 < count <= PROCESSED_AT_ONCE:
        bounds = f"De 1 à {PROCESSED_AT_ONCE} lignes."
        raise Refused(Rule.VALUE_INVALID, "line_ids", detail=bounds)
    paths = [("line_ids", str(rank)) for rank in range(count)]
    lines = await act.take_all(DeclarationLine, input.line_ids, paths)
    for index, line in enumerate(lines):
        if line.declaration_id != lines[0].declaration_id:
            raise Refused(Rule.OTHER_DECLARATION, "line_ids", str(index))
    session = act.register.session
    declaration = await session.get_one(Declaration, lines[0].declaration_id)
    for index, line in enumerate(lines):
        with at("line_ids", str(index)):
            treatment = line.process(
                declaration,
                input.outcome,
                input.processing_reason,
                act.actor,
                act.now,
                act.today,
            )
            session.add(treatment)
        if input.outcome is Processing.NOT_BENEFICIARY:
            (await session.get_one(Worker, line.worker_id)).aah_beneficiary = False
    return lines


@strawberry.input(
    description="La demande de lire le numéro de sécurité sociale d'une personne : "
    "elle est journalisée."
)
class WorkerNirRevealInput(ActInput):
    worker_id: ID = strawberry.field(description="La personne.")
    reason: str = strawberry.field(description="Motif, gardé au journal.")


@permission("Worker:reveal_nir", on=[Worker], loads=ROW)
async def worker_nir_reveal(act: Act, input: WorkerNirRevealInput) -> Done:
    if not input.reason.strip():
        raise Refused(Rule.VALUE_INVALID, "reason")
    worker = await act.take(Worker, input.worker_id, "worker_id", is_change=False)
    nir = act.context.graph.vault.open(worker.nir_cipher, worker.id)
    return Done([worker], {"nir": nir.reveal()}, is_change=False)
