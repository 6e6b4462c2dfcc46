"""What the inputs of acts share: of every act, of a change, of what can be tried."""

from datetime import date

import strawberry


@strawberry.input(description="Ce que tout acte accepte.")
class ActInput:
    idempotency_key: strawberry.ID | None = strawberry.field(
        default=None,
        description="Clé de l'appelant : le même acte rejoué avec elle n'a lieu "
        "qu'une fois.",
    )
    reason: str | None = strawberry.field(
        default=None, description="Motif, gardé au journal : aucune donnée personnelle."
    )


@strawberry.input(
    one_of=True,
    description="Ce qui désigne un établissement : une seule de ces deux valeurs.",
)
class EstablishmentBy:
    siret: str | None = strawberry.field(
        default=strawberry.UNSET, description="Son SIRET, avec ou sans espaces."
    )
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Son identifiant, sans jour."
    )


@strawberry.input(description="Ce qu'accepte un acte qui change une fiche.")
class ChangeInput(ActInput):
    expected_version: int | None = strawberry.field(
        default=None,
        description="Version lue : l'acte est refusé si la fiche a changé depuis.",
    )


@strawberry.input(
    description="Ce qu'accepte un acte dont on peut voir d'abord les conséquences."
)
class PreviewInput(ChangeInput):
    dry_run: bool = strawberry.field(
        default=False,
        description="Un essai : dit les conséquences et les refus, et ne garde rien.",
    )

    def effect_on(self, today: date) -> date:
        """The day on which the act takes effect."""
        for name in ("on", "effective_from"):
            day = getattr(self, name, None)
            if isinstance(day, date):
                return max(day, today)
        return today
