"""What a demonstration says when it starts: whom to sign in as, and what to try."""

from datetime import timedelta
from pathlib import Path

from persistence.seeds.demo import Persona, personas

from .demo_issuer import DemoIssuer
from .settings import Settings

EXTRACTION = Path(__file__).parents[1] / "persistence" / "seeds" / "extraction-fictive.csv"
PAYROLL = Path(__file__).parents[1] / "persistence" / "seeds" / "paie-novembre-2026.csv"

QUERIES = (
    (
        "Qui suis-je, et quels sont mes onglets ?",
        "declarante-canal",
        "{ viewer { user { familyName } organisms { name } tabs { service { tabLabel } partner { name } } } }",
    ),
    (
        "Un partenaire par son SIRET, ses services, ses groupes, leurs membres",
        "agent-paris",
        (
            '{ partner(by: {siret: "999 900 012 00025"}) { name mode administeredBy { name } services { open '
            "service { label } groups { nodes { name role { label } members { nodes { familyName } } } } } } }"
        ),
    ),
    (
        "Les partenaires que je peux lire, dont le SIRET du bulletin diffère",
        "agent-paris",
        "{ bulletins { totalCount nodes { partner { name } siret conventionSiret siretMatches status missing } } }",
    ),
    (
        "Ce qui manque pour ouvrir le service Esat : le cas, ses preuves, les étapes",
        "agent-paris",
        (
            "{ partners(migrationState: LATE) { nodes { name migration { case evidence { sentence } "
            "steps { label state whoActs rule } } } } }"
        ),
    ),
    (
        "Pourquoi ne voit-il plus rien, et qui pouvait déclarer le 12 janvier ?",
        "agent-paris",
        (
            '{ explain(user: "usr_suspendu-canal", action: PARTNER_READ, object: "ptr_99990001200025") '
            '{ sentence menders } whoCan(action: DECLARATION_DEPOSIT, object: "est_99990001200025", on: "2026-01-12") '
            "{ sentence people { name by } } }"
        ),
    ),
    (
        "Les lignes dont ma Caf paie l'AAH, dans un Esat qu'une autre administre",
        "agent-hauts-de-seine",
        (
            "{ lines(first: 3) { totalCount nodes { establishmentName netRemuneration rate processing "
            "worker { birthName nir knownRate } } } }"
        ),
    ),
    (
        "Qui a déclaré : pour la Caf qui administre, l'en-tête et les nombres",
        "agent-yvelines",
        "{ declarations { nodes { establishmentName status receivedAt lineCount pendingCount } } }",
    ),
)


def welcome(settings: Settings) -> str:
    assert settings.demo_key is not None
    issuer = DemoIssuer(settings.demo_key, settings.audience)
    address = f"http://{settings.host}:{settings.port}/graphql"
    shown = "\n".join(_card(persona, issuer) for persona in personas())
    declare = (
        "\n  # Déclarer les rémunérations de novembre d'un export de paie et ses accidents ; --dry-run pour un essai"
        f"\n  .venv/bin/habilitations lines {_from_here(PAYROLL)} --campaign 2026 --accept-valid \\\n"
        f"    --as declarante-canal --send {address}\n"
    )
    extract = (
        "\n  # Importer l'extraction MCP / Habtiers et ses accidents, puis prendre les lignes de sa Caf\n"
        f"  .venv/bin/habilitations import {_from_here(EXTRACTION)} --as agent-paris --apply \\\n"
        f"    --send {address}\n"
    )
    tries = "\n".join(
        f"\n  # {title}\n  curl -s {address} -H 'Content-Type: application/json' \\\n"
        f"    -H \"Authorization: Bearer $(.venv/bin/habilitations token --as {who})\" \\\n    -d '{_body(query)}'"
        for title, who, query in QUERIES
    )
    return (
        "\nHabilitations, démonstration : tout ici est fiction ; "
        f"le jour est le {settings.demo_day:%d/%m/%Y}.\n\nPersonnages et jetons (un jour) :\n{shown}\n\n"
        f"À essayer sur le graphe :{tries}\n{declare}{extract}\nLe graphe répond sur {address}.\n"
        f"\nLe bureau : ouvrez {_home(settings)} dans un navigateur, choisissez un personnage, et suivez\n"
        f"les cinq choses à essayer de la page de connexion. Ctrl-C pour arrêter.\n"
    )


def _home(settings: Settings) -> str:
    assert settings.console is not None
    return f"{settings.console.public_url}/"


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _card(persona: Persona, issuer: DemoIssuer) -> str:
    name = f"{persona.given_name} {persona.family_name}".strip()
    return f"\n  {persona.subject} · {name}, {persona.shows}\n  {issuer.issue(persona.subject, timedelta(days=1))}"


def _body(query: str) -> str:
    return '{"query": "' + query.replace('"', '\\"') + '"}'
