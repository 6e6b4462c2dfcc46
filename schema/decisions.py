"""Les décisions d'éligibilité, et les attestations d'activité."""

from datetime import date

from strawberry import ID

from persistence import records
from persistence.records.decisions import Decision

from .binding import (
    column,
    mirrors,
    one,
)
from .nodes import IDENTIFIER, VERSION, Node
from .refs import (
    PartnerRef,
    ServiceRef,
    UserRef,
)


@mirrors(
    records.Eligibility,
    "Décision d'éligibilité d'un partenaire à un service (§2, R28 ; §5, R50).",
)
class Eligibility(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    decision: Decision = column("La décision.")
    ground: str = column("Son motif.")
    form_digest: str | None = column("Empreinte SHA-256 du formulaire.")
    decided_on: date = column("Jour de la décision.")
    decided_by: UserRef | None = one("Qui a décidé.", "decided_by_id")
    service: ServiceRef = one("Le service.", "service_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")


@mirrors(
    records.ActivityAttestation,
    "Attestation que le partenaire est toujours actif (§5, cas 2, R53).",
)
class ActivityAttestation(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    attested_on: date = column("Jour de la vérification.")
    evidence: str = column("Comment : la preuve.")
    attested_by: UserRef | None = one("Par qui.", "attested_by_id")
    partner: PartnerRef | None = one("Le partenaire.", "partner_id")
