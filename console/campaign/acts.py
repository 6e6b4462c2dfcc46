"""Reminding establishments of their certificate."""

from console.kernel.act_form import ActForm

ACTS = (
    ActForm(
        "declarationRemind",
        "Relancer",
        "Relancer",
        "L’établissement est relancé : un avis l’attend sur sa page d’accueil.",
        "/campagne",
        root="establishment",
        section="/campagne",
        hidden=frozenset({"establishmentId"}),
    ),
)
