"""What the paying Caf does: it processes declared lines, and may read a number.

And the letter to a worker, which whoever reads the line may print.
"""

from collections.abc import Sequence

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
    Treatment,
    Worker,
)
from persistence.records.campaigns import CampaignStatus
from resolvers.acting import ROW, Act, ActInput, Done, permission

from .payer_answers import (
    PayerAnswerInput,
    Verdict,
    answer_each,
    done_with,
    take_answerable,
)


@strawberry.input(
    description="Ce que la Caf qui paie fait de lignes, de toutes déclarations."
)
class RemunerationsProcessInput(PayerAnswerInput):
    line_ids: list[ID] = strawberry.field(description="Les lignes, 1 000 au plus.")


@permission(
    "DeclarationLine:process", on=[DeclarationLine], loads=ROW, moves_roster=True
)
async def remunerations_process(act: Act, input: RemunerationsProcessInput) -> Done:
    """R20: applied, not of a beneficiary, or returned; of a withdrawn line, noted."""
    verdicts = await take_answerable(
        act, DeclarationLine, input, input.line_ids, "line_ids"
    )
    declarations = await _declarations_of(act, verdicts)

    def answer(line: DeclarationLine) -> Treatment:
        return line.process(
            declarations[line.declaration_id],
            input.outcome,
            input.processing_reason,
            act.actor,
            act.now,
            act.today,
        )

    lines = await answer_each(act, input, verdicts, answer)
    if input.outcome is Processing.RETURNED:
        ids = dict.fromkeys(line.declaration_id for line in lines)
        await _tell_returned(act, [declarations[each] for each in ids])
    return done_with(act, lines)


async def _declarations_of(
    act: Act, verdicts: Sequence[Verdict[DeclarationLine]]
) -> dict[str, Declaration]:
    """The declarations of the lines, read under the locks of their partners."""
    ids: dict[str, None] = {}
    for verdict in verdicts:
        if isinstance(verdict.row, DeclarationLine):
            ids[verdict.row.declaration_id] = None
    declarations = await act.find_all(Declaration, list(ids))
    return {each.id: each for each in declarations}


async def _tell_returned(act: Act, declarations: Sequence[Declaration]) -> None:
    """A mail will say so to each establishment.

    R22: after the close a Caf may return a line, which the Esat cannot answer.
    """
    session = act.register.session
    for declaration in declarations:
        place = (declaration.partner_id, declaration.establishment_id)
        await note_returned(session, *place, declaration.campaign_id, act.now)
    campaigns = [each.campaign_id for each in declarations]
    for campaign in await act.find_all(Campaign, list(dict.fromkeys(campaigns))):
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
