"""The reference data of services, written by national administrators.

A second service needs no code.
"""

from datetime import date
from functools import partial
from typing import TypeVar

import strawberry
from strawberry import ID

from persistence.records import (
    Campaign,
    Mission,
    Parameter,
    Refused,
    Role,
    RoleProfile,
    Rule,
    Service,
)
from persistence.records.base import Record
from persistence.standings import keep_standings_of_campaign
from resolvers.acting import Act, ActInput, ChangeInput, permission

R = TypeVar("R", bound=Record)
FIRST_CAMPAIGN, LAST_CAMPAIGN = 2024, 2100
"""The service is born in 2025; the campaign before was of Habtiers, its predecessor."""


@strawberry.input(
    description="Un service du référentiel, nouveau ou modifié, désigné par son code."
)
class ServiceSetInput(ChangeInput):
    code: str = strawberry.field(description="Code, en capitales.")
    label: str = strawberry.field(description="Nom.")
    tab_label: str = strawberry.field(description="Libellé de l'onglet.")
    available_from: date = strawberry.field(
        description="Aucun accès avant ce jour (R10)."
    )
    bulletins_from: date | None = strawberry.field(
        default=None, description="Aucun bulletin ne prend effet avant ce jour (R8)."
    )
    needs_establishment: bool = strawberry.field(
        default=False, description="La portée nomme des établissements."
    )
    needs_eligibility_form: bool = strawberry.field(
        default=False, description="Le formulaire d'éligibilité est requis (R50)."
    )
    excluded_departments: list[str] = strawberry.field(
        default_factory=list, description="Départements hors champ (R3)."
    )


@permission("Service:write")
async def service_set(act: Act, input: ServiceSetInput) -> Service:
    service_id = f"svc_{input.code}"
    service = await act.to_write(Service, service_id)
    if service is None:
        service = _add(act, Service(id=service_id, code=_code(input.code)))
    service.label = input.label
    service.tab_label = input.tab_label
    service.available_from = input.available_from
    service.bulletins_from = input.bulletins_from
    service.needs_establishment = input.needs_establishment
    service.needs_eligibility_form = input.needs_eligibility_form
    service.excluded = await act.departments(
        input.excluded_departments, "excluded_departments"
    )
    return service


@strawberry.input(
    description="Un rôle d'un service, nouveau ou modifié, désigné par son code."
)
class RoleSetInput(ChangeInput):
    code: str = strawberry.field(description="Code, en capitales.")
    service_id: ID = strawberry.field(
        description="Son service ; il ne change plus ensuite."
    )
    label: str = strawberry.field(description="Nom.")
    profile: RoleProfile = strawberry.field(description="Ce qu'il permet.")
    purpose: str | None = strawberry.field(default=None, description="Finalité.")


@permission("Role:write")
async def role_set(act: Act, input: RoleSetInput) -> Role:
    service = await act.find(Service, input.service_id, "service_id")
    role_id = f"rol_{input.code}"
    role = await act.to_write(Role, role_id)
    if role is None:
        code = _code(input.code)
        role = _add(act, Role(id=role_id, code=code, service_id=service.id))
    if role.service_id != service.id:
        raise Refused(Rule.ROLE_OF_OTHER_SERVICE, "service_id")
    role.label = input.label
    role.profile = input.profile
    role.purpose = input.purpose
    return role


@strawberry.input(
    description="Une mission, nouvelle ou modifiée, désignée par son code."
)
class MissionSetInput(ChangeInput):
    code: str = strawberry.field(description="Code, en capitales.")
    label: str = strawberry.field(description="Nom.")
    service_ids: list[ID] = strawberry.field(
        description="Les services couverts (R9, R32)."
    )


@permission("Mission:write")
async def mission_set(act: Act, input: MissionSetInput) -> Mission:
    mission_id = f"mis_{input.code}"
    mission = await act.to_write(Mission, mission_id)
    if mission is None:
        mission = _add(act, Mission(id=mission_id, code=_code(input.code)))
    mission.label = input.label
    mission.services = await act.find_all(Service, input.service_ids, "service_ids")
    return mission


@strawberry.input(
    description="Une campagne annuelle à ouvrir : sa fenêtre est calculée (R22)."
)
class CampaignSetInput(ActInput):
    year: int = strawberry.field(description="Année N, de 2024 à 2100.")


@permission("Campaign:write")
async def campaign_set(act: Act, input: CampaignSetInput) -> Campaign:
    if not FIRST_CAMPAIGN <= input.year <= LAST_CAMPAIGN:
        raise Refused(Rule.VALUE_INVALID, "year")
    campaign = await act.to_write(Campaign, f"cmp_{input.year}")
    if campaign is not None:
        return campaign
    session = act.register.session
    campaign = _add(act, Campaign.of(input.year))
    keep = partial(keep_standings_of_campaign, session, campaign.id)
    act.register.after_flush(keep)
    return campaign


@strawberry.input(
    description="La valeur d'un paramètre, à partir d'un jour à venir ou d'aujourd'hui."
)
class ParameterSetInput(ActInput):
    name: str = strawberry.field(description="Nom.")
    starts_on: date = strawberry.field(description="Premier jour de cette valeur.")
    value: int = strawberry.field(
        description="Centimes d'euro, ou centièmes de pour cent."
    )


@permission("Parameter:write")
async def parameter_set(act: Act, input: ParameterSetInput) -> Parameter:
    act.require_permission_on({})
    if input.starts_on < act.today:
        raise Refused(Rule.DATE_PAST, "starts_on")
    parameter = Parameter(name=input.name, starts_on=input.starts_on, value=input.value)
    return _add(act, parameter)


def _code(code: str) -> str:
    is_word = code.isascii() and code.replace("_", "").isalnum()
    if not is_word or not code.isupper():
        raise Refused(Rule.VALUE_INVALID, "code")
    return code


def _add(act: Act, record: R) -> R:
    act.register.session.add(record)
    return record
