"""An export is said to the journal before it leaves: who, which list, how many rows, by which filters."""

from tests.conftest import World

CANAL = "99990001200025"
JOURNAL = (
    f'{{ partner(by: {{siret: "{CANAL}"}}) '
    '{ journal(act: "listExport") { nodes { after objectId reason } } } }'
)


def codes(payload: dict[str, list[dict[str, str]]]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def exported(world: World) -> int:
    counted = await world.ask(
        "admin-national", '{ journal(act: "listExport") { totalCount } }'
    )
    return int(counted["journal"]["totalCount"])


async def test_an_export_tells_the_list_its_rows_and_its_filters_to_the_partner_whose_it_is(
    world: World,
) -> None:
    told = {"list": "LINES", "rows": 12, "filter": "campagne 2026"}

    await world.do(
        "declarante-canal", "listExport", "", **told, reason="Contrôle interne"
    )

    seen = await world.ask("gestionnaire-canal", JOURNAL)
    assert seen["partner"]["journal"]["nodes"] == [
        {"after": {"export": told}, "objectId": None, "reason": "Contrôle interne"}
    ]


async def test_whoever_may_not_export_a_list_is_refused_and_nothing_is_written(
    world: World,
) -> None:
    for who, listed, code in (
        ("declarante-canal", "JOURNAL", "FORBIDDEN"),
        ("gestionnaire-canal", "LINES", "FORBIDDEN"),
        ("admin-national", "WORKERS", "FORBIDDEN"),
        ("suspendu-canal", "PARTNERS", "FORBIDDEN"),
        ("personne-inconnue", "PARTNERS", "UNKNOWN_CALLER"),
    ):
        assert codes(await world.act(who, "listExport", "", list=listed, rows=1)) == [
            code
        ], (who, listed)

    assert await exported(world) == 0


async def test_a_filter_that_holds_a_social_security_number_is_refused(
    world: World,
) -> None:
    nir = await world.act(
        "agent-paris",
        "listExport",
        "",
        list="USERS",
        rows=1,
        filter="nom : 2 69 05 49 588 157 80",
    )
    less = await world.act("agent-paris", "listExport", "", list="USERS", rows=-1)

    assert (codes(nir), codes(less)) == (["NIR_IN_TEXT"], ["VALUE_INVALID"])
    assert await exported(world) == 0


async def test_an_export_said_twice_with_one_key_is_written_once(world: World) -> None:
    said = {"list": "BULLETINS", "rows": 4, "idempotencyKey": "export-1"}

    first, again = [
        await world.do("agent-paris", "listExport", "", **said) for _ in range(2)
    ]

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert await exported(world) == 1
