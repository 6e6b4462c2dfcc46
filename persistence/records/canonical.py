"""The one text of a JSON value, over which digests and signatures are computed.

Members are sorted, nothing stands between them, and letters are written as they are, in
UTF-8. Whole numbers only: a decimal is written as a text.
"""

from typing import Any

import orjson

LONGEST = 64_000
"""In bytes: no text of ours is longer."""


def canonical(value: Any) -> bytes:  # noqa: ANN401 a JSON value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def read_canonical(text: bytes) -> Any:  # noqa: ANN401 a JSON value
    """The value of a canonical text. Raises ValueError for any other text.

    So nobody can alter a byte of a text and have it read the same.
    """
    if len(text) > LONGEST:
        raise ValueError("length")
    value = orjson.loads(text)
    if canonical(value) != text:
        raise ValueError("form")
    return value
