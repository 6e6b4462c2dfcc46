"""Those who stand outside a file, and how far: what they read, and what they are told."""

from collections.abc import Mapping
from typing import Any

from persistence.records import Rule
from tests.acting.ledger import rows
from tests.conftest import Asker, World

from .story import (
    DELEGATED,
    TODAY,
    WORK,
    Person,
    a_siret,
    an_open_esat,
    paper,
    somebody,
)

File = Mapping[str, str]
Attempts = dict[str, tuple[str, dict[str, Any]]]

CANAL, HORIZONS, SEINE = (
    "ptr_99990001200025",
    "ptr_99990002000010",
    "ptr_99990001200041",
)
ADMINISTRATIVE = {
    "Partner", "Establishment", "Convention", "MembershipBulletin", "ServiceAccess", "Eligibility", "Group", "Affiliation",
    "User", "Membership",
}  # fmt: skip
SIGNED = {
    "Partner",
    "Establishment",
    "Convention",
    "MembershipBulletin",
    "ServiceAccess",
}
OF_A_MEMBER = {
    "Partner",
    "Establishment",
    "MembershipBulletin",
    "ServiceAccess",
    "Group",
}

FILE = """query($id: ID!) { partner(by: {id: $id}) {
  establishments { nodes { id } } eligibilities { id } affiliations { nodes { id user { id } } }
  conventionInForce { id contract { managers { id } } services { id service { code } } bulletins { id service { code } } }
  groups { nodes { id role { code } members { nodes { id } } memberships { nodes { id user { id } } } } }
  journal { nodes { id } }
} }"""

LISTS = """query($siret: String!) {
  partner(by: {siret: $siret}) { id } partners(search: "") { nodes { id } }
}"""
BY_PARTNER = (
    "groups",
    "users",
    "conventions",
    "bulletins",
    "journal",
    "declarations",
    "workers",
    "affiliations",
)


async def the_file_of(asker: Asker, partner: str) -> File:
    """One id of each kind in the partner's file, as the national administrator reads it: what Esat declarants use."""
    seen = (await asker.ask("admin-national", FILE, id=partner))["partner"]
    convention = seen["conventionInForce"]
    group = next(
        g for g in seen["groups"]["nodes"] if g["role"]["code"] == "ESAT_DECLARANT"
    )
    member = group["memberships"]["nodes"][0]
    file = {
        "Partner": partner,
        "Establishment": seen["establishments"]["nodes"][0]["id"],
        "Eligibility": seen["eligibilities"][0]["id"],
        "Convention": convention["id"],
        "ServiceAccess": next(
            s["id"] for s in convention["services"] if s["service"]["code"] == "ESAT"
        ),
        "MembershipBulletin": next(
            b["id"] for b in convention["bulletins"] if b["service"]["code"] == "ESAT"
        ),
        "Group": group["id"],
        "Membership": member["id"],
        "User": member["user"]["id"],
        "Affiliation": next(
            a["id"]
            for a in seen["affiliations"]["nodes"]
            if a["user"]["id"] == member["user"]["id"]
        ),
    }
    managers = convention["contract"]["managers"]
    return file | {"Manager": managers[0]["id"]} if managers else file


async def seen_by(person: Person, file: File) -> set[str]:
    """The kinds of the file that the person reads, asked one by one and all at once."""
    one_by_one = {
        kind for kind, one in file.items() if await person.reads(one) is not None
    }
    together = (
        await person.asks(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=list(file.values())
        )
    )["nodes"]
    assert {
        kind for kind, node in zip(file, together, strict=True) if node
    } == one_by_one
    return one_by_one


def attempts(file: File) -> Attempts:
    """Every act that bears on a file: the kind of its object, its input. The form of each is right."""
    partner, convention = (
        {"partnerId": file["Partner"]},
        {"conventionId": file["Convention"]},
    )
    bulletin, access, group = (
        {"bulletinId": file["MembershipBulletin"]},
        {"accessId": file["ServiceAccess"]},
        {"groupId": file["Group"]},
    )
    affiliation, on = {"affiliationId": file["Affiliation"]}, {"on": TODAY}
    person, users = {"person": somebody("Iris", "Intruse")}, {"userIds": [file["User"]]}
    acts: Attempts = {
        "establishmentAdd": (
            "Partner",
            partner | {"siret": a_siret(1), "name": "Annexe", "department": "75"},
        ),
        "eligibilityDecide": (
            "Partner",
            partner
            | {"serviceId": "svc_ESAT", "decision": "NOT_ELIGIBLE", "ground": "Aucun"},
        ),
        "activityAttest": ("Partner", partner | {"evidence": "Vue"}),
        "conventionPrepare": (
            "Partner",
            partner | {"mode": "CENTRALISED", "missionIds": list(WORK)},
        ),
        "userInvite": ("Partner", partner | person),
        "conventionSign": (
            "Convention",
            convention
            | {"convention": paper("a"), "contract": paper("b"), "inForceOn": TODAY},
        ),
        "partnerTransfer": ("Partner", partner | {"organismId": "org_781"}),
        "partnerUpdate": ("Partner", partner | {"name": "Intrus"}),
        "establishmentUpdate": (
            "Establishment",
            {
                "establishmentId": file["Establishment"],
                "name": "Intrus",
                "department": "75",
            },
        ),
        "conventionAmend": (
            "Convention",
            convention | {"verifiedFields": ["mission"], "missionIds": list(WORK)},
        ),
        "conventionClose": (
            "Convention",
            convention | on | {"closingReason": "ABANDONED"},
        ),
        "conventionClosingCancel": ("Convention", convention),
        "conventionSuspend": (
            "Convention",
            convention | {"suspensionReason": "Doute"},
        ),
        "conventionResume": ("Convention", convention),
        "managerAppoint": ("Convention", convention | {"kind": "MANAGER"} | person),
        "bulletinPrepare": (
            "Convention",
            convention
            | {
                "serviceId": "svc_ESAT",
                "siret": a_siret(1),
                "roleIds": ["rol_ESAT_LECTEUR"],
            },
        ),
        "bulletinSign": (
            "MembershipBulletin",
            bulletin | {"signature": paper("c"), "effectiveFrom": TODAY},
        ),
        "bulletinReplace": (
            "MembershipBulletin",
            bulletin | on | {"successorId": file["MembershipBulletin"]},
        ),
        "bulletinClose": (
            "MembershipBulletin",
            bulletin | on | {"closingReason": "Départ"},
        ),
        "serviceOpen": ("MembershipBulletin", bulletin | on),
        "serviceSuspend": ("ServiceAccess", access | {"suspensionReason": "Doute"}),
        "serviceResume": ("ServiceAccess", access),
        "groupCreate": ("ServiceAccess", access | {"name": "Intrus"}),
        "groupRoleAttach": ("Group", group | {"roleId": "rol_ESAT_LECTEUR"}),
        "groupClose": ("Group", group | on),
        "groupMembersAdd": ("Group", group | users),
        "groupMembersRemove": ("Group", group | users | on),
        "userUpdate": ("Affiliation", affiliation | person),
        "invitationRenew": ("Affiliation", affiliation),
        "userSuspend": ("Affiliation", affiliation | {"suspensionReason": "Doute"}),
        "userReinstate": ("Affiliation", affiliation),
        "userDeactivate": ("Affiliation", affiliation | on),
        "mandateGrant": ("Partner", partner | {"client": CLIENT}),
        "mandateRevoke": ("Affiliation", affiliation | on),
    }
    if "Manager" in file:
        acts["managerEnd"] = ("Manager", {"managerId": file["Manager"]} | on)
    return acts


CLIENT = {
    "issuer": "https://issuer.invalid",
    "subject": "intrus",
    "name": "Intrus",
    "email": "a@intrus.invalid",
}


def declarations(file: File) -> Attempts:
    """What a declarant does in the file's establishment."""
    place: dict[str, Any] = {
        "establishment": {"id": file["Establishment"]},
        "idempotencyKey": "k",
    }
    certificate = place | {"campaignYear": 2026, "deposit": True, "lines": []}
    return {
        "remunerationsDeclare": ("Establishment", certificate),
        "activityChangesDeclare": ("Establishment", place | {"lines": []}),
    }


async def told(
    asker: Asker, who: str, act: str, values: Mapping[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """The one refusal that an act meets, and the bytes of the whole answer."""
    kind = act[0].upper() + act[1:] + "Input!"
    query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ errors {{ code message path rule source }} warnings {{ code }} replayed }} }}"
    answer = await asker.post(who, query, {"input": values})
    body = answer.json()
    assert "errors" not in body, body
    (error,) = body["data"]["act"]["errors"]
    return error, answer.content


async def what_each_act_says(
    asker: Asker, who: str, file: File, readable: set[str], *, declarant: bool = False
) -> None:
    """FORBIDDEN with an explanation on what is read, NOT_FOUND on the rest; nothing is done."""
    for act, (kind, values) in (
        attempts(file) | (declarations(file) if declarant is False else {})
    ).items():
        error, _ = await told(asker, who, act, values)
        assert error["code"] == ("FORBIDDEN" if kind in readable else "NOT_FOUND"), (
            who,
            act,
            error,
        )
        explained = error["message"].removeprefix(Rule.FORBIDDEN.sentence).strip()
        assert kind not in readable or explained, (who, act)


STRANGERS = (
    "agent-rhone", "agent-yvelines", "gestionnaire-oliviers", "social-villefictive", "social-ateliers", "suspendu-canal",
    "partie-canal", "nobody",
)  # fmt: skip


async def test_a_stranger_reads_nothing_of_a_file_by_any_door(world: World) -> None:
    for partner in (CANAL, HORIZONS):
        file = await the_file_of(world, partner)
        for stranger in (Person(world, who) for who in STRANGERS):
            assert await seen_by(stranger, file) == set(), stranger.name

            lists = await stranger.asks(LISTS, siret=partner.removeprefix("ptr_"))
            assert lists["partner"] is None, stranger.name
            assert partner not in [p["id"] for p in lists["partners"]["nodes"]], (
                stranger.name
            )
            for name in BY_PARTNER:
                listed = f"query($partner: ID!) {{ {name}(partnerId: $partner) {{ nodes {{ id }} totalCount }} }}"
                answers = [
                    (await world.post(stranger.name, listed, {"partner": p})).json()
                    for p in (partner, "ptr_0")
                ]
                assert answers[0] == answers[1], (
                    stranger.name
                )  # as where there is no such partner
                assert answers[0]["errors"][0]["extensions"]["code"] == "NOT_FOUND", (
                    stranger.name
                )


async def test_a_stranger_who_acts_learns_nothing_and_an_invented_id_answers_byte_for_byte_the_same(
    world: World,
) -> None:
    file = await the_file_of(world, CANAL)
    invented = {kind: _invented(one) for kind, one in file.items()}
    as_real, as_invented = (attempts(f) | declarations(f) for f in (file, invented))

    for who in (
        "agent-rhone",
        "gestionnaire-horizons",
        "social-ateliers",
        "suspendu-canal",
        "nobody",
    ):
        for act, (_, values) in as_real.items():
            error, real = await told(world, who, act, values)
            _, other = await told(world, who, act, as_invented[act][1])

            assert error["code"] == (
                "UNKNOWN_CALLER" if who == "nobody" else "NOT_FOUND"
            ), (who, act)
            assert real == other, (who, act)

    assert await the_file_of(world, CANAL) == file


def _invented(real: str) -> str:
    """An id of the same form that nobody bears."""
    return real[:-4] + ("0000" if real[-4:] != "0000" else "1111")


async def test_of_a_line_and_a_worker_that_one_does_not_read_an_act_says_what_it_says_of_none(
    world: World,
) -> None:
    lines = await rows(world.database, "SELECT id, worker_id FROM declaration_line WHERE partner_id = :p AND paying_id = 'org_931' ORDER BY id LIMIT 1", p=CANAL)  # fmt: skip
    (line,) = lines
    for who in ("agent-paris", "agent-hauts-de-seine", "admin-national", "centre-ressources", "gestionnaire-canal", "declarante-seine"):  # fmt: skip
        acts: list[tuple[str, str, dict[str, Any]]] = [
            ("remunerationsProcess", line["id"], {"outcome": "TAKEN_INTO_ACCOUNT"}),
            ("workerNirReveal", line["worker_id"], {"reason": "Curiosité"}),
        ]
        for act, one, more in acts:
            said = [
                await told(
                    world,
                    who,
                    act,
                    more
                    | (
                        {"workerId": x}
                        if act == "workerNirReveal"
                        else {"lineIds": [x]}
                    ),
                )
                for x in (one, f"{one[:-4]}9999")
            ]
            assert said[0][0]["code"] == "NOT_FOUND", (who, act)
            assert said[0] == said[1], (who, act)


async def test_the_signing_caf_of_a_cna_file_reads_the_contracts_and_changes_nothing(
    world: World,
) -> None:
    file = await the_file_of(world, HORIZONS)
    signing = Person(world, "agent-hauts-de-seine")

    assert await seen_by(signing, file) == SIGNED | {"Manager"}
    await what_each_act_says(world, "agent-hauts-de-seine", file, SIGNED | {"Manager"})

    error, _ = await told(world, "agent-hauts-de-seine", *_one(file, "conventionClose"))
    assert error["message"].endswith(
        "C'est à Centre national d'appui d'agir : elle administre le partenaire."
    )


def _one(file: File, act: str) -> tuple[str, dict[str, Any]]:
    return act, attempts(file)[act][1]


async def test_the_agents_of_781_are_not_the_cna(world: World) -> None:
    """A15: they act on what 781 administers, and not on what the CNA does."""
    horizons, seine = (
        await the_file_of(world, HORIZONS),
        await the_file_of(world, SEINE),
    )
    yvelines, cna = Person(world, "agent-yvelines"), Person(world, "agent-cna")

    assert await seen_by(yvelines, horizons) == set()
    assert await seen_by(yvelines, seine) == ADMINISTRATIVE
    assert await seen_by(cna, horizons) == ADMINISTRATIVE | {"Manager"}
    assert await seen_by(cna, seine) == set()
    await what_each_act_says(world, "agent-yvelines", horizons, set())
    await what_each_act_says(world, "agent-cna", seine, set())


async def test_who_only_reads_reads_the_administrative_file_and_may_do_nothing(
    world: World,
) -> None:
    file = await the_file_of(world, CANAL)

    for who in ("centre-ressources", "admin-national", "lecteur-paris"):
        assert await seen_by(Person(world, who), file) == ADMINISTRATIVE | {
            "Manager"
        }, who
        await what_each_act_says(world, who, file, ADMINISTRATIVE | {"Manager"})


async def test_a_resource_centre_reads_the_files_that_its_caf_administer_and_no_other(
    world: World,
) -> None:
    centre = Person(world, "centre-ressources")

    assert await seen_by(centre, await the_file_of(world, SEINE)) == ADMINISTRATIVE
    assert await seen_by(centre, await the_file_of(world, HORIZONS)) == set()
    assert (
        await seen_by(centre, await the_file_of(world, "ptr_99990007900016")) == set()
    )


async def test_a_member_reads_what_is_theirs_and_their_colleagues_not(
    world: World,
) -> None:
    file = await the_file_of(world, CANAL)
    delphine, zoe = (
        Person(world, "declarante-canal"),
        Person(world, "preparatrice-canal"),
    )
    own = {"Affiliation", "User", "Membership"}
    delphine_s = await _with_the_member(world, file, "usr_declarante-canal")

    assert await seen_by(delphine, delphine_s) == OF_A_MEMBER | own
    assert await seen_by(zoe, delphine_s) == OF_A_MEMBER - {"Group"}
    await what_each_act_says(
        world, "declarante-canal", delphine_s, OF_A_MEMBER | own, declarant=True
    )
    await what_each_act_says(
        world, "preparatrice-canal", delphine_s, OF_A_MEMBER - {"Group"}
    )


async def _with_the_member(world: World, file: File, user: str) -> File:
    query = "query($id: ID!) { node(id: $id) { ... on User { affiliations { nodes { id } } memberships { nodes { id } } } } }"
    seen = (await world.ask("admin-national", query, id=user))["node"]
    mine = {
        kind: seen[f"{kind.lower()}s"]["nodes"][0]["id"]
        for kind in ("Affiliation", "Membership")
    }
    return {**file, "User": user, **mine}


async def test_a_manager_reads_contracts_and_people_and_leaves_contracts_to_the_caf(
    world: World,
) -> None:
    file = await the_file_of(world, CANAL)
    readable = (ADMINISTRATIVE | {"Manager"}) - {"Eligibility"}

    assert await seen_by(Person(world, "gestionnaire-canal"), file) == readable
    of_the_caf = {
        act: values
        for act, (_, values) in (attempts(file) | declarations(file)).items()
        if not act.startswith(
            (
                "user",
                "groupMembers",
                "groupCreate",
                "groupRole",
                "mandate",
                "invitation",
            )
        )
    }
    for act, values in of_the_caf.items():
        error, _ = await told(world, "gestionnaire-canal", act, values)
        assert error["code"] == "FORBIDDEN", act
        assert error["message"] != Rule.FORBIDDEN.sentence, act


async def test_around_a_file_opened_today_strangers_see_nothing_and_insiders_what_is_theirs(
    paris: Person,
) -> None:
    opened = await an_open_esat(paris, "jo", DELEGATED)
    world, file = paris.asker, await the_file_of(paris.asker, opened.partner.id)

    for who in (
        "agent-rhone",
        "gestionnaire-canal",
        "declarante-canal",
        "social-ateliers",
        "nobody",
    ):
        assert await seen_by(Person(world, who), file) == set(), who
    for who in ("agent-rhone", "gestionnaire-canal", "declarante-canal"):
        await what_each_act_says(world, who, file, set())
    own = {"Affiliation", "User", "Membership"}
    assert await seen_by(Person(world, "jo"), file) == OF_A_MEMBER | own
    assert await seen_by(paris, file) == ADMINISTRATIVE | {"Manager"}

    await Person(world, str(opened.manager)).suspends(opened.member.affiliation)

    # oneself remains: who one is, nothing of the partner
    assert await seen_by(Person(world, "jo"), file) == own
    await what_each_act_says(world, "jo", file, own)


async def test_nobody_registers_a_partner_for_an_organism_that_is_not_theirs(
    world: World,
) -> None:
    values = {
        "siret": a_siret(),
        "name": "ESAT",
        "kind": "ESAT",
        "organismId": "org_751",
        "department": "75",
    }

    for who, why in (
        ("agent-rhone", "Cet organisme n'est pas le vôtre."),
        ("lecteur-paris", "Votre profil ne comporte pas cet acte."),
        ("gestionnaire-canal", "Votre profil ne comporte pas cet acte."),
        ("admin-national", "Votre profil ne comporte pas cet acte."),
        ("centre-ressources", "Votre profil ne comporte pas cet acte."),
    ):
        error, _ = await told(world, who, "partnerRegister", values)
        assert (error["code"], error["message"].endswith(why)) == ("FORBIDDEN", True), (
            who
        )


async def test_a_siret_already_known_tells_a_managing_agent_who_follows_it_and_nobody_else(
    world: World,
) -> None:
    known = {
        "siret": "999 900 012 00025",
        "name": "ESAT",
        "kind": "ESAT",
        "department": "69",
    }

    told_to_an_agent, _ = await told(
        world, "agent-rhone", "partnerRegister", known | {"organismId": "org_691"}
    )
    told_to_a_manager, real = await told(world, "gestionnaire-horizons", "partnerRegister", known | {"organismId": "org_751"})  # fmt: skip
    unknown = known | {"siret": a_siret(), "organismId": "org_751"}

    assert told_to_an_agent["code"] == "SIRET_KNOWN"
    assert "(751)" in told_to_an_agent["message"]
    assert told_to_a_manager["code"] == "FORBIDDEN"
    assert (
        real
        == (await told(world, "gestionnaire-horizons", "partnerRegister", unknown))[1]
    )
