"""The command line: try, serve, migrate, seed, print the contract, make a token."""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvicorn

from authz import load
from persistence.engine import Database
from persistence.journal import Circumstances, entry
from persistence.migrations import migrate
from persistence.records import Agent, Organism, Profile, Refused, SignIn, User
from persistence.seeds.demo import personas, seed_demo
from persistence.seeds.reference import seed_reference
from persistence.vault import Vault, VaultError
from schema.contract import contract

from .app import create_clock
from .clock import DemoClock
from .demo_issuer import DEMO_ISSUER, DemoIssuer
from .extraction import Extraction
from .payroll import Export, ExportUnreadable, report, send
from .settings import Settings, SettingsError
from .welcome import welcome

SDL = Path(__file__).parents[1] / "schema" / "schema.graphql"
DEMO_FOLDER = Path(".demo")

EPILOG = """\
premiers pas :
  habilitations demo                         un monde fictif sur SQLite, des jetons, trois requêtes à essayer
  habilitations token --as declarante-canal  un jeton d'une heure pour un personnage de la démonstration
  habilitations lines paie.csv --campaign 2026 --as declarante-canal --send http://127.0.0.1:8000/graphql
                                             déclare les rémunérations de novembre d'un export de paie
  habilitations import extraction.xlsx --as admin-national --send http://127.0.0.1:8000/graphql
                                             montre ce qu'une extraction MCP et Habtiers dit au registre

en production, l'environnement dit tout :
  DATABASE_URL    sqlite:///fichier.db, ou postgresql://hôte/base
  OIDC_ISSUER     l'émetteur des jetons ; OIDC_JWKS_URL ses clés ; OIDC_AUDIENCE notre nom chez lui
  NIR_KEYS        le fichier de clés des numéros de sécurité sociale (`habilitations keys FICHIER`)
  HOST PORT WORKERS ALLOWED_HOSTS
  OIDC_CLIENT_ID  ouvre la console : notre nom de client chez le fournisseur d'identité (l'émetteur ci-dessus)
    PUBLIC_URL               l'adresse de la console, https:// sans chemin ; à déclarer chez le fournisseur :
                             PUBLIC_URL/connexion/retour, et PUBLIC_URL/connexion/fin après la déconnexion
    OIDC_CLIENT_SECRET_FILE  le fichier du secret de client ; sans lui, un client public
    OIDC_PROFILE             standard (PKCE), ou proconnect
    OIDC_DISCOVERY_URL       sinon OIDC_ISSUER/.well-known/openid-configuration
  habilitations keys … && habilitations migrate && habilitations seed
  habilitations appoint-national … && habilitations serve
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="habilitations",
        description="Le graphe de « Mon Compte Partenaire » : conventions, habilitations, service Esat.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    commands.add_parser("demo", help="prépare le monde fictif dans .demo/, montre quoi essayer, et sert")
    commands.add_parser("serve", help="sert le graphe sur HOST:PORT")
    commands.add_parser("migrate", help="amène la base à la dernière étape")
    seed = commands.add_parser("seed", help="écrit le référentiel dans une base vide")
    seed.add_argument("--demo", action="store_true", help="et le monde fictif")
    schema = commands.add_parser("schema", help="écrit schema/schema.graphql")
    schema.add_argument("--check", action="store_true", help="compare seulement, sans écrire")
    national = commands.add_parser("appoint-national", help="nomme le premier administrateur national, hors du graphe")
    for name, words in {
        "issuer": "émetteur de ses jetons (`iss`)",
        "subject": "sujet de ses jetons (`sub`)",
        "given-name": "prénom",
        "family-name": "nom",
        "email": "adresse professionnelle",
    }.items():
        national.add_argument(f"--{name}", required=True, help=words)
    keys = commands.add_parser("keys", help="écrit de nouvelles clés pour les numéros de sécurité sociale")
    keys.add_argument("file", type=Path, metavar="FICHIER")
    _lines_parser(commands)
    _import_parser(commands)
    token = commands.add_parser("token", help="fait un jeton de la démonstration")
    token.add_argument("--as", dest="subject", required=True, metavar="PERSONNAGE", help="voir la liste de `demo`")
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "casbin", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        return _run(asked)
    except (SettingsError, VaultError, ExportUnreadable) as refused:
        print(refused, file=sys.stderr)
        return 2


def _run(asked: argparse.Namespace) -> int:
    match asked.command:
        case "demo":
            return _demo()
        case "serve":
            return _serve(Settings.from_environ(os.environ))
        case "migrate":
            return asyncio.run(_prepare(Settings.from_environ(os.environ)))
        case "seed":
            return asyncio.run(_prepare(Settings.from_environ(os.environ), reference=True, demo=asked.demo))
        case "appoint-national":
            return asyncio.run(_appoint_national(Settings.from_environ(os.environ), asked))
        case "schema":
            return _schema(check=asked.check)
        case "keys":
            Vault.write(asked.file)
            return 0
        case "lines":
            return _lines(asked)
        case "import":
            return _import(asked)
        case _:
            return _token(asked.subject)


def _lines_parser(commands: Any) -> None:  # noqa: ANN401 argparse's own
    lines = commands.add_parser("lines", help="lit un export de paie : donne les variables de l'acte, ou l'envoie")
    lines.add_argument("file", type=Path, metavar="CSV")
    lines.add_argument("--campaign", type=int, required=True, metavar="ANNÉE", help="année de la campagne")
    lines.add_argument("--siret", help="établissement ; sinon celui que portent le plus de lignes")
    lines.add_argument("--accept-valid", action="store_true", help="prendre les bonnes lignes ; sinon tout ou rien")
    lines.add_argument("--draft", action="store_true", help="un brouillon ; sinon un dépôt")
    lines.add_argument("--dry-run", action="store_true", help="un essai : le rapport, et rien n'est gardé")
    lines.add_argument("--key", help="clé d'idempotence ; sinon celle du fichier")
    lines.add_argument("--send", metavar="ADRESSE", help="envoie au graphe ; le jeton est dans HABILITATIONS_TOKEN")
    lines.add_argument("--as", dest="subject", metavar="PERSONNAGE", help="au lieu du jeton, dans la démonstration")


def _lines(asked: argparse.Namespace) -> int:
    """Without --send, the variables as JSON. With it, the report; 1 when a line is rejected, 2 when all is refused."""
    if not asked.file.is_file():
        raise ExportUnreadable(f"Le fichier {asked.file} n'existe pas.")
    export = Export.read(asked.file)
    variables = export.variables(
        asked.campaign,
        siret=asked.siret,
        mode="ACCEPT_VALID" if asked.accept_valid else "ALL_OR_NOTHING",
        deposit=not asked.draft,
        dry_run=asked.dry_run,
        key=asked.key,
    )
    print("Colonnes : " + ", ".join(f"{name} → {field}" for name, field in export.columns.items()), file=sys.stderr)
    if export.ignored:
        print("Colonnes ignorées : " + ", ".join(export.ignored), file=sys.stderr)
    if asked.send is None:
        print(json.dumps(variables, ensure_ascii=False, indent=1))
        return 0
    token = _token_of(asked.subject) if asked.subject else os.environ.get("HABILITATIONS_TOKEN", "")
    payload = send(asked.send, token, variables)
    print(report(payload, export.lines))
    return 0 if not payload["errors"] else 1 if payload["batch"] is not None else 2


def _import_parser(commands: Any) -> None:  # noqa: ANN401 argparse's own
    sent = commands.add_parser("import", help="envoie une extraction, et montre ce que chaque ligne dit au registre")
    sent.add_argument("file", type=Path, metavar="FICHIER", help=".xlsx ou .csv")
    sent.add_argument("--organism", metavar="CODE", help="code de l'organisme ; sinon le vôtre, s'il est seul")
    sent.add_argument("--apply", action="store_true", help="prend les lignes de l'organisme, colonnes confirmées")
    sent.add_argument(
        "--send", metavar="ADRESSE", required=True, help="le graphe ; le jeton est dans HABILITATIONS_TOKEN"
    )
    sent.add_argument("--as", dest="subject", metavar="PERSONNAGE", help="au lieu du jeton, dans la démonstration")


def _import(asked: argparse.Namespace) -> int:
    if not asked.file.is_file():
        raise ExportUnreadable(f"Le fichier {asked.file} n'existe pas.")
    token = _token_of(asked.subject) if asked.subject else os.environ.get("HABILITATIONS_TOKEN", "")
    with httpx.Client(timeout=120, headers={"Authorization": f"Bearer {token}"}) as client:
        for line in Extraction(client, asked.send).send(asked.file, asked.organism, apply=asked.apply):
            print(line)
    return 0


def demo_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a demonstration: in its own folder, unless a database is given."""
    known = {
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{DEMO_FOLDER}/habilitations.db",
        "DEMO_KEY": str(DEMO_FOLDER / "issuer.jwk"),
    }
    return known | dict(environ)


def _demo() -> int:
    DEMO_FOLDER.mkdir(exist_ok=True)
    os.environ.update(demo_environ(os.environ))
    settings = Settings.from_environ(os.environ)
    asyncio.run(_prepare(settings, reference=True, demo=True))
    print(welcome(settings))
    return _serve(settings)


def _serve(settings: Settings) -> int:
    uvicorn.run(
        "server.app:from_environ",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=25,
        log_level="warning",
    )
    return 0


async def _prepare(settings: Settings, *, reference: bool = False, demo: bool = False) -> int:
    database = Database(settings.database_url)
    try:
        await migrate(database)
        if demo and settings.demo_day is None:
            raise SettingsError("Le monde fictif ne s'écrit que dans une démonstration (DEMO=1).")
        if reference and await _is_empty(database, "organism"):
            async with database.transaction() as session:
                await seed_reference(session)
        if demo and settings.demo_day is not None and await _is_empty(database, "partner"):
            await seed_demo(database, DEMO_ISSUER, DemoClock(settings.demo_day).today())
    finally:
        await database.close()
    return 0


async def _appoint_national(settings: Settings, asked: argparse.Namespace) -> int:
    """The first one, by whoever holds the server; the graph's own national administrators name the others."""
    database, clock = Database(settings.database_url), create_clock(settings)
    try:
        person = User.person(asked.given_name, asked.family_name, asked.email)
        async with database.transaction() as session:
            cnaf = await session.get_one(Organism, "org_CNAF")
            appointed = Agent.appoint(person, cnaf, Profile.NATIONAL, clock.today())
            what = Circumstances(
                actor_id=person.id,
                acting_for=cnaf.id,
                source="CLI",
                act="agentAppoint",
                request_id=uuid4().hex,
                policy_hash=load().policy_hash,
                matched_rule="hors du graphe",
                reason="Premier administrateur national",
            )
            session.add_all([appointed, SignIn(issuer=asked.issuer, subject=asked.subject, user=person)])
            written = entry(session, what, appointed.id, None, clock.now(), clock.today())
            await session.flush()
            session.add(written)
    except Refused as refused:
        print(refused.notice.message, file=sys.stderr)
        return 2
    finally:
        await database.close()
    return 0


async def _is_empty(database: Database, table: str) -> bool:
    text = f"SELECT count(*) FROM {table}"  # noqa: S608 our own word
    async with database.reading() as driver:
        return not await database.value(text, {} if database.dialect == "sqlite" else (), driver)


def _schema(*, check: bool) -> int:
    built = contract().as_str().rstrip() + "\n"
    if not check:
        SDL.write_text(built, encoding="utf-8")
    elif not SDL.exists() or SDL.read_text(encoding="utf-8") != built:
        print("schema/schema.graphql n'est pas à jour : `make schema`.", file=sys.stderr)
        return 1
    return 0


def _token(subject: str) -> int:
    print(_token_of(subject))
    return 0


def _token_of(subject: str) -> str:
    settings = Settings.from_environ(demo_environ(os.environ))
    assert settings.demo_key is not None
    known = [persona.subject for persona in personas()]
    if subject not in known:
        raise SettingsError(f"Personnage inconnu. Connus : {', '.join(known)}.")
    settings.demo_key.parent.mkdir(exist_ok=True)
    return DemoIssuer(settings.demo_key, settings.audience).issue(subject, timedelta(hours=1))


if __name__ == "__main__":
    sys.exit(main())
