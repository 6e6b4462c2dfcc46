"""Declarations: what was received of one, on paper, and the letter to each person."""

from console.kernel.campaigns import campaign_of_year, current_campaign
from console.kernel.page import Page

from .checking import check_context, post_check
from .entering import entry_context, post_entry
from .nobody import nobody_context, post_nobody
from .rostering import notice_context, post_roster

PAGES = (
    Page("/declarer", "declaring", "Déclarer", fill=current_campaign),
    Page(
        "/declarations/{id}",
        "receipt",
        "Accusé d’enregistrement",
        "/services",
        root="node",
    ),
    Page(
        "/lignes/{id}/lettre",
        "letter",
        "Lettre au travailleur",
        "/services",
        root="node",
        opening="workerLetterOpen",
        opening_id="lineId",
    ),
    Page(
        "/declarations/{establishment}/{year}",
        "declaration_roster",
        "Effectif",
        "/declarer",
        root="establishment.name",
        fill=campaign_of_year,
        rows="establishment.roster",
        more=notice_context,
        post=post_roster,
    ),
    Page(
        "/declarations/{establishment}/{year}/saisie",
        "declaration_entry",
        "Saisie",
        "/declarer",
        root="establishment.name",
        fill=campaign_of_year,
        rows="establishment.drafts.nodes.0.draftLines",
        more=entry_context,
        post=post_entry,
    ),
    Page(
        "/declarations/{establishment}/{year}/verifier",
        "declaration_check",
        "Vérifier et déposer",
        "/declarer",
        root="establishment.name",
        fill=campaign_of_year,
        more=check_context,
        post=post_check,
    ),
    Page(
        "/declarations/{establishment}/{year}/suites",
        "declaration_outcomes",
        "Suites",
        "/declarer",
        root="establishment.name",
        fill=campaign_of_year,
        more=notice_context,
    ),
    Page(
        "/declarations/{establishment}/{year}/neant",
        "nobody",
        "Aucune personne à déclarer",
        "/declarer",
        root="establishment.name",
        fill=campaign_of_year,
        more=nobody_context,
        post=post_nobody,
    ),
)
