"""What whoever asks has before them: what they may do somewhere, and where to ask for help."""

import pytest

from authz import load
from schema.actions import PERMISSIONS

from .desk import CALLERS, TODAY, Desk

MAY = "{ viewer { may } }"


async def may(desk: Desk, who: str) -> set[str]:
    told = (await desk.answer(who, MAY))["viewer"]["may"]
    assert len(told) == len(set(told))
    return set(told)


@pytest.mark.parametrize("who", CALLERS)
async def test_one_may_what_a_line_of_the_policy_gives_to_a_role_that_one_holds(
    desk: Desk, who: str
) -> None:
    engine = load()
    async with desk.database.reading() as driver:
        roles = (
            await desk.graph.subject(desk.context(who).identity, TODAY, driver)
        ).roles
    expected = {
        name
        for name, permission in PERMISSIONS.items()
        for line in engine.rules(*permission)
        if line.scope != "self" and roles & engine.descendants(line.role)
    }

    assert await may(desk, who) == expected


async def test_what_is_ones_own_opens_no_menu(desk: Desk) -> None:
    """Everybody reads himself: that is no reason to show the list of users."""
    assert await may(desk, "personne-inconnue") == set()
    assert await may(desk, "suspendu-canal") == set()
    declaring = await may(desk, "declarante-canal")
    assert declaring >= {"DECLARATION_DEPOSIT", "PARTNER_READ"}
    assert not declaring & {"USER_READ", "JOURNAL_ENTRY_READ", "AGENT_READ"}
    assert await may(desk, "gestionnaire-canal") >= {
        "USER_INVITE",
        "MEMBERSHIP_BULLETIN_READ",
        "USER_EXPORT",
    }
    assert await may(desk, "agent-paris") >= {
        "PARTNER_REGISTER",
        "IMPORT_UPLOAD",
        "JOURNAL_ENTRY_READ",
    }
    assert await may(desk, "admin-national") >= {
        "ORGANISM_WRITE",
        "AGENT_APPOINT",
        "AGENT_READ",
    }


async def test_questions_go_to_the_resource_centre_of_ones_organism_or_of_who_administers_ones_partner(
    desk: Desk,
) -> None:
    """R60."""
    asked = "{ viewer { resourceCentres { id kind } } }"

    async def centres(who: str) -> list[dict[str, str]]:
        return (await desk.answer(who, asked))["viewer"]["resourceCentres"]  # type: ignore[no-any-return]

    supporting = await desk.answer(
        "agent-paris", '{ organism(code: "751") { supportedBy { nodes { id kind } } } }'
    )
    of_paris = supporting["organism"]["supportedBy"]["nodes"]

    assert [centre["kind"] for centre in of_paris] == ["RESOURCE_CENTRE"]
    assert await centres("agent-paris") == of_paris
    assert await centres("declarante-canal") == of_paris
    assert await centres("admin-national") == []
    assert await centres("personne-inconnue") == []


async def test_november_of_a_campaign_serves_the_rights_of_the_next_year(
    desk: Desk,
) -> None:
    """R18, R19: both are computed from the year of the campaign."""
    answer = await desk.answer(
        "declarante-canal", "{ campaigns { year rightsYear referenceMonth } }"
    )

    assert answer["campaigns"]
    for campaign in answer["campaigns"]:
        assert campaign["rightsYear"] == campaign["year"] + 1
        assert campaign["referenceMonth"] == f"{campaign['year']}-11"
