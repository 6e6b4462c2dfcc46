"""Who may do what, and why; and the services of whoever is signed in."""

from console.kernel.page import Page

PAGES = (
    Page("/pourquoi", "why", "Pourquoi ?", "/partenaires", root="explain"),
    Page("/qui", "who_can", "Qui peut ?", "/partenaires", root="whoCan"),
    Page("/services", "services", "Mes services"),
)
