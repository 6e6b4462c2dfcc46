"""A blank text says nothing: where a text may be left out, it counts as absent; a key is never blank."""

from dataclasses import fields, is_dataclass
from typing import Any

from persistence.records import Rule
from persistence.records.rules import require

LONGEST_KEY = 128


def is_blank(value: Any) -> bool:  # noqa: ANN401 a coerced value
    return isinstance(value, str) and not value.strip()


def require_key(key: str | None) -> None:
    """An act has no key, or one that says something: two calls with a blank key would be one act. KEY_BLANK."""
    require(not is_blank(key), Rule.KEY_BLANK, "idempotency_key")
    too_long = f"{LONGEST_KEY} caractères au plus."
    require(
        key is None or len(key) <= LONGEST_KEY,
        Rule.VALUE_INVALID,
        "idempotency_key",
        detail=too_long,
    )


def leave_out_blanks(input: Any) -> None:  # noqa: ANN401 an input
    """The blank texts of an act's input that need not be there become absent, at any depth."""
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
