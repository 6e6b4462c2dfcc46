"""Partenaires, établissements, décisions d'éligibilité et attestations d'activité."""

from datetime import date
from enum import StrEnum

import strawberry
from sqlalchemy import and_, or_, select
from strawberry import ID

from persistence import records
from persistence.reading.compiler import SqlContext
from persistence.reading.question import Expression, Order, Table, Test, Value
from persistence.records.base import table
from persistence.records.contracts import Mode
from persistence.records.decisions import Decision
from persistence.records.partners import PartnerKind
from persistence.records.services import ESAT
from resolvers.permissions import granted
from resolvers.reading.bindings import FilterArgument

from .actions import PERMISSIONS
from .binding import (
    OF_A_DAY,
    Connection,
    Permission,
    SqlTest,
    by,
    column,
    derived,
    listed,
    mirrors,
    one,
    orders,
    page,
    reference,
    viewer_can,
)
from .bulletins import in_force_access, is_open
from .conventions import CONVENTION_FILTERS, ConventionOrder, without_manager
from .declarations import DECLARATION_FILTERS, DeclarationOrder
from .enums import labelled
from .expressions import borne_siret, by_state, equal, state
from .groups import GROUP_FILTERS, GroupOrder
from .journal import JOURNAL_FILTERS, JournalOrder
from .nodes import IDENTIFIER, VERSION, Node
from .onboardings import MIGRATION_FILTERS, of_migration
from .organisms import PartnerOrder
from .refs import (
    AffiliationRef,
    ConventionRef,
    DeclarationRef,
    GroupRef,
    JournalEntryRef,
    OnboardingRef,
    OrganismRef,
    OriginRef,
    PartnerRef,
    ServiceAccessRef,
    ServiceRef,
    SpanRef,
    UserRef,
)
from .users import AFFILIATION_FILTERS, AffiliationOrder


@labelled(
    "Ce qui se lit d'un partenaire.",
    CONVENTION="Les conventions",
    MEMBERSHIP_BULLETIN="Les bulletins d'adhésion",
    SERVICE_ACCESS="Les services",
    ELIGIBILITY="Les décisions d'éligibilité",
    ACTIVITY_ATTESTATION="Les attestations d'activité",
    GROUP="Les groupes",
    USER="Les personnes",
    JOURNAL_ENTRY="Le journal",
    DECLARATION="Les déclarations",
)
class Part(StrEnum):
    CONVENTION = "CONVENTION"
    MEMBERSHIP_BULLETIN = "MEMBERSHIP_BULLETIN"
    SERVICE_ACCESS = "SERVICE_ACCESS"
    ELIGIBILITY = "ELIGIBILITY"
    ACTIVITY_ATTESTATION = "ACTIVITY_ATTESTATION"
    GROUP = "GROUP"
    USER = "USER"
    JOURNAL_ENTRY = "JOURNAL_ENTRY"
    DECLARATION = "DECLARATION"

    @property
    def is_read(self) -> Expression:
        """Whether the caller reads all that is of this kind at a partner."""
        return granted("partner", (":".join(PERMISSIONS[f"{self}_READ"]),))


def _readable(**readable: bool) -> list[str]:
    return [part for part in Part if readable[part]]


EstablishmentOrder = orders(
    "EstablishmentOrder",
    "Par nom.",
    NAME=Order(("sort_key",), "ix_establishment_partner_id"),
)


def bears(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """The partner whose SIRET this is, in any spacing."""
    siret = table("partner_siret").alias()
    digits = terms.bind(("digits", value), "text")
    return (
        row.c.id
        == select(siret.c.partner_id)
        .where(siret.c.siret == digits, siret.c.ends_on.is_(None))
        .scalar_subquery()
    )


def is_meant(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """By words of the name, or by a number that the partner, or an establishment of it, bears: an index has each."""
    own, place, site = (
        table(t).alias() for t in ("partner_siret", "establishment", "establishment")
    )
    numbers = (
        select(own.c.partner_id).where(
            terms.starts(own.c.siret, value), own.c.ends_on.is_(None)
        ),
        select(place.c.partner_id).where(
            terms.starts(place.c.siret, value),
            place.c.ended_on.is_(None),
            *terms.seen("establishment", place),
        ),
        select(site.c.partner_id).where(
            site.c.finess == terms.bind(("finess", value), "text"),
            site.c.ended_on.is_(None),
            *terms.seen("establishment", site),
        ),
    )
    return or_(
        terms.mentions(row.c.sort_key, value),
        terms.starts(row.c.siren, value),
        *(row.c.id.in_(found) for found in numbers),
    )


def state_is(column: str) -> Test:
    """A test on the partner's row of the timeline of today."""

    def test(row: Table, terms: SqlContext, value: Value) -> SqlTest:
        now = table("partner_state").alias()
        is_now = records.PartnerState.period.sql(now, terms.day)
        return row.c.id.in_(
            select(now.c.partner_id).where(now.c[column] == terms.value(value), is_now)
        )

    return test


def opened(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """Partners that have the service open today, where the caller may read that service of theirs."""
    access = table("service_access").alias()
    known = terms.seen("service_access", access)
    here = select(access.c.partner_id).where(
        access.c.service_id == terms.value(value), is_open(access, terms), *known
    )
    return row.c.id.in_(here)


def undeclared(row: Table, terms: SqlContext, value: Value) -> SqlTest:
    """Partners with an establishment in the Esat service open today that has deposited nothing for the campaign."""
    access, bulletin = table("service_access").alias(), table("bulletin").alias()
    scope, head = table("bulletin_establishment").alias(), table("declaration").alias()
    known = terms.seen("declaration", head)
    done = select(head.c.id).where(
        head.c.establishment_id == scope.c.establishment_id,
        head.c.campaign_id == terms.value(value),
        head.c.received_at.is_not(None),
        head.c.superseded_at.is_(None),
        *known,
    )
    waited = (
        select(access.c.partner_id)
        .join(bulletin, bulletin.c.access_id == access.c.id)
        .join(scope, scope.c.bulletin_id == bulletin.c.id)
        .where(
            access.c.service_id == ESAT,
            is_open(access, terms),
            records.Bulletin.period.sql(bulletin, terms.day),
            ~done.correlate(scope).exists(),
            *terms.seen(
                "declaration", scope
            ),  # whoever reads no declaration there is not told that none is
            *terms.seen("service_access", access),
        )
    )
    return row.c.id.in_(waited)


PARTNER_FILTERS = {
    "search": FilterArgument(
        str,
        is_meant,
        "Mots du nom, dans tout ordre, sans accents ni casse ; ou SIREN ou SIRET, entier ou par ses neuf premiers"
        " chiffres au moins, en tout espacement : celui du partenaire, ou d'un de ses établissements ; ou le FINESS"
        " d'un de ses établissements.",
    ),
    "siren": FilterArgument(
        str,
        lambda row, terms, v: row.c.siren == terms.bind(("digits", v), "text"),
        "Unité légale.",
        anchor=True,
    ),
    "kind": FilterArgument(PartnerKind, equal("kind"), "Nature."),
    "organism_id": reference(
        records.Organism,
        state_is("administering_id"),
        "Organisme qui l'administre aujourd'hui.",
    ),
    "mode": FilterArgument(Mode, state_is("mode"), "Mode de gestion en vigueur."),
    "service_id": reference(records.Service, opened, "Service ouvert aujourd'hui."),
    "undeclared_for": reference(
        records.Campaign,
        undeclared,
        "Un Esat ouvert n'a rien déposé pour cette campagne (R17).",
    ),
    "without_manager": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(without_manager(row, terms), v),
        "Délégué sans gestionnaire des habilitations actif, ou non (§3, R39, R45).",
    ),
    "in_force": FilterArgument(
        bool,
        lambda row, terms, v: terms.agrees(
            state("convention_id")(row, terms).is_not(None), v
        ),
        "Avec, ou sans, convention en vigueur.",
    ),
    **MIGRATION_FILTERS,
}


@mirrors(
    records.Establishment,
    "Établissement d'un partenaire : un SIRET, un département, parfois un FINESS.",
)
class Establishment(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    name: str = column("Nom.")
    siret: str = column("SIRET, quatorze chiffres.")
    finess: str | None = column("Numéro FINESS de l'établissement.")
    department: str = column("Code du département.")
    contact: str | None = column("Où le joindre.")
    added_on: date = column("Jour de son rattachement.")
    ended_on: date | None = column(
        "Premier jour sans lui chez le partenaire, passé ou à venir."
    )
    end_reason: str | None = column("Motif de cette fin.")
    partner: PartnerRef | None = one("Son partenaire.", "partner_id")
    declarations: Connection[DeclarationRef] = page(
        "Ses déclarations.",
        by("establishment_id"),
        DeclarationOrder,
        DECLARATION_FILTERS,
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


@strawberry.input(
    one_of=True,
    description="Ce qui désigne un partenaire : une seule de ces deux valeurs.",
)
class PartnerBy:
    siret: str | None = strawberry.field(
        default=strawberry.UNSET, description="SIRET actuel, avec ou sans espaces."
    )
    id: ID | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Identifiant. {OF_A_DAY} Un autre `on` est alors refusé.",
    )


@mirrors(
    records.Partner,
    "Partenaire : un SIRET à la fois, une convention en vigueur à la fois, un organisme qui l'administre.",
)
class Partner(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    reads: list[Part] = derived(
        "Ce que vous lisez en entier de ce partenaire : une liste vide n'y dit rien de ce qui n'est pas nommé ici.",
        {part.value: part.is_read for part in Part},
        _readable,
    )
    siren: str = column("Unité légale, neuf chiffres.")
    siret: str = column("SIRET porté ce jour, quatorze chiffres.", borne_siret)
    kind: PartnerKind = column("Nature.")
    name: str = column("Raison sociale.")
    contact: str | None = column("Où le joindre.")
    registered_on: date = column("Jour de son enregistrement.")
    mode: Mode | None = column(
        "Mode de gestion en vigueur (§3, R41 à R46).", state("mode")
    )
    without_manager: bool = column(
        "Délégué, sans gestionnaire des habilitations actif : à la Caf d'en nommer un (§3, R39, R45) ; faux pour qui ne"
        " lit pas les gestionnaires.",
        without_manager,
    )
    follower: OrganismRef | None = one("L'organisme qui le suit.", "follower_id")
    administered_by: OrganismRef | None = one(
        "L'organisme qui l'administre : le CNA dans les cas du §3, R47 ; vide avant son enregistrement.",
        by_state("administering_id"),
    )
    convention_in_force: ConventionRef | None = one(
        "La convention en vigueur (§2, R36).", by_state("convention_id")
    )
    timeline: list[SpanRef] = listed(
        "Sa frise, de son enregistrement aux jours à venir : convention, mode et organisme, période par période.",
        by("partner_id"),
        "starts_on",
    )
    services: list[ServiceAccessRef] = listed(
        "Les services de la convention en vigueur.", in_force_access, "service_id"
    )
    conventions: Connection[ConventionRef] = page(
        "Toutes ses conventions.", by("partner_id"), ConventionOrder, CONVENTION_FILTERS
    )
    establishments: Connection["Establishment"] = page(
        "Ses établissements.", by("partner_id"), EstablishmentOrder
    )
    groups: Connection[GroupRef] = page(
        "Ses groupes.", by("partner_id"), GroupOrder, GROUP_FILTERS
    )
    affiliations: Connection[AffiliationRef] = page(
        "Les personnes et machines qui lui sont rattachées.",
        by("partner_id"),
        AffiliationOrder,
        AFFILIATION_FILTERS,
    )
    eligibilities: list["Eligibility"] = listed(
        "Décisions d'éligibilité.", by("partner_id"), "decided_on"
    )
    attestations: list["ActivityAttestation"] = listed(
        "Attestations d'activité.", by("partner_id"), "attested_on"
    )
    origins: list[OriginRef] = listed(
        "Ce que l'extraction a dit de lui ; la dernière fait foi (§5, R57).",
        by("partner_id"),
        "id",
    )
    siblings: Connection[PartnerRef] = page(
        "Les autres partenaires de la même unité légale.",
        lambda child, parent, _: and_(
            child.c.siren == parent.c.siren, child.c.id != parent.c.id
        ),
        PartnerOrder,
    )
    migration: OnboardingRef | None = one(
        "Où il en est du service qui migre de Habtiers (R51, R59) ; vide s'il n'est pas concerné.",
        of_migration,
    )
    journal: Connection[JournalEntryRef] = page(
        "Ce qui a été fait sur ce partenaire.",
        by("partner_id"),
        JournalOrder,
        JOURNAL_FILTERS,
    )
