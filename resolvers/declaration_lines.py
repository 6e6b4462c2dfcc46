"""The lines of a batch, cell by cell, as a payroll writes them."""

from collections.abc import Mapping
from typing import Any, NewType, TypeVar

import strawberry
from strawberry import ID
from strawberry.utils.str_converters import to_camel_case

T = TypeVar("T")


Cell = NewType("Cell", str)
"""A cell as the payroll writes it.

The graph accepts any scalar: a bad cell is an error of its line, not of the request.
"""


FIELDS: dict[str, dict[str, str]] = {}
"""Of each type of line, the fields: in the graph, in Python."""
NUMBERS = {"draft_line_version"}
"""Those that are no text."""


def with_cell_scalars(kind: type[T]) -> type[T]:
    """Keep a line as the mapping that GraphQL made, under the names of Python.

    To build a thousand objects would cost more than their deposit.
    """
    definition: Any = kind.__strawberry_definition__  # type: ignore[attr-defined]
    names = {}
    for field in definition.fields:
        names[to_camel_case(field.python_name)] = field.python_name
    FIELDS[kind.__name__] = names

    def from_input(
        _kind: type[T], input: Mapping[str, Any], _context: object
    ) -> dict[str, Any]:
        return {names[name]: value for name, value in input.items()}

    definition.from_input = from_input
    return kind


def _cell(description: str) -> Any:  # noqa: ANN401 a strawberry field
    return strawberry.field(default=None, description=description)


@strawberry.input(
    one_of=True,
    description="Ce qui désigne une ligne : une seule de ces valeurs.",
)
class LineKey:
    line_id: ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="Une ligne d'un certificat de l'établissement, pour sa personne.",
    )
    draft_line_id: ID | None = strawberry.field(
        default=strawberry.UNSET, description="Une ligne du brouillon."
    )
    worker_id: ID | None = strawberry.field(
        default=strawberry.UNSET, description="La personne, par sa fiche."
    )
    nir: Cell | None = strawberry.field(
        default=strawberry.UNSET,
        description="Le numéro de sécurité sociale de la personne.",
    )
    client_reference: Cell | None = strawberry.field(
        default=strawberry.UNSET, description="La référence de l'appelant."
    )


@with_cell_scalars
@strawberry.input(
    description="Une ligne : la rémunération de novembre d'une personne, comme la paie "
    "l'écrit."
)
class RemunerationLineInput:
    draft_line_id: ID | None = strawberry.field(
        default=None,
        description="Dans un brouillon, la ligne que celle-ci remplace ; un numéro qui "
        "y revient masqué reste le même.",
    )
    draft_line_version: int | None = strawberry.field(
        default=None,
        description="La version lue de cette ligne : rejetée si elle a changé depuis.",
    )
    client_reference: Cell | None = _cell(
        "Référence de l'appelant, rendue avec le résultat : pas de donnée personnelle."
    )
    nir: Cell | None = _cell(
        "Numéro de sécurité sociale, 13 ou 15 caractères, ou numéro provisoire."
    )
    worker_id: Cell | None = _cell(
        "La fiche d'une personne déjà déclarée ici, au lieu de son numéro, qui peut "
        "alors rester masqué."
    )
    former_nir: Cell | None = _cell(
        "Numéro provisoire que celui-ci remplace sur la fiche."
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
        "Motif d'une absence de paie : UNPAID_ABSENCE, PARENTAL_LEAVE, NOT_YET_PAID, "
        "OTHER."
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


@with_cell_scalars
@strawberry.input(
    description="Un changement d'activité d'une personne (R23 à R27), comme la paie "
    "l'écrit."
)
class ActivityChangeLineInput:
    client_reference: Cell | None = _cell(
        "Référence de l'appelant, rendue avec le résultat : pas de donnée personnelle."
    )
    worker_id: ID | None = strawberry.field(
        default=None, description="La personne, ou son numéro."
    )
    nir: Cell | None = _cell("Le numéro de sécurité sociale de la personne.")
    corrects_id: ID | None = strawberry.field(
        default=None,
        description="Le changement que cette ligne corrige ; ce qu'elle ne dit pas"
        " reste comme il était.",
    )
    corrects_reference: Cell | None = _cell(
        "La référence du changement corrigé, à défaut de son identifiant."
    )
    did_not_happen: Cell | None = _cell("Oui : le changement corrigé n'a pas eu lieu.")
    kind: Cell | None = _cell(
        "RATE_INCREASE, RATE_DECREASE, RATE_CHANGE (le sens se calcule), DEPARTURE,"
        " ADMISSION, DUAL_ACTIVITY_START, DUAL_ACTIVITY_QUOTA ou DUAL_ACTIVITY_END."
    )
    effective_on: Cell | None = _cell(
        "Jour d'effet ; pour un départ ou une fin, premier jour sans."
    )
    rate: Cell | None = _cell(
        "Nouveau taux d'activité, en pour cent ; celui de l'entrée ou du retour."
    )
    departure_reason: Cell | None = _cell("Motif du départ, par exemple RETIREMENT.")
    weekly_hours: Cell | None = _cell(
        "Heures par semaine en milieu ordinaire : requises au début d'un cumul."
    )
    employer_siret: Cell | None = _cell("SIRET de l'employeur du milieu ordinaire.")
    aah_beneficiary: Cell | None = _cell(
        "Oui, à confirmer quand la Caf a répondu que la personne ne reçoit pas l'AAH."
    )
    former_nir: Cell | None = _cell(
        "Numéro provisoire que celui-ci remplace sur la fiche."
    )
    birth_name: Cell | None = _cell(
        "Nom de naissance : requis, avec le reste de l'identité, à l'entrée d'une"
        " personne inconnue."
    )
    used_name: Cell | None = _cell("Nom d'usage.")
    given_names: Cell | None = _cell("Prénoms.")
    birth_date: Cell | None = _cell("Jour de naissance, JJ/MM/AAAA ou AAAA-MM-JJ.")
    matricule: Cell | None = _cell("Matricule allocataire.")
    paying_organism: Cell | None = _cell(
        "Code de la Caf qui paie l'AAH, par exemple 751."
    )
    comment: Cell | None = _cell(
        "Remarque pour la Caf : ni numéro, ni donnée de santé."
    )
