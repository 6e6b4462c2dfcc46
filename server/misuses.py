"""What a command that is badly written says, in French."""

import re

MISUSES = (
    (r"the following arguments are required: (.+)", "il manque {0}"),
    (r"unrecognized arguments: .+", "un mot de trop ou une option inconnue"),
    (r"ambiguous option: (\S+) could match (.+)", "{0} peut vouloir dire {1}"),
    (r"argument (.+): invalid choice: .+ \(choose from (.+)\)", "{0} : un de {1}"),
    (r"argument (.+): invalid int value: .+", "{0} : un nombre entier"),
    (r"argument (.+): expected .*argument.*", "{0} : il manque sa valeur"),
)
"""What argparse says of a misuse, and what we say."""


def sentence_of(message: str) -> str:
    """Return our sentence for a message of argparse."""
    for pattern, sentence in MISUSES:
        match = re.fullmatch(pattern, message)
        if match is not None:
            return sentence.format(*match.groups())
    return "commande mal écrite"
