"""The NIR of one person, read with a reason that the journal keeps."""

from console.kernel.act_form import ActForm

ACTS = (
    ActForm(
        "workerNirReveal",
        "Lire un numéro de sécurité sociale",
        "Afficher le numéro",
        "La lecture est inscrite au journal, avec son motif.",
        "/traitement",
        root="worker",
        section="/traitement",
        labels={"reason": "Pourquoi le lire"},
        hints={
            "reason": (
                "Gardé au journal : n’y mettez ni nom ni numéro. Par exemple : "
                "rapprochement avec le dossier de l’allocataire."
            )
        },
        review=False,
        tells=True,
    ),
)
