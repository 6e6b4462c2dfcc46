"""Which of the two types of answer a client prefers: the weights of its `Accept`, as HTTP reads them."""

from collections.abc import Iterator

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


def preferred(accept: str) -> str:
    """GraphQL's own type where the client names it, and likes JSON no better; else JSON."""
    weights = dict(_weights(accept))
    plain = max((weights[one] for one in (JSON, "application/*", "*/*") if one in weights), default=0.0)
    plain = weights.get(JSON, plain)
    named = weights.get(GRAPHQL, 0.0)
    return GRAPHQL if named > 0 and named >= plain else JSON


def _weights(accept: str) -> Iterator[tuple[str, float]]:
    """Each media type of the header with its weight; a weight that cannot be read counts as one."""
    for part in accept.split(","):
        media, *parameters = (text.strip().lower() for text in part.split(";"))
        given = next((text.removeprefix("q=").strip() for text in parameters if text.startswith("q=")), "1")
        yield media, _weight(given)


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 1.0
    return weight if 0 <= weight <= 1 else 1.0
