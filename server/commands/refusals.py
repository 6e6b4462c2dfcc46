"""What a command says when it cannot be done: one French sentence, no trace, no value that was typed."""

from persistence.migrations import OtherStep
from persistence.records import Refused
from persistence.vault import VaultError
from server.payroll import ExportUnreadable
from server.settings import SettingsError

OURS = (SettingsError, OtherStep, VaultError, ExportUnreadable)


def sentence_of(fault: Exception) -> str | None:
    """None for a defect: it keeps its trace."""
    match fault:
        case Refused():
            return fault.notice.message
        case _ if isinstance(fault, OURS):
            return str(fault)
        case OSError() if fault.filename is not None:
            return f"Le fichier {fault.filename} ne peut pas être lu ou écrit."
    return None
