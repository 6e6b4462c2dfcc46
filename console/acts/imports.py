"""The extraction: announced, arbitrated, applied, purged."""

from .act import Act

IMPORTS = (
    Act(
        "importOpen",
        "Annoncer une extraction",
        "Continuer vers le dépôt",
        "L’import est ouvert : déposez le fichier.",
        "/imports",
        section="/imports",
        choices={"organismId": "viewer.organisms"},
        omit=frozenset({"columns"}),
        review=False,
    ),
    Act(
        "importArbitrate",
        "Arbitrer une ligne",
        "Enregistrer l’arbitrage",
        "L’arbitrage est enregistré.",
        "/imports/{line.import.id}?awaiting=true",
        root="line",
        section="/imports",
        version="line.version",
        labels={"decision": "Votre décision"},
    ),
    Act(
        "importApply",
        "Appliquer l’import",
        "Appliquer",
        "L’import est appliqué.",
        "/imports/{importId}",
        root="import",
        section="/imports",
        version="import.version",
        choices={"organismId": "viewer.organisms"},
        omit=frozenset({"lineIds"}),
        tells=True,
    ),
    Act(
        "importPurge",
        "Purger l’extraction",
        "Purger",
        "L’extraction est purgée ; sa preuve est gardée.",
        "/imports/{importId}",
        root="import",
        section="/imports",
        version="import.version",
        danger=True,
        sensitive=True,
    ),
)
