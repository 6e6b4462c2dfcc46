"""The body of a request to the graph, parsed and checked."""

from collections.abc import Mapping
from typing import Any

import orjson

NUL_REFUSED = "Le caractère NUL est refusé."
BOM = b"\xef\xbb\xbf"


class Malformed(Exception):
    """A body that is not a GraphQL request."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class GraphRequest:
    """The members of a request, checked. Raises Malformed."""

    __slots__ = ("operation_name", "query", "variables")

    def __init__(self, body: Any) -> None:  # noqa: ANN401 JSON
        if not isinstance(body, dict):
            raise Malformed("Le corps est un objet JSON avec `query`.")
        query = body.get("query")
        variables, extensions = body.get("variables"), body.get("extensions")
        self.variables: Mapping[str, Any] = {} if variables is None else variables
        self.operation_name = body.get("operationName")
        if not isinstance(query, str):
            raise Malformed("`query` est le texte du document GraphQL.")
        self.query = query
        is_object = isinstance(self.variables, dict)
        if not is_object or not isinstance(extensions, dict | None):
            raise Malformed("`variables` et `extensions` sont des objets.")
        if not isinstance(self.operation_name, str | None):
            raise Malformed("`operationName` est un texte.")
        # A blank name is no name.
        self.operation_name = (self.operation_name or "").strip() or None


def parse(body: bytes) -> GraphRequest:
    """Return the request of a body. Raises Malformed."""
    if b"\\u0000" in body or b"\x00" in body:
        raise Malformed(NUL_REFUSED)
    try:
        return GraphRequest(orjson.loads(body.removeprefix(BOM)))
    except orjson.JSONDecodeError:
        raise Malformed("Le corps n'est pas du JSON.") from None
