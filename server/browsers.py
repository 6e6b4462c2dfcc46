"""What a person recognises a browser by: its family and the system. Versions and models would only identify people."""

FAMILIES = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
"""In this order: most browsers also name those that they descend from."""


def browser_of(user_agent: str) -> str:
    """`Firefox sur Windows`, from the header of a request."""
    family = next((name for mark, name in FAMILIES if mark in user_agent), "Navigateur inconnu")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    return f"{family} sur {system}" if system else family
