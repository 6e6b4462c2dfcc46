"""The answers of the graph over HTTP: the body, the status, what an error may say."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response

from resolvers.places import refuse

from .media import GRAPHQL

VARIABLE = re.compile(
    r"Variable '(\$\w+)' has invalid value(?: at ((?:\.\w+|\[\d+\])+))?:", re.ASCII
)
MISSING_FIELD = re.compile(
    r" Expected value of type '\w+!?' to include required field '(\w+)'", re.ASCII
)
"""How graphql-core begins to say that a variable does not fit.

First come names of the schema and ranks, which may be repeated; then values.
"""
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
logger = logging.getLogger(__name__)


def masked(defect: BaseException, request_id: str) -> GraphQLError:
    """Log a defect without its text, and return an error that says only its number."""
    kind = type(defect).__name__
    logger.error("defect %s in request %s", kind, request_id, exc_info=bare(defect))
    return refuse(
        "INTERNAL",
        "Une erreur inattendue s'est produite. Numéro à donner au support : "
        f"{request_id}.",
    )


def bare(defect: BaseException) -> BaseException:
    """Return the defect with its trace and without its text, which may hold values."""
    return RuntimeError(type(defect).__name__).with_traceback(defect.__traceback__)


def misfit(error: GraphQLError) -> GraphQLError:
    """Return the error of a variable that does not fit its type.

    It names the variable and the path to what does not fit; it repeats no value.
    """
    match = VARIABLE.match(error.message)
    name, path = "$?", []
    if match is not None:
        name, path = match[1], _path(match[2] or "")
        missing = MISSING_FIELD.match(error.message, match.end())
        if missing is not None:
            path.append(missing[1])
    place = f", à `{'.'.join(map(str, path))}`" if path else ""
    return GraphQLError(
        f"La variable {name} ne convient pas à son type{place}.",
        error.nodes,
        extensions={
            "code": "BAD_USER_INPUT",
            "variable": name.removeprefix("$"),
            "path": path,
        },
    )


def _path(text: str) -> list[str | int]:
    """Return `["lines", 2]` for `.lines[2]`."""
    steps = STEP.findall(text)
    return [int(rank) if rank else word for word, rank in steps]


def refused(
    media: str,
    errors: tuple[GraphQLError, ...],
    request_id: str,
    status: int | None = None,
) -> Response:
    """Return request errors, without `data`.

    The status is 400 under GraphQL's own type, and 200 for clients that read no body
    above it.
    """
    body = orjson.dumps({"errors": [formatted(error) for error in errors]})
    default = 400 if media == GRAPHQL else 200
    return sent(body, media, status or default, request_id)


def failed(
    media: str,
    code: str,
    message: str,
    status: int,
    request_id: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return one error under this code and this status."""
    body = orjson.dumps({"errors": [formatted(refuse(code, message))]})
    return sent(body, media, status, request_id, headers)


def formatted(error: GraphQLError) -> dict[str, Any]:
    """Return an error as JSON; its code is INVALID unless it has one."""
    fields: dict[str, Any] = dict(error.formatted)
    fields["extensions"] = {"code": "INVALID"} | dict(error.extensions or {})
    return fields


def sent(
    body: bytes,
    media: str,
    status: int,
    request_id: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a response that nobody stores, with the number of its request."""
    all_headers = {
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **(headers or {}),
    }
    return Response(body, status, all_headers, f"{media}; charset=utf-8")
