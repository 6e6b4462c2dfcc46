"""Les conséquences d'un acte : qui perd quoi, quels brouillons restent ouverts."""

from datetime import date
from typing import Any

import strawberry
from strawberry import ID

from persistence.records.contracts import Mode


def told(description: str) -> Any:  # noqa: ANN401 a strawberry field
    """A field of a plain object that Python made."""
    return strawberry.field(description=description)


@strawberry.type(description="Ce qu'une personne a de plus, ou de moins.")
class RightChange:
    user_id: ID = told("La personne.")
    name: str = told("Son nom.")
    service: str = told("Le service.")
    role: str = told("Le rôle.")
    establishments: list[str] = told("Les établissements ; vide pour un service sans établissement.")


@strawberry.type(description="Une personne, nommée.")
class NamedPerson:
    user_id: ID = told("La personne.")
    name: str = told("Son nom.")


@strawberry.type(description="Un certificat en brouillon.")
class OpenDraft:
    declaration_id: ID = told("Le brouillon.")
    establishment_id: ID = told("L'établissement.")
    establishment: str = told("Son nom.")
    campaign_year: int = told("L'année de la campagne.")
    lines: int = told("Ses lignes.")


@strawberry.type(
    description="Les conséquences d'un acte, le jour où il prend effet : le même calcul pour l'essai et pour l'acte."
)
class Impact:
    on: date = told("Jour d'effet.")
    lost: list[RightChange] = told("Qui perd quoi.")
    gained: list[RightChange] = told("Qui gagne quoi.")
    managers_lost: list[NamedPerson] = told("Qui n'est plus gestionnaire des habilitations.")
    managers_gained: list[NamedPerson] = told("Qui le devient.")
    services_lost: list[str] = told("Les services qui se ferment.")
    services_gained: list[str] = told("Les services qui s'ouvrent.")
    administered_before: str = told("L'organisme qui administre sans l'acte.")
    administered_after: str = told("L'organisme qui administre après lui (R47).")
    mode_before: Mode | None = told("Le mode de gestion sans l'acte ; vide sans convention en vigueur.")
    mode_after: Mode | None = told("Le mode de gestion après lui.")
    drafts: list[OpenDraft] = told("Les certificats en brouillon, là où quelqu'un perd un droit.")
