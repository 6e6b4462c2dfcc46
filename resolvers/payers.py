"""What the paying Caf does: it processes declared lines, and may read a number.

And the letter to a worker, which whoever reads the line may print.
"""

import strawberry
from strawberry import ID

from persistence.mail_notices import note_returned
from persistence.records import (
    Campaign,
    Declaration,
    DeclarationLine,
    Notice,
    Processing,
    Refused,
    Rule,
    Worker,
)
from persistence.records.campaigns import CampaignStatus
from resolvers.acting import ROW, Act, ActInput, ChangeInput, Done, at, permission

from .persons import persons_of

PROCESSED_AT_ONCE = 100


@strawberry.input(
    description="Ce que la Caf qui paie fait de lignes d'une même déclaration."
)
class RemunerationsProcessInput(ChangeInput):
    line_ids: list[ID] = strawberry.field(description="Les lignes, 100 au plus.")
    outcome: Processing = strawberry.field(
        description="Ce qui en est fait ; de lignes retirées, leur retrait est noté."
    )
    processing_reason: str | None = strawberry.field(
        default=None,
        description="Motif, montré à l'Esat : requis pour un renvoi, ou "
        "une personne sans AAH.",
    )


@permission(
    "DeclarationLine:process", on=[DeclarationLine], loads=ROW, moves_roster=True
)
async def remunerations_process(
    act: Act, input: RemunerationsProcessInput
) -> list[DeclarationLine]:
    """R20: all the lines or none; applied, not of a beneficiary, or returned.

    Of a withdrawn line, the withdrawal is noted.
    """
    ids = list(dict.fromkeys(input.line_ids))
    if not 0 < len(input.line_ids) <= PROCESSED_AT_ONCE:
        bounds = f"De 1 à {PROCESSED_AT_ONCE} lignes."
        raise Refused(Rule.VALUE_INVALID, "line_ids", detail=bounds)
    paths = [("line_ids", str(rank)) for rank in range(len(ids))]
    lines = await act.take_all(DeclarationLine, ids, paths)
    for index, line in enumerate(lines):
        if line.declaration_id != lines[0].declaration_id:
            raise Refused(Rule.OTHER_DECLARATION, "line_ids", str(index))
    declaration = await act.find(Declaration, lines[0].declaration_id)
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
        act.register.session.add(treatment)
    if input.outcome is Processing.NOT_BENEFICIARY:
        workers = [line.worker_id for line in lines]
        for worker in await persons_of(act.register, workers):
            worker.aah_beneficiary = False
    if input.outcome is Processing.RETURNED:
        await _warn_after_close(act, declaration)
        place = (declaration.partner_id, declaration.establishment_id)
        session = act.register.session
        await note_returned(session, *place, declaration.campaign_id, act.now)
    return lines


async def _warn_after_close(act: Act, declaration: Declaration) -> None:
    """R22: after the close a Caf may return a line, which the Esat cannot answer."""
    campaign = await act.find(Campaign, declaration.campaign_id)
    if campaign.status_at(act.now) is CampaignStatus.CLOSED:
        act.warn([Notice(Rule.RETURNED_AFTER_CLOSE, ("outcome",))])


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


@strawberry.input(
    description="La lettre à une personne, sur ce qui a été déclaré d'elle : l'ouvrir"
    " est journalisé."
)
class WorkerLetterOpenInput(ActInput):
    line_id: ID = strawberry.field(description="La ligne de la personne.")


@permission("DeclarationLine:export", on=[DeclarationLine], loads=ROW)
async def worker_letter_open(act: Act, input: WorkerLetterOpenInput) -> Done:
    """Nothing changes but the journal: a letter takes personal values outside."""
    line = await act.take(DeclarationLine, input.line_id, "line_id", is_change=False)
    return Done([line], is_change=False)
