"""What can be asked."""

import strawberry
from strawberry import ID

from persistence.facts.columns import equal, every_row
from persistence.facts.partners import bears
from persistence.facts.replays import is_of_operation, is_under_key
from persistence.records import HELD_BY_SHAPE
from persistence.records import Rule as RegisterRule
from resolvers.explaining.answers import Explanation, Holders

from . import explaining
from .activity_changes import CHANGE_FILTERS, ActivityChange, ActivityChangeOrder
from .batches import BATCH_FILTERS, Batch, BatchOrder
from .binding import (
    by_id,
    by_ids,
    derived,
    find_by,
    find_one,
    listed,
    nested,
    page,
    resolved,
)
from .bulletins import BULLETIN_FILTERS, BulletinOrder, MembershipBulletin
from .campaign_establishments import (
    ROOT_CAMPAIGN_ESTABLISHMENT_FILTERS,
    CampaignEstablishment,
    CampaignEstablishmentOrder,
)
from .connections import Connection
from .conventions import CONVENTION_FILTERS, Convention, ConventionOrder
from .declaration_lines import LINE_FILTERS, DeclarationLine, LineOrder
from .declarations import (
    DECLARATION_FILTERS,
    Declaration,
    DeclarationOrder,
)
from .groups import GROUP_FILTERS, Group, GroupOrder
from .import_lines import IMPORT_LINE_FILTERS, ImportLine, ImportLineOrder
from .imports import Import, ImportOrder
from .journal import JOURNAL_FILTERS, JournalEntry, JournalOrder
from .nodes import Node
from .onboardings import Onboarding
from .organisms import ORGANISM_FILTERS, Organism, OrganismOrder, PartnerOrder
from .partners import PARTNER_FILTERS, Partner, PartnerBy
from .rosters import AT_RISK_FILTERS, MISSING_FILTERS, AtRiskOrder, RosterEntry
from .services import Campaign, Migration, Mission, Parameter, Rule, Service
from .users import (
    ROOT_AFFILIATION_FILTERS,
    USER_FILTERS,
    Affiliation,
    AffiliationOrder,
    User,
    UserOrder,
)
from .viewer import Viewer
from .workers import WORKER_FILTERS, Worker, WorkerOrder

RULES = [
    *(
        Rule(code=r.name, number=r.number, paragraph=r.paragraph, sentence=r.sentence)
        for r in RegisterRule
    ),
    *(
        Rule(code=None, number=n, paragraph=p, sentence=words)
        for n, (p, words) in HELD_BY_SHAPE.items()
    ),
]


@strawberry.type(
    description="Tout ce qui se lit ; chacun n'y voit que ce que ses droits"
    " d'aujourd'hui lui montrent."
)
class Query:
    viewer: Viewer = nested(
        "Qui demande, ses rattachements, ses organismes, ses onglets."
    )
    node: Node | None = by_id(
        "Un objet par son identifiant ; vide s'il n'existe pas ou ne se lit pas."
    )
    nodes: list[Node | None] = by_ids(
        "Des objets par leurs identifiants, dans leur ordre."
    )
    partner: Partner | None = find_one(
        "Un partenaire, par son SIRET ou son identifiant.",
        PartnerBy,
        {"siret": bears, "id": equal("id")},
        dated=True,
    )
    partners: Connection[Partner] = page(
        "Les partenaires que l'on peut lire.",
        None,
        PartnerOrder,
        PARTNER_FILTERS,
        dated=True,
    )
    conventions: Connection[Convention] = page(
        "Les conventions.", None, ConventionOrder, CONVENTION_FILTERS, dated=True
    )
    bulletins: Connection[MembershipBulletin] = page(
        "Les bulletins d'adhésion.", None, BulletinOrder, BULLETIN_FILTERS, dated=True
    )
    groups: Connection[Group] = page(
        "Les groupes.", None, GroupOrder, GROUP_FILTERS, dated=True
    )
    users: Connection[User] = page("Les utilisateurs.", None, UserOrder, USER_FILTERS)
    affiliations: Connection[Affiliation] = page(
        "Les rattachements : ce sur quoi portent les actes sur une personne chez un"
        " partenaire.",
        None,
        AffiliationOrder,
        ROOT_AFFILIATION_FILTERS,
    )
    declarations: Connection[Declaration] = page(
        "Les déclarations : pour la Caf qui administre, l'en-tête et les nombres.",
        None,
        DeclarationOrder,
        DECLARATION_FILTERS,
    )
    lines: Connection[DeclarationLine] = page(
        "Les lignes : celles de ses établissements, ou celles dont on paie l'AAH.",
        None,
        LineOrder,
        LINE_FILTERS,
    )
    workers: Connection[Worker] = page(
        "Les travailleurs dont on lit une ligne.", None, WorkerOrder, WORKER_FILTERS
    )
    at_risk: Connection[RosterEntry] = page(
        "Les personnes dont l'AAH risque de s'interrompre, à partir du 16 janvier :"
        " manquantes, ou dont la ligne est renvoyée ; pour la Caf qui les paie.",
        None,
        AtRiskOrder,
        AT_RISK_FILTERS,
    )
    missing: Connection[RosterEntry] = page(
        "Les personnes attendues et sans ligne : pour la Caf qui les paie, celles dont"
        " rien n'est déclaré.",
        None,
        AtRiskOrder,
        MISSING_FILTERS,
    )
    activity_changes: Connection[ActivityChange] = page(
        "Les changements d'activité.", None, ActivityChangeOrder, CHANGE_FILTERS
    )
    batches: Connection[Batch] = page(
        "Les lots envoyés.", None, BatchOrder, BATCH_FILTERS
    )
    establishments: Connection[CampaignEstablishment] = page(
        "Les établissements qu'une campagne attend, et où ils en sont : le détail des"
        " nombres de son tableau.",
        None,
        CampaignEstablishmentOrder,
        ROOT_CAMPAIGN_ESTABLISHMENT_FILTERS,
    )
    batch_by_key: Batch | None = find_by(
        "Le lot que l'on a soi-même envoyé avec cette clé : ce qu'il est devenu quand"
        " sa réponse s'est perdue.",
        {
            "operation": (
                str,
                is_of_operation,
                "Nom de l'acte, par exemple `remunerationsDeclare`.",
            ),
            "idempotency_key": (ID, is_under_key, "La clé de l'envoi."),
        },
    )
    imports: Connection[Import] = page(
        "Les imports de l'extraction : ceux que l'on a ouverts, ceux dont on traite"
        " une ligne.",
        None,
        ImportOrder,
    )
    import_lines: Connection[ImportLine] = page(
        "Les lignes d'extraction que traite un de ses organismes.",
        None,
        ImportLineOrder,
        IMPORT_LINE_FILTERS,
    )
    journal: Connection[JournalEntry] = page(
        "Le journal.", None, JournalOrder, JOURNAL_FILTERS
    )
    organism: Organism | None = find_by(
        "Un organisme par son code.",
        {"code": (str, equal("code"), "Code, par exemple `751`.")},
    )
    organisms: Connection[Organism] = page(
        "Les organismes.",
        None,
        OrganismOrder,
        ORGANISM_FILTERS,
    )
    services: list[Service] = listed("Les services.", every_row, "code")
    missions: list[Mission] = listed("Les missions.", every_row, "code")
    campaign: Campaign | None = find_by(
        "Une campagne par son année.",
        {"year": (int, equal("year", "int"), "Année N.")},
    )
    campaigns: list[Campaign] = listed("Les campagnes.", every_row, "year")
    parameters: list[Parameter] = listed(
        "Les paramètres datés.", every_row, "name", "starts_on"
    )
    onboarding: Onboarding | None = find_by(
        "L'accueil d'un partenaire dans un service : le cas, ses preuves, ce qui"
        " manque pour ouvrir (R51 à R58).",
        {
            "partner": (ID, equal("partner_id"), "Le partenaire."),
            "service": (ID, equal("service_id"), "Le service."),
        },
    )
    explain: Explanation | None = resolved(
        "Pourquoi cette personne peut ou ne peut pas, tel jour ; vide si vous ne lisez"
        " pas les deux.",
        explaining.explain,
    )
    who_can: Holders | None = resolved(
        "Qui peut, tel jour ; vide si vous ne lisez pas l'objet.", explaining.who_can
    )
    migrations: list[Migration] = listed(
        "Les campagnes de migration (R59).", every_row, "opens_on"
    )
    rules: list[Rule] = derived(
        "Les règles que le logiciel fait tenir.", {}, lambda: RULES
    )
