"""The command line: try, serve, migrate, seed, print the contract, make a token.

Nothing heavy is imported here: `--help` answers at once, and each command imports what it needs.
"""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, NoReturn

from .logs import configure

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
  STOP_SECONDS    la durée d'annonce d'un arrêt (5) : /readyz dit non, et ce qui arrive est encore servi
  OIDC_CLIENT_ID  ouvre la console : notre nom de client chez le fournisseur d'identité (l'émetteur ci-dessus)
    PUBLIC_URL               l'adresse de la console, https:// sans chemin ; à déclarer chez le fournisseur :
                             PUBLIC_URL/connexion/retour, et PUBLIC_URL/connexion/fin après la déconnexion
    OIDC_CLIENT_SECRET_FILE  le fichier du secret de client ; sans lui, un client public
    OIDC_PROFILE             standard (PKCE), ou proconnect
    OIDC_DISCOVERY_URL       sinon OIDC_ISSUER/.well-known/openid-configuration
  habilitations keys … && habilitations migrate && habilitations seed
  habilitations appoint-national … && habilitations serve
  habilitations purge                        chaque jour : oublie les clés d'idempotence dont le délai est passé
"""
COMMANDS = {
    "demo": "serving:demo",
    "serve": "serving:serve",
    "migrate": "register:migrate",
    "seed": "register:seed",
    "appoint-national": "register:appoint_national",
    "keys": "register:keys",
    "purge": "register:purge",
    "schema": "contract:schema",
    "lines": "sending:lines",
    "import": "sending:extraction",
    "token": "sending:token",
    "sql": "statement:sql",
}
"""Where the function of a command is, in `server/commands/`."""
MISUSES = (
    (r"the following arguments are required: (.+)", "il manque {0}"),
    (r"unrecognized arguments: .+", "un mot de trop ou une option inconnue"),
    (r"ambiguous option: (\S+) could match (.+)", "{0} peut vouloir dire {1}"),
    (r"argument (.+): invalid choice: .+ \(choose from (.+)\)", "{0} : un de {1}"),
    (r"argument (.+): invalid int value: .+", "{0} : un nombre entier"),
    (r"argument (.+): expected .*argument.*", "{0} : il manque sa valeur"),
)
"""What argparse says of a command that is badly written, and what we say."""
INTERRUPTED, UNREAD = 130, 141
"""128 and the number of the signal, as a shell tells it."""


class Parser(argparse.ArgumentParser):
    """One French sentence on a misuse, and the exit code 2."""

    def error(self, message: str) -> NoReturn:
        found = ((re.fullmatch(theirs, message), ours) for theirs, ours in MISUSES)
        told = next((ours.format(*match.groups()) for match, ours in found if match), "commande mal écrite")
        self.exit(2, f"{self.prog} : {told}. Voir « {self.prog} --help ».\n")


class Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"habilitations {metadata.version('habilitations')}")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    configure()
    try:
        return _run(asked)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD


def _run(asked: argparse.Namespace) -> int:
    module, _, function = COMMANDS[asked.command].partition(":")
    try:
        done: int = getattr(import_module(f"server.commands.{module}"), function)(asked)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except Exception as fault:
        sentence = import_module("server.commands.refusals").sentence_of(fault)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 2
    return done


def _parser() -> Parser:
    parser = Parser(
        prog="habilitations",
        description="Le graphe de « Mon Compte Partenaire » : conventions, habilitations, service Esat.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="dit la version, et s'arrête")
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
    national.add_argument("--again", action="store_true", help="un de plus, quand plus personne ne peut en nommer")
    keys = commands.add_parser("keys", help="écrit de nouvelles clés pour les numéros de sécurité sociale")
    keys.add_argument("file", type=Path, metavar="FICHIER")
    commands.add_parser("purge", help="efface les clés d'idempotence dont le délai est passé ; à lancer chaque jour")
    _add_lines(commands)
    _add_import(commands)
    token = commands.add_parser("token", help="fait un jeton de la démonstration")
    token.add_argument("--as", dest="subject", required=True, metavar="PERSONNAGE", help="voir la liste de `demo`")
    sql = commands.add_parser("sql", help="montre ce qu'une requête devient : arbre, SQL, valeurs, plan")
    sql.add_argument("query", metavar="REQUÊTE", help="texte d'une requête, sans variables")
    sql.add_argument("--as", dest="subject", required=True, metavar="PERSONNAGE", help="voir la liste de `demo`")
    return parser


def _add_lines(commands: Any) -> None:  # noqa: ANN401 argparse's own
    lines = commands.add_parser("lines", help="lit un export de paie : donne les variables de l'acte, ou l'envoie")
    lines.add_argument("file", type=Path, nargs="?", metavar="FICHIER", help=".xlsx ou .csv ; aucun pour un néant")
    lines.add_argument("--campaign", type=int, required=True, metavar="ANNÉE", help="année de la campagne")
    lines.add_argument("--siret", help="le seul établissement ; sinon un envoi pour chacun du fichier")
    _add_reading(lines)
    lines.add_argument(
        "--sheet", action="append", default=[], metavar="FEUILLE", help="feuille à lire, s'il y en a plusieurs"
    )
    lines.add_argument("--accept-valid", action="store_true", help="prendre les bonnes lignes ; sinon tout ou rien")
    lines.add_argument("--draft", action="store_true", help="un brouillon ; sinon un dépôt")
    lines.add_argument("--nothing-to-declare", action="store_true", help="néant : aucun bénéficiaire, avec --siret")
    lines.add_argument(
        "--acknowledge-removals",
        action="append",
        default=[],
        metavar="N",
        help="le nombre exact des retraits ; SIRET=N s'il y a plusieurs établissements",
    )
    lines.add_argument("--reason", metavar="MOTIF", help="motif, quand plus de la moitié des personnes sont retirées")
    lines.add_argument("--dry-run", action="store_true", help="un essai : le rapport, et rien n'est gardé")
    lines.add_argument("--key", help="clé d'idempotence ; sinon tirée, et gardée près du fichier jusqu'à la réponse")
    lines.add_argument("--send", metavar="ADRESSE", help="envoie au graphe ; le jeton est dans HABILITATIONS_TOKEN")
    lines.add_argument("--as", dest="subject", metavar="PERSONNAGE", help="au lieu du jeton, dans la démonstration")


def _add_reading(command: Any) -> None:  # noqa: ANN401 argparse's own
    """How a file is read, and what is made of its rejected lines, for both commands."""
    command.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="EN-TÊTE=CHAMP",
        help="ce que veut dire une colonne ; IGNORED pour ne pas la lire",
    )
    command.add_argument(
        "--accept-rejected", action="store_true", help="finir par 0 malgré des lignes rejetées ; sinon par 1"
    )


def _add_import(commands: Any) -> None:  # noqa: ANN401 argparse's own
    sent = commands.add_parser("import", help="envoie une extraction, et montre ce que chaque ligne dit au registre")
    sent.add_argument("file", type=Path, metavar="FICHIER", help=".xlsx ou .csv")
    sent.add_argument("--organism", metavar="CODE", help="code de l'organisme ; sinon le vôtre, s'il est seul")
    _add_reading(sent)
    sent.add_argument("--apply", action="store_true", help="prend les lignes de l'organisme, colonnes confirmées")
    sent.add_argument(
        "--send", metavar="ADRESSE", required=True, help="le graphe ; le jeton est dans HABILITATIONS_TOKEN"
    )
    sent.add_argument("--as", dest="subject", metavar="PERSONNAGE", help="au lieu du jeton, dans la démonstration")


if __name__ == "__main__":
    sys.exit(main())
