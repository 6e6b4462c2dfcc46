"""The questions of rights, as the graph asks them; `resolvers/explaining/` answers."""

from datetime import date

import strawberry
from strawberry import ID

from resolvers.explaining import explanation, holders
from resolvers.explaining.answers import Explanation, Holders

from .actions import Action, permission


async def explain(
    info: strawberry.Info,
    user: ID,
    action: Action,
    object: ID,  # noqa: A002 the argument's name in the graph
    on: date | None = None,
) -> Explanation | None:
    return await explanation.explain(
        info.context, str(user), permission(action), str(object), on
    )


async def who_can(
    info: strawberry.Info,
    action: Action,
    object: ID,  # noqa: A002 the argument's name in the graph
    on: date | None = None,
) -> Holders | None:
    return await holders.who_can(info.context, permission(action), str(object), on)
