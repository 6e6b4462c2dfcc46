"""The fields of a declared line, and the words of their columns in a payroll export."""

from persistence.intake.headers import IGNORED

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("referenceMonth", ("mois reference", "periode reference")),
    ("dualActivityEmployer", ("siret employeur", "employeur")),
    ("dualActivityUntil", ("fin cumul", "cumul jusqu")),
    ("dualActivitySince", ("debut cumul", "date cumul", "cumul depuis")),
    ("dualActivityHours", ("heures cumul", "quota cumul", "heures milieu ordinaire")),
    ("dualActivity", ("cumul", "double activite", "milieu ordinaire")),
    ("clientReference", ("reference", "ref")),
    ("workerId", ("cle personne", "identifiant personne", "identifiant travailleur")),
    ("formerNir", ("ancien numero", "ancien nir", "numero remplace")),
    ("nir", ("securite sociale", "nir", "numero ss", "n ss", "nss")),
    ("birthDate", ("date naissance", "ne le", "nee le")),
    ("birthName", ("nom naissance", "nom patronymique", "nom famille")),
    ("usedName", ("nom usage", "nom marital")),
    ("givenNames", ("prenom", "prenoms")),
    (
        "matricule",
        ("matricule", "numero allocataire", "n allocataire", "numero dossier"),
    ),
    ("siret", ("siret",)),
    ("enteredOn", ("entree", "admission")),
    ("netAid", ("aide",)),
    ("esatShare", ("part",)),
    ("netRemuneration", ("remuneration", "rg")),
    ("rate", ("taux",)),
    ("noPayReason", ("motif",)),
    (
        "payingOrganismChanged",
        ("changement caf", "changement organisme", "caf changee", "organisme change"),
    ),
    (IGNORED, ("nom caf", "libelle caf", "nom organisme", "libelle organisme")),
    ("payingOrganism", ("code caf", "numero caf", "no caf", "n caf")),
    (
        "payingOrganism",
        ("code organisme", "numero organisme", "no organisme", "n organisme"),
    ),
    ("payingOrganism", ("caf", "organisme payeur", "organisme")),
    ("aahBeneficiary", ("aah",)),
    ("referenceMonth", ("mois", "periode")),
    ("confirmation", ("confirmation",)),
    ("comment", ("commentaire", "remarque", "observation")),
    ("birthName", ("nom",)),
)
"""A field of a line, and the words of its column; the most specific first."""
FIELDS = tuple(sorted({field for field, _ in COLUMNS}))
