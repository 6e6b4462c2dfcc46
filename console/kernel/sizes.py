"""How many rows of a list a page shows."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .answering import YEAR
from .casting import whole

SIZES = (25, 50, 100)


def of_size(size: int, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of one page, forward unless they have a cursor to go back."""
    goes_back = "before" in variables
    return {
        **variables,
        "first": None if goes_back else size,
        "last": size if goes_back else None,
    }


def with_size(request: Request, variables: dict[str, Any]) -> dict[str, Any]:
    """The variables of one page, of the size that the person chose."""
    chosen = request.query_params.get("taille") or request.cookies.get("taille", "")
    size = whole(chosen)
    if size not in SIZES:
        size = SIZES[0]
    return of_size(size, variables)


def save_size(request: Request, response: Response) -> None:
    """Remember how many rows somebody wants on a page."""
    size = whole(request.query_params.get("taille", ""))
    if size is not None:
        response.set_cookie(
            "taille",
            str(size),
            max_age=YEAR,
            secure=True,
            httponly=True,
            samesite="lax",
        )
