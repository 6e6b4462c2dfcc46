"""How a browser is named to its owner: its family and its system.

Versions and models are left out: they would only help to identify people.
"""

FAMILIES = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""The order counts: most browsers also name those that they descend from."""


def browser_of(user_agent: str) -> str:
    """Return `Firefox sur Windows`, from the `User-Agent` header of a request."""
    family = _first_match(FAMILIES, user_agent) or "Navigateur inconnu"
    system = _first_match(SYSTEMS, user_agent)
    return f"{family} sur {system}" if system else family


def _first_match(names: dict[str, str], user_agent: str) -> str | None:
    for mark, name in names.items():
        if mark in user_agent:
            return name
    return None
