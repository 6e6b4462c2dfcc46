"""A partner's timeline is told as it is recorded: every day once, what is in force and who administers."""

from itertools import pairwise
from typing import Any

from .desk import Desk
from .story import CANAL, OLIVIERS, SEINE

SPANS = """timeline { __typename startsOn endsOn mode convention { id } administeredBy { code } signedWith { code } }"""


async def spans(desk: Desk, who: str, partner: str) -> Any:  # noqa: ANN401 JSON
    answer = await desk.answer(
        who,
        f"query($p: ID!) {{ partner(by: {{id: $p}}) {{ {SPANS} }} }}",
        {"p": partner},
    )
    return answer["partner"] and answer["partner"]["timeline"]


async def test_a_change_of_mode_is_two_spans(desk: Desk) -> None:
    told = await spans(desk, "gestionnaire-oliviers", OLIVIERS)

    shown = [
        (span["startsOn"], span["endsOn"], span["mode"], span["administeredBy"]["code"])
        for span in told
    ]
    assert shown == [
        ("2025-09-01", "2026-03-01", "CENTRALISED", "131"),
        ("2026-03-01", None, "DELEGATED", "131"),
    ]
    assert len({span["convention"]["id"] for span in told}) == 2


async def test_the_days_to_come_are_told_too(desk: Desk) -> None:
    *_, open_, closed = await spans(desk, "agent-yvelines", SEINE)

    assert (open_["endsOn"], closed["startsOn"], closed["endsOn"]) == (
        "2027-03-01",
        "2027-03-01",
        None,
    )
    assert (closed["mode"], closed["convention"], closed["signedWith"]) == (
        None,
        None,
        None,
    )
    assert closed["administeredBy"] == {"code": "781"}


async def test_the_spans_are_those_of_the_register_in_their_order_without_a_gap(
    desk: Desk,
) -> None:
    rows = await desk.rows("partner_state")
    for partner in {row["partner_id"] for row in rows}:
        kept = sorted(
            row["starts_on"].isoformat() for row in rows if row["partner_id"] == partner
        )
        told = await spans(desk, "admin-national", partner)

        assert [span["startsOn"] for span in told] == kept
        assert [span["endsOn"] for span in told[:-1]] == kept[1:]
        assert told[-1]["endsOn"] is None
        assert all(
            before["endsOn"] == after["startsOn"] for before, after in pairwise(told)
        )


async def test_who_does_not_read_the_partner_reads_no_span_and_who_reads_no_convention_reads_their_dates(
    desk: Desk,
) -> None:
    assert await spans(desk, "agent-bouches-du-rhone", CANAL) is None
    (span,) = await spans(desk, "declarante-canal", CANAL)

    assert (span["mode"], span["convention"]) == ("DELEGATED", None)
