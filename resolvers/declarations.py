"""Declared remunerations: a batch for one establishment and one campaign, and what the paying Caf does of its lines."""

from collections.abc import Mapping, Sequence
from typing import Any, NewType, TypeVar

import strawberry
from strawberry import ID
from strawberry.utils.str_converters import to_camel_case

from persistence.intake.activity_changes import ActivityChangeIntake
from persistence.intake.batches import BatchIntake
from persistence.intake.cells import LINES
from persistence.intake.certificates import CertificateIntake, Intention
from persistence.records import (
    Batch,
    BatchMode,
    Campaign,
    Declaration,
    DeclarationLine,
    Establishment,
    Processing,
    Refused,
    Rule,
    Worker,
)
from resolvers.acting import (
    ROW,
    Act,
    ActInput,
    ChangeInput,
    Done,
    EstablishmentBy,
    at,
    permission,
)

T = TypeVar("T")
Intake = TypeVar("Intake", bound=BatchIntake)
Cell = NewType("Cell", str)
"""A cell as the payroll writes it: weak, so that one bad cell is its line's error and not the whole request's."""

PROCESSED_AT_ONCE = 100


def with_cell_scalars(kind: type[T]) -> type[T]:
    """A line stays the mapping that GraphQL made, by our names: a thousand objects cost more than their deposit."""
    definition: Any = kind.__strawberry_definition__  # type: ignore[attr-defined]
    names = {
        to_camel_case(field.python_name): field.python_name
        for field in definition.fields
    }
    definition.from_input = lambda _kind, input, _context: {
        names[name]: value for name, value in input.items()
    }
    return kind


def _cell(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return strawberry.field(default=None, description=description)


@with_cell_scalars
@strawberry.input(
    description="Une ligne : la rémunération de novembre d'une personne, comme la paie l'écrit."
)
class RemunerationLineInput:
    client_reference: Cell | None = _cell(
        "Référence de l'appelant, rendue avec le résultat : pas de donnée personnelle."
    )
    nir: Cell | None = _cell(
        "Numéro de sécurité sociale, 13 ou 15 caractères, ou numéro provisoire."
    )
    birth_name: Cell | None = _cell("Nom de naissance.")
    used_name: Cell | None = _cell("Nom d'usage.")
    given_names: Cell | None = _cell("Prénoms.")
    birth_date: Cell | None = _cell("Jour de naissance, JJ/MM/AAAA ou AAAA-MM-JJ.")
    matricule: Cell | None = _cell(
        "Matricule allocataire : requis pour une personne nouvelle."
    )
    paying_organism: Cell | None = _cell(
        "Code de la Caf qui paie l'AAH, par exemple 751 : requis de même."
    )
    paying_organism_changed: Cell | None = _cell(
        "Oui, pour confirmer que la Caf qui paie n'est plus celle de la fiche."
    )
    siret: Cell | None = _cell("SIRET de l'établissement : une vérification.")
    entered_on: Cell | None = _cell("Jour d'entrée dans l'établissement.")
    rate: Cell | None = _cell("Taux d'activité, en pour cent.")
    net_remuneration: Cell | None = _cell(
        "Rémunération garantie nette de novembre, en euros."
    )
    net_aid: Cell | None = _cell("Aide au poste nette de novembre, en euros.")
    esat_share: Cell | None = _cell("Part financée par l'Esat, en pour cent du Smic.")
    no_pay_reason: Cell | None = _cell(
        "Motif d'une absence de paie : UNPAID_ABSENCE, PARENTAL_LEAVE, NOT_YET_PAID, OTHER."
    )
    dual_activity: Cell | None = _cell(
        "Cumul avec le milieu ordinaire : oui ou non (R16)."
    )
    dual_activity_since: Cell | None = _cell("Début du cumul.")
    dual_activity_hours: Cell | None = _cell("Heures par semaine en milieu ordinaire.")
    dual_activity_employer: Cell | None = _cell(
        "SIRET de l'employeur du milieu ordinaire."
    )
    dual_activity_until: Cell | None = _cell(
        "Fin d'un cumul qui courait : premier jour sans, avec « non »."
    )
    aah_beneficiary: Cell | None = _cell(
        "La personne reçoit l'AAH : à confirmer quand la Caf a répondu que non."
    )
    reference_month: Cell | None = _cell(
        "Mois déclaré, 2026-11 : une vérification (R18)."
    )
    confirmation: Cell | None = _cell(
        "Motif d'un montant qui dépasse le maximum : rappel, prime."
    )
    comment: Cell | None = _cell(
        "Remarque pour la Caf : ni numéro, ni donnée de santé."
    )


@strawberry.input(description="Ce que tout lot accepte.")
class BatchInput(ActInput):
    idempotency_key: ID = strawberry.field(
        description="Clé de l'appelant, requise : le même lot renvoyé avec elle n'a lieu qu'une fois."
    )
    establishment: EstablishmentBy = strawberry.field(
        description="L'établissement, par son SIRET ou son identifiant."
    )
    dry_run: bool = strawberry.field(
        default=False,
        description="Essai : le même rapport, et rien n'est gardé ; possible avant l'ouverture.",
    )


@strawberry.input(
    description="Les rémunérations de novembre d'un établissement, pour une campagne."
)
class RemunerationsDeclareInput(BatchInput):
    campaign_year: int = strawberry.field(description="Année N de la campagne.")
    deposit: bool = strawberry.field(
        description="Vrai : un dépôt, qui remplace le précédent en entier. Faux : un brouillon."
    )
    mode: BatchMode = strawberry.field(
        default=BatchMode.ALL_OR_NOTHING,
        description="Tout ou rien, ou les bonnes lignes seules.",
    )
    lines: list[RemunerationLineInput] | None = strawberry.field(
        default=None,
        description="Les lignes, 1 000 au plus. Absentes : le brouillon est déposé. Aucune : avec « néant » seulement.",
    )
    nothing_to_declare: bool = strawberry.field(
        default=False,
        description="Néant : aucun bénéficiaire de l'AAH n'y travaille ; se dit sans ligne (R17).",
    )
    expected_sequence: int | None = strawberry.field(
        default=None,
        description="Rang de la déclaration en vigueur, 0 pour aucune : le dépôt est refusé si elle a changé depuis.",
    )
    acknowledge_removals: int | None = strawberry.field(
        default=None,
        description="Le nombre exact des personnes déclarées qui ne le seraient plus ; le refus et l'essai le donnent.",
    )


@permission(
    "Declaration:deposit",
    "Declaration:replace",
    "Declaration:prepare",
    "Batch:dry_run",
    on=[Establishment, Declaration],
    loads=ROW,
)
async def remunerations_declare(act: Act, input: RemunerationsDeclareInput) -> Done:
    """R16 to R22; see docs/decisions/0035."""
    place = await act.at_establishment(input.establishment)
    campaign = await act.find(Campaign, f"cmp_{input.campaign_year}", "campaign_year")
    intake = _intake(CertificateIntake, act, place, input, input.mode)
    live = await intake.live(campaign)
    act.require_permission_to_declare_at(place, _needed(input, live))
    try:
        campaign.require_open_at(act.now)
    except Refused as refused:
        if not input.dry_run:
            raise
        act.warn([refused.notice])
    intention = Intention(
        input.deposit,
        input.nothing_to_declare,
        removals=input.acknowledge_removals,
        reason=input.reason,
        sequence=input.expected_sequence,
    )
    batch = await intake.certify(campaign, _rows(input.lines, WHOLE), live, intention)
    _tell(act, intake)
    return Done([batch], also_ids=intake.removals[:LINES])


def _needed(input: RemunerationsDeclareInput, live: Sequence[Declaration]) -> str:
    if input.dry_run:
        return "Batch:dry_run"
    if not input.deposit:
        return "Declaration:prepare"
    return (
        "Declaration:replace" if any(d.is_live for d in live) else "Declaration:deposit"
    )


WHOLE = "Une déclaration remplace la précédente en entier : ne la coupez pas."
IN_PARTS = "Envoyez-les en plusieurs lots."


def _rows(lines: Any, advice: str) -> Sequence[Mapping[str, Any]] | None:  # noqa: ANN401 mappings, whatever their annotation
    if lines is not None and len(lines) > LINES:
        raise Refused(Rule.LINES_TOO_MANY, "lines", detail=advice)
    return lines  # type: ignore[no-any-return]


def _intake(
    kind: type[Intake],
    act: Act,
    place: Establishment,
    input: BatchInput,
    mode: BatchMode,
) -> Intake:
    """What takes the lines of the batch; the act itself becomes a dry run with it."""
    act.dry_run = input.dry_run
    return kind(
        act.register,
        act.context.graph.vault,
        place,
        mode,
        act.actor,
        act.now,
        input.dry_run,
    )


def _tell(act: Act, intake: BatchIntake) -> None:
    act.errors.extend(intake.errors)
    act.warn(intake.warnings)


@with_cell_scalars
@strawberry.input(
    description="Un changement d'activité d'une personne (R23 à R27), comme la paie l'écrit."
)
class ActivityChangeLineInput:
    client_reference: Cell | None = _cell(
        "Référence de l'appelant, rendue avec le résultat : pas de donnée personnelle."
    )
    worker_id: ID | None = strawberry.field(
        default=None, description="La personne, ou son numéro."
    )
    nir: Cell | None = _cell("Le numéro de sécurité sociale de la personne.")
    kind: Cell | None = _cell("RATE_INCREASE, RATE_DECREASE ou DEPARTURE.")
    effective_on: Cell | None = _cell(
        "Jour d'effet ; pour un départ, premier jour d'absence."
    )
    rate: Cell | None = _cell("Nouveau taux d'activité, en pour cent.")
    departure_reason: Cell | None = _cell("Motif du départ, par exemple RETIREMENT.")
    comment: Cell | None = _cell(
        "Remarque pour la Caf : ni numéro, ni donnée de santé."
    )


@strawberry.input(
    description="Des changements d'activité dans un établissement : toute l'année (R27)."
)
class ActivityChangesDeclareInput(BatchInput):
    mode: BatchMode = strawberry.field(
        default=BatchMode.ACCEPT_VALID,
        description="Tout ou rien, ou les bonnes lignes seules.",
    )
    lines: list[ActivityChangeLineInput] = strawberry.field(
        description="Les changements, 1 000 au plus."
    )


@permission("ActivityChange:deposit", "Batch:dry_run", on=[Establishment], loads=ROW)
async def activity_changes_declare(
    act: Act, input: ActivityChangesDeclareInput
) -> Batch:
    """R23 to R27: never window-checked."""
    place = await act.at_establishment(input.establishment)
    act.require_permission_to_declare_at(
        place, "Batch:dry_run" if input.dry_run else "ActivityChange:deposit"
    )
    intake = _intake(ActivityChangeIntake, act, place, input, input.mode)
    batch = await intake.change(_rows(input.lines, IN_PARTS) or [], act.today)
    _tell(act, intake)
    return batch


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
    """R20: taken into account, not a beneficiary's, or returned; all of them or none."""
    if not 0 < len(input.line_ids) <= PROCESSED_AT_ONCE:
        raise Refused(
            Rule.VALUE_INVALID, "line_ids", detail=f"De 1 à {PROCESSED_AT_ONCE} lignes."
        )
    paths = [("line_ids", str(index)) for index in range(len(input.line_ids))]
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
    description="La demande de lire le numéro de sécurité sociale d'une personne : elle est journalisée."
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
