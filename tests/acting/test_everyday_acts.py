"""What changes any day: a name, a department, a contact, who supports whom, what a Caf is in the network."""

from datetime import date

from persistence.engine import Database
from persistence.migrations import migrate
from persistence.seeds.reference import seed_reference
from tests.conftest import World
from tests.journeys.story import (
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    an_open_service,
    another_siret_of,
    refused,
)

from .ledger import rows

FACTS = "partner { id name contact version }"
PLACE = "establishment { id name department finess contact version }"


async def test_the_name_and_the_contact_of_a_partner_are_corrected_and_found_under_the_new_name(
    paris: Person,
) -> None:
    partner = await paris.registers(a_siret())
    values = {
        "partnerId": partner.id,
        "name": " ESAT  Zinzolin ",
        "contact": "01 02 03 04 05",
    }

    done = (await paris.does("partnerUpdate", FACTS, **values, expectedVersion=1))[
        "partner"
    ]

    assert (done["name"], done["contact"], done["version"]) == (
        "ESAT Zinzolin",
        "01 02 03 04 05",
        2,
    )
    found = await paris.asks('{ partners(search: "zinzolin") { nodes { id } } }')
    assert found["partners"]["nodes"] == [{"id": partner.id}]
    with refused("VERSION_CONFLICT"):
        await paris.does("partnerUpdate", **values, expectedVersion=1)
    cleared = await paris.does(
        "partnerUpdate", FACTS, partnerId=partner.id, name="ESAT", contact=" "
    )
    assert cleared["partner"]["contact"] is None
    with refused("VALUE_INVALID") as told:
        await paris.does("partnerUpdate", partnerId=partner.id, name=" ")
    assert told.path == ["input", "name"]


async def test_an_establishment_is_corrected_with_its_department_and_its_finess(
    paris: Person,
) -> None:
    partner = await paris.registers(a_siret())
    (place,) = partner.establishments
    values = {
        "establishmentId": place,
        "name": "Annexe",
        "department": "93",
        "contact": "annexe@personne.invalid",
    }

    done = (
        await paris.does("establishmentUpdate", PLACE, **values, expectedVersion=1)
    )["establishment"]

    assert done == {
        "id": place, "name": "Annexe", "department": "93", "finess": None, "contact": "annexe@personne.invalid",
        "version": 2,
    }  # fmt: skip
    for wrong, code, path in (
        ({"department": "99"}, "DEPARTMENT_UNKNOWN", "department"),
        ({"finess": "759999014"}, "FINESS_DEPARTMENT", "finess"),
        ({"name": ""}, "VALUE_INVALID", "name"),
    ):
        with refused(code) as told:
            await paris.does("establishmentUpdate", **values | wrong)
        assert told.path[1] == path
    kept = await paris.does(
        "establishmentUpdate",
        PLACE,
        **values | {"department": "75", "finess": "759999014"},
    )
    assert kept["establishment"]["finess"] == "759999014"


async def test_a_department_is_not_corrected_where_a_signed_bulletin_would_say_what_nobody_signed(
    world: World, paris: Person
) -> None:
    partner, convention = await a_signed_esat(paris)
    annex = await paris.adds_establishment(
        partner.id, another_siret_of(partner.siret), "75"
    )
    wide = type(partner)(partner.id, partner.siret, (*partner.establishments, annex))
    await an_open_service(paris, wide, convention)
    values = {"establishmentId": annex, "name": "Annexe"}

    with refused(
        "DEPARTMENT_SIGNED", "R47"
    ):  # the whole convention would go to the CNA, in silence
        await paris.does("establishmentUpdate", **values, department="93")
    alone = await an_open_esat(paris, "jo")
    (own,) = alone.partner.establishments
    await paris.does(
        "establishmentUpdate", establishmentId=own, name="Seul", department="93"
    )
    with refused("DEPARTMENT_EXCLUDED", "R3"):
        await paris.does(
            "establishmentUpdate", establishmentId=own, name="Seul", department="976"
        )

    world.clock.move_to(date(2026, 12, 12))
    with refused("DEPARTMENT_SIGNED", "R47"):
        await paris.does("establishmentUpdate", **values, department="93")
    await paris.does(
        "establishmentUpdate", **values, department="75", contact="Accueil"
    )


async def test_who_administers_corrects_and_nobody_else(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo", "DELEGATED")
    (place,) = esat.partner.establishments
    acts = (
        ("partnerUpdate", {"partnerId": esat.partner.id, "name": "Autre"}),
        (
            "establishmentUpdate",
            {"establishmentId": place, "name": "Autre", "department": "75"},
        ),
    )
    for act, values in acts:
        for who in (
            "lecteur-paris",
            "centre-ressources",
            "admin-national",
            str(esat.manager),
            "jo",
        ):
            with refused("FORBIDDEN"):
                await Person(world, who).does(act, **values)
        with refused("NOT_FOUND"):
            await Person(world, "agent-rhone").does(act, **values)
        await paris.does(act, **values)


# who supports whom

SUPPORTED = "organism { id supports(first: 9) { nodes { code } } version }"


async def test_a_centre_reads_what_the_organisms_that_it_is_linked_to_administer(
    world: World,
) -> None:
    national, centre = (
        Person(world, "admin-national"),
        Person(world, "centre-ressources"),
    )
    horizons, lyon = "ptr_99990002000010", "ptr_99990003800012"
    assert await centre.reads(lyon) is None

    linked = await national.does(
        "organismSupportSet",
        SUPPORTED,
        centreId="org_CR1",
        organismIds=["org_691", "org_CNA"],
    )

    assert [one["code"] for one in linked["organism"]["supports"]["nodes"]] == [
        "691",
        "CNA",
    ]
    assert (await centre.reads(lyon))["id"] == lyon
    assert (await centre.reads(horizons))["id"] == horizons  # the CNA administers it
    contact = await Person(world, "agent-cna").does(
        "partnerUpdate", partnerId=horizons, name="Fondation Horizons"
    )
    assert contact["errors"] == []
    await national.does("organismSupportSet", centreId="org_CR1", organismIds=[])
    assert await centre.reads(lyon) is None
    assert await centre.reads(horizons) is None


async def test_the_agents_of_the_cna_are_led_to_its_centre(world: World) -> None:
    asked = "mutation($input: PartnerUpdateInput!) { partnerUpdate(input: $input) { errors { code contact } } }"
    values = {"partnerId": "ptr_99990001200025", "name": "Autre"}

    async def told() -> str:
        answer = await world.ask("agent-cna", asked, input=values)
        (error,) = answer["partnerUpdate"]["errors"]
        return str(error["contact"])

    assert "Centre de ressources du Sud" not in await told()
    await Person(world, "admin-national").does(
        "organismSupportSet", centreId="org_CR2", organismIds=["org_CNA"]
    )

    assert "Centre de ressources du Sud" in await told()


async def test_a_link_is_between_a_centre_and_who_contracts_and_by_national_administrators(
    world: World,
) -> None:
    national = Person(world, "admin-national")
    version = (await national.asks('{ organism(code: "CR1") { version } }'))[
        "organism"
    ]["version"]
    for values, code, path in (
        (
            {"centreId": "org_751", "organismIds": []},
            "VALUE_INVALID",
            ["input", "centreId"],
        ),
        (
            {"centreId": "org_RIEN", "organismIds": []},
            "NOT_FOUND",
            ["input", "centreId"],
        ),
        (
            {"centreId": "org_CR1", "organismIds": ["org_751", "org_CR2"]},
            "VALUE_INVALID",
            ["input", "organismIds", "1"],
        ),
        (
            {"centreId": "org_CR1", "organismIds": ["org_RIEN"]},
            "NOT_FOUND",
            ["input", "organismIds", "0"],
        ),
        (
            {"centreId": "org_CR1", "organismIds": [], "expectedVersion": version + 1},
            "VERSION_CONFLICT",
            ["input", "expectedVersion"],
        ),
    ):
        with refused(code) as told:
            await national.does("organismSupportSet", **values)
        assert told.path == path
    for who in ("agent-paris", "centre-ressources", "gestionnaire-canal"):
        with refused("FORBIDDEN"):
            await Person(world, who).does(
                "organismSupportSet", centreId="org_CR1", organismIds=[]
            )


async def test_a_caf_is_pivot_or_adherente_and_no_other_organism_is(
    world: World,
) -> None:
    national = Person(world, "admin-national")
    paris = {
        "code": "751",
        "kind": "CAF",
        "name": "Caf de Paris",
        "departments": ["75"],
    }

    done = await national.does(
        "organismSet", "organism { networkRole }", **paris, networkRole="PIVOT"
    )

    assert done["organism"]["networkRole"] == "PIVOT"
    assert (await national.asks('{ organism(code: "751") { networkRole } }'))[
        "organism"
    ]["networkRole"] == "PIVOT"
    with refused("VALUE_INVALID") as told:
        await national.does(
            "organismSet",
            code="CR1",
            kind="RESOURCE_CENTRE",
            name="CR",
            networkRole="ADHERENTE",
        )
    assert told.path == ["input", "networkRole"]
    cleared = await national.does("organismSet", "organism { networkRole }", **paris)
    assert cleared["organism"]["networkRole"] is None


# what a production begins with


async def test_the_seed_of_a_production_writes_no_fictitious_centre_and_no_address(
    tmp_path: object,
) -> None:
    register = Database(f"sqlite+aiosqlite:///{tmp_path}/production.db")
    await migrate(register)
    async with register.transaction() as session:
        await seed_reference(session)

    organisms = await rows(register, "SELECT code, kind, name, contact FROM organism")
    assert len(organisms) > 100
    assert [
        one for one in organisms if one["contact"] or "fictif" in one["name"].lower()
    ] == []
    assert {one["kind"] for one in organisms} == {
        "CAF",
        "MULTI_BRANCH",
        "CNA",
        "NATIONAL",
    }
    assert await rows(register, "SELECT * FROM organism_support") == []
    await register.close()
