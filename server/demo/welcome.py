"""What a demonstration prints when it starts: its personas, and what to try."""

from datetime import timedelta
from pathlib import Path

from persistence.seeds.stories import Persona, personas
from server.settings import Settings

from .issuer import DemoIssuer

SEEDS = Path(__file__).parents[2] / "persistence" / "seeds"
EXTRACTION = SEEDS / "extraction-fictive.csv"
PAYROLL = SEEDS / "paie-novembre-2026.csv"

QUERIES = (
    (
        "Qui suis-je, et quels sont mes onglets ?",
        "declarante-canal",
        (
            "{ viewer { user { familyName } organisms { name } tabs { service { "
            "tabLabel } partner { name } } } }"
        ),
    ),
    (
        "Un partenaire par son SIRET, ses services, ses groupes, leurs membres",
        "agent-paris",
        (
            '{ partner(by: {siret: "999 900 012 00025"}) '
            "{ name mode administeredBy { name } services { open service { label } "
            "groups { nodes { name role { label } "
            "members { nodes { familyName } } } } } } }"
        ),
    ),
    (
        "Les partenaires que je peux lire, dont le SIRET du bulletin diffère",
        "agent-paris",
        (
            "{ bulletins { totalCount nodes { partner { name } siret "
            "conventionSiret siretMatches status missing } } }"
        ),
    ),
    (
        "Ce qui manque pour ouvrir le service Esat : le cas, ses preuves, les étapes",
        "agent-paris",
        (
            "{ partners(migrationState: LATE) { nodes { name migration { case "
            "evidence { sentence } "
            "steps { label state whoActs rule } } } } }"
        ),
    ),
    (
        "Pourquoi ne voit-il plus rien, et qui pouvait déclarer le 12 janvier ?",
        "agent-paris",
        (
            '{ explain(user: "usr_suspendu-canal", action: PARTNER_READ, '
            'object: "ptr_99990001200025") '
            "{ sentence menders } "
            'whoCan(action: DECLARATION_DEPOSIT, object: "est_99990001200025", '
            'on: "2026-01-12") '
            "{ sentence people { name by } } }"
        ),
    ),
    (
        "Les lignes dont ma Caf paie l'AAH, dans un Esat qu'une autre administre",
        "agent-hauts-de-seine",
        (
            "{ lines(first: 3) { totalCount nodes { establishmentName "
            "netRemuneration rate processing "
            "worker { birthName nir knownRate } } } }"
        ),
    ),
    (
        "Qui a déclaré : pour la Caf qui administre, l'en-tête et les nombres",
        "agent-yvelines",
        (
            "{ declarations { nodes { establishmentName status receivedAt "
            "lineCount pendingCount } } }"
        ),
    ),
)


def welcome(settings: Settings) -> str:
    """Return the text: personas and their tokens, then queries and files to try."""
    assert settings.demo_key is not None
    issuer = DemoIssuer(settings.demo_key, settings.audience)
    address = f"http://{settings.host}:{settings.port}/graphql"
    cards = "\n".join(_card(persona, issuer) for persona in personas())
    queries = "\n".join(_query(address, *query) for query in QUERIES)
    return (
        "\nHabilitations, démonstration : tout ici est fiction ; "
        f"le jour est le {settings.demo_day:%d/%m/%Y}.\n\n"
        f"Personnages et jetons (un jour) :\n{cards}\n\n"
        f"À essayer sur le graphe :{queries}\n"
        f"{_declaration(address)}{_import(address)}\n"
        f"Le graphe répond sur {address}.\n\n"
        f"Le bureau : ouvrez {_home(settings)} dans un navigateur, "
        "choisissez un personnage, et suivez\n"
        "les cinq choses à essayer de la page de connexion. Ctrl-C pour arrêter.\n"
    )


def _query(address: str, title: str, persona: str, query: str) -> str:
    token = f"$(.venv/bin/habilitations token --as {persona})"
    return (
        f"\n  # {title}\n"
        f"  curl -s {address} -H 'Content-Type: application/json' \\\n"
        f'    -H "Authorization: Bearer {token}" \\\n'
        f"    -d '{_body(query)}'"
    )


def _declaration(address: str) -> str:
    return (
        "\n  # Déclarer les rémunérations de novembre d'un export de paie et ses "
        "accidents ; --dry-run pour un essai\n"
        f"  .venv/bin/habilitations lines {_from_here(PAYROLL)} "
        "--campaign 2026 --accept-valid \\\n"
        f"    --as declarante-canal --send {address}\n"
    )


def _import(address: str) -> str:
    return (
        "\n  # Importer l'extraction MCP / Habtiers et ses accidents, "
        "puis prendre les lignes de sa Caf\n"
        f"  .venv/bin/habilitations import {_from_here(EXTRACTION)} "
        "--as agent-paris --apply \\\n"
        f"    --send {address}\n"
    )


def _home(settings: Settings) -> str:
    assert settings.console is not None
    return f"{settings.console.public_url}/"


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _card(persona: Persona, issuer: DemoIssuer) -> str:
    name = f"{persona.given_name} {persona.family_name}".strip()
    token = issuer.issue(persona.subject, timedelta(days=1))
    return f"\n  {persona.subject} · {name}, {persona.shows}\n  {token}"


def _body(query: str) -> str:
    return '{"query": "' + query.replace('"', '\\"') + '"}'
