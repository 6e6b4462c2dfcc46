"""The settings of the console: how people sign in to it, and its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .providers import PROFILES, OidcProfile
from .variables import (
    SettingsError,
    bracketed,
    host_of,
    origin,
    require_https,
    required,
    secret,
)

CONSOLE_ONLY = (
    "OIDC_CLIENT_SECRET_FILE",
    "OIDC_DISCOVERY_URL",
    "OIDC_PROFILE",
    "PUBLIC_URL",
)
"""The variables that have no effect without OIDC_CLIENT_ID."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DISCOVERY = "/.well-known/openid-configuration"
DEMO_PROVIDER = "/fournisseur"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """How people sign in to the console.

    `public_url` is its address from outside; `client_id` is its name at the provider.
    """

    public_url: str
    client_id: str
    client_secret: str | None = field(repr=False)
    discovery_url: str
    profile: OidcProfile

    @property
    def is_local(self) -> bool:
        return host_of(self.public_url) in LOOPBACK


def production_console(variables: Mapping[str, str]) -> ConsoleSettings | None:
    if "OIDC_CLIENT_ID" not in variables:
        _require_no_console_variable(variables)
        return None
    public_url = origin("PUBLIC_URL", required(variables, "PUBLIC_URL"))
    require_https("PUBLIC_URL", public_url, " : la session passe par là")
    return ConsoleSettings(
        public_url=public_url,
        client_id=variables["OIDC_CLIENT_ID"],
        client_secret=secret(variables, "OIDC_CLIENT_SECRET_FILE"),
        discovery_url=_discovery_url(variables),
        profile=_profile(variables),
    )


def _require_no_console_variable(variables: Mapping[str, str]) -> None:
    for name in CONSOLE_ONLY:
        if name in variables:
            raise SettingsError(
                f"La variable {name} n'a pas d'effet sans OIDC_CLIENT_ID, qui "
                "ouvre la console."
            )


def demo_console(variables: Mapping[str, str], host: str, port: int) -> ConsoleSettings:
    """Return the console of a demonstration, which only its own machine may reach.

    Anybody can sign in there as anybody.
    """
    local_url = f"http://{bracketed(host)}:{port}"
    public_url = origin("PUBLIC_URL", variables.get("PUBLIC_URL", local_url))
    for name, address in (("HOST", host), ("PUBLIC_URL", host_of(public_url))):
        if address not in LOOPBACK:
            raise SettingsError(
                f"La variable {name} doit rester sur cette machine (127.0.0.1) "
                "dans une démonstration."
            )
    return ConsoleSettings(
        public_url=public_url,
        client_id="console",
        client_secret=None,
        discovery_url=f"{public_url}{DEMO_PROVIDER}{DISCOVERY}",
        profile=_profile(variables),
    )


def _discovery_url(variables: Mapping[str, str]) -> str:
    issuer = required(variables, "OIDC_ISSUER")
    default = issuer.removesuffix("/") + DISCOVERY
    url = variables.get("OIDC_DISCOVERY_URL", default)
    require_https("OIDC_DISCOVERY_URL", url)
    return url


def _profile(variables: Mapping[str, str]) -> OidcProfile:
    try:
        return PROFILES[variables.get("OIDC_PROFILE", "standard")]
    except KeyError:
        names = " ou ".join(f"« {name} »" for name in PROFILES)
        raise SettingsError(f"La variable OIDC_PROFILE doit valoir {names}.") from None
