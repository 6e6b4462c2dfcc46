"""A blank text says nothing: where a text is optional, it counts as absent."""

from dataclasses import fields, is_dataclass
from typing import Any

from persistence.records import Rule
from persistence.records.rules import require

LONGEST_KEY = 128


def is_blank(value: Any) -> bool:  # noqa: ANN401 a coerced value
    return isinstance(value, str) and not value.strip()


def require_key(key: str | None) -> None:
    """A key says something, or is absent. KEY_BLANK.

    Two calls with a blank key would be one act.
    """
    require(not is_blank(key), Rule.KEY_BLANK, "idempotency_key")
    too_long = f"{LONGEST_KEY} caractères au plus."
    require(
        key is None or len(key) <= LONGEST_KEY,
        Rule.VALUE_INVALID,
        "idempotency_key",
        detail=too_long,
    )


def leave_out_blanks(input: Any) -> None:  # noqa: ANN401 an input
    """The blank texts that are optional in an input become absent, at any depth."""
    match input:
        case list():
            for value in input:
                leave_out_blanks(value)
        case _ if is_dataclass(input):
            for field in fields(input):
                value = getattr(input, field.name)
                if field.default is None and is_blank(value):
                    setattr(input, field.name, None)
                else:
                    leave_out_blanks(value)
