"""Declarations: a draft, a deposit that replaces another, what the paying Caf does of a line (R17, R20)."""

from datetime import UTC, datetime

import pytest

from persistence.records import (
    Campaign,
    Declaration,
    DeclarationLine,
    Processing,
    Rule,
    User,
)
from persistence.records.declaration_lines import NoPayReason

from .build import CANAL, DECIDER, TODAY, partner_in, refused

PREPARED, RECEIVED, LATER = (
    datetime(2026, 12, day, 9, tzinfo=UTC) for day in (7, 8, 9)
)
FIRST, SECOND = (
    User(id=f"usr_{name}", given_name=name, family_name="Dubois")
    for name in ("ana", "zoe")
)


def _draft(sequence: int = 1) -> Declaration:
    partner = partner_in()
    place = partner.establishments[0]
    place.partner_id = partner.id
    return Declaration.prepare(place, Campaign.of(2026), sequence, FIRST, PREPARED)


def _deposited(sequence: int = 1) -> Declaration:
    made = _draft(sequence)
    made.receive(None, FIRST, RECEIVED)
    return made


def _process(line: DeclarationLine, what: Processing, reason: str | None) -> None:
    line.process(_deposited(), what, reason, DECIDER, LATER, TODAY)


# drafts and deposits


def test_a_draft_is_prepared_for_one_establishment_and_one_campaign_and_not_received() -> (
    None
):
    draft = _draft(4)

    assert (draft.campaign_id, draft.siret, draft.sequence, draft.line_count) == (
        "cmp_2026",
        CANAL,
        4,
        0,
    )
    assert (draft.prepared_at, draft.declared_by_id, draft.received_at) == (
        PREPARED,
        "usr_ana",
        None,
    )
    assert draft.partner_id.startswith("ptr_")
    assert not draft.is_in_force()


def test_a_deposit_is_live_from_its_reception_by_who_deposits_it() -> None:
    draft = _draft()

    draft.receive(None, SECOND, RECEIVED)

    assert draft.is_in_force()
    assert (draft.received_at, draft.declared_by_id, draft.supersedes_id) == (
        RECEIVED,
        "usr_zoe",
        None,
    )
    assert draft.prepared_at == PREPARED


def test_a_later_deposit_takes_the_place_of_the_former_one_as_a_whole() -> None:
    former, latter = _deposited(), _draft(2)

    latter.receive(former, SECOND, LATER)

    assert (former.is_in_force(), latter.is_in_force()) == (False, True)
    assert (former.superseded_at, former.received_at, former.declared_by_id) == (
        LATER,
        RECEIVED,
        "usr_ana",
    )
    assert latter.supersedes_id == former.id


# what the paying Caf does of a line


def test_a_line_is_taken_into_account_with_or_without_a_word() -> None:
    silent, told = DeclarationLine(), DeclarationLine()

    _process(silent, Processing.TAKEN_INTO_ACCOUNT, None)
    _process(told, Processing.TAKEN_INTO_ACCOUNT, "  Vu  ")

    assert (silent.processing, silent.processing_reason) == (
        Processing.TAKEN_INTO_ACCOUNT,
        None,
    )
    assert (told.processing_reason, told.processed_on, told.processed_by_id) == (
        "Vu",
        TODAY,
        "usr_decider",
    )


@pytest.mark.parametrize("what", [Processing.RETURNED, Processing.NOT_BENEFICIARY])
@pytest.mark.parametrize("reason", [None, "", " \u00a0\n"])
def test_a_line_that_comes_back_comes_with_a_reason(
    what: Processing, reason: str | None
) -> None:
    line = DeclarationLine()

    with refused(Rule.VALUE_INVALID, "processing_reason"):
        _process(line, what, reason)

    assert (line.processing, line.processed_on) == (None, None)
    _process(line, what, "Inconnu de la Caf")
    assert (line.processing, line.processing_reason) == (what, "Inconnu de la Caf")


def test_a_line_may_be_processed_again_and_keeps_the_last_answer() -> None:
    line = DeclarationLine(no_pay_reason=NoPayReason.OTHER)
    _process(line, Processing.RETURNED, "Motif à préciser")

    line.process(_deposited(), Processing.TAKEN_INTO_ACCOUNT, None, FIRST, LATER, TODAY)

    assert (line.processing, line.processing_reason) == (
        Processing.TAKEN_INTO_ACCOUNT,
        None,
    )
    assert line.processed_by_id == "usr_ana"


def test_only_a_line_of_the_live_deposit_is_processed() -> None:
    draft, former, latter = _draft(), _deposited(), _draft(2)
    latter.receive(former, FIRST, LATER)
    line = DeclarationLine()

    for declaration in (draft, former):
        with refused(Rule.LINE_NOT_LIVE):
            line.process(
                declaration, Processing.TAKEN_INTO_ACCOUNT, None, DECIDER, LATER, TODAY
            )
    line.process(latter, Processing.TAKEN_INTO_ACCOUNT, None, DECIDER, LATER, TODAY)

    assert line.processing is Processing.TAKEN_INTO_ACCOUNT


def test_what_the_paying_caf_answered_is_kept_as_a_treatment_of_the_line() -> None:
    declaration = _deposited()
    line = DeclarationLine(
        id="dcl_1", partner_id="ptr_1", establishment_id="est_1", worker_id="wrk_1"
    )
    line.paying_id, line.words_digest = "org_751", "d" * 64

    treatment = line.process(
        declaration, Processing.RETURNED, " À corriger ", DECIDER, LATER, TODAY
    )

    assert (treatment.line_id, treatment.worker_id, treatment.campaign_id) == (
        "dcl_1",
        "wrk_1",
        "cmp_2026",
    )
    assert (treatment.partner_id, treatment.establishment_id) == ("ptr_1", "est_1")
    assert (treatment.paying_id, treatment.words_digest) == ("org_751", "d" * 64)
    assert (treatment.outcome.value, treatment.reason) == (
        Processing.RETURNED.value,
        "À corriger",
    )
    assert (treatment.by_id, treatment.at, treatment.day) == (DECIDER.id, LATER, TODAY)
