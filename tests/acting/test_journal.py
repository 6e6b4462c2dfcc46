"""One act, one entry, one transaction: who, for whom, by which rule; no personal value; nothing on a refusal."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from sqlalchemy import event

from authz import load
from persistence.engine import Database
from persistence.records.base import Base
from schema.contract import types
from server.settings import DEMO_ISSUER
from tests.conftest import ReusedDatabase, World
from tests.imports.sending import Desk, a_file
from tests.imports.sending import a_line as extract_line
from tests.journeys.payroll import a_deposit, a_line, a_nir, a_temporary_nir
from tests.journeys.story import (
    DELEGATED,
    FORM,
    TODAY,
    TOMORROW,
    WORK,
    Opened,
    Partner,
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    another_siret_of,
    paper,
    somebody,
)

from .ledger import rows


def every_act() -> list[str]:
    """The acts of the schema: a new one is driven here, or the test of its name fails."""
    mutation = types().schema.mutation_type
    assert mutation is not None
    return sorted(mutation.fields)


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody about to act: the input, and what the entry is to say."""

    who: str
    values: dict[str, Any]
    acting_for: str | None = "org_751"
    rule: str | None = None
    changes: bool = True


Stage = Callable[[Person], Awaitable[Scene]]
SECRETS = (
    "Paraphe", "Officiel", "Paule", "Octave", "Zélie", "Zibeline", "@personne.invalid", "jo-secret", "zelie-secret", "Mimosa",
    "Anémone", "Jo'", "Zinzolin", "Paie Fictive", "@editeur.invalid", "paie-secret", "7654321", a_nir(1), "1 85 05",
)  # fmt: skip
AMOUNTS = re.compile(
    r"(?<![0-9a-f])(1 ?237[.,]91|123791|1111[.,]11|111111)(?![0-9a-f])"
)
PERSON = somebody("Zélie", "Zibeline")
AGENT = PERSON | {"issuer": "https://issuer.invalid", "subject": "zelie-secret"}
JO = {
    "issuer": DEMO_ISSUER,
    "subject": "jo",
    "name": "Paie",
    "email": "paie@editeur.invalid",
}
HORIZONS = "ptr_99990002000010"
STAGES: dict[str, Stage] = {}


def stage(act: str) -> Callable[[Stage], Stage]:
    def remember(setting: Stage) -> Stage:
        STAGES[act] = setting
        return setting

    return remember


# partners


@stage("partnerRegister")
async def _(_: Person) -> Scene:
    values = {
        "siret": a_siret(),
        "name": "ESAT",
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }
    return Scene(
        "agent-paris", values, rule="agent_managing Partner:register jurisdiction"
    )


@stage("partnerUpdate")
async def _(paris: Person) -> Scene:
    partner = await paris.registers(a_siret())
    return Scene(
        "agent-paris",
        {"partnerId": partner.id, "name": "Autre nom", "contact": "Zélie Zibeline"},
    )


@stage("establishmentUpdate")
async def _(paris: Person) -> Scene:
    (place,) = (await paris.registers(a_siret())).establishments
    values = {
        "establishmentId": place,
        "name": "Autre nom",
        "department": "75",
        "contact": "zelie@personne.invalid",
    }
    return Scene("agent-paris", values)


@stage("establishmentAdd")
async def _(paris: Person) -> Scene:
    partner = await paris.registers(a_siret())
    return Scene(
        "agent-paris", {"partnerId": partner.id, "siret": another_siret_of(partner.siret), "name": "Annexe", "department": "75", "finess": "759999014"}
    )  # fmt: skip


@stage("establishmentEnd")
async def _(paris: Person) -> Scene:
    partner = await paris.registers(a_siret())
    annex = await paris.adds_establishment(
        partner.id, another_siret_of(partner.siret), "75"
    )
    return Scene(
        "agent-paris", {"establishmentId": annex, "on": TODAY, "endReason": "Fermeture"}
    )


@stage("eligibilityDecide")
async def _(paris: Person) -> Scene:
    values = {
        "serviceId": "svc_ESAT",
        "decision": "ELIGIBLE",
        "ground": "Mission vérifiée",
        "formDigest": FORM,
    }
    return Scene(
        "agent-paris", {"partnerId": (await paris.registers(a_siret())).id} | values
    )


@stage("activityAttest")
async def _(paris: Person) -> Scene:
    return Scene(
        "agent-paris",
        {
            "partnerId": (await paris.registers(a_siret())).id,
            "evidence": "Répertoire consulté",
        },
    )


# conventions


@stage("conventionPrepare")
async def _(paris: Person) -> Scene:
    partner = await paris.registers(a_siret())
    return Scene(
        "agent-paris",
        {"partnerId": partner.id, "mode": DELEGATED, "missionIds": list(WORK)},
    )


@stage("conventionSign")
async def _(paris: Person) -> Scene:
    convention = await paris.prepares_convention((await paris.registers(a_siret())).id)
    papers = {"convention": paper("a"), "contract": paper("b"), "inForceOn": TODAY}
    return Scene(
        "agent-paris",
        {"conventionId": convention} | papers,
        rule="agent_managing Convention:sign jurisdiction",
    )


@stage("conventionRecord")
async def _(paris: Person) -> Scene:
    values = {
        "number": "75-0042",
        "mode": DELEGATED,
        "missionIds": list(WORK),
        "originallyInForceOn": "2024-01-01",
    }
    papers = {"convention": paper("a"), "contract": paper("b")}
    return Scene(
        "agent-paris",
        {"partnerId": (await paris.registers(a_siret())).id} | values | papers,
    )


@stage("delegationChange")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    values = {
        "partnerId": esat.partner.id,
        "mode": DELEGATED,
        "members": "END",
        "switch": _new_papers() | {"on": TODAY},
    }
    return Scene(
        "agent-paris", values, rule="agent_managing Delegation:change jurisdiction"
    )


@stage("partnerSiretChange")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    values = {
        "partnerId": esat.partner.id,
        "siret": another_siret_of(esat.partner.siret),
        "switch": _new_papers(),
    }
    return Scene(
        "agent-paris", values, rule="agent_managing Partner:update jurisdiction"
    )


@stage("partnerTransfer")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    values = {
        "partnerId": esat.partner.id,
        "organismId": "org_781",
        "switch": _new_papers() | {"on": TODAY},
    }
    return Scene(
        "agent-paris", values, rule="agent_managing Partner:transfer jurisdiction"
    )


def _new_papers() -> dict[str, Any]:
    bulletins = [{"serviceId": "svc_ESAT", "signature": paper("3")}]
    return {"convention": paper("1"), "contract": paper("2"), "bulletins": bulletins}


@stage("cnaHandBack")
async def _(paris: Person) -> Scene:
    cna = Person(paris.asker, "agent-cna")
    query = "query($p: ID!) { bulletins(partnerId: $p) { nodes { id coversSeveralDepartments status } } }"
    for bulletin in (await cna.asks(query, p=HORIZONS))["bulletins"]["nodes"]:
        if bulletin["coversSeveralDepartments"] and bulletin["status"] == "OPEN":
            await cna.does(
                "bulletinClose",
                bulletinId=bulletin["id"],
                on=TODAY,
                closingReason="Portée réduite",
            )
    return Scene(
        cna.name,
        {"partnerId": HORIZONS},
        "org_CNA",
        "agent_managing Cna:hand_back jurisdiction",
    )


@stage("conventionAmend")
async def _(paris: Person) -> Scene:
    _, convention = await a_signed_esat(paris)
    missions = [*WORK, "mis_LOGEMENT"]
    return Scene(
        "agent-paris",
        {
            "conventionId": convention,
            "verifiedFields": ["mission"],
            "missionIds": missions,
        },
    )


@stage("conventionClose")
async def _(paris: Person) -> Scene:
    _, convention = await a_signed_esat(paris)
    return Scene(
        "agent-paris",
        {"conventionId": convention, "on": TOMORROW, "closingReason": "PARTNER_CEASED"},
    )


@stage("conventionClosingCancel")
async def _(paris: Person) -> Scene:
    _, convention = await a_signed_esat(paris)
    await paris.closes_convention(convention, TOMORROW)
    return Scene("agent-paris", {"conventionId": convention})


@stage("managerAppoint")
async def _(paris: Person) -> Scene:
    _, convention = await a_signed_esat(paris, DELEGATED)
    return Scene(
        "agent-paris", {"conventionId": convention, "kind": "MANAGER", "person": PERSON}
    )


@stage("managerEnd")
async def _(paris: Person) -> Scene:
    _, convention = await a_signed_esat(paris, DELEGATED)
    appointed = await paris.appoints(
        convention, "MANAGER", person=somebody("Mona", "Mimosa")
    )
    return Scene("agent-paris", {"managerId": appointed["manager"]["id"], "on": TODAY})


# bulletins and services


@stage("bulletinPrepare")
async def _(paris: Person) -> Scene:
    partner, convention = await a_signed_esat(paris)
    values = {
        "serviceId": "svc_ESAT",
        "siret": partner.siret,
        "roleIds": ["rol_ESAT_LECTEUR"],
    }
    return Scene(
        "agent-paris",
        {"conventionId": convention, "establishmentIds": partner.establishments}
        | values,
    )


async def _a_draft(paris: Person) -> tuple[Partner, str, str]:
    partner, convention = await a_signed_esat(paris)
    return (
        partner,
        convention,
        await paris.prepares_bulletin(
            convention, partner.siret, partner.establishments
        ),
    )


@stage("bulletinSign")
async def _(paris: Person) -> Scene:
    _, _, bulletin = await _a_draft(paris)
    return Scene(
        "agent-paris",
        {"bulletinId": bulletin, "signature": paper("c"), "effectiveFrom": TODAY},
    )


@stage("serviceOpen")
async def _(paris: Person) -> Scene:
    partner, _, bulletin = await _a_draft(paris)
    await paris.signs_bulletin(bulletin)
    await paris.decides_eligibility(partner.id)
    return Scene("agent-paris", {"bulletinId": bulletin, "on": TODAY})


@stage("bulletinReplace")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    successor = await paris.prepares_bulletin(
        esat.convention, esat.partner.siret, esat.partner.establishments
    )
    await paris.signs_bulletin(successor)
    return Scene(
        "agent-paris",
        {"bulletinId": esat.bulletin, "successorId": successor, "on": TODAY},
    )


@stage("bulletinClose")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    return Scene(
        "agent-paris",
        {"bulletinId": esat.bulletin, "on": TODAY, "closingReason": "Départ"},
    )


@stage("bulletinClosingCancel")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    await paris.does(
        "bulletinClose", bulletinId=esat.bulletin, on=TOMORROW, closingReason="Départ"
    )
    return Scene("agent-paris", {"bulletinId": esat.bulletin})


@stage("conventionSuspend")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    values = {"conventionId": esat.convention, "suspensionReason": "Vérification"}
    return Scene("agent-paris", values)


@stage("conventionResume")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    await paris.suspends_convention(esat.convention)
    return Scene("agent-paris", {"conventionId": esat.convention})


@stage("serviceSuspend")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    return Scene(
        "agent-paris", {"accessId": esat.access, "suspensionReason": "Vérification"}
    )


@stage("serviceResume")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    await paris.suspends_service(esat.access)
    return Scene("agent-paris", {"accessId": esat.access})


# groups


@stage("groupCreate")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    values = {"name": "Lecteurs", "establishmentIds": esat.partner.establishments}
    return Scene("agent-paris", {"accessId": esat.access} | values)


@stage("groupRoleAttach")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    return Scene("agent-paris", {"groupId": esat.group, "roleId": "rol_ESAT_LECTEUR"})


@stage("groupClose")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    return Scene("agent-paris", {"groupId": esat.group, "on": TODAY})


@stage("groupClosingCancel")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    await paris.does("groupClose", groupId=esat.group, on=TOMORROW)
    return Scene("agent-paris", {"groupId": esat.group})


@stage("groupMembersAdd")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    manager = Person(paris.asker, str(esat.manager))
    ana = await manager.invites(esat.partner.id, "Ana", "Anémone")
    rule = "partner_administrator Membership:add own_partner_delegated"
    return Scene(
        manager.name,
        {"groupId": esat.group, "userIds": [ana.user]},
        esat.partner.id,
        rule,
    )


@stage("groupMembersRemove")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    rule = "agent_managing Membership:remove jurisdiction_centralised"
    return Scene(
        "agent-paris",
        {"groupId": esat.group, "userIds": [esat.member.user], "on": TODAY},
        rule=rule,
    )


# users


@stage("userInvite")
async def _(paris: Person) -> Scene:
    partner, _ = await a_signed_esat(paris)
    return Scene(
        "agent-paris",
        {"partnerId": partner.id, "person": PERSON | {"jobTitle": "Comptable"}},
    )


@stage("invitationAccept")
async def _(paris: Person) -> Scene:
    partner, _ = await a_signed_esat(paris)
    invited = await paris.invites(partner.id, "Zélie", "Zibeline")
    return Scene("jo-secret", {"invitation": invited.secret}, None, "everyone")


@stage("invitationRenew")
async def _(paris: Person) -> Scene:
    partner, _ = await a_signed_esat(paris)
    invited = await paris.invites(partner.id, "Zélie", "Zibeline")
    return Scene("agent-paris", {"affiliationId": invited.affiliation})


@stage("userUpdate")
async def _(paris: Person) -> Scene:
    partner, _ = await a_signed_esat(paris)
    invited = await paris.invites(partner.id, "Ana", "Anémone")
    return Scene(
        "agent-paris", {"affiliationId": invited.affiliation, "person": PERSON}
    )


async def _a_member(paris: Person) -> Opened:
    return await an_open_esat(paris, "jo")


@stage("userSuspend")
async def _(paris: Person) -> Scene:
    esat = await _a_member(paris)
    return Scene(
        "agent-paris",
        {"affiliationId": esat.member.affiliation, "suspensionReason": "Vérification"},
    )


@stage("userReinstate")
async def _(paris: Person) -> Scene:
    esat = await _a_member(paris)
    await paris.suspends(esat.member.affiliation)
    return Scene("agent-paris", {"affiliationId": esat.member.affiliation})


@stage("userDeactivate")
async def _(paris: Person) -> Scene:
    esat = await _a_member(paris)
    return Scene("agent-paris", {"affiliationId": esat.member.affiliation, "on": TODAY})


@stage("userDeactivationCancel")
async def _(paris: Person) -> Scene:
    esat = await _a_member(paris)
    await paris.does(
        "userDeactivate", affiliationId=esat.member.affiliation, on=TOMORROW
    )
    return Scene("agent-paris", {"affiliationId": esat.member.affiliation})


# machine clients


@stage("mandateGrant")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo", DELEGATED)
    client = {
        "issuer": "https://issuer.invalid",
        "subject": "paie-secret",
        "name": "Paie Fictive",
        "email": "a@editeur.invalid",
    }
    values = {"partnerId": esat.partner.id, "client": client, "until": TOMORROW}
    return Scene(
        str(esat.manager),
        values,
        esat.partner.id,
        "partner_administrator Mandate:grant own_partner_delegated",
    )


@stage("mandateRevoke")
async def _(paris: Person) -> Scene:
    partner, _ = await a_signed_esat(paris)
    mandated = await paris.mandates(partner.id, "paie-secret-2")
    rule = "agent_managing Mandate:revoke jurisdiction_centralised"
    return Scene(
        "agent-paris", {"affiliationId": mandated.affiliation, "on": TODAY}, rule=rule
    )


# declarations


ZELIE = a_line(
    1, "921", birthName="Zibeline", givenNames="Zélie", matricule="7654321", netRemuneration="1 237,91",
    netAid="1111,11", comment="Dite Zinzolin",
)  # fmt: skip


async def _declared(paris: Person) -> tuple[Opened, dict[str, str]]:
    """One person of an Esat open today, declared by Jo: the line and the worker."""
    esat = await an_open_esat(paris, "jo")
    await Person(paris.asker, "jo").declares(
        **a_deposit(esat.partner.siret, esat.partner.id, ZELIE)
    )
    query = "query($e: ID!) { lines(establishmentId: $e) { nodes { id worker { id } declaration { id } } } }"
    seen = await Person(paris.asker, "jo").asks(query, e=esat.partner.establishments[0])
    (line,) = seen["lines"]["nodes"]
    made = {"line": line["id"], "worker": line["worker"]["id"]}
    return esat, made | {"declaration": line["declaration"]["id"]}


@stage("remunerationsDeclare")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    rule = "member_validating Declaration:deposit granted_service"
    return Scene("jo", a_deposit(esat.partner.siret, "k", ZELIE), esat.partner.id, rule)


@stage("remunerationsProcess")
async def _(paris: Person) -> Scene:
    _, made = await _declared(paris)
    values = {
        "lineIds": [made["line"]],
        "outcome": "NOT_BENEFICIARY",
        "processingReason": "Zinzolin est inconnue",
    }
    rule = "agent_managing DeclarationLine:process paying_organism"
    return Scene("agent-hauts-de-seine", values, "org_921", rule)


@stage("treatmentsReopen")
async def _(paris: Person) -> Scene:
    _, made = await _declared(paris)
    seine = Person(paris.asker, "agent-hauts-de-seine")
    reason = {"processingReason": "Zinzolin est inconnue"}
    await seine.processes("NOT_BENEFICIARY", made["line"], **reason)
    shown = "... on DeclarationLine { treatments { id } }"
    (treatment,) = (await seine.reads(made["line"], shown))["treatments"]
    values = {"treatmentIds": [treatment["id"]], "reason": "Réponse donnée trop tôt"}
    rule = "agent_managing DeclarationLine:process paying_organism"
    return Scene("agent-hauts-de-seine", values, "org_921", rule)


@stage("activityChangesDeclare")
async def _(paris: Person) -> Scene:
    esat, made = await _declared(paris)
    line = {
        "workerId": made["worker"],
        "kind": "RATE_DECREASE",
        "effectiveOn": TODAY,
        "rate": "50",
        "comment": "Zinzolin",
    }
    values = {
        "establishment": {"siret": esat.partner.siret},
        "idempotencyKey": "k",
        "lines": [line],
    }
    rule = "member_validating ActivityChange:deposit granted_service"
    return Scene("jo", values, esat.partner.id, rule)


@stage("remunerationsCorrect")
async def _(paris: Person) -> Scene:
    esat, made = await _declared(paris)
    line = a_line(7, birthName="Zinzolin")
    values = {"declarationId": made["declaration"], "idempotencyKey": "k", "put": [line]}  # fmt: skip
    rule = "member_validating Declaration:replace granted_service"
    return Scene("jo", values, esat.partner.id, rule)


async def _drafted(paris: Person) -> tuple[Opened, str]:
    """A draft with one line, that Jo prepares."""
    esat = await an_open_esat(paris, "jo")
    line = a_line(7, birthName="Zinzolin")
    values = a_deposit(esat.partner.siret, esat.partner.siret, line, deposit=False)
    done = await Person(paris.asker, "jo").declares(**values)
    return esat, str(done["batch"]["declaration"]["id"])


DRAFTING = "member_entering Declaration:prepare granted_service"


@stage("draftOpen")
async def _(paris: Person) -> Scene:
    esat, made = await _declared(paris)
    values = {"establishment": {"siret": esat.partner.siret}, "campaignYear": 2026}
    assert made
    return Scene("jo", values | {"source": "LIVE"}, esat.partner.id, DRAFTING)


@stage("draftLinesRemove")
async def _(paris: Person) -> Scene:
    esat, draft = await _drafted(paris)
    values = {"declarationId": draft, "lines": [{"clientReference": "P007"}]}
    return Scene("jo", values, esat.partner.id, DRAFTING)


@stage("draftDiscard")
async def _(paris: Person) -> Scene:
    esat, draft = await _drafted(paris)
    return Scene("jo", {"declarationId": draft}, esat.partner.id, DRAFTING)


@stage("beneficiaryAnswer")
async def _(paris: Person) -> Scene:
    delphine = Person(paris.asker, "declarante-canal")
    query = """{ partner(by: {siret: "99990001200025"}) { id establishments { nodes { id siret
      roster(campaignId: "cmp_2026", standing: MISSING, first: 1) { nodes { worker { id } } } } } } }"""
    partner = (await delphine.asks(query))["partner"]
    place = next(
        place
        for place in partner["establishments"]["nodes"]
        if place["siret"] == "99990001200025"
    )
    values = {
        "establishmentId": place["id"],
        "campaignYear": 2026,
        "workerId": place["roster"]["nodes"][0]["worker"]["id"],
        "answer": "PAID_BY_MSA",
    }
    rule = "member_entering Declaration:prepare granted_service"
    return Scene("declarante-canal", values, partner["id"], rule)


@stage("declarationRemind")
async def _(paris: Person) -> Scene:
    query = """{ partner(by: {siret: "99990001200025"}) { id establishments { nodes { id siret } } } }"""
    partner = (await paris.asks(query))["partner"]
    (place,) = (
        place["id"]
        for place in partner["establishments"]["nodes"]
        if place["siret"] == "99990001200025"
    )
    values = {"establishmentId": place, "campaignYear": 2026}
    rule = "agent_managing Declaration:remind jurisdiction"
    return Scene("agent-paris", values, "org_751", rule)


async def _changed(paris: Person) -> tuple[Opened, str]:
    """A change of the person declared by Jo, not answered yet."""
    esat, made = await _declared(paris)
    line = {"workerId": made["worker"], "kind": "RATE_DECREASE", "effectiveOn": TODAY, "rate": "50"}  # fmt: skip
    jo = Person(paris.asker, "jo")
    assert (await jo.tells_changes(esat.partner.siret, esat.partner.siret, line))[
        "errors"
    ] == []
    query = "query($e: ID!) { activityChanges(establishmentId: $e, source: CHANGE) { nodes { id } } }"
    seen = await jo.asks(query, e=esat.partner.establishments[0])
    (change,) = seen["activityChanges"]["nodes"]
    return esat, str(change["id"])


@stage("activityChangeCancel")
async def _(paris: Person) -> Scene:
    esat, change = await _changed(paris)
    values = {"changeId": change, "idempotencyKey": "k"}
    rule = "member_validating ActivityChange:cancel granted_service"
    return Scene("jo", values, esat.partner.id, rule)


@stage("activityChangesProcess")
async def _(paris: Person) -> Scene:
    _, change = await _changed(paris)
    values = {
        "changeIds": [change],
        "outcome": "NOT_BENEFICIARY",
        "processingReason": "Zinzolin est inconnue",
    }
    rule = "agent_managing ActivityChange:process paying_organism"
    return Scene("agent-hauts-de-seine", values, "org_921", rule)


@stage("workerUpdate")
async def _(paris: Person) -> Scene:
    esat, made = await _declared(paris)
    values = {"workerId": made["worker"], "birthName": "Zinzolin", "payingOrganism": "751", "payerChangeReason": "Un déménagement"}  # fmt: skip
    rule = "member_entering Worker:update granted_service"
    return Scene("jo", values, esat.partner.id, rule)


@stage("workerMerge")
async def _(paris: Person) -> Scene:
    esat = await an_open_esat(paris, "jo")
    jo, siret = Person(paris.asker, "jo"), esat.partner.siret
    former = ZELIE | {"nir": a_temporary_nir(0)}
    await jo.declares(**a_deposit(siret, "former", former))
    meant = {"acknowledgeRemovals": 1, "reason": "Numéro définitif"}
    await jo.declares(**a_deposit(siret, "true", ZELIE, **meant))
    query = "query($p: ID!) { workers(partnerId: $p) { nodes { id nir } } }"
    cards = (await jo.asks(query, p=esat.partner.id))["workers"]["nodes"]
    (duplicate,) = [card["id"] for card in cards if card["nir"][0] == "7"]
    (absorber,) = [card["id"] for card in cards if card["nir"][0] != "7"]
    values = {"workerId": duplicate, "intoWorkerId": absorber, "reason": "Un numéro"}
    rule = "member_validating Worker:merge granted_service"
    return Scene("jo", values, esat.partner.id, rule)


@stage("workerNirReveal")
async def _(paris: Person) -> Scene:
    esat, made = await _declared(paris)
    rule = "member_validating Worker:reveal_nir granted_service"
    return Scene(
        "jo", {"workerId": made["worker"]}, esat.partner.id, rule, changes=False
    )


@stage("workerLetterOpen")
async def _(paris: Person) -> Scene:
    esat, made = await _declared(paris)
    rule = "member_reading DeclarationLine:export granted_service"
    return Scene("jo", {"lineId": made["line"]}, esat.partner.id, rule, changes=False)


# the extraction


async def _an_import(paris: Person, *lines: str) -> tuple[Desk, str]:
    desk = Desk(paris.asker, "agent-paris", "org_751")
    return desk, await desk.sends(a_file(*lines))


@stage("importOpen")
async def _(_: Person) -> Scene:
    values = {
        "filename": "Zibeline.xlsx",
        "organismId": "org_751",
        "columns": [{"header": "Zélie", "field": "IGNORED"}],
    }
    return Scene(
        "agent-paris", values, rule="agent_managing Import:upload jurisdiction"
    )


@stage("importArbitrate")
async def _(paris: Person) -> Scene:
    siret = a_siret()
    desk, sent = await _an_import(
        paris, extract_line(siret), extract_line(siret, name="Zibeline")
    )
    values = {
        "lineId": (await desk.lines(sent))[0]["id"],
        "decision": "TAKEN",
        "arbitrationReason": "Zélie l'a dit",
    }
    return Scene(
        "agent-paris", values, rule="agent_managing Import:arbitrate jurisdiction"
    )


@stage("importApply")
async def _(paris: Person) -> Scene:
    _, sent = await _an_import(
        paris, extract_line(active="N", contact="zelie@personne.invalid")
    )
    values = {"importId": sent, "organismId": "org_751", "columnsConfirmed": True}
    return Scene("agent-paris", values, rule="agent_managing Import:apply jurisdiction")


@stage("importPurge")
async def _(paris: Person) -> Scene:
    _, sent = await _an_import(paris, extract_line(name="Zibeline"))
    return _national(importId=sent, purgeReason="Zélie a fini", force=True)


@stage("listExport")
async def _(_: Person) -> Scene:
    values = {"list": "PARTNERS", "rows": 3, "filter": "en vigueur : oui"}
    return Scene(
        "agent-paris", values, rule="agent_reading Partner:export jurisdiction"
    )


# reference data


def _national(**values: object) -> Scene:
    return Scene("admin-national", values, "org_CNAF")


@stage("agentAppoint")
async def _(_: Person) -> Scene:
    return _national(organismId="org_691", profile="READING", person=AGENT)


@stage("agentEnd")
async def _(paris: Person) -> Scene:
    rhone = Person(paris.asker, "agent-rhone")
    post = (await rhone.asks("{ viewer { posts { id } } }"))["viewer"]["posts"][0]["id"]
    return _national(agentId=post, on=TODAY)


@stage("organismSet")
async def _(_: Person) -> Scene:
    return _national(
        code="999", kind="CAF", name="Caf fictive", departments=["75", "93"]
    )


@stage("organismSupportSet")
async def _(_: Person) -> Scene:
    return _national(centreId="org_CR2", organismIds=["org_131", "org_CNA"])


@stage("serviceSet")
async def _(_: Person) -> Scene:
    return _national(
        code="NEUF",
        label="Neuf",
        tabLabel="Neuf",
        availableFrom=TODAY,
        excludedDepartments=["976"],
    )


@stage("roleSet")
async def _(_: Person) -> Scene:
    return _national(
        code="ESAT_NEUF", serviceId="svc_ESAT", label="Neuf", profile="READING"
    )


@stage("missionSet")
async def _(_: Person) -> Scene:
    return _national(code="NEUVE", label="Neuve", serviceIds=["svc_ESAT"])


@stage("campaignSet")
async def _(_: Person) -> Scene:
    return _national(year=2030)


@stage("parameterSet")
async def _(_: Person) -> Scene:
    return _national(name="SMIC_HOURLY", startsOn="2027-01-01", value=1250)


# the tests


async def entries(database: Database) -> list[dict[str, Any]]:
    return await rows(database, "SELECT * FROM journal ORDER BY seq")


async def sent(
    world: World, scene: Scene, act: str, **more: object
) -> tuple[dict[str, Any], str]:
    """The payload of the act, and the request's id."""
    kind = act[0].upper() + act[1:] + "Input!"
    query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ errors {{ code message }} }} }}"
    answer = await world.post(scene.who, query, {"input": scene.values | more})
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]["act"], answer.headers["X-Request-Id"]


async def test_every_act_writes_one_entry_that_says_who_for_whom_by_which_rule_and_nothing_personal(
    world: World, paris: Person
) -> None:
    assert sorted(STAGES) == every_act()
    policy = load().policy_hash
    for act, setting in STAGES.items():
        scene = await setting(paris)
        before = await entries(world.database)

        payload, request_id = await sent(world, scene, act, reason=f"Motif de {act}")

        assert payload["errors"] == [], (act, payload)
        (entry,) = (await entries(world.database))[len(before) :]
        assert (entry["act"], entry["source"], entry["request_id"]) == (
            act,
            "API",
            request_id,
        )
        assert (entry["policy_hash"], entry["reason"]) == (policy, f"Motif de {act}")
        assert entry["actor_id"] == await _user(world, scene.who), act
        assert entry["acting_for"] == scene.acting_for, act
        assert scene.rule in (None, entry["matched_rule"]), entry["matched_rule"]
        assert scene.rule or entry["matched_rule"].split()[0] in (
            "agent_managing",
            "national",
        ), entry["matched_rule"]
        assert bool(_json(entry["after"])) is scene.changes, act
        assert str(entry["day"]) == TODAY
    _nothing_personal(await entries(world.database))


async def _user(world: World, subject: str) -> str:
    (signed,) = await rows(
        world.database,
        "SELECT user_id FROM sign_in WHERE subject = :subject",
        subject=subject,
    )
    return str(signed["user_id"])


def _json(value: Any) -> Any:  # noqa: ANN401 text on SQLite, JSON text or object on PostgreSQL
    return orjson.loads(value) if isinstance(value, str) else value


def _nothing_personal(written: list[dict[str, Any]]) -> None:
    text = " ".join(str({**entry, "reason": None, "before": _json(entry["before"]), "after": _json(entry["after"])}) for entry in written)  # fmt: skip
    assert "«modifié»" in text
    for secret in SECRETS:
        assert secret not in text, secret
    assert AMOUNTS.search(text) is None


async def test_what_changed_is_told_before_and_after(
    world: World, paris: Person
) -> None:
    _, convention = await a_signed_esat(paris)
    await paris.does(
        "conventionAmend",
        conventionId=convention,
        verifiedFields=["mission"],
        missionIds=[*WORK, "mis_LOGEMENT"],
    )
    await paris.closes_convention(convention, TOMORROW)

    amended, closed = (await entries(world.database))[-2:]

    assert _json(amended["before"])[convention] == {
        "missions": ["ACCOMPAGNEMENT_TRAVAIL"]
    }
    assert _json(amended["after"])[convention] == {
        "missions": ["ACCOMPAGNEMENT_TRAVAIL", "LOGEMENT"]
    }
    assert _json(closed["before"]) == {}
    assert _json(closed["after"])[convention] == {
        "closed_on": TOMORROW,
        "closing_reason": "TERMINATED_BY_CAF",
        "closing_recorded_on": TODAY,
    }


async def test_the_rule_that_the_entry_names_is_the_act_s_own(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo", DELEGATED)

    await Person(world, str(esat.manager)).appoints(
        esat.convention, "DEPUTY", userId=esat.member.user
    )

    entry = (await entries(world.database))[-1]
    assert (
        entry["matched_rule"]
        == "partner_administrator Manager:appoint_deputy own_partner_delegated"
    )
    assert entry["acting_for"] == esat.partner.id


async def test_a_refused_act_writes_no_entry_and_nothing_else(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    ana = await paris.invites(esat.partner.id, "Ana", "Anémone")
    before = await _whole_register(world.database)
    refusals: list[tuple[str, str, dict[str, Any]]] = [
        ("agent-paris", "groupMembersAdd", {"groupId": esat.group, "userIds": [ana.user, esat.member.user]}),
        ("agent-paris", "conventionClose", {"conventionId": esat.convention, "on": "2026-12-09", "closingReason": "ABANDONED"}),
        ("agent-paris", "bulletinPrepare", {"conventionId": esat.convention, "serviceId": "svc_CDAP", "siret": esat.partner.siret, "roleIds": []}),
        ("agent-paris", "agentAppoint", {"organismId": "org_751", "profile": "MANAGING", "person": AGENT}),
        ("admin-national", "agentAppoint", {"organismId": "org_751", "profile": "NATIONAL", "person": AGENT}),
        ("admin-national", "roleSet", {"code": "minuscule", "serviceId": "svc_ESAT", "label": "x", "profile": "READING"}),
        ("jo", "userInvite", {"partnerId": esat.partner.id, "person": PERSON}),
        ("agent-rhone", "groupCreate", {"accessId": esat.access, "name": "Intrus"}),
        ("agent-paris", "partnerRegister", {"siret": esat.partner.siret, "name": "x", "kind": "ESAT", "organismId": "org_751"}),
        ("agent-paris", "remunerationsDeclare", a_deposit(esat.partner.siret, "refused", a_line(1))),
        ("jo", "remunerationsDeclare", a_deposit(esat.partner.siret, "refused", a_line(1), campaignYear=2025)),
        ("jo", "remunerationsDeclare", a_deposit(esat.partner.siret, "refused", *[a_line(1)] * 1001)),
        ("jo", "activityChangesDeclare", {"establishment": {"siret": a_siret()}, "lines": []}),
        ("agent-paris", "mandateGrant", {"partnerId": esat.partner.id, "client": JO}),
        ("agent-paris", "mandateRevoke", {"affiliationId": esat.member.affiliation, "on": TODAY}),
    ]  # fmt: skip

    for who, act, values in refusals:
        payload, _ = await sent(
            world, Scene(who, values), act, idempotencyKey="refused"
        )
        assert payload["errors"], act

    assert await _whole_register(world.database) == before


async def _whole_register(database: Database) -> dict[str, list[dict[str, Any]]]:
    quoted = [f'"{name}"' for name in Base.metadata.tables]
    return {
        t: sorted(await rows(database, f"SELECT * FROM {t}"), key=str)  # noqa: S608 our own words
        for t in quoted
    }


@contextmanager
def failing_commits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The disk fails at the very commit, once everything is flushed."""
    made = Database.__init__

    def spoiled(self: Database, url: str, **options: Any) -> None:  # noqa: ANN401 passed through
        made(self, url, **options)

        @event.listens_for(self.writer.sync_engine, "commit")
        def fail(_: object) -> None:
            raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "__init__", spoiled)
        patch.setattr(ReusedDatabase, "idle", defaultdict(list))  # made anew
        yield


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[None]:
    """`database` is made before, and commits; the server's fails."""
    assert database is not None
    with failing_commits(monkeypatch):
        yield


@pytest.mark.usefixtures("spoiled")
async def test_an_act_whose_commit_fails_leaves_nothing(
    database: Database, world: World
) -> None:
    before = await _whole_register(database)
    values = {
        "siret": a_siret(),
        "name": "ESAT",
        "kind": "ESAT",
        "organismId": "org_751",
        "idempotencyKey": "k",
    }
    query = "mutation($input: PartnerRegisterInput!) { partnerRegister(input: $input) { partner { id } errors { code } } }"

    answer = await world.post("agent-paris", query, {"input": values})

    body = answer.json()
    assert answer.status_code == 503
    assert body["errors"][0]["extensions"] == {
        "code": "OUTCOME_UNKNOWN"
    }  # the caller's key settles it
    assert body.get("data") is None
    assert "disk" not in answer.text
    assert await _whole_register(database) == before
