"""The whole console: the acts and the pages of every feature."""

from collections.abc import Callable
from typing import Any

from console.account.routes import sign_in_fault
from console.campaign.board import deposits_by_day
from console.declarations.declaration_acts import MUTATIONS as DECLARING
from console.declarations.situations import (
    declaring_address,
    declaring_places,
    situation_of,
)
from console.imports.changes import changes_of
from console.kernel.act_form import ActForm
from console.kernel.site import Site
from console.partners.migration import by_organism

from . import drawing
from .account import pages as account
from .bulletins import acts as bulletin_acts
from .bulletins import pages as bulletins
from .campaign import acts as campaign_acts
from .campaign import pages as campaign
from .conventions import acts as convention_acts
from .conventions import pages as conventions
from .declarations import pages as declarations
from .imports import acts as import_acts
from .imports import pages as imports
from .journal import pages as journal
from .partners import acts as partner_acts
from .partners import pages as partners
from .people import acts as people_acts
from .people import pages as people
from .processing import acts as processing_acts
from .processing import figures
from .processing import pages as processing
from .processing.queues import MUTATIONS
from .reference import acts as reference_acts
from .reference import pages as reference
from .rights import pages as rights

PAGES = (
    *account.PAGES,
    *partners.PAGES,
    *conventions.PAGES,
    *bulletins.PAGES,
    *people.PAGES,
    *rights.PAGES,
    *declarations.PAGES,
    *campaign.PAGES,
    *processing.PAGES,
    *imports.PAGES,
    *journal.PAGES,
    *reference.PAGES,
)

_ALL: tuple[ActForm, ...] = (
    *partner_acts.ACTS,
    *convention_acts.ACTS,
    *bulletin_acts.ACTS,
    *people_acts.ACTS,
    *campaign_acts.ACTS,
    *processing_acts.ACTS,
    *import_acts.ACTS,
    *reference_acts.ACTS,
)
ACTS = {act.name: act for act in _ALL}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "deposits_by_day": deposits_by_day,
    "day_columns": drawing.day_columns,
    "hatches": drawing.hatches,
    "share_bar": drawing.share_bar,
    "swatch": drawing.swatch,
    "by_organism": by_organism,
    "changes_of": changes_of,
    "decimals": figures.decimals,
    "instant_of": figures.instant_of,
    "numeric_day": figures.numeric_day,
    "sign_in_fault": sign_in_fault,
    "without": figures.without,
    "declaring_address": declaring_address,
    "declaring_places": declaring_places,
    "situation_of": situation_of,
}

SITE = Site(ACTS, PAGES, FUNCTIONS, (*MUTATIONS, *DECLARING))
