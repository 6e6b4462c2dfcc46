"""The arguments of the commands of keys and of proofs, and their help, in French."""

from pathlib import Path
from typing import Any


def add_keys(commands: Any) -> None:  # noqa: ANN401 argparse's own
    keys = commands.add_parser(
        "keys",
        help="écrit les clés des numéros et celle qui signe les reçus ; ajoute "
        "celle-ci à un fichier qui ne l'a pas",
    )
    keys.add_argument("file", type=Path, metavar="FICHIER")
    keys.add_argument(
        "--sign-anew",
        action="store_true",
        help="change la clé qui signe ; les reçus déjà signés restent valables",
    )


def add_proofs(commands: Any) -> None:  # noqa: ANN401 argparse's own
    """Add the commands that check what was signed."""
    verify = commands.add_parser(
        "verify", help="vérifie un reçu hors ligne, et montre ce qu'il dit"
    )
    verify.add_argument("file", type=Path, metavar="FICHIER")
    verify.add_argument(
        "--key",
        required=True,
        metavar="CLÉ",
        help="la clé publique en base64, ou le fichier que /keys publie",
    )
    journal = commands.add_parser("journal", help="vérifie la chaîne du journal")
    journal.add_argument("check", choices=["verify"], metavar="verify")
    journal.add_argument(
        "--key", metavar="CLÉ", help="de même ; sinon celles du fichier de clés"
    )
    journal.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="FICHIER",
        help="un reçu gardé ailleurs, que le journal doit encore contenir",
    )
