"""What one may do is told with the state: the act that the state forbids is not offered, and says why not."""

import pytest

from persistence.records import Rule
from resolvers.permissions import constant
from tests.conftest import World

from .story import (
    CENTRALISED,
    DELEGATED,
    TODAY,
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    another_siret_of,
    refused,
)


async def verdict(
    who: Person, kind: str, key: str, act: str
) -> tuple[bool, str | None]:
    seen = await who.reads(
        key,
        f"... on {kind} {{ viewerCan(acts: [{constant(act)}]) {{ allowed reason }} }}",
    )
    (one,) = seen["viewerCan"]
    return one["allowed"], one["reason"]


def barred(rule: Rule) -> tuple[bool, str | None]:
    return False, rule.sentence


async def test_a_service_is_not_opened_on_another_siret_and_viewer_can_says_which_rule(
    paris: Person,
) -> None:
    partner, convention = await a_signed_esat(paris)
    await paris.decides_eligibility(partner.id)

    for siret, rule in (
        (a_siret(), Rule.SIRET_DIFFERS),
        (another_siret_of(partner.siret), Rule.SIRET_DIFFERS_SAME_SIREN),
    ):
        bulletin = await paris.prepares_bulletin(
            convention, siret, partner.establishments
        )
        assert await verdict(
            paris, "MembershipBulletin", bulletin, "serviceOpen"
        ) == barred(Rule.SIGNATURE_MISSING)
        await paris.signs_bulletin(bulletin)
        assert await verdict(
            paris, "MembershipBulletin", bulletin, "serviceOpen"
        ) == barred(rule)
        with refused(rule.name, "R58"):
            await paris.opens(bulletin)


async def test_each_condition_of_an_opening_is_told_before_it_is_tried(
    paris: Person,
) -> None:
    partner = await paris.registers(a_siret())
    draft = await paris.prepares_convention(partner.id)
    bulletin = await paris.prepares_bulletin(draft, partner.siret, (), ())
    kind = "MembershipBulletin"

    assert await verdict(paris, kind, bulletin, "bulletinSign") == barred(
        Rule.BULLETIN_INCOMPLETE
    )
    await paris.prepares_bulletin(draft, partner.siret, partner.establishments)
    assert await verdict(paris, kind, bulletin, "bulletinSign") == barred(
        Rule.CONVENTION_NOT_IN_FORCE
    )
    await paris.signs_convention(draft)
    assert await verdict(paris, "Convention", draft, "conventionSign") == barred(
        Rule.ALREADY_SIGNED
    )
    assert await verdict(paris, kind, bulletin, "bulletinSign") == (True, None)
    await paris.signs_bulletin(bulletin)
    assert await verdict(paris, kind, bulletin, "serviceOpen") == barred(
        Rule.ELIGIBILITY_MISSING
    )
    await paris.decides_eligibility(partner.id, "NOT_ELIGIBLE")
    assert await verdict(paris, kind, bulletin, "serviceOpen") == barred(
        Rule.ELIGIBILITY_REFUSED
    )
    await paris.decides_eligibility(partner.id)
    assert await verdict(paris, kind, bulletin, "serviceOpen") == (True, None)
    await paris.opens(bulletin)
    assert await verdict(paris, kind, bulletin, "serviceOpen") == barred(
        Rule.BULLETIN_OPENED
    )
    await paris.does(
        "bulletinClose", bulletinId=bulletin, on="2026-12-31", closingReason="Fin"
    )
    assert await verdict(paris, kind, bulletin, "bulletinClose") == barred(
        Rule.ALREADY_ENDED
    )
    assert await verdict(paris, kind, bulletin, "bulletinClosingCancel") == (True, None)


async def test_a_second_convention_and_a_hand_back_without_custody_are_not_offered(
    paris: Person, world: World
) -> None:
    partner, convention = await a_signed_esat(paris)
    cna = Person(world, "agent-cna")

    assert await verdict(paris, "Partner", partner.id, "conventionRecord") == barred(
        Rule.ONE_CONVENTION
    )
    assert await verdict(paris, "Partner", partner.id, "cnaHandBack") == barred(
        Rule.CNA_NOT_ADMINISTERING
    )
    annex = await paris.adds_establishment(partner.id, a_siret(), "93")
    wide = await paris.prepares_bulletin(
        convention, partner.siret, (*partner.establishments, annex)
    )
    await paris.signs_bulletin(wide, acknowledgeCna=True)
    assert await verdict(cna, "Partner", partner.id, "cnaHandBack") == barred(
        Rule.CNA_STILL_WIDE
    )
    with refused("CNA_STILL_WIDE", "R47"):
        await cna.does("cnaHandBack", partnerId=partner.id)
    await cna.does("bulletinClose", bulletinId=wide, on=TODAY, closingReason="Erreur")
    # begun and ended on one day, the custody is the CNA's to end
    assert await verdict(cna, "Partner", partner.id, "cnaHandBack") == (True, None)
    await cna.does("cnaHandBack", partnerId=partner.id)
    assert await verdict(paris, "Partner", partner.id, "conventionPrepare") == (
        True,
        None,
    )


async def test_a_suspension_and_a_departure_are_offered_to_their_own_side_alone(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager, link = Person(paris.asker, str(esat.manager)), esat.member.affiliation

    async def both(act: str) -> list[tuple[bool, str | None]]:
        return [
            await verdict(who, "Affiliation", link, act) for who in (paris, manager)
        ]

    assert await both("userReinstate") == [barred(Rule.NOT_SUSPENDED)] * 2
    await paris.suspends(link)
    assert await both("userReinstate") == [
        (True, None),
        barred(Rule.SUSPENDED_BY_ORGANISM),
    ]
    assert await both("userSuspend") == [barred(Rule.ALREADY_SUSPENDED), (True, None)]
    await manager.suspends(link)
    assert await both("userReinstate") == [(True, None)] * 2
    await paris.reinstates(link)
    assert await both("userReinstate") == [
        barred(Rule.SUSPENDED_BY_PARTNER),
        (True, None),
    ]
    await manager.does("userDeactivate", affiliationId=link, on="2026-12-31")
    assert await both("userDeactivationCancel") == [
        barred(Rule.ENDED_BY_PARTNER),
        (True, None),
    ]
    await paris.does("userDeactivate", affiliationId=link, on="2026-12-30")
    assert await both("userDeactivationCancel") == [
        (True, None),
        barred(Rule.ENDED_BY_ORGANISM),
    ]
    (own,) = (await manager.asks("{ viewer { affiliations { id } } }"))["viewer"][
        "affiliations"
    ]
    assert await verdict(manager, "Affiliation", own["id"], "userDeactivate") == barred(
        Rule.LAST_MANAGER
    )
    assert await verdict(paris, "Affiliation", own["id"], "userDeactivate") == (
        True,
        None,
    )


@pytest.mark.parametrize("mode", [CENTRALISED, DELEGATED])
async def test_a_change_of_mode_underway_is_told_to_a_change_of_siret(
    paris: Person, mode: str
) -> None:
    esat = await an_open_esat(paris, "jo", mode)
    other = DELEGATED if mode == CENTRALISED else CENTRALISED
    await paris.does("delegationChange", partnerId=esat.partner.id, mode=other)

    assert await verdict(
        paris, "Partner", esat.partner.id, "partnerSiretChange"
    ) == barred(Rule.SUCCESSOR_PREPARED)
    assert await verdict(paris, "Partner", esat.partner.id, "delegationChange") == (
        True,
        None,
    )
    with refused("SUCCESSOR_PREPARED", "R43"):
        await paris.does(
            "partnerSiretChange", partnerId=esat.partner.id, siret=a_siret()
        )
