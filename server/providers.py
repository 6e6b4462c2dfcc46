"""What providers of identity differ by: data, not code."""

from dataclasses import dataclass
from typing import Any

import orjson

from persistence.records.sessions import LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProfile:
    """How one kind of OpenID Connect provider is spoken to.

    `max_age`: the provider accepts this parameter, and says when the person proved who
    they are (`auth_time`).
    `client_auth`: how a client that has a secret presents it for tokens.
    `userinfo`: the media type in which the provider describes the person. A JWT is
    signed, and is verified as the ID token is.
    `extra_parameters`: those of its authorization request that are specific to it.
    `family_name`: the name of the claim.
    """

    scope: str
    pkce: bool
    max_age: bool
    userinfo: str
    client_auth: str
    extra_parameters: dict[str, str]
    family_name: str

    def parameters(self, *, force: bool) -> dict[str, Any]:
        """Return the parameters of an authorization request that this profile adds.

        `force`: the person must prove again who they are.
        """
        parameters: dict[str, Any] = dict(self.extra_parameters)
        if self.max_age:
            parameters["max_age"] = 0 if force else int(LONGEST.total_seconds())
        if force:
            parameters["prompt"] = "login"
        return parameters


def _claims(**id_token: object) -> dict[str, str]:
    return {"claims": orjson.dumps({"id_token": id_token}).decode()}


PROFILES = {
    "standard": OidcProfile(
        scope="openid profile email",
        pkce=True,
        max_age=True,
        userinfo="application/json",
        client_auth="client_secret_basic",
        extra_parameters={},
        family_name="family_name",
    ),
    # ProConnect refuses an unknown parameter (Y000400): `code_challenge` and `max_age`
    # are among them. `acr` is not essential: the providers behind ProConnect that have
    # no second factor would refuse everybody.
    "proconnect": OidcProfile(
        scope="openid given_name usual_name email siret uid",
        pkce=False,
        max_age=False,
        userinfo="application/jwt",
        client_auth="client_secret_post",
        extra_parameters=_claims(
            amr={"essential": True},
            acr={"essential": False, "values": ["eidas2", "eidas3"]},
        ),
        family_name="usual_name",
    ),
}
