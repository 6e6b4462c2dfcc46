"""What the claims of a provider say of a person, in the shapes that we store."""

from collections.abc import Mapping
from typing import Any


def text_of(claim: object) -> str | None:
    return claim if isinstance(claim, str) else None


def words_of(claim: object) -> str | None:
    """Return a claim that is a list or a text, as words between spaces."""
    return " ".join(map(str, claim)) if isinstance(claim, list) else text_of(claim)


def name_of(claims: Mapping[str, Any], family_name: str) -> str:
    """Return the name to show; empty when the provider gives none.

    `family_name` is the name of the claim in this provider's profile.
    """
    given_name = claims.get("given_name")
    last_name = claims.get(family_name) or claims.get("family_name")
    names = [name for name in (given_name, last_name) if isinstance(name, str)]
    return " ".join(name.strip() for name in names).strip()
