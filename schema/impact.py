"""Les conséquences d'un acte : qui perd quoi, quels brouillons restent ouverts."""

from datetime import date
from typing import Any

import strawberry
from strawberry import ID

from persistence.records.contracts import Mode


def described(description: str) -> Any:  # noqa: ANN401 a strawberry field
    """A field of a plain object that Python made."""
    return strawberry.field(description=description)


@strawberry.type(description="Ce qu'une personne a de plus, ou de moins.")
class RightChange:
    user_id: ID = described("La personne.")
    name: str = described("Son nom.")
    service: str = described("Le service.")
    role: str = described("Le rôle.")
    establishments: list[str] = described(
        "Les établissements ; vide pour un service sans établissement."
    )


@strawberry.type(description="Une personne, nommée.")
class NamedPerson:
    user_id: ID = described("La personne.")
    name: str = described("Son nom.")


@strawberry.type(description="Un certificat en brouillon.")
class OpenDraft:
    declaration_id: ID = described("Le brouillon.")
    establishment_id: ID = described("L'établissement.")
    establishment: str = described("Son nom.")
    campaign_year: int = described("L'année de la campagne.")
    lines: int = described("Ses lignes.")


@strawberry.type(
    description="Les conséquences d'un acte, le jour où il prend effet : le même calcul pour l'essai et pour l'acte."
)
class Impact:
    on: date = described("Jour d'effet.")
    lost: list[RightChange] = described("Qui perd quoi.")
    gained: list[RightChange] = described("Qui gagne quoi.")
    managers_lost: list[NamedPerson] = described(
        "Qui n'est plus gestionnaire des habilitations."
    )
    managers_gained: list[NamedPerson] = described("Qui le devient.")
    services_lost: list[str] = described("Les services qui se ferment.")
    services_gained: list[str] = described("Les services qui s'ouvrent.")
    administered_before: str = described("L'organisme qui administre sans l'acte.")
    administered_after: str = described("L'organisme qui administre après lui (R47).")
    mode_before: Mode | None = described(
        "Le mode de gestion sans l'acte ; vide sans convention en vigueur."
    )
    mode_after: Mode | None = described("Le mode de gestion après lui.")
    drafts: list[OpenDraft] = described(
        "Les certificats en brouillon, là où quelqu'un perd un droit."
    )
