"""Conventions and the contracts that they succeed one another in."""

from console.kernel.page import Page

PAGES = (
    Page(
        "/partenaires/{id}/contrats",
        "partner_contracts",
        "Contrats",
        "/partenaires",
        root="partner",
    ),
    Page("/conventions/{id}", "convention", "Convention", "/partenaires", root="node"),
)
