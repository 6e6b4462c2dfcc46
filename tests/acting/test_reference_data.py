"""Services, roles, missions, organisms and agents are data, written through the graph by national administrators."""

from typing import Any

from tests.conftest import World
from tests.journeys.story import TODAY, TOMORROW, Person, a_siret, refused, somebody

SERVICE = {
    "code": "TRANSPORT", "label": "Aide au transport", "tabLabel": "Transport", "availableFrom": TODAY,
    "needsEligibilityForm": False, "excludedDepartments": ["974"],
}  # fmt: skip
ISSUER = "https://demo.habilitations.invalid"


async def test_a_new_service_is_written_as_data_and_opened_for_a_partner(
    world: World, paris: Person
) -> None:
    national, jo = Person(world, "admin-national"), Person(world, "jo")
    made = await national.does(
        "serviceSet", "service { id tabLabel excludedDepartments }", **SERVICE
    )
    await national.does(
        "roleSet",
        code="TRANSPORT_GUICHET",
        serviceId="svc_TRANSPORT",
        label="Guichet",
        profile="READING",
    )
    await national.does(
        "missionSet", code="MOBILITE", label="Mobilité", serviceIds=["svc_TRANSPORT"]
    )
    assert made["service"] == {
        "id": "svc_TRANSPORT",
        "tabLabel": "Transport",
        "excludedDepartments": ["974"],
    }

    partner = await paris.registers(
        a_siret(), kind="OTHER", name="Régie de transport", department=None
    )
    convention = await paris.prepares_convention(partner.id, missions=("mis_MOBILITE",))
    await paris.signs_convention(convention)
    bulletin = await paris.prepares_bulletin(
        convention,
        partner.siret,
        (),
        ("TRANSPORT_GUICHET",),
        "TRANSPORT",
        departments=["75"],
    )
    await paris.signs_bulletin(bulletin)
    await paris.does(
        "eligibilityDecide",
        partnerId=partner.id,
        serviceId="svc_TRANSPORT",
        decision="ELIGIBLE",
        ground="Mission",
    )
    access = await paris.opens(bulletin)
    group = await paris.creates_group(access, "Guichet")
    await paris.attaches(group, "TRANSPORT_GUICHET")
    invited = await paris.invites(partner.id, "Jo", "Jonquille")
    await paris.includes(group, invited.user)
    await jo.accepts(invited.secret)

    assert await jo.tabs() == ["Transport"]


async def test_a_service_excludes_its_departments_and_waits_for_its_day(
    world: World, paris: Person
) -> None:
    """R3 and R10 are data of the service."""
    national = Person(world, "admin-national")
    await national.does("serviceSet", **(SERVICE | {"availableFrom": TOMORROW}))
    await national.does(
        "roleSet",
        code="TRANSPORT_GUICHET",
        serviceId="svc_TRANSPORT",
        label="Guichet",
        profile="READING",
    )
    await national.does(
        "missionSet", code="MOBILITE", label="Mobilité", serviceIds=["svc_TRANSPORT"]
    )
    partner = await paris.registers(a_siret(), kind="OTHER", department=None)
    convention = await paris.prepares_convention(partner.id, missions=("mis_MOBILITE",))
    await paris.signs_convention(convention)

    async def prepared(*departments: str) -> str:
        return await paris.prepares_bulletin(
            convention,
            partner.siret,
            (),
            ("TRANSPORT_GUICHET",),
            "TRANSPORT",
            departments=list(departments),
        )

    with refused("BULLETIN_INCOMPLETE", "R7"):
        await paris.signs_bulletin(await prepared())
    with refused("DEPARTMENT_EXCLUDED", "R3"):
        await paris.signs_bulletin(await prepared("974"))
    bulletin = await prepared("75")
    await paris.signs_bulletin(bulletin)
    await paris.decides_eligibility(partner.id, service="TRANSPORT")
    with refused("SERVICE_NOT_AVAILABLE", "R10"):
        await paris.opens(bulletin)
    await paris.opens(bulletin, TOMORROW)


async def test_what_is_written_again_is_changed_in_its_place(world: World) -> None:
    national = Person(world, "admin-national")
    shown = "service { id version label }"
    first = (await national.does("serviceSet", shown, **SERVICE))["service"]

    second = (await national.does("serviceSet", shown, **(SERVICE | {"label": "Transports", "expectedVersion": 1})))["service"]  # fmt: skip

    assert (first["id"], first["version"]) == (second["id"], 1)
    assert (second["label"], second["version"]) == ("Transports", 2)
    with refused("VERSION_CONFLICT"):
        await national.does("serviceSet", **(SERVICE | {"expectedVersion": 1}))
    with refused("ROLE_OF_OTHER_SERVICE", "R35"):
        await national.does(
            "roleSet",
            code="ESAT_LECTEUR",
            serviceId="svc_TRANSPORT",
            label="x",
            profile="READING",
        )
    for act, values in (
        ("serviceSet", SERVICE | {"code": "minuscule"}),
        ("missionSet", {"code": "É", "label": "x", "serviceIds": []}),
        ("campaignSet", {"year": 2023}),
        ("organismSet", {"code": "751", "kind": "CNA", "name": "Caf de Paris"}),
    ):
        with refused("VALUE_INVALID"):
            await national.does(act, **values)
    with refused("DEPARTMENT_UNKNOWN"):
        await national.does("serviceSet", **(SERVICE | {"excludedDepartments": ["99"]}))
    with refused("NOT_FOUND"):
        await national.does(
            "missionSet", code="MOBILITE", label="x", serviceIds=["svc_RIEN"]
        )
    with refused("DATE_PAST"):
        await national.does(
            "parameterSet", name="SMIC_HOURLY", startsOn="2026-12-09", value=1
        )


async def test_an_agent_works_at_once_and_no_more_from_the_next_request_after_the_end(
    world: World,
) -> None:
    national, zoe = Person(world, "admin-national"), Person(world, "zoe-agent")
    passerelle = "ptr_99990003800012"
    assert await zoe.reads(passerelle) is None

    person = somebody("Zoé", "Zinc") | {"issuer": ISSUER, "subject": "zoe-agent"}
    appointed = await national.does(
        "agentAppoint", "agent { id profile user { familyName } }", organismId="org_691", profile="MANAGING", person=person
    )  # fmt: skip
    assert appointed["agent"]["user"] == {"familyName": "Zinc"}
    assert await zoe.reads(passerelle) is not None
    await zoe.prepares_convention(passerelle)
    with refused("ALREADY_BOUND"):
        await national.does(
            "agentAppoint", organismId="org_691", profile="READING", person=person
        )
    user = (await zoe.asks("{ viewer { user { id } } }"))["viewer"]["user"]["id"]
    with refused("ALREADY_AGENT"):
        await national.does(
            "agentAppoint", organismId="org_691", profile="READING", userId=user
        )

    await national.does("agentEnd", agentId=appointed["agent"]["id"], on=TODAY)

    assert await zoe.reads(passerelle) is None
    with refused("NOT_FOUND"):
        await zoe.prepares_convention(passerelle)
    with refused("ALREADY_ENDED"):
        await national.does("agentEnd", agentId=appointed["agent"]["id"], on=TOMORROW)
    await national.does(
        "agentAppoint", organismId="org_691", profile="READING", userId=user
    )
    assert await zoe.reads(passerelle) is not None
    with refused("FORBIDDEN"):
        await zoe.prepares_convention(passerelle)


async def test_a_profile_is_one_that_the_organism_knows(world: World) -> None:
    national = Person(world, "admin-national")
    for organism, profile in (
        ("org_751", "NATIONAL"),
        ("org_CR1", "MANAGING"),
        ("org_CNAF", "MANAGING"),
    ):
        with refused("VALUE_INVALID") as told:
            await national.does(
                "agentAppoint",
                organismId=organism,
                profile=profile,
                userId="usr_agent-rhone",
            )
        assert told.path == ["input", "profile"]


async def test_nobody_else_writes_the_reference_data_or_the_agents(
    world: World,
) -> None:
    person = somebody("Zoé", "Zinc") | {"issuer": ISSUER, "subject": "zoe-agent"}
    post = (await world.ask("agent-rhone", "{ viewer { posts { id } } }"))["viewer"][
        "posts"
    ][0]["id"]
    acts: list[tuple[str, dict[str, Any]]] = [
        ("serviceSet", SERVICE),
        (
            "roleSet",
            {"code": "X", "serviceId": "svc_ESAT", "label": "x", "profile": "READING"},
        ),
        ("missionSet", {"code": "X", "label": "x", "serviceIds": []}),
        ("organismSet", {"code": "751", "kind": "CAF", "name": "x"}),
        ("campaignSet", {"year": 2030}),
        ("parameterSet", {"name": "SMIC_HOURLY", "startsOn": TOMORROW, "value": 1}),
        (
            "agentAppoint",
            {"organismId": "org_751", "profile": "MANAGING", "person": person},
        ),
    ]
    for who in (
        "agent-paris",
        "agent-cna",
        "centre-ressources",
        "gestionnaire-canal",
        "declarante-canal",
    ):
        for act, values in acts:
            with refused("FORBIDDEN") as told:
                await Person(world, who).does(act, **values)
            assert told.message.endswith("Votre profil ne comporte pas cet acte."), (
                who,
                act,
            )
        with refused("NOT_FOUND"):
            await Person(world, who).does("agentEnd", agentId=post, on=TODAY)
    with refused("FORBIDDEN"):  # one reads oneself
        await Person(world, "agent-rhone").does("agentEnd", agentId=post, on=TODAY)
    for act, values in acts:
        with refused("UNKNOWN_CALLER"):
            await Person(world, "nobody").does(act, **values)
