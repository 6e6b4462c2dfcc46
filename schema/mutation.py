"""The closed list of acts; each function, input and permission is in resolvers/."""

import strawberry

from resolvers.acts import (
    activity_changes,
    bulletins,
    conventions,
    corrections,
    declarations,
    drafts,
    exports,
    groups,
    imports,
    invitations,
    managers,
    mandates,
    organisms,
    partners,
    payers,
    reminders,
    rosters,
    services,
    successions,
    suspensions,
    treatments,
    users,
    workers,
)

from .activity_changes import ActivityChange
from .acts import describe
from .batches import Batch
from .bulletins import MembershipBulletin, ServiceAccess
from .conventions import Amendment, Convention, Manager
from .decisions import ActivityAttestation, Eligibility
from .declaration_lines import DeclarationLine, Treatment
from .declarations import Declaration
from .establishments import Establishment
from .groups import Group
from .import_lines import ImportLine
from .imports import Import
from .organisms import Agent, Organism
from .partners import Partner
from .payloads import act
from .services import Campaign, Mission, Parameter, Role, Service
from .users import Affiliation
from .workers import Worker


@strawberry.type(
    description="Les actes. Un refus est une donnée de la réponse ; rien n'est alors"
    " écrit."
)
class Mutation:
    # partners
    partner_register = act(
        partners.partner_register, "Enregistre un partenaire (§2).", partner=Partner
    )
    partner_siret_change = act(
        successions.partner_siret_change,
        "Change le SIRET : prépare la convention suivante, puis bascule (R58).",
        partner=Partner,
    )
    partner_transfer = act(
        successions.partner_transfer,
        "Transfère un partenaire à un autre organisme : prépare la convention suivante,"
        " puis bascule (R31).",
        partner=Partner,
    )
    partner_update = act(
        partners.partner_update,
        "Corrige le nom ou le contact d'un partenaire.",
        partner=Partner,
    )
    establishment_update = act(
        partners.establishment_update,
        "Corrige le nom, le département, le FINESS ou le contact d'un établissement.",
        establishment=Establishment,
    )
    establishment_add = act(
        partners.establishment_add,
        "Rattache un établissement.",
        establishment=Establishment,
    )
    establishment_end = act(
        partners.establishment_end,
        "Met fin au rattachement d'un établissement.",
        establishment=Establishment,
    )
    eligibility_decide = act(
        partners.eligibility_decide,
        "Décide de l'éligibilité (R28, R50).",
        eligibility=Eligibility,
    )
    activity_attest = act(
        partners.activity_attest,
        "Atteste que le partenaire est actif (R53).",
        attestation=ActivityAttestation,
    )
    # conventions and contracts
    convention_prepare = act(
        conventions.convention_prepare,
        "Prépare une convention et son contrat (R31, R32, R41).",
        convention=Convention,
    )
    convention_sign = act(
        conventions.convention_sign,
        "Enregistre les signatures et la prise d'effet (R30, R36).",
        convention=Convention,
    )
    convention_record = act(
        conventions.convention_record,
        "Enregistre une convention qui existait avant le registre (R55, R57).",
        convention=Convention,
    )
    convention_amend = act(
        conventions.convention_amend,
        "Enregistre un avenant (R55).",
        amendment=Amendment,
    )
    convention_close = act(
        conventions.convention_close,
        "Clôture une convention, aujourd'hui ou plus tard.",
        convention=Convention,
    )
    convention_closing_cancel = act(
        conventions.convention_closing_cancel,
        "Annule une clôture à venir.",
        convention=Convention,
    )
    convention_suspend = act(
        suspensions.convention_suspend,
        "Suspend une convention : tous ses services s'arrêtent (R29).",
        convention=Convention,
    )
    convention_resume = act(
        suspensions.convention_resume,
        "Reprend une convention suspendue (R29).",
        convention=Convention,
    )
    delegation_change = act(
        successions.delegation_change,
        "Change le mode de gestion : prépare la convention suivante, puis bascule le"
        " même jour (R42, R43).",
        convention=Convention,
    )
    cna_hand_back = act(
        conventions.cna_hand_back,
        "Rend le partenaire à l'organisme signataire, par le CNA (R47).",
        partner=Partner,
    )
    manager_appoint = act(
        managers.manager_appoint,
        "Nomme un gestionnaire des habilitations (R39).",
        manager=Manager,
        invitation=str,
    )
    manager_end = act(
        managers.manager_end,
        "Met fin à un gestionnaire des habilitations.",
        manager=Manager,
    )
    # bulletins and services
    bulletin_prepare = act(
        bulletins.bulletin_prepare,
        "Prépare ou complète un bulletin (R7, R34).",
        bulletin=MembershipBulletin,
    )
    bulletin_sign = act(
        bulletins.bulletin_sign,
        "Enregistre les signatures d'un bulletin (R8, R30, R47).",
        bulletin=MembershipBulletin,
    )
    bulletin_replace = act(
        bulletins.bulletin_replace,
        "Remplace un bulletin ouvert.",
        bulletin=MembershipBulletin,
    )
    bulletin_close = act(
        bulletins.bulletin_close, "Clôture un bulletin.", bulletin=MembershipBulletin
    )
    bulletin_closing_cancel = act(
        bulletins.bulletin_closing_cancel,
        "Annule une clôture à venir.",
        bulletin=MembershipBulletin,
    )
    service_open = act(
        bulletins.service_open,
        "Ouvre le service selon le bulletin (R28, R38, R55, R58).",
        access=ServiceAccess,
    )
    service_suspend = act(
        bulletins.service_suspend, "Suspend un service.", access=ServiceAccess
    )
    service_resume = act(
        bulletins.service_resume, "Reprend un service suspendu.", access=ServiceAccess
    )
    # groups
    group_create = act(
        groups.group_create, "Crée un groupe dans un service ouvert (R56).", group=Group
    )
    group_role_attach = act(
        groups.group_role_attach, "Rattache le rôle du groupe (R35, R56).", group=Group
    )
    group_close = act(groups.group_close, "Clôture un groupe.", group=Group)
    group_closing_cancel = act(
        groups.group_closing_cancel, "Annule une clôture à venir.", group=Group
    )
    group_members_add = act(
        groups.group_members_add,
        "Inclut des personnes, en plus des autres (R56).",
        group=Group,
    )
    group_members_remove = act(
        groups.group_members_remove, "Retire des personnes.", group=Group
    )
    # users
    user_invite = act(
        invitations.user_invite,
        "Invite une personne chez un partenaire (R40, R45).",
        affiliation=Affiliation,
        invitation=str,
    )
    invitation_renew = act(
        invitations.invitation_renew,
        "Renouvelle une invitation qui n'est pas acceptée : un nouveau code, l'ancien"
        " ne sert plus (R40, R45).",
        affiliation=Affiliation,
        invitation=str,
    )
    invitation_accept = act(
        invitations.invitation_accept,
        "Accepte une invitation, pour soi.",
        affiliation=Affiliation,
    )
    user_update = act(
        users.user_update,
        "Corrige ce que le partenaire sait d'une personne.",
        affiliation=Affiliation,
    )
    user_suspend = act(
        users.user_suspend,
        "Suspend une personne chez un partenaire.",
        affiliation=Affiliation,
    )
    user_reinstate = act(
        users.user_reinstate, "Met fin à une suspension.", affiliation=Affiliation
    )
    user_deactivate = act(
        users.user_deactivate,
        "Enregistre le départ d'une personne.",
        affiliation=Affiliation,
    )
    user_deactivation_cancel = act(
        users.user_deactivation_cancel,
        "Annule un départ à venir.",
        affiliation=Affiliation,
    )
    mandate_grant = act(
        mandates.mandate_grant,
        "Donne un mandat à un client machine (R40).",
        affiliation=Affiliation,
    )
    mandate_revoke = act(
        mandates.mandate_revoke, "Met fin à un mandat.", affiliation=Affiliation
    )
    # declarations
    remunerations_declare = act(
        declarations.remunerations_declare,
        "Déclare les rémunérations de novembre (R16 à R22).",
        batch=Batch,
        removals=list[Worker],
    )
    remunerations_correct = act(
        corrections.remunerations_correct,
        "Corrige la déclaration en vigueur : des lignes, des personnes en moins (R17).",
        batch=Batch,
    )
    draft_open = act(
        drafts.draft_open,
        "Ouvre un brouillon de certificat.",
        declaration=Declaration,
    )
    draft_lines_remove = act(
        drafts.draft_lines_remove,
        "Retire des lignes d'un brouillon.",
        declaration=Declaration,
    )
    draft_discard = act(
        drafts.draft_discard,
        "Abandonne un brouillon, avec ses lignes.",
        declaration=Declaration,
    )
    remunerations_process = act(
        payers.remunerations_process,
        "Traite des lignes, par la Caf qui paie (R20).",
        lines=list[DeclarationLine],
    )
    treatments_reopen = act(
        treatments.treatments_reopen,
        "Remet à traiter ce que la Caf a répondu (R20).",
        treatments=list[Treatment],
    )
    activity_changes_declare = act(
        declarations.activity_changes_declare,
        "Déclare des changements d'activité (R23 à R27).",
        batch=Batch,
    )
    beneficiary_answer = act(
        rosters.beneficiary_answer,
        "Dit qu'une personne attendue n'est pas à déclarer cette année (R17).",
        establishment=Establishment,
    )
    declaration_remind = act(
        reminders.declaration_remind,
        "Relance un établissement qui n'a déposé aucun certificat (R17).",
        establishment=Establishment,
    )
    activity_change_cancel = act(
        activity_changes.activity_change_cancel,
        "Annule un changement que la Caf n'a pas traité (R26).",
        change=ActivityChange,
    )
    activity_changes_process = act(
        activity_changes.activity_changes_process,
        "Traite des changements, par la Caf qui paie (R20, R26).",
        changes=list[ActivityChange],
    )
    worker_update = act(
        workers.worker_update,
        "Corrige la fiche d'une personne ; ce qui a été reçu ne change pas.",
        worker=Worker,
    )
    worker_merge = act(
        workers.worker_merge,
        "Réunit deux fiches d'une même personne : le vrai numéro remplace le"
        " provisoire.",
        worker=Worker,
    )
    worker_nir_reveal = act(
        payers.worker_nir_reveal,
        "Montre un numéro de sécurité sociale, avec son motif.",
        worker=Worker,
        nir=str,
    )
    worker_letter_open = act(
        payers.worker_letter_open,
        "Dit au journal qu'une lettre est ouverte, sur la ligne d'une personne.",
        line=DeclarationLine,
    )
    # the extraction
    import_open = act(
        imports.import_open, "Ouvre un import (R57).", import_=Import, upload_path=str
    )
    import_arbitrate = act(
        imports.import_arbitrate,
        "Choisit entre des lignes qui se contredisent.",
        line=ImportLine,
    )
    import_apply = act(
        imports.import_apply,
        "Prend les lignes d'un organisme (R57).",
        import_=Import,
        applied=int,
        registered=int,
        unchanged=int,
        left=int,
    )
    import_purge = act(
        imports.import_purge,
        "Purge une extraction, avec la preuve (R13).",
        import_=Import,
    )
    # what leaves the register
    list_export = act(
        exports.list_export,
        "Dit au journal qu'une liste est remise en fichier, avant de la remettre.",
    )
    # agents and reference data, by national administrators
    agent_appoint = act(organisms.agent_appoint, "Nomme un agent.", agent=Agent)
    agent_end = act(organisms.agent_end, "Met fin à un agent.", agent=Agent)
    organism_set = act(organisms.organism_set, "Écrit un organisme.", organism=Organism)
    organism_support_set = act(
        organisms.organism_support_set,
        "Dit qui un Centre de ressources soutient (R60).",
        organism=Organism,
    )
    service_set = act(services.service_set, "Écrit un service.", service=Service)
    role_set = act(services.role_set, "Écrit un rôle.", role=Role)
    mission_set = act(services.mission_set, "Écrit une mission.", mission=Mission)
    campaign_set = act(
        services.campaign_set, "Ouvre une campagne (R22).", campaign=Campaign
    )
    parameter_set = act(
        services.parameter_set, "Écrit la valeur d'un paramètre.", parameter=Parameter
    )


describe(Mutation)
