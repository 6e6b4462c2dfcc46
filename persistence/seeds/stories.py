"""The people and the partners of the demonstration.

Every name, SIRET and person here is fiction.
"""

from dataclasses import dataclass, field

from persistence.records import Mode, Profile
from persistence.records.contracts import ManagerKind
from persistence.records.partners import PartnerKind


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone to sign in as: the subject of their tokens, and what they show."""

    subject: str
    given_name: str
    family_name: str
    shows: str
    machine: bool = False


AGENTS = {
    "agent-paris": (
        "751",
        Profile.MANAGING,
        "Agnès",
        "Aubry",
        "agent gestionnaire de la Caf de Paris",
    ),
    "lecteur-paris": (
        "751",
        Profile.READING,
        "Luc",
        "Lemoine",
        "agent lecteur de la Caf de Paris",
    ),
    "agent-yvelines": (
        "781",
        Profile.MANAGING,
        "Yann",
        "Yvon",
        "agent de la Caf des Yvelines, qui n'est pas le CNA",
    ),
    "agent-hauts-de-seine": (
        "921",
        Profile.MANAGING,
        "Hélène",
        "Hamon",
        "agente de la Caf des Hauts-de-Seine : elle a signé, le CNA administre",
    ),
    "agent-rhone": (
        "691",
        Profile.MANAGING,
        "Rémi",
        "Roussel",
        "agent de la Caf du Rhône",
    ),
    "agent-bouches-du-rhone": (
        "131",
        Profile.MANAGING,
        "Basile",
        "Berger",
        "agent de la Caf des Bouches-du-Rhône",
    ),
    "agent-reunion": (
        "974",
        Profile.MANAGING,
        "Rose",
        "Rivière",
        "agente de la Caf de La Réunion",
    ),
    "agent-cna": (
        "CNA",
        Profile.MANAGING,
        "Nadia",
        "Noël",
        "agente du Centre national d'appui",
    ),
    "centre-ressources": (
        "CR1",
        Profile.RESOURCE_CENTRE,
        "Carole",
        "Colin",
        "Centre de ressources d'Île-de-France, en lecture",
    ),
    "admin-national": (
        "CNAF",
        Profile.NATIONAL,
        "Denis",
        "Dumas",
        "administrateur national : référentiel et agents",
    ),
}


@dataclass(frozen=True, slots=True)
class FictionalWorker:
    """Someone of a partner: the role of their group, or manager."""

    subject: str
    given_name: str
    family_name: str
    job: str
    role: str | None = None
    manager: ManagerKind | None = None
    shows: str = ""
    state: str = ""
    machine: bool = False

    @property
    def persona(self) -> Persona:
        return Persona(
            self.subject, self.given_name, self.family_name, self.shows, self.machine
        )


@dataclass(frozen=True, slots=True)
class Story:
    """A partner, how far its contract has come, and its people."""

    name: str
    siret: str
    kind: PartnerKind
    organism: str
    department: str
    finess: str | None = None
    mode: Mode = Mode.CENTRALISED
    services: tuple[str, ...] = ("ESAT",)
    reaches: str = "OPEN"
    others: tuple[tuple[str, str, str, str | None], ...] = ()
    people: tuple[FictionalWorker, ...] = ()
    bulletin_siret: str | None = None
    previous: Mode | None = None
    roles: tuple[str, ...] = field(
        default=("ESAT_DECLARANT", "ESAT_PREPARATEUR", "ESAT_LECTEUR")
    )


MANAGER, DEPUTY = ManagerKind.MANAGER, ManagerKind.DEPUTY
STORIES = (
    Story(
        "Association Les Ateliers du Canal",
        "99990001200017",
        PartnerKind.OPERATING_BODY,
        "751",
        "75",
        mode=Mode.DELEGATED,
        services=("CDAP", "ESAT"),
        reaches="SIGNED_ESAT",
        others=(("99990001200058", "Atelier de la Villette", "75", None),),
        people=(
            FictionalWorker(
                "gestionnaire-ateliers",
                "Gaëlle",
                "Garnier",
                "Directrice administrative",
                manager=MANAGER,
                shows="gestionnaire des habilitations : CDAP ouvert, Esat en cours "
                "(cas 3)",
            ),
            FictionalWorker(
                "social-ateliers", "Sofia", "Simon", "Travailleuse sociale", "CDAP_T1"
            ),
        ),
    ),
    Story(
        "ESAT du Canal Saint-Martin",
        "99990001200025",
        PartnerKind.ESAT,
        "751",
        "75",
        "759999014",
        mode=Mode.DELEGATED,
        people=(
            FictionalWorker(
                "gestionnaire-canal",
                "Marc",
                "Morel",
                "Directeur",
                manager=MANAGER,
                shows="gestionnaire des habilitations d'un Esat délégué",
            ),
            FictionalWorker(
                "suppleante-canal",
                "Sylvie",
                "Perrin",
                "Directrice adjointe",
                manager=DEPUTY,
            ),
            FictionalWorker(
                "declarante-canal",
                "Delphine",
                "Dubois",
                "Responsable de la paie",
                "ESAT_DECLARANT",
                shows="déclarante : elle voit l'onglet Esat",
            ),
            FictionalWorker(
                "declarant-canal", "Éric", "Élan", "Comptable", "ESAT_DECLARANT"
            ),
            FictionalWorker(
                "preparatrice-canal", "Zoé", "Zèbre", "Assistante", "ESAT_PREPARATEUR"
            ),
            FictionalWorker(
                "lecteur-canal", "Léon", "Lambert", "Chef d'atelier", "ESAT_LECTEUR"
            ),
            FictionalWorker(
                "suspendu-canal",
                "Paul",
                "Petit",
                "Moniteur",
                "ESAT_LECTEUR",
                state="SUSPENDED",
                shows="suspendu : il ne voit plus rien",
            ),
            FictionalWorker(
                "partie-canal",
                "Irène",
                "Âge",
                "Comptable",
                "ESAT_DECLARANT",
                state="LEFT",
            ),
            FictionalWorker(
                "paie-fictive",
                "",
                "Paie Fictive",
                "Éditeur de paie",
                "ESAT_DECLARANT",
                machine=True,
                shows="client machine d'un éditeur de paie fictif",
            ),
        ),
    ),
    Story(
        "ESAT du Bassin",
        "99990001200033",
        PartnerKind.ESAT,
        "751",
        "75",
        "759999022",
        reaches="SIGNED",
        bulletin_siret="99990001200025",
    ),
    Story(
        "ESAT de la Seine Aval",
        "99990001200041",
        PartnerKind.ESAT,
        "781",
        "78",
        "789999018",
        people=(
            FictionalWorker(
                "declarante-seine",
                "Fanny",
                "Fabre",
                "Directrice",
                "ESAT_DECLARANT",
                shows="déclarante d'un Esat centralisé, suivi par la Caf des Yvelines",
            ),
        ),
    ),
    Story(
        "Fondation Horizons",
        "99990002000010",
        PartnerKind.OPERATING_BODY,
        "921",
        "92",
        "929999019",
        mode=Mode.DELEGATED,
        services=("CDAP", "ESAT"),
        others=(
            ("99990002000028", "ESAT Horizons Saint-Denis", "93", None),
            ("99990002000036", "ESAT Horizons Argenteuil", "95", None),
        ),
        people=(
            FictionalWorker(
                "gestionnaire-horizons",
                "Hugo",
                "Henry",
                "Secrétaire général",
                manager=MANAGER,
                shows="gestionnaire d'un partenaire administré par le CNA",
            ),
            FictionalWorker(
                "declarant-horizons",
                "Jean",
                "Jacquet",
                "Responsable de la paie",
                "ESAT_DECLARANT",
            ),
        ),
    ),
    Story(
        "ESAT La Passerelle",
        "99990003800012",
        PartnerKind.ESAT,
        "691",
        "69",
        "699999017",
        reaches="DRAFT",
    ),
    Story(
        "ESAT Les Oliviers",
        "99990004600015",
        PartnerKind.ESAT,
        "131",
        "13",
        "139999015",
        mode=Mode.DELEGATED,
        previous=Mode.CENTRALISED,
        people=(
            FictionalWorker(
                "gestionnaire-oliviers",
                "Olivia",
                "Olivier",
                "Directrice",
                manager=MANAGER,
            ),
            FictionalWorker(
                "declarant-oliviers", "Tom", "Tessier", "Comptable", "ESAT_DECLARANT"
            ),
        ),
    ),
    Story(
        "ESAT Les Oliviers 2",
        "99990004600072",
        PartnerKind.ESAT,
        "131",
        "13",
        "139999023",
        reaches="INCOMPLETE",
        roles=(),
    ),
    Story(
        "CCAS de Villefictive",
        "99990005300011",
        PartnerKind.SOCIAL_CENTRE,
        "331",
        "33",
        services=("CDAP",),
        people=(
            FictionalWorker(
                "social-villefictive",
                "Claire",
                "Clément",
                "Travailleuse sociale",
                "CDAP_T2",
                shows="CDAP seulement : pas d'onglet Esat",
            ),
        ),
    ),
    Story(
        "ESAT des Alizés",
        "99990007900016",
        PartnerKind.ESAT,
        "974",
        "974",
        people=(
            FictionalWorker(
                "declarante-alizes", "Maëva", "Maillot", "Directrice", "ESAT_DECLARANT"
            ),
        ),
    ),
)


def personas() -> list[Persona]:
    """Everyone that the demonstration can sign in as."""
    agents = [
        Persona(s, given_name, family, shows)
        for s, (_, _, given_name, family, shows) in AGENTS.items()
    ]
    return agents + [p.persona for story in STORIES for p in story.people if p.shows]
