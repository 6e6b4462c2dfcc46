"""What was declared on the day of the tests: deposits, a replacement, drafts, held and bad lines, changes, processing.

At the Canal, Paris administers and pays most; the Hauts-de-Seine pay some and administer nothing. At Horizons the
CNA administers and pays nobody; one member reads Saint-Denis alone, another has the other service.
"""

import csv
from collections import defaultdict
from typing import Any

from persistence.seeds.declarations import REMUNERATIONS

from .desk import Desk

CANAL, SEINE = "99990001200025", "99990001200041"
SAINT_DENIS, ARGENTEUIL = "99990002000028", "99990002000036"
HORIZONS = "ptr_99990002000010"
NAMES = {
    "client_reference": "clientReference",
    "birth_name": "birthName",
    "given_names": "givenNames",
    "birth_date": "birthDate",
    "paying_organism": "payingOrganism",
    "entered_on": "enteredOn",
    "net_remuneration": "netRemuneration",
    "net_aid": "netAid",
    "esat_share": "esatShare",
    "dual_activity": "dualActivity",
}
DRAFTED = {
    "birthName": "Brouillon",
    "givenNames": "Inès",
    "birthDate": "27/05/1985",
    "nir": "285057599912372",
    "matricule": "2000000",
    "payingOrganism": "921",
}
"""Whom nothing but a draft knows; the Hauts-de-Seine would pay."""
CORRECTED = "Corrigée-Par-Un-Brouillon"

Line = dict[str, Any]


def last_year() -> dict[str, list[Line]]:
    """The lines of last year's certificates, by SIRET, as an input says them."""
    lines = defaultdict(list)
    with REMUNERATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lines[row["siret"]].append(
                {NAMES.get(name, name): said for name, said in row.items()}
            )
    return lines


async def tell_declarations(desk: Desk) -> None:
    lines = last_year()
    await _canal(desk, lines[CANAL][:10])
    await _horizons(desk, lines)
    await _declare(desk, "declarante-seine", SEINE, lines[SEINE], deposit=False)


async def _declare(
    desk: Desk, who: str, siret: str, lines: list[Line], **more: object
) -> Any:  # noqa: ANN401 JSON
    values = {
        "deposit": True,
        **more,
        "establishment": {"siret": siret},
        "campaignYear": 2026,
        "lines": lines,
    }
    key = f"{who} {siret} {len(lines)} {more}"
    shows = "batch { id declaration { id lines(first: 50) { nodes { id paidBy { code } worker { id } } } } }"
    return (
        await desk.act(who, "remunerationsDeclare", shows, idempotencyKey=key, **values)
    )["batch"]


async def _canal(desk: Desk, lines: list[Line]) -> None:
    """Ten lines: Paris pays seven, the Hauts-de-Seine the seventh and the ninth, the Seine-Saint-Denis the second."""
    who = "declarante-canal"
    made = (await _declare(desk, who, CANAL, lines))["declaration"]["lines"]["nodes"]
    done = [line["id"] for line in made]
    for agent, one, outcome, reason in (
        ("agent-paris", done[0], "TAKEN_INTO_ACCOUNT", None),
        ("agent-paris", done[2], "NOT_BENEFICIARY", "Pas de droit ouvert"),
        ("agent-hauts-de-seine", done[6], "RETURNED", "Montant à vérifier"),
    ):
        values = {"lineIds": [one], "outcome": outcome, "processingReason": reason}
        await desk.do(agent, "remunerationsProcess", "lines { id }", **values)
    await desk.do(
        "agent-paris",
        "workerNirReveal",
        "nir",
        workerId=made[0]["worker"]["id"],
        reason="Rapprochement",
    )

    second = [dict(line) for line in lines]
    second[0] |= {
        "comment": "Prime « exceptionnelle » \\ retour\tligne",
        "usedName": "d'Orée",
    }
    second[1] |= {
        "netRemuneration": "",
        "netAid": "",
        "esatShare": "",
        "noPayReason": "PARENTAL_LEAVE",
    }
    second[4] |= {
        "birthName": "Roux-Œuvré",
        "dualActivity": "O",
        "dualActivitySince": "01/09/2026",
    }
    second[4] |= {"dualActivityHours": "10,5", "dualActivityEmployer": "73282932000074"}
    second[7] |= {"nir": "785039924300121"}
    # the third is nobody's beneficiary and says nothing of it, the sixth and the ninth are gone, the eighth is another
    kept = [line for rank, line in enumerate(second) if rank not in (5, 8)]
    await _declare(desk, who, CANAL, kept, mode="ACCEPT_VALID", acknowledgeRemovals=3)
    faulty = [*second[:9], second[9] | {"rate": "0"}]
    await _declare(desk, who, CANAL, faulty, mode="ALL_OR_NOTHING")
    changes = [
        {
            "nir": lines[6]["nir"],
            "kind": "RATE_INCREASE",
            "effectiveOn": "2026-12-01",
            "rate": 75,
            "comment": "À l'essai",
        },
        {
            "nir": lines[9]["nir"],
            "kind": "DEPARTURE",
            "effectiveOn": "2026-12-05",
            "departureReason": "MOVE",
        },
        {
            "nir": lines[9]["nir"],
            "kind": "PROMOTION",
            "effectiveOn": "hier",
            "clientReference": "X1",
        },
    ]
    values = {"lines": changes, "idempotencyKey": "changes"}
    await desk.act(
        "paie-fictive",
        "activityChangesDeclare",
        "batch { id }",
        establishment={"siret": CANAL},
        **values,
    )

    drafted = [dict(line) for line in lines[:5]]
    drafted[2]["aahBeneficiary"] = "oui"
    drafted[3] |= {"givenNames": CORRECTED, "matricule": "2000001", "rate": "70,00"}
    drafted[3] |= {"payingOrganism": "921", "payingOrganismChanged": "oui"}
    drafted.append(lines[0] | DRAFTED | {"clientReference": "B1"})
    await _declare(desk, "preparatrice-canal", CANAL, drafted, deposit=False)


async def _horizons(desk: Desk, lines: dict[str, list[Line]]) -> None:
    """A reader of Saint-Denis alone, a social worker of the other service; then both places declare."""
    who = "gestionnaire-horizons"
    text = """query($i: ID!) { partner(by: {id: $i}) {
      services { id service { code } } establishments { nodes { id siret } } } }"""
    held = (await desk.answer(who, text, {"i": HORIZONS}))["partner"]
    access = {service["service"]["code"]: service["id"] for service in held["services"]}
    places = {place["siret"]: place["id"] for place in held["establishments"]["nodes"]}
    for subject, service, role, scope in (
        (
            "lectrice-saint-denis",
            "ESAT",
            "rol_ESAT_LECTEUR",
            {"establishmentIds": [places[SAINT_DENIS]]},
        ),
        ("sociale-horizons", "CDAP", "rol_CDAP_T1", {}),
    ):
        person = {
            "givenName": "Ida",
            "familyName": subject,
            "email": f"{subject}@example.invalid",
        }
        card = await desk.do(
            who, "userInvite", "invitation", partnerId=HORIZONS, person=person
        )
        joined = await desk.do(
            subject,
            "invitationAccept",
            "affiliation { user { id } }",
            invitation=card["invitation"],
        )
        group = await desk.do(
            who,
            "groupCreate",
            "group { id }",
            accessId=access[service],
            name=subject,
            **scope,
        )
        key = group["group"]["id"]
        await desk.do(who, "groupRoleAttach", "group { id }", groupId=key, roleId=role)
        await desk.do(
            who,
            "groupMembersAdd",
            "group { id }",
            groupId=key,
            userIds=[joined["affiliation"]["user"]["id"]],
        )
    # one person has moved from Saint-Denis to Argenteuil since last year
    await _declare(desk, "declarant-horizons", SAINT_DENIS, lines[SAINT_DENIS][1:])
    moved = lines[SAINT_DENIS][0] | {"siret": ARGENTEUIL, "enteredOn": "2026-02-01"}
    await _declare(desk, "declarant-horizons", ARGENTEUIL, [*lines[ARGENTEUIL], moved])
