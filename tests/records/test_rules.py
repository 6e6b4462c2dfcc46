"""The rules as they are told: one readable list, whole French sentences, the numbers of the instruction."""

import re
from pathlib import Path

import pytest

from persistence.records import Notice, Refused, Rule
from persistence.records.rules import HELD_BY_SHAPE

HELD_BY_A_REFUSAL = (
    "R2 R3 R7 R8 R9 R10 R13 R28 R29 R30 R31 R32 R34 R35 R36 R39 R40 R45 R47 R48 R50 R52 R53 R56 R57 R58".split()  # noqa: SIM905 one line
)
PARAGRAPH = {
    "en-tête": range(1, 9),
    "Instruction": range(9, 11),
    "§1": range(11, 28),
    "§2": range(28, 38),
    "§3": range(38, 48),
}
ROOMS = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", Rule, ids=lambda rule: rule.name)
def test_a_rule_is_a_whole_french_sentence(rule: Rule) -> None:
    assert re.fullmatch(r"(« )?[A-ZÀÉÊ][^\n]*[^ .]\.", rule.sentence)
    assert "  " not in rule.sentence
    assert not re.search(r"\b(the|is|not|must|may)\b", rule.sentence)


def test_a_sentence_and_a_code_say_one_rule() -> None:
    assert len(Rule.__members__) == len(list(Rule)), (
        "two names for one rule: Enum has made an alias"
    )
    assert len({rule.sentence for rule in Rule}) == len(Rule)


@pytest.mark.parametrize(
    "rule", [r for r in Rule if r.number], ids=lambda rule: rule.name
)
def test_a_rule_of_the_instruction_names_its_number_and_its_paragraph(
    rule: Rule,
) -> None:
    assert rule.number is not None
    assert rule.paragraph is not None
    number, place = int(rule.number.removeprefix("R")), rule.paragraph.split(",")[0]

    assert number in PARAGRAPH.get(place, range(48, 61))


@pytest.mark.parametrize(
    "rule", [r for r in Rule if not r.number], ids=lambda rule: rule.name
)
def test_a_rule_of_our_own_claims_no_paragraph(rule: Rule) -> None:
    assert rule.paragraph is None


@pytest.mark.parametrize("number", HELD_BY_A_REFUSAL)
def test_the_instruction_is_named_where_it_refuses(number: str) -> None:
    assert number in {rule.number for rule in Rule}


@pytest.mark.parametrize("number", HELD_BY_SHAPE)
def test_what_the_shape_holds_no_act_refuses(number: str) -> None:
    paragraph, sentence = HELD_BY_SHAPE[number]

    assert number not in {rule.number for rule in Rule}
    assert int(number.removeprefix("R")) in PARAGRAPH.get(paragraph, range(48, 61))
    assert re.fullmatch(r"[A-ZÀÉÊ][^\n]*[^ .]\.", sentence)


def test_each_rule_is_applied_somewhere() -> None:
    rooms = ("persistence", "resolvers", "schema", "server")
    written = "".join(
        p.read_text("utf-8") for room in rooms for p in (ROOMS / room).rglob("*.py")
    )

    applied = {
        name for name in Rule.__members__ if re.search(rf"Rule\.{name}\b", written)
    }

    assert set(Rule.__members__) == applied


def test_a_refusal_says_the_sentence_then_the_detail() -> None:
    refusal = Refused(Rule.BULLETIN_INCOMPLETE, "bulletin_id", detail="roles")

    assert refusal.notice == Notice(Rule.BULLETIN_INCOMPLETE, ("bulletin_id",), "roles")
    assert refusal.notice.message == "Le bulletin d'adhésion est incomplet. roles"
    assert str(refusal) == "BULLETIN_INCOMPLETE"
