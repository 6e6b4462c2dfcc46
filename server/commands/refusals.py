"""What a command that fails says: one French sentence.

It has no trace, and repeats no value that was typed.
"""

from graphql import GraphQLError
from sqlalchemy.exc import ArgumentError, IntegrityError

from persistence.constraints import rule_of_constraint
from persistence.faults import Busy, RegisterFault
from persistence.migrations import OtherStep
from persistence.pools import SqliteTooOld
from persistence.records import Notice, Refused
from persistence.vault import VaultError
from server.client.payroll import ExportUnreadable
from server.demo.issuer import DemoKeyUnreadable
from server.variables import SettingsError

OURS = (
    SettingsError,
    OtherStep,
    VaultError,
    ExportUnreadable,
    DemoKeyUnreadable,
    SqliteTooOld,
)
"""Errors whose text is a sentence for the operator."""


def sentence_of(fault: Exception) -> str | None:
    """Return the sentence of a failure; None for a defect, which keeps its trace."""
    match fault:
        case Refused():
            return fault.notice.message
        case IntegrityError():
            return Notice(rule_of_constraint(fault)).message
        case GraphQLError():
            return fault.message
        case Busy():
            return (
                "Le registre est occupé par un autre processus : recommencez dans un "
                "instant."
            )
        case RegisterFault():
            return (
                f"Le registre ne répond pas ({fault.args[0]}) : la base que "
                "DATABASE_URL nomme est-elle là ? « make demo » crée celle de la "
                "démonstration."
            )
        case ArgumentError():
            return (
                "La variable DATABASE_URL est mal écrite : « postgresql://hôte/base » "
                "ou « sqlite:///fichier.db »."
            )
        case _ if isinstance(fault, OURS):
            return str(fault)
        case OSError() if fault.filename is not None:
            return f"Le fichier {fault.filename} ne peut pas être lu ou écrit."
    return None
