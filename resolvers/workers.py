"""The cards of the workers of a partner: corrected, or two of a person made one."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import strawberry
from strawberry import ID

from persistence.intake.cells import name
from persistence.intake.merging import CardMerge
from persistence.intake.payers import payer_of
from persistence.records import Notice, Refused, Rule, Worker
from persistence.records.identifiers import matricule
from persistence.records.rules import require
from persistence.records.workers import CardWords
from resolvers.acting import ROW, Act, ActInput, ChangeInput, Done, at, permission

T = TypeVar("T")

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
    merge = CardMerge(act.register, absorber, duplicate, act.now)
    with at("worker_id"):
        await merge.judge()
    act.register.after_flush(merge.write, merge.unmark)
    return Done([absorber], notes={"absorbed": duplicate.id})


@strawberry.input(
    description="La correction d'une fiche : ce qui est absent reste comme il était, et"
    " ce qui a été reçu ne change pas."
)
class WorkerUpdateInput(ChangeInput):
    worker_id: ID = strawberry.field(description="La fiche.")
    birth_name: str | None = strawberry.field(
        default=None, description="Nom de naissance."
    )
    used_name: str | None = strawberry.field(
        default=strawberry.UNSET, description="Nom d'usage ; vide : aucun."
    )
    given_names: str | None = strawberry.field(default=None, description="Prénoms.")
    birth_date: date | None = strawberry.field(
        default=None, description="Jour de naissance."
    )
    matricule: str | None = strawberry.field(
        default=None, description="Matricule allocataire."
    )
    paying_organism: str | None = strawberry.field(
        default=None, description="Code de la Caf qui paie l'AAH, par exemple 751."
    )
    payer_change_reason: str | None = strawberry.field(
        default=None,
        description="Motif, requis quand la Caf change, gardé au journal : aucune "
        "donnée personnelle.",
    )


@permission("Worker:update", on=[Worker], loads=ROW)
async def worker_update(act: Act, input: WorkerUpdateInput) -> Done:
    """What was already received keeps the words and the Caf that it came with."""
    worker = await act.take(Worker, input.worker_id, "worker_id")
    with at("worker_id"):
        worker.require_standing()
    words = worker.words()
    new = words._replace(
        birth_name=_read(name, input.birth_name, "birth_name", words.birth_name),
        used_name=_used_name(input, words),
        given_names=_read(name, input.given_names, "given_names", words.given_names),
        birth_date=input.birth_date or words.birth_date,
        matricule=_read(matricule, input.matricule, "matricule", words.matricule),
        paying_id=await _payer(act, input) or words.paying_id,
    )
    is_born = new.birth_date <= act.today
    require(is_born, Rule.DAY_INVALID, "birth_date")
    notes = {}
    if new.paying_id != words.paying_id:
        reason = input.payer_change_reason
        require(reason, Rule.VALUE_INVALID, "payer_change_reason")
        notes["payer_change_reason"] = reason
    worker.correct(new)
    if new.birth_date != words.birth_date:
        _warn_of_number(act, worker)
    return Done([worker], notes=notes)


def _read(read: Callable[[str], T], text: str | None, path: str, former: T) -> T:
    """The value of a text; the former one where it is absent."""
    if text is None:
        return former
    with at(path):
        return read(text)


def _used_name(input: WorkerUpdateInput, words: CardWords) -> str | None:
    text = input.used_name
    if text is strawberry.UNSET:
        return words.used_name
    return _read(name, text, "used_name", "") if (text or "").strip() else None


async def _payer(act: Act, input: WorkerUpdateInput) -> str | None:
    """The Caf of this code. PAYING_ORGANISM_UNKNOWN."""
    if input.paying_organism is None:
        return None
    with at("paying_organism"):
        return await payer_of(act.register, input.paying_organism)


def _warn_of_number(act: Act, worker: Worker) -> None:
    """What is strange in the number beside the new day of birth."""
    nir = act.context.graph.vault.open(worker.nir_cipher, worker.id)
    if nir.contradicts(worker.birth_date):
        act.warn([Notice(Rule.NIR_YEAR_MISMATCH, ("birth_date",))])
    if nir.is_of_another_month(worker.birth_date):
        act.warn([Notice(Rule.NIR_MONTH_MISMATCH, ("birth_date",))])
