"""The verbs of the trade, so that a journey reads like prose.

Somebody does something; an act that is refused raises `ActRefused`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from persistence.records.identifiers import luhn
from server.settings import DEMO_ISSUER
from tests.conftest import Asker

TODAY = "2026-12-10"
TOMORROW = "2026-12-11"
CENTRALISED, DELEGATED = "CENTRALISED", "DELEGATED"
WORK = ("mis_ACCOMPAGNEMENT_TRAVAIL",)
SOCIAL = ("mis_ACCOMPAGNEMENT_SOCIAL",)
ROLES = ("ESAT_DECLARANT", "ESAT_LECTEUR")
FORM = "f" * 64
PARTNER = "partner { id siret version establishments { nodes { id siret } } }"
EXPLAINED = "errors { code message path rule source }"
IMPACT = "impact { on lost { userId name service role establishments } gained { userId name service role establishments } managersLost { userId name } managersGained { userId name } servicesLost servicesGained administeredBefore administeredAfter modeBefore modeAfter drafts { establishment campaignYear lines } }"
EXPLANATION = "allowed on sentence menders chains { holds steps { kind objectId label broken } broken { kind objectId label broken } } grounds { role scope held met conditions { fact expected met } }"
BATCH = "batch { id received created replaced unchanged rejected held removed declaration { id sequence status } }"

_numbers = count(1)


def a_siret(number: int | None = None) -> str:
    """A SIRET with good keys that no seed bears: one legal unit for each number."""
    siren = _keyed(f"9988{next(_numbers) if number is None else number:04d}")
    return _keyed(f"{siren}0001")


def another_siret_of(siret: str, number: int = 2) -> str:
    """Another establishment of the same legal unit."""
    return _keyed(f"{siret[:9]}{number:04d}")


def _keyed(digits: str) -> str:
    return next(digits + key for key in "0123456789" if luhn(digits + key))


def paper(letter: str = "a", **changes: object) -> dict[str, object]:
    """A paper signed on both sides, and the digest of its scan."""
    facts = {
        "partnerSignedOn": "2026-12-01", "organismSignedOn": "2026-12-02", "partnerSignatory": "Paule Paraphe",
        "organismSignatory": "Octave Officiel", "digest": letter * 64,
    }  # fmt: skip
    return facts | changes


def somebody(given_name: str, family_name: str) -> dict[str, str]:
    return {
        "givenName": given_name,
        "familyName": family_name,
        "email": f"{given_name}.{family_name}@personne.invalid".lower().replace(
            " ", ""
        ),
    }


class ActRefused(Exception):
    """An act that the graph refused, with the errors of its payload."""

    def __init__(self, act: str, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{act}: {errors}")
        self.errors = errors


@dataclass(slots=True)
class Refusals:
    """What was refused, filled when the block ends."""

    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def message(self) -> str:
        return str(self.errors[0]["message"])

    @property
    def path(self) -> list[str]:
        return list(self.errors[0]["path"])


@contextmanager
def refused(code: str, rule: str | None = None) -> Iterator[Refusals]:
    """The act inside is refused with this code, under this rule of the instruction."""
    refusals = Refusals()
    with pytest.raises(ActRefused) as raised:
        yield refusals
    refusals.errors = raised.value.errors
    assert [(e["code"], e["rule"]) for e in refusals.errors] == [(code, rule)]


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    siret: str
    establishments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    user: str
    affiliation: str
    secret: str


@dataclass(frozen=True, slots=True)
class Mandated:
    """A machine client of a partner."""

    user: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the graph, under their own token."""

    asker: Asker
    name: str

    async def does(
        self, act: str, shows: str = "", /, **values: object
    ) -> dict[str, Any]:
        """The payload of an act. Raises `ActRefused`."""
        kind = act[0].upper() + act[1:] + "Input!"
        query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ {shows} {EXPLAINED} warnings {{ code }} replayed }} }}"
        payload: dict[str, Any] = (
            await self.asker.ask(self.name, query, input=values)
        )["act"]
        if payload["errors"]:
            raise ActRefused(act, payload["errors"])
        return payload

    async def asks(self, query: str, /, **variables: object) -> Any:  # noqa: ANN401 JSON
        return await self.asker.ask(self.name, query, **variables)

    async def reads(self, object_id: str, selection: str = "") -> Any:  # noqa: ANN401 JSON
        """The object as this person sees it; None when they do not."""
        query = f"query($id: ID!) {{ node(id: $id) {{ __typename id {selection} }} }}"
        return (await self.asks(query, id=object_id))["node"]

    async def tabs(self) -> list[str]:
        viewer = (await self.asks("{ viewer { tabs { service { tabLabel } } } }"))[
            "viewer"
        ]
        return sorted(tab["service"]["tabLabel"] for tab in viewer["tabs"])

    # partners

    async def registers(self, siret: str, /, **facts: object) -> Partner:
        values = {
            "siret": siret, "name": "ESAT des Tilleuls", "kind": "ESAT", "organismId": "org_751", "department": "75"
        } | facts  # fmt: skip
        partner = (await self.does("partnerRegister", PARTNER, **values))["partner"]
        return Partner(
            partner["id"],
            partner["siret"],
            tuple(e["id"] for e in partner["establishments"]["nodes"]),
        )

    async def adds_establishment(
        self, partner: str, siret: str, department: str, name: str = "Annexe"
    ) -> str:
        place = {
            "partnerId": partner,
            "siret": siret,
            "department": department,
            "name": name,
        }
        values = {**place, "acknowledgeOtherSiren": True}
        return _id(
            await self.does("establishmentAdd", "establishment { id }", **values),
            "establishment",
        )

    async def decides_eligibility(
        self, partner: str, decision: str = "ELIGIBLE", service: str = "ESAT"
    ) -> str:
        values = {
            "partnerId": partner, "serviceId": f"svc_{service}", "decision": decision, "ground": "Mission vérifiée",
            "formDigest": FORM,
        }  # fmt: skip
        return _id(
            await self.does("eligibilityDecide", "eligibility { id }", **values),
            "eligibility",
        )

    # conventions

    async def prepares_convention(
        self, partner: str, mode: str = CENTRALISED, missions: tuple[str, ...] = WORK
    ) -> str:
        values = {"partnerId": partner, "mode": mode, "missionIds": list(missions)}
        return _id(
            await self.does("conventionPrepare", "convention { id }", **values),
            "convention",
        )

    async def signs_convention(
        self, convention: str, in_force_on: str = TODAY, /, **more: object
    ) -> dict[str, Any]:
        values = {
            "conventionId": convention,
            "convention": paper("a"),
            "contract": paper("b"),
            "inForceOn": in_force_on,
        }
        payload = await self.does(
            "conventionSign", "convention { id status }", **(values | more)
        )
        return payload["convention"]  # type: ignore[no-any-return]

    async def closes_convention(
        self, convention: str, on: str = TODAY
    ) -> dict[str, Any]:
        values = {
            "conventionId": convention,
            "on": on,
            "closingReason": "TERMINATED_BY_CAF",
        }
        payload = await self.does(
            "conventionClose", "convention { status closedOn }", **values
        )
        return payload["convention"]  # type: ignore[no-any-return]

    async def appoints(
        self, convention: str, kind: str, /, **whom: object
    ) -> dict[str, Any]:
        values = {"conventionId": convention, "kind": kind} | whom
        return await self.does(
            "managerAppoint", "manager { id kind user { id } } invitation", **values
        )

    async def records_convention(
        self,
        partner: str,
        mode: str = CENTRALISED,
        missions: tuple[str, ...] = WORK,
        /,
        **more: object,
    ) -> str:
        """A convention older than the register."""
        values = {
            "partnerId": partner, "number": "CV-2019-0042", "mode": mode, "missionIds": list(missions),
            "convention": paper("a"), "contract": paper("b"), "originallyInForceOn": "2019-04-01",
        } | more  # fmt: skip
        return _id(
            await self.does("conventionRecord", "convention { id }", **values),
            "convention",
        )

    async def amends(
        self,
        convention: str,
        missions: tuple[str, ...] = WORK,
        verified: str = "mission",
    ) -> None:
        values = {
            "conventionId": convention,
            "verifiedFields": [verified],
            "missionIds": list(missions),
        }
        await self.does("conventionAmend", **values)

    async def attests(self, partner: str) -> None:
        await self.does(
            "activityAttest",
            partnerId=partner,
            evidence="Appel du 9 décembre à la directrice",
        )

    # seeing first, then doing

    async def tells_impact(self, act: str, /, **values: object) -> dict[str, Any]:
        """What an act would change, by its dry run."""
        return (await self.does(act, IMPACT, **values, dryRun=True))["impact"]  # type: ignore[no-any-return]

    async def does_with_impact(self, act: str, /, **values: object) -> dict[str, Any]:
        return (await self.does(act, IMPACT, **values))["impact"]  # type: ignore[no-any-return]

    async def explains(
        self, user: str, action: str, thing: str, on: str | None = None
    ) -> Any:  # noqa: ANN401 JSON
        """Why this user may or may not, that day; None when this person may not know."""
        query = f"query($u: ID!, $a: Action!, $o: ID!, $on: Date) {{ explain(user: $u, action: $a, object: $o, on: $on) {{ {EXPLANATION} }} }}"
        return (await self.asks(query, u=user, a=action, o=thing, on=on))["explain"]

    async def finds_who_can(
        self, action: str, thing: str, on: str | None = None
    ) -> Any:  # noqa: ANN401 JSON
        query = "query($a: Action!, $o: ID!, $on: Date) { whoCan(action: $a, object: $o, on: $on) { on sentence people { userId name by } offices { organism role count } hidden } }"
        return (await self.asks(query, a=action, o=thing, on=on))["whoCan"]

    # bulletins and services

    async def prepares_bulletin(
        self,
        convention: str,
        siret: str,
        establishments: tuple[str, ...],
        roles: tuple[str, ...] = ROLES,
        service: str = "ESAT",
        /,
        **more: object,
    ) -> str:
        values = {
            "conventionId": convention, "serviceId": f"svc_{service}", "siret": siret,
            "roleIds": [f"rol_{role}" for role in roles], "establishmentIds": list(establishments),
        }  # fmt: skip
        return _id(
            await self.does("bulletinPrepare", "bulletin { id }", **(values | more)),
            "bulletin",
        )

    async def signs_bulletin(
        self, bulletin: str, effective_from: str = TODAY, /, **more: object
    ) -> dict[str, Any]:
        values = {
            "bulletinId": bulletin,
            "signature": paper("c"),
            "effectiveFrom": effective_from,
        } | more
        return await self.does("bulletinSign", "bulletin { status }", **values)

    async def opens(self, bulletin: str, on: str = TODAY) -> str:
        return _id(
            await self.does("serviceOpen", "access { id }", bulletinId=bulletin, on=on),
            "access",
        )

    async def suspends_service(self, access: str) -> None:
        await self.does(
            "serviceSuspend", accessId=access, suspensionReason="Vérification en cours"
        )

    async def suspends_convention(self, convention: str) -> None:
        await self.does(
            "conventionSuspend",
            conventionId=convention,
            suspensionReason="Vérification en cours",
        )

    async def resumes_convention(self, convention: str) -> None:
        await self.does("conventionResume", conventionId=convention)

    async def resumes_service(self, access: str) -> None:
        await self.does("serviceResume", accessId=access)

    # groups

    async def creates_group(
        self, access: str, name: str = "Déclarants", /, **more: object
    ) -> str:
        return _id(
            await self.does(
                "groupCreate", "group { id }", accessId=access, name=name, **more
            ),
            "group",
        )

    async def attaches(self, group: str, role: str = "ESAT_DECLARANT") -> None:
        await self.does("groupRoleAttach", groupId=group, roleId=f"rol_{role}")

    async def includes(self, group: str, *users: str) -> dict[str, Any]:
        return await self.does(
            "groupMembersAdd", "group { id }", groupId=group, userIds=list(users)
        )

    async def removes(self, group: str, *users: str, on: str = TODAY) -> None:
        await self.does("groupMembersRemove", groupId=group, userIds=list(users), on=on)

    # users

    async def invites(self, partner: str, given_name: str, family_name: str) -> Invited:
        selection = "affiliation { id user { id } } invitation"
        payload = await self.does(
            "userInvite",
            selection,
            partnerId=partner,
            person=somebody(given_name, family_name),
        )
        return Invited(
            payload["affiliation"]["user"]["id"],
            payload["affiliation"]["id"],
            payload["invitation"],
        )

    async def accepts(self, secret: str) -> str:
        payload = await self.does(
            "invitationAccept", "affiliation { user { id } }", invitation=secret
        )
        return str(payload["affiliation"]["user"]["id"])

    async def suspends(self, affiliation: str) -> None:
        await self.does(
            "userSuspend",
            affiliationId=affiliation,
            suspensionReason="Vérification en cours",
        )

    async def reinstates(self, affiliation: str) -> None:
        await self.does("userReinstate", affiliationId=affiliation)

    # machine clients and declarations

    async def mandates(self, partner: str, subject: str, /, **more: object) -> Mandated:
        """The machine client whose tokens name `subject` acts for the partner, in the groups that include it."""
        client = {
            "issuer": DEMO_ISSUER,
            "subject": subject,
            "name": "Paie Fictive",
            "email": "paie@editeur.invalid",
        }
        values = {"partnerId": partner, "client": client} | more
        affiliation = (
            await self.does("mandateGrant", "affiliation { id user { id } }", **values)
        )["affiliation"]
        return Mandated(affiliation["user"]["id"], affiliation["id"])

    async def declares(self, /, **values: object) -> dict[str, Any]:
        """The payload of a batch of remunerations, with the errors of its lines.

        Raises `ActRefused` for a batch that is refused as a whole.
        """
        return await self._sends("remunerationsDeclare", values)

    async def tells_changes(
        self, siret: str, key: str, /, *lines: Mapping[str, object], **more: object
    ) -> dict[str, Any]:
        """The payload of a batch of activity changes, in the same way."""
        values = {
            "establishment": {"siret": siret},
            "idempotencyKey": key,
            "lines": list(lines),
        } | more
        return await self._sends("activityChangesDeclare", values)

    async def _sends(self, act: str, values: Mapping[str, object]) -> dict[str, Any]:
        kind = act[0].upper() + act[1:] + "Input!"
        query = f"mutation($input: {kind}) {{ act: {act}(input: $input) {{ {BATCH} {EXPLAINED} warnings {{ code message path }} replayed }} }}"
        payload: dict[str, Any] = (
            await self.asker.ask(self.name, query, input=values)
        )["act"]
        if payload["batch"] is None:
            raise ActRefused(act, payload["errors"])
        return payload

    async def processes(
        self, outcome: str, /, *lines: str, **more: object
    ) -> list[dict[str, Any]]:
        values = {"lineIds": list(lines), "outcome": outcome} | more
        selection = "lines { id version processing processedOn processingReason }"
        return (await self.does("remunerationsProcess", selection, **values))["lines"]  # type: ignore[no-any-return]


def _id(payload: dict[str, Any], name: str) -> str:
    return str(payload[name]["id"])


@dataclass(frozen=True, slots=True)
class Opened:
    """An Esat whose service is open: one group of declarants, with one member under their own token."""

    partner: Partner
    convention: str
    bulletin: str
    access: str
    group: str
    member: Invited
    manager: str | None = None


async def a_signed_esat(
    agent: Person, mode: str = CENTRALISED, **facts: object
) -> tuple[Partner, str]:
    """A partner just registered, and its convention in force."""
    partner = await agent.registers(a_siret(), **facts)
    convention = await agent.prepares_convention(partner.id, mode)
    await agent.signs_convention(convention)
    return partner, convention


async def an_open_service(
    agent: Person, partner: Partner, convention: str, /, effective_from: str = TODAY
) -> tuple[str, str]:
    """The bulletin, and the service that it opens today."""
    bulletin = await agent.prepares_bulletin(
        convention, partner.siret, partner.establishments
    )
    await agent.signs_bulletin(bulletin, effective_from)
    await agent.decides_eligibility(partner.id)
    return bulletin, await agent.opens(bulletin)


async def an_open_esat(
    agent: Person, member: str, mode: str = CENTRALISED, **facts: object
) -> Opened:
    """The whole story at once: `member` declares; in delegated mode `manager-of-{member}` includes them."""
    partner, convention = await a_signed_esat(agent, mode, **facts)
    bulletin, access = await an_open_service(agent, partner, convention)
    group = await agent.creates_group(access)
    await agent.attaches(group)
    keeper, manager = agent, None
    if mode == DELEGATED:
        keeper = Person(agent.asker, f"manager-of-{member}")
        appointed = await agent.appoints(
            convention, "MANAGER", person=somebody("Mona", keeper.name)
        )
        await keeper.accepts(appointed["invitation"])
        manager = keeper.name
    invited = await keeper.invites(partner.id, "Jo", member)
    await keeper.includes(group, invited.user)
    user = await Person(agent.asker, member).accepts(
        invited.secret
    )  # the card may give way to who they are
    return Opened(
        partner,
        convention,
        bulletin,
        access,
        group,
        replace(invited, user=user),
        manager,
    )
