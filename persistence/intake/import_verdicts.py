"""What becomes of a line of an extraction, beside its file and against the register."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from persistence.records import ImportOutcome, Notice, Rule

from .import_matches import RegisterMatch
from .import_words import ParsedImportLine


class Verdict(NamedTuple):
    outcome: ImportOutcome
    reasons: list[Notice]
    changes: dict[str, Any] | None = None


def judged(line: Any, others: Sequence[str], match: RegisterMatch) -> Verdict:  # noqa: ANN401 a word or a stored line
    """A line that can be read, against the register.

    `others` are the lines of its file that contradict it.
    """
    if match.has_heard(line.fingerprint):
        return Verdict(ImportOutcome.UNCHANGED, [])
    against = _against(line, others, match)
    changes = match.applied.changes(line) if match.applied is not None else None
    if against:
        return Verdict(ImportOutcome.CONFLICT, against, changes or None)
    if changes is None:
        return Verdict(ImportOutcome.NEW, [])
    if not changes:
        return Verdict(ImportOutcome.UNCHANGED, [])
    return Verdict(ImportOutcome.CHANGED, [], changes)


def _against(line: Any, others: Sequence[str], match: RegisterMatch) -> list[Notice]:  # noqa: ANN401 a word or a stored line
    """What contradicts the line: in its file, or in the register."""
    against = []
    if others:
        detail = f"Autres lignes : {', '.join(others)}."
        against.append(Notice(Rule.EXTRACT_CONTRADICTION, (), detail))
    if match.partner_id is not None and match.follower_id != line.organism_id:
        detail = f"Suivi par : {match.follower}."
        against.append(Notice(Rule.EXTRACT_OTHER_CAF, (), detail))
    if match.elsewhere:
        against.append(Notice(Rule.ESTABLISHMENT_KNOWN))
    return against


def judged_together(
    words: Sequence[ParsedImportLine], matches: Mapping[str, RegisterMatch]
) -> list[Verdict]:
    """The lines of one file.

    What is rejected stands apart; what repeats another line says nothing.
    """
    first: dict[str, ParsedImportLine] = {}
    distinct: dict[str, list[ParsedImportLine]] = {}
    for word in words:
        siret = word.siret
        fingerprint = word.fingerprint
        if word.is_rejected or siret is None or fingerprint in first:
            continue
        first[fingerprint] = word
        if fingerprint not in matches[siret].set_aside:
            distinct.setdefault(siret, []).append(word)
    return [_among_its_file(word, first, distinct, matches) for word in words]


def _among_its_file(
    word: ParsedImportLine,
    first: Mapping[str, ParsedImportLine],
    distinct: Mapping[str, Sequence[ParsedImportLine]],
    matches: Mapping[str, RegisterMatch],
) -> Verdict:
    if word.is_rejected or word.siret is None:
        return Verdict(ImportOutcome.REJECTED, [])
    same = first[word.fingerprint]
    if same is not word:
        detail = f"Même contenu que la ligne {same.place}."
        notice = Notice(Rule.EXTRACT_DUPLICATE, (), detail)
        return Verdict(ImportOutcome.UNCHANGED, [notice])
    beside = distinct.get(word.siret, ())
    others = [other.place for other in beside if other is not word]
    return judged(word, others, matches[word.siret])


def visible_changes(
    changes: Mapping[str, Mapping[str, Any]] | None,
) -> dict[str, Any] | None:
    """Changes as JSON keeps them: days as AAAA-MM-JJ."""
    if changes is None:
        return None
    visible = {}
    for name, change in changes.items():
        visible[name] = {when: _json(value) for when, value in change.items()}
    return visible or None


def _json(value: Any) -> Any:  # noqa: ANN401 a JSON value
    return value.isoformat() if hasattr(value, "isoformat") else value
