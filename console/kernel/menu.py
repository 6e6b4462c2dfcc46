"""The menu of whoever is signed in, and the perimeter that they speak for."""

from collections.abc import Sequence
from dataclasses import dataclass

from .masking import Mask

EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the menu, with the action that it needs, or `EVERYBODY`."""

    title: str
    path: str
    needs: str


AGENT = (
    MenuEntry("Mes actions", "/", EVERYBODY),
    MenuEntry("Partenaires", "/partenaires", "PARTNER_READ"),
    MenuEntry("Campagne", "/campagne", "DECLARATION_READ"),
    MenuEntry("Traitement", "/traitement", "DECLARATION_LINE_READ"),
    MenuEntry("Bulletins", "/bulletins", "MEMBERSHIP_BULLETIN_READ"),
    MenuEntry("Utilisateurs", "/utilisateurs", "USER_READ"),
    MenuEntry("Imports", "/imports", "IMPORT_READ"),
    MenuEntry("Migration", "/migration", "PARTNER_READ"),
    MenuEntry("Journal", "/journal", "JOURNAL_ENTRY_READ"),
    MenuEntry("Référentiel", "/referentiel", "ORGANISM_WRITE"),
    MenuEntry("Agents", "/agents", "AGENT_READ"),
)
PARTNER = (
    MenuEntry("Mes actions", "/", EVERYBODY),
    MenuEntry("Déclarer", "/declarer", "DECLARATION_PREPARE"),
    MenuEntry("Mes utilisateurs", "/utilisateurs", "USER_READ"),
    MenuEntry("Mes services", "/services", EVERYBODY),
    MenuEntry("Journal", "/journal", "JOURNAL_ENTRY_READ"),
)


def is_agent(viewer: Mask) -> bool:
    """Whether somebody has a post in an organism, rather than a place at a partner."""
    return bool(viewer.posts)


def can(viewer: Mask, action: str) -> bool:
    """Whether the rights of somebody hold this action, somewhere."""
    return action in viewer.may


def menu_of(viewer: Mask) -> Sequence[MenuEntry]:
    """The entries that this person may use."""
    entries = AGENT if is_agent(viewer) else PARTNER
    usable = {EVERYBODY, *viewer.may}
    return [entry for entry in entries if entry.needs in usable]


def perimeter(viewer: Mask) -> str:
    """The names of the organisms and of the partners that this person speaks for."""
    names = [organism.name for organism in viewer.organisms]
    partners = [affiliation.partner for affiliation in viewer.affiliations]
    names += [partner.name for partner in partners if partner is not None]
    without_repeats = dict.fromkeys(names)
    return ", ".join(without_repeats) or "aucun"
