"""Signed papers: their two signatures, and the digest of their scan."""

from datetime import date

import strawberry

from persistence.records import ScannedPaper
from persistence.records.papers import Signature
from persistence.records.scans import DocumentKind
from resolvers.acting import Act


@strawberry.input(
    description="Les deux signatures d'un document papier, et l'empreinte de sa "
    "numérisation (R30)."
)
class SignatureInput:
    partner_signed_on: date = strawberry.field(
        description="Jour de signature du partenaire."
    )
    organism_signed_on: date = strawberry.field(
        description="Jour de signature de l'organisme."
    )
    partner_signatory: str = strawberry.field(
        description="Qui a signé pour le partenaire."
    )
    organism_signatory: str = strawberry.field(
        description="Qui a signé pour l'organisme."
    )
    digest: str = strawberry.field(
        description="SHA-256 de la numérisation, en hexadécimal."
    )

    @property
    def signature(self) -> Signature:
        return Signature(
            self.partner_signed_on,
            self.organism_signed_on,
            self.partner_signatory,
            self.organism_signatory,
            self.digest.lower(),
        )


def attach_papers(
    act: Act, convention_id: str, convention: Signature, contract: Signature
) -> None:
    """Keep the digests of a convention and of its contract."""
    attach(act, DocumentKind.CONVENTION, convention.digest, convention_id)
    attach(act, DocumentKind.CONTRACT, contract.digest, convention_id)


def attach(act: Act, kind: DocumentKind, digest: str, attached_to: str) -> None:
    """Keep the digest of a scanned paper."""
    assert act.partner is not None
    act.register.session.add(
        ScannedPaper(
            partner_id=act.partner.id, kind=kind, digest=digest, attached_to=attached_to
        )
    )
