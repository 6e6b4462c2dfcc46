"""Où en est une campagne : qui a déclaré, qui manque, ce qui est renvoyé."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry
from strawberry import ID
from strawberry.utils.str_converters import to_camel_case

from persistence.facts.campaign_boards import (
    FIGURES,
    board_figures,
    day_of_board,
    deposits_by_day,
    is_late_board,
)
from persistence.reading import question
from persistence.reading.question import Join, Test

from .binding import FieldArgument, GraphField, bound_field, column, derived, mirrors


def one_by(
    description: str, link: Join, tests: Mapping[str, tuple[Any, Test, str]]
) -> GraphField:
    """A row at the end of a join, singled out by optional arguments."""
    by_name, arguments = {}, {}
    for name, (kind, test, words) in tests.items():
        by_name[to_camel_case(name)] = test
        arguments[name] = FieldArgument(kind | None, words)
    binding = question.Find(by_name, every=True, link=link)
    return bound_field(binding, description, arguments)


class _BoardView:
    """A board has no table: a select stands for its rows."""

    __tablename__ = "campaign_board"


@strawberry.type(
    description="Les nombres d'une campagne, sur les établissements qui peuvent"
    " déclarer ce jour-là."
)
class BoardFigures:
    expected: int = strawberry.field(
        description="Établissements attendus : dans la portée d'un bulletin ouvert."
    )
    declared: int = strawberry.field(description="Certificat déposé.")
    nothing_to_declare: int = strawberry.field(description="Dont « néant ».")
    undeclared: int = strawberry.field(description="Aucun certificat déposé.")
    drafts: int = strawberry.field(
        description="Un brouillon en cours, et aucun certificat déposé."
    )
    empty: int = strawberry.field(description="Ni certificat, ni brouillon.")
    conform: int = strawberry.field(description="Certificats conformes.")
    anomalies: int = strawberry.field(description="Certificats avec des anomalies.")
    persons_missing: int = strawberry.field(
        description="Personnes attendues dont aucune ligne n'est déposée."
    )
    at_risk: int = strawberry.field(
        description="Personnes dont l'AAH risque de s'interrompre, à partir du 16"
        " janvier : manquantes, ou dont la ligne est renvoyée."
    )
    returned: int = strawberry.field(description="Lignes renvoyées par une Caf.")
    pending: int = strawberry.field(description="Lignes non traitées par les Caf.")


@strawberry.type(description="Les nombres d'un organisme.")
class OrganismFigures:
    organism_id: ID = strawberry.field(description="L'organisme qui administre.")
    organism_code: str = strawberry.field(description="Son code.")
    organism: str = strawberry.field(description="Son nom.")
    figures: BoardFigures = strawberry.field(description="Ses nombres.")


@strawberry.type(description="Les dépôts d'un jour.")
class DayCount:
    day: date = strawberry.field(description="Le jour, à Paris.")
    deposits: int = strawberry.field(description="Dépôts reçus, même remplacés depuis.")


def _figures(*numbers: int) -> BoardFigures:
    counts = dict(zip(FIGURES, numbers, strict=True))
    undeclared = counts["expected"] - counts["declared"]
    return BoardFigures(**counts, undeclared=undeclared)


def _of_organism(
    organism_id: str, code: str, name: str, *numbers: int
) -> OrganismFigures:
    return OrganismFigures(
        organism_id=ID(organism_id),
        organism_code=code,
        organism=name,
        figures=_figures(*numbers),
    )


def _day(day: str, deposits: int) -> DayCount:
    return DayCount(day=date.fromisoformat(day), deposits=deposits)


@mirrors(
    _BoardView,  # type: ignore[arg-type]
    "Où en est une campagne, parmi les établissements dont on lit les déclarations.",
)
class CampaignBoard:
    on: date = column(
        "Le jour dont on dit les nombres : aujourd'hui, au plus tard le dernier de la"
        " fenêtre.",
        day_of_board,
    )
    late: bool = column(
        "Le 15 janvier est passé : ce qui manque interrompt des droits.",
        is_late_board,
    )
    figures: BoardFigures = derived(
        "Les nombres.",
        {"rows": board_figures(by_organism=False)},
        lambda rows: _figures(*rows[0]),
    )
    by_organism: list[OrganismFigures] = derived(
        "Les nombres de chaque organisme qui administre.",
        {"rows": board_figures(by_organism=True)},
        lambda rows: [_of_organism(*row) for row in rows],
    )
    by_day: list[DayCount] = derived(
        "Les dépôts, jour par jour.",
        {"rows": deposits_by_day},
        lambda rows: [_day(*row) for row in rows],
    )
