"""What happened on the day of the tests, told with the graph's own acts: one of every state that a screen may meet."""

from typing import Any

from .declared_story import tell_declarations
from .desk import Desk
from .imported_story import tell_imports

PAPER = {
    "partnerSignedOn": "2026-12-01",
    "organismSignedOn": "2026-12-02",
    "partnerSignatory": "Signataire fictif",
    "organismSignatory": "Signataire fictif",
    "digest": "0" * 64,
}
CANAL, ATELIERS, BASSIN = (
    "ptr_99990001200025",
    "ptr_99990001200017",
    "ptr_99990001200033",
)
SEINE, ALIZES, OLIVIERS = (
    "ptr_99990001200041",
    "ptr_99990007900016",
    "ptr_99990004600015",
)


async def tell(desk: Desk) -> None:
    """The same acts in the same order: with ids by counter, both registers end equal."""
    await _paris(desk)
    await _canal(desk)
    await _elsewhere(desk)
    await _national(desk)
    await tell_declarations(desk)
    await tell_imports(desk)


async def _of(desk: Desk, who: str, partner: str, selection: str) -> dict[str, Any]:
    answer = await desk.answer(
        who,
        f"query($i: ID!) {{ partner(by: {{id: $i}}) {{ {selection} }} }}",
        {"i": partner},
    )
    return answer["partner"]  # type: ignore[no-any-return]


async def _paris(desk: Desk) -> None:
    who = "agent-paris"
    held = await _of(desk, who, ATELIERS, "conventionInForce { id }")
    await desk.do(
        who,
        "conventionAmend",
        "amendment { id }",
        conventionId=held["conventionInForce"]["id"],
        verifiedFields=["missions", "adresse"],
        missionIds=["mis_ACCOMPAGNEMENT_TRAVAIL", "mis_ACCOMPAGNEMENT_SOCIAL"],
    )
    await desk.do(
        who,
        "activityAttest",
        "attestation { id }",
        partnerId=ATELIERS,
        evidence="Appel du 9 décembre",
    )
    await desk.do(
        who,
        "eligibilityDecide",
        "",
        partnerId=BASSIN,
        serviceId="svc_ESAT",
        decision="NOT_ELIGIBLE",
        ground="Mission absente",
    )
    made = await desk.do(
        who,
        "partnerRegister",
        "partner { id }",
        siret="73282932000074",
        name="Éden & Œuvres — l'« Orée »",
        kind="ESAT",
        organismId="org_751",
        department="75",
        reason="Premier contact",
    )
    draft = await desk.do(
        who,
        "conventionPrepare",
        "convention { id }",
        partnerId=made["partner"]["id"],
        mode="DELEGATED",
        missionIds=["mis_ACCOMPAGNEMENT_TRAVAIL"],
        conditionsOfExercise='Guillemets " et \\ barre',
    )
    await desk.do(
        who,
        "conventionSign",
        "convention { status }",
        conventionId=draft["convention"]["id"],
        convention=PAPER,
        contract=PAPER,
        inForceOn="2027-01-01",
        termOn="2028-01-01",
    )


async def _canal(desk: Desk) -> None:
    who = "gestionnaire-canal"
    held = await _of(
        desk,
        who,
        CANAL,
        "services { id } affiliations(first: 50) { nodes { id user { id familyName } } }",
    )
    access = held["services"][0]["id"]
    cards = {a["user"]["id"]: a["id"] for a in held["affiliations"]["nodes"]}
    group = await desk.do(
        who, "groupCreate", "group { id }", accessId=access, name="Élèves d'œuvre"
    )
    await desk.do(
        who,
        "groupRoleAttach",
        "group { id }",
        groupId=group["group"]["id"],
        roleId="rol_ESAT_PREPARATEUR",
    )
    await desk.do(
        who,
        "groupMembersAdd",
        "group { id }",
        groupId=group["group"]["id"],
        userIds=["usr_declarante-canal", "usr_preparatrice-canal"],
    )
    spare = await desk.do(
        who, "groupCreate", "group { id }", accessId=access, name="Zèle sans rôle"
    )
    del spare
    await desk.do(
        who,
        "userInvite",
        "affiliation { id }",
        partnerId=CANAL,
        person={
            "givenName": "Ève",
            "familyName": "Ærøskøbing",
            "email": "eve@example.invalid",
            "jobTitle": "Stagiaire",
        },
    )
    await desk.do(
        who,
        "userDeactivate",
        "",
        affiliationId=cards["usr_lecteur-canal"],
        on="2026-12-31",
    )


async def _elsewhere(desk: Desk) -> None:
    who = "agent-yvelines"
    held = await _of(desk, who, SEINE, "conventionInForce { id }")
    await desk.do(
        who,
        "conventionClose",
        "convention { status }",
        conventionId=held["conventionInForce"]["id"],
        on="2027-03-01",
        closingReason="TERMINATED_BY_PARTNER",
        comment="À sa demande",
    )
    card = await desk.do(
        who,
        "userInvite",
        "invitation affiliation { id }",
        partnerId=SEINE,
        person={
            "givenName": "Éric",
            "familyName": "Élan",
            "email": "eric@example.invalid",
        },
    )
    await desk.do(
        "declarant-canal",
        "invitationAccept",
        "affiliation { id }",
        invitation=card["invitation"],
    )
    who = "agent-reunion"
    served = await _of(desk, who, ALIZES, "services { id }")
    await desk.do(
        who,
        "serviceSuspend",
        "access { open }",
        accessId=served["services"][0]["id"],
        suspensionReason="Contrôle",
    )
    who = "agent-bouches-du-rhone"
    grouped = await _of(desk, who, OLIVIERS, "groups { nodes { id } }")
    await desk.do(
        who,
        "groupClose",
        "group { id }",
        groupId=grouped["groups"]["nodes"][0]["id"],
        on="2026-12-10",
    )


async def _national(desk: Desk) -> None:
    who = "admin-national"
    await desk.do(
        who,
        "agentAppoint",
        "agent { id }",
        organismId="org_CR1",
        profile="RESOURCE_CENTRE",
        userId="usr_agent-rhone",
    )
    await desk.do(who, "campaignSet", "campaign { status }", year=2028)
    await desk.do(
        who,
        "parameterSet",
        "parameter { value }",
        name="SMIC_HOURLY",
        startsOn="2027-01-01",
        value=1250,
    )
    await desk.do(
        who,
        "organismSet",
        "organism { id }",
        code="751",
        kind="CAF",
        name="Caf de Paris",
        departments=["75"],
        contact="contact-751@example.invalid",
    )
