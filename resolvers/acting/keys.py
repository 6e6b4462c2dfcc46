"""An act under an idempotency key: the same call again is answered as the first was."""

import hashlib
from typing import Any

import orjson
from graphql import GraphQLResolveInfo

from persistence.records import Idempotency, Notice, Refused, Rule
from persistence.replays import Call

from .act import Act
from .inputs import ActInput
from .outcome import Outcome, notice_from_json
from .refusal_paths import as_graph_notice


def call_of(act: Act, input: ActInput) -> Call | None:
    """The call under its key; None without a key, or for a caller without account."""
    if input.idempotency_key is None or act.caller is None:
        return None
    key, digest = input.idempotency_key, _digest(input)
    return Call(act.caller.id, act.name, key, digest, act.now)


def _digest(input: ActInput) -> str:
    """SHA-256 of the canonical input: the order of its keys does not count."""
    text = orjson.dumps(input, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(text).hexdigest()


async def replayed(
    act: Act, info: GraphQLResolveInfo[Any], call: Call, former: Idempotency
) -> Outcome:
    """The outcome of the same call, whatever its caller may do now.

    Its objects are read by the rights of now.
    """
    if former.digest != call.digest:
        raise Refused(Rule.IDEMPOTENCY_CONFLICT, "idempotency_key")
    outcome = former.outcome
    session = act.register.session
    answers = await act.context.payload(info, outcome["objects"], act.subject, session)
    return Outcome(
        answers,
        _notices(outcome["errors"]),
        _notices(outcome["warnings"]),
        extra=outcome.get("extra", {}),
        replayed=True,
    )


def _notices(stored: list[Any]) -> tuple[Notice, ...]:
    return tuple(as_graph_notice(notice_from_json(one)) for one in stored)
