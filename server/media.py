"""Which of the two media types of an answer a client prefers, by its `Accept`."""

from collections.abc import Iterator

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


def preferred(accept: str) -> str:
    """Return GraphQL's own type if the client names it and prefers JSON no more.

    Else return JSON.
    """
    weights = dict(_weights(accept))
    graphql = weights.get(GRAPHQL, 0.0)
    return GRAPHQL if graphql > 0 and graphql >= _weight_of_json(weights) else JSON


def _weight_of_json(weights: dict[str, float]) -> float:
    """Return the weight of JSON, else the greatest of the ranges that include it."""
    if JSON in weights:
        return weights[JSON]
    return max(weights.get("application/*", 0.0), weights.get("*/*", 0.0))


def _weights(accept: str) -> Iterator[tuple[str, float]]:
    """Yield each media type of the header with its weight.

    A weight that is absent or cannot be read counts as one.
    """
    for part in accept.split(","):
        media, *parameters = (text.strip().lower() for text in part.split(";"))
        weights = [text for text in parameters if text.startswith("q=")]
        first = weights[0].removeprefix("q=").strip() if weights else "1"
        yield media, _weight(first)


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 1.0
    return weight if 0 <= weight <= 1 else 1.0
