"""What every object with an id shares."""

import strawberry
from strawberry import ID


@strawberry.interface(description="Un objet désigné par un identifiant stable.")
class Node:
    id: ID = strawberry.field(
        description="Identifiant : un préfixe par type, puis une clé."
    )


VERSION = "Version de la fiche, à rendre dans `expectedVersion`."
IDENTIFIER = "Identifiant tel qu'affiché."
