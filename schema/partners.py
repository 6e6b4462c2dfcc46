"""Partenaires, établissements, décisions d'éligibilité et attestations d'activité."""

from datetime import date
from enum import StrEnum

import strawberry
from strawberry import ID

from persistence import records
from persistence.facts.bulletins import in_force_access
from persistence.facts.columns import by_state, equal, state
from persistence.facts.conventions import without_manager
from persistence.facts.onboarding_lists import of_migration
from persistence.facts.organisms import follows
from persistence.facts.partners import (
    borne_siret,
    is_meant,
    is_sibling,
    state_is,
    undeclared,
    with_open_service,
)
from persistence.reading.question import Expression
from persistence.records.contracts import Mode
from persistence.records.partners import PartnerKind
from resolvers.permissions import granted
from resolvers.reading.bindings import FilterArgument

from .actions import PERMISSIONS
from .binding import (
    OF_A_DAY,
    by,
    column,
    derived,
    listed,
    mirrors,
    one,
    page,
    reference,
)
from .connections import Connection
from .conventions import CONVENTION_FILTERS, ConventionOrder
from .decisions import ActivityAttestation, Eligibility
from .enums import labelled
from .establishments import Establishment, EstablishmentOrder
from .groups import GROUP_FILTERS, GroupOrder
from .journal import JOURNAL_FILTERS, JournalOrder
from .nodes import IDENTIFIER, VERSION, Node
from .onboardings import MIGRATION_FILTERS
from .organisms import PartnerOrder
from .refs import (
    AffiliationRef,
    ConventionRef,
    GroupRef,
    JournalEntryRef,
    OnboardingRef,
    OrganismRef,
    OriginRef,
    PartnerRef,
    ServiceAccessRef,
    SpanRef,
)
from .users import AFFILIATION_FILTERS, AffiliationOrder
from .viewer_can import Permission, viewer_can


@labelled(
    "Ce qui se lit d'un partenaire.",
    "Part",
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
class PartnerPart(StrEnum):
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
    def condition(self) -> Expression:
        """That the caller reads all that is of this kind at a partner."""
        return granted("partner", (":".join(PERMISSIONS[f"{self}_READ"]),))


def _readable(**readable: bool) -> list[str]:
    return [part for part in PartnerPart if readable[part]]


PARTNER_FILTERS = {
    "search": FilterArgument(
        str,
        is_meant,
        "Mots du nom, dans tout ordre, sans accents ni casse ; ou SIREN ou SIRET,"
        " entier ou par ses neuf premiers"
        " chiffres au moins, en tout espacement : celui du partenaire, ou d'un de ses"
        " établissements ; ou le FINESS"
        " d'un de ses établissements.",
    ),
    "siren": FilterArgument(
        str,
        lambda row, terms, v: row.c.siren == terms.bind(("digits", v), "text"),
        "Unité légale.",
        is_anchor=True,
    ),
    "kind": FilterArgument(PartnerKind, equal("kind"), "Nature."),
    "organism_id": reference(
        records.Organism,
        state_is("administering_id"),
        "Organisme qui l'administre aujourd'hui.",
    ),
    "mode": FilterArgument(Mode, state_is("mode"), "Mode de gestion en vigueur."),
    "service_id": reference(
        records.Service, with_open_service, "Service ouvert aujourd'hui."
    ),
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
    "Partenaire : un SIRET à la fois, une convention en vigueur à la fois, un"
    " organisme qui l'administre.",
)
class Partner(Node):
    id: ID = column(IDENTIFIER)
    version: int = column(VERSION)
    viewer_can: list[Permission] = viewer_can()
    reads: list[PartnerPart] = derived(
        "Ce que vous lisez en entier de ce partenaire : une liste vide n'y dit rien de"
        " ce qui n'est pas nommé ici.",
        {part.value: part.condition for part in PartnerPart},
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
        "Délégué, sans gestionnaire des habilitations actif : à la Caf d'en nommer un"
        " (§3, R39, R45) ; faux pour qui ne"
        " lit pas les gestionnaires.",
        without_manager,
    )
    follower: OrganismRef | None = one("L'organisme qui le suit ce jour.", follows)
    administered_by: OrganismRef | None = one(
        "L'organisme qui l'administre : le CNA dans les cas du §3, R47 ; vide avant"
        " son enregistrement.",
        by_state("administering_id"),
    )
    convention_in_force: ConventionRef | None = one(
        "La convention en vigueur (§2, R36).", by_state("convention_id")
    )
    timeline: list[SpanRef] = listed(
        "Sa frise, de son enregistrement aux jours à venir : convention, mode et"
        " organisme, période par période.",
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
        "Les autres partenaires de la même unité légale.", is_sibling, PartnerOrder
    )
    migration: OnboardingRef | None = one(
        "Où il en est du service qui migre de Habtiers (R51, R59) ; vide s'il n'est"
        " pas concerné.",
        of_migration,
    )
    journal: Connection[JournalEntryRef] = page(
        "Ce qui a été fait sur ce partenaire.",
        by("partner_id"),
        JournalOrder,
        JOURNAL_FILTERS,
    )
