"""Groups (R56): create, attach a role, include and remove users, close."""

from datetime import date

import strawberry
from strawberry import ID

from persistence.records import Affiliation, Group, Role, ServiceAccess
from resolvers.acting import Act, ChangeInput, PreviewInput, at, permission


@strawberry.input(
    description="Un groupe à créer dans un service dont un bulletin est signé (R10, "
    "R56)."
)
class GroupCreateInput(ChangeInput):
    access_id: ID = strawberry.field(description="Le service de la convention.")
    name: str = strawberry.field(description="Nom du groupe.")
    establishment_ids: list[ID] | None = strawberry.field(
        default=None,
        description="Établissements ; vide : tous ceux du bulletin, présents et à "
        "venir.",
    )


@permission("Group:create", on=[ServiceAccess])
async def group_create(act: Act, input: GroupCreateInput) -> Group:
    """R35, R56."""
    access = await act.take(ServiceAccess, input.access_id, "access_id")
    establishments = None
    if input.establishment_ids is not None:
        establishments = act.establishments(input.establishment_ids)
    group = access.create_group(input.name, establishments, act.today)
    act.warn(access.notices(group, act.today))
    return group


@strawberry.input(description="Le rôle à rattacher à un groupe.")
class GroupRoleAttachInput(PreviewInput):
    group_id: ID = strawberry.field(description="Le groupe.")
    role_id: ID = strawberry.field(
        description="Le rôle, que le bulletin accorde (R35)."
    )


@permission("Group:attach_role", on=[Group])
async def group_role_attach(act: Act, input: GroupRoleAttachInput) -> Group:
    """R35, R56, A10."""
    group = await act.take(Group, input.group_id, "group_id")
    role = await act.find(Role, input.role_id, "role_id")
    group.access.attach_role(group, role, act.today)
    act.warn(group.access.notices(group, act.today))
    return group


@strawberry.input(
    description="Des personnes à inclure dans un groupe, en plus de celles qui y sont."
)
class GroupMembersAddInput(ChangeInput):
    group_id: ID = strawberry.field(description="Le groupe.")
    user_ids: list[ID] = strawberry.field(description="Les personnes.")
    starts_on: date | None = strawberry.field(
        default=None, description="Premier jour ; vide : aujourd'hui."
    )
    ends_on: date | None = strawberry.field(
        default=None,
        description="Premier jour sans le droit ; vide : sans limitation de durée.",
    )


@permission("Membership:add", on=[Group])
async def group_members_add(act: Act, input: GroupMembersAddInput) -> Group:
    """R40, R56: all of them or none."""
    group = await act.take(Group, input.group_id, "group_id")
    for index, user_id in enumerate(input.user_ids):
        with at("user_ids", str(index)):
            affiliation = _affiliation(act, user_id)
            group.include(affiliation, act.today, input.starts_on, input.ends_on)
    act.warn(group.access.notices(group, act.today))
    return group


@strawberry.input(description="Des personnes à retirer d'un groupe.")
class GroupMembersRemoveInput(PreviewInput):
    group_id: ID = strawberry.field(description="Le groupe.")
    user_ids: list[ID] = strawberry.field(description="Les personnes.")
    on: date = strawberry.field(description="Premier jour sans le droit.")


@permission("Membership:remove", on=[Group])
async def group_members_remove(act: Act, input: GroupMembersRemoveInput) -> Group:
    group = await act.take(Group, input.group_id, "group_id")
    for index, user_id in enumerate(input.user_ids):
        with at("user_ids", str(index)):
            affiliation = _affiliation(act, user_id)
            group.exclude(affiliation, input.on, act.today)
    return group


def _affiliation(act: Act, user_id: str) -> Affiliation:
    assert act.partner is not None
    return act.partner.affiliation_of(user_id, act.today)


@strawberry.input(description="La clôture d'un groupe.")
class GroupCloseInput(PreviewInput):
    group_id: ID = strawberry.field(description="Le groupe.")
    on: date = strawberry.field(description="Premier jour sans le groupe.")


@permission("Group:close", on=[Group])
async def group_close(act: Act, input: GroupCloseInput) -> Group:
    group = await act.take(Group, input.group_id, "group_id")
    group.close(input.on, act.today)
    return group


@strawberry.input(description="L'annulation d'une clôture à venir.")
class GroupClosingCancelInput(PreviewInput):
    group_id: ID = strawberry.field(description="Le groupe.")


@permission("Group:close", on=[Group])
async def group_closing_cancel(act: Act, input: GroupClosingCancelInput) -> Group:
    group = await act.take(Group, input.group_id, "group_id")
    act.set_effect_day(group.closed_on)
    group.cancel_closing(act.today)
    return group
