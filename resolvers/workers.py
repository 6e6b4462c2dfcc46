"""The cards of the workers of a partner: two cards of one person become one."""

import strawberry
from strawberry import ID

from persistence.intake.merging import CardMerge
from persistence.records import Refused, Rule, Worker
from resolvers.acting import ROW, Act, ActInput, Done, at, permission

ONE_PARTNER = "Les deux fiches sont d'un même partenaire."


@strawberry.input(
    description="Deux fiches d'une même personne : celle du vrai numéro absorbe celle"
    " du numéro provisoire."
)
class WorkerMergeInput(ActInput):
    worker_id: ID = strawberry.field(
        description="La fiche au numéro provisoire, qui disparaît dans l'autre."
    )
    into_worker_id: ID = strawberry.field(
        description="La fiche au vrai numéro, qui reste."
    )
    reason: str = strawberry.field(
        description="Motif, gardé au journal : aucune donnée personnelle."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Un essai : dit les refus, et ne garde rien."
    )


@permission("Worker:merge", on=[Worker], loads=ROW, moves_roster=True)
async def worker_merge(act: Act, input: WorkerMergeInput) -> Done:
    """What was declared stays as it was: the person alone becomes one."""
    act.dry_run = input.dry_run
    if not input.reason.strip():
        raise Refused(Rule.VALUE_INVALID, "reason")
    ids = [input.worker_id, input.into_worker_id]
    paths = [("worker_id",), ("into_worker_id",)]
    duplicate, absorber = await act.take_all(Worker, ids, paths, is_change=False)
    if duplicate.partner_id != absorber.partner_id:
        raise Refused(Rule.VALUE_INVALID, "into_worker_id", detail=ONE_PARTNER)
    with at("worker_id"):
        duplicate.require_absorbable()
    with at("into_worker_id"):
        absorber.require_absorbing()
    merge = CardMerge(act.register, absorber.id, duplicate.id, act.now)
    with at("worker_id"):
        await merge.judge()
    act.register.after_flush(merge.write)
    return Done([absorber], notes={"absorbed": duplicate.id})
