"""Bulletins and the services that they open."""

from console.kernel.act_form import ActForm

BULLETIN = "/bulletins/{bulletinId}"
SERVICES = "/partenaires/{access.partner.id}/services"

ACTS = (
    ActForm(
        "bulletinPrepare",
        "Préparer un bulletin d’adhésion",
        "Préparer le bulletin",
        "Le bulletin est préparé.",
        "/partenaires/{convention.partner.id}/services/{serviceId}/ouvrir",
        root="convention",
        choices={
            "roleIds": "service.roles",
            "establishmentIds": "convention.place.establishments.nodes",
        },
        prefill={"siret": "convention.siret"},
        required={"establishmentIds": "service.needsEstablishment"},
        notes={
            "establishmentIds": ("", "ou des départements"),
            "departments": ("", "ou des établissements"),
        },
        review=False,
    ),
    ActForm(
        "bulletinSign",
        "Enregistrer les signatures du bulletin",
        "Enregistrer les signatures",
        "Le bulletin est signé.",
        BULLETIN,
        root="bulletin",
        version="bulletin.version",
    ),
    ActForm(
        "bulletinReplace",
        "Remplacer le bulletin",
        "Remplacer",
        "Le bulletin est remplacé.",
        BULLETIN,
        root="bulletin",
        version="bulletin.version",
        choices={"successorId": "bulletin.access.bulletins.nodes"},
        initial={"on": "today"},
    ),
    ActForm(
        "bulletinClose",
        "Fermer le bulletin",
        "Fermer le bulletin",
        "La fermeture du bulletin est enregistrée.",
        BULLETIN,
        root="bulletin",
        version="bulletin.version",
        initial={"on": "today"},
        danger=True,
    ),
    ActForm(
        "bulletinClosingCancel",
        "Annuler la fermeture annoncée",
        "Annuler la fermeture",
        "La fermeture annoncée est annulée.",
        BULLETIN,
        root="bulletin",
        version="bulletin.version",
    ),
    ActForm(
        "serviceOpen",
        "Ouvrir le service",
        "Ouvrir le service",
        "Le service est ouvert.",
        "/partenaires/{bulletin.partner.id}/services",
        root="bulletin",
        version="bulletin.version",
        initial={"on": "today"},
    ),
    ActForm(
        "serviceSuspend",
        "Suspendre le service",
        "Suspendre",
        "Le service est suspendu.",
        SERVICES,
        root="access",
        version="access.version",
        danger=True,
    ),
    ActForm(
        "serviceResume",
        "Rétablir le service",
        "Rétablir",
        "Le service est rétabli.",
        SERVICES,
        root="access",
        version="access.version",
    ),
)
