"""Organisms and their agents: departments are not Caf, an agent has a profile over dates."""

import pytest

from persistence.engine import Database
from persistence.records import Agent, Organism, OrganismKind, Profile, Rule
from persistence.records.organisms import NetworkRole

from .build import DECIDER, TODAY, day, organism, refused
from .keys import one

BY_KIND = {
    OrganismKind.CAF: {Profile.READING, Profile.MANAGING},
    OrganismKind.MULTI_BRANCH: {Profile.READING, Profile.MANAGING},
    OrganismKind.CNA: {Profile.READING, Profile.MANAGING},
    OrganismKind.RESOURCE_CENTRE: {Profile.RESOURCE_CENTRE},
    OrganismKind.NATIONAL: {Profile.NATIONAL},
}


@pytest.mark.parametrize("kind", OrganismKind)
@pytest.mark.parametrize("profile", Profile)
def test_an_agent_has_a_profile_that_its_organism_knows(
    kind: OrganismKind, profile: Profile
) -> None:
    employer = organism("X", kind)

    if profile in BY_KIND[kind]:
        assert (
            Agent.appoint(DECIDER, employer, profile, TODAY).organism_id == employer.id
        )
    else:
        with refused(Rule.VALUE_INVALID, "profile"):
            Agent.appoint(DECIDER, employer, profile, TODAY)


def test_the_end_of_an_agent_is_brought_forward_never_put_off_nor_put_in_the_past() -> (
    None
):
    agent = Agent.appoint(DECIDER, organism("X"), Profile.READING, TODAY)

    with refused(Rule.DATE_PAST, "on"):
        agent.end(day(-1), TODAY)
    agent.end(day(5), TODAY)
    with refused(Rule.ALREADY_ENDED, "on"):
        agent.end(day(6), TODAY)
    agent.end(day(2), TODAY)

    assert agent.ends_on == day(2)


def test_an_organism_covers_its_departments() -> None:
    caf = organism("401", OrganismKind.CAF, "40", "64")

    assert [caf.is_in_charge_of(code) for code in ("40", "64", "33")] == [
        True,
        True,
        False,
    ]


async def test_the_cna_is_piloted_by_the_caf_of_the_yvelines_and_is_not_it(
    database: Database,
) -> None:
    cna = await one(database, Organism, Organism.id == "org_CNA")

    assert (cna.kind, cna.piloted_by_id, cna.departments) == (
        OrganismKind.CNA,
        "org_781",
        [],
    )


def test_a_resource_centre_alone_supports_and_a_body_that_contracts_alone_is_supported() -> (
    None
):
    """R60."""
    centre, caf = organism("C", OrganismKind.RESOURCE_CENTRE), organism("X")

    centre.support([caf, caf])

    assert centre.supports == [caf]
    with refused(Rule.VALUE_INVALID, "centre_id"):
        caf.support([caf])
    with refused(Rule.VALUE_INVALID, "organism_ids", "1"):
        centre.support([caf, organism("D", OrganismKind.RESOURCE_CENTRE)])


@pytest.mark.parametrize("kind", OrganismKind)
def test_only_a_caf_takes_part_in_the_network(kind: OrganismKind) -> None:
    body = organism("X", kind)
    body.takes_part(None)
    assert body.network_role is None

    if kind is OrganismKind.CAF:
        body.takes_part(NetworkRole.PIVOT)
        assert body.network_role == "PIVOT"
    else:
        with refused(Rule.VALUE_INVALID, "network_role"):
            body.takes_part(NetworkRole.PIVOT)
