"""Declarations: what was received of one, on paper, and the letter to each person."""

from console.kernel.page import Page

PAGES = (
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
)
