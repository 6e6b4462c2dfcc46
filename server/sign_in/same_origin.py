"""Whether a request comes from our own pages."""

from starlette.requests import Request

SAFE = {"GET", "HEAD", "OPTIONS"}


def same_origin(request: Request, origin: str) -> bool:
    """Return whether an unsafe request comes from our own pages.

    The browser says so itself, or else by its `Origin`; without either, it does not.
    """
    if request.method in SAFE:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin") == origin
