"""A caller as the policy sees one, made of what the register says that they hold."""

from collections.abc import Mapping
from typing import Any

from authz import Grant, Post, Subject

POSTS = {
    "READING": "agent_reading",
    "MANAGING": "agent_managing",
    "RESOURCE_CENTRE": "resource_centre",
    "NATIONAL": "national",
}
"""The role of a post, by the profile of the agent."""
NOBODY = Subject(user="")


def subject_of(holdings: Mapping[str, Any] | None) -> Subject:
    """An identity that is bound to nobody holds nothing."""
    return NOBODY if holdings is None else holder_of(holdings)


def holder_of(row: Mapping[str, Any]) -> Subject:
    """What a user holds; a machine has neither posts nor partners to administer."""
    is_machine = row["machine"]
    kind = "machine" if is_machine else "member"
    grants = []
    for profile, *rest in row["grants"]:
        grants.append(Grant(f"{kind}_{profile.lower()}", *rest))
    if is_machine:
        return Subject(user=row["user"], machine=True, grants=tuple(grants))
    posts = [Post(POSTS[profile], organism) for profile, organism in row["posts"]]
    return Subject(
        user=row["user"],
        machine=False,
        grants=tuple(grants),
        posts=tuple(posts),
        administered=tuple(partner for (partner,) in row["administered"]),
    )
