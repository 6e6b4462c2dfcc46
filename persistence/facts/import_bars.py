"""What bars the acts on imports, on declared lines, on changes and on cards."""

from sqlalchemy import and_, func, not_

from persistence.reading.question import SqlTest
from persistence.records import Declaration, Rule
from persistence.records.base import table
from persistence.records.nir import TEMPORARY

from .states import At, Bar, Bars, has, lacks, one_of
from .treatments import treated_change, treated_line

RECEIVED = (
    Bar(Rule.EXTRACT_PURGED, has("purged_on")),
    Bar(Rule.EXTRACT_NOT_RECEIVED, lacks("received_at")),
)


def without_conflict(at: At) -> SqlTest:
    """The line contradicts nothing: there is nothing to arbitrate."""
    test: SqlTest = at.c.outcome != "CONFLICT"
    return test


def is_not_answerable(at: At) -> SqlTest:
    """The line's declaration is not deposited, or another one has replaced it.

    Of a line that has left the one in force, the withdrawal may be noted.
    """
    declaration = table("declaration").alias()
    is_in_force = Declaration.is_in_force.sql(declaration)
    is_dead = one_of(declaration, at.c.declaration_id, not_(is_in_force))
    return and_(at.c.withdrawn_at.is_(None), is_dead)


def is_over(at: At) -> SqlTest:
    """No line and no change shows the treatment any more."""
    bearers = (treated_line(at.row), treated_change(at.row))
    return and_(*(not_(query.exists()) for query in bearers))


def is_of_a_line(at: At) -> SqlTest:
    """A line of the certificate states the change."""
    test: SqlTest = at.c.source == "CERTIFICATE"
    return test


def is_undone(at: At) -> SqlTest:
    """The change takes place no more; a cancellation, which never does, is answered."""
    return and_(at.c.ended_at.is_not(None), at.c.act != "CANCELLATION")


def has_true_number(at: At) -> SqlTest:
    """The number of the card is not a temporary one: its mask tells."""
    first_digit = func.substr(at.c.nir_mask, 1, 1)
    return and_(*(first_digit != digit for digit in TEMPORARY))


IMPORT_BARS: Bars = {
    ("import", "importApply"): RECEIVED,
    ("import", "importPurge"): RECEIVED,
    ("import_line", "importArbitrate"): (
        Bar(Rule.EXTRACT_NOT_CONFLICT, without_conflict),
        Bar(Rule.EXTRACT_APPLIED, has("applied_on")),
    ),
    ("activity_change", "activityChangeCancel"): (
        Bar(Rule.VALUE_INVALID, is_of_a_line),
        Bar(Rule.CHANGE_ENDED, has("ended_at")),
        Bar(Rule.CHANGE_PROCESSED, has("processing")),
    ),
    ("activity_change", "activityChangesProcess"): (
        Bar(Rule.VALUE_INVALID, is_of_a_line),
        Bar(Rule.CHANGE_ENDED, is_undone),
    ),
    ("declaration_line", "remunerationsProcess"): (
        Bar(Rule.LINE_NOT_LIVE, is_not_answerable),
    ),
    ("worker", "workerUpdate"): (Bar(Rule.WORKER_MERGED, has("merged_into_id")),),
    ("worker", "workerMerge"): (
        Bar(Rule.WORKER_MERGED, has("merged_into_id")),
        Bar(Rule.MERGE_NOT_TEMPORARY, has_true_number),
    ),
    ("treatment", "treatmentsReopen"): (Bar(Rule.TREATMENT_OVER, is_over),),
}
