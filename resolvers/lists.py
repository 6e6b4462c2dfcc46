"""The lists that leave the register as a file, and what each asks of the policy."""

from enum import StrEnum


class ExportedList(StrEnum):
    PARTNERS = "PARTNERS"
    CONVENTIONS = "CONVENTIONS"
    BULLETINS = "BULLETINS"
    GROUPS = "GROUPS"
    USERS = "USERS"
    AFFILIATIONS = "AFFILIATIONS"
    JOURNAL = "JOURNAL"
    DECLARATIONS = "DECLARATIONS"
    ESTABLISHMENTS = "ESTABLISHMENTS"
    LINES = "LINES"
    WORKERS = "WORKERS"
    ACTIVITY_CHANGES = "ACTIVITY_CHANGES"


TYPES = {
    ExportedList.PARTNERS: "Partner",
    ExportedList.CONVENTIONS: "Convention",
    ExportedList.BULLETINS: "MembershipBulletin",
    ExportedList.GROUPS: "Group",
    ExportedList.USERS: "User",
    ExportedList.AFFILIATIONS: "User",
    ExportedList.JOURNAL: "JournalEntry",
    ExportedList.DECLARATIONS: "Declaration",
    ExportedList.ESTABLISHMENTS: "Declaration",
    ExportedList.LINES: "DeclarationLine",
    ExportedList.WORKERS: "Worker",
    ExportedList.ACTIVITY_CHANGES: "ActivityChange",
}
"""The type of the policy whose `export` a list asks for: its rows are read by it."""
