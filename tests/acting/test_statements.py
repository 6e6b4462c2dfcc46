"""How many SQL statements each act sends, on both databases: an act that needs more says so here."""

from datetime import UTC, datetime

from server.settings import DEMO_ISSUER
from tests.conftest import World
from tests.imports.sending import Desk, a_file
from tests.imports.sending import a_line as an_imported_line
from tests.journeys.payroll import a_deposit, a_line, a_nir
from tests.journeys.story import (
    DELEGATED,
    FORM,
    TODAY,
    TOMORROW,
    a_signed_esat,
    a_siret,
    an_open_esat,
    another_siret_of,
    paper,
    somebody,
)
from tests.journeys.test_delegation import new_papers
from tests.reading.declared_story import last_year

from .counting import Ledger, statements_sent
from .generated_inputs import acts

CANAL = "99990001200025"
PARIS, NATIONAL = "agent-paris", "admin-national"

FEW, MOST = 12, 0.8
"""What most acts send at most, and the share of the acts that are most."""
STATEMENTS = {
    "partnerRegister": 13,
    "partnerUpdate": 6,
    "establishmentUpdate": 7,
    "establishmentAdd": 9,
    "establishmentEnd": 7,
    "activityAttest": 7,
    "eligibilityDecide": 8,
    "conventionPrepare": 10,
    "conventionSign": 12,
    "conventionAmend": 7,
    "eligibilityDecide of a service of its contract": 7,
    "bulletinPrepare": 11,
    "bulletinSign": 7,
    "serviceOpen": 9,
    "groupCreate": 7,
    "groupRoleAttach": 6,
    "userInvite": 8,
    "userUpdate": 6,
    "invitationRenew": 6,
    "groupMembersAdd": 7,
    "invitationAccept": 9,
    "userSuspend": 8,
    "userReinstate": 7,
    "userSuspend with a key": 10,
    "userSuspend replayed": 4,
    "groupMembersRemove": 8,
    "groupClose": 6,
    "groupClosingCancel": 6,
    "userDeactivate": 6,
    "userDeactivationCancel": 6,
    "mandateGrant": 10,
    "mandateRevoke": 6,
    "serviceSuspend": 8,
    "serviceResume": 7,
    "conventionSuspend": 10,
    "conventionResume": 9,
    "bulletinClose": 6,
    "bulletinClosingCancel": 8,
    "bulletinReplace": 10,
    "conventionClose": 8,
    "conventionClosingCancel": 12,
    "conventionClose as a dry run": 8,
    "managerAppoint": 10,
    "managerEnd": 6,
    "conventionRecord": 15,
    "delegationChange": 22,
    "partnerSiretChange": 29,
    "partnerTransfer": 25,
    "cnaHandBack": 10,
    "serviceSet": 7,
    "roleSet": 6,
    "missionSet": 7,
    "campaignSet": 6,
    "parameterSet": 4,
    "organismSet": 6,
    "organismSupportSet": 12,
    "agentAppoint": 8,
    "agentEnd": 8,
    "listExport": 2,
    "remunerationsDeclare": 25,
    "remunerationsDeclare again": 34,
    "remunerationsDeclare into a draft": 19,
    "remunerationsDeclare of a draft": 33,
    "draftOpen": 17,
    "draftLinesRemove": 11,
    "draftDiscard": 9,
    "remunerationsCorrect": 36,
    "remunerationsProcess": 9,
    "treatmentsReopen": 10,
    "beneficiaryAnswer": 11,
    "workerUpdate": 7,
    "declarationRemind": 8,
    "workerMerge": 25,
    "workerNirReveal": 5,
    "workerLetterOpen": 5,
    "activityChangesDeclare": 20,
    "activityChangesProcess": 8,
    "activityChangeCancel": 20,
    "importOpen": 5,
    "importArbitrate": 8,
    "importApply": 21,
    "importPurge": 10,
}
ON_SQLITE = STATEMENTS | {"importApply": STATEMENTS["importApply"] + 2}
"""SQLite inserts the three entries of the journal one by one."""


async def of_a_partner(ledger: Ledger) -> None:
    """A partner from its registration to its open service."""
    paris = ledger.person(PARIS)
    siret = a_siret()
    facts = {
        "siret": siret,
        "name": "ESAT des Tilleuls",
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }
    partner = await ledger.object_id(PARIS, "partnerRegister", "partner", **facts)
    await ledger.does(PARIS, "partnerUpdate", partnerId=partner, name="ESAT des Aulnes")
    seen = await paris.reads(
        partner, "... on Partner { establishments { nodes { id } } }"
    )
    (place,) = [node["id"] for node in seen["establishments"]["nodes"]]
    await ledger.does(
        PARIS,
        "establishmentUpdate",
        establishmentId=place,
        name="Siège",
        department="75",
    )
    annex = {"siret": another_siret_of(siret), "name": "Annexe", "department": "75"}
    annex_id = await ledger.object_id(
        PARIS, "establishmentAdd", "establishment", partnerId=partner, **annex
    )
    await ledger.does(
        PARIS,
        "establishmentEnd",
        establishmentId=annex_id,
        on=TOMORROW,
        endReason="Fermeture",
    )
    await ledger.does(
        PARIS, "activityAttest", partnerId=partner, evidence="Appel à la directrice"
    )
    decision = {
        "serviceId": "svc_ESAT",
        "decision": "ELIGIBLE",
        "ground": "Mission vérifiée",
        "formDigest": FORM,
    }
    await ledger.does(PARIS, "eligibilityDecide", partnerId=partner, **decision)
    work = {"missionIds": ["mis_ACCOMPAGNEMENT_TRAVAIL"]}
    prepared = {"partnerId": partner, "mode": "CENTRALISED"} | work
    convention = await ledger.object_id(
        PARIS, "conventionPrepare", "convention", **prepared
    )
    signed = {"convention": paper("a"), "contract": paper("b"), "inForceOn": TODAY}
    await ledger.does(PARIS, "conventionSign", conventionId=convention, **signed)
    await ledger.does(
        PARIS,
        "conventionAmend",
        conventionId=convention,
        verifiedFields=["mission"],
        **work,
    )
    terms = {
        "serviceId": "svc_ESAT",
        "siret": siret,
        "roleIds": ["rol_ESAT_DECLARANT"],
        "establishmentIds": [place],
    }
    of_ours = decision | {"ground": "Mission confirmée"}
    await ledger.does(
        PARIS,
        "eligibilityDecide",
        "of a service of its contract",
        partnerId=partner,
        **of_ours,
    )
    bulletin = await ledger.object_id(
        PARIS, "bulletinPrepare", "bulletin", conventionId=convention, **terms
    )
    await ledger.does(
        PARIS,
        "bulletinSign",
        bulletinId=bulletin,
        signature=paper("c"),
        effectiveFrom=TODAY,
    )
    access = await ledger.object_id(
        PARIS, "serviceOpen", "access", bulletinId=bulletin, on=TODAY
    )
    await of_groups_and_people(ledger, partner, access)
    await ledger.does(
        PARIS, "serviceSuspend", accessId=access, suspensionReason="Vérification"
    )
    await ledger.does(PARIS, "serviceResume", accessId=access)
    doubt = {"conventionId": convention, "suspensionReason": "Vérification"}
    await ledger.does(PARIS, "conventionSuspend", **doubt)
    await ledger.does(PARIS, "conventionResume", conventionId=convention)
    await ledger.does(
        PARIS, "bulletinClose", bulletinId=bulletin, on=TOMORROW, closingReason="Erreur"
    )
    await ledger.does(PARIS, "bulletinClosingCancel", bulletinId=bulletin)
    following = await paris.prepares_bulletin(convention, siret, (place,))
    await paris.signs_bulletin(following, TOMORROW)
    await ledger.does(
        PARIS,
        "bulletinReplace",
        bulletinId=bulletin,
        successorId=following,
        on=TOMORROW,
    )
    closing = {"on": TOMORROW, "closingReason": "TERMINATED_BY_CAF"}
    await ledger.does(PARIS, "conventionClose", conventionId=convention, **closing)
    await ledger.does(PARIS, "conventionClosingCancel", conventionId=convention)
    await ledger.does(
        PARIS,
        "conventionClose",
        "as a dry run",
        conventionId=convention,
        dryRun=True,
        **closing,
    )


async def of_groups_and_people(ledger: Ledger, partner: str, access: str) -> None:
    group = await ledger.object_id(
        PARIS, "groupCreate", "group", accessId=access, name="Déclarants"
    )
    await ledger.does(
        PARIS, "groupRoleAttach", groupId=group, roleId="rol_ESAT_DECLARANT"
    )
    jo = somebody("Jo", "Jonquille")
    link = await ledger.object_id(
        PARIS, "userInvite", "affiliation", partnerId=partner, person=jo
    )
    await ledger.does(
        PARIS, "userUpdate", affiliationId=link, person=jo | {"jobTitle": "Comptable"}
    )
    renewed = await ledger.does(PARIS, "invitationRenew", affiliationId=link)
    seen = await ledger.person(PARIS).reads(link, "... on Affiliation { user { id } }")
    user = seen["user"]["id"]
    await ledger.does(PARIS, "groupMembersAdd", groupId=group, userIds=[user])
    await ledger.does("jo", "invitationAccept", invitation=renewed["invitation"])
    suspended = {"affiliationId": link, "suspensionReason": "Vérification en cours"}
    await ledger.does(PARIS, "userSuspend", **suspended)
    await ledger.does(PARIS, "userReinstate", affiliationId=link)
    await ledger.does(
        PARIS, "userSuspend", "with a key", **suspended, idempotencyKey="clé"
    )
    await ledger.does(
        PARIS, "userSuspend", "replayed", **suspended, idempotencyKey="clé"
    )
    await ledger.person(PARIS).reinstates(link)
    await ledger.does(
        PARIS, "groupMembersRemove", groupId=group, userIds=[user], on=TOMORROW
    )
    await ledger.does(PARIS, "groupClose", groupId=group, on=TOMORROW)
    await ledger.does(PARIS, "groupClosingCancel", groupId=group)
    await ledger.does(PARIS, "userDeactivate", affiliationId=link, on=TOMORROW)
    await ledger.does(PARIS, "userDeactivationCancel", affiliationId=link)
    client = {
        "issuer": DEMO_ISSUER,
        "subject": "paie-comptée",
        "name": "Paie",
        "email": "paie@editeur.invalid",
    }
    mandate = await ledger.object_id(
        PARIS, "mandateGrant", "affiliation", partnerId=partner, client=client
    )
    await ledger.does(PARIS, "mandateRevoke", affiliationId=mandate, on=TOMORROW)


async def of_conventions(ledger: Ledger) -> None:
    """What is delegated, recorded, replaced, or handed back by the Centre national d'appui."""
    paris, cna = ledger.person(PARIS), ledger.person("agent-cna")
    _, delegated = await a_signed_esat(paris, DELEGATED)
    appointed = {
        "conventionId": delegated,
        "kind": "MANAGER",
        "person": somebody("Mona", "Mimosa"),
    }
    manager = await ledger.object_id(PARIS, "managerAppoint", "manager", **appointed)
    await ledger.does(PARIS, "managerEnd", managerId=manager, on=TOMORROW)

    partner = await paris.registers(a_siret())
    recorded = {
        "number": "CV-2019-0042",
        "mode": "CENTRALISED",
        "missionIds": ["mis_ACCOMPAGNEMENT_TRAVAIL"],
    }
    papers = {
        "convention": paper("a"),
        "contract": paper("b"),
        "originallyInForceOn": "2019-04-01",
    }
    await ledger.does(
        PARIS, "conventionRecord", partnerId=partner.id, **recorded, **papers
    )

    esat = await an_open_esat(paris, "lou")
    switched = {"mode": DELEGATED, "members": "END", "switch": new_papers(TODAY)}
    await ledger.does(PARIS, "delegationChange", partnerId=esat.partner.id, **switched)
    moving = await an_open_esat(paris, "léo")
    moved = {
        "siret": a_siret(),
        "switch": {k: v for k, v in new_papers().items() if k != "on"},
    }
    await ledger.does(PARIS, "partnerSiretChange", partnerId=moving.partner.id, **moved)
    leaving = {"partnerId": moving.partner.id, "organismId": "org_781"}
    await ledger.does(PARIS, "partnerTransfer", **leaving, switch=new_papers(TODAY))

    wide, convention = await a_signed_esat(paris)
    annex = await paris.adds_establishment(wide.id, a_siret(), "93")
    bulletin = await paris.prepares_bulletin(
        convention, wide.siret, (*wide.establishments, annex)
    )
    await paris.signs_bulletin(bulletin, acknowledgeCna=True)
    await cna.does(
        "bulletinClose", bulletinId=bulletin, on=TODAY, closingReason="Erreur"
    )
    await ledger.does("agent-cna", "cnaHandBack", partnerId=wide.id)


async def of_reference_data(ledger: Ledger) -> None:
    service = {
        "code": "TRANSPORT",
        "label": "Aide au transport",
        "tabLabel": "Transport",
        "availableFrom": TODAY,
        "excludedDepartments": ["974"],
    }
    await ledger.does(NATIONAL, "serviceSet", **service)
    role = {
        "code": "GUICHET",
        "serviceId": "svc_TRANSPORT",
        "label": "Guichet",
        "profile": "READING",
    }
    await ledger.does(NATIONAL, "roleSet", **role)
    await ledger.does(
        NATIONAL,
        "missionSet",
        code="MOBILITE",
        label="Mobilité",
        serviceIds=["svc_TRANSPORT"],
    )
    await ledger.does(NATIONAL, "campaignSet", year=2028)
    await ledger.does(
        NATIONAL, "parameterSet", name="SMIC_HOURLY", startsOn="2027-01-01", value=1250
    )
    paris = {
        "code": "751",
        "kind": "CAF",
        "name": "Caf de Paris",
        "departments": ["75"],
    }
    await ledger.does(NATIONAL, "organismSet", **paris)
    await ledger.does(
        NATIONAL, "organismSupportSet", centreId="org_CR1", organismIds=["org_691"]
    )
    person = somebody("Zoé", "Zinc") | {"issuer": DEMO_ISSUER, "subject": "zoe-agent"}
    appointed = {"organismId": "org_751", "profile": "READING", "person": person}
    agent = await ledger.object_id(NATIONAL, "agentAppoint", "agent", **appointed)
    await ledger.does(NATIONAL, "agentEnd", agentId=agent, on=TOMORROW)
    await ledger.does("declarante-canal", "listExport", list="LINES", rows=12)


async def of_declarations(ledger: Ledger) -> None:
    who = "declarante-canal"
    query = '{ partner(by: {siret: "99990001200025"}) { establishments { nodes { id siret } } } }'
    partner = (await ledger.person(PARIS).asks(query))["partner"]
    place = next(
        place for place in partner["establishments"]["nodes"] if place["siret"] == CANAL
    )
    reminder = {"establishmentId": place["id"], "campaignYear": 2026}
    await ledger.does(PARIS, "declarationRemind", **reminder)
    await ledger.does(who, "remunerationsDeclare", **a_deposit(CANAL, "un", a_line(1)))
    removal = {"acknowledgeRemovals": 1, "reason": "Une autre personne"}
    replacement = a_deposit(CANAL, "deux", a_line(2), **removal)
    batch = await ledger.object_id(
        who, "remunerationsDeclare", "batch", "again", **replacement
    )
    shown = "... on Batch { declaration { lines { nodes { id worker { id } } } } }"
    (line,) = (await ledger.person(who).reads(batch, shown))["declaration"]["lines"][
        "nodes"
    ]
    await ledger.does(
        PARIS,
        "remunerationsProcess",
        lineIds=[line["id"]],
        outcome="TAKEN_INTO_ACCOUNT",
    )
    answered = "... on DeclarationLine { treatments { id } }"
    treatments = (await ledger.person(PARIS).reads(line["id"], answered))["treatments"]
    await ledger.does(
        PARIS,
        "treatmentsReopen",
        treatmentIds=[treatments[0]["id"]],
        reason="Répondu trop tôt",
    )
    await ledger.does(
        PARIS, "workerNirReveal", workerId=line["worker"]["id"], reason="Rapprochement"
    )
    await ledger.does(PARIS, "workerLetterOpen", lineId=line["id"])
    change = {
        "workerId": line["worker"]["id"],
        "kind": "RATE_DECREASE",
        "effectiveOn": TODAY,
        "rate": "50",
    }
    told = {
        "establishment": {"siret": CANAL},
        "idempotencyKey": "trois",
        "lines": [change],
    }
    await ledger.does(who, "activityChangesDeclare", **told)
    query = """{ partner(by: {siret: "99990001200025"}) { establishments { nodes { id siret
      roster(campaignId: "cmp_2026", standing: MISSING, first: 1) { nodes { worker { id } } } } } } }"""
    partner = (await ledger.person(who).asks(query))["partner"]
    place = next(
        place for place in partner["establishments"]["nodes"] if place["siret"] == CANAL
    )
    roster_answer = {
        "establishmentId": place["id"],
        "campaignYear": 2026,
        "workerId": place["roster"]["nodes"][0]["worker"]["id"],
        "answer": "AAH_LOST",
    }
    await ledger.does(who, "beneficiaryAnswer", **roster_answer)
    query = "{ activityChanges(source: CHANGE, order: LATEST) { nodes { id effectiveOn } } }"
    changes = (await ledger.person(who).asks(query))["activityChanges"]["nodes"]
    (change_id,) = [c["id"] for c in changes if c["effectiveOn"] == TODAY]
    cancelled = {"changeId": change_id, "idempotencyKey": "quatre"}
    await ledger.does(who, "activityChangeCancel", **cancelled)
    (cancellation,) = (await ledger.person(who).asks("{ activityChanges(source: CHANGE, status: CANCELLED) { nodes { id corrects { id } } } }"))["activityChanges"]["nodes"][1:]  # fmt: skip
    answer = {"changeIds": [cancellation["id"]], "outcome": "TAKEN_INTO_ACCOUNT"}
    await ledger.does(PARIS, "activityChangesProcess", **answer)


async def of_two_cards(ledger: Ledger) -> None:
    """Somebody who was declared under a temporary number, then under the true one."""
    who = "declarante-canal"
    query = """{ workers(search: "%s") { nodes { id nir } } }"""
    (former,) = [line for line in last_year()[CANAL] if line["nir"][0] == "7"]
    new = former | {"nir": a_nir(7)}
    kept = [a_line(0), a_line(9)]
    meant = {"acknowledgeRemovals": 2, "reason": "Numéro définitif"}
    done = await ledger.person(who).declares(
        **a_deposit(CANAL, "cinq", new, *kept, **meant)
    )
    assert done["errors"] == []
    cards = (
        await ledger.person(who).asks(
            query % f"{former['birthName']} {former['givenNames']}"
        )
    )["workers"]["nodes"]
    ids = {card["nir"][0]: card["id"] for card in cards}
    joined = {"workerId": ids["7"], "intoWorkerId": ids["1"], "reason": "Un numéro"}
    await ledger.does(who, "workerUpdate", workerId=ids["1"], payingOrganism="921", payerChangeReason="Un déménagement")  # fmt: skip
    await ledger.does(who, "workerMerge", **joined)


async def of_drafts(ledger: Ledger) -> None:
    who = "declarante-canal"
    query = '{ declarations(status: DEPOSITED, campaignId: "cmp_2026") { nodes { id siret lines { nodes { id } } } } }'
    made = (await ledger.person(who).asks(query))["declarations"]["nodes"]
    (here,) = [one for one in made if one["siret"] == CANAL]
    correction = {
        "declarationId": here["id"],
        "put": [a_line(3), a_line(4)],
        "remove": [{"lineId": here["lines"]["nodes"][0]["id"]}],
        "reason": "Une autre personne",
        "idempotencyKey": "correction",
    }
    await ledger.does(who, "remunerationsCorrect", **correction)
    values = {"establishment": {"siret": CANAL}, "campaignYear": 2026}
    await ledger.does(who, "draftOpen", **values, source="LIVE")
    put = a_deposit(CANAL, "huit", a_line(0), a_line(9), deposit=False)
    await ledger.does(who, "remunerationsDeclare", "into a draft", **put)
    whole = a_deposit(CANAL, "neuf") | {"lines": None}
    await ledger.does(who, "remunerationsDeclare", "of a draft", **whole)
    opened = await ledger.person(who).does(
        "draftOpen", "declaration { id }", **values, source="LIVE"
    )
    draft = opened["declaration"]["id"]
    removed = {"declarationId": draft, "lines": [{"clientReference": "P009"}]}
    await ledger.does(who, "draftLinesRemove", **removed)
    await ledger.does(who, "draftDiscard", declarationId=draft)


async def of_imports(ledger: Ledger) -> None:
    desk = Desk(ledger.asker, PARIS, "org_751")
    siret = a_siret()
    file = a_file(
        an_imported_line(),
        an_imported_line(siret),
        an_imported_line(siret, name="ESAT des Acajous"),
    )
    opened = await ledger.object_id(
        PARIS, "importOpen", "import", filename="extraction.csv", organismId="org_751"
    )
    await desk.puts(opened, file)
    line = next(
        line for line in await desk.lines(opened) if line["outcome"] == "CONFLICT"
    )
    decision = {
        "lineId": line["id"],
        "decision": "TAKEN",
        "arbitrationReason": "Vérifié",
    }
    await ledger.does(PARIS, "importArbitrate", **decision)
    taken = {"importId": opened, "organismId": "org_751", "columnsConfirmed": True}
    await ledger.does(PARIS, "importApply", **taken)
    await ledger.does(
        NATIONAL, "importPurge", importId=opened, purgeReason="Fin", force=True
    )


async def test_an_act_sends_no_more_statements_than_is_written_here(
    world: World,
) -> None:
    world.clock.instant = datetime(2026, 12, 10, 8, tzinfo=UTC)
    with statements_sent() as sent:
        ledger = Ledger(world, sent)
        await of_a_partner(ledger)
        await of_conventions(ledger)
        await of_reference_data(ledger)
        await of_declarations(ledger)
        await of_drafts(ledger)
        await of_two_cards(ledger)
        await of_imports(ledger)

    assert {name.partition(" ")[0] for name in ledger.counts} == set(acts())
    few = [act for act in acts() if ledger.counts[act] <= FEW]
    assert len(few) / len(acts()) >= MOST
    assert ledger.counts == (
        ON_SQLITE if world.database.dialect == "sqlite" else STATEMENTS
    )
