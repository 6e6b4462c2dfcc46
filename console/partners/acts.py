"""Partners: registered, found eligible, attested, their establishments, their SIRET."""

from console.kernel.act_form import ActForm

PARTNER = "/partenaires/{partner.id}"

ACTS = (
    ActForm(
        "partnerRegister",
        "Enregistrer un partenaire",
        "Enregistrer le partenaire",
        "Le partenaire est enregistré.",
        "/partenaires",
        choices={"organismId": "viewer.organisms"},
    ),
    ActForm(
        "establishmentAdd",
        "Rattacher un établissement",
        "Rattacher l’établissement",
        "L’établissement est rattaché.",
        PARTNER,
        root="partner",
        version="partner.version",
    ),
    ActForm(
        "partnerUpdate",
        "Modifier un partenaire",
        "Enregistrer",
        "Le partenaire est modifié.",
        PARTNER,
        root="partner",
        version="partner.version",
        prefill={name: f"partner.{name}" for name in ("name", "contact")},
    ),
    ActForm(
        "establishmentUpdate",
        "Modifier un établissement",
        "Enregistrer",
        "L’établissement est modifié.",
        "/etablissements/{establishmentId}",
        root="establishment",
        version="establishment.version",
        prefill={
            name: f"establishment.{name}"
            for name in ("name", "department", "finess", "contact")
        },
    ),
    ActForm(
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
    ActForm(
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
    ActForm(
        "partnerTransfer",
        "Transférer à un autre organisme",
        "Transférer",
        "Le transfert est enregistré.",
        "/partenaires",
        root="partner",
        version="partner.version",
        choices={"organismId": "cafs lastCafs multiBranch cna"},
        rows={"switch.bulletins": "partner.conventionInForce.services.?open.service"},
        labels={"switch": "La bascule"},
        sensitive=True,
    ),
    ActForm(
        "eligibilityDecide",
        "Décider de l’éligibilité",
        "Enregistrer la décision",
        "La décision est enregistrée.",
        PARTNER,
        root="partner",
        notes={
            "formDigest": (
                "service.needsEligibilityForm",
                "à joindre quand le partenaire est éligible",
            )
        },
    ),
    ActForm(
        "activityAttest",
        "Attester que le partenaire est toujours actif",
        "Attester",
        "L’attestation d’activité est enregistrée.",
        PARTNER,
        root="partner",
        labels={"evidence": "Comment l’avez-vous vérifié ?"},
    ),
)
