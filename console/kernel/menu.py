"""What surrounds every page: the menu of whoever is signed in, their perimeter, and small words for templates."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graphql import get_named_type
from jinja2 import Environment
from markupsafe import Markup, escape

from . import typography
from .act_form import filled
from .documents import ConsoleDocument
from .masking import Mask
from .page import ListColumn, called
from .rendering import path, printed
from .site import Site
from .wording import EnumWord, words


@dataclass(frozen=True, slots=True)
class MenuEntry:
    title: str
    path: str
    needs: str
    """The action that the menu needs, or the kind of person: `partner`, `all`."""


AGENT = (
    MenuEntry("Mes actions", "/", "all"),
    MenuEntry("Partenaires", "/partenaires", "PARTNER_READ"),
    MenuEntry("Bulletins", "/bulletins", "MEMBERSHIP_BULLETIN_READ"),
    MenuEntry("Utilisateurs", "/utilisateurs", "USER_READ"),
    MenuEntry("Imports", "/imports", "IMPORT_READ"),
    MenuEntry("Migration", "/migration", "PARTNER_READ"),
    MenuEntry("Journal", "/journal", "JOURNAL_ENTRY_READ"),
    MenuEntry("Référentiel", "/referentiel", "ORGANISM_WRITE"),
    MenuEntry("Agents", "/agents", "AGENT_READ"),
)
PARTNER = (
    MenuEntry("Mes actions", "/", "all"),
    MenuEntry("Mes utilisateurs", "/utilisateurs", "USER_READ"),
    MenuEntry("Mes services", "/services", "all"),
    MenuEntry("Journal", "/journal", "JOURNAL_ENTRY_READ"),
)
NOTHING = Markup('<span class="hint">—</span>')
TONES = {
    "ok": {"OPEN", "IN_FORCE", "DONE", "MANAGING", "ELIGIBLE", "APPLIED", "TAKEN"},
    "warn": {"SUSPENDED", "ANNOUNCED", "SIGNED", "TODO", "CONFLICT", "CHANGED", "CASE_3_AND_LEGACY"},
    "bad": {"CLOSED", "EXPIRED", "REJECTED", "NOT_ELIGIBLE"},
    "info": {"DELEGATED", "CENTRALISED", "DRAFT", "NEW", "CASE_1", "CASE_2", "CASE_3"},
}
PLACES = {
    "Partner": "/partenaires",
    "Convention": "/conventions",
    "MembershipBulletin": "/bulletins",
    "Establishment": "/etablissements",
    "Group": "/groupes",
    "User": "/utilisateurs",
    "Organism": "/organismes",
    "Import": "/imports",
}
LINKS = {
    "USER": "la personne",
    "GROUP": "le groupe",
    "ROLE": "le rôle",
    "ESTABLISHMENT": "l’établissement",
    "SERVICE": "le service",
    "MANAGER": "la gestion des habilitations :",
    "POST": "le poste",
    "ORGANISM": "l’organisme",
}


def is_agent(viewer: Mask) -> bool:
    return bool(viewer.posts)


def menu_of(viewer: Mask) -> Sequence[MenuEntry]:
    """The entries that this person may use."""
    return [e for e in (AGENT if is_agent(viewer) else PARTNER) if e.needs in {"all", *viewer.may}]


def perimeter(viewer: Mask) -> str:
    """What this person speaks for: their organisms, or their partners."""
    names = [organism.name for organism in viewer.organisms]
    names += [a.partner.name for a in viewer.affiliations if a.partner is not None]
    return ", ".join(dict.fromkeys(names)) or "aucun"


def tone(word: Any) -> str:  # noqa: ANN401 a word, or a text
    return next((tone for tone, words in TONES.items() if str(word) in words), "")


def shown_as(column: ListColumn, value: Any) -> Any:  # noqa: ANN401 a value of a list
    """A cell of a list on the screen."""
    if value is None or value == []:
        return NOTHING
    if isinstance(value, list):
        sentences = any(str(item).endswith(".") for item in value)
        between = Markup("<br>") if sentences else Markup(", ")
        return between.join(shown_as(column, item) for item in value)
    match column.kind:
        case "siret":
            return Markup('<span class="siret">{}</span>').format(typography.siret(value))
        case "yes":
            return Markup('<span class="badge warn">{}</span>').format(column.title) if value else NOTHING
        case "status":
            return Markup('<span class="badge {}">{}</span>').format(tone(value), getattr(value, "label", value))
    if type(value) is date:
        return typography.short_day(value)
    return printed(value)


def marked_siret(value: str, differences: Sequence[int]) -> Markup:
    """A SIRET whose digits that differ are marked; the positions count from one."""
    digits = [
        Markup("<mark>{}</mark>").format(d) if i in differences else escape(d) for i, d in enumerate(value, start=1)
    ]
    for place in (9, 6, 3):
        digits.insert(place, escape(typography.NBSP))
    return Markup('<span class="siret">{}</span>').format(Markup("").join(digits))


def page_of(mask: Mask) -> str:
    """The address of an object that has a page."""
    place = PLACES.get(mask.selection_.type.name)
    return f"{place}/{mask.id}" if place and "id" in mask.selection_.fields else ""


def called_by(mask: Mask) -> str:
    """The name of an object, where its page asks for one."""
    names = (mask[key] for key in ("name", "label", "number") if key in mask.selection_.fields)
    return next((str(name) for name in names if name), "")


def link_name(kind: str) -> str:
    """A link of an explanation, as its name is introduced."""
    return LINKS.get(kind, "")


def page_context(templates: Environment, site: Site) -> None:
    """What every template may call."""
    templates.globals |= {
        "menu_of": menu_of,
        "perimeter": perimeter,
        "is_agent": is_agent,
        "tone": tone,
        "shown_as": shown_as,
        "at": path,
        "filled": filled,
        "called": called,
        "act_named": site.acts.__getitem__,
        "pretty": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
        "day_of": lambda text: typography.day(date.fromisoformat(text)),
        "marked_siret": marked_siret,
        "link_name": link_name,
        "page_of": page_of,
        "called_by": called_by,
        "word": lambda value: value.label if isinstance(value, EnumWord) else value,
        "can": can,
        "choices_of": choices_of,
        **site.functions,
    }


def can(viewer: Mask, action: str) -> bool:
    return action in viewer.may


def choices_of(document: ConsoleDocument, variable: str) -> Sequence[tuple[str, str]]:
    """The values of an enum that a document takes, with their words, in the order of the words."""
    return sorted(words(get_named_type(document.variables[variable])).items(), key=lambda pair: pair[1])
