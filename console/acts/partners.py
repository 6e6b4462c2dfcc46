"""Partners: registered, found eligible, attested, their establishments, their SIRET."""

from .act import Act

PARTNER = "/partenaires/{partner.id}"

PARTNERS = (
    Act(
        "partnerRegister",
        "Enregistrer un partenaire",
        "Enregistrer le partenaire",
        "Le partenaire est enregistré.",
        "/partenaires",
        choices={"organismId": "viewer.organisms"},
    ),
    Act(
        "establishmentAdd",
        "Rattacher un établissement",
        "Rattacher l’établissement",
        "L’établissement est rattaché.",
        PARTNER,
        root="partner",
        version="partner.version",
    ),
    Act(
        "establishmentEnd",
        "Mettre fin au rattachement d’un établissement",
        "Mettre fin au rattachement",
        "La fin du rattachement est enregistrée.",
        "/etablissements/{establishmentId}",
        root="establishment",
        version="establishment.version",
        initial={"on": "today"},
        danger=True,
    ),
    Act(
        "partnerSiretChange",
        "Changer de SIRET",
        "Changer de SIRET",
        "Le changement de SIRET est enregistré.",
        PARTNER + "/contrats",
        root="partner",
        version="partner.version",
        rows={"switch.bulletins": "partner.services.?open.service"},
        labels={"switch": "La bascule"},
        sensitive=True,
    ),
    Act(
        "eligibilityDecide",
        "Décider de l’éligibilité",
        "Enregistrer la décision",
        "La décision est enregistrée.",
        PARTNER,
        root="partner",
        notes={"formDigest": ("service.needsEligibilityForm", "à joindre quand le partenaire est éligible")},
    ),
    Act(
        "activityAttest",
        "Attester que le partenaire est toujours actif",
        "Attester",
        "L’attestation d’activité est enregistrée.",
        PARTNER,
        root="partner",
        labels={"evidence": "Comment l’avez-vous vérifié ?"},
    ),
)
