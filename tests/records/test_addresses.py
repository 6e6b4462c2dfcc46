"""E-mail addresses: one is one person, its domain stays its own."""

from contextlib import suppress

import pytest
from hypothesis import given

from persistence.records import Refused, Rule, User
from persistence.records.addresses import email_address

from .build import partner_in, refused
from .november import ANYTHING


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("anna@straße.example", "anna@straße.example"),
        ("anna@strasse.example", "anna@strasse.example"),
        ("Anna@XN--STRAE-OQA.Example", "anna@straße.example"),
        ("WEISS@x.example", "weiss@x.example"),
        ("weiß@x.example", "weiß@x.example"),
        (
            " Delphine.Dubois+esat@Sous-Domaine.Example.fr ",
            "delphine.dubois+esat@sous-domaine.example.fr",
        ),
        ("o'brien@x.example", "o'brien@x.example"),
        ("zoe\u0301@e\u0301cole.example", "zo\u00e9@\u00e9cole.example"),
    ],
)
def test_an_address_keeps_its_domain_in_lower_case_and_is_never_case_folded(
    written: str, kept: str
) -> None:
    assert email_address(written) == kept
    assert email_address(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "mailto:a@b.example", '"Ana"<a@b.example>', "Ana <a@b.example>", "<a@b.example>", "a\u200b@b.example",
        "a@b\u200d.example", "\ufeffa@b.example", "a@b..c", "a..b@c.example", ".a@b.example", "a.@b.example",
        "a@.example",
        "a@b.example.", "a@b", "a@localhost", "a@127.0.0.1", "a@[127.0.0.1]", "a@b@c.example",
        "a b@c.example", "a,b@c.example",
        "a;b@c.example", "a@b c.example", "a@b_c.example", "a@-b.example", "a@b-.example", "@b.example", "a@", "a", "",
        " ",
        "a@b.ex\u00adample", "a@１.example", "a＠b.example", "a\n@b.example", "a\u202e@b.example", "a(x)@b.example",
        f"{'a' * 65}@b.example", f"a@{'b' * 64}.example", f"a@{'.'.join(['b' * 60] * 5)}.example",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(written: str) -> None:
    with refused(Rule.EMAIL_FORMAT, "email"):
        email_address(written, "email")


def test_the_composed_and_the_decomposed_form_of_an_address_are_one_person() -> None:
    partner, today = partner_in(), partner_in().registered_on
    partner.invite(
        User.person("Zoé", "Zèbre", "zo\u00e9@\u00e9cole.example"), None, today
    )

    with refused(Rule.ALREADY_AFFILIATED, "email"):
        partner.invite(
            User.person("Zoé", "Zèbre", "zoe\u0301@e\u0301cole.example"), None, today
        )


@given(ANYTHING)
def test_an_address_is_kept_or_refused_and_stays_as_it_is_kept(written: str) -> None:
    with suppress(Refused):
        kept = email_address(written)
        assert email_address(kept) == kept


@pytest.mark.parametrize(("local", "fits"), [(64, True), (65, False)])
def test_what_stands_before_the_at_has_sixty_four_characters_at_most(
    local: int, *, fits: bool
) -> None:
    assert reads(f"{'a' * local}@example.org") is fits


@pytest.mark.parametrize(("length", "fits"), [(254, True), (255, False)])
def test_an_address_has_two_hundred_and_fifty_four_characters_at_most(
    length: int, *, fits: bool
) -> None:
    end = f"@{'b' * 60}.{'c' * 60}.{'d' * 60}."
    address = "a" * 60 + end + "e" * (length - 60 - len(end))

    assert len(address) == length
    assert reads(address) is fits


def reads(address: str) -> bool:
    try:
        email_address(address)
    except Refused:
        return False
    return True
