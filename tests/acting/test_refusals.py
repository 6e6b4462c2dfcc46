"""What is badly formed, unknown, or another's comes back as a refusal: a code, a sentence, a path; never an error."""

from datetime import date
from typing import Any

import pytest
import strawberry

from persistence.records import Refused, Rule
from persistence.records.nir import holds_nir
from resolvers import limits
from resolvers.groups import GroupCloseInput
from server.settings import DEMO_ISSUER
from tests.conftest import World
from tests.journeys.payroll import a_deposit, a_line, a_nir
from tests.journeys.story import (
    DELEGATED,
    FORM,
    TODAY,
    WORK,
    Opened,
    Person,
    a_signed_esat,
    a_siret,
    an_open_esat,
    paper,
    refused,
    somebody,
)

from .ledger import rows

HUGE = "é" * 200_000
REGISTER = {"name": "ESAT", "kind": "ESAT", "organismId": "org_751", "department": "75"}
Case = tuple[str, dict[str, Any], str, list[str]]


async def meets(world: World, who: str, case: Case) -> None:
    """The act is refused as data: this code, under this path, in the rule's own sentence."""
    act, values, code, path = case
    payload = await world.act(who, act, "", **values)
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == (code, path), (act, error)
    assert error["message"].startswith(Rule[code].sentence), error
    assert error["rule"] == Rule[code].number


SIRETS = {
    "": "SIRET_FORMAT", "9999000120001": "SIRET_FORMAT", "999900012000171": "SIRET_FORMAT",
    "9999000120001A": "SIRET_FORMAT", "٩٩٩٩٠٠٠١٢٠٠٠١٧": "SIRET_FORMAT", HUGE: "VALUE_INVALID",
    "99990001200018": "SIRET_KEY", "99990001300017": "SIRET_KEY",
}  # fmt: skip


async def test_a_siret_badly_formed_is_refused_wherever_it_is_written(
    world: World, paris: Person
) -> None:
    partner, convention = await a_signed_esat(paris)
    bulletin = {"conventionId": convention, "serviceId": "svc_ESAT", "roleIds": []}
    annex = {"partnerId": partner.id, "name": "Annexe", "department": "75"}

    for siret, code in SIRETS.items():
        for act, values in (
            ("partnerRegister", REGISTER),
            ("bulletinPrepare", bulletin),
            ("establishmentAdd", annex),
        ):
            await meets(
                world,
                "agent-paris",
                (act, values | {"siret": siret}, code, ["input", "siret"]),
            )


async def test_what_is_badly_formed_or_unknown_comes_back_with_its_code_and_its_path(
    world: World, paris: Person
) -> None:
    partner = await paris.registers(a_siret())
    mine = {"partnerId": partner.id}
    annex = mine | {"siret": a_siret(), "name": "Annexe", "department": "75"}
    decision = mine | {"decision": "ELIGIBLE", "ground": "Vue", "formDigest": FORM}
    cases: list[Case] = [
        ("establishmentAdd", annex | {"finess": "12"}, "FINESS_FORMAT", ["input", "finess"]),
        ("establishmentAdd", annex | {"finess": "759999015"}, "FINESS_KEY", ["input", "finess"]),
        ("establishmentAdd", annex | {"finess": "789999018"}, "FINESS_DEPARTMENT", ["input", "finess"]),
        ("establishmentAdd", annex | {"department": "99"}, "DEPARTMENT_UNKNOWN", ["input", "department", "0"]),
        ("establishmentAdd", annex | {"name": " "}, "VALUE_INVALID", ["input", "name"]),
        ("establishmentAdd", annex | {"siret": "99990001200025"}, "ESTABLISHMENT_KNOWN", ["input", "siret"]),
        ("partnerRegister", REGISTER | {"siret": a_siret(), "name": ""}, "VALUE_INVALID", ["input", "name"]),
        ("partnerRegister", REGISTER | {"siret": "99990001200025"}, "SIRET_KNOWN", ["input", "siret"]),
        ("eligibilityDecide", decision | {"serviceId": "svc_RIEN"}, "NOT_FOUND", ["input", "serviceId"]),
        ("eligibilityDecide", decision | {"serviceId": "svc_ESAT", "ground": " "}, "VALUE_INVALID", ["input", "ground"]),
        ("activityAttest", mine | {"evidence": ""}, "VALUE_INVALID", ["input", "evidence"]),
        ("conventionPrepare", mine | {"mode": DELEGATED, "missionIds": ["mis_RIEN"]}, "NOT_FOUND", ["input", "missionIds", "0"]),
        ("conventionPrepare", {"partnerId": "", "mode": DELEGATED, "missionIds": []}, "NOT_FOUND", ["input", "partnerId"]),
        ("conventionPrepare", {"partnerId": "' OR 1=1 --", "mode": DELEGATED, "missionIds": []}, "NOT_FOUND", ["input", "partnerId"]),
        ("conventionPrepare", {"partnerId": "usr_agent-paris", "mode": DELEGATED, "missionIds": []}, "NOT_FOUND", ["input", "partnerId"]),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "agent-paris", case)


async def test_the_dates_and_papers_of_a_convention_are_refused_where_they_stand(
    world: World, paris: Person
) -> None:
    partner = await paris.registers(a_siret())
    draft = {"conventionId": await paris.prepares_convention(partner.id)}
    sign = draft | {
        "convention": paper("a"),
        "contract": paper("b"),
        "inForceOn": TODAY,
    }
    cases: list[Case] = [
        ("conventionSign", sign | {"inForceOn": "2026-12-09"}, "DATE_PAST", ["input", "inForceOn"]),
        ("conventionSign", sign | {"inForceOn": "0001-01-01"}, "VALUE_INVALID", ["input", "inForceOn"]),
        ("conventionSign", sign | {"termOn": TODAY}, "DATE_ORDER", ["input", "termOn"]),
        ("conventionSign", sign | {"contract": paper("b", partnerSignedOn="2199-12-31")}, "DATE_FUTURE", ["input", "contract", "partnerSignedOn"]),
        ("conventionSign", sign | {"convention": paper("b", digest="zz")}, "VALUE_INVALID", ["input", "convention", "digest"]),
        ("conventionSign", sign | {"convention": paper("b", organismSignatory="")}, "SIGNATURE_MISSING", ["input", "convention", "organismSignatory"]),
        ("conventionClose", draft | {"on": "2026-12-09", "closingReason": "ABANDONED"}, "DATE_PAST", ["input", "on"]),
        ("conventionClosingCancel", draft, "CLOSING_PASSED", []),
        ("conventionAmend", draft | {"verifiedFields": [], "missionIds": list(WORK)}, "CONVENTION_NOT_IN_FORCE", []),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "agent-paris", case)


async def test_a_day_out_of_reach_is_refused(world: World, paris: Person) -> None:
    """31/12/9999 is the register's own « for ever »; on PostgreSQL it reads `infinity`."""
    draft = {
        "conventionId": await paris.prepares_convention(
            (await paris.registers(a_siret())).id
        )
    }
    sign = draft | {
        "convention": paper("a"),
        "contract": paper("b"),
        "inForceOn": TODAY,
    }
    for day in ("9999-12-31", "2200-01-01", "1899-12-31"):
        await meets(world, "agent-paris", ("conventionSign", sign | {"inForceOn": day}, "VALUE_INVALID", ["input", "inForceOn"]))  # fmt: skip
        await meets(world, "agent-paris", ("conventionSign", sign | {"termOn": day}, "VALUE_INVALID", ["input", "termOn"]))  # fmt: skip

    await paris.signs_convention(
        draft["conventionId"], "2199-12-30", termOn="2199-12-31"
    )


async def test_persons_are_checked(world: World, paris: Person) -> None:
    partner, _ = await a_signed_esat(paris)
    person = somebody("Ana", "Anémone")
    for email in (
        "",
        "ana",
        "ana@",
        "@x.fr",
        "a b@x.fr",
        "ana@x",
        "ana@x.",
        "a@b@c.fr",
    ):
        values = {"partnerId": partner.id, "person": person | {"email": email}}
        await meets(
            world,
            "agent-paris",
            ("userInvite", values, "EMAIL_FORMAT", ["input", "person", "email"]),
        )
    nameless = {"partnerId": partner.id, "person": person | {"familyName": " "}}
    await meets(
        world,
        "agent-paris",
        ("userInvite", nameless, "VALUE_INVALID", ["input", "person", "familyName"]),
    )

    shared = await paris.does(
        "userInvite", partnerId=partner.id, person=person | {"email": "Contact@esat.fr"}
    )
    assert shared["warnings"] == [{"code": "EMAIL_SHARED"}]
    again = {"partnerId": partner.id, "person": person | {"email": "CONTACT@esat.fr "}}
    await meets(
        world,
        "agent-paris",
        ("userInvite", again, "ALREADY_AFFILIATED", ["input", "person", "email"]),
    )


async def test_after_acceptance_an_identity_is_the_person_s_own(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    known = somebody("Jo", "jo")
    mine = {"affiliationId": esat.member.affiliation}

    done = await paris.does(
        "userUpdate",
        "affiliation { jobTitle }",
        **mine,
        person=known | {"jobTitle": "Cheffe"},
    )

    assert done["affiliation"] == {"jobTitle": "Cheffe"}
    changed = mine | {"person": known | {"familyName": "Autre"}}
    await meets(
        world,
        "agent-paris",
        ("userUpdate", changed, "IDENTITY_ACCEPTED", ["input", "person"]),
    )


async def test_what_is_another_partner_s_is_refused_in_a_bulletin_and_in_a_group(
    world: World, paris: Person
) -> None:
    mine, other = await an_open_esat(paris, "jo"), await an_open_esat(paris, "ana")
    theirs = list(other.partner.establishments)
    bulletin = {
        "conventionId": mine.convention,
        "serviceId": "svc_ESAT",
        "siret": mine.partner.siret,
        "roleIds": [],
    }
    group, annex = (
        {"groupId": mine.group},
        await paris.adds_establishment(mine.partner.id, a_siret(), "75"),
    )
    cases: list[Case] = [
        ("bulletinPrepare", bulletin | {"establishmentIds": theirs}, "NOT_FOUND", ["input", "establishmentIds", "0"]),
        ("bulletinPrepare", bulletin | {"roleIds": ["rol_CDAP_T1"]}, "ROLE_OF_OTHER_SERVICE", ["input", "roleIds"]),
        ("bulletinPrepare", bulletin | {"roleIds": ["rol_RIEN"]}, "NOT_FOUND", ["input", "roleIds", "0"]),
        ("bulletinPrepare", bulletin | {"departments": ["75", "XX"]}, "DEPARTMENT_UNKNOWN", ["input", "departments", "1"]),
        ("groupCreate", {"accessId": mine.access, "name": "x", "establishmentIds": theirs}, "NOT_FOUND", ["input", "establishmentIds", "0"]),
        ("groupCreate", {"accessId": mine.access, "name": "x", "establishmentIds": [annex]}, "OUT_OF_SCOPE", ["input", "establishmentIds"]),
        ("groupCreate", {"accessId": mine.access, "name": "x", "establishmentIds": []}, "GROUP_NEEDS_ESTABLISHMENT", ["input", "establishmentIds"]),
        ("groupCreate", {"accessId": mine.access, "name": " "}, "VALUE_INVALID", ["input", "name"]),
        ("groupMembersAdd", group | {"userIds": [other.member.user]}, "STRANGER", ["input", "userIds", "0"]),
        ("groupMembersAdd", group | {"userIds": ["usr_agent-paris"]}, "STRANGER", ["input", "userIds", "0"]),
        ("groupMembersAdd", group | {"userIds": ["usr_nobody"]}, "STRANGER", ["input", "userIds", "0"]),
        ("groupMembersRemove", group | {"userIds": [other.member.user], "on": TODAY}, "STRANGER", ["input", "userIds", "0"]),
        ("groupMembersRemove", group | {"userIds": [mine.member.user], "on": "2026-12-09"}, "DATE_PAST", ["input", "on"]),
        ("groupRoleAttach", group | {"roleId": "rol_RIEN"}, "NOT_FOUND", ["input", "roleId"]),
        ("bulletinReplace", {"bulletinId": mine.bulletin, "successorId": other.bulletin, "on": TODAY}, "NOT_FOUND", ["input", "successorId"]),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "agent-paris", case)


async def test_a_manager_is_somebody_of_the_partner(
    world: World, paris: Person
) -> None:
    partner, convention = await a_signed_esat(paris, DELEGATED)
    del partner
    values = {"conventionId": convention, "kind": "MANAGER"}
    cases: list[Case] = [
        ("managerAppoint", values, "VALUE_INVALID", ["input", "userId"]),
        ("managerAppoint", values | {"userId": "usr_x", "person": somebody("A", "B")}, "VALUE_INVALID", ["input", "userId"]),
        ("managerAppoint", values | {"userId": "usr_declarante-canal"}, "STRANGER", ["input", "userId"]),
        ("managerAppoint", values | {"userId": "usr_nobody"}, "STRANGER", ["input", "userId"]),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "agent-paris", case)


async def test_a_huge_text_is_refused_where_it_stands_and_nothing_breaks(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    for text in (HUGE, "𝔄" * 3_000):
        await _is_refused_everywhere(world, esat, text)


async def _is_refused_everywhere(world: World, esat: Opened, text: str) -> None:
    person = somebody("Ana", "Anémone")
    cases: list[tuple[str, str, dict[str, Any], list[str]]] = [
        ("agent-paris", "partnerRegister", REGISTER | {"siret": a_siret(), "name": text}, ["name"]),
        ("agent-paris", "groupCreate", {"accessId": esat.access, "name": text}, ["name"]),
        ("agent-paris", "groupCreate", {"accessId": esat.access, "name": "x", "idempotencyKey": text}, ["idempotencyKey"]),
        ("agent-paris", "groupCreate", {"accessId": esat.access, "name": "x", "reason": text}, ["reason"]),
        ("agent-paris", "userInvite", {"partnerId": esat.partner.id, "person": person | {"familyName": text}}, ["person", "familyName"]),
        ("agent-paris", "groupMembersAdd", {"groupId": esat.group, "userIds": ["usr_x", text]}, ["userIds", "1"]),
        ("agent-paris", "groupClose", {"groupId": text, "on": TODAY}, ["groupId"]),
        ("admin-national", "missionSet", {"code": "A" * len(text), "label": "x", "serviceIds": []}, ["code"]),
        ("admin-national", "organismSet", {"code": "999", "kind": "CAF", "name": text}, ["name"]),
        ("nobody", "invitationAccept", {"invitation": text}, ["invitation"]),
    ]  # fmt: skip
    for who, act, values, path in cases:
        await meets(world, who, (act, values, "VALUE_INVALID", ["input", *path]))


async def test_the_longest_name_that_is_accepted_is_written_on_both_databases(
    paris: Person,
) -> None:
    partner = await paris.registers(a_siret(), name="ﷺ" * 250)

    seen = await paris.reads(partner.id, "... on Partner { name }")

    assert seen["name"] == "ﷺ" * 250


async def test_odd_characters_are_kept_as_they_are(world: World, paris: Person) -> None:
    name = "L’Œuvre « d'Élan » 100 % _ \\ \" 漢字 🌱"

    partner = await paris.registers(a_siret(), name=name)

    assert (await paris.reads(partner.id, "... on Partner { name }"))["name"] == name
    found = await paris.asks(
        "query($s: String!) { partners(search: $s) { nodes { id } } }",
        s="oeuvre « d'elan » 100 %",
    )
    assert [p["id"] for p in found["partners"]["nodes"]] == [partner.id]
    answer = await world.client.post(
        "/graphql",
        content=b'{"query": "mutation { activityAttest(input: {partnerId: \\"x\\", evidence: \\"\\u0000\\"}) { replayed } }"}',
        headers={
            "Authorization": f"Bearer {world.issuer.issue('agent-paris')}",
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code == 400


async def test_the_reason_of_an_act_is_kept_in_the_journal(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")

    await paris.does(
        "groupClose", groupId=esat.group, on=TODAY, reason="Réorganisation du service"
    )

    (entry,) = await rows(
        world.database, "SELECT reason FROM journal WHERE act = 'groupClose'"
    )
    assert entry["reason"] == "Réorganisation du service"
    read = await paris.asks(
        "query($id: ID!) { journal(objectId: $id, first: 1) { nodes { act reason } } }",
        id=esat.group,
    )
    assert read["journal"]["nodes"] == [
        {"act": "groupClose", "reason": "Réorganisation du service"}
    ]


async def test_a_membership_that_ends_may_end_sooner_and_not_later(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    await paris.removes(esat.group, esat.member.user, on="2026-12-20")

    with refused("ALREADY_ENDED"):
        await paris.removes(esat.group, esat.member.user, on="2027-12-20")

    await paris.removes(esat.group, esat.member.user, on="2026-12-15")


async def test_a_mandate_is_given_to_a_machine_named_as_its_tokens_name_it(
    world: World, paris: Person
) -> None:
    partner, _ = await a_signed_esat(paris)
    invited = await paris.invites(partner.id, "Ana", "Anémone")
    client = {
        "issuer": DEMO_ISSUER,
        "subject": "vendor",
        "name": "Paie",
        "email": "paie@editeur.invalid",
    }
    grant: dict[str, Any] = {"partnerId": partner.id, "client": client}
    cases: list[Case] = [
        ("mandateGrant", grant | {"client": client | {"issuer": " "}}, "VALUE_INVALID", ["input", "client", "issuer"]),
        ("mandateGrant", grant | {"client": client | {"subject": ""}}, "VALUE_INVALID", ["input", "client", "subject"]),
        ("mandateGrant", grant | {"client": client | {"name": " "}}, "VALUE_INVALID", ["input", "client", "name"]),
        ("mandateGrant", grant | {"client": client | {"email": "paie"}}, "EMAIL_FORMAT", ["input", "client", "email"]),
        ("mandateGrant", grant | {"client": client | {"subject": "agent-paris"}}, "NOT_A_MACHINE", ["input", "client"]),
        ("mandateGrant", grant | {"until": TODAY}, "DATE_PAST", ["input", "until"]),
        ("mandateRevoke", {"affiliationId": invited.affiliation, "on": TODAY}, "NOT_A_MACHINE", []),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "agent-paris", case)
    mandated = await paris.mandates(partner.id, "vendor")
    revoke = {"affiliationId": mandated.affiliation}
    cases = [
        ("mandateGrant", grant, "ALREADY_AFFILIATED", ["input", "client"]),
        ("mandateRevoke", revoke | {"on": "2026-12-09"}, "DATE_PAST", ["input", "on"]),
    ]
    for case in cases:
        await meets(world, "agent-paris", case)
    # a machine of somebody else's: one of the partner's own is told that it is already there
    await meets(
        world,
        "paie-fictive",
        ("invitationAccept", {"invitation": invited.secret}, "NOT_A_PERSON", []),
    )


async def test_a_batch_names_one_establishment_and_a_campaign_that_exists(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    (place,) = esat.partner.establishments
    known: dict[str, Any] = a_deposit(esat.partner.siret, "k")
    changes: dict[str, Any] = {
        "establishment": {"id": place},
        "idempotencyKey": "k",
        "lines": [],
    }
    declared = {"remunerationsDeclare": known, "activityChangesDeclare": changes}
    ways: list[tuple[dict[str, str], str]] = [
        ({"id": "est_x"}, "NOT_FOUND"),
        ({"id": " "}, "NOT_FOUND"),
        ({"id": f"{place}@{TODAY}"}, "ID_OF_ANOTHER_DAY"),
        ({"id": HUGE}, "VALUE_INVALID"),
        ({"siret": a_siret()}, "NOT_FOUND"),
        ({"siret": "1"}, "SIRET_FORMAT"),
        ({"siret": " "}, "SIRET_FORMAT"),
        ({"siret": ""}, "SIRET_FORMAT"),
        ({"siret": HUGE}, "VALUE_INVALID"),
    ]
    cases: list[Case] = [
        *(
            (act, known | {"establishment": by}, code, ["input", "establishment", *by])
            for act, known in declared.items()
            for by, code in ways
        ),
        ("remunerationsDeclare", known | {"campaignYear": 2_000_000_000}, "NOT_FOUND", ["input", "campaignYear"]),
        ("remunerationsDeclare", known | {"campaignYear": 2025}, "WINDOW_CLOSED", ["input", "campaignYear"]),
        ("remunerationsDeclare", known | {"campaignYear": 2027}, "WINDOW_NOT_OPEN", ["input", "campaignYear"]),
        ("remunerationsDeclare", known | {"idempotencyKey": HUGE}, "VALUE_INVALID", ["input", "idempotencyKey"]),
        ("activityChangesDeclare", changes | {"lines": [{}] * 1001}, "LINES_TOO_MANY", ["input", "lines"]),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "jo", case)
    query = "mutation($input: RemunerationsDeclareInput!) { remunerationsDeclare(input: $input) { replayed } }"
    answer = await world.post(
        "jo",
        query,
        {"input": {k: v for k, v in known.items() if k != "idempotencyKey"}},
    )
    assert (
        answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    )  # a key is required


async def test_an_establishment_is_named_in_one_way_alone(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    (place,), siret = esat.partner.establishments, esat.partner.siret
    both, none = {"id": place, "siret": siret}, {"id": None}
    for act, known in (
        ("remunerationsDeclare", a_deposit(siret, "k")),
        ("activityChangesDeclare", {"idempotencyKey": "k", "lines": []}),
    ):
        query = f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ replayed }} }}"
        for by in (both, none, {"siret": None}, {"siret": siret, "id": None}, {}, None):
            answer = await world.post(
                "jo", query, {"input": known | {"establishment": by}}
            )
            (error,) = answer.json()["errors"]
            assert error["extensions"]["code"] == "BAD_USER_INPUT", by
            assert error["extensions"]["path"][0] == "establishment", by
            assert siret not in answer.text
    literal = f'mutation {{ activityChangesDeclare(input: {{establishment: {{id: "{place}", siret: "{siret}"}}, idempotencyKey: "k", lines: []}}) {{ replayed }} }}'
    answer = await world.post("jo", literal)
    assert answer.json()["errors"]
    assert siret not in answer.text


async def test_a_caf_answers_a_thousand_lines_at_most_and_all_or_none(
    world: World, paris: Person
) -> None:
    esat = await an_open_esat(paris, "jo")
    await Person(world, "jo").declares(
        **a_deposit(esat.partner.siret, "k", a_line(1, "921"))
    )
    (line,) = await rows(
        world.database,
        "SELECT id FROM declaration_line WHERE partner_id = :p",
        p=esat.partner.id,
    )
    taken = {"outcome": "TAKEN_INTO_ACCOUNT"}
    cases: list[Case] = [
        ("remunerationsProcess", taken | {"lineIds": []}, "VALUE_INVALID", ["input", "lineIds"]),
        ("remunerationsProcess", taken | {"lineIds": [line["id"]] * 1001}, "VALUE_INVALID", ["input", "lineIds"]),
        ("remunerationsProcess", taken | {"lineIds": [line["id"], "lin_x"]}, "NOT_FOUND", ["input", "lineIds", "1"]),
        ("remunerationsProcess", taken | {"lineIds": [line["id"]], "processingReason": HUGE}, "VALUE_INVALID", ["input", "processingReason"]),
        ("remunerationsProcess", {"lineIds": [line["id"]], "outcome": "RETURNED"}, "VALUE_INVALID", ["input", "processingReason"]),
    ]  # fmt: skip
    for case in cases:
        await meets(world, "agent-hauts-de-seine", case)
    (kept,) = await rows(
        world.database,
        "SELECT processing FROM declaration_line WHERE id = :id",
        id=line["id"],
    )
    assert kept["processing"] is None


async def test_a_text_that_holds_a_number_is_refused_in_whatever_field(
    world: World, paris: Person
) -> None:
    """The NIR is in the one cell made for it, and in no other (docs/decisions/0038)."""
    esat = await an_open_esat(paris, "jo")
    jo, nir = Person(world, "jo"), a_nir(7)
    await jo.declares(**a_deposit(esat.partner.siret, "k", a_line(1)))
    grouped = f"{nir[:1]} {nir[1:3]} {nir[3:5]} {nir[5:7]} {nir[7:10]} {nir[10:13]}"
    for number in (
        nir,
        grouped,
        f"{nir[:1]} {nir[1:3]} {nir[3:5]} {nir[5:]}",
        f"({nir})",
        nir[:13],
    ):
        cases: list[tuple[str, Case]] = [
            ("agent-paris", ("groupCreate", {"accessId": esat.access, "name": f"Paie {number}"}, "NIR_IN_TEXT", ["input", "name"])),
            ("agent-paris", ("groupCreate", {"accessId": esat.access, "name": "x", "reason": number}, "NIR_IN_TEXT", ["input", "reason"])),
            ("agent-paris", ("userInvite", {"partnerId": esat.partner.id, "person": somebody("Ana", "A") | {"familyName": number}}, "NIR_IN_TEXT", ["input", "person", "familyName"])),
            ("jo", ("remunerationsDeclare", a_deposit(esat.partner.siret, "x", reason=number), "NIR_IN_TEXT", ["input", "reason"])),
        ]  # fmt: skip
        for who, case in (
            cases if number != nir[:13] else ()
        ):  # thirteen digits in a row are anything, elsewhere
            await meets(world, who, case)
        spoiled = a_line(
            7, clientReference=number, comment=f"voir {number}", confirmation=number
        )
        told = await jo.declares(**a_deposit(esat.partner.siret, f"t{number}", spoiled))
        assert [e["path"][-1] for e in told["errors"] if e["code"] == "NIR_IN_TEXT"] == [
            "clientReference", "confirmation", "comment"
        ]  # fmt: skip


async def test_a_name_or_a_reason_may_hold_a_siret_or_another_innocent_number(
    paris: Person,
) -> None:
    esat = await an_open_esat(paris, "jo")
    for text in (
        "SIRET 44229377500031",
        "Facture 1796079600000",
        "1850575999042",
        "EAN 3 250390 000129",
    ):
        await paris.does(
            "groupCreate",
            accessId=esat.access,
            name=f"Paie {text}",
            reason=f"Vu {text}.",
        )


@pytest.mark.parametrize(
    "opaque",
    [
        "grp_01a208879548771384f232672a3904b4",
        "01a2088875ca772688932282041c301f",
        "1d830790745749238bc47a935bf38c301c79d51da97d59f5f816b63cd06eda41",
    ],
)
def test_an_id_whose_chance_digits_read_as_a_number_is_no_free_text(
    opaque: str,
) -> None:
    assert holds_nir(opaque)

    named = GroupCloseInput(
        idempotency_key=strawberry.ID(opaque),
        group_id=strawberry.ID(opaque),
        on=date(2026, 12, 10),
    )
    limits.check(named)

    with pytest.raises(Refused):
        limits.check(
            GroupCloseInput(
                reason=f"voir {opaque}", group_id=strawberry.ID("grp_0"), on=named.on
            )
        )
