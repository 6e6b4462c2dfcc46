"""The pages of whoever is signed in."""

from console.kernel.campaigns import current_campaign
from console.kernel.page import Page

PAGES = (
    Page("/", "worklist", "Mes actions à faire", fill=current_campaign),
    Page("/aide", "help", "Aide et Centre de ressources"),
    Page("/accessibilite", "accessibility", "Accessibilité"),
)
