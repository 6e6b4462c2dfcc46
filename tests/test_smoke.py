from tests.conftest import World


async def test_a(world: World):
    d = await world.ask("declarante-canal", "{viewer{tabs{service{code}} user{familyName}}}")
    assert d["viewer"]["tabs"] == [{"service": {"code": "ESAT"}}]


async def test_b(serve):
    r = await serve()
    d = await r.ask("declarante-canal", "{viewer{tabs{service{code}}}}")
    assert d["viewer"]["tabs"] == [{"service": {"code": "ESAT"}}]


async def test_c(world):
    p = await world.do(
        "agent-paris",
        "partnerRegister",
        "partner{id version name administeredBy{code}}",
        siret="73282932000074",
        name="ESAT Neuf",
        kind="ESAT",
        organismId="org_751",
        department="75",
        idempotencyKey="k1",
    )
    p2 = await world.do(
        "agent-paris",
        "partnerRegister",
        "partner{id version name administeredBy{code}}",
        siret="73282932000074",
        name="ESAT Neuf",
        kind="ESAT",
        organismId="org_751",
        department="75",
        idempotencyKey="k1",
    )
    assert p2["replayed"] and p2["partner"] == p["partner"]
    ptr = p["partner"]["id"]
    est = (await world.ask("agent-paris", "query($i:ID!){partner(id:$i){establishments{nodes{id}}}}", i=ptr))[
        "partner"
    ]["establishments"]["nodes"][0]["id"]
    c = await world.do(
        "agent-paris",
        "conventionPrepare",
        "convention{id status}",
        partnerId=ptr,
        mode="CENTRALISED",
        missionIds=["mis_ACCOMPAGNEMENT_TRAVAIL"],
    )
    cnv = c["convention"]["id"]
    sig = dict(
        partnerSignedOn="2026-12-01",
        organismSignedOn="2026-12-02",
        partnerSignatory="A",
        organismSignatory="B",
        digest="0" * 64,
    )
    c = await world.do(
        "agent-paris",
        "conventionSign",
        "convention{id status contract{mode}}",
        conventionId=cnv,
        convention=sig,
        contract=sig,
        inForceOn="2026-12-10",
    )
    assert c["convention"]["status"] == "IN_FORCE"
    b = await world.do(
        "agent-paris",
        "bulletinPrepare",
        "bulletin{id missing siretMatches}",
        conventionId=cnv,
        serviceId="svc_ESAT",
        siret="73282932000074",
        roleIds=["rol_ESAT_DECLARANT"],
        establishmentIds=[est],
    )
    bul = b["bulletin"]["id"]
    await world.do(
        "agent-paris", "bulletinSign", "bulletin{status}", bulletinId=bul, signature=sig, effectiveFrom="2026-12-10"
    )
    await world.do(
        "agent-paris",
        "eligibilityDecide",
        "",
        partnerId=ptr,
        serviceId="svc_ESAT",
        decision="ELIGIBLE",
        ground="ok",
        formDigest="1" * 64,
    )
    o = await world.do("agent-paris", "serviceOpen", "access{id open}", bulletinId=bul, on="2026-12-10")
    assert o["access"]["open"]
    g = await world.do("agent-paris", "groupCreate", "group{id}", accessId=o["access"]["id"], name="Déclarants")
    i = await world.do(
        "agent-paris",
        "userInvite",
        "affiliation{id user{id familyName}} invitation",
        partnerId=ptr,
        person=dict(givenName="Jo", familyName="Neuf", email="jo@neuf.invalid"),
    )
    uid = i["affiliation"]["user"]["id"]
    r = await world.act(
        "agent-paris", "groupMembersAdd", "group{members{nodes{familyName}}}", groupId=g["group"]["id"], userIds=[uid]
    )
    assert r["errors"][0]["code"] == "ROLE_FIRST", r
    await world.do(
        "agent-paris", "groupRoleAttach", "group{role{code}}", groupId=g["group"]["id"], roleId="rol_ESAT_DECLARANT"
    )
    r = await world.do(
        "agent-paris", "groupMembersAdd", "group{members{nodes{familyName}}}", groupId=g["group"]["id"], userIds=[uid]
    )
    await world.do("jo-neuf", "invitationAccept", "affiliation{id user{familyName}}", invitation=i["invitation"])
    d = await world.ask("jo-neuf", "{viewer{tabs{service{code} partner{name}}}}")
    assert d["viewer"]["tabs"][0]["partner"]["name"] == "ESAT Neuf"
    j = await world.ask(
        "agent-paris",
        "query($i:ID!){partner(id:$i){journal(first:50){nodes{act before after matchedRule actingFor{code}}}}}",
        i=ptr,
    )
    print(j)
