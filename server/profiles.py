"""What providers of identity differ by: data, not code."""

from dataclasses import dataclass
from typing import Any

import orjson

from persistence.records.sessions import LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`max_age`: the provider takes it, and tells when the person proved who they are (`auth_time`).

    `client_auth`: how a client that has a secret shows it for tokens.
    `userinfo` is the media type in which it describes the person; a JWT is signed, and verified as the ID token is.
    """

    scope: str
    pkce: bool
    max_age: bool
    userinfo: str
    client_auth: str
    asked: dict[str, str]
    family_name: str

    def parameters(self, *, force: bool) -> dict[str, Any]:
        """The parameters of an authorization request beside those of every provider."""
        aged = {"max_age": 0 if force else int(LONGEST.total_seconds())} if self.max_age else {}
        return {**self.asked, **aged, **({"prompt": "login"} if force else {})}


def _claims(**id_token: object) -> dict[str, str]:
    return {"claims": orjson.dumps({"id_token": id_token}).decode()}


PROFILES = {
    "standard": Profile(
        scope="openid profile email",
        pkce=True,
        max_age=True,
        userinfo="application/json",
        client_auth="client_secret_basic",
        asked={},
        family_name="family_name",
    ),
    # An unknown parameter is refused there (Y000400), `code_challenge` and `max_age` among them. `acr` is not
    # essential: the providers behind it that have no second factor would refuse everybody.
    "proconnect": Profile(
        scope="openid given_name usual_name email siret uid",
        pkce=False,
        max_age=False,
        userinfo="application/jwt",
        client_auth="client_secret_post",
        asked=_claims(amr={"essential": True}, acr={"essential": False, "values": ["eidas2", "eidas3"]}),
        family_name="usual_name",
    ),
}
