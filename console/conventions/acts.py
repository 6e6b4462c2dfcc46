"""Acts on conventions, on their mode of management and on their managers."""

from console.kernel.act_form import EITHER, ActForm
from console.kernel.forms import Option

PARTNER = "/partenaires/{partner.id}"
CONTRACTS = "/partenaires/{convention.partner.id}/contrats"

VERIFIED = (
    Option(
        "mission",
        "La mission",
        "Elle est toujours celle du partenaire (R55).",
        must=True,
    ),
    Option("siret", "Le SIRET"),
    Option("raison sociale", "La raison sociale"),
)
"""What an amendment verifies, as the register knows it."""

ACTS = (
    ActForm(
        "conventionPrepare",
        "Préparer une convention",
        "Préparer la convention",
        "La convention est préparée.",
        PARTNER + "/contrats",
        root="partner",
        choices={"missionIds": "missions"},
    ),
    ActForm(
        "conventionRecord",
        "Enregistrer la convention existante",
        "Enregistrer la convention",
        "La convention est enregistrée.",
        PARTNER + "/contrats",
        root="partner",
        choices={"missionIds": "missions"},
    ),
    ActForm(
        "conventionSign",
        "Enregistrer les signatures de la convention",
        "Enregistrer les signatures",
        "La convention est signée.",
        CONTRACTS,
        root="convention",
        version="convention.version",
    ),
    ActForm(
        "conventionAmend",
        "Enregistrer un avenant",
        "Enregistrer l’avenant",
        "L’avenant est enregistré.",
        CONTRACTS,
        root="convention",
        version="convention.version",
        choices={"missionIds": "missions"},
        prefill={"missionIds": "convention.missions"},
        boxes={"verifiedFields": VERIFIED},
    ),
    ActForm(
        "conventionClose",
        "Clôturer la convention",
        "Clôturer la convention",
        "La clôture est enregistrée.",
        CONTRACTS,
        root="convention",
        version="convention.version",
        initial={"on": "today"},
        sensitive=True,
        danger=True,
    ),
    ActForm(
        "conventionClosingCancel",
        "Annuler la clôture annoncée",
        "Annuler la clôture",
        "La clôture annoncée est annulée.",
        CONTRACTS,
        root="convention",
        version="convention.version",
    ),
    ActForm(
        "conventionSuspend",
        "Suspendre la convention",
        "Suspendre",
        "La convention est suspendue.",
        CONTRACTS,
        root="convention",
        version="convention.version",
        sensitive=True,
        danger=True,
    ),
    ActForm(
        "conventionResume",
        "Reprendre la convention suspendue",
        "Reprendre",
        "La suspension a pris fin.",
        CONTRACTS,
        root="convention",
        version="convention.version",
    ),
    ActForm(
        "delegationChange",
        "Changer de mode de gestion",
        "Changer de mode de gestion",
        "Le changement de mode est enregistré.",
        PARTNER + "/contrats",
        root="partner",
        version="partner.version",
        rows={"switch.bulletins": "partner.conventionInForce.services.?open.service"},
        labels={"switch": "La bascule"},
        notes={
            "members": ("", "à dire à la bascule, quand des personnes sont incluses")
        },
        sensitive=True,
    ),
    ActForm(
        "cnaHandBack",
        "Rendre le dossier à la Caf signataire",
        "Rendre le dossier",
        "Le dossier est rendu à la Caf signataire.",
        PARTNER,
        root="partner",
        version="partner.version",
    ),
    ActForm(
        "managerAppoint",
        "Nommer un gestionnaire des habilitations",
        "Nommer",
        "Le gestionnaire est nommé.",
        CONTRACTS,
        root="convention",
        version="convention.version",
        choices={"userId": "convention.people.affiliations.nodes.user"},
        notes={"userId": EITHER, "person": EITHER},
        tells=True,
    ),
    ActForm(
        "managerEnd",
        "Mettre fin à une gestion des habilitations",
        "Mettre fin",
        "La fin est enregistrée.",
        "/partenaires/{manager.partner.id}/contrats",
        root="manager",
        version="manager.version",
        initial={"on": "today"},
        danger=True,
    ),
)
