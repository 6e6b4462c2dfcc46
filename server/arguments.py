"""The arguments of the command line, their help, and what a misuse says, in French."""

import argparse
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from .misuses import sentence_of
from .proof_arguments import add_keys, add_proofs

EPILOGUE = Path(__file__).parent / "epilogue.txt"


class Parser(argparse.ArgumentParser):
    """Says one French sentence on a misuse, and exits with code 2."""

    def error(self, message: str) -> NoReturn:
        sentence = sentence_of(message)
        self.exit(2, f"{self.prog} : {sentence}. Voir « {self.prog} --help ».\n")


class Version(argparse.Action):
    """Prints the version, and exits."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"habilitations {metadata.version('habilitations')}")
        parser.exit()


def command_line() -> Parser:
    parser = Parser(
        prog="habilitations",
        description=(
            "Le graphe de « Mon Compte Partenaire » : conventions, habilitations, "
            "service Esat."
        ),
        epilog=EPILOGUE.read_text("utf-8"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action=Version, nargs=0, help="dit la version, et s'arrête"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    commands.add_parser(
        "demo", help="prépare le monde fictif dans .demo/, montre quoi essayer, et sert"
    )
    commands.add_parser("serve", help="sert le graphe sur HOST:PORT")
    commands.add_parser("migrate", help="amène la base à la dernière étape")
    seed = commands.add_parser("seed", help="écrit le référentiel dans une base vide")
    seed.add_argument("--demo", action="store_true", help="et le monde fictif")
    schema = commands.add_parser("schema", help="écrit schema/schema.graphql")
    schema.add_argument(
        "--check", action="store_true", help="compare seulement, sans écrire"
    )
    _add_appoint_national(commands)
    add_keys(commands)
    add_proofs(commands)
    commands.add_parser(
        "purge",
        help="efface les clés d'idempotence dont le délai est passé ; à lancer chaque "
        "jour",
    )
    _add_lines(commands)
    _add_import(commands)
    _add_demonstration(commands)
    return parser


def _add_lines(commands: Any) -> None:  # noqa: ANN401 argparse's own
    lines = commands.add_parser(
        "lines",
        help="lit un export de paie : donne les variables de l'acte, ou l'envoie",
    )
    lines.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FICHIER",
        help=".xlsx ou .csv ; aucun pour un néant",
    )
    lines.add_argument(
        "--campaign",
        type=int,
        required=True,
        metavar="ANNÉE",
        help="année de la campagne",
    )
    lines.add_argument(
        "--siret", help="le seul établissement ; sinon un envoi pour chacun du fichier"
    )
    _add_reading(lines)
    lines.add_argument(
        "--sheet",
        action="append",
        default=[],
        metavar="FEUILLE",
        help="feuille à lire, s'il y en a plusieurs",
    )
    lines.add_argument(
        "--accept-valid",
        action="store_true",
        help="prendre les bonnes lignes ; sinon tout ou rien",
    )
    lines.add_argument(
        "--draft", action="store_true", help="un brouillon ; sinon un dépôt"
    )
    lines.add_argument(
        "--nothing-to-declare",
        action="store_true",
        help="néant : aucun bénéficiaire, avec --siret",
    )
    lines.add_argument(
        "--acknowledge-removals",
        action="append",
        default=[],
        metavar="N",
        help="le nombre exact des retraits ; SIRET=N s'il y a plusieurs établissements",
    )
    lines.add_argument(
        "--reason",
        metavar="MOTIF",
        help="motif, quand plus de la moitié des personnes sont retirées",
    )
    lines.add_argument(
        "--dry-run",
        action="store_true",
        help="un essai : le rapport, et rien n'est gardé",
    )
    lines.add_argument(
        "--key",
        help="clé d'idempotence ; sinon tirée, et gardée près du fichier jusqu'à la "
        "réponse",
    )
    lines.add_argument(
        "--send",
        metavar="ADRESSE",
        help="envoie au graphe ; le jeton est dans HABILITATIONS_TOKEN",
    )
    lines.add_argument(
        "--as",
        dest="subject",
        metavar="PERSONNAGE",
        help="au lieu du jeton, dans la démonstration",
    )


def _add_reading(command: Any) -> None:  # noqa: ANN401 argparse's own
    """Add how a file is read, and what its rejected lines do to the exit code."""
    command.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="EN-TÊTE=CHAMP",
        help="ce que veut dire une colonne ; IGNORED pour ne pas la lire",
    )
    command.add_argument(
        "--accept-rejected",
        action="store_true",
        help="finir par 0 malgré des lignes rejetées ; sinon par 1",
    )


def _add_import(commands: Any) -> None:  # noqa: ANN401 argparse's own
    import_ = commands.add_parser(
        "import",
        help="envoie une extraction, et montre ce que chaque ligne dit au registre",
    )
    import_.add_argument("file", type=Path, metavar="FICHIER", help=".xlsx ou .csv")
    import_.add_argument(
        "--organism",
        metavar="CODE",
        help="code de l'organisme ; sinon le vôtre, s'il est seul",
    )
    _add_reading(import_)
    import_.add_argument(
        "--apply",
        action="store_true",
        help="prend les lignes de l'organisme, colonnes confirmées",
    )
    import_.add_argument(
        "--send",
        metavar="ADRESSE",
        required=True,
        help="le graphe ; le jeton est dans HABILITATIONS_TOKEN",
    )
    import_.add_argument(
        "--as",
        dest="subject",
        metavar="PERSONNAGE",
        help="au lieu du jeton, dans la démonstration",
    )


def _add_appoint_national(commands: Any) -> None:  # noqa: ANN401 argparse's own
    national = commands.add_parser(
        "appoint-national",
        help="nomme le premier administrateur national, hors du graphe",
    )
    for name, words in {
        "issuer": "émetteur de ses jetons (`iss`)",
        "subject": "sujet de ses jetons (`sub`)",
        "given-name": "prénom",
        "family-name": "nom",
        "email": "adresse professionnelle",
    }.items():
        national.add_argument(f"--{name}", required=True, help=words)
    national.add_argument(
        "--again",
        action="store_true",
        help="un de plus, quand plus personne ne peut en nommer",
    )


def _add_demonstration(commands: Any) -> None:  # noqa: ANN401 argparse's own
    """Add the commands that act as a persona of the demonstration."""
    token = commands.add_parser("token", help="fait un jeton de la démonstration")
    token.add_argument(
        "--as",
        dest="subject",
        required=True,
        metavar="PERSONNAGE",
        help="voir la liste de `demo`",
    )
    sql = commands.add_parser(
        "sql", help="montre ce qu'une requête devient : arbre, SQL, valeurs, plan"
    )
    sql.add_argument(
        "query", metavar="REQUÊTE", help="texte d'une requête, sans variables"
    )
    sql.add_argument(
        "--as",
        dest="subject",
        required=True,
        metavar="PERSONNAGE",
        help="voir la liste de `demo`",
    )
