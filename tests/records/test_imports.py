"""An extraction without a register: received once, its lines counted, its conflicts arbitrated."""

from collections import Counter
from datetime import UTC, datetime

from persistence.records import Import, ImportLine, Rule
from persistence.records.import_lines import ImportDecision
from persistence.records.imports import ImportOutcome

from .build import CAF, DECIDER, TODAY, organism, refused

NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)
ELSEWHERE = organism("131")
WHY = "Le courrier du partenaire"


def an_import() -> Import:
    return Import.open(CAF, "extraction.csv", None, DECIDER, TODAY)


def a_conflict(organism_id: str = CAF.id) -> ImportLine:
    return ImportLine(organism_id=organism_id, outcome=ImportOutcome.CONFLICT)


def test_a_file_is_received_once_and_the_same_bytes_may_come_again() -> None:
    extraction = an_import()
    extraction.receive(b"siret", "text/csv", NOW)

    extraction.require_same_file(b"siret")
    with refused(Rule.EXTRACT_RECEIVED):
        extraction.receive(b"siret", "text/csv", NOW)
    with refused(Rule.EXTRACT_RECEIVED):
        extraction.require_same_file(b"another")


def test_a_line_that_changes_its_outcome_leaves_one_count_for_another() -> None:
    extraction = an_import()
    extraction.count([ImportOutcome.NEW, ImportOutcome.NEW, ImportOutcome.CONFLICT])
    extraction.count([ImportOutcome.NEW], sign=-1)
    extraction.count([ImportOutcome.REJECTED])

    counts = Counter(
        {
            outcome: getattr(extraction, f"{outcome.value.lower()}_count")
            for outcome in ImportOutcome
        }
    )
    expected = (ImportOutcome.NEW, ImportOutcome.CONFLICT, ImportOutcome.REJECTED)
    assert +counts == Counter(expected)
    assert extraction.received == counts.total()


def test_the_line_of_a_conflict_that_is_applied_sets_its_siblings_aside() -> None:
    line, sibling, other = a_conflict(), a_conflict(), a_conflict(ELSEWHERE.id)
    line.arbitrate(ImportDecision.TAKEN, [sibling, other], WHY, DECIDER, TODAY)

    decisions = [each.arbitration for each in (line, sibling, other)]
    aside = ImportDecision.SET_ASIDE
    assert decisions == [ImportDecision.TAKEN, aside, aside]
    assert {each.arbitration_reason for each in (line, sibling, other)} == {WHY}


def test_an_organism_changes_its_mind_and_not_that_of_another_one() -> None:
    line, sibling, other = a_conflict(), a_conflict(), a_conflict(ELSEWHERE.id)
    sibling.arbitrate(ImportDecision.TAKEN, [line], WHY, DECIDER, TODAY)
    line.arbitrate(ImportDecision.TAKEN, [sibling], WHY, DECIDER, TODAY)
    assert sibling.arbitration is ImportDecision.SET_ASIDE

    with refused(Rule.EXTRACT_TAKEN_ELSEWHERE, "line_id"):
        other.arbitrate(ImportDecision.TAKEN, [line, sibling], WHY, DECIDER, TODAY)
