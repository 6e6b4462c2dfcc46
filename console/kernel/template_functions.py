"""The functions that templates call: badges, links, names, words."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from graphql import get_named_type
from jinja2 import Environment
from markupsafe import Markup, escape

from . import menu, typography
from .act_form import fill_address
from .documents import ConsoleDocument
from .masking import Mask
from .page import ListColumn, row_title
from .paths import path
from .rendering import print_value
from .site import Site
from .wording import EnumWord, words

NOTHING = Markup('<span class="hint">—</span>')
SIRET = Markup('<span class="siret">{}</span>')
BADGE = Markup('<span class="badge {}">{}</span>')
MARK = Markup("<mark>{}</mark>")
SPACES_OF_A_SIRET = (9, 6, 3)
"""After how many digits a space stands, the last one first."""
TONES = {
    "ok": {
        "OPEN",
        "IN_FORCE",
        "DONE",
        "MANAGING",
        "ELIGIBLE",
        "APPLIED",
        "TAKEN",
    },
    "warn": {
        "SUSPENDED",
        "ANNOUNCED",
        "SIGNED",
        "TODO",
        "CONFLICT",
        "CHANGED",
        "CASE_3_AND_LEGACY",
    },
    "bad": {
        "CLOSED",
        "EXPIRED",
        "REJECTED",
        "NOT_ELIGIBLE",
    },
    "info": {
        "DELEGATED",
        "CENTRALISED",
        "DRAFT",
        "NEW",
        "CASE_1",
        "CASE_2",
        "CASE_3",
    },
}
"""The class of a badge, with the statuses that take it."""
ADDRESSES = {
    "Partner": "/partenaires",
    "Convention": "/conventions",
    "MembershipBulletin": "/bulletins",
    "Establishment": "/etablissements",
    "Group": "/groupes",
    "User": "/utilisateurs",
    "Organism": "/organismes",
    "Import": "/imports",
    "Declaration": "/declarations",
}
"""Where the pages of the objects of a type are."""
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
NAME_FIELDS = ("name", "label", "number")


def tone(word: Any) -> str:  # noqa: ANN401 a word, or a text
    """The class of the badge of a status; "" for one that calls for no attention."""
    for name, statuses in TONES.items():
        if str(word) in statuses:
            return name
    return ""


def cell_html(column: ListColumn, value: Any) -> Any:  # noqa: ANN401 a value of a list
    """A cell of a list on the screen."""
    if value is None or value == []:
        return NOTHING
    if isinstance(value, list):
        return _separator(value).join(cell_html(column, item) for item in value)
    match column.kind:
        case "siret":
            return SIRET.format(typography.siret(value))
        case "yes":
            return BADGE.format("warn", column.title) if value else NOTHING
        case "status":
            return BADGE.format(tone(value), word_of(value))
    is_day = type(value) is date
    return typography.short_day(value) if is_day else print_value(value)


def _separator(values: Sequence[Any]) -> Markup:
    """Sentences stand one a line, other values one after the other."""
    are_sentences = any(str(value).endswith(".") for value in values)
    return Markup("<br>") if are_sentences else Markup(", ")


def siret_with_differences(value: str, differences: Sequence[int]) -> Markup:
    """A SIRET whose digits that differ are marked; the positions count from one."""
    digits = []
    for position, digit in enumerate(value, start=1):
        marked = position in differences
        digits.append(MARK.format(digit) if marked else escape(digit))
    for place in SPACES_OF_A_SIRET:
        digits.insert(place, escape(typography.NBSP))
    return SIRET.format(Markup("").join(digits))


def page_address(mask: Mask) -> str:
    """The address of the page of an object; "" when it has none."""
    folder = ADDRESSES.get(mask.selection_.type.name)
    if folder is None or "id" not in mask.selection_.fields:
        return ""
    return f"{folder}/{mask.id}"


def object_name(mask: Mask) -> str:
    """The name of an object, where its page asks for one; else ""."""
    for key in NAME_FIELDS:
        if key in mask.selection_.fields and mask[key]:
            return str(mask[key])
    return ""


def link_name(kind: str) -> str:
    """How the object of a link of an explanation is introduced."""
    return LINKS.get(kind, "")


def word_of(value: Any) -> Any:  # noqa: ANN401 a value of the answer
    """The French word of a value of an enum; any other value as it is."""
    return value.label if isinstance(value, EnumWord) else value


def choices_of(document: ConsoleDocument, variable: str) -> Sequence[tuple[str, str]]:
    """The values of an enum that a document takes, in the order of their words."""
    pairs = words(get_named_type(document.variables[variable])).items()
    return sorted(pairs, key=lambda pair: pair[1])


def pretty_json(value: Any) -> str:  # noqa: ANN401 a JSON value
    return json.dumps(value, ensure_ascii=False, indent=2)


def day_in_words(text: str) -> str:
    """« 1er décembre 2026 », from « 2026-12-01 »."""
    return typography.day(date.fromisoformat(text))


def add_functions(templates: Environment, site: Site) -> None:
    """Give every template its functions, and those of the features."""
    templates.globals |= {
        "menu_of": menu.menu_of,
        "perimeter": menu.perimeter,
        "is_agent": menu.is_agent,
        "can": menu.can,
        "tone": tone,
        "shown_as": cell_html,
        "at": path,
        "filled": fill_address,
        "called": row_title,
        "act_named": site.acts.__getitem__,
        "pretty": pretty_json,
        "day_of": day_in_words,
        "marked_siret": siret_with_differences,
        "link_name": link_name,
        "page_of": page_address,
        "called_by": object_name,
        "word": word_of,
        "choices_of": choices_of,
        **site.functions,
    }
