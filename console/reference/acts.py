"""Acts of national administrators: agents, organisms, services, roles, campaigns."""

from console.kernel.act_form import ActForm

REFERENCE = "/referentiel"

ACTS = (
    ActForm(
        "agentAppoint",
        "Nommer un agent",
        "Nommer",
        "L’agent est nommé.",
        "/organismes/{organismId}",
        root="organism",
        section="/agents",
        omit=frozenset({"userId"}),
        required={"person": ""},
    ),
    ActForm(
        "agentEnd",
        "Mettre fin à un poste",
        "Mettre fin",
        "La fin du poste est enregistrée.",
        "/organismes/{agent.organism.id}",
        root="agent",
        section="/agents",
        version="agent.version",
        initial={"on": "today"},
        danger=True,
    ),
    ActForm(
        "organismSet",
        "Organisme",
        "Enregistrer",
        "L’organisme est enregistré.",
        "/organismes",
        section=REFERENCE,
        version="organism.version",
        prefill={
            name: f"organism.{name}"
            for name in (
                "code",
                "kind",
                "name",
                "contact",
                "networkRole",
                "departments",
            )
        },
    ),
    ActForm(
        "organismSupportSet",
        "Organismes soutenus par un Centre de ressources",
        "Enregistrer",
        "Les organismes soutenus sont enregistrés.",
        "/organismes/{centreId}",
        root="centre",
        section=REFERENCE,
        version="centre.version",
        choices={"organismIds": "cna multiBranch cafs lastCafs"},
        prefill={"organismIds": "centre.supports.nodes"},
    ),
    ActForm(
        "serviceSet",
        "Service",
        "Enregistrer",
        "Le service est enregistré.",
        REFERENCE,
        section=REFERENCE,
        version="service.version",
        prefill={
            name: f"service.{name}"
            for name in (
                "code",
                "label",
                "tabLabel",
                "availableFrom",
                "bulletinsFrom",
                "needsEstablishment",
                "needsEligibilityForm",
                "excludedDepartments",
            )
        },
    ),
    ActForm(
        "roleSet",
        "Rôle",
        "Enregistrer",
        "Le rôle est enregistré.",
        REFERENCE,
        section=REFERENCE,
        version="role.version",
        choices={"serviceId": "services"},
        prefill={
            "code": "role.code",
            "label": "role.label",
            "profile": "role.profile",
            "purpose": "role.purpose",
            "serviceId": "role.service.id",
        },
    ),
    ActForm(
        "missionSet",
        "Mission",
        "Enregistrer",
        "La mission est enregistrée.",
        REFERENCE,
        section=REFERENCE,
        version="mission.version",
        choices={"serviceIds": "services"},
        prefill={
            "code": "mission.code",
            "label": "mission.label",
            "serviceIds": "mission.services",
        },
    ),
    ActForm(
        "campaignSet",
        "Ouvrir une campagne",
        "Enregistrer",
        "La campagne est enregistrée.",
        REFERENCE,
        section=REFERENCE,
    ),
    ActForm(
        "parameterSet",
        "Paramètre",
        "Enregistrer",
        "Le paramètre est enregistré.",
        REFERENCE,
        section=REFERENCE,
    ),
)
