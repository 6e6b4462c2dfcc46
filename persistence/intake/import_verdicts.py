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
    """A line that can be read, beside the `others` of its file that contradict it, against the register."""
    if match.has_heard(line.fingerprint):
        return Verdict(ImportOutcome.UNCHANGED, [])
    against = []
    if others:
        against.append(
            Notice(
                Rule.EXTRACT_CONTRADICTION, (), f"Autres lignes : {', '.join(others)}."
            )
        )
    if match.partner_id is not None and match.follower_id != line.organism_id:
        against.append(
            Notice(Rule.EXTRACT_OTHER_CAF, (), f"Suivi par : {match.follower}.")
        )
    if match.elsewhere:
        against.append(Notice(Rule.ESTABLISHMENT_KNOWN))
    changes = match.applied.changes(line) if match.applied is not None else None
    if against:
        return Verdict(ImportOutcome.CONFLICT, against, changes or None)
    if changes is None:
        return Verdict(ImportOutcome.NEW, [])
    return (
        Verdict(ImportOutcome.CHANGED, [], changes)
        if changes
        else Verdict(ImportOutcome.UNCHANGED, [])
    )


def judged_together(
    words: Sequence[ParsedImportLine], matches: Mapping[str, RegisterMatch]
) -> list[Verdict]:
    """The lines of one file: what is rejected stands apart, what repeats another line says nothing."""
    first: dict[str, ParsedImportLine] = {}
    distinct: dict[str, list[ParsedImportLine]] = {}
    for word in words:
        if (
            not word.is_rejected
            and word.siret is not None
            and word.fingerprint not in first
        ):
            first[word.fingerprint] = word
            if word.fingerprint not in matches[word.siret].set_aside:
                distinct.setdefault(word.siret, []).append(word)
    return [_among_its_file(word, first, distinct, matches) for word in words]


def _among_its_file(
    word: ParsedImportLine,
    first: Mapping[str, ParsedImportLine],
    distinct: Mapping[str, Sequence[ParsedImportLine]],
    matches: Mapping[str, RegisterMatch],
) -> Verdict:
    if word.is_rejected or word.siret is None:
        return Verdict(ImportOutcome.REJECTED, [])
    if first[word.fingerprint] is not word:
        same = Notice(
            Rule.EXTRACT_DUPLICATE,
            (),
            f"Même contenu que la ligne {first[word.fingerprint].place}.",
        )
        return Verdict(ImportOutcome.UNCHANGED, [same])
    others = [w.place for w in distinct.get(word.siret, ()) if w is not word]
    return judged(word, others, matches[word.siret])
