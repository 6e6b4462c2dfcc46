"""From a form to an act.

Nothing is done twice, nothing typed is lost, and nobody overwrites what they did not
see.
"""

from typing import Any

import pytest

from .houses import House, Visitor

CANAL = "ptr_99990001200025"
BASSIN = "ptr_99990001200033"
PERSON = {
    "person__givenName": "Inès",
    "person__familyName": "Idoux",
    "person__email": "ines@exemple.fr",
}
PEOPLE = """query($id: ID!) { partner(by: {id: $id}) { affiliations(first: 100) { nodes {
  id version jobTitle suspended endsOn user { id givenName familyName email } } } } }"""


async def affiliation(house: House, user: str, partner: str = CANAL) -> str:
    people = (
        await house.data(
            "agent-cna" if partner != CANAL else "agent-paris", PEOPLE, id=partner
        )
    )["partner"]
    return next(
        str(n["id"]) for n in people["affiliations"]["nodes"] if n["user"]["id"] == user
    )


async def person(house: House, identifier: str) -> dict[str, str]:
    query = "query($id: ID!) { node(id: $id) { ... on Affiliation { jobTitle user { givenName familyName } } } }"
    answer: dict[str, Any] = (
        await house.data("gestionnaire-canal", query, id=identifier)
    )["node"]
    return {
        str(k): str(v) for k, v in {**answer, **answer["user"]}.items() if k != "user"
    }


async def invited(house: House, email: str) -> int:
    people = (await house.data("gestionnaire-canal", PEOPLE, id=CANAL))["partner"][
        "affiliations"
    ]["nodes"]
    return sum(n["user"]["email"] == email for n in people)


def form_of(partner: str = CANAL) -> str:
    return f"/actes/userInvite?partnerId={partner}"


# a form and its fields


async def test_what_an_address_proposes_and_the_form_unticks_is_not_done(
    house: House,
) -> None:
    query = "query($id: ID!) { partner(by: {id: $id}) { groups(first: 20) { nodes { id name } } } }"
    groups = (await house.data("gestionnaire-canal", query, id=CANAL))["partner"][
        "groups"
    ]["nodes"]
    group = next(g["id"] for g in groups if g["name"] == "Lecteurs")
    visitor = await house.visitor("gestionnaire-canal")
    form = await visitor.get(
        f"/actes/groupMembersRemove?groupId={group}&userIds=usr_lecteur-canal"
    )

    visit = await visitor.step(form, "verifier", userIds=None)

    assert ("userIds", "usr_lecteur-canal") in form.parsed.form(
        button=("_etape", "verifier")
    ).values
    assert visit.status == 422
    assert not [h for h in visit.heard if h.query.startswith("mutation")]


async def test_a_form_shows_what_is_missing_beside_its_field_and_keeps_the_rest(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")

    visit = await visitor.step(
        await visitor.get(form_of()), "verifier", person__givenName="Inès"
    )

    assert visit.status == 422
    assert (
        visit.text.count("<title>Erreur : ") + visit.text.count("<title>Erreur\u00a0: ")
        == 1
    )
    assert 'href="#f-person-familyName"' in visit.text
    assert 'id="f-person-familyName-error"' in visit.text
    assert ("person.givenName", "Inès") in visit.parsed.form(
        button=("_etape", "verifier")
    ).values
    assert not [h for h in visit.heard if h.query.startswith("mutation")]


@pytest.mark.parametrize(
    "typed",
    ['"><script>alert(1)</script>', "{{1337*1337}}", "\u202eà l'envers", "é" * 10_000],
)
async def test_what_is_typed_comes_back_escaped_and_whole(
    house: House, typed: str
) -> None:
    visitor = await house.visitor("gestionnaire-canal")

    visit = await visitor.step(
        await visitor.get(form_of()), "verifier", person__givenName=typed
    )

    assert visit.status == 422
    assert "<script>alert" not in visit.text
    assert ("person.givenName", typed) in visit.parsed.form(
        button=("_etape", "verifier")
    ).values


async def test_a_refusal_of_the_graph_stands_beside_the_field_that_it_is_about(
    house: House,
) -> None:
    visitor = await house.visitor("agent-paris")
    values = {
        "name": "Esat",
        "siret": "99990009900012",
        "kind": "ESAT",
        "organismId": "org_751",
    }

    visit = await visitor.act("/actes/partnerRegister", **values)

    assert visit.status == 422
    assert 'href="#f-siret"' in visit.text, visit.parsed.text
    assert 'id="f-siret-error"' in visit.text


async def test_a_verified_form_can_be_changed_and_nothing_is_done_before_it_is_confirmed(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    email = "change@exemple.fr"

    review = await visitor.step(
        await visitor.get(form_of()), "verifier", **PERSON | {"person__email": email}
    )
    changed = await visitor.step(review, "modifier")

    assert review.status == changed.status == 200
    assert email in review.parsed.text
    assert ("person.email", email) in changed.parsed.form(
        button=("_etape", "verifier")
    ).values
    assert await invited(house, email) == 0


# once


async def test_a_form_sent_twice_is_done_once(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    email = "twice@exemple.fr"
    review = await visitor.step(
        await visitor.get(form_of()), "verifier", **PERSON | {"person__email": email}
    )

    first = await visitor.step(review, "faire")
    second = await visitor.step(review, "faire")

    assert first.status == second.status == 200
    assert (
        second.heard[-1].variables["input"]["idempotencyKey"]
        == first.heard[-1].variables["input"]["idempotencyKey"]
    )
    assert await invited(house, email) == 1
    assert 'id="invitation"' in first.text


async def test_two_forms_are_two_acts(house: House) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    keys = set()
    for _ in range(2):
        form = (await visitor.get(form_of())).parsed.form(button=("_etape", "verifier"))
        keys |= {value for name, value in form.values if name == "_cle"}

    assert len(keys) == 2


# signed in again


async def test_what_was_typed_when_the_session_ran_out_is_given_back_after_signing_in(
    house: House,
) -> None:
    visitor = await house.arrive("gestionnaire-canal")
    form = await visitor.get(form_of())
    house.machine.wait(minutes=61)

    sent = await visitor.step(
        form, "verifier", **PERSON | {"person__email": "late@exemple.fr"}
    )
    page = await visitor.get(sent.place)
    back = await visitor.sign_in("gestionnaire-canal", form_of() + "&saisie=1")
    again = await visitor.get(back.headers["location"])

    assert sent.status == 303
    assert sent.place.startswith("/connexion?")
    assert "ines" not in sent.place.lower()
    assert sent.heard == []
    assert "Votre session a pris fin" in page.parsed.text
    values = dict(again.parsed.form(button=("_etape", "verifier")).values)
    assert (values["person.givenName"], values["person.email"]) == (
        "Inès",
        "late@exemple.fr",
    )
    assert "Votre saisie a été gardée" in again.parsed.text
    done = await visitor.step(await visitor.step(again, "verifier"), "faire")
    assert done.status == 200
    assert await invited(house, "late@exemple.fr") == 1


async def test_what_was_typed_is_given_back_to_nobody_else(house: House) -> None:
    visitor = await house.arrive("gestionnaire-canal")
    form = await visitor.get(form_of())
    house.machine.wait(minutes=61)
    await visitor.step(form, "verifier", **PERSON | {"person__givenName": "Secrète"})

    back = await visitor.sign_in("agent-paris", form_of() + "&saisie=1")
    other = await visitor.get(back.headers["location"])

    assert "Secrète" not in other.text


# a sensitive act


async def closing(house: House) -> str:
    query = "query($id: ID!) { partner(by: {id: $id}) { conventionInForce { id } } }"
    answer = await house.data("agent-bouches-du-rhone", query, id="ptr_99990004600015")
    return f"/actes/conventionClose?conventionId={answer['partner']['conventionInForce']['id']}"


async def test_a_sensitive_act_asks_who_one_is_again_and_comes_back_with_what_was_typed(
    house: House,
) -> None:
    visitor = await house.arrive("agent-bouches-du-rhone")
    house.machine.wait(minutes=16)
    form = await visitor.get(await closing(house))

    sent = await visitor.step(
        form, "verifier", closingReason="TERMINATED_BY_CAF", on="2027-01-31"
    )
    redirect = await visitor.get(sent.place)

    assert sent.status == 303
    assert sent.place.startswith("/connexion/aller?force=1&retour=")
    assert not [h for h in sent.heard if h.query.startswith("mutation")]
    assert "prompt=login" in redirect.place
    chosen = await visitor.choose(redirect.answer, "agent-bouches-du-rhone")
    back = await visitor.send("GET", chosen.headers["location"])
    again = await visitor.get(back.headers["location"])
    values = dict(again.parsed.form(button=("_etape", "verifier")).values)
    assert (values["on"], values["closingReason"]) == (
        "2027-01-31",
        "TERMINATED_BY_CAF",
    )
    review = await visitor.step(again, "verifier")
    assert review.status == 200
    assert "Ce que cela change" in review.parsed.text


async def test_an_act_that_is_not_sensitive_asks_nothing_again(house: House) -> None:
    visitor = await house.arrive("gestionnaire-canal")
    house.machine.wait(minutes=16)

    review = await visitor.step(await visitor.get(form_of()), "verifier", **PERSON)

    assert review.status == 200


# two at once


async def both(house: House) -> tuple[Visitor, Visitor]:
    """Two browsers before the same person's file.

    The console knows no more of who holds them.
    """
    return await house.arrive("gestionnaire-canal"), await house.arrive(
        "gestionnaire-canal"
    )


async def test_the_second_of_two_sees_what_was_what_is_and_what_they_typed_and_chooses(
    house: House,
) -> None:
    identifier = await affiliation(house, "usr_lecteur-canal")
    address = f"/actes/userUpdate?affiliationId={identifier}"
    marc, sylvie = await both(house)
    before = await person(house, identifier)
    hers = await sylvie.get(address)
    await marc.act(address, person__jobTitle="Chef de cuisine")

    review = await sylvie.step(hers, "verifier", person__jobTitle="Cheffe d'équipe")
    conflict = await sylvie.step(review, "faire")

    assert conflict.status == 409
    text = conflict.parsed.text
    assert str(before["jobTitle"]) in text
    assert "Chef de cuisine" in text
    assert "Cheffe d'équipe" in text
    assert (await person(house, identifier))["jobTitle"] == "Chef de cuisine"
    choices = {
        name
        for name in conflict.parsed.form(button=("_etape", "reprendre")).fields
        if name.startswith("_choix.")
    }
    assert "_choix.person.jobTitle" in choices

    resumed = await sylvie.step(conflict, "reprendre")
    values = dict(resumed.parsed.form(button=("_etape", "verifier")).values)
    assert values["person.jobTitle"] == "Cheffe d'équipe"
    done = await sylvie.step(await sylvie.step(resumed, "verifier"), "faire")
    assert done.status == 303
    assert (await person(house, identifier))["jobTitle"] == "Cheffe d'équipe"


async def test_after_a_conflict_the_current_value_may_be_taken_field_by_field(
    house: House,
) -> None:
    identifier = await affiliation(house, "usr_preparatrice-canal")
    address = f"/actes/userUpdate?affiliationId={identifier}"
    marc, sylvie = await both(house)
    hers = await sylvie.get(address)
    await marc.act(address, person__jobTitle="Assistante de direction")
    review = await sylvie.step(hers, "verifier", person__jobTitle="Assistante sociale")
    conflict = await sylvie.step(review, "faire")

    resumed = await sylvie.step(
        conflict, "reprendre", **{"_choix.person.jobTitle": "actuelle"}
    )

    values = dict(resumed.parsed.form(button=("_etape", "verifier")).values)
    assert values["person.jobTitle"] == "Assistante de direction"
    assert (
        values["_version"]
        != dict(hers.parsed.form(button=("_etape", "verifier")).values)["_version"]
    )


async def test_the_way_back_and_the_plumbing_of_a_form_cannot_be_forged_into_a_fault(
    house: House,
) -> None:
    visitor = await house.visitor("gestionnaire-canal")
    form = await visitor.get(form_of())
    for name, value in (
        ("_avant", "["),
        ("_avant", "[" * 100_000),
        ("_version", "x"),
        ("_version", "9" * 30),
        ("_cle", "x" * 9_000),
    ):
        visit = await visitor.step(form, "verifier", **PERSON | {name: value})
        assert visit.status in {200, 400, 409, 422}, (name, visit.status)


async def test_a_form_carries_no_value_of_its_object_in_clear(house: House) -> None:
    identifier = await affiliation(house, "usr_lecteur-canal")
    visitor = await house.visitor("gestionnaire-canal")

    form = await visitor.get(f"/actes/userDeactivate?affiliationId={identifier}")

    values = dict(form.parsed.form(button=("_etape", "verifier")).values)
    assert str((await person(house, identifier))["jobTitle"]) not in str(values)
    assert len(values["_avant"]) > 20
