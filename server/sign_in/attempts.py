"""One sign-in: what it starts with, whom it brings, and why it can fail."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self

from persistence.facts.callers import Identity

RANDOM_BYTES = 32
"""43 characters: ProConnect wants at least 32."""


class SignInFault(StrEnum):
    """Why somebody is back on the page of sign-in; the words are the console's."""

    REFUSED = "refus"
    """The provider refused, or the person gave up."""
    STATE = "etat"
    """The answer is not to the request of this browser."""
    LATE = "delai"
    """The request is too old."""
    CODE = "code"
    """The code is spent, too old, or not ours."""
    PROVIDER = "fournisseur"
    """The provider does not answer, or not as it should."""
    TOKEN = "jeton"  # noqa: S105 no secret
    """What the provider says of the person cannot be trusted."""
    NOT_AGAIN = "reauthentification"
    """The provider had to authenticate the person again, and did not."""
    SIGNED_OUT = "deconnecte"


class SignInError(Exception):
    """A sign-in that fails; it never contains a word of the provider."""

    def __init__(self, fault: SignInFault) -> None:
        super().__init__(fault)
        self.fault = fault


class AuthorizationRequest(NamedTuple):
    """What a sign-in starts with, and its end must match.

    `back` is the local path to come back to. `force`: the person must prove again who
    they are. `at` is the time of the start, in seconds of the machine's clock.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    force: bool
    at: int

    @classmethod
    def new(cls, back: str, *, force: bool, now: datetime) -> Self:
        return cls(
            state=secrets.token_urlsafe(RANDOM_BYTES),
            nonce=secrets.token_urlsafe(RANDOM_BYTES),
            verifier=secrets.token_urlsafe(RANDOM_BYTES),
            back=back,
            force=force,
            at=int(now.timestamp()),
        )


class SignedIn(NamedTuple):
    """Who has come, as the provider says, and how they proved it.

    `authenticated_at` is None when the provider does not say when.
    """

    identity: Identity
    name: str
    authenticated_at: datetime | None
    acr: str | None
    amr: str | None
    id_token: str
