"""The pages of whoever is signed in."""

from console.kernel.page import Page

PAGES = (
    Page("/", "worklist", "Mes actions à faire"),
    Page("/aide", "help", "Aide et Centre de ressources"),
    Page("/accessibilite", "accessibility", "Accessibilité"),
)
